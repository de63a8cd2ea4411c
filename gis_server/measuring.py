"""Tracks measured hour by hour: how fast the roads were that our own vehicles passed.

An hour is measured once it is an hour past, so that what was reported late is in it. Nothing is
held open while it is computed; the sums and how far they reach are written at once, so that a
stop in between measures the hour again and counts nothing twice.
"""

from __future__ import annotations

import datetime as dt
import itertools
import logging
from collections import defaultdict
from collections.abc import Iterator, Sequence
from operator import itemgetter
from pathlib import Path
from typing import Any, NamedTuple

from geoalchemy2.shape import to_shape
from shapely.geometry.base import BaseGeometry
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from analysis.roads import store
from analysis.roads.network import RoadNetwork
from analysis.roads.profile import PROFILES
from analysis.roads.traffic import local_hour
from analysis.tracking.movement import movement
from analysis.tracking.passes import passes
from gis_server.background import Background
from layers import speeds
from layers.locks import Lock
from layers.models import Position, Tracker
from layers.models import RoadNetwork as NetworkRow
from layers.speeds import Passes
from layers.tracking.track import Track, of_rows

log = logging.getLogger(__name__)

LOOK_EVERY_S = 300.0
HOUR = dt.timedelta(hours=1)
LATE = dt.timedelta(hours=1)
BACK = dt.timedelta(hours=24)
AT_ONCE = 100


class _Driver(NamedTuple):
    number: int
    profile: str


class Measuring(Background):
    """Measures tracks in a thread of its own."""

    name = "measuring"
    every_s = LOOK_EVERY_S

    def __init__(self, engine: Engine, *, cache_dir: Path) -> None:
        super().__init__()
        self._engine = engine
        self._cache_dir = cache_dir

    def look(self) -> None:
        """Measure the next hour."""
        self.measure(now=dt.datetime.now(dt.UTC))

    def measure(self, *, now: dt.datetime) -> int:
        """Measure the next hour of each network in use; return how many passes that gave.

        Where another worker is at it, nothing.
        """
        own = self._engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        with own as connection:
            if not connection.scalar(select(func.pg_try_advisory_lock(Lock.SPEEDS))):
                return 0
            try:
                with Session(self._engine) as session:
                    rows = session.execute(
                        select(NetworkRow.id, NetworkRow.name, NetworkRow.extent).where(
                            NetworkRow.active
                        )
                    ).all()
                return sum(
                    self._hour(id, name, to_shape(extent), now=now) for id, name, extent in rows
                )
            finally:
                connection.scalar(select(func.pg_advisory_unlock(Lock.SPEEDS)))

    def _hour(self, id: Any, name: str, extent: BaseGeometry, *, now: dt.datetime) -> int:
        with Session(self._engine) as session:
            since = speeds.measured_until(session, name)
            begin = since or _hour_of(now - BACK)
            if begin + HOUR + LATE > now:
                return 0
            drivers = [
                _Driver(*row)
                for row in session.execute(
                    select(Tracker.number, Tracker.profile).where(
                        Tracker.kind == "vehicle", ~Tracker.exercise
                    )
                )
            ]
            network = store.load(session, id, cache_dir=self._cache_dir) if drivers else None
        found: list[Passes] = []
        if network is not None:
            found = list(self._passes(network, extent, drivers, begin))
        with Session(self._engine) as session, session.begin():
            speeds.add(session, name, found, since=since, until=begin + HOUR)
        return sum(one.passes for one in found)

    def _passes(
        self,
        network: RoadNetwork,
        extent: BaseGeometry,
        drivers: Sequence[_Driver],
        begin: dt.datetime,
    ) -> Iterator[Passes]:
        """Yield what the tracks of an hour sum up to, road by road."""
        lon, lat = extent.centroid.x, extent.centroid.y
        day_kind, hour = local_hour(begin, lon, lat)
        sums: defaultdict[tuple[bool, int, bool], list[float]] = defaultdict(lambda: [0, 0.0])
        for first in range(0, len(drivers), AT_ONCE):
            some = drivers[first : first + AT_ONCE]
            tracks = self._tracks(extent, [one.number for one in some], begin)
            for one in some:
                profile = PROFILES.get(one.profile)
                if one.number not in tracks or profile is None or profile.mode != "drive":
                    continue
                roads = network.for_vehicle(profile)
                for passed in passes(roads, movement(tracks[one.number])):
                    total = sums[profile.emergency, passed.edge, passed.ahead]
                    total[0] += 1
                    total[1] += passed.slowness_s_m
            if self._done.is_set():
                return
        for (emergency, edge, ahead), (count, slowness_s_m) in sums.items():
            ends = network.edge_tail[edge], network.edge_head[edge]
            u, v = network.node_id[list(ends if ahead else ends[::-1])].tolist()
            yield Passes(
                way=int(network.edge_way[edge]), u=u, v=v, emergency=emergency,
                day_kind=day_kind, hour=hour, passes=int(count), slowness_s_m=slowness_s_m,
            )  # fmt: skip

    def _tracks(
        self, extent: BaseGeometry, numbers: Sequence[int], begin: dt.datetime
    ) -> dict[int, Track]:
        row = Position
        west, south, east, north = extent.bounds
        with Session(self._engine) as session:
            rows = session.execute(
                select(
                    row.tracker, row.at, row.lon, row.lat, row.speed_m_s, row.heading_deg,
                    row.accuracy_m, row.flags,
                )
                .where(
                    row.tracker.in_(numbers), row.at >= begin, row.at < begin + HOUR,
                    row.lon.between(west, east), row.lat.between(south, north),
                )
                .order_by(row.tracker, row.at)
            ).all()  # fmt: skip
        by_tracker = itertools.groupby(rows, key=itemgetter(0))
        return {number: of_rows([each[1:] for each in some]) for number, some in by_tracker}


def _hour_of(moment: dt.datetime) -> dt.datetime:
    return moment.astimezone(dt.UTC).replace(minute=0, second=0, microsecond=0)
