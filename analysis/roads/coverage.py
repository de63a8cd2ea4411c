"""Who is first where, and how soon: many stations, one search (覆盖分析)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import shapely
from numpy.typing import NDArray

from analysis.roads.closures import Closures
from analysis.roads.footing import footing
from analysis.roads.network import RoadNetwork
from analysis.roads.places import (
    AT_JUNCTION_M,
    Leg,
    Place,
    Places,
    is_open,
    legs,
    snap,
    snap_standing,
)
from analysis.roads.search import Tree, tree

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Direction = Literal["from", "to"]

WALKED_M = 300.0
"""Who has a road of the network's core within this is served by it, whatever lane is nearer:
extracts are full of yards and lanes that nothing joins to the rest."""


@dataclass(frozen=True)
class Cover:
    """The least time between the nodes and the first of some stations.

    `direction` "from": the stations set out (a fire engine); "to": one is brought to them (a
    hospital). `time_s` (n) is infinite where none comes; `first` (n) is the station, -1 for none.
    """

    network: RoadNetwork
    direction: Direction
    closed: Closures | None
    stations: Places
    time_s: Floats
    first: Ints

    def at(self, places: Places) -> tuple[Floats, Ints]:
        """Return the seconds between places (p) and their first station, and which that is."""
        time_s, first = np.full(len(places), np.inf), np.full(len(places), -1, np.int64)
        on_road = np.flatnonzero(places.edge >= 0)
        edge, share = places.edge[on_road], places.fraction[on_road]
        by_tail, by_head = self._by_ends(edge, share)
        ends = np.where(by_tail <= by_head, self.network.edge_tail[edge],
                        self.network.edge_head[edge])  # fmt: skip
        time_s[on_road] = np.minimum(by_tail, by_head)
        first[on_road] = self.first[ends]
        first[~np.isfinite(time_s)] = -1
        self._beside(places, time_s, first)
        return time_s, first

    def _by_ends(self, edge: Ints, share: Floats) -> tuple[Floats, Floats]:
        """Return the seconds by way of a road's tail and of its head."""
        network = self.network
        along_s, length_m = network.edge_time_s[edge], network.edge_length_m[edge]
        ahead, back = network.edge_forward[edge], network.edge_backward[edge]
        if self.direction == "to":
            ahead, back = back, ahead
        tail_open, head_open = (
            ahead | (share * length_m <= AT_JUNCTION_M),
            back | ((1.0 - share) * length_m <= AT_JUNCTION_M),
        )
        if self.closed is not None:
            from_tail, from_head = _free(network, self.closed, edge)
            tail_open, head_open = tail_open & (share < from_tail), head_open & (share > from_head)
        by_tail = self.time_s[network.edge_tail[edge]] + share * along_s
        by_head = self.time_s[network.edge_head[edge]] + (1.0 - share) * along_s
        return np.where(tail_open, by_tail, np.inf), np.where(head_open, by_head, np.inf)

    def _beside(self, places: Places, time_s: Floats, first: Ints) -> None:
        """Lower the times of places on the very road of a station, where no node is passed."""
        network = self.network
        order = np.argsort(places.edge, kind="stable")
        for station, (edge, at) in enumerate(
            zip(self.stations.edge.tolist(), self.stations.fraction.tolist(), strict=True)
        ):
            if edge < 0:
                continue
            low, high = np.searchsorted(places.edge, [edge, edge + 1], sorter=order)
            here = order[low:high]
            share = places.fraction[here]
            ahead = (share >= at) == (self.direction == "from")
            allowed = np.where(ahead, network.edge_forward[edge], network.edge_backward[edge])
            straight_s = np.abs(share - at) * float(network.edge_time_s[edge])
            better = allowed & (straight_s < time_s[here])
            for index in here[better & self._joined(edge, at, share, better)].tolist():
                time_s[index] = abs(float(places.fraction[index]) - at) * float(
                    network.edge_time_s[edge]
                )
                first[index] = station

    def _joined(
        self, edge: int, at: float, share: Floats, which: NDArray[np.bool_]
    ) -> NDArray[np.bool_]:
        """Return from which fractions of a road the way along it to another stays open."""
        joined = which.copy()
        if self.closed is None or not self.closed.edges[edge]:
            return joined
        for index in np.flatnonzero(which).tolist():
            low, high = sorted((at, float(share[index])))
            between = Leg(-1, 0.0, low, high)
            joined[index] = is_open(self.network, self.closed, between, edge)
        return joined


def cover(
    network: RoadNetwork,
    stations: Places,
    *,
    closed: Closures | None = None,
    direction: Direction = "from",
    limit_s: float = np.inf,
) -> Cover:
    """Search from all stations at once, or to whichever is soonest.

    A station without a road, or whose road is closed where it stands, covers nothing.
    """
    begins = [
        (leg.node, leg.cost_s, index)
        for index in range(len(stations))
        for leg in _legs(network, stations[index], closed, direction)
    ]
    nodes = np.array([begin[0] for begin in begins], np.int32)
    cost_s = np.array([begin[1] for begin in begins], np.float64)
    owner = np.array([begin[2] for begin in begins], np.int64)
    if not len(begins):
        count = len(network.node_id)
        nobody = np.full(count, -1, np.int64)
        return Cover(network, direction, closed, stations, np.full(count, np.inf), nobody)
    found = tree(
        network.onward if direction == "from" else network.toward,
        network.arc_time_s if closed is None else closed.cost_s(network),
        nodes,
        cost_s,
        limit_s=limit_s,
    )
    return Cover(
        network, direction, closed, stations, found.time_s, _first(found, nodes, cost_s, owner)
    )


def _legs(
    network: RoadNetwork, place: Place, closed: Closures | None, direction: Direction
) -> list[Leg]:
    if place.edge < 0:
        return []
    return legs(network, place, arriving=direction == "to", closed=closed)


def _first(found: Tree, nodes: NDArray[np.int32], cost_s: Floats, owner: Ints) -> Ints:
    """Return the station (n) that each node's way begins at, -1 where there is no way."""
    count = len(found.time_s)
    station = np.full(count + 1, -1, np.int64)
    # The cheapest start of each node, of equals the first station.
    order = np.lexsort((owner, cost_s, nodes))
    seeds, first = np.unique(nodes[order], return_index=True)
    station[seeds] = owner[order][first]
    before = found.next_node.astype(np.int64)
    at_seed = before == count
    reached = before >= 0
    origin = np.where(reached & ~at_seed, before, np.arange(count))
    # Each pass doubles how far back a node looks; the longest way has fewer nodes than there are.
    while True:
        farther = origin[origin]
        if (farther == origin).all():
            break
        origin = farther
    return np.where(reached, station[origin], -1)


def _free(network: RoadNetwork, closed: Closures, edge: Ints) -> tuple[Floats, Floats]:
    """Return for roads (p) how far they are open from their tail, and from where to their head.

    As fractions; 2 and -1, which nothing is beyond, where nothing bars the road.
    """
    from_tail, from_head = np.full(len(edge), 2.0), np.full(len(edge), -1.0)
    shut, back = np.unique(edge[closed.edges[edge]], return_inverse=True)
    if not len(shut):
        return from_tail, from_head
    lines = network.lines[shut]
    barred = shapely.intersection(lines, closed.barred)
    points, which = shapely.get_coordinates(barred, return_index=True)
    along = shapely.line_locate_point(lines[which], shapely.points(points), normalized=True)
    # A road that is closed though nothing is found on it is closed whole.
    low, high = np.full(len(shut), np.inf), np.full(len(shut), -np.inf)
    np.minimum.at(low, which, along)
    np.maximum.at(high, which, along)
    low[~np.isfinite(low)], high[~np.isfinite(high)] = 0.0, 1.0
    from_tail[closed.edges[edge]], from_head[closed.edges[edge]] = low[back], high[back]
    return from_tail, from_head


def served(network: RoadNetwork, lonlat: Floats, *, standing: bool = True) -> Places:
    """Return the road that each point (p, 2; EPSG:4326) is served by.

    That of the core within `WALKED_M`, else the nearest that a vehicle may use, joined to the rest
    or not; `edge` is -1 where none lies within `places.SNAP_LIMIT_M`. What is `standing` will be
    asked for again and is remembered.
    """
    if not len(lonlat):
        return footing(network, lonlat)
    found = snap_standing(network, lonlat) if standing else snap(network, *lonlat.T)
    far = np.flatnonzero(found.access_m > WALKED_M)
    if len(far):
        nearest = footing(network, lonlat[far])
        found.edge[far], found.fraction[far] = nearest.edge, nearest.fraction
        found.lonlat[far], found.access_m[far] = nearest.lonlat, nearest.access_m
    return found
