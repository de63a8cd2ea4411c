"""Shortest paths on plain arrays. Knows neither SQL nor rows nor roads: nodes, arcs and seconds.

The search itself is scipy's Dijkstra; here are the things it lacks: parallel arcs (it would add
their weights up, so only the cheapest open one of each pair is shown to it), a root that lies
between two nodes (a virtual node with one arc to each end), and turns that are banned (states
beyond the nodes, `analysis.roads.states`; times and ways are told by node all the same).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import breadth_first_order, connected_components, dijkstra

from analysis.roads.adjacency import Adjacency, Numbers

# scipy drops arcs of weight zero in places; a millisecond changes no arrival.
SHORTEST_STEP_S = 1e-3
NO_STEP_S = 1e-9


@dataclass(frozen=True, eq=False)
class Tree:
    """The time between every node and the root, and each state's next one on that way.

    `time_s` (nodes) is infinite where there is no way; of the states at a node the soonest counts,
    which is `state` (nodes). `state_time_s` (states) tells them apart. `next_node` (states) is the
    next state, the number of states at the last one before the root, negative without a way.
    """

    time_s: NDArray[np.float64]
    state: NDArray[np.int32] | None
    state_time_s: NDArray[np.float64]
    next_node: NDArray[np.int32]

    @property
    def root(self) -> int:
        """Return the number that stands for the root in `next_node`."""
        return len(self.next_node)

    def best_state(self, node: int) -> int:
        """Return the state at a node from which the way is the shortest."""
        return node if self.state is None else int(self.state[node])

    def origins(self) -> NDArray[np.int64]:
        """Return the state (nodes) nearest to the root on each node's way, -1 without a way."""
        before = self.next_node.astype(np.int64)
        own = np.arange(self.root)
        origin = np.where((before >= 0) & (before < self.root), before, own)
        # Each pass doubles how far a state looks ahead.
        while True:
            farther = origin[origin]
            if (farther == origin).all():
                break
            origin = farther
        best = own[: len(self.time_s)] if self.state is None else self.state
        found: NDArray[np.int64] = np.where(np.isfinite(self.time_s), origin[best], -1)
        return found

    def states(self, state: int) -> list[int]:
        """Return the states from `state` to the last before the root; empty where no way exists."""
        if not np.isfinite(self.state_time_s[state]):
            return []
        way = [state]
        root = self.root
        while (following := int(self.next_node[way[-1]])) != root:
            way.append(following)
        return way


def tree(
    graph: Adjacency,
    cost_s: NDArray[np.float64],
    seed_nodes: Numbers,
    seed_cost_s: NDArray[np.float64],
    *,
    limit_s: float = np.inf,
) -> Tree:
    """Search from a virtual root that is `seed_cost_s` away from each of `seed_nodes`.

    Parameters
    ----------
    graph : Adjacency
        Rows are heads to learn the way *to* the root, tails to learn the way from it.
    cost_s : array (arcs)
        Seconds along each arc; infinite where it is closed.
    seed_nodes, seed_cost_s : arrays
        May repeat a node; the least cost counts. All states at a node are as far from the root.
    limit_s : float
        What is farther than this is not looked for: its time is infinite.
    """
    seeds, seed_cost_s = graph.standing_at(seed_nodes, seed_cost_s)
    return tree_over(graph, graph.cheapest(cost_s), seeds, seed_cost_s, limit_s=limit_s)


def tree_over(
    graph: Adjacency,
    least_s: NDArray[np.float64],
    seeds: Numbers,
    seed_cost_s: NDArray[np.float64],
    *,
    limit_s: float = np.inf,
) -> Tree:
    """Search from states over the groups' least costs (`Adjacency.cheapest`); see `tree`."""
    matrix = _rooted(graph, least_s, graph.columns, seeds, seed_cost_s)
    time_s, before = dijkstra(
        matrix, indices=np.array(graph.state_count), return_predecessors=True, limit=limit_s
    )
    return _by_node(graph, time_s[:-1], before[:-1])


def _rooted(
    graph: Adjacency,
    least_s: NDArray[np.float64],
    columns: NDArray[np.int32],
    seeds: Numbers,
    seed_cost_s: NDArray[np.float64],
) -> csr_array:
    """Return the matrix of a graph with a virtual root as its last row."""
    states, where = np.unique(seeds, return_inverse=True)
    least = np.full(len(states), np.inf)
    np.minimum.at(least, where, seed_cost_s)
    data = np.concatenate([least_s, np.maximum(least, NO_STEP_S)])
    columns = np.concatenate([columns, states.astype(np.int32)])
    pointers = np.append(graph.pointers, np.int32(len(columns)))
    size = graph.state_count + 1
    return csr_array((data, columns, pointers), shape=(size, size))


def _by_node(graph: Adjacency, time_s: NDArray[np.float64], before: NDArray[np.int32]) -> Tree:
    if not len(graph.home):
        return Tree(time_s, None, time_s, before)
    count = graph.node_count
    least = time_s[:count].copy()
    np.minimum.at(least, graph.home, time_s[count:])
    state = np.arange(count, dtype=np.int32)
    better = np.flatnonzero(
        (time_s[count:] == least[graph.home]) & (time_s[count:] < time_s[graph.home])
    )
    state[graph.home[better]] = better + count
    return Tree(least, state, time_s, before)


def reached(graph: Adjacency, least_s: NDArray[np.float64], seeds: Numbers) -> NDArray[np.bool_]:
    """Return which states some seeds are joined with along the rows, however long it takes."""
    matrix = _rooted(graph, least_s, _looped(graph, least_s), seeds, np.ones(len(seeds)))
    order = breadth_first_order(matrix, graph.state_count, return_predecessors=False)
    found = np.zeros(graph.state_count + 1, np.bool_)
    found[order] = True
    return found[:-1]


def _looped(graph: Adjacency, least_s: NDArray[np.float64]) -> NDArray[np.int32]:
    """Return the columns with closed groups led back to their own row, where they join nothing."""
    closed = np.flatnonzero(~np.isfinite(least_s))
    if not len(closed):
        return graph.columns
    columns = graph.columns.copy()
    columns[closed] = np.searchsorted(graph.pointers, closed, side="right") - 1
    return columns


def strong_states(graph: Adjacency, least_s: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Return which states are in the largest set where every one reaches every other.

    Of two sets of one size the one with the lowest state wins, so that the answer is stable.
    """
    count = graph.state_count
    parts = (np.ones(len(graph.columns)), _looped(graph, least_s), graph.pointers)
    matrix = csr_array(parts, shape=(count, count))
    _, label = connected_components(matrix, directed=True, connection="strong")
    size = np.bincount(label)
    candidates = size == size.max()
    part: NDArray[np.bool_] = label == label[np.argmax(candidates[label])]
    return part


def nodes_of(graph: Adjacency, states: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return which nodes have a state in a set of states."""
    nodes = states[: graph.node_count].copy()
    np.logical_or.at(nodes, graph.home, states[graph.node_count :])
    return nodes


def largest_strong_part(
    graph: Adjacency, open_arcs: NDArray[np.bool_] | None = None
) -> NDArray[np.bool_]:
    """Return which nodes are in the largest set where every node reaches every other."""
    if open_arcs is None:
        open_arcs = np.ones(graph.arc_count, np.bool_)
    least_s = graph.cheapest(np.where(open_arcs, 1.0, np.inf))
    return nodes_of(graph, strong_states(graph, least_s))
