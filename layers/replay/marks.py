"""What happened when: the journal as marks on a line of time, without the rows themselves."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection
from typing import Any

from sqlalchemy import JSON, ColumnElement, String, func, select
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
    document = func.coalesce(row.after, row.before, type_=JSON)
    title = func.left(func.coalesce(*(_text(document, name) for name in _NAMES)), TITLE_MAX)
    state = func.coalesce(*(_text(document, name) for name in _SAID))
    rows = session.execute(
        select(row.seq, row.at, row.layer, row.feature, row.op, row.actor, title, state)
        .where(*wanted)
        .order_by(row.seq.desc())
        .limit(limit + 1)
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


def _text(document: ColumnElement[Any], name: str) -> ColumnElement[str | None]:
    return func.nullif(document.op("->>", return_type=String)(name), "")
