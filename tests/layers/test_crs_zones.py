"""Gauss-Krüger zones, old datums with their parameters, and what numbers alone tell."""

from __future__ import annotations

import numpy as np
import pyproj
import pytest

from layers.crs import fit, from_lon_lat, guess, lon_lat, parse_crs, zone_at, zone_of, zones
from layers.errors import UnknownCrsError

# The published example: (113.6254, 34.7466) in EPSG:4547.
EAST, NORTH = 465698.278227, 3846545.057421
NUMBERED = 38_000_000 + EAST
SEVEN = "15.8,-154.4,-82.3,1.1,-0.2,0.4,3.9"


@pytest.mark.parametrize("family", ["cgcs2000", "xian1980", "beijing1954"])
def test_every_zone_is_what_the_authority_says_of_its_code(family) -> None:
    names = {"cgcs2000": "CGCS2000", "xian1980": "Xian 1980", "beijing1954": "Beijing 1954"}
    found = list(zones(family))
    assert len(found) == 64
    for zone in found:
        system = pyproj.CRS(zone.epsg)
        told = {p.name: p.value for p in system.coordinate_operation.params}
        easting = 500_000 + (1_000_000 * zone.number if zone.numbered else 0)
        assert system.name.startswith(names[family])
        assert told["Longitude of natural origin"] == zone.meridian_deg
        assert told["False easting"] == easting
        assert ("3-degree" in system.name) == (zone.width_deg == 3)


def test_every_zone_of_cgcs2000_turns_a_place_and_back() -> None:
    for zone in zones():
        crs = parse_crs(zone.epsg)
        x, y = from_lon_lat(zone.meridian_deg + 0.4, 34.7466, crs)
        assert np.allclose(lon_lat(x, y, crs), (zone.meridian_deg + 0.4, 34.7466), atol=1e-9)
        assert (x // 1_000_000 == zone.number) == zone.numbered


def test_the_zone_of_a_longitude_is_the_one_whose_middle_is_nearest() -> None:
    assert zone_at(113.6254).name == "EPSG:4547"
    assert zone_at(113.6254, numbered=True).name == "EPSG:4526"
    assert zone_at(113.6254, width_deg=6).meridian_deg == 111
    assert zone_at(-80.0) is None
    assert zone_of("EPSG:4326") is None


@pytest.mark.parametrize(
    ("x", "y", "told", "used", "swapped", "codes"),
    [
        (EAST, NORTH, 4547, "EPSG:4547", False, []),
        (NUMBERED, NORTH, 4547, "EPSG:4526", False, ["crs.zone_in_easting"]),
        (EAST, NORTH, 4526, "EPSG:4547", False, ["crs.zone_not_in_easting"]),
        (NORTH, EAST, 4547, "EPSG:4547", True, ["crs.swapped"]),
        (NORTH, NUMBERED, 4547, "EPSG:4526", True, ["crs.swapped", "crs.zone_in_easting"]),
        (34.7466, 113.6254, 4326, "EPSG:4326", True, ["crs.swapped"]),
        (113.6254, 34.7466, 4326, "EPSG:4326", False, []),
        (34.7466, 113.6254, "GCJ-02", "GCJ-02", True, ["crs.swapped"]),
        # Off Sansha a northing could be an easting: nothing is changed without certainty.
        (452_000.0, 870_000.0, 4547, "EPSG:4547", False, []),
    ],
)
def test_numbers_are_read_as_they_must_be_and_it_is_said(x, y, told, used, swapped, codes) -> None:
    found = fit(np.full(5, x), np.full(5, y), parse_crs(told))
    assert (found.crs.name, found.swapped) == (used, swapped)
    assert [note.code for note in found.notes] == codes
    if abs(y) > 1000 and y != 870_000.0:
        x, y = (y, x) if swapped else (x, y)
        assert np.allclose(lon_lat(x, y, found.crs), (113.6254, 34.7466), atol=1e-9)


def test_an_esri_text_of_a_zone_is_understood_like_its_code() -> None:
    told = parse_crs(pyproj.CRS(4547).to_wkt("WKT1_ESRI"))
    assert fit([NUMBERED], [NORTH], told).crs.name == "EPSG:4526"


def test_a_zone_number_that_contradicts_the_system_is_refused() -> None:
    with pytest.raises(UnknownCrsError, match="begin with 38, EPSG:4549 is zone 40") as caught:
        fit([NUMBERED], [NORTH], parse_crs(4549))
    assert caught.value.code == "zone_conflict"


def test_a_few_odd_rows_change_nothing_and_no_rows_neither() -> None:
    x, y = np.full(100, EAST), np.full(100, NORTH)
    x[:2], y[:2] = NORTH, EAST
    assert fit(x, y, parse_crs(4547)).notes == ()
    assert fit([], [], parse_crs(4547)).notes == ()
    assert fit([np.nan, 0], [1, 0], parse_crs(4547)).notes == ()


@pytest.mark.parametrize(
    ("x", "y", "near", "first", "swapped"),
    [
        (113.6, 34.7, None, "EPSG:4326", False),
        (34.7, 113.6, None, "EPSG:4326", True),
        (43.8, 87.6, None, "EPSG:4326", True),
        (43.8, 87.6, (40, 80, 50, 89), "EPSG:4326", False),
        (9.5, 47.1, None, "EPSG:4326", False),
        (NUMBERED, NORTH, None, "EPSG:4526", False),
        (NORTH, NUMBERED, None, "EPSG:4526", True),
        (20_000_000 + EAST, NORTH, None, "EPSG:4498", False),
        (EAST, NORTH, (113, 34, 114, 35), "EPSG:4547", False),
        (NORTH, EAST, (119, 29, 120.9, 31), "EPSG:4549", True),
        (12_648_000.0, 4_130_000.0, None, "EPSG:3857", False),
    ],
)
def test_the_likeliest_system_of_bare_numbers_comes_first(x, y, near, first, swapped) -> None:
    found = guess(np.full(9, x), np.full(9, y), near=near)
    assert (found[0].crs.name, found[0].swapped) == (first, swapped)
    assert not found[0].certain, "numbers alone never tell the datum"
    assert all(candidate.reasons for candidate in found)


def test_degrees_in_china_may_be_shifted_and_elsewhere_not() -> None:
    assert [c.crs.name for c in guess([113.6], [34.7])][2:] == ["GCJ-02", "BD-09"]
    assert [c.crs.name for c in guess([9.5], [47.1])] == ["EPSG:4326", "EPSG:4490"]


def test_eastings_without_a_zone_could_be_in_every_one() -> None:
    assert len(guess([EAST], [NORTH])) == 21
    assert guess([1e9], [1e9]) == ()
    assert guess([], []) == ()


@pytest.mark.parametrize("base", ["EPSG:4610", "EPSG:4214", "Xian80", "EPSG:2383", "EPSG:2435"])
def test_an_old_datum_is_taken_with_the_parameters_of_the_place(base) -> None:
    crs = parse_crs(f"{base}+towgs84={SEVEN}")
    assert crs.name.endswith("+towgs84")
    assert "154.4" not in repr(crs), "parameters of a place may be secret"
    x, y = from_lon_lat(113.6254, 34.7466, crs)
    # PROJ turns the linear seven-parameter formula back to the second order: a millimetre.
    assert np.allclose(lon_lat(x, y, crs), (113.6254, 34.7466), rtol=0, atol=2e-8)


def geocentric(lon, lat, a, inverse_f) -> np.ndarray:
    e2 = (2 - 1 / inverse_f) / inverse_f
    phi, lam = np.radians(lat), np.radians(lon)
    n = a / np.sqrt(1 - e2 * np.sin(phi) ** 2)
    return np.array([n * np.cos(phi) * np.cos(lam), n * np.cos(phi) * np.sin(lam),
                     n * (1 - e2) * np.sin(phi)])  # fmt: skip


def geodetic(p, a, inverse_f) -> tuple[float, float]:
    e2 = (2 - 1 / inverse_f) / inverse_f
    r = np.hypot(p[0], p[1])
    phi = np.arctan2(p[2], r * (1 - e2))
    for _ in range(20):
        n = a / np.sqrt(1 - e2 * np.sin(phi) ** 2)
        phi = np.arctan2(p[2] + e2 * n * np.sin(phi), r)
    return np.degrees(np.arctan2(p[1], p[0])), np.degrees(phi)


def test_parameters_move_a_place_as_the_seven_parameter_formula_says() -> None:
    dx, dy, dz, rx, ry, rz, ds = (float(n) for n in SEVEN.split(","))
    r = np.radians(np.array([rx, ry, rz]) / 3600)
    turn = np.array([[1, -r[2], r[1]], [r[2], 1, -r[0]], [-r[1], r[0], 1]])
    p = geocentric(113.6254, 34.7466, 6378140.0, 298.257)
    moved = np.array([dx, dy, dz]) + (1 + ds * 1e-6) * turn @ p
    expected = geodetic(moved, 6378137.0, 298.257223563)
    found = lon_lat(113.6254, 34.7466, parse_crs(f"EPSG:4610+towgs84={SEVEN}"))
    assert np.allclose(found, expected, rtol=0, atol=2e-9)


def test_the_handbooks_way_of_writing_has_the_opposite_rotations() -> None:
    here = parse_crs(f"EPSG:4610+towgs84={SEVEN}")
    handbook = parse_crs("EPSG:4610+bursa=15.8,-154.4,-82.3,-1.1,0.2,-0.4,3.9")
    assert lon_lat(113.6, 34.7, here) == lon_lat(113.6, 34.7, handbook)


@pytest.mark.parametrize(
    "text",
    [
        "EPSG:4610+towgs84=1,2", "EPSG:4610+towgs84=a,b,c", "EPSG:4610+towgs84=0,0,0",
        "EPSG:4610+towgs84=nan,1,1", "EPSG:4610+towgs84=5000,1,1", "EPSG:4610+towgs84=",
        "EPSG:4490+towgs84=1,2,3", "EPSG:4610+towgs84=1,2,3,400,5,6,7",
    ],
)  # fmt: skip
def test_parameters_that_cannot_be_are_refused_without_repeating_them(text) -> None:
    with pytest.raises(UnknownCrsError) as caught:
        parse_crs(text)
    assert caught.value.code == "datum_parameters"
    assert "5000" not in caught.value.message


def test_a_zone_of_an_old_datum_keeps_its_parameters_when_it_is_rewritten() -> None:
    told = parse_crs(f"EPSG:2383+towgs84={SEVEN}")
    found = fit([NUMBERED], [NORTH], told)
    assert found.crs.name == "EPSG:2362+towgs84"
    same = lon_lat(NUMBERED, NORTH, found.crs), lon_lat(EAST, NORTH, told)
    assert np.allclose(*same, rtol=0, atol=1e-12)


def test_zeros_that_a_files_own_text_gives_are_not_parameters() -> None:
    with pytest.raises(UnknownCrsError, match="seven parameters"):
        parse_crs(
            'GEOGCS["Beijing 1954",DATUM["Beijing_1954",SPHEROID["Krassowsky 1940",6378245,298.3],'
            'TOWGS84[0,0,0,0,0,0,0]],PRIMEM["Greenwich",0],UNIT["degree",0.0174532925199433]]'
        )
