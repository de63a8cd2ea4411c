"""Who is on the way on a task, where, and when it arrives: read for following, written back."""

from __future__ import annotations

import datetime as dt
import json
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from geoalchemy2.shape import to_shape
from shapely.geometry.base import BaseGeometry
from sqlalchemy.orm import Session

from layers.models import Alert, Eta, PositionLatest, Task, TaskRoute, Team, Tracker
from layers.tracking.alerts import lower, raise_
from layers.tracking.latest import serving
from layers.tracking.sight import Sight

FOLLOWED_MOST = 10_000


@dataclass(frozen=True, kw_only=True)
class Follow:
    """A tracker on its way on a task. Positions are EPSG:4326.

    `heard_at` is the earlier of the device's clock and ours; `followed_at` the position that
    `memory` and `state` are of, None where this is the first. `base` is where its team is at home.
    """

    tracker: Tracker
    task_id: uuid.UUID
    incident_id: uuid.UUID
    goal: tuple[float, float]
    base: tuple[float, float] | None
    expected_at: dt.datetime | None
    at: dt.datetime
    heard_at: dt.datetime
    lon: float
    lat: float
    speed_m_s: float | None
    followed_at: dt.datetime | None
    state: str | None
    memory: dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class State:
    """How one is getting on, and what is to be remembered."""

    follow: Follow
    state: str
    memory: dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Arrival(State):
    """How one is getting on by a new position; `remaining_s` is None where no way is known.

    `distance_m` is by air to the destination, `off_route_m` to the planned road.
    """

    remaining_s: float | None
    distance_m: float
    off_route_m: float | None


def under_way(session: Session) -> list[Follow]:
    """Return everybody who has departed on a task with a destination and was heard of since."""
    place, eta = PositionLatest, Eta
    pairs = serving(Task.state == "departed")
    goal, base = sa.func.ST_PointOnSurface(Task.geom), sa.func.ST_Centroid(Team.geom)
    rows = session.execute(
        sa.select(
            Tracker, Task.id, Task.incident_id, Task.expected_at,
            sa.func.ST_X(goal), sa.func.ST_Y(goal), sa.func.ST_X(base), sa.func.ST_Y(base),
            place.at, place.received_at, place.lon, place.lat, place.speed_m_s,
            eta.at, eta.state, eta.memory,
        )
        .select_from(pairs)
        .join(Task, Task.id == pairs.c.task_id)
        .join(Tracker, Tracker.number == pairs.c.number)
        .join(place, place.tracker == Tracker.number)
        .outerjoin(Team, Team.id == Tracker.team_id)
        .outerjoin(eta, sa.and_(eta.task_id == Task.id, eta.tracker == Tracker.number))
        .where(
            Task.state == "departed", Task.geom.is_not(None), Tracker.active,
            Tracker.exercise == Task.exercise, place.at.is_not(None),
            sa.or_(Task.departed_at.is_(None), place.at >= Task.departed_at),
        )
        .order_by(Task.id, Tracker.number)
        .limit(FOLLOWED_MOST)
    )  # fmt: skip
    return [_follow(tuple(row)) for row in rows]


def _follow(row: tuple[Any, ...]) -> Follow:
    tracker, task, incident, expected, x, y, base_x, base_y, at, received, lon, lat, speed = row[
        :13
    ]
    followed, state, memory = row[13:]
    return Follow(
        tracker=tracker, task_id=task, incident_id=incident, goal=(x, y),
        base=None if base_x is None else (base_x, base_y), expected_at=expected, at=at,
        heard_at=min(at, received), lon=lon, lat=lat, speed_m_s=speed,
        followed_at=followed, state=state, memory=memory or {},
    )  # fmt: skip


def planned(session: Session, tasks: Iterable[uuid.UUID]) -> dict[uuid.UUID, BaseGeometry]:
    """Return the way that each of some tasks is to take, where one was said."""
    rows = session.execute(
        sa.select(TaskRoute.task_id, TaskRoute.geom).where(TaskRoute.task_id.in_(list(tasks)))
    )
    return {task: to_shape(line) for task, line in rows}


_KEEP = sa.text("""
    INSERT INTO eta AS e (task_id, tracker, at, computed_at, expected_at, remaining_s, distance_m,
                          off_route_m, state, memory)
    SELECT task_id, tracker, at, :now, :now + make_interval(secs => remaining_s), remaining_s,
           distance_m, off_route_m, state, memory
    FROM unnest(CAST(:task_id AS uuid[]), CAST(:tracker AS bigint[]), CAST(:at AS timestamptz[]),
                CAST(:remaining_s AS float[]), CAST(:distance_m AS float[]),
                CAST(:off_route_m AS float[]), CAST(:state AS text[]), CAST(:memory AS jsonb[]))
      AS f (task_id, tracker, at, remaining_s, distance_m, off_route_m, state, memory)
    ON CONFLICT (task_id, tracker) DO UPDATE
    SET at = excluded.at, computed_at = excluded.computed_at, expected_at = excluded.expected_at,
        remaining_s = excluded.remaining_s, distance_m = excluded.distance_m,
        off_route_m = excluded.off_route_m, state = excluded.state, memory = excluded.memory
""")


def keep(session: Session, arrivals: Sequence[Arrival], *, now: dt.datetime) -> None:
    """Write when who arrives, counted from `now`; open and close their alerts."""
    if not arrivals:
        return
    rows = {
        "task_id": [one.follow.task_id for one in arrivals],
        "tracker": [one.follow.tracker.number for one in arrivals],
        "at": [one.follow.at for one in arrivals],
        "remaining_s": [one.remaining_s for one in arrivals],
        "distance_m": [one.distance_m for one in arrivals],
        "off_route_m": [one.off_route_m for one in arrivals],
        "state": [one.state for one in arrivals],
        "memory": [json.dumps(one.memory) for one in arrivals],
        "now": now,
    }
    session.execute(_KEEP, rows)
    for one in arrivals:
        said = {
            "off_route_m": one.off_route_m and round(one.off_route_m),
            "distance_m": round(one.distance_m),
            "remaining_s": one.remaining_s and round(one.remaining_s),
        }
        _alert(session, one, now, said)


_KEEP_STATES = sa.text("""
    UPDATE eta e SET state = f.state, memory = f.memory
    FROM unnest(CAST(:task_id AS uuid[]), CAST(:tracker AS bigint[]), CAST(:state AS text[]),
                CAST(:memory AS jsonb[])) AS f (task_id, tracker, state, memory)
    WHERE e.task_id = f.task_id AND e.tracker = f.tracker
""")


def keep_states(session: Session, states: Sequence[State], *, now: dt.datetime) -> None:
    """Write how those are getting on who were not heard of again; open and close their alerts."""
    if not states:
        return
    rows = {
        "task_id": [one.follow.task_id for one in states],
        "tracker": [one.follow.tracker.number for one in states],
        "state": [one.state for one in states],
        "memory": [json.dumps(one.memory) for one in states],
    }
    session.execute(_KEEP_STATES, rows)
    for one in states:
        _alert(session, one, now, {})


def _alert(session: Session, one: State, now: dt.datetime, said: Mapping[str, Any]) -> None:
    """Open the alerts that are new, close those that are over."""
    follow = one.follow
    before, after = set(follow.memory.get("alerts", ())), set(one.memory.get("alerts", ()))
    for kind in sorted(after - before):
        raise_(
            session, kind, follow.tracker, at=now, lon=follow.lon, lat=follow.lat,
            task_id=follow.task_id, incident_id=follow.incident_id,
            details={"at": follow.at.isoformat(), **said},
        )  # fmt: skip
    for kind in sorted(before - after):
        lower(session, kind, follow.tracker, task_id=follow.task_id)


def tidy(session: Session) -> int:
    """Forget who is no longer on the way, and close their alerts; return how many that were."""
    on_way = sa.exists().where(Task.id == Eta.task_id, Task.state == "departed")
    session.execute(sa.delete(Eta).where(~on_way))
    ended = sa.exists().where(Task.id == Alert.task_id, Task.state == "departed")
    done = session.execute(
        sa.update(Alert)
        .where(Alert.closed_at.is_(None), Alert.task_id.is_not(None), ~ended)
        .values(closed_at=sa.func.clock_timestamp())
        .execution_options(synchronize_session=False)
    )
    return int(getattr(done, "rowcount", 0))


def arriving(session: Session, *, sight: Sight, incident: uuid.UUID) -> list[dict[str, Any]]:
    """Return who is on the way to an incident and when they arrive, the soonest first."""
    found = _arrivals(session, Task.incident_id == incident, sight.clause())
    return [{"task_id": str(eta.task_id), **_arriving(eta, *more)} for eta, *more in found]


def expected(session: Session, tasks: Sequence[uuid.UUID]) -> dict[str, list[dict[str, Any]]]:
    """Return for each task who is on the way and when they arrive, the soonest first.

    For whoever may read the task: people are counted among those who come, and not named.
    """
    found: dict[str, list[dict[str, Any]]] = {}
    for eta, *more in _arrivals(session, Eta.task_id.in_(list(tasks))):
        told = _arriving(eta, *more)
        if more[0].kind == "person":
            told |= {"tracker": None, "name": None}
        found.setdefault(str(eta.task_id), []).append(told)
    return found


def _arrivals(session: Session, *wanted: sa.ColumnElement[bool]) -> list[tuple[Any, ...]]:
    rows = session.execute(
        sa.select(Eta, Tracker, Task.title, Task.expected_at, sa.func.clock_timestamp())
        .join(Tracker, Tracker.number == Eta.tracker)
        .join(Task, Task.id == Eta.task_id)
        .where(*wanted)
        .order_by(Eta.expected_at.nulls_last(), Eta.task_id, Tracker.device)
        .limit(FOLLOWED_MOST)
    )
    return [tuple(row) for row in rows]


def _arriving(
    eta: Eta, tracker: Tracker, title: str | None, ordered: dt.datetime | None, now: dt.datetime
) -> dict[str, Any]:
    """Return one arrival; `computed_at` says how old it is, `expected_at` is null without a way."""
    return {
        "title": title,
        "tracker": tracker.device,
        "kind": tracker.kind,
        "name": tracker.name,
        "plate": tracker.plate,
        "team_id": tracker.team_id and str(tracker.team_id),
        "state": eta.state,
        "expected_at": eta.expected_at and eta.expected_at.isoformat(),
        "ordered_for": ordered and ordered.isoformat(),
        "remaining_s": eta.remaining_s,
        "distance_m": eta.distance_m,
        "off_route_m": eta.off_route_m,
        "at": eta.at.isoformat(),
        "age_s": round(max(0.0, (now - eta.at).total_seconds()), 1),
        "computed_at": eta.computed_at.isoformat(),
    }
