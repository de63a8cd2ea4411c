"""What a raster says at a place, along a line and of an area, against second implementations."""

from __future__ import annotations

import os
import shutil
import subprocess
import uuid
from pathlib import Path

import numpy as np
import pytest
import shapely
from pyproj import Geod, Transformer

from layers import rasters
from layers.errors import InvalidInputError, TooLargeError
from layers.intake.load import allow_long
from layers.rasters import Told
from layers.rasters.values import profile, value_at
from layers.rasters.zonal import zonal
from tests.layers.rasters.test_rasters import from_origin, write

REAL = Path(os.environ.get("ONEMAP_REAL_DATA", "/nowhere")) / "raster"
GEOD = Geod(ellps="WGS84")
LOCATION = pytest.mark.skipif(
    shutil.which("gdallocationinfo") is None, reason="gdal-bin is not here"
)


@pytest.fixture
def kept(session, tmp_path):
    """Give a function: values kept as a raster, its row and the file it came from."""
    allow_long(session)

    def keep(values, *, kind="dem", crs="EPSG:4490", transform=None, **said):
        path = write(tmp_path / f"{uuid.uuid4()}.tif", values, crs=crs, transform=transform)
        shown = rasters.add(session, path, Told(kind=kind, name="r", source="made", **said))
        return rasters.one(session, uuid.UUID(shown["id"])), path

    return keep


@LOCATION
@pytest.mark.parametrize("crs", ["EPSG:4326", "EPSG:32649", "EPSG:4546"])
def test_the_value_at_a_place_is_that_of_gdallocationinfo(session, kept, crs):
    x0, y0 = Transformer.from_crs(4326, crs, always_xy=True).transform(113.0, 35.0)
    size = 0.001 if crs == "EPSG:4326" else 90.0
    values = np.random.default_rng(6).integers(1, 14, (300, 280)).astype("float32")
    row, path = kept(values, kind="fuel", crs=crs, transform=from_origin(x0, y0, size, size))
    places = np.random.default_rng(7).uniform((113.02, 34.8), (113.2, 34.98), (60, 2))
    told = subprocess.run(
        ["gdallocationinfo", "-valonly", "-wgs84", path],
        input="\n".join(f"{lon} {lat}" for lon, lat in places), text=True, capture_output=True,
        check=True,
    ).stdout.split()  # fmt: skip
    got = [value_at(session, row, lon=lon, lat=lat).value for lon, lat in places]
    assert got == [float(word) for word in told]


def test_between_pixels_a_value_is_bilinear_and_next_to_a_gap_the_nearest(session, kept):
    values = np.array([[10.0, 20.0, np.nan], [30.0, 40.0, np.nan]], "float32")
    row, _ = kept(values, transform=from_origin(113.0, 35.0, 0.1, 0.1))
    for lon, lat, wanted in (
        (113.05, 34.95, 10.0), (113.10, 34.95, 15.0), (113.10, 34.90, 25.0), (113.05, 34.875, 25.0),
        (113.0, 35.0, 10.0), (113.16, 34.95, 20.0),
    ):  # fmt: skip
        got = value_at(session, row, lon=lon, lat=lat).value
        assert got == pytest.approx(wanted, abs=1e-4), (lon, lat)
    gap = value_at(session, row, lon=113.28, lat=34.95)
    outside = value_at(session, row, lon=113.5, lat=34.95)
    assert (gap.value, gap.reason) == (None, "no_data")
    assert (outside.value, outside.reason) == (None, "outside")


def test_a_profile_is_asked_at_even_distances_along_the_geodesic(session, kept):
    row, _ = kept(np.random.default_rng(2).random((300, 300)).astype("float32") * 100)
    line = [(113.01, 34.99), (113.2, 34.95), (113.25, 34.75)]
    found = profile(session, row, line, points=101)
    steps = GEOD.inv(found.lon[:-1], found.lat[:-1], found.lon[1:], found.lat[1:])[2]
    whole = GEOD.line_length([lon for lon, _ in line], [lat for _, lat in line])
    assert found.length_m == pytest.approx(whole)
    assert np.diff(found.distance_m) == pytest.approx(whole / 100)
    # One step goes round the corner and is shorter in the air.
    assert (np.abs(steps - whole / 100) < 0.01).sum() == 99
    for at in (0, 37, 100):
        alone = value_at(session, row, lon=found.lon[at], lat=found.lat[at]).value
        assert found.values[at] == pytest.approx(alone, abs=1e-6)


def test_climbs_and_falls_along_a_line_add_up(session, kept):
    saw = np.tile([0.0, 10.0, 5.0, 20.0], 10)[None].repeat(6, axis=0).astype("float32")
    row, _ = kept(saw)
    at = [113.0 + 0.0005, 113.0 + 0.0005 + 39 * 0.001]
    found = profile(session, row, [(each, 34.9975) for each in at], points=40)
    assert found.ascent == pytest.approx(10 * 25.0, abs=0.1)
    assert found.descent == pytest.approx(10 * 25.0 - 20.0, abs=0.1)


def brute(values, polygon, pixel, west, north, *, geographic):
    """Return shares, values and areas of pixels in a polygon, one intersection each."""
    shares, found, areas = [], [], []
    for (r, c), value in np.ndenumerate(values):
        box = shapely.box(west + c * pixel, north - (r + 1) * pixel, west + (c + 1) * pixel,
                          north - r * pixel)  # fmt: skip
        share = box.intersection(polygon).area / box.area
        if share > 0 and np.isfinite(value):
            shares.append(share)
            found.append(value)
            area = abs(GEOD.geometry_area_perimeter(box)[0]) if geographic else box.area
            areas.append(area / 1e6)
    return np.array(shares), np.array(found, float), np.array(areas)


@pytest.mark.parametrize("geographic", [True, False])
def test_an_area_is_summed_up_as_pixel_by_pixel(session, kept, geographic):
    values = (np.random.default_rng(5).random((24, 30)) * 500).astype("float32")
    values[3:6, 4:9] = np.nan
    crs = "EPSG:4490" if geographic else "EPSG:4546"
    into = Transformer.from_crs(4326, crs, always_xy=True)
    pixel = 0.01 if geographic else 1000.0
    west, north = (113.0, 35.0) if geographic else into.transform(113.4, 35.0)
    row, _ = kept(values, crs=crs, transform=from_origin(west, north, pixel, pixel))
    corners = np.array([[2.3, 2.7], [25.6, 3.1], [20.2, 20.9], [11.4, 11.1], [3.3, 21.2]])
    own = np.column_stack([west + corners[:, 0] * pixel, north - corners[:, 1] * pixel])
    lon, lat = into.transform(own[:, 0], own[:, 1], direction="INVERSE")
    found = zonal(session, row, shapely.Polygon(np.column_stack([lon, lat])))
    shares, known, areas = brute(values, shapely.Polygon(own), pixel, west, north,
                                 geographic=geographic)  # fmt: skip
    weight = shares * areas
    mean = (known * weight).sum() / weight.sum()
    assert found.count == pytest.approx(shares.sum(), rel=2e-3)
    assert found.mean == pytest.approx(mean, rel=1e-3)
    assert found.total == pytest.approx((known * shares).sum(), rel=2e-3)
    spread = np.sqrt(((known - mean) ** 2 * weight).sum() / weight.sum())
    assert found.stdev == pytest.approx(spread, rel=2e-3)
    assert found.area_km2 * found.covered_share == pytest.approx(weight.sum(), rel=3e-3)


def test_people_are_counted_from_a_density_and_from_people_a_pixel_alike(session, kept):
    people = np.random.default_rng(8).random((20, 20)).astype("float32") * 50
    row, _ = kept(people, kind="population", unit="people")
    tops = 35.0 - np.arange(20) * 0.001
    km2 = np.array([
        abs(GEOD.geometry_area_perimeter(shapely.box(0, t - 0.001, 0.001, t))[0]) / 1e6
        for t in tops
    ])  # fmt: skip
    dense = (people / km2[:, None]).astype("float32")
    other, _ = kept(dense, kind="population", unit="people/km2")
    area = shapely.box(113.0021, 34.9853, 113.0164, 34.9987)
    one, two = zonal(session, row, area), zonal(session, other, area)
    assert one.total == pytest.approx(two.total, rel=1e-5)


def test_on_the_web_mercator_grid_the_true_area_counts(session, kept):
    """At 34 degrees of latitude that grid shows everything 1.45 times as large."""
    west, north = Transformer.from_crs(4326, 3857, always_xy=True).transform(113.0, 35.0)
    row, _ = kept(np.full((60, 60), 100.0, "float32"), kind="population", unit="people/km2",
                  crs="EPSG:3857", transform=from_origin(west, north, 500.0, 500.0))  # fmt: skip
    area = shapely.box(113.02, 34.85, 113.2, 34.95)
    found = zonal(session, row, area)
    assert found.covered_share == pytest.approx(1.0, abs=1e-3)
    assert found.total == pytest.approx(100.0 * found.area_km2, rel=1e-3)
    half = zonal(session, row, shapely.box(112.8, 34.85, 113.2, 34.95))
    assert half.covered_share == pytest.approx(0.5, abs=1e-3)


def test_fuel_is_told_by_its_share_of_the_ground(session, kept):
    fuel = np.full((10, 10), 1.0, "float32")
    fuel[:, 5:] = 8.0
    row, _ = kept(fuel, kind="fuel")
    found = zonal(session, row, shapely.box(113.0025, 34.99, 113.01, 35.0))
    shares = {each.value: each.share for each in found.classes}
    assert shares == {1: pytest.approx(1 / 3, rel=1e-6), 8: pytest.approx(2 / 3, rel=1e-6)}


def test_an_area_beyond_the_raster_says_how_little_is_known(session, kept):
    row, _ = kept(np.full((100, 100), 5.0, "float32"))
    half = zonal(session, row, shapely.box(113.05, 34.9, 113.15, 35.0))
    assert half.covered_share == pytest.approx(0.5, abs=1e-3)
    assert (half.mean, half.minimum, half.maximum) == (5.0, 5.0, 5.0)
    nothing = zonal(session, row, shapely.box(10.0, 10.0, 11.0, 11.0))
    assert (nothing.covered_share, nothing.mean, nothing.total) == (0.0, None, None)
    world = zonal(session, row, shapely.box(-180.0, -90.0, 180.0, 90.0))
    assert world.count == pytest.approx(100 * 100)
    assert world.area_km2 == pytest.approx(510_065_622, rel=1e-3)  # WGS 84, the whole globe
    assert 0.0 < world.covered_share < 1e-5


def test_an_area_of_too_many_pixels_or_corners_is_refused(session, kept, monkeypatch):
    row, _ = kept(np.full((100, 100), 5.0, "float32"))
    monkeypatch.setattr("layers.rasters.zonal.MOST_VERTICES", 3)
    with pytest.raises(TooLargeError):
        zonal(session, row, shapely.box(113.0, 34.9, 113.1, 35.0))
    monkeypatch.undo()
    monkeypatch.setattr("layers.rasters.zonal.MOST_PIXELS", 99)
    with pytest.raises(TooLargeError, match="too fine"):
        zonal(session, row, shapely.box(113.0, 34.9, 113.1, 35.0))
    with pytest.raises(InvalidInputError, match="Polygon"):
        zonal(session, row, shapely.Point(113.0, 35.0))


def test_strips_of_an_area_add_up_to_the_whole(session, kept, monkeypatch):
    values = (np.random.default_rng(9).random((300, 40)) * 90).astype("float32")
    row, _ = kept(values)
    area = shapely.Point(113.02, 34.85).buffer(0.14)
    whole = zonal(session, row, area)
    monkeypatch.setattr("layers.rasters.zonal._STRIP_ROWS", 17)
    cut = zonal(session, row, area)
    assert cut.count == pytest.approx(whole.count, rel=1e-9)
    assert cut.mean == pytest.approx(whole.mean, rel=1e-9)
    assert cut.total == pytest.approx(whole.total, rel=1e-9)
