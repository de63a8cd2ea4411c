"""Shortest paths on plain arrays. Knows neither SQL nor rows nor roads: nodes, arcs and seconds.

The search itself is scipy's Dijkstra; here are the two things it lacks: parallel arcs (it would add
their weights up, so only the cheapest open one of each pair is shown to it) and a root that lies
between two nodes (a virtual node with one arc to each end).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components, dijkstra

# scipy drops arcs of weight zero in places; a millisecond changes no arrival.
SHORTEST_STEP_S = 1e-3
NO_STEP_S = 1e-9


@dataclass(frozen=True)
class Adjacency:
    """Arcs grouped by (row, column) in compressed rows.

    For a search towards a root the rows are heads and the columns tails, else the other way.
    `order` (arcs) sorts the arcs into groups, `starts` (groups) is each group's first place in
    `order`, `columns` (groups) its column, `pointers` (nodes + 1) cuts the groups into rows.
    """

    order: NDArray[np.int64]
    starts: NDArray[np.int64]
    columns: NDArray[np.int32]
    pointers: NDArray[np.int32]

    @property
    def node_count(self) -> int:
        """Return the number of nodes."""
        return len(self.pointers) - 1

    def cheapest(self, cost_s: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return for each group the cost of its cheapest arc; infinite is closed."""
        if not len(self.starts):
            return np.empty(0)
        least: NDArray[np.float64] = np.minimum.reduceat(cost_s[self.order], self.starts)
        return least

    @cached_property
    def keys(self) -> NDArray[np.int64]:
        """One ascending number a group, from its row and column."""
        rows = np.repeat(np.arange(self.node_count, dtype=np.int64), np.diff(self.pointers))
        return rows * self.node_count + self.columns

    @cached_property
    def sizes(self) -> NDArray[np.int64]:
        """How many parallel arcs each group has."""
        return np.diff(self.starts, append=len(self.order))

    def arcs(
        self, rows: NDArray[np.int64], columns: NDArray[np.int64], cost_s: NDArray[np.float64]
    ) -> NDArray[np.int64]:
        """Return the cheapest arc of each group that rows and columns name; it must exist."""
        group = np.searchsorted(self.keys, rows * self.node_count + columns)
        found = self.order[self.starts[group]].astype(np.int64)
        for index in np.flatnonzero(self.sizes[group] > 1):
            first = self.starts[group[index]]
            parallel = self.order[first : first + self.sizes[group[index]]]
            found[index] = parallel[np.argmin(cost_s[parallel])]
        return found


def adjacency(rows: NDArray[np.int32], columns: NDArray[np.int32], node_count: int) -> Adjacency:
    """Group arcs, given as their row and column nodes, for searching along rows."""
    order = np.lexsort((columns, rows))
    row, column = rows[order], columns[order]
    first = np.ones(len(order), np.bool_)
    first[1:] = (row[1:] != row[:-1]) | (column[1:] != column[:-1])
    starts = np.flatnonzero(first)
    pointers = np.searchsorted(row[starts], np.arange(node_count + 1))
    return Adjacency(order, starts, column[starts].astype(np.int32), pointers.astype(np.int32))


@dataclass(frozen=True)
class Tree:
    """The time between every node and the root, and each node's next node on that way.

    `time_s` (nodes) is infinite where there is no way; `next_node` (nodes) is the number of nodes
    at the last node before the root, negative where there is no way.
    """

    time_s: NDArray[np.float64]
    next_node: NDArray[np.int32]

    def nodes(self, node: int) -> list[int]:
        """Return the nodes from `node` to the last before the root; empty where no way exists."""
        if not np.isfinite(self.time_s[node]):
            return []
        way = [node]
        root = len(self.time_s)
        while (following := int(self.next_node[way[-1]])) != root:
            way.append(following)
        return way


def tree(
    graph: Adjacency,
    cost_s: NDArray[np.float64],
    seed_nodes: NDArray[np.int32],
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
    seed_nodes, seed_cost_s : arrays (seeds)
        May repeat a node; the least cost counts.
    """
    count = graph.node_count
    nodes, where = np.unique(seed_nodes, return_inverse=True)
    least = np.full(len(nodes), np.inf)
    np.minimum.at(least, where, seed_cost_s)
    data = np.concatenate([graph.cheapest(cost_s), np.maximum(least, NO_STEP_S)])
    columns = np.concatenate([graph.columns, nodes.astype(np.int32)])
    pointers = np.append(graph.pointers, np.int32(len(columns)))
    matrix = csr_array((data, columns, pointers), shape=(count + 1, count + 1))
    time_s, before = dijkstra(
        matrix, indices=np.array(count), return_predecessors=True, limit=limit_s
    )
    return Tree(time_s[:count], before[:count])


def largest_strong_part(
    graph: Adjacency, open_arcs: NDArray[np.bool_] | None = None
) -> NDArray[np.bool_]:
    """Return which nodes are in the largest set where every node reaches every other.

    Of two sets of one size the one with the lowest node wins, so that the answer is stable.
    """
    data = np.ones(len(graph.columns))
    columns, pointers = graph.columns, graph.pointers
    if open_arcs is not None:
        kept = np.logical_or.reduceat(open_arcs[graph.order], graph.starts)
        passed = np.concatenate([[0], np.cumsum(kept)])
        data, columns, pointers = data[kept], columns[kept], passed[pointers].astype(np.int32)
    count = graph.node_count
    matrix = csr_array((data, columns, pointers), shape=(count, count))
    _, label = connected_components(matrix, directed=True, connection="strong")
    size = np.bincount(label)
    candidates = np.flatnonzero(size == size.max())
    first = np.flatnonzero(np.isin(label, candidates))[0]
    part: NDArray[np.bool_] = label == label[first]
    return part
