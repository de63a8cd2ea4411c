"""Places on roads: where a point touches the network, and the legs that lead to it or away."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry
from shapely.ops import substring

from analysis.roads.closures import Closures
from analysis.roads.network import RoadNetwork
from analysis.roads.plane import distance_m, from_plane, metres_per_unit, to_plane
from analysis.roads.touch import touch
from layers.errors import NoRouteError

SNAP_LIMIT_M = 2_000.0
# A place this near to a road's end is at the junction, and so on every road that meets there.
AT_JUNCTION_M = 0.5


STANDING_LIMIT = 100_000


class Place(NamedTuple):
    """A point on a road: `fraction` of its length from its tail; `access_m` off the road."""

    edge: int
    fraction: float
    lon: float
    lat: float
    access_m: float


@dataclass(frozen=True)
class Places:
    """Points on roads (p); `edge` is -1 and `access_m` infinite where no road is near enough."""

    edge: NDArray[np.int64]
    fraction: NDArray[np.float64]
    lonlat: NDArray[np.float64]
    access_m: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.edge)

    def __getitem__(self, index: int) -> Place:
        lon, lat = self.lonlat[index].tolist()
        return Place(
            int(self.edge[index]),
            float(self.fraction[index]),
            lon,
            lat,
            float(self.access_m[index]),
        )

    def take(self, which: NDArray[np.intp]) -> Places:
        """Return some of the places."""
        return Places(
            self.edge[which], self.fraction[which], self.lonlat[which], self.access_m[which]
        )


class Ends(NamedTuple):
    """How the ways between places (p) and the root of a search end at these places.

    `state` is the last state on the way before the place, -1 along the root's own road or without
    a way; `share` is the part of the place's road that is driven.
    """

    time_s: NDArray[np.float64]
    state: NDArray[np.int64]
    share: NDArray[np.float64]


class Leg(NamedTuple):
    """A piece of a road between a place and the node at one end: `low` to `high` are fractions.

    `arc` is the arc that it is part of, -1 where the place is at the junction itself.
    """

    node: int
    cost_s: float
    low: float
    high: float
    arc: int = -1


def snap(network: RoadNetwork, lon: Any, lat: Any, *, limit_m: float = SNAP_LIMIT_M) -> Places:
    """Find the nearest point of the core's roads for each position, in degrees, EPSG:4326.

    Only the largest strongly connected part of what the network's vehicle may use is offered: from
    a road outside it some arrivals would be impossible for no reason that a commander could see on
    the map. Nobody starts or ends on a ferry.
    """
    lonlat = np.column_stack([np.atleast_1d(lon), np.atleast_1d(lat)]).astype(np.float64)
    # Twice the limit on the plane, for the plane's scale changes on the way; cut exactly below.
    reach = 2.0 * limit_m / metres_per_unit(lonlat[:, 1])
    found = touch(network, to_plane(lonlat), among=network.offered, reach=reach)
    on_road = np.where(found.edge[:, None] >= 0, from_plane(found.points), lonlat)
    access_m = np.where(found.edge >= 0, distance_m(lonlat, on_road), np.inf)
    too_far = access_m > limit_m
    found.edge[too_far], access_m[too_far] = -1, np.inf
    return Places(found.edge, found.fraction, on_road, access_m)


def snap_standing(network: RoadNetwork, lonlat: NDArray[np.float64]) -> Places:
    """Find the nearest point of the core's roads for points (p, 2) that will be asked for again.

    Bases and hospitals stay where they are, so each is looked up once a network.
    """
    known = network.standing
    points = [(lon, lat) for lon, lat in lonlat.tolist()]
    unknown = list({point for point in points if point not in known})
    if unknown:
        if len(known) + len(unknown) > STANDING_LIMIT:
            known.clear()
            unknown = list(set(points))
        found = snap(network, *np.array(unknown).T)
        known.update((point, found[index]) for index, point in enumerate(unknown))
    rows = np.array([known[point] for point in points], np.float64).reshape(-1, len(Place._fields))
    return Places(rows[:, 0].astype(np.int64), rows[:, 1], rows[:, 2:4], rows[:, 4])


def snap_one(
    network: RoadNetwork, lon: float, lat: float, *, limit_m: float = SNAP_LIMIT_M
) -> Place:
    """Find the nearest point of the core's roads.

    Raises
    ------
    NoRouteError
        No road lies within `limit_m`; `details` holds the limit.
    """
    places = snap(network, lon, lat, limit_m=limit_m)
    if places.edge[0] < 0:
        raise NoRouteError(
            f"no road within {limit_m:.0f} m of {lon:.5f}, {lat:.5f}",
            code="no_road_near", limit_m=limit_m, lon=lon, lat=lat,
        )  # fmt: skip
    return places[0]


def piece(network: RoadNetwork, edge: int, low: float, high: float) -> BaseGeometry:
    """Return a road's line between two fractions, on the index plane; reversed if low > high."""
    return substring(network.shapes(np.array([edge]))[0], low, high, normalized=True)


def is_open(network: RoadNetwork, closed: Closures | None, leg: Leg, edge: int) -> bool:
    """Return whether a piece of a road keeps clear of what is closed."""
    if closed is None or not closed.edges[edge]:
        return True
    return not closed.barred.intersects(piece(network, edge, leg.low, leg.high))


def legs(
    network: RoadNetwork, place: Place, *, arriving: bool, closed: Closures | None = None
) -> list[Leg]:
    """Return the open pieces of road that lead to a place (`arriving`) or away from it.

    A road that a zone cuts further on can still be used from its open side.
    """
    edge, at = place.edge, place.fraction
    time_s, length_m = float(network.edge_time_s[edge]), float(network.edge_length_m[edge])
    along, against = network.topology.edge_arcs[edge].tolist()
    by_tail, by_head = (along, against) if arriving else (against, along)
    found = []
    for arc, may, node, share, low, high in (
        (by_tail, _may(network, edge, by_tail), network.edge_tail[edge], at, 0.0, at),
        (by_head, _may(network, edge, by_head), network.edge_head[edge], 1.0 - at, at, 1.0),
    ):
        if share * length_m <= AT_JUNCTION_M:
            found.append(Leg(int(node), share * time_s, low, high))
        elif may:
            found.append(Leg(int(node), share * time_s, low, high, arc))
    return [leg for leg in found if is_open(network, closed, leg, edge)]


def _may(network: RoadNetwork, edge: int, arc: int) -> bool:
    """Return whether the vehicle may drive an arc of a road; -1 is no arc."""
    return arc >= 0 and bool(np.isfinite(network.arc_time_s[arc]))


def leaving_state(network: RoadNetwork, leg: Leg) -> int:
    """Return the state in which a leg that leads away from its place arrives at its node."""
    return leg.node if leg.arc < 0 else int(network.topology.arc_state[leg.arc])


def arriving_states(network: RoadNetwork, leg: Leg) -> list[int]:
    """Return the states at a leg's node from which it may be driven to its place."""
    if leg.arc < 0:
        home = network.topology.states.node
        beyond = np.flatnonzero(home == leg.node) + len(network.node_id)
        return [leg.node, *beyond.tolist()]
    before: list[int] = network.topology.before(leg.arc, network.bans).tolist()
    return before


def straight(
    network: RoadNetwork, begin: Place, end: Place, closed: Closures | None
) -> float | None:
    """Return the seconds along one road where two places share it, or None."""
    edge = begin.edge
    if edge != end.edge:
        return None
    allowed = network.edge_forward if begin.fraction <= end.fraction else network.edge_backward
    low, high = sorted((begin.fraction, end.fraction))
    if not allowed[edge] or not is_open(network, closed, Leg(-1, 0.0, low, high), edge):
        return None
    return (high - low) * float(network.edge_time_s[edge])
