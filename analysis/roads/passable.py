"""What stays passable while roads are closed, worked out once for each set of closed roads.

Closures touch few roads, so only the groups of arcs that they hit are looked at anew; the rest of
the costs are those that were worked out when the network was compiled.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from analysis.roads.adjacency import Adjacency
from analysis.roads.memo import Memo
from analysis.roads.network import RoadNetwork
from analysis.roads.search import nodes_of, strong_states

if TYPE_CHECKING:
    from analysis.roads.closures import Closures

KNOWN_SETS = 32


@dataclass(frozen=True, eq=False)
class Passable:
    """The costs of a network without the roads that arcs `shut` run on."""

    network: RoadNetwork
    shut: NDArray[np.int64]

    def toward_s(self) -> NDArray[np.float64]:
        """Return the seconds of each group of the network's `toward`; infinite is closed."""
        return self._patched(self.network.toward_s, self._toward)

    def onward_s(self) -> NDArray[np.float64]:
        """Return the seconds of each group of the network's `onward`; infinite is closed."""
        return self._patched(self.network.onward_s, self._onward)

    def arc_s(self, arcs: NDArray[np.int64]) -> NDArray[np.float64]:
        """Return the seconds along some arcs; infinite is closed."""
        return np.where(np.isin(arcs, self.shut), np.inf, self.network.arc_time_s[arcs])

    @cached_property
    def strong(self) -> NDArray[np.uint8]:
        """The states of the largest part that stays strongly connected, as packed bits."""
        return np.packbits(strong_states(self.network.toward, self.toward_s()))

    def states(self) -> NDArray[np.bool_]:
        """Return which states are of the largest part where all reach each other."""
        count = self.network.toward.state_count
        return np.unpackbits(self.strong, count=count).astype(np.bool_)

    def nodes(self) -> NDArray[np.bool_]:
        """Return which nodes are of the largest part where all reach each other."""
        return nodes_of(self.network.toward, self.states())

    @cached_property
    def _toward(self) -> Patch:
        return _patch(self.network.toward, self)

    @cached_property
    def _onward(self) -> Patch:
        return _patch(self.network.onward, self)

    def _patched(self, least_s: NDArray[np.float64], patch: Patch) -> NDArray[np.float64]:
        if not len(patch.groups):
            return least_s
        patched = np.array(least_s)
        patched[patch.groups] = patch.least_s
        return patched


class Patch(NamedTuple):
    """The groups that closed arcs belong to, and what their quickest open arc takes."""

    groups: NDArray[np.int64]
    least_s: NDArray[np.float64]


def _patch(graph: Adjacency, open_ways: Passable) -> Patch:
    steps = graph.steps_over(open_ways.shut)
    groups = np.unique(graph.groups(graph.row[steps], graph.column[steps]))
    whose, members = graph.members(groups)
    cost_s = open_ways.arc_s(graph.arc(members))
    cost_s[np.isin(members, graph.shut)] = np.inf
    least_s = np.full(len(groups), np.inf)
    np.minimum.at(least_s, whose, cost_s)
    return Patch(groups, least_s)


_KNOWN: Memo[Passable] = Memo(limit=KNOWN_SETS)


def passable(network: RoadNetwork, closed: Closures | None) -> Passable:
    """Return what stays passable on a network; the same closed roads are worked out once."""
    edges = np.empty(0, np.int64) if closed is None else np.flatnonzero(closed.edges)

    def made() -> Passable:
        arcs = network.topology.edge_arcs[edges].ravel()
        return Passable(network, arcs[arcs >= 0].astype(np.int64))

    return _KNOWN.of(network, edges.tobytes(), made)
