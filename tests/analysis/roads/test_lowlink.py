"""Bridges and cut points are those of networkx; what hangs on one is not the larger half."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pytest

from analysis.roads.lowlink import Forest, forest
from analysis.roads.network import RoadNetwork


def _random(seed: int, *, nodes: int, edges: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    return rng.integers(0, nodes, edges), rng.integers(0, nodes, edges)


def _oracle(tail: np.ndarray, head: np.ndarray, nodes: int) -> nx.MultiGraph[int]:
    graph: nx.MultiGraph[int] = nx.MultiGraph()
    graph.add_nodes_from(range(nodes))
    graph.add_edges_from((t, h) for t, h in zip(tail.tolist(), head.tolist(), strict=True))
    graph.remove_edges_from(list(nx.selfloop_edges(graph)))
    return graph


def _bridges(found: Forest) -> set[frozenset[int]]:
    ends = zip(found.node[found.bridges], found.node[found.parent[found.bridges]], strict=True)
    return {frozenset((int(a), int(b))) for a, b in ends}


@pytest.mark.parametrize("edges", [40, 90, 130, 200])
@pytest.mark.parametrize("seed", range(6))
def test_bridges_and_cut_points_are_those_of_networkx(seed: int, edges: int) -> None:
    tail, head = _random(seed, nodes=100, edges=edges)
    found, graph = forest(tail, head, 100), _oracle(tail, head, 100)
    assert _bridges(found) == {
        frozenset(ends) for ends in nx.bridges(graph) if graph.number_of_edges(*ends) == 1
    }
    cut_points = set(found.node[found.parent[found.branches]].tolist())
    assert cut_points == set(nx.articulation_points(nx.Graph(graph)))


@pytest.mark.parametrize("seed", range(6))
def test_what_hangs_on_a_bridge_is_what_networkx_loses_without_it_and_at_most_half(
    seed: int,
) -> None:
    tail, head = _random(seed, nodes=100, edges=110)
    found, graph = forest(tail, head, 100), _oracle(tail, head, 100)
    assert len(found.bridges)
    for place in found.bridges.tolist():
        near, far = int(found.node[found.parent[place]]), int(found.node[place])
        cut = graph.copy()
        cut.remove_edge(near, far)
        lost = set(found.node[place : place + found.size[place]].tolist())
        assert lost == nx.node_connected_component(cut, far)
        assert 2 * len(lost) <= len(nx.node_connected_component(graph, near))


@pytest.mark.parametrize("seed", range(6))
def test_a_branch_is_a_part_of_what_is_left_and_at_most_half_but_of_the_root(seed: int) -> None:
    tail, head = _random(seed, nodes=100, edges=110)
    found, graph = forest(tail, head, 100), _oracle(tail, head, 100)
    for place in found.branches.tolist():
        point = int(found.node[found.parent[place]])
        left = nx.Graph(graph)
        whole = len(nx.node_connected_component(left, point))
        left.remove_node(point)
        loose = set(found.node[place : place + found.size[place]].tolist())
        assert loose == nx.node_connected_component(left, int(found.node[place]))
        at_root = found.parent[found.parent[place]] < 0
        assert at_root or 2 * len(loose) <= whole


def test_two_parallel_roads_are_no_bridge_and_one_is() -> None:
    one = forest(np.array([0, 1]), np.array([1, 2]), 3)
    two = forest(np.array([0, 1, 1]), np.array([1, 2, 2]), 3)
    assert _bridges(one) == {frozenset((0, 1)), frozenset((1, 2))}
    assert _bridges(two) == {frozenset((0, 1))}


def test_a_graph_without_edges_has_no_bridge() -> None:
    found = forest(np.empty(0, np.int64), np.empty(0, np.int64), 4)
    assert not len(found.bridges) and not len(found.branches)
    assert sorted(found.node.tolist()) == [0, 1, 2, 3]


def test_sums_below_a_place_are_those_of_its_subtree() -> None:
    tail, head = _random(3, nodes=60, edges=70)
    found = forest(tail, head, 60)
    amounts = np.random.default_rng(1).random((60, 2))
    below = found.below(amounts)
    for place, size in enumerate(found.size.tolist()):
        assert below[place] == pytest.approx(amounts[place : place + size].sum(axis=0))


def test_the_bridges_of_helsinki_are_those_of_networkx(helsinki: RoadNetwork) -> None:
    tail, head = helsinki.edge_tail.astype(np.int64), helsinki.edge_head.astype(np.int64)
    count = len(helsinki.node_id)
    found, graph = forest(tail, head, count), _oracle(tail, head, count)
    expected = {frozenset(e) for e in nx.bridges(graph) if graph.number_of_edges(*e) == 1}
    assert expected and _bridges(found) == expected
