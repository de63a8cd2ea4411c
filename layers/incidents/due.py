"""When what has to be reported to whom (报送时限): the table's rules laid on one incident. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from layers import region_code

ROUNDS = 20
"""How many missed rounds of a follow-up are told; a site that was off for a week tells no more."""

Key = tuple[str, str, str]


@dataclass(frozen=True, kw_only=True)
class Rule:
    """One line of the table: `minutes`, or clock times `daily_at` ("08:00,17:00")."""

    what: str
    channel: str
    addressee: str
    region: str | None
    grade: str | None
    minutes: int | None
    daily_at: str | None
    source: str

    @property
    def key(self) -> Key:
        """Return what the rule is of; of two with one key the tighter holds."""
        return (self.what, self.channel, self.addressee)


@dataclass(frozen=True, kw_only=True)
class Course:
    """What of an incident decides its deadlines.

    `graded_at` says for each grade since when the incident has been known to be that bad or worse.
    `sent` are the moments at which bulletins were signed, with their kinds, in order.
    """

    region: str | None
    grade: str | None
    received_at: dt.datetime
    graded_at: Mapping[str, dt.datetime]
    sent: Sequence[tuple[str, dt.datetime]]
    closed_at: dt.datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Due:
    """One deadline: what, how, to whom, by when; `done_at` once a bulletin met it."""

    what: str
    channel: str
    addressee: str
    due_at: dt.datetime
    done_at: dt.datetime | None
    source: str

    @property
    def key(self) -> Key:
        """Return what it is a deadline of."""
        return (self.what, self.channel, self.addressee)

    def missed(self, now: dt.datetime) -> bool:
        """Tell whether its moment passed with nothing sent."""
        return (self.done_at or now) > self.due_at


def deadlines(
    rules: Iterable[Rule], course: Course, *, now: dt.datetime, zone: dt.tzinfo
) -> list[Due]:
    """Return the deadlines of an incident, the soonest first.

    A rule of a region holds below it as well; of several with one key the tightest holds, so that
    a town may be stricter than the nation and never laxer. A rule of a grade counts from when that
    grade, or a worse one, was known: nobody is late for what nobody could know. A follow-up is due
    so long after the last report, or at the next clock time, as long as no final report was sent.
    What was not sent before the incident was closed is not asked for any more.
    """
    found: dict[Key, list[Due]] = {}
    for rule in rules:
        if not _holds(rule, course):
            continue
        due = list(_of(rule, course, now=now, zone=zone))
        held = found.get(rule.key)
        if due and (held is None or due[0].due_at < held[0].due_at):
            found[rule.key] = due
    every = [due for each in found.values() for due in each if not _dropped(due, course, now)]
    return sorted(every, key=lambda due: (due.due_at, due.key))


def _holds(rule: Rule, course: Course) -> bool:
    if rule.grade is not None and rule.grade != course.grade:
        return False
    return rule.region is None or (
        course.region is not None and region_code.holds(rule.region, course.region)
    )


def _dropped(due: Due, course: Course, now: dt.datetime) -> bool:
    closed = course.closed_at
    return closed is not None and due.done_at is None and due.due_at >= closed


def _of(rule: Rule, course: Course, *, now: dt.datetime, zone: dt.tzinfo) -> Iterator[Due]:
    since = course.received_at
    if rule.grade is not None:
        since = max(since, course.graded_at.get(rule.grade, since))
    if rule.what == "follow":
        yield from _follow(rule, course, since=since, now=now, zone=zone)
    elif rule.minutes is not None:
        wanted = ("final",) if rule.what == "final" else ("first", "follow", "final")
        sent = next((at for kind, at in course.sent if kind in wanted), None)
        yield _due(rule, since + dt.timedelta(minutes=rule.minutes), sent)


def _follow(
    rule: Rule, course: Course, *, since: dt.datetime, now: dt.datetime, zone: dt.tzinfo
) -> Iterator[Due]:
    """Yield the rounds missed since the last report, and the one that comes."""
    if not course.sent or any(kind == "final" for kind, _ in course.sent):
        return
    last = max(course.sent[-1][1], since)
    if rule.minutes is not None:
        every = dt.timedelta(minutes=rule.minutes)
        passed = max(0, (now - last) // every)
        for number in range(max(1, passed - ROUNDS + 1), passed + 2):
            yield _due(rule, last + number * every, None)
        return
    rounds = list(_clock_times(rule.daily_at or "", after=last, now=now, zone=zone))
    for moment in rounds[-ROUNDS - 1 :]:
        yield _due(rule, moment, None)


def _clock_times(
    written: str, *, after: dt.datetime, now: dt.datetime, zone: dt.tzinfo
) -> Iterator[dt.datetime]:
    """Yield the clock times after a moment up to now, and the next one."""
    times = sorted(dt.time.fromisoformat(each) for each in written.split(",") if each)
    earliest = max(after, now - dt.timedelta(days=ROUNDS + 1))
    day = earliest.astimezone(zone).date()
    while times:
        for time in times:
            moment = dt.datetime.combine(day, time, tzinfo=zone).astimezone(dt.UTC)
            if moment > after:
                yield moment
            if moment > max(now, after):
                return
        day += dt.timedelta(days=1)


def _due(rule: Rule, at: dt.datetime, sent: dt.datetime | None) -> Due:
    return Due(
        what=rule.what, channel=rule.channel, addressee=rule.addressee, due_at=at, done_at=sent,
        source=rule.source,
    )  # fmt: skip
