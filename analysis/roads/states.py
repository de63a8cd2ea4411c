"""Turn bans as states of a search: copies of a junction that remember how it was reached.

A ban is a sequence of arcs. The sequences make an automaton (Aho and Corasick 1975, Comm. ACM 18:6,
doi:10.1145/360825.360855) whose memory is the longest end of the way driven that begins a ban; each
memory is a state at the junction where it stands. Only arcs that begin a ban lead away from the
plain junctions, so a network with few bans has few states more than nodes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, fields
from itertools import product
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from analysis.roads.edges import Turns
from layers.errors import InvalidInputError

# Whom a ban binds, as bits of `States.extra_bans`.
BINDS = {"all": 1, "hgv": 2, "hazmat": 4, "not_emergency": 8}
# Parallel roads of one way multiply a ban; beyond this the data is broken.
SEQUENCES_PER_BAN = 256


@dataclass(frozen=True, eq=False)
class States:
    """The states beyond the n nodes. s states, numbered from n; b arcs begin a ban; x steps.

    `node` (s) is where a state stands. Arc `begun_arc[i]` (ascending) leads from wherever no longer
    memory counts to the state `begun_state[i]`. A step leads from state `extra_tail` over the arc
    `extra_arc` to the node or state `extra_head`; where it completes bans, `extra_bans` has the
    bits of those whom they bind.
    """

    node: NDArray[np.int32]
    begun_arc: NDArray[np.int32]
    begun_state: NDArray[np.int32]
    extra_tail: NDArray[np.int32]
    extra_head: NDArray[np.int32]
    extra_arc: NDArray[np.int32]
    extra_bans: NDArray[np.uint8]

    def __len__(self) -> int:
        return len(self.node)

    @classmethod
    def none(cls) -> States:
        """Return no states: nothing is banned."""
        names = [part.name for part in fields(cls) if part.name != "extra_bans"]
        nothing = {name: np.empty(0, np.int32) for name in names}
        return cls(**nothing, extra_bans=np.empty(0, np.uint8))


class Arcs(NamedTuple):
    """The arcs that bans run over, a each: the road, and the nodes at both ends."""

    edge: NDArray[np.int32]
    tail: NDArray[np.int32]
    head: NDArray[np.int32]


Sequences = dict[tuple[int, ...], int]


def states(
    turns: Turns, arcs: Arcs, *, node_id: NDArray[np.int64], edge_way: NDArray[np.int64]
) -> States:
    """Return the states that a network needs to obey turn bans.

    A ban is not evaded by turning round on a road just beyond it: with (a, b) banned, so is
    (a, x, x back, b), unless x ends there and turning is all that one can do.

    Raises
    ------
    InvalidInputError
        A ban binds nobody known, has fewer than two roads, or names a way so often that it means
        more than 256 sequences.
    """
    if not len(turns):
        return States.none()
    leaving = _Leaving(arcs, len(node_id))
    found = _sequences(turns, arcs, node_id, edge_way)
    found = _merged([*found.items(), *_evasions(found, arcs, leaving)])
    return _automaton(found, arcs, leaving, len(node_id)) if found else States.none()


class _Leaving:
    """The arcs out of each node."""

    def __init__(self, arcs: Arcs, count: int) -> None:
        self.order = np.argsort(arcs.tail, kind="stable")
        self.first = np.searchsorted(arcs.tail[self.order], np.arange(count + 1))

    def of(self, node: int) -> list[int]:
        """Return the arcs out of a node."""
        found: list[int] = self.order[self.first[node] : self.first[node + 1]].tolist()
        return found


def _sequences(
    turns: Turns, arcs: Arcs, node_id: NDArray[np.int64], edge_way: NDArray[np.int64]
) -> Sequences:
    """Return each ban as arcs; one that no arcs can drive, as against a one-way, is left out."""
    way = edge_way[arcs.edge]
    used = np.flatnonzero(np.isin(way, turns.way))
    named: dict[tuple[int, int, int], list[int]] = {}
    columns = (way[used], node_id[arcs.tail[used]], node_id[arcs.head[used]], used)
    for arc_way, tail, head, arc in zip(*(c.tolist() for c in columns), strict=True):
        named.setdefault((arc_way, tail, head), []).append(arc)
    found: list[tuple[tuple[int, ...], int]] = []
    for ban in range(len(turns)):
        ways, nodes = turns.ways_of(ban).tolist(), turns.nodes_of(ban).tolist()
        bits = _bits(str(turns.binds[ban]), ways)
        steps = zip(ways, nodes[:-1], nodes[1:], strict=True)
        choices = [named.get(step, []) for step in steps]
        if np.prod([len(each) for each in choices], dtype=np.float64) > SEQUENCES_PER_BAN:
            raise InvalidInputError(
                f"a turn ban over the ways {ways} fits more than {SEQUENCES_PER_BAN} sequences",
                code="turn_ban", ways=ways, got=f"> {SEQUENCES_PER_BAN}",
            )  # fmt: skip
        found += [(sequence, bits) for sequence in product(*choices)]
    return _merged(found)


def _bits(binds: str, ways: list[int]) -> int:
    if binds not in BINDS or len(ways) < 2:
        raise InvalidInputError(
            f"a turn ban over the ways {ways} binds {binds!r}; wanted two ways or more and one of "
            f"{', '.join(BINDS)}",
            code="turn_ban", ways=ways, got=binds, wanted=list(BINDS),
        )  # fmt: skip
    return BINDS[binds]


def _merged(found: Sequence[tuple[tuple[int, ...], int]]) -> Sequences:
    merged: Sequences = {}
    for sequence, bits in found:
        merged[sequence] = merged.get(sequence, 0) | bits
    return merged


def _evasions(
    found: Sequences, arcs: Arcs, leaving: _Leaving
) -> Iterator[tuple[tuple[int, ...], int]]:
    """Yield the sequences that evade a ban by turning round just beyond its junction."""
    for sequence, bits in found.items():
        *before, last = sequence
        node = int(arcs.tail[last])
        avoided = {int(arcs.edge[last]), int(arcs.edge[before[-1]])}
        for away in leaving.of(node):
            edge, far = int(arcs.edge[away]), int(arcs.head[away])
            if edge in avoided or far == node:
                continue
            onward = leaving.of(far)
            back = [arc for arc in onward if arcs.edge[arc] == edge]
            if back and len(back) < len(onward):
                yield (*before, away, back[0], last), bits


@dataclass
class _Memory:
    """A beginning of bans: its last arc, how it goes on, and the longest other memory in it."""

    arc: int
    onward: dict[int, int] = field(default_factory=dict)
    shorter: int = 0
    bans: int = 0


def _automaton(found: Sequences, arcs: Arcs, leaving: _Leaving, count: int) -> States:
    memories = _memories(found)

    def after(memory: int, arc: int) -> int:
        """Return the memory after one more arc."""
        while memory and arc not in memories[memory].onward:
            memory = memories[memory].shorter
        return memories[memory].onward.get(arc, 0)

    def kept(memory: int) -> int:
        """Return the longest memory in this one that still begins a ban."""
        while memory and not memories[memory].onward:
            memory = memories[memory].shorter
        return memory

    standing = [m for m in range(1, len(memories)) if memories[m].onward]
    state = {memory: count + place for place, memory in enumerate(standing)}
    steps = []
    for memory in standing:
        for arc in leaving.of(int(arcs.head[memories[memory].arc])):
            then = after(memory, arc)
            head = state.get(kept(then), int(arcs.head[arc]))
            steps.append((state[memory], head, arc, memories[then].bans))
    begun = sorted((arc, state[memory]) for arc, memory in memories[0].onward.items())
    table = np.array(steps, np.int64)
    return States(
        node=arcs.head[[memories[memory].arc for memory in standing]].astype(np.int32),
        begun_arc=np.array([arc for arc, _ in begun], np.int32),
        begun_state=np.array([each for _, each in begun], np.int32),
        extra_tail=table[:, 0].astype(np.int32),
        extra_head=table[:, 1].astype(np.int32),
        extra_arc=table[:, 2].astype(np.int32),
        extra_bans=table[:, 3].astype(np.uint8),
    )


def _memories(found: Sequences) -> list[_Memory]:
    """Return the automaton's memories; the first is none at all."""
    memories = [_Memory(-1)]
    for sequence, bits in found.items():
        at = 0
        for arc in sequence:
            if arc not in memories[at].onward:
                memories[at].onward[arc] = len(memories)
                memories.append(_Memory(arc))
            at = memories[at].onward[arc]
        memories[at].bans |= bits
    # Breadth first, so that a shorter memory is finished before a longer one asks it.
    queue = list(memories[0].onward.values())
    for memory in queue:
        for arc, then in memories[memory].onward.items():
            shorter = memories[memory].shorter
            while shorter and arc not in memories[shorter].onward:
                shorter = memories[shorter].shorter
            memories[then].shorter = memories[shorter].onward.get(arc, 0)
            memories[then].bans |= memories[memories[then].shorter].bans
            queue.append(then)
    return memories
