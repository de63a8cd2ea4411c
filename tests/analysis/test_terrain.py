"""From registered rasters to the ground of a scenario, its zones and a plan."""

import datetime as dt
import os
from pathlib import Path

import numpy as np
import pytest
import rasterio
from affine import Affine

from analysis import terrain
from analysis.scenario import Release, Scenario, Weather
from analysis.situation import situation
from analysis.zones import zones
from layers import rasters
from layers.errors import OutOfRangeError
from layers.models import Incident
from layers.rasters import Told
from layers.rasters.window import sample

REAL = Path(os.environ.get("ONEMAP_REAL_DATA", "no-real-data")) / "raster"
real = [
    pytest.mark.real,
    pytest.mark.skipif(not REAL.is_dir(), reason="the real data is not here"),
]
LON, LAT, STEP = 113.5, 34.7, 0.0005
NOW = dt.datetime(2024, 4, 4, 4, tzinfo=dt.UTC)


def register(session, folder, values, *, kind="dem", name="made", west=None):
    """Put a grid with its middle at LON, LAT."""
    rows, columns = values.shape
    left = LON - columns / 2 * STEP if west is None else west
    place = Affine(STEP, 0.0, left, 0.0, -STEP, LAT + rows / 2 * STEP)
    path = folder / f"{name}.tif"
    with rasterio.open(
        path, "w", driver="GTiff", height=rows, width=columns, count=1, dtype="float32",
        crs="EPSG:4326", transform=place,
    ) as dataset:  # fmt: skip
        dataset.write(values.astype("float32")[None])
    return rasters.add(session, path, Told(kind=kind, name=name, source="made for this test"))


def scenario(kind, **release):
    return Scenario(
        kind=kind, lon=LON, lat=LAT, occurred_at=NOW, at=NOW, release=Release(**release),
        weather=Weather(wind_speed_m_s=3.0, wind_from_deg=270.0),
    )  # fmt: skip


def plane(rows=400, columns=400):
    """A plane: 10 m up a row toward the north, 3 m down a column toward the east."""
    down, right = np.indices((rows, columns))
    return 7000.0 - 10.0 * down - 3.0 * right


def test_values_between_pixels_are_those_of_the_plane(session, tmp_path):
    register(session, tmp_path, plane())
    lon = LON + np.array([0.0, 0.00013, -0.00391])
    lat = LAT + np.array([0.0, -0.00029, 0.0047])
    row = (LAT + 200 * STEP - lat) / STEP - 0.5
    column = (lon - (LON - 200 * STEP)) / STEP - 0.5
    found = sample(session, "dem", lon=lon, lat=lat)
    assert found.values == pytest.approx(7000.0 - 10.0 * row - 3.0 * column, abs=1e-3)
    assert [raster.name for raster in found.rasters] == ["made"]


def test_sheets_side_by_side_join_and_beyond_them_nobody_knows(session, tmp_path):
    register(session, tmp_path, np.full((100, 100), 10.0), name="west", west=LON - 100 * STEP)
    register(session, tmp_path, np.full((100, 100), 20.0), name="east", west=LON)
    lon = LON + np.array([-0.01, -1e-6, 1e-6, 0.01, 0.2])
    found = sample(session, "dem", lon=lon, lat=np.full(5, LAT)).values
    assert np.array_equal(found, [10.0, 10.0, 20.0, 20.0, np.nan], equal_nan=True)


def test_a_raster_far_finer_than_the_places_is_read_pixel_by_pixel(session, tmp_path, monkeypatch):
    register(session, tmp_path, plane(500, 500))
    lon, lat = LON + np.linspace(-0.1, 0.1, 50), LAT + np.linspace(0.1, -0.1, 50)
    fine = sample(session, "dem", lon=lon, lat=lat).values
    monkeypatch.setattr("layers.rasters.window.MOST_PIXELS", 10)
    assert sample(session, "dem", lon=lon, lat=lat).values == pytest.approx(fine, abs=7.0)


def test_a_fire_gets_its_slope_and_fuel_from_the_rasters(session, tmp_path):
    register(session, tmp_path, plane())
    fuel = np.full((400, 400), 101.0)
    register(session, tmp_path, fuel, kind="fuel", name="fuel")
    ground = terrain.around(session, scenario("forest_fire", fuel_moisture_pct=8.0))
    middle = ground.elevation_m.shape[0] // 2
    north, south = ground.elevation_m[middle - 5, middle], ground.elevation_m[middle + 5, middle]
    # A row is 0.0005 degrees, 55.5 m: 10 m up over them.
    assert (north - south) / (10 * ground.cell_size_m) == pytest.approx(10.0 / 55.48, rel=0.01)
    assert (ground.fuel_number == 101.0).all()
    assert ground.sources == (
        "made: made for this test (55 m)",
        "fuel: made for this test (55 m)",
    )


def test_where_no_terrain_model_reaches_there_is_no_ground(session, tmp_path):
    assert terrain.around(session, scenario("forest_fire")) is None
    assert terrain.around(session, scenario("flood", rise_m=1.0)) is None
    register(session, tmp_path, plane())
    assert terrain.around(session, scenario("toxic_release")) is None
    absurd = scenario("flood", rise_m=1e9)
    assert terrain.around(session, absurd) is None


def test_a_flood_is_looked_for_in_a_larger_grid_until_it_fits(session, tmp_path):
    down, right = np.indices((800, 800)) - 400
    bowl = 100.0 + np.hypot(down, right) * 0.5
    register(session, tmp_path, bowl)
    small = terrain.around(session, scenario("flood", rise_m=5.0))
    large = terrain.around(session, scenario("flood", rise_m=30.0))
    assert small.cell_size_m < large.cell_size_m
    found = zones(Scenario(**{**vars(scenario("flood", rise_m=30.0)), "ground": large}))
    # 60 pixels of 55.5 m and 45.8 m.
    wet = next(zone for zone in found.zones if zone.level == "yellow")
    assert wet.area_m2 == pytest.approx(np.pi * 60**2 * 55.48 * 45.8, rel=0.03)
    assert {zone.cut for zone in found.zones} == {None}


def test_a_situation_brings_its_ground(session, tmp_path):
    register(session, tmp_path, plane())
    incident = Incident(kind="flood", occurred_at=NOW, release={"rise_m": 2.0}, weather={})
    known = situation(session, incident, now=NOW, place=(LON, LAT))
    assert known.scenario.ground is not None
    assert zones(known.scenario).zones


@pytest.mark.parametrize("_", [pytest.param(None, marks=real)])
def test_the_valley_of_andorra_floods_along_its_river(session, _):
    file = REAL / "andorra_N42E001.hgt.zip"
    rasters.add(session, file, Told(kind="dem", name="SRTM N42E001", source="NASA SRTM"))
    base = scenario("flood", rise_m=5.0)
    case = Scenario(**{**vars(base), "lon": 1.5218, "lat": 42.5063})
    ground = terrain.around(session, case)
    found = zones(Scenario(**{**vars(case), "ground": ground}))
    assert 1_000 < found.zones[-1].area_m2 < 20e6
    fire = Scenario(**{**vars(case), "kind": "forest_fire", "release": Release(fuel_model="10")})
    burned = zones(Scenario(**{**vars(fire), "ground": terrain.around(session, fire)}))
    assert len(burned.zones) == 4


def test_a_fire_that_no_model_takes_stops_no_report(session, tmp_path):
    """Wang Zhengfei's rate is below 0 on a cold, damp day: the zones say so, not the situation."""
    register(session, tmp_path, plane())
    damp = {"temperature_c": -5.0, "humidity_pct": 95.0, "wind_speed_m_s": 0.0}
    incident = Incident(kind="forest_fire", occurred_at=NOW, release={}, weather=damp)
    known = situation(session, incident, now=NOW, place=(LON, LAT),
                      changes={"choices": {"spread_model": "wang_zhengfei"}})  # fmt: skip
    with pytest.raises(OutOfRangeError, match="too cold and damp"):
        zones(known.scenario)


@pytest.mark.parametrize(
    "weather",
    [
        {"wind_speed_m_s": 110.0, "wind_from_deg": 360.0, "temperature_c": 60.0, "humidity_pct": 0},
        {"wind_speed_m_s": 0.0, "temperature_c": -90.0, "humidity_pct": 100.0},
    ],
)
def test_the_ends_of_the_weather_have_an_answer(session, weather):
    incident = Incident(kind="forest_fire", occurred_at=NOW, release={}, weather=weather)
    found = zones(situation(session, incident, now=NOW, place=(LON, LAT)).scenario)
    assert found.models
