"""Where the roads end for those who come."""

from __future__ import annotations

import numpy as np
import pytest
import shapely

from analysis.roads.approach import approach
from analysis.roads.closures import Closures, closures
from analysis.roads.network import RoadNetwork, compiled
from analysis.roads.places import snap
from tests.analysis.roads.street_grid import Street, grid_streets, node, place, table

MIDDLE = place(4, 4)


@pytest.fixture(scope="module")
def grid() -> RoadNetwork:
    return compiled(table(*grid_streets(9)))


@pytest.fixture(scope="module")
def zone(grid: RoadNetwork) -> Closures:
    shut = closures(grid, shapely.Point(MIDDLE).buffer(0.007))
    assert shut is not None
    return shut


def test_without_a_zone_it_is_the_road_nearest_to_the_incident(grid: RoadNetwork) -> None:
    found = approach(grid, *place(2.4, 3.001))
    assert found is not None
    assert (found.reason, found.inside_zone) == ("incident", False)
    assert (found.lon, found.lat) == pytest.approx(place(2.4, 3), abs=1e-6)


@pytest.mark.parametrize("wind_from_deg", [0.0, 45.0, 90.0, 180.0, 270.0, 359.0])
def test_in_a_zone_it_lies_outside_and_upwind(
    grid: RoadNetwork, zone: Closures, wind_from_deg: float
) -> None:
    found = approach(grid, *MIDDLE, closed=zone, wind_from_deg=wind_from_deg)
    assert found is not None
    assert (found.reason, found.inside_zone) == ("upwind", True)
    turned = (found.bearing_deg - wind_from_deg + 180.0) % 360.0 - 180.0
    assert abs(turned) <= 45.0
    assert not shapely.Point(found.lon, found.lat).intersects(zone.area)


def test_without_a_wind_it_is_the_side_that_help_comes_from(
    grid: RoadNetwork, zone: Closures
) -> None:
    for column, row in ((0, 4), (8, 4), (4, 0), (4, 8)):
        base = place(column, row)
        found = approach(grid, *MIDDLE, closed=zone, starts=snap(grid, *base))
        assert found is not None
        assert found.reason == "wind_unknown"
        towards = np.sign(np.round(np.array(base) - MIDDLE, 6))
        there = np.sign(np.round(np.array([found.lon, found.lat]) - MIDDLE, 6))
        assert (towards * there).sum() > 0


def test_where_no_upwind_road_is_reached_it_is_beside_the_wind() -> None:
    nodes, streets = grid_streets(9)
    # No road leads north of the middle, from where the wind comes.
    streets = [s for s in streets if max(s.u, s.v) < node(0, 5)]
    grid = compiled(table(nodes, streets))
    shut = closures(grid, shapely.Point(MIDDLE).buffer(0.007))
    found = approach(grid, *MIDDLE, closed=shut, wind_from_deg=0.0)
    assert found is not None
    assert found.reason == "crosswind"


def test_a_gate_that_the_network_does_not_reach_is_not_chosen() -> None:
    nodes, streets = grid_streets(5)
    # A lane north of the zone that joins the rest only through it.
    nodes |= {900: place(2, 4.9), 901: place(2.2, 4.9)}
    streets = [s for s in streets if max(s.u, s.v) < node(0, 4)]
    streets += [Street(node(2, 3), 900), Street(900, 901)]
    grid = compiled(table(nodes, streets))
    shut = closures(grid, shapely.Point(place(2, 3)).buffer(0.004))
    found = approach(grid, *place(2, 3), closed=shut, wind_from_deg=0.0)
    assert found is not None
    assert found.reason == "crosswind"


def test_a_one_way_road_out_of_the_zone_is_no_way_to_it() -> None:
    nodes, streets = grid_streets(5)
    north = {node(2, 3), node(2, 4)}
    streets = [
        s._replace(forward=True, backward=False) if {s.u, s.v} == north else s for s in streets
    ]
    grid = compiled(table(nodes, streets))
    shut = closures(grid, shapely.Point(place(2, 3)).buffer(0.004))
    found = approach(grid, *place(2, 3), closed=shut, wind_from_deg=0.0)
    assert found is not None
    assert found.reason == "crosswind"


def test_a_zone_that_no_road_enters_is_approached_from_the_open_road_beside_it(
    grid: RoadNetwork,
) -> None:
    shut = closures(grid, shapely.Point(place(4.5, 4.5)).buffer(0.001))
    found = approach(grid, *place(4.5, 4.5), closed=shut, wind_from_deg=180.0)
    assert found is not None
    assert (found.reason, found.inside_zone) == ("upwind", True)
    assert (found.lon, found.lat) == pytest.approx(place(4.5, 4), abs=1e-6)


def test_an_incident_beside_a_zone_that_holds_its_road_is_approached_from_outside(
    grid: RoadNetwork,
) -> None:
    shut = closures(grid, shapely.Point(place(4, 4)).buffer(0.002))
    found = approach(grid, place(4, 4)[0] + 0.0001, place(4, 4)[1] + 0.0024, closed=shut)
    assert found is not None
    assert not shapely.Point(found.lon, found.lat).intersects(shut.area if shut else None)


def test_where_the_zone_swallows_the_network_there_is_none(grid: RoadNetwork) -> None:
    shut = closures(grid, shapely.Point(MIDDLE).buffer(1.0))
    assert approach(grid, *MIDDLE, closed=shut, wind_from_deg=0.0) is None


def test_far_from_every_road_there_is_none(grid: RoadNetwork) -> None:
    assert approach(grid, 119.8, 30.0) is None


@pytest.mark.parametrize("seed", range(10))
def test_on_helsinki_the_approach_is_outside_and_reached_by_the_open_core(
    helsinki: RoadNetwork, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    lon, lat = helsinki.node_lonlat[rng.integers(0, len(helsinki.node_id))]
    shut = closures(helsinki, shapely.Point(lon, lat).buffer(rng.uniform(0.0005, 0.004)))
    assert shut is not None
    found = approach(helsinki, lon, lat, closed=shut, wind_from_deg=rng.uniform(0, 360))
    if found is not None:
        assert not shapely.Point(found.lon, found.lat).intersects(shut.area)
        assert found.inside_zone


def test_a_small_zone_between_roads_is_approached_from_the_road_beside_it(
    grid: RoadNetwork,
) -> None:
    incident = place(4.5, 4.3)
    small = closures(grid, shapely.Point(incident).buffer(0.0002))
    found = approach(grid, *incident, closed=small, starts=snap(grid, *place(0, 0)))
    assert found is not None and found.inside_zone
    beside = snap(grid, *incident)
    assert found.distance_m <= 1.5 * beside.access_m[0] + 100.0


def test_a_road_downwind_is_not_taken_where_another_is_a_little_farther(grid: RoadNetwork) -> None:
    """The road to the south is 56 m away and in the smoke, those to the sides 240 m."""
    incident = place(4.5, 4.1)
    small = closures(grid, shapely.Point(incident).buffer(0.0002))
    found = approach(grid, *incident, closed=small, wind_from_deg=0.0)
    assert found is not None
    assert found.reason != "downwind"
    assert found.distance_m < 1_000.0


def test_a_gate_downwind_is_not_taken_where_a_road_beside_the_zone_lies_upwind() -> None:
    nodes, streets = grid_streets(5)
    nodes |= {900: place(2.5, 2.4)}
    streets.append(Street(node(2, 2), 900))
    grid = compiled(table(nodes, streets))
    incident = place(2.5, 2.5)
    zone = closures(grid, shapely.box(*place(2.4, 2.3), *place(2.6, 2.6)))
    found = approach(grid, *incident, closed=zone, wind_from_deg=45.0)
    assert found is not None
    assert found.reason != "downwind"


def test_where_every_road_lies_downwind_that_is_told() -> None:
    grid = compiled(table({1: place(1, 0), 2: place(1, 2)}, [Street(1, 2)]))
    incident = place(1, 2.5)
    zone = closures(grid, shapely.Point(incident).buffer(0.0005))
    found = approach(grid, *incident, closed=zone, wind_from_deg=0.0)
    assert found is not None
    assert found.reason == "downwind"
