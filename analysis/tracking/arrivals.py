"""When who arrives: one reversed tree a destination, however many are on the way to it."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from analysis.roads.approach import approach
from analysis.roads.closures import Closure, Closures, closures
from analysis.roads.network import RoadNetwork
from analysis.roads.places import SNAP_LIMIT_M, Place, snap, snap_one
from analysis.roads.plane import metres_per_unit, to_plane
from analysis.roads.route import WayIn, way_in
from layers.errors import NoRouteError

HELD_VALUES = 40_000_000
"""How many numbers the kept trees may hold together: 300 MB."""

Goal = tuple[float, float]


@dataclass
class Trees:
    """Trees towards destinations, made once and kept for as long as network and closures stay.

    A tree is kept by the very network and the closures' own key, so that a new version of the
    roads, another hour's speeds or a closed bridge gives a new one.
    """

    most_values: int = HELD_VALUES
    made: int = 0
    _kept: OrderedDict[Hashable, tuple[RoadNetwork, WayIn | None]] = field(
        default_factory=OrderedDict
    )

    def knows(self, network: RoadNetwork, goal: Goal, shut: Hashable) -> bool:
        """Tell whether the tree is there already."""
        return (id(network), goal, shut) in self._kept

    def toward(
        self,
        network: RoadNetwork,
        goal: Goal,
        parts: Sequence[Closure],
        shut: Hashable,
        *,
        wind_from_deg: float | None = None,
    ) -> WayIn | None:
        """Return the tree towards a destination under closures; None where it has no road near.

        For a destination in a closed area it is the tree towards where its roads end
        (`analysis.roads.approach`), which is the tree's `root`.

        Parameters
        ----------
        shut
            What tells these closures, and this wind, from others.
        """
        key = (id(network), goal, shut)
        if key in self._kept:
            self._kept.move_to_end(key)
            return self._kept[key][1]
        try:
            closed = closures(network, parts)
            found = way_in(network, _root(network, goal, closed, wind_from_deg), closed=closed)
        except NoRouteError:
            found = None
        self.made += 1
        # The network is held beside its tree: an id is only an id while its owner lives.
        self._kept[key] = (network, found)
        while len(self._kept) > 1 and sum(map(_values, self._kept.values())) > self.most_values:
            self._kept.popitem(last=False)
        return found


def _root(
    network: RoadNetwork, goal: Goal, closed: Closures | None, wind_from_deg: float | None
) -> Place:
    if closed is not None:
        chosen = approach(
            network, *goal, closed=closed, wind_from_deg=wind_from_deg, limit_m=SNAP_LIMIT_M
        )
        if chosen is not None:
            return chosen.place
    return snap_one(network, *goal)


def _values(kept: tuple[RoadNetwork, WayIn | None]) -> int:
    network, way = kept
    if way is None:
        return 0
    own_cost = 0 if way.closed is None else len(network.arc_time_s)
    return len(way.tree.time_s) + len(way.tree.state_time_s) + own_cost


def remaining_s(way: WayIn | None, lonlat: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the seconds by road from each position (p, 2) to the destination of a tree.

    Infinite where no open way is; NaN where no road is near the position, or the destination, and
    in a closed area, where no road is to be had.
    """
    if way is None:
        return np.full(len(lonlat), np.nan)
    places = snap(way.network, lonlat[:, 0], lonlat[:, 1])
    seconds = way.time_s(places)
    seconds[places.edge < 0] = np.nan
    if way.closed is not None:
        seconds[way.closed.bars(places.edge, places.lonlat)] = np.nan
    return seconds


def line_from(way: WayIn, lon: float, lat: float) -> BaseGeometry | None:
    """Return the line of the fastest way from a position, EPSG:4326; None where none is."""
    try:
        found = way.route(snap_one(way.network, lon, lat))
    except NoRouteError:
        return None
    return None if found is None else shapely.LineString(found.lonlat)


def off_m(line: BaseGeometry, lon: float, lat: float) -> float:
    """Return how far a position is from a line (EPSG:4326), in metres."""
    point = to_plane(np.array([[lon, lat]]))
    apart = shapely.distance(to_plane(line), shapely.Point(point[0]))
    return float(apart * metres_per_unit(lat))
