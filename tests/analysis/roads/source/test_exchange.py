"""Networks to and from other tools."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import networkx as nx
import numpy as np
import osmium
import osmnx as ox
import pandas as pd
import pytest
import shapely

from analysis.roads.network import RoadNetwork, compiled
from analysis.roads.places import snap_one
from analysis.roads.route import route
from analysis.roads.source import osm
from analysis.roads.source.exchange import (
    from_graphml,
    from_networkx,
    from_nodes_edges,
    to_networkx,
)
from analysis.roads.source.tags import rules
from layers.errors import InvalidInputError


def _tables(folder: Path, arcs: list[tuple[int, int, int]]) -> tuple[Path, Path]:
    places = {0: (120.0, 30.0), 1: (120.01, 30.0), 2: (120.01, 30.01)}
    nodes = pd.DataFrame(
        {
            "id": list(places),
            "lon": [p[0] for p in places.values()],
            "lat": [p[1] for p in places.values()],
        }
    )
    rows = [
        {"u": u, "v": v, "street": street, "length_m": 1_000.0, "highway": "primary",
         "wkb": shapely.to_wkb(shapely.LineString([places[min(u, v)], places[max(u, v)]]))}
        for u, v, street in arcs
    ]  # fmt: skip
    nodes.to_parquet(folder / "nodes.parquet")
    pd.DataFrame(rows).to_parquet(folder / "arcs.parquet")
    return folder / "nodes.parquet", folder / "arcs.parquet"


def test_two_arcs_of_one_street_become_one_two_way_road(tmp_path: Path) -> None:
    edges = from_nodes_edges(*_tables(tmp_path, [(0, 1, 7), (1, 0, 7), (2, 1, 8)]))
    assert len(edges) == 2
    assert edges.forward.tolist() == [True, True]
    assert edges.backward.tolist() == [True, False]


def test_a_line_drawn_against_its_arc_is_turned(tmp_path: Path) -> None:
    edges = from_nodes_edges(*_tables(tmp_path, [(2, 1, 8)]))
    assert edges.lonlat[0].tolist() == [120.01, 30.01]


def test_a_missing_column_is_named(tmp_path: Path) -> None:
    nodes, arcs = _tables(tmp_path, [(0, 1, 7)])
    pd.read_parquet(arcs).drop(columns="length_m").to_parquet(arcs)
    with pytest.raises(InvalidInputError, match="length_m"):
        from_nodes_edges(nodes, arcs)


def test_arcs_without_class_need_one_that_is_given(tmp_path: Path) -> None:
    nodes, arcs = _tables(tmp_path, [(0, 1, 7), (1, 0, 7)])
    pd.read_parquet(arcs)[["u", "v", "length_m"]].to_parquet(arcs)
    with pytest.raises(InvalidInputError, match="highway"):
        from_nodes_edges(nodes, arcs)
    edges = from_nodes_edges(nodes, arcs, class_="trunk")
    assert edges.class_.tolist() == ["trunk"]
    assert edges.backward.tolist() == [True]
    assert edges.lonlat.tolist() == [[120.0, 30.0], [120.01, 30.0]]


@pytest.mark.parametrize(
    ("column", "value", "told"),
    [("length_m", np.nan, "length_m"), ("length_m", -1.0, "length_m"), ("u", 99, "u")],
)
def test_a_value_that_cannot_be_used_is_told_with_its_row(
    tmp_path: Path, column: str, value: float, told: str
) -> None:
    nodes, arcs = _tables(tmp_path, [(0, 1, 7), (1, 0, 7), (2, 1, 8)])
    table = pd.read_parquet(arcs)
    table.loc[1, column] = value
    table.to_parquet(arcs)
    with pytest.raises(InvalidInputError) as caught:
        from_nodes_edges(nodes, arcs)
    assert caught.value.details["field"] == told
    assert caught.value.details["rows"] == [2]


def test_a_file_that_is_no_parquet_is_refused(tmp_path: Path) -> None:
    nodes, arcs = _tables(tmp_path, [(0, 1, 7)])
    arcs.write_bytes(arcs.read_bytes()[:100])
    with pytest.raises(InvalidInputError, match="cannot be read as Parquet"):
        from_nodes_edges(nodes, arcs)


def test_osmnx_takes_the_graph_and_finds_the_same_fastest_way(helsinki: RoadNetwork) -> None:
    graph = to_networkx(helsinki)
    rng = np.random.default_rng(3)
    for start, goal in rng.choice(np.flatnonzero(helsinki.node_core), (10, 2)).tolist():
        nodes = ox.shortest_path(graph, start, goal, weight="travel_time")
        seconds = ox.routing.route_to_gdf(graph, nodes, weight="travel_time")["travel_time"].sum()
        ends = [tuple(helsinki.node_lonlat[node].tolist()) for node in (start, goal)]
        assert route(helsinki, *ends).time_s == pytest.approx(seconds, abs=0.2)


@pytest.mark.real
def test_wuhan_has_all_of_its_arcs(real_data: Callable[[str], Path]) -> None:
    network = compiled(
        from_nodes_edges(
            real_data("roads/wuhan_nodes.parquet"), real_data("roads/wuhan_edges.parquet")
        )
    )
    assert (len(network.node_id), len(network.arc_edge)) == (82_891, 185_334)
    assert snap_one(network, 114.3, 30.6).access_m < 500.0


@pytest.fixture(scope="module")
def whole_ways(helsinki_pbf: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the drivable ways of Helsinki that lie whole in it: osmnx reads no others."""
    path = tmp_path_factory.mktemp("osmnx") / "whole.osm"
    known = {node.id for node in osmium.FileProcessor(str(helsinki_pbf), osmium.osm.NODE)}
    with osmium.SimpleWriter(str(path)) as writer:
        for each in osmium.FileProcessor(str(helsinki_pbf)):
            if each.is_node():
                writer.add_node(each.replace(tags={}))  # osmnx knows no barriers
            elif each.is_way():
                tags = dict(each.tags)
                refs = [node.ref for node in each.nodes]
                if rules(tags) and known.issuperset(refs):
                    writer.add_way(each)
    return path


def test_osmnx_reads_the_same_roads_from_the_same_file(whole_ways: Path) -> None:
    theirs = from_networkx(ox.graph_from_xml(whole_ways, simplify=False, retain_all=True))
    ours = osm.read(whole_ways)
    assert theirs.length_m.sum() == pytest.approx(ours.length_m.sum(), rel=1e-6)
    graphs = [to_networkx(compiled(edges)) for edges in (ours, theirs)]
    numbers = [np.unique(np.concatenate([edges.u, edges.v])) for edges in (ours, theirs)]
    places = [{node: at for at, node in enumerate(known.tolist())} for known in numbers]
    common = sorted(places[0].keys() & places[1].keys())
    rng = np.random.default_rng(5)
    found = 0
    for start, goal in rng.choice(common, (40, 2)).tolist():
        lengths = []
        for graph, place in zip(graphs, places, strict=True):
            try:
                lengths.append(
                    nx.shortest_path_length(graph, place[start], place[goal], weight="length")
                )
            except nx.NetworkXNoPath:
                lengths.append(np.inf)
        assert lengths[0] == pytest.approx(lengths[1], rel=1e-6)
        found += bool(np.isfinite(lengths[0]))
    assert found > 10


def test_a_graph_that_osmnx_simplified_and_saved_comes_back_as_roads(
    whole_ways: Path, tmp_path: Path
) -> None:
    graph = ox.graph_from_xml(whole_ways, retain_all=True)
    graph.remove_nodes_from(list(nx.isolates(graph)))
    ox.save_graphml(graph, tmp_path / "city.graphml")
    edges = from_graphml(tmp_path / "city.graphml")
    assert edges.same_as(from_networkx(graph))
    network = compiled(edges)
    assert len(network.node_id) == len(graph)
    arcs = zip(network.arc_tail.tolist(), network.arc_head.tolist(), strict=True)
    ids = network.node_id.tolist()
    drawn = sorted((ids[tail], ids[head]) for tail, head in arcs)
    assert drawn == sorted((u, v) for u, v, _ in graph.edges)


@pytest.mark.parametrize("text", ["", "<graphml/>", "{}", "<graphml><graph/></graphml>"])
def test_what_is_no_graph_of_osmnx_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "x.graphml"
    path.write_text(text)
    with pytest.raises(InvalidInputError):
        from_graphml(path)


def test_a_projected_graph_is_refused() -> None:
    graph: nx.MultiDiGraph[int] = nx.MultiDiGraph(crs="EPSG:32650")
    with pytest.raises(InvalidInputError, match="EPSG:32650"):
        from_networkx(graph)
