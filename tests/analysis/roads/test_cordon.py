"""Control points: close them all, and no drivable path leads in."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pytest
import shapely
from shapely.geometry.base import BaseGeometry

from analysis.local import LocalPlane
from analysis.points import keep_out
from analysis.roads.cordon import control_points
from analysis.roads.network import RoadNetwork, compiled
from analysis.roads.source.exchange import to_networkx
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


def test_lanes_and_links_of_one_road_are_one_group_and_more_traffic_comes_first() -> None:
    nodes = {
        1: (120.0, 30.0), 2: (119.99, 30.0), 3: (119.99, 30.0002), 4: (120.0, 30.0002),
        5: (120.01, 30.0), 6: (120.0, 30.01), 7: (120.0, 29.99), 8: (120.0004, 30.01),
    }  # fmt: skip
    ring = "Ring Road"
    streets = [
        Street(6, 1), Street(8, 4),
        Street(2, 1, backward=False, name=ring), Street(4, 3, backward=False, name=ring),
        Street(5, 1, name=ring), Street(1, 4, name=ring), Street(7, 1, name="Lane"),
    ]  # fmt: skip
    edges = table(nodes, streets)
    edges.class_[:] = ["service", "service", "trunk", "trunk", "trunk_link", "trunk", "residential"]
    features = control_points(compiled(edges), shapely.Point(120.0, 30.0001).buffer(0.001))
    told = [
        (f["properties"]["group"], f["properties"]["road"], f["properties"]["class"])
        for f in features
    ]
    assert told == [
        (1, ring, "trunk"), (1, ring, "trunk_link"), (2, "Lane", "residential"),
        (3, None, "service"), (3, None, "service"),
    ]  # fmt: skip
    # West and east of the cordon are two crews; the two lanes in the north are one.
    assert [f["properties"]["site"] for f in features] == [1, 2, 1, 1, 1]


def test_nameless_roads_of_one_class_far_apart_are_two_groups() -> None:
    nodes = {1: (120.0, 30.0), 2: (119.99, 30.0), 3: (120.01, 30.0)}
    network = compiled(table(nodes, [Street(2, 1), Street(1, 3)]))
    features = control_points(network, shapely.Point(nodes[1]).buffer(0.005))
    assert [f["properties"]["group"] for f in features] == [1, 2]


@pytest.mark.parametrize("seed", range(4))
def test_every_crossing_road_of_helsinki_is_in_one_group(helsinki: RoadNetwork, seed: int) -> None:
    rng = np.random.default_rng(seed)
    cordon = shapely.Point(helsinki.node_lonlat[rng.integers(0, len(helsinki.node_id))]).buffer(
        0.004
    )
    features = control_points(helsinki, cordon)
    groups: dict[int, set[str | None]] = {}
    for feature in features:
        groups.setdefault(feature["properties"]["group"], set()).add(feature["properties"]["road"])
    assert sorted(groups) == list(range(1, len(groups) + 1))
    assert all(len(names) == 1 for names in groups.values())
    named = [name for names in groups.values() for name in names if name]
    assert len(named) == len(set(named))
    crossing = {
        helsinki.road_name(int(edge))
        for edge, tail in zip(helsinki.arc_edge, helsinki.arc_tail, strict=True)
        if shapely.LineString(helsinki.line(int(edge))).intersects(cordon)
        and not cordon.intersects(shapely.Point(helsinki.node_lonlat[tail]))
    }
    assert {name for name in crossing if name} == set(named)


@pytest.mark.parametrize("wind_from", range(0, 360, 40))
def test_posts_that_stand_back_from_a_shift_of_the_wind_still_stop_everybody(
    helsinki: RoadNetwork, wind_from: int
) -> None:
    lon, lat = 24.945, 60.170
    plane = LocalPlane(lon, lat)
    plume = shapely.affinity.rotate(
        shapely.Polygon([(-30, -30), (30, -30), (130, 600), (-130, 600)]),
        -(wind_from + 180.0), origin=(0, 0),
    )  # fmt: skip
    cordon = plane.to_lonlat(plume)
    swept = plane.to_lonlat(keep_out(cordon, plane, rotate=True))
    features = control_points(helsinki, cordon, swept=swept)
    graph, _, within = _without(helsinki, cordon, features)
    moved = [f for f in features if _stands_back(helsinki, f)]
    for feature in features:
        point = shapely.Point(feature["geometry"]["coordinates"])
        assert feature["properties"]["shift_clear"] == (not swept.intersects(point))
        assert not cordon.intersects(point)
    # Where a post stands back it stops its road there, and no longer where the road is shut.
    for feature in moved:
        edge, node_id = feature["properties"]["edge"], feature["properties"]["node"]
        graph.add_edge(int(np.flatnonzero(helsinki.node_id == node_id)[0]), -1 - edge)
    for feature in moved:
        for edge in _roads_at(helsinki, feature):
            ends = int(helsinki.edge_tail[edge]), int(helsinki.edge_head[edge])
            pairs = [ends, ends[::-1], (ends[0], -1 - edge), (ends[1], -1 - edge)]
            graph.remove_edges_from([p for p in pairs if graph.has_edge(*p)])
    for start in sorted(set(graph) - within):
        if nx.descendants(graph, start) & within:
            # Only a node behind a post: one road leads on to it, and one comes back from the zone.
            assert swept.intersects(shapely.Point(helsinki.node_lonlat[start]))
            assert len({t for t in graph.predecessors(start) if t >= 0}) <= 2


def _roads_at(network: RoadNetwork, feature: dict[str, object]) -> list[int]:
    point = shapely.Point(feature["geometry"]["coordinates"])  # type: ignore[index]
    which = np.repeat(np.arange(len(network.edge_tail)), np.diff(network.edge_offset))
    lines = shapely.linestrings(network.lonlat, indices=which)
    return np.flatnonzero(shapely.distance(lines, point) < 2e-7).tolist()  # type: ignore[no-any-return]


def _stands_back(network: RoadNetwork, feature: dict[str, object]) -> bool:
    properties = feature["properties"]
    return properties["edge"] not in _roads_at(network, feature)  # type: ignore[index]


def test_a_post_goes_back_along_its_road_until_another_joins_in() -> None:
    nodes = {n: (120.0 + 0.002 * n, 30.0) for n in range(6)} | {9: (120.008, 30.01)}
    streets = [Street(n, n + 1, name="Long Road") for n in range(5)]
    zone, swept = shapely.Point(nodes[0]).buffer(0.001), shapely.Point(nodes[0]).buffer(0.005)
    (alone,) = control_points(compiled(table(nodes, streets)), zone, swept=swept)
    assert alone["properties"]["shift_clear"] is True
    assert 120.005 < alone["geometry"]["coordinates"][0] < 120.0053
    joined = compiled(table(nodes | {9: (120.002, 30.01)}, [*streets, Street(9, 1)]))
    (beside,) = control_points(joined, zone, swept=swept)
    assert beside["properties"]["shift_clear"] is False
    assert 120.0 < beside["geometry"]["coordinates"][0] < 120.002


def test_a_road_too_low_for_a_fire_engine_is_stopped_too() -> None:
    nodes, streets = grid_streets(3)
    edges = table(nodes, streets)
    low = [i for i, street in enumerate(streets) if street.name == "Row 1"]
    edges.max_height_m[low] = 2.5
    network = compiled(edges)
    assert not network.edge_forward[low].any()
    features = control_points(network, shapely.Point(place(1, 1)).buffer(0.002))
    assert sorted(f["properties"]["road"] for f in features) == ["Col 1"] * 2 + ["Row 1"] * 2
