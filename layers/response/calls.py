"""The call sheet by time: who was tried when, who is overdue, whom to call next."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from layers.models import Call, RowHistory

UNANSWERED_AFTER = dt.timedelta(minutes=3)
"""When a line that nobody answered is overdue, since it was listed or last tried."""

REACHED = frozenset({"answered", "refused"})
TRY = ("result", "note", "called_by", "called_at")


def tries(session: Session, lines: Sequence[Call]) -> dict[uuid.UUID, list[dict[str, Any]]]:
    """Return every try of each line in order, from its superseded versions and the present one."""
    found: dict[uuid.UUID, dict[str, dict[str, Any]]] = {line.id: {} for line in lines}
    past = session.execute(
        select(RowHistory.feature, RowHistory.row)
        .where(RowHistory.layer == Call.__tablename__, RowHistory.feature.in_(found))
        .order_by(RowHistory.entry_from)
    )
    for feature, row in past:
        _keep(found[feature], row)
    for line in lines:
        if line.called_at is not None:
            now = {name: getattr(line, name) for name in TRY}
            _keep(found[line.id], {**now, "called_at": line.called_at.isoformat()})
    return {id: list(by_time.values()) for id, by_time in found.items()}


def due_at(line: Call) -> dt.datetime | None:
    """Return when a line is overdue; None where somebody was reached."""
    if line.result in REACHED:
        return None
    return (line.called_at or line.created_at) + UNANSWERED_AFTER


def next_first(lines: Iterable[Call]) -> dict[uuid.UUID, int]:
    """Return in which order to call whom nobody reached: the untried by rank, then the longest ago.

    Numbers begin at 1.
    """
    waiting = [line for line in lines if line.result not in REACHED]
    never = dt.datetime.min.replace(tzinfo=dt.UTC)
    waiting.sort(key=lambda line: (line.called_at or never, line.rank, line.id))
    return {line.id: number for number, line in enumerate(waiting, start=1)}


def _keep(by_time: dict[str, dict[str, Any]], row: Mapping[str, Any]) -> None:
    """Keep a version as a try where it says that somebody was called, once for each moment."""
    if row.get("called_at") is not None:
        moment = dt.datetime.fromisoformat(str(row["called_at"])).astimezone(dt.UTC).isoformat()
        by_time[moment] = {**{name: row.get(name) for name in TRY}, "called_at": moment}
