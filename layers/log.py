"""What happened in an incident, told from the journal."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import ARRAY, ColumnElement, String, Text, case, cast, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Session

from layers.log_lines import ELSEWHERE, said
from layers.models import JournalRow

BULKY = frozenset({"body", "geom", "lon", "lat", "version", "updated_at"})
"""Fields that a log leaves out: large ones, and places, which are read where they are guarded."""

FILED = (
    "assessment", "bookmark", "bulletin", "calculation_sheet", "call", "deadline", "decision",
    "document", "note", "plot", "plot_conflict", "proposal", "road_closure", "sheet_signature",
    "site_plan", "task", "task_item", "task_route", "watch_area",
)  # fmt: skip
"""Tables whose rows go along with their incident into another region."""

_MOVING = ("region", "version", "updated_at", "entry")
Elsewhere = Callable[[Sequence[JournalRow]], Collection[int]]


def incident_log(
    session: Session,
    incident: uuid.UUID,
    *,
    after: int,
    limit: int,
    without: Collection[str] = (),
    hidden: Collection[str] = (),
    elsewhere: Elsewhere = lambda _rows: (),
) -> list[dict[str, Any]]:
    """Return the sealed changes made for an incident after a seq, in order.

    Changes of the layers `without` are left out before they are counted against `limit`; of
    `hidden` fields it is said that they changed, and not what they hold. An incident that moves
    into another region is one line, its own: that its file went along is none.

    Parameters
    ----------
    elsewhere
        Tells of some changes the seqs of those about what the reader may not see: of these it is
        said that there was one.

    Returns
    -------
    list of dict
        `seq`, `at`, `actor`, `layer`, `feature`, `op`, `version`, and `changes`: each field that
        changed with `[before, after]`; fields of `BULKY` are left out. `said` is the same in one
        line, as a message without words.
    """
    rows = session.scalars(
        select(JournalRow)
        .where(
            JournalRow.incident == incident,
            JournalRow.seq > after,
            JournalRow.layer.not_in(without),
            ~_went_along(),
        )
        .order_by(JournalRow.seq)
        .limit(limit)
    ).all()
    covered = frozenset(elsewhere(rows))
    return [_told(row, hidden, covered=row.seq in covered) for row in rows]


def _told(row: JournalRow, hidden: Collection[str], *, covered: bool) -> dict[str, Any]:
    before, after = row.before or {}, row.after or {}
    return {
        "seq": row.seq,
        "at": row.at.isoformat(),
        "actor": row.actor,
        "layer": row.layer,
        "feature": row.feature and str(row.feature),
        "op": row.op,
        "version": row.version,
        "changes": {} if covered else _changes(before, after, hidden),
        "said": ELSEWHERE if covered else said(row.layer, row.op, before, after, hidden=hidden),
    }


def _went_along() -> ColumnElement[bool]:
    """Tell whether nothing but the region changed in a row of the file."""
    sides = (JournalRow.before.expression, JournalRow.after.expression)
    before, after = (side.op("->>", return_type=String)("region") for side in sides)
    was, made = (_but(side, _MOVING) for side in sides)
    filed = JournalRow.layer.in_(FILED) & (JournalRow.op == "update")
    # In this order: a whole row is compared only where the region is another.
    moved = case((before.is_distinct_from(after), was == made), else_=False)
    return case((filed, moved), else_=False)


def _but(side: ColumnElement[Any], names: Collection[str]) -> ColumnElement[Any]:
    return cast(side, JSONB).op("-", return_type=JSONB)(cast(list(names), ARRAY(Text)))


def _changes(
    before: Mapping[str, Any], after: Mapping[str, Any], hidden: Collection[str]
) -> dict[str, list[Any]]:
    return {
        name: [None, None] if name in hidden else [before.get(name), after.get(name)]
        for name in sorted((before.keys() | after.keys()) - BULKY)
        if before.get(name) != after.get(name)
    }
