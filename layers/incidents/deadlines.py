"""Deadlines of incidents: the rules of the table, what was sent, and what is on record of both."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from layers.errors import NotFoundError
from layers.incidents.due import Course, Due, Key, Rule, deadlines
from layers.models import Bulletin, Deadline, DeadlineRule, Incident, JournalRow

MOST_INCIDENTS = 500
GRADES = ("1", "2", "3", "4")


@dataclass(frozen=True)
class Standing:
    """A deadline as it stands: what the rules ask, and what is on record of it."""

    due: Due
    missed: bool
    done_at: dt.datetime | None
    done_by: str | None = None
    note: str | None = None


def of_incident(
    session: Session, incident: Incident, *, now: dt.datetime, zone: dt.tzinfo
) -> list[Standing]:
    """Return the deadlines of an incident, the soonest first; what was missed stays among them."""
    asked = _asked(session, [incident], now=now, zone=zone)[incident.id]
    held = session.scalars(
        select(Deadline)
        .where(Deadline.incident_id == incident.id)
        .execution_options(populate_existing=True)
    )
    on_record = {_key(row): row for row in held}
    found = [_standing(due, on_record.pop((*due.key, due.due_at), None), now) for due in asked]
    found += [_standing(_due(row), row, now) for row in on_record.values()]
    return sorted(found, key=lambda each: (each.due.due_at, each.due.key))


def met(
    session: Session, incident: Incident, key: Key, *, at: dt.datetime, by: str, note: str | None,
    now: dt.datetime, zone: dt.tzinfo,
) -> Standing:  # fmt: skip
    """Record that a deadline was met by what no bulletin shows, as a telephone call.

    The soonest deadline of this key that is still open is met.

    Raises
    ------
    NotFoundError
        `"no_deadline"`: nothing of this kind is open.
    """
    standing = of_incident(session, incident, now=now, zone=zone)
    due = next((s.due for s in standing if s.due.key == key and s.done_at is None), None)
    if due is None:
        raise NotFoundError(
            f"no open deadline {'/'.join(key)}", code="no_deadline", what=key[0], channel=key[1],
            addressee=key[2],
        )  # fmt: skip
    late = now if at > due.due_at else None
    told = {"done_at": at, "done_by": by, "note": note}
    statement = insert(Deadline).values(**_values(incident, due), missed_at=late, **told)
    session.execute(
        statement.on_conflict_do_update(
            constraint="deadline_incident_id_key",
            set_={**told, "missed_at": func.coalesce(Deadline.missed_at, late)},
        )
    )
    session.flush()
    return next(
        s for s in of_incident(session, incident, now=now, zone=zone) if _same(s.due, due)
    )  # fmt: skip


def note_missed(session: Session, *, now: dt.datetime, zone: dt.tzinfo) -> int:
    """Write down each deadline whose moment passed with nothing sent, once; return how many."""
    open_ones = session.scalars(
        select(Incident)
        .where(Incident.status != "closed")
        .order_by(Incident.reported_at.desc())
        .limit(MOST_INCIDENTS)
    ).all()
    if not open_ones:
        return 0
    asked = _asked(session, open_ones, now=now, zone=zone)
    known = {
        (row.incident_id, *_key(row))
        for row in session.scalars(select(Deadline).where(Deadline.incident_id.in_(asked)))
    }
    missed = [
        _values(incident, due) | {"missed_at": now}
        for incident in open_ones
        for due in asked[incident.id]
        if due.done_at is None
        and due.missed(now)
        and (incident.id, *due.key, due.due_at) not in known
    ]
    for values in missed:
        statement = insert(Deadline).values(**values)
        session.execute(statement.on_conflict_do_nothing(constraint="deadline_incident_id_key"))
    return len(missed)


def _asked(
    session: Session, incidents: Sequence[Incident], *, now: dt.datetime, zone: dt.tzinfo
) -> dict[uuid.UUID, list[Due]]:
    first = min((incident.reported_at for incident in incidents), default=now)
    lasting = or_(DeadlineRule.ended_at.is_(None), DeadlineRule.ended_at > first)
    rules = session.scalars(select(DeadlineRule).where(lasting)).all()
    ids = [incident.id for incident in incidents]
    sent, known = _sent(session, ids), _known(session, ids)
    return {
        incident.id: deadlines(
            [_rule(row) for row in rules if _held(row, incident.reported_at)],
            _course(incident, sent[incident.id], known.get(incident.id, {})),
            now=now,
            zone=zone,
        )
        for incident in incidents
    }


def _held(row: DeadlineRule, reported_at: dt.datetime) -> bool:
    """Say whether a rule was in the table when an incident was reported."""
    return row.made_at <= reported_at and (row.ended_at is None or reported_at < row.ended_at)


def _course(
    incident: Incident, sent: Sequence[tuple[str, dt.datetime]], known: Mapping[str, Any]
) -> Course:
    return Course(
        region=incident.region,
        grade=incident.accident_grade,
        received_at=incident.received_at or incident.reported_at,
        graded_at={grade: known[grade] for grade in GRADES if known.get(grade)},
        sent=sent,
        closed_at=known.get("closed") if incident.status == "closed" else None,
    )


def _sent(
    session: Session, ids: Collection[uuid.UUID]
) -> Mapping[uuid.UUID, list[tuple[str, dt.datetime]]]:
    found: dict[uuid.UUID, list[tuple[str, dt.datetime]]] = defaultdict(list)
    rows = session.execute(
        select(Bulletin.incident_id, Bulletin.kind, Bulletin.signed_at)
        .where(Bulletin.incident_id.in_(ids), Bulletin.signed_at.is_not(None))
        .order_by(Bulletin.signed_at)
    )
    for incident, kind, at in rows:
        if at is not None:
            found[incident].append((kind, at))
    return found


def _known(session: Session, ids: Collection[uuid.UUID]) -> dict[uuid.UUID, dict[str, Any]]:
    """Return since when each incident was known to be of a grade or worse, and when it closed.

    A grade of the report itself was known when the report was received, so it is not among them.
    """
    row = JournalRow
    grade = row.after.op("->>")("accident_grade")
    given = {each: func.min(row.at).filter(grade <= each) for each in GRADES}
    at_first = {
        f"first_{each}": func.bool_or((row.op == "insert") & (grade <= each)) for each in GRADES
    }
    closing = (row.after.op("->>")("status") == "closed") & (
        func.coalesce(row.before.op("->>")("status"), "") != "closed"
    )
    columns = {**given, **at_first, "closed": func.max(row.at).filter(closing)}
    rows = session.execute(
        select(row.feature, *(column.label(name) for name, column in columns.items()))
        .where(row.layer == "incident", row.feature.in_(ids), row.op.in_(("insert", "update")))
        .group_by(row.feature)
    ).mappings()
    return {
        found["feature"]: {
            **{each: found[each] for each in GRADES if not found[f"first_{each}"]},
            "closed": found["closed"],
        }
        for found in rows
    }


def _rule(row: DeadlineRule) -> Rule:
    return Rule(
        what=row.what, channel=row.channel, addressee=row.addressee, region=row.region,
        grade=row.grade, minutes=row.minutes, daily_at=row.daily_at, source=row.source,
    )  # fmt: skip


def _standing(due: Due, row: Deadline | None, now: dt.datetime) -> Standing:
    if row is None:
        return Standing(due, due.missed(now), due.done_at)
    done = min((at for at in (due.done_at, row.done_at) if at is not None), default=None)
    return Standing(due, row.missed_at is not None, done, row.done_by, row.note)


def _values(incident: Incident, due: Due) -> dict[str, Any]:
    return {
        "incident_id": incident.id, "region": incident.region, "what": due.what,
        "channel": due.channel, "addressee": due.addressee, "due_at": due.due_at,
        "source": due.source,
    }  # fmt: skip


def _due(row: Deadline) -> Due:
    return Due(
        what=row.what, channel=row.channel, addressee=row.addressee, due_at=row.due_at,
        done_at=row.done_at, source=row.source,
    )  # fmt: skip


def _key(row: Deadline) -> tuple[str, str, str, dt.datetime]:
    return (row.what, row.channel, row.addressee, row.due_at)


def _same(one: Due, other: Due) -> bool:
    return (one.key, one.due_at) == (other.key, other.due_at)
