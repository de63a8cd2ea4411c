"""Routes, beside networkx and on grids whose answer is known."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import networkx as nx
import numpy as np
import pytest
import shapely

from analysis.roads.closures import closures
from analysis.roads.edges import lengths_m
from analysis.roads.network import RoadNetwork, compiled
from analysis.roads.places import snap, snap_one
from analysis.roads.route import Route, route, way_in
from analysis.roads.source import osm
from analysis.roads.source.exchange import to_networkx
from layers.errors import NoRouteError
from tests.analysis.roads.street_grid import Street, grid_streets, node, place, table


def _grid(size: int = 6) -> RoadNetwork:
    return compiled(table(*grid_streets(size)))


def _check(network: RoadNetwork, found: Route) -> None:
    """Hold that a route's line, length, time and roads tell the same story."""
    drawn_m = lengths_m(found.lonlat, np.array([0, len(found.lonlat)]))[0]
    assert found.length_m == pytest.approx(drawn_m, rel=1e-3, abs=0.5)
    for step in found.steps:
        allowed = network.edge_forward if step.begin < step.end else network.edge_backward
        assert step.begin == step.end or allowed[step.edge]
    seconds = sum(abs(s.end - s.begin) * network.edge_time_s[s.edge] for s in found.steps)
    assert found.time_s == pytest.approx(seconds)


def test_times_to_an_incident_equal_networkx_on_helsinki(
    helsinki: RoadNetwork, helsinki_graph: nx.MultiDiGraph[int]
) -> None:
    rng = np.random.default_rng(5)
    # The two sides of a gate are two nodes at one place.
    _, which, count = np.unique(
        helsinki.node_lonlat, axis=0, return_inverse=True, return_counts=True
    )
    core = np.flatnonzero(helsinki.node_core & (count[which] == 1))
    backwards = helsinki_graph.reverse()
    for goal in rng.choice(core, 5).tolist():
        lon, lat = helsinki.node_lonlat[goal]
        inbound = way_in(helsinki, snap_one(helsinki, lon, lat))
        starts = rng.choice(core, 40)
        places = snap(helsinki, *helsinki.node_lonlat[starts].T)
        times = inbound.time_s(places)
        expected = nx.single_source_dijkstra_path_length(backwards, goal, weight="travel_time")
        for index, start in enumerate(starts.tolist()):
            assert times[index] == pytest.approx(expected[start], abs=0.2)
            found = inbound.route(places[index])
            assert found is not None
            assert found.time_s == pytest.approx(times[index], abs=0.01)
            _check(helsinki, found)


def test_a_place_between_nodes_is_a_node_of_its_own(helsinki: RoadNetwork) -> None:
    """The oracle is a graph in which each place is a node that splits its road."""
    rng = np.random.default_rng(11)
    edges = rng.choice(np.flatnonzero(helsinki.edge_core), (20, 2))
    for start_edge, goal_edge in edges.tolist():
        graph = to_networkx(helsinki)
        ends = []
        for name, edge in (("start", start_edge), ("goal", goal_edge)):
            line = shapely.LineString(helsinki.line(edge))
            point = line.interpolate(rng.uniform(0.1, 0.9), normalized=True)
            found = snap_one(helsinki, point.x, point.y)
            tail, head = int(helsinki.edge_tail[found.edge]), int(helsinki.edge_head[found.edge])
            seconds = float(helsinki.edge_time_s[found.edge])
            if helsinki.edge_forward[found.edge]:
                graph.add_edge(tail, name, travel_time=found.fraction * seconds)
                graph.add_edge(name, head, travel_time=(1 - found.fraction) * seconds)
            if helsinki.edge_backward[found.edge]:
                graph.add_edge(head, name, travel_time=(1 - found.fraction) * seconds)
                graph.add_edge(name, tail, travel_time=found.fraction * seconds)
            ends.append(found)
        if ends[0].edge == ends[1].edge:
            continue
        expected = nx.shortest_path_length(graph, "start", "goal", weight="travel_time")
        found_route = way_in(helsinki, ends[1]).route(ends[0])
        assert found_route is not None
        assert found_route.time_s == pytest.approx(expected, abs=0.2)


def test_a_one_way_street_is_driven_round() -> None:
    nodes, streets = grid_streets(2)
    streets[0] = streets[0]._replace(backward=False)
    network = compiled(table(nodes, streets))
    with_it = route(network, place(0, 0), place(1, 0))
    against = route(network, place(1, 0), place(0, 0))
    assert with_it.length_m == pytest.approx(network.edge_length_m[0])
    assert len(against.steps) == 3
    assert against.length_m > 2.9 * with_it.length_m


def test_along_one_road_the_way_is_the_road_itself() -> None:
    network = _grid()
    found = route(network, place(1.2, 0), place(1.7, 0))
    assert len(found.steps) == 1
    assert found.length_m == pytest.approx(0.5 * network.edge_length_m[0], rel=1e-3)


def test_along_one_road_against_its_one_way_the_way_leads_round() -> None:
    nodes, streets = grid_streets(2)
    streets[0] = streets[0]._replace(backward=False)
    network = compiled(table(nodes, streets))
    found = route(network, place(0.7, 0), place(0.3, 0))
    assert len(found.steps) == 5
    _check(network, found)


def test_both_sides_of_a_road_are_the_same_place() -> None:
    network = _grid()
    west, east = (snap_one(network, lon, 30.007) for lon in (120.0049, 120.0051))
    assert west.edge == east.edge
    assert west.fraction == pytest.approx(east.fraction)
    assert west.access_m == pytest.approx(9.6, abs=0.2)


def test_snapping_finds_the_road_that_is_nearest_on_the_ground(helsinki: RoadNetwork) -> None:
    """At 60 degrees north a degree of longitude is half a degree of latitude."""
    rng = np.random.default_rng(2)
    west, south, east, north = helsinki.extent
    lon, lat = rng.uniform(west, east, 50), rng.uniform(south, north, 50)
    found = snap(helsinki, lon, lat, limit_m=5_000.0)
    squeeze = np.cos(np.radians(60.17))
    lines = shapely.transform(
        np.array([shapely.LineString(helsinki.line(e)) for e in np.flatnonzero(helsinki.offered)]),
        lambda points: points * [squeeze, 1.0],
    )
    for index in range(50):
        away_deg = shapely.distance(lines, shapely.Point(lon[index] * squeeze, lat[index])).min()
        assert found.access_m[index] == pytest.approx(away_deg * 111_195.0, rel=0.01, abs=1.0)


def test_a_place_far_from_every_road_is_said_to_be() -> None:
    network = _grid()
    places = snap(network, [WEST_OF_GRID, 120.0], [30.0, 30.0])
    assert places.edge.tolist()[0] == -1
    assert places.access_m[0] == np.inf
    assert places.access_m[1] == pytest.approx(0.0, abs=1e-3)
    with pytest.raises(NoRouteError, match="no road within 2000 m") as caught:
        snap_one(network, WEST_OF_GRID, 30.0)
    assert caught.value.code == "no_road_near"


WEST_OF_GRID = 119.95


@pytest.mark.parametrize("seed", range(6))
def test_a_route_avoids_the_closed_zone(helsinki: RoadNetwork, seed: int) -> None:
    rng = np.random.default_rng(seed)
    core = helsinki.node_lonlat[helsinki.node_core]
    begin, middle, end = core[rng.integers(0, len(core), 3)]
    zone = shapely.Point(middle).buffer(0.004)
    shut = closures(helsinki, zone)
    graph = to_networkx(helsinki)
    for u, v, key, data in list(graph.edges(keys=True, data=True)):
        if shapely.LineString(helsinki.line(data["edge"])).intersects(zone):
            graph.remove_edge(u, v, key)
    start, goal = (snap_one(helsinki, *point) for point in (begin, end))
    found = way_in(helsinki, goal, closed=shut).route(start)
    nodes = [int(np.argmin(np.abs(helsinki.node_lonlat - p).sum(axis=1))) for p in (begin, end)]
    if not nx.has_path(graph, *nodes):
        assert found is None or found.time_s >= 0.0
        return
    assert found is not None
    assert not shapely.LineString(found.lonlat).intersects(zone)
    expected = nx.shortest_path_length(graph, *nodes, weight="travel_time")
    assert found.time_s == pytest.approx(expected, abs=0.2)


def test_a_closed_parallel_road_leaves_the_open_one() -> None:
    nodes = {1: (120.0, 30.0), 2: (120.01, 30.0), 3: (120.02, 30.0)}
    fast = Street(1, 2, speed_kph=100.0)
    slow = Street(1, 2, speed_kph=20.0, via=((120.005, 30.004),))
    network = compiled(table(nodes, [fast, slow, Street(2, 3)]))
    zone = shapely.Point(120.005, 30.0).buffer(0.001)
    free = route(network, nodes[1], nodes[3])
    round_it = route(network, nodes[1], nodes[3], closed=closures(network, zone))
    assert network.edge_way[free.steps[0].edge] == 0
    assert network.edge_way[round_it.steps[0].edge] == 1
    assert not shapely.LineString(round_it.lonlat).intersects(zone)


def test_a_cut_bridge_leaves_no_way_and_says_so() -> None:
    nodes, streets = grid_streets(2)
    far, far_streets = grid_streets(2)
    nodes |= {n + 1000: (lon + 0.02, lat) for n, (lon, lat) in far.items()}
    streets += [s._replace(u=s.u + 1000, v=s.v + 1000) for s in far_streets]
    streets.append(Street(node(1, 0), 1000 + node(0, 0), name="Bridge"))
    network = compiled(table(nodes, streets))
    begin, end = place(0, 1), (place(1, 1)[0] + 0.02, place(1, 1)[1])
    assert route(network, begin, end).time_s > 0
    bridge = shapely.Point(120.0125, 30.0).buffer(0.001)
    with pytest.raises(NoRouteError, match="no drivable way"):
        route(network, begin, end, closed=closures(network, bridge))


def test_a_road_that_a_zone_cuts_is_used_from_its_open_side() -> None:
    network = _grid()
    zone = shapely.Point(place(1.8, 0)).buffer(0.0005)
    shut = closures(network, zone)
    assert shut is not None
    goal = snap_one(network, *place(1.3, 0))
    inbound = way_in(network, goal, closed=shut)
    assert [leg.node for leg in inbound.last_legs.values()] == [
        int(np.flatnonzero(network.node_id == node(1, 0))[0])
    ]
    from_beyond = snap(network, *place(1.95, 0))
    round_the_block_s = (0.05 + 1.0 + 0.3) * 48.15 + 2.0 * 55.6
    assert inbound.time_s(from_beyond)[0] == pytest.approx(round_the_block_s, rel=0.01)
    found = inbound.route(from_beyond[0])
    assert found is not None
    assert not shapely.LineString(found.lonlat).intersects(zone)


@pytest.mark.real
def test_every_one_way_street_of_porto_is_driven_its_way(
    real_data: Callable[[str], Path],
) -> None:
    network = compiled(osm.read(real_data("osm/porto.osm.pbf")))
    assert (network.edge_forward ^ network.edge_backward).sum() > 1_000
    rng = np.random.default_rng(8)
    core = np.flatnonzero(network.node_core)
    goal = network.node_lonlat[rng.choice(core)]
    inbound = way_in(network, snap_one(network, *goal))
    for start in rng.choice(core, 100):
        found = inbound.route(snap(network, *network.node_lonlat[start])[0])
        assert found is not None
        _check(network, found)


def test_a_bounded_search_gives_no_way_that_is_longer_than_its_bound() -> None:
    nodes = {0: (120.0, 30.0), 1: (120.001, 30.0), 2: (120.0104, 30.0)}
    streets = [
        Street(0, 1),
        Street(1, 2, speed_kph=7.2),
        Street(0, 2, via=((120.005, 30.009),)),
    ]
    network = compiled(table(nodes, streets))
    found = route(network, (120.00993, 30.0), (120.0, 30.0))
    whole = way_in(network, snap_one(network, 120.0, 30.0))
    assert found.time_s == pytest.approx(whole.best(snap_one(network, 120.00993, 30.0))[0])
