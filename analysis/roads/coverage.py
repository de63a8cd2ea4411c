"""Who is first where, and how soon: many stations, one search (覆盖分析)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from analysis.roads.closures import Closures
from analysis.roads.footing import footing
from analysis.roads.network import RoadNetwork
from analysis.roads.passable import passable
from analysis.roads.places import (
    AT_JUNCTION_M,
    Leg,
    Places,
    arriving_states,
    is_open,
    leaving_state,
    legs,
    snap_standing,
)
from analysis.roads.search import Tree, tree_over
from analysis.roads.spans import Direction

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

WALKED_M = 300.0
"""Who has a road of the network's core within this is served by it, whatever lane is nearer:
extracts are full of yards and lanes that nothing joins to the rest."""


@dataclass(frozen=True, eq=False)
class Cover:
    """The least time between the roads and the first of some stations.

    `direction` "from": the stations set out (a fire engine); "to": one is brought to them (a
    hospital). `time_s` (n) and `first` (n) are of the nodes. `arc_s` (a) is the time at which one
    may set out along an arc ("from"), or that is left at its end ("to"), turn bans obeyed, and
    `arc_first` (a) the station. Infinite and -1 where none comes.
    """

    network: RoadNetwork
    direction: Direction
    closed: Closures | None
    stations: Places
    time_s: Floats
    first: Ints
    arc_s: Floats
    arc_first: Ints

    def at(self, places: Places) -> tuple[Floats, Ints]:
        """Return the seconds between places (p) and their first station, and which that is."""
        time_s, first = np.full(len(places), np.inf), np.full(len(places), -1, np.int64)
        on_road = np.flatnonzero(places.edge >= 0)
        edge, share = places.edge[on_road], places.fraction[on_road]
        open_to_tail, open_to_head = self._open(edge, share)
        for share_of, node, open_way, side in (
            (share, self.network.edge_tail[edge], open_to_tail, self.direction == "to"),
            (1.0 - share, self.network.edge_head[edge], open_to_head, self.direction == "from"),
        ):
            seconds, station = self._by_end(edge, share_of, node, int(side))
            better = open_way & (seconds < time_s[on_road])
            time_s[on_road[better]], first[on_road[better]] = seconds[better], station[better]
        self._beside(places, time_s, first)
        return time_s, first

    def _by_end(
        self, edge: Ints, share: Floats, node: NDArray[np.int32], side: int
    ) -> tuple[Floats, Ints]:
        """Return the times and stations by way of one end, a `share` of each road away.

        `side` is the column of `topology.edge_arcs` that leads between that end and the place.
        """
        network = self.network
        arc = network.topology.edge_arcs[edge, side]
        may = (arc >= 0) & np.isfinite(network.arc_time_s[arc])
        begin_s = np.where(may, self.arc_s[arc], np.inf)
        station = self.arc_first[arc]
        at_junction = share * network.edge_length_m[edge] <= AT_JUNCTION_M
        sooner = at_junction & (self.time_s[node] < begin_s)
        begin_s = np.where(sooner, self.time_s[node], begin_s)
        return begin_s + share * network.edge_time_s[edge], np.where(
            sooner, self.first[node], station
        )

    def _open(self, edge: Ints, share: Floats) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
        """Return whether the way along the road is open to its tail, and to its head."""
        if self.closed is None:
            free = np.ones(len(edge), np.bool_)
            return free, free
        from_tail, from_head = _free(self.network, self.closed, edge)
        return share < from_tail, share > from_head

    def _beside(self, places: Places, time_s: Floats, first: Ints) -> None:
        """Lower the times of places on the very road of a station, where no node is passed."""
        network = self.network
        order = np.argsort(places.edge, kind="stable")
        for station in np.flatnonzero(self.stations.edge >= 0).tolist():
            edge, at = int(self.stations.edge[station]), float(self.stations.fraction[station])
            low, high = np.searchsorted(places.edge, [edge, edge + 1], sorter=order)
            here = order[low:high]
            share = places.fraction[here]
            ahead = (share >= at) == (self.direction == "from")
            allowed = np.where(ahead, network.edge_forward[edge], network.edge_backward[edge])
            straight_s = np.abs(share - at) * float(network.edge_time_s[edge])
            better = allowed & (straight_s < time_s[here])
            better[better] = [self._joined(edge, at, each) for each in share[better].tolist()]
            time_s[here[better]], first[here[better]] = straight_s[better], station

    def _joined(self, edge: int, at: float, share: float) -> bool:
        between = Leg(-1, 0.0, min(at, share), max(at, share))
        return is_open(self.network, self.closed, between, edge)


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
        (state, leg.cost_s, station)
        for station in np.flatnonzero(stations.edge >= 0).tolist()
        for leg in legs(network, stations[station], arriving=direction == "to", closed=closed)
        for state in (
            [leaving_state(network, leg)] if direction == "from" else arriving_states(network, leg)
        )
    ]
    states = np.array([begin[0] for begin in begins], np.int64)
    cost_s = np.array([begin[1] for begin in begins], np.float64)
    owner = np.array([begin[2] for begin in begins], np.int64)
    open_ways = passable(network, closed)
    found = tree_over(
        network.onward if direction == "from" else network.toward,
        open_ways.onward_s() if direction == "from" else open_ways.toward_s(),
        states,
        cost_s,
        limit_s=limit_s,
    )
    station_of = _first(found, states, cost_s, owner)
    best = np.arange(len(found.time_s)) if found.state is None else found.state
    arc_s, arc_state = _at_arcs(network, found, direction)
    return Cover(
        network, direction, closed, stations, found.time_s, station_of[best], arc_s,
        station_of[arc_state],
    )  # fmt: skip


def _at_arcs(
    network: RoadNetwork, found: Tree, direction: Direction
) -> tuple[Floats, NDArray[np.int32] | Ints]:
    """Return the time at the near end of each arc, and the state in which one is there."""
    topology = network.topology
    if direction == "to":
        return found.state_time_s[topology.arc_state], topology.arc_state
    state = topology.arc_tail.astype(np.int64)
    table = topology.states
    free = np.flatnonzero((table.extra_bans & network.bans) == 0)
    # Of the states from which an arc may be taken, the soonest.
    arcs = np.concatenate([np.arange(len(state)), table.extra_arc[free]])
    begins = np.concatenate([state, table.extra_tail[free]])
    order = np.lexsort((begins, found.state_time_s[begins], arcs))
    _, first = np.unique(arcs[order], return_index=True)
    soonest = begins[order][first]
    return found.state_time_s[soonest], soonest


def _first(found: Tree, states: Ints, cost_s: Floats, owner: Ints) -> Ints:
    """Return the station that the way of each state begins at, -1 where there is no way."""
    station = np.full(found.root, -1, np.int64)
    # The cheapest start of each state, of equals the first station.
    order = np.lexsort((owner, cost_s, states))
    seeds, first = np.unique(states[order], return_index=True)
    station[seeds] = owner[order][first]
    before = found.next_node.astype(np.int64)
    reached = before >= 0
    origin = np.where(reached & (before < found.root), before, np.arange(found.root))
    # Each pass doubles how far back a state looks.
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
    lines = network.shapes(shut)
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


def served(network: RoadNetwork, lonlat: Floats) -> Places:
    """Return the road that each point (p, 2; EPSG:4326) is served by.

    That of the core within `WALKED_M`, else the nearest that a vehicle may use, joined to the rest
    or not; `edge` is -1 where none lies within `places.SNAP_LIMIT_M`. Points that do not move are
    looked up once a network; many of a raster are settled by `roads.settled`.
    """
    # Where a road is does not change with the hour: asked of the network of free speeds.
    network = network.for_vehicle(network.profile)
    found = snap_standing(network, lonlat)
    far = np.flatnonzero(found.access_m > WALKED_M)
    nearest = footing(network, lonlat[far])
    found.edge[far], found.fraction[far] = nearest.edge, nearest.fraction
    found.lonlat[far], found.access_m[far] = nearest.lonlat, nearest.access_m
    return found
