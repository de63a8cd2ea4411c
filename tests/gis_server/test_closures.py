"""An area that somebody draws: what it may hold, and that its work is bounded before it begins."""

import numpy as np
import pytest
import shapely

from gis_server import closures
from gis_server.closures import MAX_AREAS, MAX_POINTS, drawn
from layers.errors import InvalidInputError, TooLargeError


def comb(teeth, *, across):
    """Return a comb of slivers that are joined at one end: one valid ring."""
    line = [(0.0, 0.0)]
    for i in range(teeth):
        x = 1.0 * i / teeth
        line += [(x + 0.2 / teeth, 1.0), (x + 0.5 / teeth, 0.01)]
    line += [(1.0, 0.0)]
    ring = [((y, x) if across else (x, y)) for x, y in line]
    return {"type": "Polygon", "coordinates": [[[x, y] for x, y in [*ring, ring[0]]]]}


def collection(*geometries):
    return {
        "type": "FeatureCollection",
        "features": [{"type": "Feature", "geometry": g} for g in geometries],
    }


def square(west, south, size):
    return {"type": "Polygon",
            "coordinates": [shapely.get_coordinates(
                shapely.box(west, south, west + size, south + size)).tolist()]}  # fmt: skip


def test_combs_that_cross_each_other_are_refused_before_anything_is_joined(monkeypatch):
    """400 + 400 teeth cross 640,000 times: the union alone took most of a minute."""
    monkeypatch.setattr(closures.shapely, "union_all", _never)
    with pytest.raises(TooLargeError) as caught:
        drawn(collection(comb(400, across=False), comb(400, across=True)))
    assert "crossing edges" in caught.value.details["got"]


def test_edges_on_top_of_each_other_count_as_crossings(monkeypatch):
    monkeypatch.setattr(closures.shapely, "union_all", _never)
    teeth = [comb(40, across=False)] * 20
    with pytest.raises(TooLargeError):
        drawn(collection(*teeth))


def test_points_and_polygons_are_counted_before_a_geometry_is_made(monkeypatch):
    monkeypatch.setattr(closures, "shape", _never)
    angles = np.linspace(0, 2 * np.pi, MAX_POINTS + 1)
    ring = np.c_[np.cos(angles), np.sin(angles)].tolist()
    for geometry in (
        {"type": "Polygon", "coordinates": [ring]},
        {"type": "MultiPolygon", "coordinates": [[ring[:4]]] * (MAX_AREAS + 1)},
        collection(*[square(0, 0, 1)] * (MAX_AREAS + 1)),
    ):
        with pytest.raises(TooLargeError):
            drawn(geometry)


def test_areas_that_overlap_are_shut_as_one():
    area = drawn(collection(square(0, 0, 2), square(1, 1, 2), square(10, 10, 1))).area
    assert area.equals(
        shapely.union_all([shapely.box(0, 0, 2, 2), shapely.box(1, 1, 3, 3),
                           shapely.box(10, 10, 11, 11)])
    )  # fmt: skip


def test_as_many_points_as_may_be_are_taken():
    angles = np.linspace(0, 2 * np.pi, MAX_POINTS)
    ring = np.c_[np.cos(angles), np.sin(angles)]
    ring[-1] = ring[0]
    area = drawn({"type": "Polygon", "coordinates": [ring.tolist()]}).area
    assert area.area == pytest.approx(np.pi, rel=1e-4)


@pytest.mark.parametrize("seed", range(5))
def test_crossings_are_counted_as_geos_finds_them(seed):
    random = np.random.default_rng(seed)
    rings = [random.uniform(0, 1, (int(n), 2)) for n in random.integers(3, 30, 4)]
    areas = [shapely.Polygon(ring) for ring in rings]
    edges = [
        shapely.LineString(pair)
        for area in areas
        for pair in zip(area.exterior.coords[:-1], area.exterior.coords[1:], strict=True)
    ]
    met = sum(a.intersects(b) for i, a in enumerate(edges) for b in edges[i + 1 :])
    assert closures._crossings(areas) == met


def test_a_self_crossing_area_is_still_refused():
    bow = {"type": "Polygon", "coordinates": [[[0, 0], [1, 1], [1, 0], [0, 1], [0, 0]]]}
    with pytest.raises(InvalidInputError) as caught:
        drawn(bow)
    assert "Self-intersection" in caught.value.details["reason"]


@pytest.mark.parametrize("kind", ["Polygon", "MultiPolygon"])
def test_a_coordinate_too_large_for_a_number_is_refused(kind):
    ring = [[10**400, 0], [1, 1], [0, 1], [10**400, 0]]
    coordinates = [ring] if kind == "Polygon" else [[ring]]
    with pytest.raises(InvalidInputError) as caught:
        drawn({"type": kind, "coordinates": coordinates})
    assert caught.value.code == "geometry_unusable"


def _never(*args, **kwargs):
    raise AssertionError("this must not have been begun")
