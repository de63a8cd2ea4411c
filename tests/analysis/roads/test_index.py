"""The index of roads, beside every road looked at one by one."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from analysis.roads.index import edge_index, morton
from analysis.roads.network import RoadNetwork, compiled
from analysis.roads.plane import from_plane, to_plane
from analysis.roads.touch import touch, within
from tests.analysis.roads.street_grid import Street, table


def _random(number: int, count: int = 400) -> RoadNetwork:
    """Return roads of very different lengths, some of many points, some of none."""
    rng = np.random.default_rng(number)
    places = rng.uniform([110.0, 25.0], [111.0, 26.0], (60, 2))
    nodes = {n: (float(lon), float(lat)) for n, (lon, lat) in enumerate(places)}
    streets = []
    for _ in range(count):
        u = int(rng.integers(60))
        near = np.argsort(np.hypot(*(places - places[u]).T))
        v = int(near[rng.integers(1, 8)] if rng.random() < 0.9 else rng.integers(60))
        via = places[u] + np.cumsum(rng.normal(0.0, 0.01, (int(rng.integers(0, 5)), 2)), axis=0)
        streets.append(Street(u, v, via=tuple(map(tuple, via.tolist()))))
    return compiled(table(nodes, streets))


def _areas(number: int) -> list[BaseGeometry]:
    rng = np.random.default_rng(number)
    middle = rng.uniform([109.9, 24.9], [111.1, 26.1])
    circle = shapely.Point(middle).buffer(float(rng.choice([0.001, 0.02, 0.2, 2.0])))
    ring = shapely.difference(circle, circle.buffer(-0.3 * np.sqrt(circle.area)))
    line = shapely.LineString(rng.uniform([110.0, 25.0], [111.0, 26.0], (4, 2)))
    mixed = shapely.GeometryCollection([shapely.Point(middle), line, circle])
    return [circle, ring, line, mixed, shapely.Point(middle), shapely.Polygon()]


@pytest.mark.parametrize("number", range(12))
def test_what_crosses_an_area_is_what_touches_it_one_by_one(
    number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    network = _random(number)
    lines = network.shapes(np.arange(len(network.edge_tail)))
    for tested in (2_000, 3):
        monkeypatch.setattr("analysis.roads.index.TESTED_SINGLY", tested)
        for area in _areas(number):
            plane = to_plane(area)
            expected = shapely.intersects(plane, lines)
            assert np.array_equal(network.crossing(plane), expected), area.geom_type


def test_on_helsinki_an_area_crosses_what_it_touches(helsinki: RoadNetwork) -> None:
    lines = helsinki.shapes(np.arange(len(helsinki.edge_tail)))
    rng = np.random.default_rng(1)
    for radius in (0.0002, 0.002, 0.02):
        middle = helsinki.node_lonlat[rng.integers(len(helsinki.node_id))]
        plane = to_plane(shapely.Point(middle).buffer(radius))
        assert np.array_equal(helsinki.crossing(plane), shapely.intersects(plane, lines))


def _points(network: RoadNetwork, number: int, count: int = 60) -> NDArray[np.float64]:
    rng = np.random.default_rng(number)
    return to_plane(rng.uniform([109.5, 24.5], [111.5, 26.5], (count, 2)))


@pytest.mark.parametrize("number", range(8))
def test_the_nearest_road_is_the_nearest_of_all(number: int) -> None:
    network = _random(number)
    among = np.random.default_rng(number).random(len(network.edge_tail)) < 0.5
    points = _points(network, number)
    found = touch(network, points, among=among, reach=np.full(len(points), np.inf))
    lines = network.shapes(np.flatnonzero(among))
    for point, edge, fraction, foot in zip(points, *found, strict=True):
        away = shapely.distance(lines, shapely.Point(point))
        assert among[edge]
        assert np.hypot(*(foot - point)) == pytest.approx(away.min(), abs=1e-12)
        own = network.shapes(np.array([edge]))[0]
        located = shapely.line_interpolate_point(own, fraction, normalized=True)
        assert shapely.get_coordinates(located)[0] == pytest.approx(foot, abs=1e-12)


@pytest.mark.parametrize("number", range(4))
def test_beyond_its_reach_no_road_is_found_and_within_it_the_nearest(number: int) -> None:
    network = _random(number)
    among = np.ones(len(network.edge_tail), np.bool_)
    points = _points(network, number)
    lines = network.shapes(np.arange(len(among)))
    away = np.array([shapely.distance(lines, shapely.Point(p)).min() for p in points])
    reach = np.median(away) * np.random.default_rng(number).uniform(0.1, 2.0, len(points))
    found = touch(network, points, among=among, reach=reach)
    assert np.array_equal(found.edge >= 0, away <= reach)


def test_within_a_radius_are_all_roads_that_come_so_near() -> None:
    network = _random(3)
    among = np.ones(len(network.edge_tail), np.bool_)
    point = to_plane(np.array([[110.5, 25.5]]))[0]
    lines = network.shapes(np.arange(len(among)))
    for radius in (1e-5, 1e-3, 1e-2):
        found = within(network, point, among=among, radius=radius)
        away = shapely.distance(lines, shapely.Point(point))
        assert sorted(found.edge.tolist()) == np.flatnonzero(away <= radius).tolist()


def test_of_roads_that_meet_at_the_nearest_point_the_first_is_taken() -> None:
    nodes = {0: (120.0, 30.0), 1: (120.01, 30.0), 2: (120.0, 30.01)}
    network = compiled(table(nodes, [Street(1, 0), Street(0, 2)]))
    found = touch(
        network, to_plane(np.array([[119.99, 29.99]])), among=np.ones(2, np.bool_),
        reach=np.array([1.0]),
    )  # fmt: skip
    assert (found.edge[0], found.fraction[0]) == (0, 1.0)
    assert from_plane(found.points)[0] == pytest.approx((120.0, 30.0), abs=1e-9)


def test_neighbours_on_the_curve_are_one_block() -> None:
    columns, rows = np.meshgrid(np.arange(8), np.arange(8))
    numbers = np.sort(morton(columns.ravel(), rows.ravel()))
    assert numbers.tolist() == list(range(64))
    corner = morton(np.array([4, 5, 4, 5]), np.array([2, 2, 3, 3]))
    assert np.ptp(corner) == 3


def test_a_single_road_without_length_is_indexed() -> None:
    lonlat = np.array([[120.0, 30.0], [120.0, 30.0]])
    index = edge_index(lonlat, np.array([0, 2]))
    assert index.edge.tolist() == [0]
