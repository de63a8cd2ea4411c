"""GeoJSON and GeoPackage files of public conformance suites: good ones in, bad ones by reason.

The bad GeoJSON cases are those of geojsonhint (ISC), rebuilt here from their names and messages:
what is kept of that suite are its verdicts. Not all that it calls bad is wrong by RFC 7946; each
row of the table says what we do, and where we accept, why.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from layers.errors import OneMapError
from layers.intake.files import look, read
from tests.layers.intake.conftest import Write

DATA = Path(os.environ.get("ONEMAP_REAL_DATA", "no-real-data")) / "conformance"
here = pytest.mark.skipif(not DATA.exists(), reason="the shared data is not here")
pytestmark = pytest.mark.usefixtures("forks")

LAX = "RFC 7946 3.1.6: parsers SHOULD NOT reject polygons that break the right-hand rule"
FOREIGN = "RFC 7946 6.1: foreign members are allowed; 7.1 has no say on what a reader does"
BOX = "a bbox is a hint (RFC 7946 5); it is not stored, the geometry speaks"
SQUARE = [[0, 0], [1, 0], [1, 1], [0, 0]]


def feature(geometry: object, **members: object) -> dict[str, object]:
    return {"type": "Feature", "properties": {}, "geometry": geometry, **members}


def shape(kind: object, coordinates: object) -> dict[str, object]:
    return {"type": kind, "coordinates": coordinates}


POINT = shape("Point", [100, 0.5])
# Name in the suite: (the file, what we answer). A word is an error's code or a fault's rule;
# a sentence says why the file is accepted.
CASES: dict[str, tuple[object, str]] = {
    "bad-duplicate-properties": ('{"type":"FeatureCollection","type":"Feature","features":[]}',
                                 "feature"),
    "bad-feature-with-number-id": (feature(POINT, id=100), "RFC 7946 3.2: a string or number"),
    "bad-featurelist": (shape("MultiLineString", [[0, 0], [1, 1]]), "coordinates"),
    "bad-json": ('{"type": "MultiPoint" "coordinates": [["foo"]]}', "unreadable_file"),
    "bad-object-type": ({"type": {"a": 1}}, "unreadable_file"),
    "bad-polygon-interiorring-rhr": (shape("Polygon", [[[0, 0], [9, 0], [9, 9], [0, 0]],
                                     [[5, 1], [6, 1], [6, 2], [5, 1]]]), LAX),
    "bad-polygonloop": (shape("Polygon", SQUARE), "coordinates"),
    "bad-properties-as-array": (feature(POINT, properties=[]), "feature"),
    "badcoord": (shape("Point", [[100], 0]), "coordinates"),
    "badcoordtype": (shape("LineString", [100, 0]), "coordinates"),
    "badfeature": ({"type": "FeatureCollection", "features": [1]}, "feature"),
    "badfeatureid": (feature(POINT, id={}), "feature"),
    "bbox-4or6elements": (feature(POINT, bbox=[1, 2, 3]), BOX),
    "bbox-contains-string": (feature(POINT, bbox=[1, "2", 3, 4]), BOX),
    "bbox-string": (feature(POINT, bbox="1,2,3,4"), BOX),
    "different-first-last": (shape("Polygon", [[*SQUARE[:3], [5, 5]]]), "ring"),
    "different-first-size": (shape("Polygon", [[*SQUARE[:3], [0, 0, 7]]]),
                             "the heights are dropped; the ring is closed without them"),
    "excessive_precision_truncated": (shape("Point", [100.123456789012, 0.5]),
                                      "more digits than a person needs are no fault"),
    "expected_object": (feature(POINT, properties=7), "feature"),
    "false": ({"type": "GeometryCollection", "geometries": [False]}, "unreadable_file"),
    "feature_changed_semantics": (feature(POINT, features=[], coordinates=[]), FOREIGN),
    "featurecollection-obj": ({"type": "FeatureCollection", "features": {}}, "unreadable_file"),
    "featurecollection-type-case": ({"type": "featurecollection", "features": []},
                                    "unreadable_file"),
    "featurecollection": ({"type": "FeatureCollection"}, "unreadable_file"),
    "featurecollection_changed_semantics": (
        {"type": "FeatureCollection", "features": [feature(POINT)], "properties": {},
         "coordinates": []}, FOREIGN),
    "geometry_changed_semantics": ({**POINT, "properties": {}, "geometry": {}, "features": []},
                                   FOREIGN),
    "geometrycollection_nested": (
        feature({"type": "GeometryCollection", "geometries": [
            {"type": "GeometryCollection", "geometries": [POINT]}]}), "geometry_type"),
    "geometrycollection_single": (
        feature({"type": "GeometryCollection", "geometries": [POINT]}), "geometry_type"),
    "multiple_problems": (
        {"type": "FeatureCollection", "features": [
            feature(shape("Point", ["1", "2"]), id={}), {"type": "x"}, 5,
            feature(shape("Point", "1"))]}, "feature"),
    "multipoint-multidimension": (shape("MultiPoint", [[[1, 2]]]), "coordinates"),
    "multipoint-nondimension": (shape("MultiPoint", [1, 2]), "coordinates"),
    "nofeaturetype": ({"type": "FeatureCollection", "features": [{"geometry": POINT,
                       "properties": {}}]}, "feature"),
    "notype": ({"features": []}, "unreadable_file"),
    "point-labeled-as-a-multipolygon": (shape("MultiPolygon", [100, 0.5]), "coordinates"),
    "point-string": (shape("Point", ["100", "0"]), "coordinates"),
    "point-toofew": (shape("Point", [100]), "coordinates"),
    "point-toomany": (shape("Point", [100, 0, 5, 6]),
                      "RFC 7946 3.1.1: parsers MAY ignore additional elements"),
    "point": ({"type": "Point"}, "coordinates"),
    "polygon_winding_order": (shape("Polygon", [SQUARE[::-1]]), LAX),
    "rootstring": ('"a"', "no_place_columns"),
    "short-line": (shape("LineString", [[1, 2]]), "coordinates"),
    "short-linearring": (shape("Polygon", [SQUARE[:3]]), "ring"),
    "short-multilinestring": (shape("MultiLineString", [[[1, 2]]]), "coordinates"),
    "stringcoord": (shape("LineString", [[1, 2], ["3", "4"]]), "coordinates"),
    "unknowntype": ({"type": "FooBar"}, "unreadable_file"),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_a_bad_geojson_is_refused_by_its_reason_or_accepted_for_one(
    write: Write, name: str
) -> None:
    content, answer = CASES[name]
    path = write(content if isinstance(content, str) else json.dumps(content))
    try:
        (table,) = read(path, crs="4326").tables
    except OneMapError as error:
        assert error.code == answer
        assert error.message
    else:
        rules = {fault.rule for fault in table.faults}
        if " " in answer:
            assert not rules and table.geometry[0] is not None
        else:
            assert answer in rules


@here
def test_every_bad_case_of_the_suite_has_its_row() -> None:
    folder = DATA / "geojson" / "bad"
    assert {path.stem for path in folder.iterdir()} == set(CASES)
    silent = {p.stem for p in folder.glob("*.result") if not json.loads(p.read_text())}
    assert silent == {"excessive_precision_truncated"}


GOOD = {"nullgeometry": "no geometry", "issue82": "positions outside the Earth"}


@here
@pytest.mark.parametrize(
    "path", sorted((DATA / "geojson" / "good").glob("*")), ids=lambda p: p.stem
)
def test_every_good_geojson_is_read_without_fault(path: Path) -> None:
    (table,) = read(path).tables
    assert len(table) and table.faults == ()
    assert all(shape is not None for shape in table.geometry) or path.stem in GOOD
    assert look(path).layers[0].rows == len(table)


# Which layers a GeoPackage of the suite (ets-gpkg12) has for us, with their rows; or why none.
GPKG: dict[str, dict[str, int] | str] = {
    "elevation": "gdal",
    "emp_ty": "no_layer",
    "features-0": {"0": 51},
    "features-0_1": {"0": 51},
    "gpkg-test-5208": {"geojson": 6},
    "null_geometry": {"new_geopackage": 3, "PointExamples": 2},
    "states10": {"statesQGIS": 51},
    "uint16": "gdal",
}


@here
@pytest.mark.parametrize("path", sorted(DATA.glob("gpkg/*.gpkg")), ids=lambda p: p.stem)
def test_every_geopackage_gives_its_layers_or_the_reason(path: Path) -> None:
    expected = GPKG.get(path.stem)
    try:
        seen = look(path)
    except OneMapError as error:
        assert error.details["got"]["code"] == f"unreadable.{expected}"
        return
    for layer in seen.layers:
        if layer.table is None:
            assert layer.error is not None and layer.rows is None
            continue
        (table,) = read(path, layer=layer.name, crs="4326").tables
        assert len(table) == layer.rows
        assert all(fault.rule == "geometry_type" for fault in table.faults)
    if isinstance(expected, dict):
        assert {layer.name: layer.rows for layer in seen.layers} == expected
    else:
        assert expected is None and path.stem.startswith("gdal_sample")
        kinds = {(layer.name, layer.geometry_type) for layer in seen.layers}
        assert {("point2d", "Point"), ("linestring2d", "LineString")} <= kinds, kinds
