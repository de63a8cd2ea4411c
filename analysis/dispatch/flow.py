"""Which people go to which shelter: the least travel of all, no shelter over its places."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from layers.errors import OutOfRangeError

LEFT_OVER = 10**7
"""What it costs that a person finds no place, in seconds; times the rank of who matters more."""


def shared(
    people: Sequence[int], capacity: Sequence[int], time_s: NDArray[np.float64], rank: Sequence[int]
) -> NDArray[np.int64]:
    """Return how many people of each group (g) go to each shelter (s).

    A flow of least cost (OR-Tools, network simplex by cost scaling): the sum of people times
    seconds is least among all ways to give as many as possible a place. Where places are short,
    those of a higher `rank` (from 1) get theirs first. Whoever is left over is in no column.

    Raises
    ------
    OutOfRangeError
        The flow has no answer: numbers beyond what it counts in.
    """
    from ortools.graph.python import min_cost_flow

    groups, shelters = time_s.shape
    solver = min_cost_flow.SimpleMinCostFlow()
    who, where = np.nonzero(np.isfinite(time_s))
    cost = np.ceil(time_s[who, where]).astype(np.int64)
    size = np.array(people, np.int64)
    sink, spare = groups + shelters, groups + shelters + 1
    solver.add_arcs_with_capacity_and_unit_cost(who, groups + where, size[who], cost)
    ends = np.arange(groups, groups + shelters)
    room = np.array(capacity, np.int64)
    solver.add_arcs_with_capacity_and_unit_cost(
        ends, np.full(shelters, sink), room, np.zeros(shelters, np.int64)
    )
    solver.add_arcs_with_capacity_and_unit_cost(
        np.arange(groups), np.full(groups, spare), size, LEFT_OVER * np.array(rank, np.int64)
    )
    solver.add_arc_with_capacity_and_unit_cost(spare, sink, int(size.sum()), 0)
    solver.set_nodes_supplies(np.arange(groups), size)
    solver.set_node_supply(sink, -int(size.sum()))
    if solver.solve() != solver.OPTIMAL:
        raise OutOfRangeError("the people cannot be shared out", code="evacuation_unsolved")
    found = np.zeros((groups, shelters), np.int64)
    found[who, where] = solver.flows(np.arange(len(who)))
    return found
