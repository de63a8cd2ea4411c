"""Control points: close them all, and no drivable path leads in."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pytest
import shapely
from shapely.geometry.base import BaseGeometry

from analysis.roads.cordon import control_points
from analysis.roads.exchange import to_networkx
from analysis.roads.network import RoadNetwork, compiled
from tests.analysis.roads.street_grid import Street, grid_streets, node, place, table


def _without(
    network: RoadNetwork, cordon: BaseGeometry, features: list[dict[str, object]]
) -> tuple[nx.MultiDiGraph[int], set[int], set[int]]:
    """Return the graph with every controlled way closed, and the nodes outside and inside.

    Each road that touches the cordon gets a node of its own for the touched piece, so that a road
    which only passes through counts as a way in.
    """
    graph: nx.MultiDiGraph[int] = nx.MultiDiGraph()
    stopped = {
        (f["properties"]["edge"], f["properties"]["node"])  # type: ignore[index]
        for f in features
    }
    inside = set(np.flatnonzero(shapely.intersects_xy(cordon, *network.node_lonlat.T)).tolist())
    touched = set()
    for tail, head, data in to_networkx(network).edges(data=True):
        edge = data["edge"]
        if not shapely.LineString(network.line(edge)).intersects(cordon):
            graph.add_edge(tail, head)
            continue
        piece = -1 - edge
        touched.add(piece)
        if (edge, int(network.node_id[tail])) not in stopped or tail in inside:
            graph.add_edge(tail, piece)
        graph.add_edge(piece, head)
    outside = set(range(len(network.node_id))) - inside
    return graph, outside, inside | touched


def _leads_in(
    network: RoadNetwork, cordon: BaseGeometry, features: list[dict[str, object]]
) -> bool:
    graph, outside, within = _without(network, cordon, features)
    return any(nx.descendants(graph, start) & within for start in sorted(outside & set(graph)))


@pytest.mark.parametrize("seed", range(4))
def test_no_path_leads_into_helsinki_past_the_control_points(
    helsinki: RoadNetwork, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    middle = helsinki.node_lonlat[rng.integers(0, len(helsinki.node_id))]
    cordon = shapely.Point(middle).buffer(0.003)
    features = control_points(helsinki, cordon)
    assert features
    assert _leads_in(helsinki, cordon, [])
    assert not _leads_in(helsinki, cordon, features)


def test_each_control_point_is_needed() -> None:
    network = compiled(table(*grid_streets(5)))
    cordon = shapely.Point(place(2, 2)).buffer(0.004)
    features = control_points(network, cordon)
    assert len(features) == 4
    for left_out in range(4):
        others = features[:left_out] + features[left_out + 1 :]
        assert _leads_in(network, cordon, others)


def test_control_points_stand_outside_on_their_roads(helsinki: RoadNetwork) -> None:
    cordon = shapely.Point(helsinki.node_lonlat[100]).buffer(0.003)
    for feature in control_points(helsinki, cordon):
        point = shapely.Point(feature["geometry"]["coordinates"])
        assert not point.intersects(cordon)
        road = shapely.LineString(helsinki.line(feature["properties"]["edge"]))
        assert road.distance(point) < 1e-6
        assert feature["properties"]["role"] == "control"


def test_a_road_that_only_leads_out_needs_no_control_point() -> None:
    nodes = {1: (120.0, 30.0), 2: (120.01, 30.0), 3: (119.99, 30.0)}
    streets = [Street(1, 2, backward=False, name="Out"), Street(3, 1, name="In")]
    network = compiled(table(nodes, streets))
    cordon = shapely.Point(nodes[1]).buffer(0.002)
    assert [f["properties"]["road"] for f in control_points(network, cordon)] == ["In"]


def test_roads_that_pass_through_are_stopped_at_both_ends_and_sorted_by_name() -> None:
    nodes, streets = grid_streets(2)
    network = compiled(table(nodes, streets))
    cordon = shapely.Point(place(0.5, 0)).buffer(0.001)
    features = control_points(network, cordon)
    assert [f["properties"]["road"] for f in features] == ["Row 0", "Row 0"]
    assert [f["properties"]["node"] for f in features] == [node(0, 0), node(1, 0)]


def test_a_cordon_that_no_road_enters_needs_nobody() -> None:
    network = compiled(table(*grid_streets(3)))
    assert control_points(network, shapely.Point(place(0.5, 0.5)).buffer(0.001)) == []
    assert control_points(network, shapely.Polygon()) == []
