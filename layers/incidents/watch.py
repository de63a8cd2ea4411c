"""What a watch (值班) has before it: incidents, and what is open of each."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from layers.incidents.grade import Counts, last_counts
from layers.models import Bulletin, Call, Deadline, Incident, JournalRow, Task
from layers.query import Scope
from layers.tasks import ENDED

MOST = 500
UNANSWERED = ("waiting", "no_answer")


@dataclass(frozen=True, kw_only=True)
class Line:
    """One incident of a watch, and what is open of it."""

    incident: Incident
    counts: Counts
    open_tasks: int
    unanswered_calls: int
    missed_deadlines: int
    bulletins: int


@dataclass(frozen=True, kw_only=True)
class Tally:
    """Sums over incidents; a number nobody counted adds nothing, and `unknown` says how many."""

    count: int
    by_grade: dict[str, int]
    by_kind: dict[str, int]
    by_status: dict[str, int]
    casualties: dict[str, int]
    unknown: dict[str, int]
    missed_deadlines: int


def of_shift(session: Session, scope: Scope, *, begin: dt.datetime, end: dt.datetime) -> list[Line]:
    """Return what a shift hands over: incidents that are open, or came in, or ended within it."""
    ended = select(JournalRow.feature).where(
        JournalRow.layer == "incident", JournalRow.op == "update", JournalRow.at >= begin,
        JournalRow.at < end, JournalRow.after.op("->>")("status") == "closed",
        JournalRow.before.op("->>")("status") != "closed",
    )  # fmt: skip
    return _lines(
        session,
        scope,
        or_(
            Incident.status != "closed",
            (_received() >= begin) & (_received() < end),
            Incident.id.in_(ended),
        ),
    )


def of_period(
    session: Session, scope: Scope, *, begin: dt.datetime, end: dt.datetime
) -> list[Line]:
    """Return the incidents that were received within a period."""
    return _lines(session, scope, _received() >= begin, _received() < end)


def tally(lines: Iterable[Line]) -> Tally:
    """Return the sums over some incidents; exercises are for the caller to leave out."""
    held = list(lines)
    names = ("dead", "missing", "serious", "poisoned", "trapped", "evacuated")
    known = {name: [getattr(line.counts, name) for line in held] for name in names}
    return Tally(
        count=len(held),
        by_grade=dict(Counter(line.incident.accident_grade or "none" for line in held)),
        by_kind=dict(Counter(line.incident.kind for line in held)),
        by_status=dict(Counter(line.incident.status for line in held)),
        casualties={name: sum(value or 0 for value in values) for name, values in known.items()},
        unknown={name: values.count(None) for name, values in known.items()},
        missed_deadlines=sum(line.missed_deadlines for line in held),
    )


def _received() -> ColumnElement[dt.datetime]:
    return func.coalesce(Incident.received_at, Incident.reported_at)


def _lines(session: Session, scope: Scope, *wanted: ColumnElement[bool]) -> list[Line]:
    found = session.scalars(
        select(Incident)
        .where(scope.clause(Incident.region.expression), *wanted)
        .order_by(_received().desc(), Incident.id.desc())
        .limit(MOST)
    ).all()
    ids = [incident.id for incident in found]
    tasks = _counted(session, Task, ids, Task.state.not_in((*ENDED, "proposed")))
    calls = _counted(session, Call, ids, Call.result.in_(UNANSWERED))
    missed = _counted(session, Deadline, ids, Deadline.missed_at.is_not(None))
    signed = _counted(session, Bulletin, ids, Bulletin.signed_at.is_not(None))
    return [
        Line(
            incident=incident, counts=last_counts(incident.casualties),
            open_tasks=tasks.get(incident.id, 0), unanswered_calls=calls.get(incident.id, 0),
            missed_deadlines=missed.get(incident.id, 0), bulletins=signed.get(incident.id, 0),
        )
        for incident in found
    ]  # fmt: skip


def _counted(
    session: Session, model: Any, ids: Collection[uuid.UUID], *wanted: ColumnElement[bool]
) -> dict[uuid.UUID, int]:
    """Return how many rows of a table each incident has."""
    rows: Sequence[Any] = session.execute(
        select(model.incident_id, func.count(model.id))
        .where(model.incident_id.in_(ids), *wanted)
        .group_by(model.incident_id)
    ).all()
    return {incident: count for incident, count in rows}
