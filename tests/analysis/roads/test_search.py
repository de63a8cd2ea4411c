"""The search on arrays, beside networkx."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pytest
from numpy.typing import NDArray

from analysis.roads.adjacency import Adjacency, adjacency
from analysis.roads.search import largest_strong_part, tree

NODES = 60


def _random_arcs(seed: int, count: int = 240) -> tuple[NDArray[np.int32], ...]:
    rng = np.random.default_rng(seed)
    tail, head = rng.integers(0, NODES, (2, count)).astype(np.int32)
    # A fifth of the arcs are doubled, so that parallel arcs of other cost are common.
    doubled = rng.integers(0, count, count // 5)
    return np.append(tail, tail[doubled]), np.append(head, head[doubled])


def _toward(tail: NDArray[np.int32], head: NDArray[np.int32]) -> Adjacency:
    return adjacency(head, tail, NODES)


def _root(node: int) -> tuple[NDArray[np.int32], NDArray[np.float64]]:
    return np.array([node], np.int32), np.array([0.0])


@pytest.mark.parametrize("seed", range(8))
def test_times_to_the_root_equal_networkx_with_parallel_and_closed_arcs(seed: int) -> None:
    tail, head = _random_arcs(seed)
    rng = np.random.default_rng(seed + 100)
    cost_s = rng.uniform(1.0, 50.0, len(tail))
    cost_s[rng.random(len(tail)) < 0.2] = np.inf
    graph: nx.MultiDiGraph[int] = nx.MultiDiGraph()
    graph.add_nodes_from(range(NODES))
    for t, h, c in zip(tail.tolist(), head.tolist(), cost_s.tolist(), strict=True):
        if np.isfinite(c):
            graph.add_edge(h, t, weight=c)
    found = tree(_toward(tail, head), cost_s, *_root(7))
    expected = nx.single_source_dijkstra_path_length(graph, 7)
    for node in range(NODES):
        assert found.time_s[node] == pytest.approx(expected.get(node, np.inf), abs=1e-6)


def test_of_parallel_arcs_the_cheapest_open_one_counts() -> None:
    tail, head = np.array([1, 1, 1], np.int32), np.array([0, 0, 0], np.int32)
    graph = _toward(tail, head)
    cost_s = np.array([30.0, 10.0, 20.0])
    assert tree(graph, cost_s, *_root(0)).time_s[1] == pytest.approx(10.0)
    assert graph.arcs(np.array([0]), np.array([1]), cost_s.__getitem__).tolist() == [1]
    cost_s[1] = np.inf
    assert tree(graph, cost_s, *_root(0)).time_s[1] == pytest.approx(20.0)
    assert graph.arcs(np.array([0]), np.array([1]), cost_s.__getitem__).tolist() == [2]
    cost_s[:] = np.inf
    assert tree(graph, cost_s, *_root(0)).time_s[1] == np.inf


def test_an_arc_of_no_length_still_joins() -> None:
    graph = _toward(np.array([1, 2], np.int32), np.array([0, 1], np.int32))
    found = tree(graph, np.array([0.0, 0.0]), *_root(0))
    assert found.time_s[2] == pytest.approx(0.0, abs=1e-6)
    assert found.states(2) == [2, 1, 0]


def test_a_root_between_two_nodes_is_reached_by_the_better_end() -> None:
    graph = _toward(np.array([2, 2], np.int32), np.array([0, 1], np.int32))
    found = tree(graph, np.array([10.0, 5.0]), np.array([0, 1], np.int32), np.array([1.0, 9.0]))
    assert found.time_s[2] == pytest.approx(11.0)
    assert found.states(2) == [2, 0]


def test_a_node_named_twice_as_seed_counts_by_the_lesser_cost() -> None:
    graph = _toward(np.array([1], np.int32), np.array([0], np.int32))
    found = tree(graph, np.array([4.0]), np.array([0, 0], np.int32), np.array([9.0, 2.0]))
    assert found.time_s[1] == pytest.approx(6.0)


def test_a_node_without_a_way_has_no_nodes_and_infinite_time() -> None:
    found = tree(_toward(np.array([0], np.int32), np.array([1], np.int32)),
                 np.array([1.0]), *_root(0))  # fmt: skip
    assert found.time_s[1] == np.inf
    assert found.states(1) == []


@pytest.mark.parametrize("seed", range(5))
def test_the_largest_strong_part_is_that_of_networkx(seed: int) -> None:
    tail, head = _random_arcs(seed, 90)
    open_arcs = np.random.default_rng(seed).random(len(tail)) < 0.9
    graph = nx.DiGraph(list(zip(tail[open_arcs].tolist(), head[open_arcs].tolist(), strict=True)))
    expected = max(len(part) for part in nx.strongly_connected_components(graph))
    part = set(np.flatnonzero(largest_strong_part(_toward(tail, head), open_arcs)).tolist())
    assert len(part) == expected
    assert part in list(nx.strongly_connected_components(graph))


def test_two_searches_give_the_same_bits() -> None:
    tail, head = _random_arcs(3)
    cost_s = np.ones(len(tail))
    first, second = (tree(_toward(tail, head), cost_s, *_root(1)) for _ in range(2))
    assert np.array_equal(first.time_s, second.time_s)
    assert np.array_equal(first.next_node, second.next_node)
