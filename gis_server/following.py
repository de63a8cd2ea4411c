"""Positions followed: when who arrives, who leaves the route or stands, who enters an area.

One worker of a site does it at a time; what it remembers is rows of the database, so that another
may go on where it stopped. Each round is bounded in time: destinations that had no turn keep their
last answer, whose age is shown, and come first in the next round.
"""

from __future__ import annotations

import datetime as dt
import logging
import time
import uuid
from collections import defaultdict
from collections.abc import Callable, Hashable, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry
from sqlalchemy import Connection, Engine, func, select
from sqlalchemy.orm import Session

from analysis.roads.moment import roads_at
from analysis.roads.network import RoadNetwork
from analysis.roads.profile import FIRE_ENGINE, PROFILES
from analysis.roads.route import WayIn
from analysis.tracking import arrivals, progress
from analysis.tracking.arrivals import Trees
from analysis.tracking.progress import Memory
from gis_server import closures
from gis_server.background import Background
from gis_server.closures import Closed
from layers.database import set_actor
from layers.errors import OneMapError
from layers.locks import Lock
from layers.models import PositionLatest
from layers.query.scope import EVERYTHING
from layers.tracking import following
from layers.tracking.following import Arrival, Follow, State
from layers.tracking.judgement import distance_m
from layers.tracking.watching import watch

log = logging.getLogger(__name__)

NAME = "following"
LOOK_EVERY_S = 2.0
DAYS_EVERY_S = 3600.0
ROUND_S = 3.0
DAYS_AHEAD = 2

Load = Callable[[Session, float, float, str], RoadNetwork]


class _Group(NamedTuple):
    """Who shares a tree: one destination, one incident's closures, one kind of vehicle."""

    goal: tuple[float, float]
    incident: uuid.UUID
    profile: str


class Following(Background):
    """Follows positions in a thread of its own."""

    name = NAME
    every_s = LOOK_EVERY_S

    def __init__(self, engine: Engine, *, cache_dir: Path, position_days: int) -> None:
        super().__init__()
        self._engine = engine
        self._cache_dir = cache_dir
        self._position_days = position_days
        self._round = Round(self._load)
        self._days_at = -np.inf

    def look(self) -> None:
        """Follow as long as this worker is the one that does."""
        connection = self._engine.connect()
        with connection.execution_options(isolation_level="AUTOCOMMIT") as own:
            try:
                if own.scalar(select(func.pg_try_advisory_lock(Lock.FOLLOWER))):
                    self._lead(own)
            finally:
                own.invalidate()  # closed, not pooled: the lock goes with it

    def _lead(self, own: Connection) -> None:
        """Look again and again, as long as the lock is held: trees are kept by one worker alone."""
        while not self._done.wait(LOOK_EVERY_S):
            own.scalar(select(1))  # it fails with its connection, and the lock has gone with that
            self._keep_days()
            with Session(self._engine) as session, session.begin():
                self._round.follow(session, now=dt.datetime.now(dt.UTC))

    def _keep_days(self) -> None:
        """Make the days to come and drop those that are kept no longer, once an hour."""
        if time.monotonic() < self._days_at + DAYS_EVERY_S:
            return
        today = dt.datetime.now(dt.UTC).date()
        ahead = [today + dt.timedelta(days=n) for n in range(DAYS_AHEAD + 1)]
        with Session(self._engine) as session, session.begin():
            session.execute(select(func.onemap_make_position_days(ahead)))
        self._days_at = time.monotonic()
        with Session(self._engine) as session, session.begin():
            session.execute(select(func.onemap_drop_position_days(self._position_days)))

    def _load(self, session: Session, lon: float, lat: float, profile: str) -> RoadNetwork:
        return roads_at(
            session, lon, lat, cache_dir=self._cache_dir, at=dt.datetime.now(dt.UTC),
            profile=PROFILES.get(profile, FIRE_ENGINE),
        ).network  # fmt: skip


class Round:
    """One look at everybody at a time; keeps trees between looks."""

    def __init__(self, load: Load, *, round_s: float = ROUND_S) -> None:
        self._load = load
        self._round_s = round_s
        self._told: dict[int, dt.datetime] = {}
        self._routes: dict[tuple[uuid.UUID, int], tuple[Hashable, BaseGeometry]] = {}
        self._turn: dict[_Group, float] = {}
        self.trees = Trees()

    def follow(self, session: Session, *, now: dt.datetime) -> int:
        """Follow everybody who has moved, or was silent; return how many arrivals are new.

        Where another worker is at it, nothing.
        """
        if not session.scalar(select(func.pg_try_advisory_xact_lock(Lock.FOLLOWING))):
            return 0
        set_actor(session, NAME)
        watch(session, self._moved(session), now=now)
        following.tidy(session)
        everybody = following.under_way(session)
        kept = self._heard(session, [f for f in everybody if f.followed_at != f.at], now)
        following.keep(session, kept, now=now)
        unheard = (_by_clock(f, now) for f in everybody if f.followed_at == f.at)
        following.keep_states(session, [one for one in unheard if one is not None], now=now)
        self._forget(everybody)
        return len(kept)

    def _moved(self, session: Session) -> list[int]:
        """Return the trackers that have moved since the last look; all of them at the first."""
        place = PositionLatest
        rows = session.execute(select(place.tracker, place.at).where(place.at.is_not(None)))
        now = {number: at for number, at in rows if at is not None}
        moved = [number for number, at in now.items() if self._told.get(number) != at]
        self._told = now
        return moved

    def _heard(self, session: Session, moved: Sequence[Follow], now: dt.datetime) -> list[Arrival]:
        """Return the arrivals of those with a new position, as many groups as there is time for."""
        groups: defaultdict[_Group, list[Follow]] = defaultdict(list)
        for one in moved:
            groups[_Group(one.goal, one.incident_id, one.tracker.profile)].append(one)
        routes = following.planned(session, {one.task_id for one in moved})
        shut: dict[uuid.UUID, Closed] = {}
        found: list[Arrival] = []
        begun = time.monotonic()
        for group in sorted(groups, key=lambda group: self._turn.get(group, -np.inf)):
            if time.monotonic() - begun > self._round_s:
                break
            self._turn[group] = time.monotonic()
            if group.incident not in shut:
                shut[group.incident] = _closed(session, group.incident, now)
            found += self._arrivals(
                session, group, groups[group], routes, shut[group.incident], now
            )
        return found

    def _arrivals(
        self,
        session: Session,
        group: _Group,
        follows: Sequence[Follow],
        routes: dict[uuid.UUID, BaseGeometry],
        shut: Closed,
        now: dt.datetime,
    ) -> list[Arrival]:
        try:
            network = self._load(session, *group.goal, group.profile)
            way = self.trees.toward(
                network, group.goal, shut.parts, _key(shut), wind_from_deg=shut.wind_from_deg
            )
        except OneMapError as error:
            # No network there, or no road for this vehicle: nothing by road is known, all else is,
            # and everybody else is followed.
            log.info("no way by road is followed to %s: %s", group.goal, error)
            way = None
        lonlat = np.array([(one.lon, one.lat) for one in follows])
        seconds = arrivals.remaining_s(way, lonlat)
        found = []
        for one, remaining_s in zip(follows, seconds.tolist(), strict=True):
            line = routes.get(one.task_id) or self._own_route(one, way, _key(shut))
            found.append(_arrival(one, remaining_s, line, now, end=_end(one, way)))
        return found

    def _own_route(self, one: Follow, way: WayIn | None, shut: Hashable) -> BaseGeometry | None:
        """Return the way from where a task without one began, or from where other roads closed."""
        key = (one.task_id, one.tracker.number)
        known, line = self._routes.get(key, (None, None))
        if way is not None and (line is None or known != shut):
            line = arrivals.line_from(way, one.lon, one.lat) or line
            if line is not None:
                self._routes[key] = shut, line
        return line

    def _forget(self, everybody: Sequence[Follow]) -> None:
        here = {(one.task_id, one.tracker.number) for one in everybody}
        self._routes = {key: line for key, line in self._routes.items() if key in here}
        groups = {_Group(f.goal, f.incident_id, f.tracker.profile) for f in everybody}
        self._turn = {group: turn for group, turn in self._turn.items() if group in groups}


def _closed(session: Session, incident: uuid.UUID, now: dt.datetime) -> Closed:
    """Return what closes roads for an incident now, and its wind."""
    return closures.of_question(session, incident=incident, at=now, scope=EVERYTHING)


def _key(shut: Closed) -> Hashable:
    """Return what tells these closures and this wind from others."""
    parts = ((each.kind, each.id, each.ways, shapely.to_wkb(each.area)) for each in shut.parts)
    return (shut.wind_from_deg, *parts)


def _end(one: Follow, way: WayIn | None) -> tuple[float, float]:
    """Return where one's way ends: before a closed area that the destination lies in."""
    if way is None or way.closed is None:
        return one.goal
    held = bool(way.closed.holds(np.array([one.goal]))[0])
    return (way.root.lon, way.root.lat) if held else one.goal


def _arrival(
    one: Follow,
    remaining_s: float,
    line: BaseGeometry | None,
    now: dt.datetime,
    *,
    end: tuple[float, float],
) -> Arrival:
    off_m = float("nan") if line is None else arrivals.off_m(line, one.lon, one.lat)
    to_go_m = min(distance_m(one.lon, one.lat, *place) for place in (one.goal, end))
    base_m = float("nan") if one.base is None else distance_m(one.lon, one.lat, *one.base)
    memory, state = progress.seen(
        progress.remembered(one.memory),
        progress.Seen(
            at_s=one.at.timestamp(), lon=one.lon, lat=one.lat,
            speed_m_s=float("nan") if one.speed_m_s is None else one.speed_m_s,
            off_m=off_m, to_go_m=to_go_m, base_m=base_m, remaining_s=remaining_s,
        ),
    )  # fmt: skip
    if state == "on_route" and np.isnan(remaining_s):
        state = "unplaced"
    memory = _clocked(memory, one, now)
    return Arrival(
        follow=one,
        state=state,
        remaining_s=remaining_s if np.isfinite(remaining_s) else None,
        distance_m=to_go_m,
        off_route_m=None if np.isnan(off_m) else off_m,
        memory=memory.to_json(),
    )


def _clocked(memory: Memory, one: Follow, now: dt.datetime) -> Memory:
    due_s = None if one.expected_at is None else one.expected_at.timestamp()
    return progress.clock(
        memory, now_s=now.timestamp(), heard_s=one.heard_at.timestamp(), due_s=due_s
    )


def _by_clock(one: Follow, now: dt.datetime) -> State | None:
    """Return what the clock alone changes of one who was not heard of again, or None."""
    before = progress.remembered(one.memory)
    memory = _clocked(before, one, now)
    silent = (now - one.heard_at).total_seconds() > progress.RULES.stale_s
    state = "silent" if silent else one.state
    if state is None or (memory == before and state == one.state):
        return None
    return State(follow=one, state=state, memory=memory.to_json())
