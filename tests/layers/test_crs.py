"""Coordinate systems: published vectors, exact inverses, refusals with their reason."""

from __future__ import annotations

import json
import os
from pathlib import Path

import numpy as np
import pyproj
import pytest
import shapely

from layers.crs import (
    Crs,
    bd09_from_gcj02,
    bd09_from_wgs84,
    gcj02_from_bd09,
    gcj02_from_wgs84,
    lon_lat,
    mercator_from_wgs84,
    parse_crs,
    to_wgs84,
    wgs84_from_gcj02,
    wgs84_from_mercator,
)
from layers.errors import InvalidInputError, UnknownCrsError

CITIES = Path(os.environ.get("ONEMAP_REAL_DATA", "no-real-data")) / "conformance/coordinates.json"
# WGS 84, GCJ-02, BD-09, computed with two public implementations that agree to the last digit.
VECTORS = [
    (116.397428, 39.90923, 116.403671626, 39.910633506, 116.410044102, 39.916972856),
    (113.6254, 34.7466, 113.631446664, 34.745417451, 113.637847355, 34.75172309),
    (111.8758, 34.7472, 111.881781707, 34.745985064, 111.88833612, 34.751789064),
    (121.4737, 31.2304, 121.478223059, 31.228457738, 121.484781469, 31.234310594),
    (87.6168, 43.8256, 87.619649949, 43.826805393, 87.626099771, 43.832949795),
]


@pytest.mark.parametrize("vector", VECTORS)
def test_shifted_systems_agree_with_the_published_vectors(vector: tuple[float, ...]) -> None:
    lon, lat, gcj_lon, gcj_lat, bd_lon, bd_lat = vector
    assert np.allclose(gcj02_from_wgs84(lon, lat), (gcj_lon, gcj_lat), rtol=0, atol=2e-9)
    assert np.allclose(bd09_from_wgs84(lon, lat), (bd_lon, bd_lat), rtol=0, atol=2e-9)


def test_inverses_are_exact_to_a_billionth_of_a_degree() -> None:
    random = np.random.default_rng(1)
    lon, lat = random.uniform(73, 137, 20_000), random.uniform(1.5, 55, 20_000)
    assert np.allclose(wgs84_from_gcj02(*gcj02_from_wgs84(lon, lat)), (lon, lat), rtol=0, atol=1e-9)
    assert np.allclose(gcj02_from_bd09(*bd09_from_gcj02(lon, lat)), (lon, lat), rtol=0, atol=1e-9)


def test_outside_china_nothing_is_shifted() -> None:
    assert gcj02_from_wgs84(9.52, 47.14) == (9.52, 47.14)
    assert wgs84_from_gcj02(9.52, 47.14) == (9.52, 47.14)


@pytest.mark.skipif(not CITIES.exists(), reason="the shared conformance data is not here")
def test_cities_agree_with_what_the_map_vendors_answer() -> None:
    for city in json.loads(CITIES.read_text())["cities"]:
        assert np.allclose(gcj02_from_wgs84(*city["WGS84"]), city["GCJ02"], rtol=0, atol=1e-4)
        assert np.allclose(bd09_from_gcj02(*city["GCJ02"]), city["BD09"], rtol=0, atol=1e-5)
        assert np.allclose(mercator_from_wgs84(*city["WGS84"]), city["EPSG3857"], rtol=0, atol=0.5)


@pytest.mark.skipif(not CITIES.exists(), reason="the shared conformance data is not here")
def test_points_agree_with_what_other_implementations_print() -> None:
    points = json.loads(CITIES.read_text())["points"]
    for point in points["wgs2gcj"]:
        assert np.allclose(gcj02_from_wgs84(*point["wgs"]), point["gcj"], rtol=0, atol=1e-6)
    readme = points["coordtransform_readme"]
    place = readme["input"]
    assert np.allclose(gcj02_from_wgs84(*place), readme["wgs84togcj02"], rtol=0, atol=1e-9)
    assert np.allclose(bd09_from_gcj02(*place), readme["gcj02tobd09"], rtol=0, atol=1e-9)
    # Their inverses are one step: metres and decimetres off.
    assert np.allclose(wgs84_from_gcj02(*place), readme["gcj02towgs84"], rtol=0, atol=5e-5)
    assert np.allclose(gcj02_from_bd09(*place), readme["bd09togcj02"], rtol=0, atol=2e-6)
    for lon, lat in points["outside_china_identity"]:
        assert gcj02_from_wgs84(lon, lat) == (lon, lat)


def test_the_cgcs2000_zone_of_the_published_example_comes_back() -> None:
    lon, lat = lon_lat(465698.278227, 3846545.057421, parse_crs("EPSG:4547"))
    assert np.allclose((lon, lat), (113.6254, 34.7466), rtol=0, atol=1e-9)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("4326", "EPSG:4326"), ("epsg:4490", "EPSG:4490"), (4549, "EPSG:4549"),
        ("CGCS2000", "EPSG:4490"), ("WGS 84", "EPSG:4326"), ("gcj-02", "GCJ-02"),
        ("BD09", "BD-09"), ("urn:ogc:def:crs:OGC:1.3:CRS84", "EPSG:4326"),
        ("urn:ogc:def:crs:EPSG::4490", "EPSG:4490"),
        (pyproj.CRS(4547).to_wkt("WKT1_ESRI"), "EPSG:4547"),
    ],
)  # fmt: skip
def test_a_system_is_known_by_each_of_its_usual_names(text: str | int, name: str) -> None:
    assert parse_crs(text).name == name


@pytest.mark.parametrize(
    "text", ["4610", "EPSG:4214", 4555, "Xian80", "EPSG:2333", "EPSG:2433",
             pyproj.CRS(4610).to_wkt("WKT1_ESRI")],
)  # fmt: skip
def test_old_datums_are_refused_with_the_reason(text: str | int) -> None:
    with pytest.raises(UnknownCrsError, match="seven parameters"):
        parse_crs(text)


@pytest.mark.parametrize("text", ["", "EPSG:999999", "nonsense", "4326; drop table", "A" * 30_000])
def test_a_name_of_no_system_says_what_to_give(text: str) -> None:
    with pytest.raises(UnknownCrsError):
        parse_crs(text)


def test_geometries_are_turned_and_missing_ones_stay_missing() -> None:
    gcj = Crs("GCJ-02", kind="gcj02")
    turned = to_wgs84(np.array([shapely.Point(113.631446664, 34.745417451), None]), gcj)
    assert turned[0].equals_exact(shapely.Point(113.6254, 34.7466), 1e-8)
    assert turned[1] is None


def test_mercator_agrees_with_proj_and_refuses_the_pole() -> None:
    proj = pyproj.Transformer.from_crs(4326, 3857, always_xy=True)
    assert np.allclose(mercator_from_wgs84(121.47, 31.23), proj.transform(121.47, 31.23), atol=1e-6)
    assert np.allclose(wgs84_from_mercator(*mercator_from_wgs84(121.47, 31.23)), (121.47, 31.23))
    with pytest.raises(InvalidInputError):
        mercator_from_wgs84(0, 90)


def test_the_offset_changes_as_little_as_the_last_step_of_the_inverse_relies_on() -> None:
    random = np.random.default_rng(2)
    lon, lat = random.uniform(73, 137, 50_000), random.uniform(1, 55, 50_000)
    for turn, most in ((gcj02_from_wgs84, 0.007), (bd09_from_gcj02, 0.022)):
        offset = [
            np.array(turn(lon + east, lat + north)) - np.array([lon + east, lat + north])
            for east, north in ((0, 0), (1e-6, 0), (0, 1e-6))
        ]
        moved = sum(np.abs(each - offset[0]) for each in offset[1:]) / 1e-6
        assert 0.9 * most < moved.max() < most + 1e-4
