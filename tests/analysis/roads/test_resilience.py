"""What one closed road or junction cuts off is what networkx loses without it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import networkx as nx
import numpy as np
import pytest
import shapely

from analysis.roads.closures import closures
from analysis.roads.footing import footing, usable
from analysis.roads.network import RoadNetwork, compiled
from analysis.roads.resilience import Cut, Load, Structure, junction_cuts, road_cuts, structure
from analysis.roads.source.arc_tables import from_nodes_edges
from tests.analysis.roads.street_grid import Street, grid_streets, place, table

EVERY = 100_000


def _thinned(seed: int, *, kept: float = 0.62) -> RoadNetwork:
    """Return a grid that lost many streets, some of what is left one-way."""
    rng = np.random.default_rng(seed)
    nodes, streets = grid_streets(8)
    left = [s for s in streets if rng.random() < kept]
    left = [s._replace(backward=bool(rng.random() < 0.7)) for s in left]
    used = {end for s in left for end in (s.u, s.v)}
    return compiled(table({n: at for n, at in nodes.items() if n in used}, left))


def _load(network: RoadNetwork, seed: int, *, count: int = 60) -> Load:
    rng = np.random.default_rng(seed + 1000)
    edge = rng.integers(-1, len(network.edge_tail), count)
    return Load(edge, rng.integers(0, 500, (count, 2)).astype(np.float64), ranking=2)


def _graph(network: RoadNetwork, shut: set[int] = frozenset()) -> nx.MultiGraph[int]:  # type: ignore[assignment]
    graph: nx.MultiGraph[int] = nx.MultiGraph()
    graph.add_nodes_from(range(len(network.node_id)))
    may = usable(network)
    ends = zip(network.edge_tail.tolist(), network.edge_head.tolist(), strict=True)
    for edge, (tail, head) in enumerate(ends):
        if may[edge] and edge not in shut:
            graph.add_edge(tail, head, key=edge)
    return graph


def _lost_without_road(network: RoadNetwork, cut: Cut, shut: set[int]) -> tuple[set[int], set[int]]:
    """Return the nodes, and the roads with somebody on them, that come loose without a road."""
    graph = _graph(network, shut)
    road = cut.edges[0]
    ends = int(network.edge_tail[road]), int(network.edge_head[road])
    graph.remove_edge(*ends, key=road)
    far = ends[1] if ends[0] == cut.node else ends[0]
    lost = nx.node_connected_component(graph, far)
    assert cut.node not in lost
    roads = {key for *_, key in graph.subgraph(lost).edges(keys=True)}
    return lost, roads | {road}


def _check_amounts(cut: Cut, load: Load, roads: set[int], whole: Structure) -> None:
    here = np.isin(load.edge, list(roads))
    assert cut.amount == pytest.approx(load.amount[here].sum(axis=0))
    assert (whole.loose(cut, load.edge) == here).all()


@pytest.mark.parametrize("seed", range(8))
def test_a_cut_road_isolates_what_networkx_loses_without_it(seed: int) -> None:
    network = _thinned(seed)
    load, whole = _load(network, seed), structure(network)
    cuts = road_cuts(whole, load, k=EVERY)
    assert cuts
    for cut in cuts:
        lost, roads = _lost_without_road(network, cut, set())
        assert cut.nodes == len(lost)
        inner = roads - {cut.edges[0]}
        assert cut.road_length_m == pytest.approx(network.edge_length_m[list(inner)].sum())
        _check_amounts(cut, load, roads, whole)
        assert not cut.only_now


@pytest.mark.parametrize("seed", range(8))
def test_every_bridge_is_told_once_alone_or_in_its_series(seed: int) -> None:
    network = _thinned(seed)
    whole, load = structure(network), _load(network, seed)
    told = [edge for cut in road_cuts(whole, load, k=EVERY) for edge in cut.edges]
    graph = _graph(network)
    bridges = {
        key
        for u, v in nx.bridges(nx.Graph(graph))
        if graph.number_of_edges(u, v) == 1
        for key in graph[u][v]
    }
    empty = {
        int(edge)
        for edge, at in zip(whole.bridge_edge, whole.bridges, strict=True)
        if not whole.below(load)[1][at]
    }
    assert len(told) == len(set(told))
    assert set(told) <= bridges <= set(told) | empty


@pytest.mark.parametrize("seed", range(8))
def test_roads_in_series_isolate_the_same_places(seed: int) -> None:
    network = _thinned(seed)
    whole, load = structure(network), _load(network, seed, count=12)
    series = [cut for cut in road_cuts(whole, load, k=EVERY) if len(cut.edges) > 1]
    assert series
    for cut in series:
        for road in cut.edges:
            graph = _graph(network, {road})
            parts = list(nx.connected_components(graph))
            ends = {int(network.edge_tail[road]), int(network.edge_head[road])}
            near = {n for part in parts if cut.node in part for n in part}
            far = next(part for part in parts if part & ends and not part <= near)
            roads = {key for *_, key in graph.subgraph(far).edges(keys=True)} | {road}
            here = np.isin(load.edge, list(roads))
            assert (here == whole.loose(cut, load.edge)).all()


@pytest.mark.parametrize("seed", range(8))
def test_a_cut_junction_isolates_all_but_the_largest_part_that_networkx_leaves(seed: int) -> None:
    network = _thinned(seed, kept=0.6)
    load, whole = _load(network, seed), structure(network)
    cuts = junction_cuts(whole, load, k=EVERY)
    assert cuts
    for cut in cuts:
        graph = _graph(network)
        whole_part = nx.node_connected_component(graph, cut.node)
        graph.remove_node(cut.node)
        left = sorted(
            (p for p in nx.connected_components(graph) if p <= whole_part), key=len, reverse=True
        )
        assert cut.nodes == sum(len(part) for part in left[1:])
        if len(left[0]) == len(left[1]):
            continue  # which of two equal parts is the rest is a matter of taste
        lost = set().union(*left[1:])
        roads = {
            edge
            for edge in np.flatnonzero(usable(network)).tolist()
            if {int(network.edge_tail[edge]), int(network.edge_head[edge])} & lost
        }
        _check_amounts(cut, load, roads, whole)


@pytest.mark.parametrize("seed", range(8))
def test_a_junction_that_is_not_told_isolates_no_more_than_a_road_at_it(seed: int) -> None:
    network = _thinned(seed, kept=0.6)
    load, whole = _load(network, seed), structure(network)
    told = {cut.node for cut in junction_cuts(whole, load, k=EVERY)}
    graph = _graph(network)
    bridges = {frozenset(e) for e in nx.bridges(nx.Graph(graph)) if graph.number_of_edges(*e) == 1}
    untold = set(nx.articulation_points(nx.Graph(graph))) - told
    assert untold
    for node in untold:
        whole_part = nx.node_connected_component(graph, node)
        left = graph.subgraph(whole_part - {node})
        lost = whole_part - max(nx.connected_components(left), key=len) - {node}
        behind = []
        for ends in (e for e in bridges if node in e):
            cut = graph.copy()
            cut.remove_edge(*ends)
            behind += [nx.node_connected_component(cut, end) for end in ends]
        assert any(lost <= part != whole_part for part in behind)


def test_cuts_are_ranked_by_the_larger_of_the_ways_to_count_people() -> None:
    network = _thinned(2)
    cuts = road_cuts(structure(network), _load(network, 2), k=EVERY)
    people = [cut.amount[:2].max() for cut in cuts]
    assert people == sorted(people, reverse=True)
    assert [c.edges for c in road_cuts(structure(network), _load(network, 2), k=3)] == [
        c.edges for c in cuts[:3]
    ]


def _river() -> RoadNetwork:
    """Two towns, each a ring, joined by two bridges over a river."""
    nodes = {
        1: (120.00, 30.00), 2: (120.01, 30.00), 3: (120.00, 30.01), 4: (120.01, 30.01),
        5: (120.05, 30.00), 6: (120.06, 30.00), 7: (120.05, 30.01),
    }  # fmt: skip
    streets = [
        Street(1, 2), Street(2, 4), Street(4, 3), Street(3, 1),
        Street(5, 6), Street(6, 7), Street(7, 5),
        Street(2, 5, name="South bridge"), Street(4, 7, name="North bridge"),
    ]  # fmt: skip
    return compiled(table(nodes, streets))


def test_once_the_second_bridge_is_closed_the_other_is_the_only_one() -> None:
    network = _river()
    load = Load(np.array([4]), np.array([[800.0]]))
    assert road_cuts(structure(network), load, k=9) == []
    shut = closures(network, shapely.Point(120.03, 30.01).buffer(0.001))
    (cut,) = road_cuts(structure(network, closed=shut), load, k=9)
    assert network.road_name(cut.edges[0]) == "South bridge"
    assert cut.only_now and cut.nodes == 3 and cut.amount.tolist() == [800.0]


def test_what_stands_on_a_closed_road_is_not_told_of_a_cut() -> None:
    network = _river()
    shut = closures(network, shapely.Point(120.03, 30.01).buffer(0.001))
    on_closed = Load(np.array([8]), np.array([[800.0]]))
    for cut in road_cuts(structure(network, closed=shut), on_closed, k=9):
        assert cut.amount.tolist() == [0.0]


def test_a_place_stands_on_the_nearest_road_though_no_search_offers_it() -> None:
    nodes, streets = grid_streets(3)
    nodes[900] = place(3.5, 1.0)
    lane = Street(202, 900, backward=False, name="Dead end")
    network = compiled(table(nodes, [*streets, lane]))
    points = np.array([place(3.4, 1.1), place(0.5, 0.01), place(80.0, 80.0)])
    found = footing(network, points)
    assert network.road_name(int(found.edge[0])) == "Dead end"
    assert network.road_name(int(found.edge[1])) == "Row 0"
    assert found.edge[2] == -1 and np.isinf(found.access_m[2])
    lines = shapely.linestrings(network.lonlat, indices=np.repeat(
        np.arange(len(network.edge_tail)), np.diff(network.edge_offset)))  # fmt: skip
    for index in (0, 1):
        assert found.edge[index] == np.argmin(shapely.distance(lines, shapely.Point(points[index])))


@pytest.mark.real
def test_the_bridges_of_wuhan_are_those_of_networkx(real_data: Callable[[str], Path]) -> None:
    tables = real_data("roads/wuhan_nodes.parquet"), real_data("roads/wuhan_edges.parquet")
    network = compiled(from_nodes_edges(*tables))
    graph = _graph(network)
    bridges = {
        key
        for u, v in nx.bridges(nx.Graph(graph))
        if graph.number_of_edges(u, v) == 1
        for key in graph[u][v]
    }
    assert len(bridges) > 10_000
    assert set(structure(network).bridge_edge.tolist()) == bridges
