"""One vehicle's way to an approach: times from many places, looked for no farther than needed."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from analysis.roads.closures import Closures
from analysis.roads.network import RoadNetwork
from analysis.roads.passable import passable
from analysis.roads.places import Place, Places, snap_standing
from analysis.roads.route import WayIn, legs_into, way_in
from analysis.roads.search import Tree, nodes_of, reached

LIMITS_S = (600.0, np.inf)
"""How far `settle` looks, one after the other: what it looks for is near, as a rule."""


@dataclass(eq=False)
class Inbound:
    """The searches of one vehicle towards an approach.

    `places` (p) are where its candidates touch its roads, `which` (p) their numbers among all.
    `root` is the approach on its roads, or None where it has none near. `way` is the search done
    last, `limit_s` how far it looked.
    """

    network: RoadNetwork
    which: NDArray[np.intp]
    places: Places
    root: Place | None
    closed: Closures | None
    limit_s: float = 0.0
    way: WayIn | None = None

    def time_s(self, limit_s: float) -> NDArray[np.float64]:
        """Return the seconds to the approach (p), infinite where they are more than a limit."""
        if self.root is None:
            return np.full(len(self.which), np.inf)
        if self.way is None or limit_s > self.limit_s:
            self.way = way_in(self.network, self.root, closed=self.closed, limit_s=limit_s)
            self.limit_s = limit_s
        return self.way.time_s(self.places)

    def reachable(self) -> NDArray[np.bool_]:
        """Return which places have a way to the approach at all, however long."""
        if self.root is None:
            return np.zeros(len(self.which), np.bool_)
        if self.closed is None:
            # Places lie in the core, where every one reaches every other.
            return self.places.edge >= 0
        last_legs = legs_into(self.network, self.root, self.closed)
        joined = self._joined
        flat = Tree(
            time_s=np.where(nodes_of(self.network.toward, joined), 0.0, np.inf),
            state=None,
            state_time_s=np.where(joined, 0.0, np.inf),
            next_node=np.empty(0, np.int32),
        )
        seconds = passable(self.network, self.closed).arc_s
        way = WayIn(self.network, self.root, last_legs, seconds, self.closed, flat)
        return np.isfinite(way.time_s(self.places))

    def settle(self, nodes: NDArray[np.intp]) -> None:
        """Search so far that each of some nodes that has a way to the approach has its time."""
        if self.root is None:
            return
        graph, joined = self.network.toward, self._joined
        if not nodes_of(graph, joined)[nodes].all():
            # The part where all places are may be less than all from where there is a way.
            joined = reached(graph, passable(self.network, self.closed).toward_s(), self._seeds)
        wanted = nodes[nodes_of(graph, joined)[nodes]]
        for limit_s in (self.limit_s, *LIMITS_S):
            self.time_s(limit_s)
            if self.way is not None and np.isfinite(self.way.tree.time_s[wanted]).all():
                return

    @cached_property
    def _joined(self) -> NDArray[np.bool_]:
        """Which states have a way to the approach, or the part where all places are."""
        open_ways = passable(self.network, self.closed)
        strong = open_ways.states()
        if strong[self._seeds].any() and self._all_in(strong):
            return strong
        return reached(self.network.toward, open_ways.toward_s(), self._seeds)

    @cached_property
    def _seeds(self) -> NDArray[np.int64]:
        """The states next to the approach."""
        assert self.root is not None  # who has none is told before
        return np.array(list(legs_into(self.network, self.root, self.closed)), np.int64)

    def _all_in(self, states: NDArray[np.bool_]) -> bool:
        """Return whether both ends of all places' roads are nodes of a set of states."""
        edges = self.places.edge[self.places.edge >= 0]
        ends = np.concatenate([self.network.edge_tail[edges], self.network.edge_head[edges]])
        return bool(states[ends].all())

    def free(self, limit_s: float) -> WayIn | None:
        """Return the search as if nothing were closed."""
        return None if self.root is None else way_in(self.network, self.root, limit_s=limit_s)


def inbound(
    network: RoadNetwork,
    lonlat: NDArray[np.float64],
    which: NDArray[np.intp],
    goal: Place | None,
    closed: Closures | None,
) -> Inbound:
    """Prepare the searches of one vehicle for those of all points (n, 2) that come by it.

    `goal` is its approach, on a road that it may use; None where it has none.
    """
    places = snap_standing(network, lonlat[which])
    return Inbound(network, which, places, goal, closed)
