"""What turn bans mean, told a second time: ways as sequences of arcs, searched by networkx."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import networkx as nx

Ban = tuple[int, ...]


class Arc(NamedTuple):
    """A road driven in one direction."""

    edge: int
    tail: int
    head: int
    seconds: float


def forbidden(arcs: Sequence[Arc], bans: Sequence[Ban]) -> set[Ban]:
    """Return the bans, and each with a turn round on a through road before its last arc."""
    leaving: dict[int, list[int]] = {}
    for number, arc in enumerate(arcs):
        leaving.setdefault(arc.tail, []).append(number)
    found = set(bans)
    for *before, last in bans:
        node = arcs[last].tail
        for away in leaving[node]:
            edge, far = arcs[away].edge, arcs[away].head
            if edge in (arcs[last].edge, arcs[before[-1]].edge) or far == node:
                continue
            onward = leaving.get(far, [])
            back = [number for number in onward if arcs[number].edge == edge]
            if back and len(onward) > len(back):
                found.add((*before, away, back[0], last))
    return found


def times(arcs: Sequence[Arc], bans: Sequence[Ban], start: int) -> dict[int, float]:
    """Return the least seconds from a node to every other, over all ways without a ban in them."""
    return searched(arcs, forbidden(arcs, bans), start)


def searched(arcs: Sequence[Arc], banned: set[Ban], start: int) -> dict[int, float]:
    """Return the least seconds from a node to every other without driving certain sequences.

    A state is a node and the arcs driven last: the longest that are how some sequence begins.
    """
    begun = {ban[:length] for ban in banned for length in range(1, len(ban))}
    leaving: dict[int, list[int]] = {}
    for number, arc in enumerate(arcs):
        leaving.setdefault(arc.tail, []).append(number)
    graph: nx.DiGraph[tuple[int, Ban]] = nx.DiGraph()
    first: tuple[int, Ban] = (start, ())
    graph.add_node(first)
    queue, known = [first], {first}
    for node, last in queue:
        for number in leaving.get(node, []):
            driven = (*last, number)
            ends = [driven[i:] for i in range(len(driven))]
            if banned.intersection(ends):
                continue
            kept: Ban = next((end for end in ends if end in begun), ())
            state = (arcs[number].head, kept)
            seconds = min(
                arcs[number].seconds,
                graph.get_edge_data((node, last), state, {"seconds": float("inf")})["seconds"],
            )
            graph.add_edge((node, last), state, seconds=seconds)
            if state not in known:
                known.add(state)
                queue.append(state)
    found: dict[int, float] = {}
    for (node, _), seconds in nx.single_source_dijkstra_path_length(
        graph, first, weight="seconds"
    ).items():
        found[node] = min(found.get(node, float("inf")), seconds)
    return found
