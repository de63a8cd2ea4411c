"""What happened in an incident, told from the journal."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import ColumnElement, String, case, select
from sqlalchemy.orm import Session

from layers.log_lines import said
from layers.models import JournalRow

BULKY = frozenset({"body", "geom", "lon", "lat", "version", "updated_at"})
"""Fields that a log leaves out: large ones, and places, which are read where they are guarded."""

FILED = (
    "assessment", "bookmark", "bulletin", "call", "deadline", "decision", "note", "plot",
    "plot_conflict", "proposal", "task", "task_item", "task_route",
)  # fmt: skip
"""Tables whose rows take their region from their incident."""


def incident_log(
    session: Session,
    incident: uuid.UUID,
    *,
    after: int,
    limit: int,
    without: Collection[str] = (),
    hidden: Collection[str] = (),
) -> list[dict[str, Any]]:
    """Return the sealed changes made for an incident after a seq, in order.

    Changes of the layers `without` are left out before they are counted against `limit`; of
    `hidden` fields it is said that they changed, and not what they hold. An incident that moves
    into another region is one line, its own: that its file went along is none.

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
    )
    return [
        {
            "seq": row.seq,
            "at": row.at.isoformat(),
            "actor": row.actor,
            "layer": row.layer,
            "feature": row.feature and str(row.feature),
            "op": row.op,
            "version": row.version,
            "changes": _changes(row.before or {}, row.after or {}, hidden),
            "said": said(row.layer, row.op, row.before or {}, row.after or {}, hidden=hidden),
        }
        for row in rows
    ]


def _went_along() -> ColumnElement[bool]:
    before, after = (
        column.op("->>", return_type=String)("region")
        for column in (JournalRow.before, JournalRow.after)
    )
    filed = JournalRow.layer.in_(FILED) & (JournalRow.op == "update")
    return case((filed, before.is_distinct_from(after)), else_=False)


def _changes(
    before: Mapping[str, Any], after: Mapping[str, Any], hidden: Collection[str]
) -> dict[str, list[Any]]:
    return {
        name: [None, None] if name in hidden else [before.get(name), after.get(name)]
        for name in sorted((before.keys() | after.keys()) - BULKY)
        if before.get(name) != after.get(name)
    }
