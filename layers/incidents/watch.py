"""What a watch (值班) has before it: incidents, and what is open of each."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from layers.incidents.grade import Counts, last_counts
from layers.models import Bulletin, Call, Deadline, Incident, JournalRow, Task
from layers.query import Scope
from layers.tasks import ENDED

MOST = 500
"""So many incidents are told of one by one; sums are over all."""
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
class Watch:
    """Incidents of a watch: `lines` tells of the first `MOST`; the counts are of them all."""

    lines: Sequence[Line]
    real: int
    played: int

    def left_out(self, *, exercises: bool) -> int:
        """Return how many of the real ones, or of the exercises, no line tells of."""
        told = sum(line.incident.exercise == exercises for line in self.lines)
        return (self.played if exercises else self.real) - told


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


def of_shift(session: Session, scope: Scope, *, begin: dt.datetime, end: dt.datetime) -> Watch:
    """Return what a shift hands over: incidents that are open, or came in, or ended within it.

    The open ones come first: where lines are left out, they are of what has ended.
    """
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
            and_(*_within(begin, end)),
            Incident.id.in_(ended),
        ),
    )


def of_period(session: Session, scope: Scope, *, begin: dt.datetime, end: dt.datetime) -> Watch:
    """Return the incidents that were received within a period."""
    return _lines(session, scope, *_within(begin, end))


def tally(session: Session, scope: Scope, *, begin: dt.datetime, end: dt.datetime) -> Tally:
    """Return the sums over every real incident that was received within a period."""
    wanted = (scope.clause(Incident.region.expression), ~Incident.exercise, *_within(begin, end))
    columns = (Incident.accident_grade, Incident.kind, Incident.status, Incident.casualties)
    names = ("dead", "missing", "serious", "poisoned", "trapped", "evacuated")
    by_grade, by_kind, by_status = Counter[str](), Counter[str](), Counter[str]()
    casualties, unknown = dict.fromkeys(names, 0), dict.fromkeys(names, 0)
    count = 0
    for grade, kind, status, timeline in session.execute(select(*columns).where(*wanted)):
        count += 1
        by_grade[grade or "none"] += 1
        by_kind[kind] += 1
        by_status[status] += 1
        counts = last_counts(timeline)
        for name in names:
            value = getattr(counts, name)
            casualties[name] += value or 0
            unknown[name] += value is None
    missed = (
        select(func.count(Deadline.id))
        .join(Incident, Incident.id == Deadline.incident_id)
        .where(Deadline.missed_at.is_not(None), *wanted)
    )
    return Tally(
        count=count, by_grade=dict(by_grade), by_kind=dict(by_kind), by_status=dict(by_status),
        casualties=casualties, unknown=unknown, missed_deadlines=session.scalar(missed) or 0,
    )  # fmt: skip


def _within(begin: dt.datetime, end: dt.datetime) -> tuple[ColumnElement[bool], ...]:
    return (_received() >= begin, _received() < end)


def _received() -> ColumnElement[dt.datetime]:
    return func.coalesce(Incident.received_at, Incident.reported_at)


def _lines(session: Session, scope: Scope, *wanted: ColumnElement[bool]) -> Watch:
    seen = (scope.clause(Incident.region.expression), *wanted)
    found = session.scalars(
        select(Incident)
        .where(*seen)
        .order_by(Incident.status == "closed", _received().desc(), Incident.id.desc())
        .limit(MOST)
    ).all()
    counts = session.execute(
        select(Incident.exercise, func.count()).where(*seen).group_by(Incident.exercise)
    )
    held: dict[bool, int] = {exercise: count for exercise, count in counts}
    ids = [incident.id for incident in found]
    tasks = _counted(session, Task, ids, Task.state.not_in((*ENDED, "proposed")))
    calls = _counted(session, Call, ids, Call.result.in_(UNANSWERED))
    missed = _counted(session, Deadline, ids, Deadline.missed_at.is_not(None))
    signed = _counted(session, Bulletin, ids, Bulletin.signed_at.is_not(None))
    lines = [
        Line(
            incident=incident, counts=last_counts(incident.casualties),
            open_tasks=tasks.get(incident.id, 0), unanswered_calls=calls.get(incident.id, 0),
            missed_deadlines=missed.get(incident.id, 0), bulletins=signed.get(incident.id, 0),
        )
        for incident in found
    ]  # fmt: skip
    return Watch(lines=lines, real=held.get(False, 0), played=held.get(True, 0))


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
