"""Where people are carried to: the places that an ambulance reaches first from the approach.

A hospital does not come: what counts is the way to it, which one-way streets and banned turns make
another than the way from it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from analysis.roads.arrival import Arrival, Candidate
from analysis.roads.closures import Closure, Closures
from analysis.roads.network import RoadNetwork
from analysis.roads.outward import steps_to
from analysis.roads.places import Place, Places, snap_standing
from analysis.roads.plane import distance_m, from_plane, metres_per_unit, to_plane
from analysis.roads.route import joined
from analysis.roads.touch import touch
from analysis.roads.trips import SAME_S
from analysis.roads.wayfrom import WayFrom, way_from

# The first search goes as far as one comes at this speed to the k-th place by air; then fourfold.
GUESSED_M_S = 8.0
GROWTH = 4.0
START_LIMIT_M = 2_000.0


@dataclass(frozen=True)
class _Carrying:
    """A search from the approach, and the places that are asked for."""

    candidates: Sequence[Candidate]
    places: Places
    air_m: NDArray[np.float64]
    shut: Closures | None
    warn: BaseGeometry | None

    def first(self, by: NDArray[np.float64], k: int) -> list[int]:
        """Return the k candidates with the least finite value; ids break ties."""
        able = [index for index in range(len(by)) if math.isfinite(by[index])]
        return sorted(able, key=lambda i: (by[i], self.candidates[i].id))[:k]

    def by_road(self, way: WayFrom, free: WayFrom | None, index: int) -> Arrival:
        route = joined(way.network, steps_to(way, self.places[index]))
        avoided_s, avoided = self._avoided(free, index, route.time_s)
        line = shapely.LineString(route.lonlat)
        pairs = np.round(route.lonlat, 7).tolist()
        return Arrival(
            **_fields(self.candidates[index]),
            distance_m=route.length_m,
            by="road",
            travel_time_s=route.time_s,
            avoided_s=avoided_s,
            avoided=avoided,
            access_m=float(self.places.access_m[index]),
            crosses_warning=self.warn is not None and bool(shapely.intersects(line, self.warn)),
            route=tuple((lon, lat) for lon, lat in pairs),
            ferry_m=route.ferry_m,
            barriers=route.barriers,
        )

    def _avoided(
        self, free: WayFrom | None, index: int, time_s: float
    ) -> tuple[float, tuple[Closure, ...]]:
        """Return what closures cost a way, and those that its free way would have run into."""
        if free is None or self.shut is None:
            return 0.0, ()
        avoided_s = time_s - free.best(self.places[index])[0]
        if not SAME_S < avoided_s < math.inf:
            return 0.0, ()
        steps = steps_to(free, self.places[index])
        return avoided_s, self.shut.met(np.array([step.edge for step in steps]))

    def by_line(self, index: int) -> Arrival:
        return Arrival(
            **_fields(self.candidates[index]), distance_m=float(self.air_m[index]), by="line"
        )


def carried(
    network: RoadNetwork | None,
    begin: Place,
    candidates: Sequence[Candidate],
    *,
    k: int,
    shut: Closures | None,
    warn: BaseGeometry | None = None,
) -> tuple[Arrival, ...]:
    """Return the k places that are reached first from an approach, soonest first.

    Places in a closed area are left out. Where no road leads to any, they are listed by straight
    line, `by` "line" and without a time.

    Parameters
    ----------
    network
        As the vehicle that carries sees it; None lists by straight line.
    begin
        The approach, on the roads of any vehicle.
    """
    open_ones = list(candidates)
    if shut is not None and open_ones:
        inside = shut.holds(np.array([[one.lon, one.lat] for one in open_ones]))
        open_ones = [one for one, held in zip(open_ones, inside, strict=True) if not held]
    if not open_ones:
        return ()
    lonlat = np.array([[one.lon, one.lat] for one in open_ones])
    air_m = distance_m(lonlat, np.array([begin.lon, begin.lat]))
    nowhere = Places(np.full(len(lonlat), -1), air_m, lonlat, air_m)
    places = nowhere if network is None else snap_standing(network, lonlat)
    case = _Carrying(open_ones, places, air_m, shut, warn)
    start = None if network is None else _own(network, begin, shut)
    if network is None or start is None:
        return tuple(case.by_line(index) for index in case.first(air_m, k))
    way, time_s = _searched(network, start, case, k)
    chosen = case.first(time_s, k)
    if not chosen:
        return tuple(case.by_line(index) for index in case.first(air_m, k))
    slowest_s = float(time_s[chosen].max())
    free = way_from(network, start, limit_s=slowest_s + 1.0) if shut is not None else None
    return tuple(case.by_road(way, free, index) for index in chosen)


def _searched(
    network: RoadNetwork, start: Place, case: _Carrying, k: int
) -> tuple[WayFrom, NDArray[np.float64]]:
    """Search no farther than k places need: who is beyond the bound comes after them."""
    kth_m = float(np.sort(case.air_m)[min(k, len(case.air_m)) - 1])
    guess_s = kth_m / GUESSED_M_S + 60.0
    for limit_s in (guess_s, GROWTH * guess_s, np.inf):
        way = way_from(network, start, closed=case.shut, limit_s=limit_s)
        time_s = way.time_s(case.places)
        # A time beyond the bound may be found on the last road, and need not be the least.
        time_s = np.where(time_s <= limit_s, time_s, np.inf)
        if np.isfinite(time_s).sum() >= k:
            break
    return way, time_s


def _own(network: RoadNetwork, begin: Place, closed: Closures | None) -> Place | None:
    """Return a place on the roads of a vehicle: itself, or the nearest open one it may use."""
    if network.offered[begin.edge]:
        return begin
    among = network.offered if closed is None else network.offered & ~closed.edges
    here = np.array([[begin.lon, begin.lat]])
    found = touch(
        network, to_plane(here), among=among, reach=START_LIMIT_M / metres_per_unit(here[:, 1])
    )
    if found.edge[0] < 0:
        return None
    lonlat = from_plane(found.points)
    away_m = float(distance_m(lonlat, here)[0])
    lon, lat = lonlat[0].tolist()
    return Place(int(found.edge[0]), float(found.fraction[0]), lon, lat, away_m)


def _fields(one: Candidate) -> dict[str, Any]:
    return {part.name: getattr(one, part.name) for part in fields(Candidate)}
