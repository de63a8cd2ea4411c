"""People of a raster: counted by the share of each pixel, with what is not covered said."""

import os
from pathlib import Path

import numpy as np
import pytest
import rasterio
import shapely
from affine import Affine
from pyproj import Geod, Transformer
from shapely.geometry import Point, box

from analysis.population import population
from layers import rasters
from layers.rasters import Told

REAL = Path(os.environ.get("ONEMAP_REAL_DATA", "no-real-data")) / "raster"
real = [
    pytest.mark.real,
    pytest.mark.skipif(not REAL.is_dir(), reason="the real data is not here"),
]
LON, LAT, SIDE = 114.0, 30.0, 0.01


def register(session, folder, values, name="people", **more):
    crs = more.pop("crs", "EPSG:4326")
    place = more.pop("place", Affine(SIDE, 0.0, LON, 0.0, -SIDE, LAT))
    path = folder / f"{name}.tif"
    with rasterio.open(
        path, "w", driver="GTiff", height=values.shape[0], width=values.shape[1], count=1,
        dtype="float32", crs=crs, transform=place, nodata=-1.0,
    ) as dataset:  # fmt: skip
        dataset.write(values.astype("float32")[None])
    told = Told(kind="population", name=name, source="made for this test", **more)
    return rasters.add(session, path, told)


def test_whole_pixels_give_their_sum_and_half_a_pixel_half(session, tmp_path):
    values = np.arange(100.0).reshape(10, 10)
    register(session, tmp_path, values, source_date="2020")
    whole = population(session, box(LON, LAT - 10 * SIDE, LON + 10 * SIDE, LAT))
    assert whole.count == pytest.approx(values.sum())
    assert whole.covered_share == pytest.approx(1.0)
    assert (whole.source, whole.source_date) == ("made for this test", "2020")
    half = population(session, box(LON, LAT - SIDE, LON + 1.5 * SIDE, LAT))
    assert half.count == pytest.approx(values[0, 0] + values[0, 1] / 2)


def test_a_triangle_takes_each_pixel_by_its_share(session, tmp_path):
    register(session, tmp_path, np.full((10, 10), 8.0))
    corner = shapely.Polygon([(LON, LAT), (LON + 10 * SIDE, LAT), (LON, LAT - 10 * SIDE)])
    assert population(session, corner).count == pytest.approx(8.0 * 50)


def test_a_hole_is_not_counted(session, tmp_path):
    register(session, tmp_path, np.ones((10, 10)))
    ring = box(LON, LAT - 10 * SIDE, LON + 10 * SIDE, LAT) - box(
        LON + 2 * SIDE, LAT - 4 * SIDE, LON + 4 * SIDE, LAT - 2 * SIDE
    )
    assert population(session, ring).count == pytest.approx(96.0)


def test_what_the_raster_does_not_cover_is_said(session, tmp_path):
    values = np.ones((10, 10))
    values[:, 5:] = -1.0
    register(session, tmp_path, values)
    inside = population(session, box(LON, LAT - 10 * SIDE, LON + 10 * SIDE, LAT))
    assert (inside.count, inside.covered_share) == pytest.approx((50.0, 0.5))
    beyond = population(session, box(LON - 5 * SIDE, LAT - 10 * SIDE, LON + 5 * SIDE, LAT))
    assert (beyond.count, beyond.covered_share) == pytest.approx((50.0, 0.5))


def test_where_no_raster_reaches_nobody_knows(session, tmp_path):
    values = np.ones((10, 10))
    values[:, 5:] = -1.0
    register(session, tmp_path, values)
    assert population(session, Point(10, 10).buffer(0.1)) is None
    assert population(session, box(LON + 6 * SIDE, LAT - SIDE, LON + 7 * SIDE, LAT)) is None
    assert population(session, shapely.Polygon()) is None


def test_a_density_is_multiplied_by_the_area(session, tmp_path):
    place = Affine(1000.0, 0.0, 700_000.0, 0.0, -1000.0, 3_400_000.0)
    register(session, tmp_path, np.full((4, 4), 250.0), crs="EPSG:32649", place=place,
             unit="people/km2")  # fmt: skip
    back = Transformer.from_crs(32649, 4326, always_xy=True)
    square = shapely.segmentize(box(700_500, 3_397_000, 702_500, 3_399_000), 50)
    area = shapely.transform(square, lambda c: np.column_stack(back.transform(c[:, 0], c[:, 1])))
    km2 = abs(Geod(ellps="WGS84").geometry_area_perimeter(area)[0]) / 1e6
    assert population(session, area).count == pytest.approx(250.0 * km2, rel=1e-4)
    assert km2 == pytest.approx(4.0, rel=1e-3)


def test_a_density_on_the_web_mercator_grid_uses_the_true_area(session, tmp_path):
    """At 30 degrees that grid shows everything a third too large."""
    west, north = Transformer.from_crs(4326, 3857, always_xy=True).transform(114.0, 30.5)
    place = Affine(1000.0, 0.0, west, 0.0, -1000.0, north)
    register(session, tmp_path, np.full((40, 40), 250.0), crs="EPSG:3857", place=place,
             unit="people/km2")  # fmt: skip
    area = box(114.05, 30.3, 114.25, 30.45)
    km2 = abs(Geod(ellps="WGS84").geometry_area_perimeter(shapely.segmentize(area, 0.001))[0]) / 1e6
    assert population(session, area).count == pytest.approx(250.0 * km2, rel=1e-3)


def test_a_density_in_degrees_uses_the_true_area(session, tmp_path):
    register(session, tmp_path, np.full((10, 10), 100.0), unit="people/km2")
    area = box(LON, LAT - 10 * SIDE, LON + 10 * SIDE, LAT)
    km2 = abs(Geod(ellps="WGS84").geometry_area_perimeter(shapely.segmentize(area, 0.001))[0]) / 1e6
    assert population(session, area).count == pytest.approx(100.0 * km2, rel=1e-3)


def test_by_night_the_raster_of_the_night_counts_and_never_both(session, tmp_path):
    register(session, tmp_path, np.full((10, 10), 1.0), "any")
    register(session, tmp_path, np.full((10, 10), 3.0), "night", period="night")
    area = box(LON, LAT - SIDE, LON + SIDE, LAT)
    assert population(session, area, period="night").count == pytest.approx(3.0)
    assert population(session, area, period="day").count == pytest.approx(1.0)
    assert population(session, area).raster == "any"


@pytest.mark.parametrize("_", [pytest.param(None, marks=real)])
def test_worldpop_sums_to_what_its_pixels_sum_to(session, _):
    file = REAL / "worldpop_ppp_2020_1km_crop.tif"
    rasters.add(session, file, Told(kind="population", name="WorldPop", source="WorldPop 2020"))
    with rasterio.open(file) as dataset:
        bounds, pixels = dataset.bounds, dataset.read(1, masked=True)
    found = population(session, box(*bounds))
    assert found.count == pytest.approx(float(pixels.sum(dtype=float)), rel=1e-6)


@pytest.mark.parametrize("_", [pytest.param(None, marks=real)])
def test_the_population_grid_of_helsinki_gives_its_people_back(session, tmp_path, _):
    """92 squares of 250 m, burned into a raster of the same squares."""
    import pyogrio

    frame = pyogrio.read_dataframe(REAL / "helsinki_population_grid_2020.gpkg")
    column = next(name for name in frame.columns if "pop" in name.lower() or "asuk" in name.lower())
    squares = frame.to_crs(3879)
    west, south, east, north = squares.total_bounds
    side = 250.0
    rows, columns = round((north - south) / side), round((east - west) / side)
    values = np.full((rows, columns), -1.0)
    for shape, people in zip(squares.geometry, frame[column], strict=True):
        at = shape.centroid
        values[int((north - at.y) // side), int((at.x - west) // side)] = people
    register(session, tmp_path, values, crs="EPSG:3879",
             place=Affine(side, 0.0, west, 0.0, -side, north))  # fmt: skip
    everywhere = squares.buffer(0.01).to_crs(4326).union_all()
    assert population(session, everywhere).count == pytest.approx(frame[column].sum(), rel=0.01)
