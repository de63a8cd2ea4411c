"""Roads that are cut off already: reached but not left, left but not reached, or neither.

Against the largest part in which every place reaches every other, under the closures in force.
Bans of turns are not looked at.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import breadth_first_order, connected_components

from analysis.roads.closures import Closures
from analysis.roads.footing import usable
from analysis.roads.network import RoadNetwork
from analysis.roads.resilience import Floats, Ints, Load


class Access(IntEnum):
    """How a road hangs together with the rest of the network."""

    FULL = 0
    NO_WAY_BACK = 1
    NO_WAY_IN = 2
    CUT_OFF = 3
    CLOSED = 4
    UNUSABLE = 5


@dataclass(frozen=True)
class Part:
    """Roads that touch each other and share one kind of access; `amount` (q) is what is there."""

    access: Access
    edges: Ints
    nodes: int
    road_length_m: float
    amount: Floats


def road_access(network: RoadNetwork, *, closed: Closures | None = None) -> NDArray[np.int8]:
    """Return the `Access` of each road (m)."""
    may = usable(network)
    shut = np.zeros(len(may), np.bool_) if closed is None else closed.edges
    graph = _graph(network, np.isfinite(network.arc_time_s) & ~shut[network.arc_edge])
    _, label = connected_components(graph, directed=True, connection="strong")
    size = np.bincount(label)
    # Of two parts of one size the one with the lowest node, so that the answer is stable.
    middle = int(np.argmax(size[label] == size.max()))
    reached, returns = _walk(graph, middle), _walk(csr_array(graph.T), middle)
    tail, head = network.edge_tail, network.edge_head
    ahead, back = network.edge_forward, network.edge_backward
    gets_in = (ahead & reached[tail]) | (back & reached[head])
    gets_out = (ahead & returns[head]) | (back & returns[tail])
    access = np.full(len(may), Access.CUT_OFF, np.int8)
    access[gets_in] = Access.NO_WAY_BACK
    access[gets_out] = Access.NO_WAY_IN
    access[gets_in & gets_out] = Access.FULL
    access[shut] = Access.CLOSED
    access[~may] = Access.UNUSABLE
    return access


def _graph(network: RoadNetwork, open_arcs: NDArray[np.bool_]) -> csr_array:
    count = len(network.node_id)
    ends = network.arc_tail[open_arcs], network.arc_head[open_arcs]
    return csr_array((np.ones(int(open_arcs.sum())), ends), shape=(count, count))


def _walk(graph: csr_array, start: int) -> NDArray[np.bool_]:
    met = np.zeros(graph.shape[0], np.bool_)
    met[breadth_first_order(graph, start, return_predecessors=False)] = True
    return met


def parts(
    network: RoadNetwork, access: NDArray[np.int8], load: Load, *, k: int
) -> tuple[list[Part], int]:
    """Return the k parts without full access that most people live on, and how many there are."""
    found: list[Part] = []
    for kind in (Access.NO_WAY_BACK, Access.NO_WAY_IN, Access.CUT_OFF):
        found += _parts(network, kind, np.flatnonzero(access == kind), load)
    found.sort(
        key=lambda part: (
            -part.amount[: load.ranking].max(initial=0.0), -part.amount.sum(), -part.road_length_m
        )
    )  # fmt: skip
    return found[:k], len(found)


def _parts(network: RoadNetwork, kind: Access, edges: Ints, load: Load) -> list[Part]:
    if not len(edges):
        return []
    count = len(network.node_id)
    tail, head = network.edge_tail[edges], network.edge_head[edges]
    graph = csr_array((np.ones(len(edges)), (tail, head)), shape=(count, count))
    _, label = connected_components(graph, directed=False)
    _, part = np.unique(label[tail], return_inverse=True)
    number = int(part.max()) + 1
    of_edge = np.full(len(network.edge_tail), -1)
    of_edge[edges] = part
    here = np.where(load.edge >= 0, of_edge[load.edge], -1)
    amount = np.zeros((number, load.amount.shape[1]))
    np.add.at(amount, here[here >= 0], load.amount[here >= 0])
    length_m = np.bincount(part, weights=network.edge_length_m[edges])
    order = np.argsort(part, kind="stable")
    groups = np.split(edges[order], np.flatnonzero(np.diff(part[order])) + 1)
    return [
        Part(kind, group, _node_count(network, group), float(length_m[index]), amount[index])
        for index, group in enumerate(groups)
    ]


def _node_count(network: RoadNetwork, edges: Ints) -> int:
    return len(np.unique(np.concatenate([network.edge_tail[edges], network.edge_head[edges]])))
