"""Ways to one place: the time from every other place at once, and the line of any of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.roads.closures import Closures
from analysis.roads.driven import Route, Step, joined
from analysis.roads.network import RoadNetwork
from analysis.roads.passable import passable
from analysis.roads.places import (
    AT_JUNCTION_M,
    Ends,
    Leg,
    Place,
    Places,
    arriving_states,
    leaving_state,
    legs,
    snap_one,
    straight,
)
from analysis.roads.plane import distance_m
from analysis.roads.search import Tree, tree_over
from layers.errors import NoRouteError

__all__ = [
    "Route",
    "Step",
    "WayIn",
    "bounds_s",
    "joined",
    "legs_into",
    "route",
    "way_in",
    "way_in_by",
]

Seconds = Callable[[NDArray[np.int64]], NDArray[np.float64]]
# A first bound for a search: the straight line as if driven at this speed, and a little more.
GUESSED_M_S = 8.0
GUESS_MORE_S = 60.0
BOUND_GROWTH = 4.0
BOUNDS_TRIED = 3
NOWHERE = Place(-1, 0.0, float("nan"), float("nan"), float("inf"))


@dataclass(frozen=True)
class WayIn:
    """The tree of every shortest way to `root` under closures (a search towards the root).

    `last_legs` is the leg that ends the way of each state next to the root. `seconds` gives the
    time along arcs, infinite where they are closed. What is more than `limit_s` away is no way: one
    end of its road may have been found, and the quicker way round by the other not.
    """

    network: RoadNetwork
    root: Place
    last_legs: Mapping[int, Leg]
    seconds: Seconds
    closed: Closures | None
    tree: Tree
    limit_s: float = np.inf

    def time_s(self, places: Places) -> NDArray[np.float64]:
        """Return the seconds from each place to the root; infinite where there is no way."""
        return self.ends(places).time_s

    def ends(self, places: Places) -> Ends:
        """Return how the way from each place to the root begins."""
        count = len(places)
        found = Ends(np.full(count, np.inf), np.full(count, -1, np.int64), np.zeros(count))
        on_road = np.flatnonzero(places.edge >= 0)
        edge, at = places.edge[on_road], places.fraction[on_road]
        for column, values in zip(found, self._by_nodes(edge, at), strict=True):
            column[on_road] = values
        special = edge == self.root.edge
        if self.closed is not None:
            special |= self.closed.edges[edge]
        for index in on_road[special].tolist():
            time_s, leg = self.best(places[index])
            found.time_s[index] = time_s
            found.state[index] = -1 if leg is None else self.first_state(leg)
            along = abs(float(places.fraction[index]) - self.root.fraction)
            found.share[index] = along if leg is None else leg.high - leg.low
        beyond = found.time_s > self.limit_s
        found.time_s[beyond], found.state[beyond] = np.inf, -1
        return found

    def _by_nodes(self, edge: NDArray[np.int64], at: NDArray[np.float64]) -> Ends:
        """Return the ways by a road's ends, as if its own pieces were open."""
        network, topology = self.network, self.network.topology
        along_s, length_m = network.edge_time_s[edge], network.edge_length_m[edge]
        best = Ends(np.full(len(edge), np.inf), np.full(len(edge), -1), np.zeros(len(edge)))
        sides = ((network.edge_head, 1.0 - at), (network.edge_tail, at))
        for side, (node, share) in enumerate(sides):
            arc = topology.edge_arcs[edge, side]
            usable = (arc >= 0) & np.isfinite(network.arc_time_s[arc])
            junction = share * length_m <= AT_JUNCTION_M
            at_node = node[edge] if self.tree.state is None else self.tree.state[node[edge]]
            state = np.where(junction, at_node, topology.arc_state[arc])
            time_s = self.tree.state_time_s[state] + share * along_s
            better = (usable | junction) & (time_s < best.time_s)
            for column, values in zip(best, (time_s, state, share), strict=True):
                column[better] = values[better]
        return best

    def best(self, place: Place) -> tuple[float, Leg | None]:
        """Return the least time and the leg that begins it; no leg means along the root's road."""
        options: list[tuple[float, Leg | None]] = [
            (float(self.tree.state_time_s[self.first_state(leg)]) + leg.cost_s, leg)
            for leg in legs(self.network, place, arriving=False, closed=self.closed)
        ]
        straight_s = straight(self.network, place, self.root, self.closed)
        if straight_s is not None:
            options.append((straight_s, None))
        soonest = min(options, key=lambda option: option[0], default=(np.inf, None))
        return soonest if soonest[0] <= self.limit_s else (np.inf, None)

    def first_state(self, leg: Leg) -> int:
        """Return the state that a leg leads to; at a junction, the one with the shortest way."""
        return self.tree.best_state(leg.node) if leg.arc < 0 else leaving_state(self.network, leg)

    def route(self, place: Place) -> Route | None:
        """Return the fastest way from a place to the root, or None where there is none."""
        steps = self.steps(place)
        return joined(self.network, steps) if steps else None

    def steps(self, place: Place) -> list[Step]:
        """Return the roads from a place to the root; empty where there is no way."""
        time_s, leg = self.best(place)
        if not np.isfinite(time_s):
            return []
        if leg is None:
            return [Step(place.edge, place.fraction, self.root.fraction)]
        end = leg.low if leg.high == place.fraction else leg.high
        return [Step(place.edge, place.fraction, end), *self._steps_from(self.first_state(leg))]

    def last_node(self, place: Place) -> int | None:
        """Return the last node before the root on the way from a place, or None."""
        time_s, leg = self.best(place)
        if leg is None or not np.isfinite(time_s):
            return None
        last = self.tree.states(self.first_state(leg))[-1]
        return int(self.network.toward.node(np.array([last]))[0])

    def steps_from_node(self, node: int) -> list[Step]:
        """Return the roads from a node to the root; the node must reach it."""
        return self._steps_from(self.tree.best_state(node))

    def _steps_from(self, state: int) -> list[Step]:
        way = self.tree.states(state)
        taken = self._taken(way)
        last = self.last_legs.get(way[-1])
        if last is None:
            return taken
        begin = last.low if last.high == self.root.fraction else last.high
        return [*taken, Step(self.root.edge, begin, self.root.fraction)]

    def _taken(self, states: list[int]) -> list[Step]:
        """Return the roads between states that follow each other on a shortest way."""
        if len(states) < 2:
            return []
        way = np.array(states, np.int64)
        topology = self.network.topology
        arcs = self.network.toward.arcs(way[1:], way[:-1], self.seconds)
        edges = topology.arc_edge[arcs]
        along = topology.edge_arcs[edges, 0] == arcs
        pairs = zip(edges.tolist(), along.tolist(), strict=True)
        return [Step(edge, 0.0, 1.0) if ahead else Step(edge, 1.0, 0.0) for edge, ahead in pairs]


def bounds_s(air_m: float) -> Iterator[float]:
    """Yield growing bounds for a search whose answer is some straight line away; the last is none.

    A search costs what it covers, so trying fourfold bounds costs little more than the last of
    them. Whoever asks stops as soon as the answer lies within a bound: nothing beyond can be less.
    """
    yield from (
        (air_m / GUESSED_M_S + GUESS_MORE_S) * BOUND_GROWTH**tried for tried in range(BOUNDS_TRIED)
    )
    yield np.inf


def legs_into(network: RoadNetwork, root: Place, closed: Closures | None) -> dict[int, Leg]:
    """Return the leg that each state next to a place ends its way with: the quickest of them."""
    last_legs: dict[int, Leg] = {}
    for leg in sorted(
        legs(network, root, arriving=True, closed=closed), key=lambda leg: leg.cost_s
    ):
        for state in arriving_states(network, leg):
            last_legs.setdefault(state, leg)
    return last_legs


def way_in(
    network: RoadNetwork,
    root: Place,
    *,
    closed: Closures | None = None,
    limit_s: float = np.inf,
) -> WayIn:
    """Search towards a place; one search, however many places will ask for their time.

    Whatever is more than `limit_s` away counts as out of reach; a tight limit saves most of it.
    """
    last_legs = legs_into(network, root, closed)
    open_ways = passable(network, closed)
    found = tree_over(
        network.toward,
        open_ways.toward_s(),
        np.array(list(last_legs), np.int64),
        np.array([leg.cost_s for leg in last_legs.values()], np.float64),
        limit_s=limit_s,
    )
    return WayIn(network, root, last_legs, open_ways.arc_s, closed, found, limit_s)


def way_in_by(
    network: RoadNetwork,
    nodes: NDArray[np.int32],
    seconds: NDArray[np.float64],
    *,
    closed: Closures | None = None,
    cost_s: NDArray[np.float64] | None = None,
    limit_s: float = np.inf,
) -> WayIn:
    """Search towards whichever of several nodes is soonest, each some `seconds` before the end.

    Its routes end at that node; those of `way_in` end on the root's road. `cost_s` (arcs) takes
    the place of the vehicle's own times and of the closures.
    """
    graph, open_ways = network.toward, passable(network, closed)
    along: Seconds = open_ways.arc_s if cost_s is None else cost_s.__getitem__
    least_s = open_ways.toward_s() if cost_s is None else graph.cheapest(cost_s)
    states, state_s = graph.standing_at(np.asarray(nodes, np.int64), np.asarray(seconds))
    found = tree_over(graph, least_s, states, state_s, limit_s=limit_s)
    return WayIn(network, NOWHERE, {}, along, closed, found, limit_s)


def route(
    network: RoadNetwork,
    begin: tuple[float, float],
    end: tuple[float, float],
    *,
    closed: Closures | None = None,
) -> Route:
    """Return the fastest drivable way between two points, lon lat each.

    Raises
    ------
    NoRouteError
        A point has no road near it, or no open way joins them.
    """
    start, goal = snap_one(network, *begin), snap_one(network, *end)
    air_m = float(distance_m(np.array([start.lon, start.lat]), np.array([goal.lon, goal.lat])))
    for limit_s in bounds_s(air_m):
        found = way_in(network, goal, closed=closed, limit_s=limit_s).route(start)
        if found is not None:
            return found
    raise NoRouteError(
        "no drivable way joins the two places" + (" outside the closed area" if closed else ""),
        code="no_path",
    )
