"""Steps between states in compressed rows: what a search walks along. Knows no roads."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.int32] | NDArray[np.int64]


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
