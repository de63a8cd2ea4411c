"""Points on roads and pieces of them, against shapely one by one."""

import numpy as np
import pytest
import shapely
from shapely.ops import substring

from analysis.roads.pieces import cut, points_at
from analysis.roads.plane import from_plane, to_plane


@pytest.fixture(scope="module")
def drawn(helsinki):
    random = np.random.default_rng(7)
    edges = random.integers(0, len(helsinki.edge_tail), 500)
    lines = [shapely.LineString(to_plane(helsinki.line(edge))) for edge in edges]
    return random, edges, lines


def test_points_on_roads_are_where_shapely_has_them(helsinki, drawn):
    random, edges, lines = drawn
    share = random.choice([0.0, 1.0, 0.5, *random.uniform(0, 1, 50)], len(edges))
    found = points_at(helsinki, edges, share)
    wanted = shapely.line_interpolate_point(lines, share, normalized=True)
    assert np.abs(found - shapely.get_coordinates(wanted)).max() < 1e-12


def test_pieces_of_roads_are_those_that_shapely_cuts(helsinki, drawn):
    random, edges, lines = drawn
    low = random.choice([0.0, *random.uniform(0, 0.5, 30)], len(edges))
    high = random.choice([1.0, *random.uniform(0.5, 1, 30)], len(edges))
    lonlat, first = cut(helsinki, edges, low, high)
    for index, line in enumerate(lines):
        wanted = substring(line, low[index], high[index], normalized=True)
        found = lonlat[first[index] : first[index + 1]]
        assert len(found) >= 2
        gap = shapely.hausdorff_distance(shapely.LineString(to_plane(found)), wanted)
        assert gap < 1e-12
        if (low[index], high[index]) == (0.0, 1.0):
            own = helsinki.line(edges[index])
            assert (found[0] == own[0]).all() and (found[-1] == own[-1]).all()


def test_a_road_without_length_is_a_piece_of_two_points(helsinki):
    import dataclasses

    flat = helsinki.lonlat.copy()
    begin, end = helsinki.edge_offset[:2]
    flat[begin:end] = flat[begin]
    network = dataclasses.replace(helsinki, lonlat=flat)
    lonlat, first = cut(network, np.array([0]), np.array([0.0]), np.array([1.0]))
    assert first.tolist() == [0, 2] and np.allclose(lonlat, flat[begin], atol=1e-12)
    assert np.isfinite(from_plane(points_at(network, np.array([0]), np.array([0.5])))).all()
