"""How far one comes in so many minutes."""

from __future__ import annotations

from itertools import pairwise

import networkx as nx
import numpy as np
import pytest
import shapely

from analysis.roads.closures import closures
from analysis.roads.network import RoadNetwork, compiled
from analysis.roads.reach import reach
from tests.analysis.roads.street_grid import grid_streets, place, table


@pytest.fixture(scope="module")
def grid() -> RoadNetwork:
    return compiled(table(*grid_streets(9)))


@pytest.mark.parametrize("direction", ["from", "to"])
def test_every_node_that_networkx_reaches_is_in_the_area(
    helsinki: RoadNetwork, helsinki_graph: nx.MultiDiGraph[int], direction: str
) -> None:
    graph = helsinki_graph if direction == "from" else helsinki_graph.reverse()
    start = int(np.flatnonzero(helsinki.node_core)[40])
    lon, lat = helsinki.node_lonlat[start]
    times = nx.single_source_dijkstra_path_length(graph, start, weight="travel_time")
    for reached in reach(helsinki, lon, lat, minutes=(0.5, 1.0, 2.0), direction=direction).bands:
        near = [node for node, s in times.items() if s <= 60.0 * reached.minutes - 1.0]
        assert near
        assert shapely.intersects_xy(reached.area, *helsinki.node_lonlat[near].T).all()


def test_the_length_of_road_reached_is_that_of_the_grid(grid: RoadNetwork) -> None:
    """From the middle four arms of one minute at 10 m/s, 600 m each, branch at the crossings."""
    step_east_m, step_north_m = 481.5, 556.0
    beyond_m = 2 * (600 - step_east_m) * 3 + 2 * (600 - step_north_m) * 3
    expected_m = 2 * step_east_m + 2 * step_north_m + beyond_m
    (found,) = reach(grid, *place(4, 4), minutes=(1.0,)).bands
    assert found.road_length_m == pytest.approx(expected_m, rel=1e-3)


def test_more_time_reaches_no_less(grid: RoadNetwork) -> None:
    found = reach(grid, *place(4, 4), minutes=(4.0, 1.0, 2.0)).bands
    assert [one.minutes for one in found] == [1.0, 2.0, 4.0]
    for less, more in pairwise(found):
        assert less.area.difference(more.area).area == pytest.approx(0.0, abs=1e-12)
        assert less.area.is_valid


def test_a_one_way_street_is_reached_in_its_direction_only() -> None:
    nodes, streets = grid_streets(3)
    network = compiled(table(nodes, [streets[0]._replace(backward=False), *streets[1:]]))
    begin = place(0.9, 0)
    (ahead,) = reach(network, *begin, minutes=(0.5,), direction="from").bands
    (behind,) = reach(network, *begin, minutes=(0.5,), direction="to").bands
    before, beyond = shapely.Point(place(0.4, 0)), shapely.Point(place(1.5, 0))
    assert ahead.area.contains(beyond) and not ahead.area.contains(before)
    assert behind.area.contains(before) and not behind.area.contains(beyond)


def test_a_closed_zone_is_not_entered(grid: RoadNetwork) -> None:
    zone = shapely.box(*place(5.4, -1), *place(5.6, 10))
    (free,) = reach(grid, *place(4, 4), minutes=(10.0,)).bands
    (shut,) = reach(grid, *place(4, 4), minutes=(10.0,), closed=closures(grid, zone)).bands
    assert free.area.intersects(shapely.Point(place(8, 4)))
    assert not shut.area.intersects(shapely.Point(place(8, 4)))
    assert shut.road_length_m < free.road_length_m


def test_from_a_closed_road_nothing_is_reached_and_nothing_is_drawn(grid: RoadNetwork) -> None:
    """The zone ends just beside the place: its open surroundings are not reached either."""
    zone = shapely.box(*place(3.9, 3.9), *place(4.02, 4.1))
    shut = reach(grid, *place(4, 4), minutes=(5.0, 10.0), closed=closures(grid, zone), lines=True)
    assert shut.nowhere
    assert all(band.area.is_empty and band.road_length_m == 0.0 for band in shut.bands)
