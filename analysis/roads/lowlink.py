"""Bridges and cut points of an undirected graph. Knows no roads: nodes and edges.

The low points of Hopcroft and Tarjan (Algorithm 447, Comm. ACM 16(6), 1973,
doi:10.1145/362248.362272) on scipy's depth-first order: a twentieth of the time of networkx, which
is the oracle of its tests. Every part of the graph is rooted at a middle of it, so that what hangs
below a bridge, or below a cut point that is not the root, is never more than half of the part.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components, depth_first_order

Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Forest:
    """A depth-first tree of each part of a graph. All but `place` are by place in the order (n).

    `node` is the node at each place and `place` (nodes) its inverse. `parent` is the place of the
    node above, -1 for a root; what hangs below place i, itself included, are the `size[i]` places
    from i on. `low` is the lowest place that an edge from there leads to, the one edge to the
    parent left out; `root` is the place of the part's root, `part_size` the nodes of the part.
    """

    node: Ints
    place: Ints
    parent: Ints
    size: Ints
    low: Ints
    root: Ints
    part_size: Ints

    @property
    def bridges(self) -> Ints:
        """Return the places that only the edge to their parent joins to the rest."""
        return np.flatnonzero((self.low == np.arange(len(self.low))) & (self.parent >= 0))

    @property
    def branches(self) -> Ints:
        """Return the places whose whole subtree comes loose if their parent's node is taken away.

        The only branch of a root is left out: nothing else would be there.
        """
        below = np.flatnonzero(self.parent >= 0)
        above = self.parent[below]
        children = np.bincount(above, minlength=len(self.parent))
        alone = (self.parent[above] < 0) & (children[above] < 2)
        return below[(self.low[below] >= above) & ~alone]

    def below(self, amounts: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the sums over each place's subtree of amounts by place (n, q)."""
        total = np.vstack([np.zeros((1, amounts.shape[1])), np.cumsum(amounts, axis=0)])
        sums: NDArray[np.float64] = total[np.arange(len(self.size)) + self.size] - total[:-1]
        return sums


def forest(tail: Ints, head: Ints, node_count: int) -> Forest:
    """Return the depth-first forest of a graph, each part rooted at a middle node.

    Parameters
    ----------
    tail, head : arrays (edges)
        Ends of each edge; parallel edges and loops may be among them.
    """
    apart = tail != head
    tail, head = tail[apart].astype(np.int64), head[apart].astype(np.int64)
    linked = csr_array(
        (np.ones(2 * len(tail)), (np.concatenate([tail, head]), np.concatenate([head, tail]))),
        shape=(node_count, node_count),
    )
    linked.sum_duplicates()
    parts, part = connected_components(linked, directed=False)
    _, first = np.unique(part, return_index=True)
    node, parent = _depth_first(linked, first)
    size = np.array(_sizes(parent.tolist()))
    # The places that hold more than half of their part form one line: its end is a middle.
    part_nodes = np.bincount(part, minlength=parts)
    heavy = 2 * size > part_nodes[part[node]]
    middle = np.zeros(parts, np.int64)
    middle[part[node[heavy]]] = node[heavy]
    node, parent = _depth_first(linked, middle)
    place = np.empty(node_count, np.int64)
    place[node] = np.arange(node_count)
    size, low = _sizes_and_lows(parent, place[tail], place[head])
    return Forest(node, place, parent, size, low, place[middle][part[node]], part_nodes[part[node]])


def _depth_first(linked: csr_array, roots: Ints) -> tuple[Ints, Ints]:
    """Return the nodes in depth-first order, and by place the place of each one's parent."""
    count = linked.shape[0]
    # A node above all roots, so that one walk meets every part.
    columns = np.concatenate([linked.indices, roots.astype(linked.indices.dtype)])
    pointers = np.append(linked.indptr, len(columns)).astype(linked.indptr.dtype)
    whole = csr_array((np.ones(len(columns)), columns, pointers), shape=(count + 1, count + 1))
    order, before = depth_first_order(whole, count, directed=True)
    node = order[1:].astype(np.int64)
    place = np.full(count + 1, -1, np.int64)
    place[node] = np.arange(count)
    return node, place[before[node]]


def _sizes(parent: list[int]) -> list[int]:
    size = [1] * len(parent)
    for here in range(len(parent) - 1, -1, -1):
        above = parent[here]
        if above >= 0:
            size[above] += size[here]
    return size


def _sizes_and_lows(parent: Ints, one: Ints, other: Ints) -> tuple[Ints, Ints]:
    """Return subtree sizes and low points from the edges, given as the places of their ends."""
    upper, lower = np.minimum(one, other), np.maximum(one, other)
    to_parent = parent[lower] == upper
    # A second road to the parent is a way around the first.
    doubled = np.bincount(lower[to_parent], minlength=len(parent)) > 1
    lows = np.arange(len(parent))
    np.minimum.at(lows, lower[~to_parent], upper[~to_parent])
    lows[doubled] = np.minimum(lows, parent)[doubled]
    low, above = lows.tolist(), parent.tolist()
    # From the last place up, for a parent needs all its children: no array can do that.
    for here in range(len(above) - 1, -1, -1):
        over = above[here]
        if over >= 0 and low[here] < low[over]:
            low[over] = low[here]
    return np.array(_sizes(above), np.int64), np.array(low, np.int64)
