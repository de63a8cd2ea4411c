"""A report of positions: every row judged and told, what is good stored in a few statements."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from layers.query.scope import Scope
from layers.tracking.fixes import Fix, Refusal, read
from layers.tracking.judgement import Flag, State

POSITIONS = "onemap_positions"  # NOTIFY channel: somebody has moved
SIGHTINGS_MOST = 1_000


@dataclass(frozen=True, kw_only=True)
class Receipt:
    """What became of a report: every row is stored, doubled (known already) or refused.

    `doubled` holds indices; `flagged` the index, device and flags of rows that are stored.
    """

    received: int
    stored: int
    doubled: tuple[int, ...]
    refused: tuple[Refusal, ...]
    flagged: tuple[tuple[int, str, Flag], ...]
    ignored_fields: tuple[str, ...]
    now: dt.datetime

    def flags(self) -> dict[str, int]:
        """Return how many stored rows each flag concerns."""
        return dict(Counter(word for *_, flags in self.flagged for word in flags.words()))


@dataclass(slots=True)
class _Tracker:
    number: int
    state: State


def report(
    session: Session, rows: Sequence[Any], *, reporter: str, scope: Scope, kept_days: int
) -> Receipt:
    """Take a report; sent again it stores nothing twice.

    One row that is wrong loses no other. Two reports of one tracker at once wait for each other,
    so that the latest is the newest whoever comes first.

    Parameters
    ----------
    rows
        Objects as they came: see `layers.tracking.fixes.read`.
    reporter, scope
        Who reports, and for which regions; trackers elsewhere are unknown to them.
    kept_days
        Older positions are refused.
    """
    now: dt.datetime = session.execute(sa.select(sa.func.clock_timestamp())).scalar_one()
    fixes, refused, ignored = read(rows, now=now, kept=dt.timedelta(days=kept_days))
    trackers, unknown = _known(session, fixes, reporter=reporter, scope=scope)
    before = {device: (one.state.last, one.state.held) for device, one in trackers.items()}
    judged, doubled = _judge(fixes, trackers, now)
    stored = _store(session, judged, trackers, now)
    doubled += [fix.row for fix, _ in judged if fix.row not in stored]
    _move(
        session,
        [t for d, t in trackers.items() if (t.state.last, t.state.held) != before[d]],
    )
    return Receipt(
        received=len(rows),
        stored=len(stored),
        doubled=tuple(sorted(doubled)),
        refused=tuple(sorted([*refused, *unknown], key=lambda one: one.row)),
        flagged=tuple((f.row, f.device, flag) for f, flag in judged if flag and f.row in stored),
        ignored_fields=ignored,
        now=now,
    )


# The days are made before any row is held: who makes a day waits for nobody who waits for the day.
_LOCK = sa.text("""
    WITH made AS MATERIALIZED (SELECT onemap_make_position_days(CAST(:days AS date[])))
    SELECT t.number, t.device, t.region, t.active, t.reporter,
           l.at, l.lon, l.lat, l.speed_m_s, l.heading_deg, l.accuracy_m, l.flags, l.received_at,
           l.held_at, l.held_lon, l.held_lat
    FROM made, tracker t JOIN position_latest l ON l.tracker = t.number
    WHERE t.device = ANY(:devices)
    ORDER BY t.number FOR NO KEY UPDATE OF l
""")


def _known(
    session: Session, fixes: Sequence[Fix], *, reporter: str, scope: Scope
) -> tuple[dict[str, _Tracker], list[Refusal]]:
    """Return the trackers of a report, held until its transaction ends, and who is none of them."""
    devices = {fix.device for fix in fixes}
    if not devices:
        return {}, []
    asked = {"devices": sorted(devices), "days": sorted({fix.at.date() for fix in fixes})}
    known: dict[str, _Tracker] = {}
    registered, inactive = set(), set()
    for row in session.execute(_LOCK, asked):
        registered.add(row.device)
        if not scope.holds(row.region) or row.reporter not in (None, reporter):
            continue
        if row.active:
            known[row.device] = _Tracker(row.number, _state(row))
        else:
            inactive.add(row.device)
    _note(session, devices - registered, reporter)
    return known, [
        Refusal(
            fix.row, fix.device,
            "inactive" if fix.device in inactive else "unknown_tracker", "id", fix.device,
        )
        for fix in fixes
        if fix.device not in known
    ]  # fmt: skip


def _state(row: sa.Row[Any]) -> State:
    last = held = None
    if row.at is not None:
        last = Fix(-1, row.device, row.at, row.lon, row.lat, row.speed_m_s, row.heading_deg,
                   row.accuracy_m)  # fmt: skip
    if row.held_at is not None:
        held = Fix(-1, row.device, row.held_at, row.held_lon, row.held_lat)
    return State(last, row.received_at, Flag(row.flags), held)


_NOTE = sa.text("""
    INSERT INTO tracker_sighting AS s (device, reported_by)
    SELECT d, :reporter FROM unnest(CAST(:devices AS text[])) AS d
    WHERE EXISTS (SELECT FROM tracker_sighting k WHERE k.device = d)
       OR (SELECT count(*) FROM tracker_sighting) + cardinality(CAST(:devices AS text[])) <= :most
    ORDER BY d
    ON CONFLICT (device) DO UPDATE
    SET reported_by = excluded.reported_by, last_at = now(), reports = s.reports + 1
""")


def _note(session: Session, devices: Collection[str], reporter: str) -> None:
    """Remember who reported without being registered: so many, so that nobody fills the disk."""
    if devices:
        some = sorted(devices)[:SIGHTINGS_MOST]
        session.execute(_NOTE, {"devices": some, "reporter": reporter, "most": SIGHTINGS_MOST})


def _judge(
    fixes: Iterable[Fix], trackers: Mapping[str, _Tracker], now: dt.datetime
) -> tuple[list[tuple[Fix, Flag]], list[int]]:
    """Judge each tracker's positions in the order of time; of two at one time the first counts."""
    own: defaultdict[str, list[Fix]] = defaultdict(list)
    for fix in fixes:
        if fix.device in trackers:
            own[fix.device].append(fix)
    judged: list[tuple[Fix, Flag]] = []
    doubled: list[int] = []
    for device, some in own.items():
        state, before = trackers[device].state, None
        for fix in sorted(some, key=lambda fix: (fix.at, fix.row)):
            if fix.at == before:
                doubled.append(fix.row)
                continue
            before = fix.at
            judged.append((fix, state.take(fix, now=now)))
    return judged, doubled


_STORE = sa.text("""
    INSERT INTO position
      (tracker, at, received_at, lon, lat, speed_m_s, heading_deg, accuracy_m, flags)
    SELECT *
    FROM unnest(CAST(:number AS bigint[]), CAST(:at AS timestamptz[]),
                CAST(:received_at AS timestamptz[]), CAST(:lon AS float[]), CAST(:lat AS float[]),
                CAST(:speed_m_s AS real[]), CAST(:heading_deg AS real[]),
                CAST(:accuracy_m AS real[]), CAST(:flags AS smallint[]))
    ON CONFLICT DO NOTHING
    RETURNING tracker, at
""")
_MOVE = sa.text("""
    WITH moved AS (UPDATE position_latest l
    SET at = f.at, received_at = f.received_at, lon = f.lon, lat = f.lat,
        speed_m_s = f.speed_m_s, heading_deg = f.heading_deg, accuracy_m = f.accuracy_m,
        flags = f.flags, held_at = f.held_at, held_lon = f.held_lon, held_lat = f.held_lat
    FROM unnest(CAST(:number AS bigint[]), CAST(:at AS timestamptz[]),
                CAST(:received_at AS timestamptz[]), CAST(:lon AS float[]), CAST(:lat AS float[]),
                CAST(:speed_m_s AS real[]), CAST(:heading_deg AS real[]),
                CAST(:accuracy_m AS real[]), CAST(:flags AS smallint[]),
                CAST(:held_at AS timestamptz[]), CAST(:held_lon AS float[]),
                CAST(:held_lat AS float[]))
      AS f (number, at, received_at, lon, lat, speed_m_s, heading_deg, accuracy_m, flags,
            held_at, held_lon, held_lat)
    WHERE l.tracker = f.number)
    SELECT pg_notify(:channel, '')
""")


def _store(
    session: Session,
    judged: Sequence[tuple[Fix, Flag]],
    trackers: Mapping[str, _Tracker],
    now: dt.datetime,
) -> set[int]:
    """Add positions to the history; return the indices of those that were not there yet."""
    if not judged:
        return set()
    numbers = [trackers[fix.device].number for fix, _ in judged]
    rows = _columns([(n, fix, now, flags) for n, (fix, flags) in zip(numbers, judged, strict=True)])
    new = {(number, at) for number, at in session.execute(_STORE, rows)}
    return {fix.row for n, (fix, _) in zip(numbers, judged, strict=True) if (n, fix.at) in new}


def _move(session: Session, moved: Sequence[_Tracker]) -> None:
    """Write where trackers are now, and tell whoever listens."""
    if not moved:
        return
    states = [one.state for one in moved]
    rows = _columns([(t.number, t.state.last, t.state.received_at, t.state.flags) for t in moved])
    held = {
        f"held_{name}": [getattr(state.held, name, None) for state in states]
        for name in ("at", "lon", "lat")
    }
    session.execute(_MOVE, rows | held | {"channel": POSITIONS})


def _columns(
    rows: Iterable[tuple[int, Fix | None, dt.datetime | None, Flag]],
) -> dict[str, list[Any]]:
    some = list(rows)
    columns: dict[str, list[Any]] = {
        "number": [number for number, *_ in some],
        "received_at": [received_at for _, _, received_at, _ in some],
        "flags": [int(flags) for *_, flags in some],
    }
    for name in ("at", "lon", "lat", "speed_m_s", "heading_deg", "accuracy_m"):
        columns[name] = [getattr(fix, name, None) for _, fix, _, _ in some]
    return columns
