"""How each one comes: the routes of a case, what they avoid, and the ways out of a closed area."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from analysis.roads.arrival import Arrival
from analysis.roads.case import Case
from analysis.roads.closures import Closure, Closures
from analysis.roads.inbound import Inbound
from analysis.roads.places import Place
from analysis.roads.route import Route, WayIn, joined
from analysis.roads.wayout import driven_in, way_out

# Two sums of the same seconds differ in their last bits.
SAME_S = 1e-6


class Trips:
    """The trips of a case whose times are known, each searched when it is asked for.

    Parameters
    ----------
    ways
        One a vehicle, searched at least as far as everybody who is asked for.
    slowest_s
        The longest of the times that will be asked for: no free way takes more.
    """

    def __init__(
        self,
        who: Case,
        ways: Sequence[Inbound],
        *,
        shut: Closures | None,
        warn: BaseGeometry | None,
        slowest_s: float,
    ) -> None:
        self.who, self.ways, self.shut, self.warn = who, ways, shut, warn
        self.slowest_s = slowest_s
        self._of = {
            index: (number, at)
            for number, way in enumerate(ways)
            for at, index in enumerate(way.which.tolist())
        }
        self._free: dict[int, WayIn | None] = {}
        self._out: dict[tuple[int, frozenset[int]], WayIn] = {}
        self._within: dict[int, frozenset[int]] = {}

    def out_s(self, caught: NDArray[np.bool_]) -> NDArray[np.float64]:
        """Return the seconds out of the closed area (n) of those who are caught in it."""
        out_s = np.full(len(caught), np.inf)
        if self.shut is None:
            return out_s
        for number, way in enumerate(self.ways):
            some = np.flatnonzero(caught[way.which] & (way.places.edge >= 0))
            if not len(some) or way.root is None:
                continue
            way.settle(self._ends(way, some))
            on_open_road = way.reachable()
            on_open_road &= ~self.shut.bars(way.places.edge, way.places.lonlat)
            out_s[way.which[some[on_open_road[some]]]] = 0.0
            for within, held in self._groups(way, some[~on_open_road[some]]).items():
                out_s[way.which[held]] = self._search(number, within).time_s(way.places.take(held))
        return out_s

    def _ends(self, way: Inbound, some: NDArray[np.intp]) -> NDArray[np.intp]:
        """Return the nodes by which some places, and whoever leaves the closed area, go on."""
        assert self.shut is not None  # somebody stands in it
        roads = np.append(np.flatnonzero(self.shut.edges), way.places.edge[some])
        return np.unique(np.append(way.network.edge_tail[roads], way.network.edge_head[roads]))

    def _groups(
        self, way: Inbound, some: NDArray[np.intp]
    ) -> dict[frozenset[int], NDArray[np.intp]]:
        """Return some places of a vehicle by what those who start there may drive in."""
        assert self.shut is not None  # somebody stands in it
        found: dict[frozenset[int], list[int]] = defaultdict(list)
        for at in some.tolist():
            index = int(way.which[at])
            within = driven_in(self.shut, self.who.lonlat[index], way.places[at])
            self._within[index] = within
            found[within].append(at)
        return {within: np.array(held, np.intp) for within, held in found.items()}

    def _search(self, number: int, within: frozenset[int]) -> WayIn:
        """Return the search out of the closed area for those who may drive in some parts of it."""
        way = self.ways[number]
        assert self.shut is not None and way.way is not None  # both were asked before
        found = self._out.get((number, within))
        if found is None:
            found = way_out(way.network, self.shut, way.way, within=within)
            self._out[number, within] = found
        return found

    def arrival(self, index: int) -> Arrival:
        """Return how one whose time is known comes."""
        number, at = self._of[index]
        way = self.ways[number]
        place = way.places[at]
        assert way.way is not None  # its time is known
        route = way.way.route(place)
        assert route is not None  # its time is finite
        avoided_s, avoided = self._avoided(number, place, route)
        return Arrival(
            **self.who.fields(index),
            **self._told(route),
            travel_time_s=route.time_s,
            avoided_s=avoided_s,
            avoided=avoided,
            access_m=place.access_m,
            crosses_warning=self._warned(route),
        )

    def leaving(self, index: int) -> Arrival:
        """Return how a team that starts in the closed area gets out, and then to the approach.

        One that stands beside a road which stays open is out as soon as it is on it.
        """
        number, at = self._of[index]
        way, place = self.ways[number], self.ways[number].places[at]
        if place.edge < 0 or way.way is None:
            return self.who.by_line(index)
        within = self._within.get(index)
        if within is None:
            steps, way_out_s, goes_on = way.way.steps(place), 0.0, True
        else:
            out = self._search(number, within)
            steps = out.steps(place)
            way_out_s = joined(way.network, steps).time_s if steps else 0.0
            outer = out.last_node(place)
            goes_on = outer is not None and bool(np.isfinite(way.way.tree.time_s[outer]))
            if outer is not None and goes_on:
                steps = steps + way.way.steps_from_node(outer)
        if not steps:
            return self.who.by_line(index)
        route = joined(way.network, steps)
        return Arrival(
            **self.who.fields(index),
            **self._told(route),
            travel_time_s=route.time_s if goes_on else None,
            access_m=place.access_m,
            inside_zone=True,
            way_out_s=way_out_s,
        )

    def _avoided(
        self, number: int, place: Place, route: Route
    ) -> tuple[float, tuple[Closure, ...]]:
        """Return what closures cost a route, and those that its free way would have run into."""
        if self.shut is None:
            return 0.0, ()
        if number not in self._free:
            self._free[number] = self.ways[number].free(self.slowest_s + 1.0)
        free = self._free[number]
        free_s = free.best(place)[0] if free else np.inf
        avoided_s = route.time_s - float(free_s)
        if free is None or not avoided_s > SAME_S:
            return 0.0, ()
        return avoided_s, self.shut.met(np.array([step.edge for step in free.steps(place)]))

    def _warned(self, route: Route) -> bool:
        line = shapely.LineString(route.lonlat)
        return self.warn is not None and bool(shapely.intersects(line, self.warn))

    @staticmethod
    def _told(route: Route) -> dict[str, Any]:
        # Seven decimals are a centimetre, and half the bytes on the wire.
        pairs = np.round(route.lonlat, 7).tolist()
        return {
            "distance_m": route.length_m,
            "by": "road",
            "route": tuple((lon, lat) for lon, lat in pairs),
            "ferry_m": route.ferry_m,
            "barriers": route.barriers,
        }
