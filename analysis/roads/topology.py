"""Which arcs there are for those who drive, or for those who walk, and how they hang together."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from analysis.roads.adjacency import Adjacency, adjacency
from analysis.roads.edges import Turns
from analysis.roads.roadbed import BACKWARD, FORWARD, Roadbed
from analysis.roads.states import Arcs, States, states
from analysis.roads.vehicle import driven, walkable


@dataclass(frozen=True, kw_only=True, eq=False)
class Topology:
    """The arcs (a) of one mode, sorted by head, then tail, then road.

    A road that is open in both directions has two arcs: `edge_arcs` (m, 2) are the arc along and
    the arc against each road, -1 where there is none. `toward` has the steps by head: for searches
    that end at the root; `onward` by tail: for those that begin there.
    """

    arc_edge: NDArray[np.int32]
    arc_tail: NDArray[np.int32]
    arc_head: NDArray[np.int32]
    edge_arcs: NDArray[np.int32]
    states: States
    toward: Adjacency
    onward: Adjacency

    @cached_property
    def arc_state(self) -> NDArray[np.int32]:
        """The state (arcs) that an arc leads to where nothing before it counts."""
        if not len(self.states):
            return self.arc_head
        state = np.array(self.arc_head)
        state[self.states.begun_arc] = self.states.begun_state
        return state

    def before(self, arc: int, bans: int) -> NDArray[np.int64]:
        """Return the states from which an arc may be taken by those whom `bans` bind."""
        table = self.states
        at = np.flatnonzero((table.extra_arc == arc) & ((table.extra_bans & bans) == 0))
        return np.append(self.arc_tail[arc], table.extra_tail[at]).astype(np.int64)

    def banned(self, bans: int) -> NDArray[np.int64]:
        """Return the steps that are never taken by those whom `bans` bind."""
        found = np.flatnonzero((self.states.extra_bans & bans) != 0) + len(self.arc_edge)
        return found.astype(np.int64)

    def shut(self, steps: NDArray[np.int64]) -> tuple[Adjacency, Adjacency]:
        """Return `toward` and `onward` with some steps never taken."""
        return replace(self.toward, shut=steps), replace(self.onward, shut=steps)


def topology(bed: Roadbed, mode: str, turns: Turns) -> Topology:
    """Return the arcs that a mode ("drive" or "walk") has on a roadbed.

    Foot-only ways are no arcs for those who drive; who walks minds no one-way and no turn ban.
    """
    if mode == "walk":
        ahead = back = np.flatnonzero(walkable(bed))
        turns = Turns.none()
    else:
        may = driven(bed)
        ahead = np.flatnonzero(may & bed.marked(FORWARD))
        back = np.flatnonzero(may & bed.marked(BACKWARD))
    edge = np.concatenate([ahead, back]).astype(np.int32)
    tail = np.concatenate([bed.edge_tail[ahead], bed.edge_head[back]])
    head = np.concatenate([bed.edge_head[ahead], bed.edge_tail[back]])
    against = np.repeat([0, 1], [len(ahead), len(back)])
    order = np.lexsort((against, edge, tail, head))
    edge, tail, head, against = edge[order], tail[order], head[order], against[order]
    edge_arcs = np.full((len(bed.edge_tail), 2), -1, np.int32)
    edge_arcs[edge, against] = np.arange(len(edge))
    table = states(turns, Arcs(edge, tail, head), node_id=bed.node_id, edge_way=bed.edge_way)
    toward, onward = _adjacencies(tail, head, table, len(bed.node_id))
    return Topology(
        arc_edge=edge, arc_tail=tail, arc_head=head, edge_arcs=edge_arcs, states=table,
        toward=toward, onward=onward,
    )  # fmt: skip


def _adjacencies(
    tail: NDArray[np.int32], head: NDArray[np.int32], table: States, count: int
) -> tuple[Adjacency, Adjacency]:
    begins, ends = steps(tail, head, table)
    known = {"home": table.node, "extra_arc": table.extra_arc}
    return adjacency(ends, begins, count, **known), adjacency(begins, ends, count, **known)


def steps(
    tail: NDArray[np.int32], head: NDArray[np.int32], table: States
) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Return the states that each step begins and ends at: the arcs' own, then the extra ones."""
    if not len(table):
        return tail, head
    ends = np.array(head)
    ends[table.begun_arc] = table.begun_state
    return np.concatenate([tail, table.extra_tail]), np.concatenate([ends, table.extra_head])
