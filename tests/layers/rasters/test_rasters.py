"""Rasters of a site: taken in pixel by pixel, refused with a reason, read back in blocks."""

import os
import uuid
import zipfile
from pathlib import Path

import numpy as np
import pytest
import rasterio
from affine import Affine
from sqlalchemy import func, select

from layers import rasters
from layers.errors import (
    ConflictError,
    DamagedError,
    InvalidInputError,
    NotFoundError,
    OutOfRangeError,
    TooLargeError,
    UnknownCrsError,
)
from layers.intake.load import allow_long
from layers.models import Raster, RasterTile
from layers.rasters import Told
from layers.rasters.tiles import SIDE, pack, unpack

REAL = Path(os.environ.get("ONEMAP_REAL_DATA", "/nowhere")) / "raster"
real = [
    pytest.mark.real,
    pytest.mark.skipif(not REAL.is_dir(), reason="the real data is not here"),
]
DEM = Told(kind="dem", name="hills", source="made for this test")


def from_origin(west, north, width, height):
    return Affine(width, 0.0, west, 0.0, -height, north)


def write(path, values, *, crs="EPSG:4326", transform=None, nodata=None, **more):
    transform = transform or from_origin(113.0, 35.0, 0.001, 0.001)
    bands = np.atleast_3d(values) if values.ndim == 2 else values
    bands = values[None] if values.ndim == 2 else bands
    with rasterio.open(
        path, "w", driver="GTiff", height=bands.shape[1], width=bands.shape[2],
        count=bands.shape[0], dtype=bands.dtype, crs=crs, transform=transform, nodata=nodata,
        **more,
    ) as dataset:  # fmt: skip
        dataset.write(bands)
    return path


@pytest.fixture
def session(session):
    """Give a session that may wait for the child that reads a file, as whoever adds one does."""
    allow_long(session)
    return session


@pytest.fixture
def hills():
    return (np.random.default_rng(3).random((300, 520)) * 900 - 20).astype("float32")


def test_every_pixel_comes_back_as_it_was(session, tmp_path, hills):
    hills[100:140, 200:400] = -9999
    shown = rasters.add(session, write(tmp_path / "a.tif", hills, nodata=-9999), DEM)
    row = session.get(Raster, uuid.UUID(shown["id"]))
    got = rasters.block(session, row, rows=(0, 300), columns=(0, 520)).pixels
    wanted = np.where(hills == -9999, np.nan, hills)
    assert np.array_equal(got, wanted, equal_nan=True)
    part = rasters.block(session, row, rows=(250, 999), columns=(-5, 260))
    assert (part.first_row, part.first_column) == (250, 0)
    assert np.array_equal(part.pixels, wanted[250:300, 0:260], equal_nan=True)
    assert shown["minimum"] == pytest.approx(float(np.nanmin(wanted)))
    assert shown["unit"] == "m"
    assert shown["resolution_m"] == pytest.approx(111.0, abs=0.5)


def test_a_projected_raster_in_whole_numbers_with_scale_is_read(session, tmp_path):
    values = np.arange(12, dtype="int16").reshape(3, 4)
    path = tmp_path / "p.tif"
    write(path, values, crs="EPSG:32649", transform=from_origin(700_000, 3_850_000, 50, 50))
    with rasterio.open(path, "r+") as dataset:
        dataset.scales, dataset.offsets = (0.5,), (100.0,)
    shown = rasters.add(session, path, DEM)
    assert (shown["minimum"], shown["maximum"]) == (100.0, 105.5)
    assert shown["resolution_m"] == pytest.approx(50.0, abs=0.1)
    bounds = session.scalar(select(func.ST_XMin(Raster.geom)))
    assert 113.0 < bounds < 113.3


def test_tiles_without_data_take_no_row(session, tmp_path):
    values = np.full((SIDE * 2, SIDE * 2), np.nan, dtype="float32")
    values[0, 0] = 7.0
    shown = rasters.add(session, write(tmp_path / "e.tif", values), DEM)
    assert session.scalar(select(func.count()).select_from(RasterTile)) == 1
    row = session.get(Raster, uuid.UUID(shown["id"]))
    assert np.isnan(rasters.block(session, row, rows=(SIDE, SIDE + 2), columns=(0, 9)).pixels).all()


def test_the_register_lists_and_removes_with_the_pixels(session, tmp_path, hills):
    file = write(tmp_path / "a.tif", hills)
    shown = rasters.add(session, file, DEM)
    assert rasters.listed(session) == [shown]
    with pytest.raises(ConflictError, match="hills"):
        rasters.add(session, file, DEM)
    assert rasters.remove(session, uuid.UUID(shown["id"])) == shown
    assert rasters.listed(session) == []
    assert session.scalar(select(func.count()).select_from(RasterTile)) == 0
    with pytest.raises(NotFoundError):
        rasters.remove(session, uuid.UUID(shown["id"]))


@pytest.mark.parametrize(
    ("change", "match"),
    [
        ({"kind": "photo"}, "kind: got 'photo', wanted one of dem, fuel, population"),
        ({"unit": "ft"}, "unit: got 'ft', wanted one of m"),
        ({"source": " "}, "source"),
        ({"source_date": "yesterday"}, "wanted a year, month or day"),
        ({"period": "dusk"}, "period"),
        ({"band": 4}, "no such band"),
    ],
)
def test_what_is_said_of_it_is_checked(session, tmp_path, hills, change, match):
    with pytest.raises(InvalidInputError, match=match):
        rasters.add(session, write(tmp_path / "a.tif", hills), Told(**{**vars(DEM), **change}))


def test_a_file_without_coordinate_system_is_refused_until_one_is_named(session, tmp_path, hills):
    file = write(tmp_path / "a.tif", hills, crs=None)
    with pytest.raises(InvalidInputError) as error:
        rasters.add(session, file, DEM)
    assert error.value.code == "raster_no_crs"
    with pytest.raises(UnknownCrsError):
        rasters.add(session, file, Told(**{**vars(DEM), "crs": "EPSG:99999"}))
    assert rasters.add(session, file, Told(**{**vars(DEM), "crs": "EPSG:4490"}))["crs"]


@pytest.mark.parametrize(
    "named",
    [
        "+proj=longlat +nadgrids=/etc/passwd +type=crs",
        "+proj=longlat +ellps=krass +nadgrids=http://127.0.0.1/a.gsb +type=crs",
        "EPSG:4610",
        "EPSG:4214",
        "GCJ-02",
    ],
)
def test_a_system_that_names_a_file_or_is_off_by_a_hundred_metres_is_refused(
    session, tmp_path, hills, named
):
    file = write(tmp_path / "a.tif", hills, crs=None)
    with pytest.raises(UnknownCrsError):
        rasters.add(session, file, Told(**{**vars(DEM), "crs": named}))
    assert rasters.listed(session) == []


def test_a_turned_raster_and_one_upside_down_are_refused(session, tmp_path, hills):
    for name, place in (
        ("t.tif", Affine(0.001, 0.0002, 113.0, 0.0002, -0.001, 35.0)),
        ("u.tif", Affine(0.001, 0.0, 113.0, 0.0, 0.001, 34.0)),
    ):
        with pytest.raises(InvalidInputError) as error:
            rasters.add(session, write(tmp_path / name, hills, transform=place), DEM)
        assert error.value.code == "raster_turned"


@pytest.mark.parametrize("value", [-9999.0, 65535.0])
def test_a_height_that_is_none_is_refused_and_asks_for_no_data(session, tmp_path, hills, value):
    hills[3, 3] = value
    with pytest.raises(OutOfRangeError, match=r"is no data marked\?"):
        rasters.add(session, write(tmp_path / "a.tif", hills), DEM)


def test_a_raster_over_the_edge_of_the_world_is_refused(session, tmp_path, hills):
    with pytest.raises(OutOfRangeError, match="edge of the world"):
        rasters.add(
            session,
            write(tmp_path / "a.tif", hills, transform=from_origin(179.9, 35.0, 0.001, 0.001)),
            DEM,
        )


def test_a_file_of_nothing_but_gaps_is_refused(session, tmp_path):
    nothing = np.full((9, 9), np.nan, dtype="float32")
    with pytest.raises(InvalidInputError) as error:
        rasters.add(session, write(tmp_path / "n.tif", nothing), DEM)
    assert error.value.code == "raster_empty"


@pytest.mark.parametrize("keep", [0, 60, 2000, -3000])
def test_a_file_cut_short_is_refused_wherever_it_ends(session, tmp_path, hills, keep):
    file = write(tmp_path / "whole.tif", hills, compress="deflate")
    cut = tmp_path / "cut.tif"
    cut.write_bytes(file.read_bytes()[:keep])
    with pytest.raises(InvalidInputError) as error:
        rasters.add(session, cut, DEM)
    assert error.value.code == "raster_damaged"


def test_other_formats_and_names_are_not_opened(session, tmp_path, hills):
    vrt = tmp_path / "a.tif"
    vrt.write_text('<VRTDataset rasterXSize="1" rasterYSize="1"></VRTDataset>')
    text = tmp_path / "a.csv"
    text.write_text("1,2,3")
    bad_zip = tmp_path / "b.zip"
    bad_zip.write_bytes(b"PK not")
    for file in (vrt, text, bad_zip):
        with pytest.raises(InvalidInputError) as error:
            rasters.add(session, file, DEM)
        assert error.value.code == "raster_damaged"


def test_srtm_in_a_zip_is_placed_by_its_name(session, tmp_path):
    heights = np.full((1201, 1201), 250, dtype=">i2")
    heights[600, 600] = 1000
    heights[0, 0] = -32768
    file = tmp_path / "N42E001.hgt.zip"
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("N42E001.hgt", heights.tobytes())
    shown = rasters.add(session, file, DEM)
    assert (shown["minimum"], shown["maximum"]) == (250.0, 1000.0)
    row = session.get(Raster, uuid.UUID(shown["id"]))
    # The middle of the middle pixel is the middle of the degree.
    assert row.west + 600.5 * row.pixel_width == pytest.approx(1.5)
    assert row.north - 600.5 * row.pixel_height == pytest.approx(42.5)
    assert np.isnan(rasters.block(session, row, rows=(0, 1), columns=(0, 1)).pixels[0, 0])


def test_a_block_that_is_too_large_and_a_damaged_tile_say_so(session, tmp_path, hills, monkeypatch):
    shown = rasters.add(session, write(tmp_path / "a.tif", hills), DEM)
    row = session.get(Raster, uuid.UUID(shown["id"]))
    monkeypatch.setattr("layers.rasters.tiles.MOST_PIXELS", 100)
    with pytest.raises(TooLargeError):
        rasters.block(session, row, rows=(0, 50), columns=(0, 50))
    with pytest.raises(DamagedError):
        unpack(b"no tile")
    tile = np.random.default_rng(1).random((SIDE, SIDE)).astype("float32")
    assert np.array_equal(unpack(pack(tile)), tile)


@pytest.mark.parametrize(
    ("name", "kind", "low", "high"),
    [
        pytest.param("weihai_dem.tif", "dem", -50, 1000, marks=real),
        pytest.param("andorra_N42E001.hgt.zip", "dem", 200, 3200, marks=real),
        pytest.param("worldpop_ppp_2020_1km_crop.tif", "population", 0, 1e6, marks=real),
    ],
)
def test_real_rasters_come_in(session, name, kind, low, high):
    shown = rasters.add(session, REAL / name, Told(kind=kind, name=name, source="see SOURCES.md"))
    assert low <= shown["minimum"] <= shown["maximum"] <= high


@pytest.mark.parametrize("name", [pytest.param("rasterio_corrupt.tif", marks=real)])
def test_a_real_damaged_file_is_refused(session, name):
    for said in ({"kind": "imagery"}, {"kind": "dem", "band": 1}):
        with pytest.raises(InvalidInputError) as error:
            rasters.add(session, REAL / name, Told(name=name, source="see SOURCES.md", **said))
        assert error.value.code == "raster_damaged"
