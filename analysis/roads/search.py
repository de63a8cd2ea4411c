"""Shortest paths on plain arrays. Knows neither SQL nor rows nor roads: nodes, arcs and seconds.

The search itself is scipy's Dijkstra; here are the things it lacks: parallel arcs (it would add
their weights up, so only the cheapest open one of each pair is shown to it), a root that lies
between two nodes (a virtual node with one arc to each end), and turns that are banned (states
beyond the nodes, `analysis.roads.states`; times and ways are told by node all the same).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import breadth_first_order, connected_components, dijkstra

Numbers = NDArray[np.int32] | NDArray[np.int64]

# scipy drops arcs of weight zero in places; a millisecond changes no arrival.
SHORTEST_STEP_S = 1e-3
NO_STEP_S = 1e-9


@dataclass(frozen=True, eq=False)
class Adjacency:
    """Steps grouped by (row, column) in compressed rows.

    A step is an arc between two states: first one for each arc, in the arcs' order, then those of
    `extra_arc`. Without turn bans there are no others, and states are nodes. For a search towards
    a root the rows are heads and the columns tails, else the other way. `row` and `column` (steps)
    are each step's states. `order` (steps) sorts the steps into groups, `starts` (groups) is each
    group's first place in `order`, `columns` (groups) its column, `pointers` (states + 1) cuts the
    groups into rows. `home` (states beyond the nodes) is the node where each stands. `shut` are
    steps that are never taken.
    """

    row: NDArray[np.int32]
    column: NDArray[np.int32]
    order: NDArray[np.int32]
    starts: NDArray[np.int32]
    columns: NDArray[np.int32]
    pointers: NDArray[np.int32]
    home: NDArray[np.int32]
    extra_arc: NDArray[np.int32]
    shut: NDArray[np.int64]

    @property
    def state_count(self) -> int:
        """Return the number of states."""
        return len(self.pointers) - 1

    @property
    def node_count(self) -> int:
        """Return the number of nodes."""
        return self.state_count - len(self.home)

    @property
    def arc_count(self) -> int:
        """Return the number of arcs."""
        return len(self.row) - len(self.extra_arc)

    def node(self, states: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the nodes where states stand."""
        nodes = np.array(states, np.int64)
        beyond = nodes >= self.node_count
        nodes[beyond] = self.home[nodes[beyond] - self.node_count]
        return nodes

    def arc(self, steps: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the arcs of steps."""
        arcs = np.array(steps, np.int64)
        beyond = arcs >= self.arc_count
        arcs[beyond] = self.extra_arc[arcs[beyond] - self.arc_count]
        return arcs

    def steps_over(self, arcs: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the steps over some arcs."""
        extra = np.flatnonzero(np.isin(self.extra_arc, arcs)) + self.arc_count
        return np.concatenate([arcs, extra]).astype(np.int64)

    def cheapest(self, cost_s: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return for each group the cost of its cheapest arc; infinite is closed."""
        if not len(self.starts):
            return np.empty(0)
        each = np.concatenate([cost_s, cost_s[self.extra_arc]])
        each[self.shut] = np.inf
        least: NDArray[np.float64] = np.minimum.reduceat(each[self.order], self.starts)
        return least

    def groups(self, rows: Numbers, columns: Numbers) -> NDArray[np.int64]:
        """Return the groups that rows and columns name; each must exist."""
        at = self.pointers[rows].astype(np.int64)
        pending = np.flatnonzero(self.columns[at] != columns)
        # A junction has few roads, so that looking at one after another is soon done.
        while len(pending):
            at[pending] += 1
            pending = pending[self.columns[at[pending]] != columns[pending]]
        return at

    def members(self, groups: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return the steps of some groups: for each the place of its group, and the step."""
        begin = self.starts[groups].astype(np.int64)
        next_group = np.minimum(groups + 1, len(self.starts) - 1)
        end = np.where(groups + 1 < len(self.starts), self.starts[next_group], len(self.order))
        counts = end - begin
        whose = np.repeat(np.arange(len(groups)), counts)
        first = np.cumsum(counts) - counts
        return whose, self.order[np.arange(len(whose)) + (begin - first)[whose]].astype(np.int64)

    def standing_at(
        self, nodes: Numbers, cost_s: NDArray[np.float64]
    ) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """Return every state at some nodes, each with the cost of its node."""
        order = np.argsort(nodes, kind="stable")
        left = np.searchsorted(nodes[order], self.home)
        right = np.searchsorted(nodes[order], self.home, side="right")
        counts = right - left
        beyond = np.repeat(np.arange(len(self.home)), counts) + self.node_count
        first = np.cumsum(counts) - counts
        which = order[np.arange(len(beyond)) - np.repeat(first - left, counts)]
        return np.concatenate([nodes, beyond]), np.concatenate([cost_s, cost_s[which]])

    def arcs(
        self,
        rows: NDArray[np.int64],
        columns: NDArray[np.int64],
        seconds: Callable[[NDArray[np.int64]], NDArray[np.float64]],
    ) -> NDArray[np.int64]:
        """Return the arc that takes the fewest `seconds` in each group named by its states."""
        whose, steps = self.members(self.groups(rows, columns))
        arcs = self.arc(steps)
        cost = np.where(np.isin(steps, self.shut), np.inf, seconds(arcs))
        order = np.lexsort((arcs, cost, whose))
        _, first = np.unique(whose[order], return_index=True)
        found: NDArray[np.int64] = arcs[order][first]
        return found


def adjacency(
    rows: NDArray[np.int32],
    columns: NDArray[np.int32],
    node_count: int,
    *,
    home: NDArray[np.int32] | None = None,
    extra_arc: NDArray[np.int32] | None = None,
) -> Adjacency:
    """Group steps, given as their row and column states, for searching along rows."""
    nothing = np.empty(0, np.int32)
    home = nothing if home is None else home
    order = np.lexsort((columns, rows)).astype(np.int32)
    row, column = rows[order], columns[order]
    first = np.ones(len(order), np.bool_)
    first[1:] = (row[1:] != row[:-1]) | (column[1:] != column[:-1])
    starts = np.flatnonzero(first).astype(np.int32)
    pointers = np.searchsorted(row[starts], np.arange(node_count + len(home) + 1))
    return Adjacency(
        row=rows, column=columns, order=order, starts=starts,
        columns=column[starts].astype(np.int32), pointers=pointers.astype(np.int32),
        home=home, extra_arc=nothing if extra_arc is None else extra_arc,
        shut=np.empty(0, np.int64),
    )  # fmt: skip


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
