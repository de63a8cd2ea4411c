"""What happened when: the journal as marks on a line of time, without the rows themselves."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import JSON, ColumnElement, FromClause, Text, column, func, select, true
from sqlalchemy.orm import Session

from layers.models import JournalRow
from layers.query.scope import Scope

_NAMES = ("title", "label", "feature_name", "name", "text", "kind")
"""What a row is called, the first that it has."""
TITLE_MAX = 80
_SAID = ("state", "status", "result", "op")


def marks(
    session: Session,
    *,
    scope: Scope,
    incident: uuid.UUID | None,
    layers: Collection[str],
    begin: dt.datetime,
    end: dt.datetime,
    limit: int,
) -> tuple[list[dict[str, Any]], bool]:
    """Return sealed changes between two times in order, the newest `limit` of them.

    Parameters
    ----------
    incident
        Only what was done for it, wherever it lay then: the caller has looked whether the reader
        may see it. None is everything of these layers in the reader's regions.
    layers
        Only changes of these.

    Returns
    -------
    list of dict
        `seq`, `at`, `layer`, `feature`, `op`, `actor`, `title`, `state`.
    bool
        Whether there were more before these.
    """
    row = JournalRow
    wanted: list[ColumnElement[bool]] = [
        row.seq.is_not(None), row.layer.in_(layers), row.at >= begin, row.at <= end,
    ]  # fmt: skip
    if incident is None:
        wanted.append(scope.clause(row.region.expression))
    else:
        wanted.append(row.incident == incident)
    newest = (
        select(
            row.seq, row.at, row.layer, row.feature, row.op, row.actor,
            func.coalesce(row.after, row.before, type_=JSON).label("document"),
        )
        .where(*wanted)
        .order_by(row.seq.desc())
        .limit(limit + 1)
        .subquery()
    )  # fmt: skip
    # Read once for all of its words: a plan's document is long.
    words = (
        func.json_to_record(newest.c.document)
        .table_valued(*(column(name, Text) for name in dict.fromkeys((*_NAMES, *_SAID))))
        .render_derived(with_types=True)
        .lateral()
    )
    title = func.left(_first(words, _NAMES), TITLE_MAX)
    known = [one for one in newest.c if one.name != "document"]
    rows = session.execute(
        select(*known, title, _first(words, _SAID))
        .select_from(newest)
        .outerjoin(words, true())
        .order_by(newest.c.seq.desc())
    ).all()
    found = [
        {
            "seq": seq, "at": at.isoformat(), "layer": layer,
            "feature": feature and str(feature), "op": op, "actor": actor,
            "title": called, "state": said,
        }
        for seq, at, layer, feature, op, actor, called, said in reversed(rows[:limit])
    ]  # fmt: skip
    return found, len(rows) > limit


def _first(words: FromClause, names: Sequence[str]) -> ColumnElement[str | None]:
    return func.coalesce(*(func.nullif(words.c[name], "") for name in names))
