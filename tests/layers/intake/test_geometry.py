"""Geometries from strangers: told wrong with the reason, before GEOS sees them."""

from __future__ import annotations

import json
import struct

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry.base import BaseGeometry

from layers.catalog import find
from layers.intake.geometry import GeometryError, from_geojson, from_wkt
from layers.intake.shapes import check_geometries
from layers.intake.wkb import from_wkb

SQUARE = [[0, 0], [1, 0], [1, 1], [0, 0]]


@pytest.mark.parametrize(
    ("value", "rule"),
    [
        ({"type": "GeometryCollection", "geometries": []}, "geometry_type"),
        ({"type": "point", "coordinates": [1, 2]}, "geometry_type"),
        (5, "geometry_type"),
        ({"type": "Point"}, "coordinates"),
        ({"type": "Point", "coordinates": []}, "empty"),
        ({"type": "Point", "coordinates": [1]}, "coordinates"),
        ({"type": "Point", "coordinates": ["1", "2"]}, "coordinates"),
        ({"type": "Point", "coordinates": [True, 2]}, "coordinates"),
        ({"type": "Point", "coordinates": [float("nan"), 2]}, "finite"),
        ({"type": "Point", "coordinates": [10**400, 2]}, "finite"),
        ({"type": "LineString", "coordinates": [[0, 0]]}, "coordinates"),
        ({"type": "Polygon", "coordinates": [SQUARE[:3]]}, "ring"),
        ({"type": "Polygon", "coordinates": [[*SQUARE[:3], [2, 2]]]}, "ring"),
        ({"type": "MultiPolygon", "coordinates": [[[[[0, 0]]]]]}, "coordinates"),
        ({"type": "LineString", "coordinates": [[0, 0]] * 200_001}, "vertices"),
    ],
)
def test_a_wrong_geojson_geometry_is_refused_by_its_rule(value: object, rule: str) -> None:
    with pytest.raises(GeometryError) as caught:
        from_geojson(value)
    assert caught.value.code == rule


coordinates = st.tuples(st.floats(-180, 180), st.floats(-90, 90))


@given(st.lists(coordinates, min_size=2, max_size=20))
@settings(max_examples=200, derandomize=True)
def test_what_is_accepted_reads_back_equal(points: list[tuple[float, float]]) -> None:
    line = from_geojson(json.loads(json.dumps({"type": "LineString", "coordinates": points})))
    assert line is not None
    assert np.array_equal(shapely.get_coordinates(line), np.array(points))
    assert from_wkb(shapely.to_wkb(line)) == line


@given(st.binary(max_size=200))
@settings(max_examples=500, derandomize=True)
def test_no_bytes_crash_the_wkb_reader(data: bytes) -> None:
    try:
        from_wkb(data)
    except GeometryError as error:
        assert error.code in ("wkb", "geometry_type", "vertices")


def test_nested_collections_that_end_geos_are_refused() -> None:
    nested = b"\x01" + struct.pack("<II", 7, 1)
    with pytest.raises(GeometryError, match="WKB type 7"):
        from_wkb(nested * 20_000 + shapely.to_wkb(shapely.Point(0, 0)))
    hidden = b"\x01" + struct.pack("<II", 6, 1)
    with pytest.raises(GeometryError, match="WKB type 6"):
        from_wkb(hidden * 20_000 + shapely.to_wkb(shapely.Point(0, 0)))


@pytest.mark.parametrize("flavor", ["iso", "extended"])
def test_all_kinds_of_wkb_are_walked(flavor: str) -> None:
    for text in (
        "POINT Z (1 2 3)", "LINESTRING (0 0, 1 1)",
        "POLYGON ((0 0, 1 0, 1 1, 0 0), (.2 .1, .3 .1, .3 .2, .2 .1))",
        "MULTIPOINT Z ((0 0 1), (1 1 1))", "MULTILINESTRING ((0 0, 1 1), (2 2, 3 3))",
        "MULTIPOLYGON (((0 0, 1 0, 1 1, 0 0)), ((5 5, 6 5, 6 6, 5 5)))",
    ):  # fmt: skip
        shape = shapely.from_wkt(text)
        data = shapely.to_wkb(shape, flavor=flavor, output_dimension=3)
        assert from_wkb(data) == shapely.force_2d(shape)


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("GEOMETRYCOLLECTION(" * 30_000, "geometry_type"),
        ("POLYGON" + "(" * 50_000, "vertices"),
        ("POINT (1", "wkt"),
        ("nonsense", "geometry_type"),
    ],
)
def test_a_wrong_wkt_is_refused_by_its_rule(text: str, rule: str) -> None:
    with pytest.raises(GeometryError) as caught:
        from_wkt(text)
    assert caught.value.code == rule


def rules(layer: str, *shapes: str | BaseGeometry | None) -> list[tuple[int | None, str]]:
    """Return the faults of geometries (or their WKT) for a layer."""
    made = [shapely.from_wkt(s) if isinstance(s, str) else s for s in shapes]
    array = np.array(made, dtype=object)
    _, faults = check_geometries(find(layer), array, np.arange(1, len(shapes) + 1))
    return [(fault.row, fault.rule) for fault in faults]


def test_places_outside_the_earth_exchanged_or_infinite_are_told_apart() -> None:
    with np.errstate(invalid="ignore"):
        holed = shapely.LineString([(0, 0), (float("nan"), 1)])
    found = rules(
        "team", "POINT (200 100)", "POINT (30.2 120.1)", "POINT (1 inf)", None, holed,
        "POINT (120 30)",
    )  # fmt: skip
    assert sorted(found) == [
        (1, "out_of_range"), (2, "swapped"), (3, "finite"), (4, "geometry_required"),
        (5, "finite"),
    ]  # fmt: skip


def test_a_self_crossing_polygon_is_refused_with_the_place() -> None:
    bow = np.array([shapely.from_wkt("POLYGON ((0 0, 2 2, 2 0, 0 2, 0 0))")], dtype=object)
    made, faults = check_geometries(find("team"), bow, np.array([7]))
    assert made[0] is None
    assert (faults[0].row, faults[0].got) == (7, "Self-intersection[1 1]")


def test_one_part_fits_a_multi_type_and_back_but_another_type_does_not() -> None:
    assert rules("region", "POLYGON ((0 0, 1 0, 1 1, 0 0))", "POINT (1 1)") == [
        (2, "geometry_type")
    ]
    assert rules("fire_water", "MULTIPOINT ((1 1))", "MULTIPOINT ((1 1), (2 2))") == [
        (2, "geometry_type")
    ]
