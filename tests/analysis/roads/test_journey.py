"""From one place to another: what is avoided, where the way ends, and other good ways."""

from __future__ import annotations

import numpy as np
import pytest
import shapely

from analysis.roads.alternatives import EPSILON_LONGER, GAMMA_SHARED
from analysis.roads.closures import Closure, closures
from analysis.roads.journey import journey
from analysis.roads.network import compiled
from layers.errors import NoRouteError
from tests.analysis.roads.street_grid import Street, grid_streets, place, table


@pytest.fixture(scope="module")
def grid():
    return compiled(table(*grid_streets(9)))


def wall(column, low, high):
    return shapely.LineString([place(column, low), place(column, high)])


def test_a_way_says_what_it_avoids_and_what_that_costs(grid):
    shut = closures(grid, [
        Closure(area=wall(3.5, 3.5, 4.5), kind="works", name="dug up"),
        Closure(area=wall(7.5, 7.5, 8.5), kind="barrier", name="far off"),
    ])  # fmt: skip
    free = journey(grid, place(3.2, 4), place(4.2, 4))
    way = journey(grid, place(3.2, 4), place(4.2, 4), closed=shut)
    assert [closure.name for closure in way.avoided] == ["dug up"]
    assert way.avoided_s == pytest.approx(way.route.time_s - free.route.time_s)
    assert way.avoided_s > 60 and (free.avoided, free.avoided_s) == ((), 0.0)


def test_a_way_into_a_closed_zone_ends_upwind_outside_of_it(grid):
    zone = shapely.box(*place(5.4, 3.4), *place(6.6, 4.6))
    shut = closures(grid, [Closure(area=zone, kind="zone", level="red")])
    way = journey(grid, place(1, 4), place(6, 4), closed=shut, wind_from_deg=0.0)
    assert way.approach is not None and way.approach.reason == "upwind"
    assert way.approach.lat > place(0, 4.6)[1]
    assert not shapely.LineString(way.route.lonlat).intersects(zone)
    assert [closure.level for closure in way.avoided] == ["red"]


def test_a_barrier_far_off_is_no_approach(grid):
    """The zone's own gates are; a barrier upwind at the other end of the town is not."""
    zone = shapely.box(*place(5.4, 3.4), *place(6.6, 4.6))
    far = Closure(area=wall(1.5, 7.5, 8.5), kind="barrier")
    shut = closures(grid, [Closure(area=zone, kind="zone"), far])
    way = journey(grid, place(1, 7.9), place(6, 4), closed=shut, wind_from_deg=0.0)
    assert way.approach is not None
    assert way.approach.distance_m < 1500


def test_who_starts_in_the_zone_leaves_it_first(grid):
    zone = shapely.box(*place(3.4, 3.4), *place(4.6, 4.6))
    shut = closures(grid, [Closure(area=zone, kind="zone")])
    way = journey(grid, place(4, 4), place(7, 4), closed=shut)
    assert way.inside_zone and way.way_out_s == pytest.approx(48.15, abs=1.0)
    line = shapely.LineString(way.route.lonlat)
    assert isinstance(line.intersection(zone), shapely.LineString)


def test_no_way_says_how_near_one_comes(grid):
    shut = closures(grid, wall(4.5, -1, 9))
    with pytest.raises(NoRouteError) as caught:
        journey(grid, place(2, 4), place(7, 4), closed=shut)
    details = caught.value.details
    assert (caught.value.code, details["reason"]) == ("no_way", "closed")
    assert [details["nearest"]["lon"], details["nearest"]["lat"]] == pytest.approx(place(4, 4))


def test_a_place_without_a_road_says_which(grid):
    for begin, end, field in ((place(90, 0), place(1, 1), "from"), (place(1, 1), (0, 0), "to")):
        with pytest.raises(NoRouteError) as caught:
            journey(grid, begin, end)
        assert (caught.value.code, caught.value.details["field"]) == ("no_road_near", field)


def test_a_zone_over_every_road_says_so(grid):
    shut = closures(grid, shapely.box(*place(-50, -50), *place(90, 90)))
    with pytest.raises(NoRouteError) as caught:
        journey(grid, place(1, 1), place(2, 2), closed=shut)
    assert caught.value.code == "zone_swallows"


@pytest.fixture(scope="module")
def two_rivers():
    """Three parallel roads from west to east, the middle one the fastest, and a detour far off."""
    nodes = {1: place(0, 0), 2: place(8, 0), 3: place(1, 1), 4: place(7, 1), 5: place(1, -1),
             6: place(7, -1), 7: place(1, 9), 8: place(7, 9)}  # fmt: skip
    streets = [Street(1, 2, name="Middle"), Street(1, 3), Street(3, 4, name="North"), Street(4, 2),
               Street(1, 5), Street(5, 6, name="South"), Street(6, 2),
               Street(1, 7), Street(7, 8, name="Far"), Street(8, 2)]  # fmt: skip
    return compiled(table(nodes, streets))


def test_alternatives_are_other_roads_not_much_longer(two_rivers):
    way = journey(two_rivers, place(0, 0), place(8, 0), count=3)
    names = [{two_rivers.road_name(s.edge) for s in other.route.steps} for other in way.others]
    assert len(way.others) == 2
    assert {"North"} < names[0] | names[1] and {"South"} < names[0] | names[1]
    for other in way.others:
        assert other.route.time_s <= (1 + EPSILON_LONGER) * way.route.time_s
        assert other.shared == 0.0


@pytest.mark.parametrize("seed", range(3))
def test_alternatives_in_a_town_keep_the_papers_three_bounds(helsinki, seed):
    """Stretch, sharing and no loop; a way's time is that of its roads."""
    random = np.random.default_rng(seed)
    nodes = random.choice(np.flatnonzero(helsinki.node_core), (12, 2))
    found = 0
    for begin, end in nodes:
        ends = [tuple(helsinki.node_lonlat[node].tolist()) for node in (begin, end)]
        way = journey(helsinki, *ends, count=3)
        used = {step.edge for step in way.route.steps}
        for other in way.others:
            edges = [step.edge for step in other.route.steps]
            assert len(set(edges)) == len(edges)
            assert other.route.time_s <= (1 + EPSILON_LONGER) * way.route.time_s + 1e-6
            shared = sum(
                helsinki.edge_time_s[s.edge] * abs(s.end - s.begin)
                for s in other.route.steps if s.edge in used
            )  # fmt: skip
            assert shared <= GAMMA_SHARED * way.route.time_s + 1e-6
            assert other.route.time_s == pytest.approx(
                sum(helsinki.edge_time_s[s.edge] * abs(s.end - s.begin) for s in other.route.steps)
            )
            used |= set(edges)
            found += 1
    assert found


def test_the_way_out_does_not_run_through_a_worse_zone(grid):
    """The red core lies east of the start, and its far side is the nearest outside."""
    orange = shapely.box(*place(1.5, 2.5), *place(4.6, 5.5))
    red = shapely.box(*place(4.1, 3.9), *place(4.4, 4.1))
    shut = closures(grid, [
        Closure(area=orange, kind="zone", level="orange"),
        Closure(area=red, kind="zone", level="red"),
    ])  # fmt: skip
    way = journey(grid, place(4.05, 4), place(7, 4), closed=shut)
    assert way.way_out_s == pytest.approx(1.05 * 48.15 + 55.6, abs=1.0)
    assert not shapely.LineString(way.route.lonlat).intersects(red)


@pytest.mark.parametrize("kind", ["bridge", "flood", "barrier", "drawn"])
def test_the_way_out_does_not_run_over_what_else_is_closed(grid, kind):
    zone = shapely.box(*place(3.4, 3.4), *place(4.6, 4.6))
    broken = shapely.Point(place(4.8, 4)).buffer(0.0002)
    shut = closures(grid, [Closure(area=zone, kind="zone"), Closure(area=broken, kind=kind)])
    way = journey(grid, place(4.2, 4), place(7, 4), closed=shut)
    assert way.way_out_s == pytest.approx(1.2 * 48.15, abs=1.0)
    assert not shapely.LineString(way.route.lonlat).intersects(broken)


def test_who_starts_in_the_worst_zone_may_leave_through_the_others(grid):
    orange = shapely.box(*place(3.4, 3.4), *place(4.6, 4.6))
    red = shapely.box(*place(3.9, 3.9), *place(4.1, 4.1))
    shut = closures(grid, [
        Closure(area=orange.difference(red), kind="zone", level="orange"),
        Closure(area=red, kind="zone", level="red"),
    ])  # fmt: skip
    way = journey(grid, place(4, 4), place(7, 4), closed=shut)
    assert way.way_out_s == pytest.approx(48.15, abs=1.0)


def test_who_starts_below_a_closed_bridge_is_not_shut_in():
    nodes = {1: place(0, 1), 2: place(2, 1), 3: place(1, 0), 4: place(1, 2)}
    streets = [Street(1, 2), Street(3, 4), Street(1, 3), Street(2, 4)]
    network = compiled(table(nodes, streets))
    bridge = Closure(area=shapely.Point(place(1, 1)).buffer(0.0002), ways=frozenset([1]))
    shut = closures(network, [bridge])
    way = journey(network, place(1.01, 1), place(0, 1), closed=shut)
    assert not way.inside_zone
    assert way.route.length_m == pytest.approx(1.01 * 481.5, rel=0.01)
