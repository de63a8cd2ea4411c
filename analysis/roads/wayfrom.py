"""Ways from one place: the time to every other place at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.roads.closures import Closures
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
    straight,
)
from analysis.roads.route import Seconds
from analysis.roads.search import Tree, tree_over


@dataclass(frozen=True)
class WayFrom:
    """The tree of every shortest way from `start` under closures (a search from the root).

    `first_legs` is the leg that begins the way of each state next to the root. `seconds` gives the
    time along arcs, infinite where they are closed.
    """

    network: RoadNetwork
    start: Place
    first_legs: dict[int, Leg]
    seconds: Seconds
    closed: Closures | None
    tree: Tree
    limit_s: float = np.inf

    def time_s(self, places: Places) -> NDArray[np.float64]:
        """Return the seconds from the start to each place; infinite where there is no way."""
        return self.ends(places).time_s

    def ends(self, places: Places) -> Ends:
        """Return how the way from the start to each place ends."""
        count = len(places)
        found = Ends(np.full(count, np.inf), np.full(count, -1, np.int64), np.zeros(count))
        on_road = np.flatnonzero(places.edge >= 0)
        edge, at = places.edge[on_road], places.fraction[on_road]
        for column, values in zip(found, self._by_nodes(edge, at), strict=True):
            column[on_road] = values
        special = edge == self.start.edge
        if self.closed is not None:
            special |= self.closed.edges[edge]
        for index in on_road[special].tolist():
            time_s, leg, state = self.best(places[index])
            along = abs(float(places.fraction[index]) - self.start.fraction)
            found.time_s[index], found.state[index] = time_s, state
            found.share[index] = along if leg is None else leg.high - leg.low
        # Beyond the limit a quicker way by the other end may not have been looked for.
        beyond = found.time_s > self.limit_s
        found.time_s[beyond], found.state[beyond] = np.inf, -1
        return found

    def _entered_from(self, arcs: NDArray[np.int32]) -> NDArray[np.int64]:
        """Return the state from which each arc is entered soonest.

        Where a turn ban keeps the quickest way from turning into an arc, it is that of another.
        """
        topology, table = self.network.topology, self.network.topology.states
        state = topology.arc_tail[arcs].astype(np.int64)
        may = np.isin(table.extra_arc, arcs) & ((table.extra_bans & self.network.bans) == 0)
        steps = np.flatnonzero(may)
        if len(steps):
            time_s = self.tree.state_time_s
            order = steps[np.argsort(-time_s[table.extra_tail[steps]], kind="stable")]
            soonest = np.full(len(topology.arc_edge), -1, np.int64)
            soonest[table.extra_arc[order]] = table.extra_tail[order]
            other = soonest[arcs]
            better = (other >= 0) & (time_s[other] < time_s[state])
            state[better] = other[better]
        return state

    def _by_nodes(self, edge: NDArray[np.int64], at: NDArray[np.float64]) -> Ends:
        """Return the ways by a road's ends, as if its own pieces were open."""
        network, topology = self.network, self.network.topology
        along_s, length_m = network.edge_time_s[edge], network.edge_length_m[edge]
        best = Ends(np.full(len(edge), np.inf), np.full(len(edge), -1), np.zeros(len(edge)))
        sides = ((network.edge_tail, at), (network.edge_head, 1.0 - at))
        for side, (node, share) in enumerate(sides):
            arc = topology.edge_arcs[edge, side]
            usable = (arc >= 0) & np.isfinite(network.arc_time_s[arc])
            junction = share * length_m <= AT_JUNCTION_M
            at_node = node[edge] if self.tree.state is None else self.tree.state[node[edge]]
            state = np.where(junction, at_node, self._entered_from(np.maximum(arc, 0)))
            time_s = self.tree.state_time_s[state] + share * along_s
            better = (usable | junction) & (time_s < best.time_s)
            for column, values in zip(best, (time_s, state, share), strict=True):
                column[better] = values[better]
        return best

    def best(self, place: Place) -> tuple[float, Leg | None, int]:
        """Return the least time to a place, the leg that ends the way and the state before it.

        No leg means along the start's own road, or no way where the time is infinite.
        """
        options: list[tuple[float, Leg | None, int]] = [
            (float(self.tree.state_time_s[state]) + leg.cost_s, leg, state)
            for leg in legs(self.network, place, arriving=True, closed=self.closed)
            for state in arriving_states(self.network, leg)
        ]
        straight_s = straight(self.network, self.start, place, self.closed)
        if straight_s is not None:
            options.append((straight_s, None, -1))
        soonest = min(options, key=lambda option: option[0], default=(np.inf, None, -1))
        return soonest if soonest[0] <= self.limit_s else (np.inf, None, -1)


def way_from(
    network: RoadNetwork,
    start: Place,
    *,
    closed: Closures | None = None,
    limit_s: float = np.inf,
) -> WayFrom:
    """Search from a place; one search, however many places will ask for their time."""
    first_legs: dict[int, Leg] = {}
    leaving = legs(network, start, arriving=False, closed=closed)
    for leg in sorted(leaving, key=lambda leg: leg.cost_s):
        first_legs.setdefault(leaving_state(network, leg), leg)
    open_ways = passable(network, closed)
    found = tree_over(
        network.onward,
        open_ways.onward_s(),
        np.array(list(first_legs), np.int64),
        np.array([leg.cost_s for leg in first_legs.values()], np.float64),
        limit_s=limit_s,
    )
    return WayFrom(network, start, first_legs, open_ways.arc_s, closed, found, limit_s)
