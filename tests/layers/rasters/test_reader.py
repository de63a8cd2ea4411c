"""Raster files of strangers: every form that is read, and every one that is refused and why."""

from __future__ import annotations

import io
import zipfile

import numpy as np
import pytest
import rasterio
from PIL import Image
from rasterio.control import GroundControlPoint
from rasterio.enums import ColorInterp

from layers.errors import InvalidInputError, TooLargeError
from layers.rasters import reader, worldfile
from tests.layers.rasters.test_rasters import from_origin, write

WORLD = "0.5\n0\n0\n-0.25\n500000.25\n3900000\n"


def read(file, **options):
    """Return the grid and all strips of a file as one array."""
    with reader.opened(file, **options) as (grid, strips):
        return grid, np.concatenate(list(strips))


def refused(file, **options):
    """Return the code by which a file is refused."""
    with pytest.raises(InvalidInputError) as error:
        read(file, **options)
    return error.value.code


def picture(path, mode, size=(40, 30), world=WORLD, **options):
    image = Image.effect_mandelbrot(size, (-2, -1, 1, 1), 50).convert(mode)
    image.save(path, **options)
    if world:
        path.with_suffix(".pgw" if path.suffix == ".png" else ".jgw").write_text(world)
    return image


@pytest.mark.parametrize(
    ("name", "mode"),
    [("a.png", "RGB"), ("a.png", "RGBA"), ("a.png", "L"), ("a.png", "LA"), ("a.png", "P"),
     ("a.jpg", "RGB"), ("a.jpg", "L")],
)  # fmt: skip
def test_a_picture_comes_in_with_its_colours_and_its_world_file(tmp_path, name, mode):
    image = picture(tmp_path / name, mode)
    grid, pixels = read(tmp_path / name, image=True, crs="EPSG:4546")
    assert (grid.west, grid.north) == (500000.0, 3900000.125)
    assert (grid.pixel_width, grid.pixel_height) == (0.5, 0.25)
    wanted = np.asarray(Image.open(tmp_path / name).convert("RGBA"))
    assert image.size == (grid.columns, grid.rows)
    assert np.abs(pixels.astype(int) - wanted).max() <= (0 if name.endswith("png") else 3)


def test_an_image_is_clear_where_its_mask_or_no_data_says_so(tmp_path):
    values = np.full((3, 40, 50), 90, "uint8")
    values[:, :10] = 0
    file = write(tmp_path / "a.tif", values, nodata=0)
    pixels = read(file, image=True)[1]
    assert (pixels[:10, :, 3] == 0).all() and (pixels[10:, :, 3] == 255).all()
    four = np.concatenate([values, np.full((1, 40, 50), 7, "uint8")])
    with rasterio.open(write(tmp_path / "b.tif", four), "r+") as dataset:
        dataset.colorinterp = [ColorInterp.red, ColorInterp.green, ColorInterp.blue,
                               ColorInterp.alpha]  # fmt: skip
    assert (read(tmp_path / "b.tif", image=True)[1][..., 3] == 7).all()
    with rasterio.open(write(tmp_path / "c.tif", four), "r+") as dataset:
        dataset.colorinterp = [ColorInterp.red, ColorInterp.green, ColorInterp.blue,
                               ColorInterp.undefined]  # fmt: skip
    assert (read(tmp_path / "c.tif", image=True)[1][..., 3] == 255).all()  # a band of infrared


def test_a_picture_without_place_or_coordinate_system_is_refused(tmp_path):
    picture(tmp_path / "a.png", "RGB", world=None)
    assert refused(tmp_path / "a.png", image=True, crs="EPSG:4546") == "raster_no_place"
    picture(tmp_path / "b.png", "RGB")
    assert refused(tmp_path / "b.png", image=True) == "raster_no_crs"
    (tmp_path / "b.prj").write_text(rasterio.CRS.from_epsg(4546).to_wkt())
    assert "111" in read(tmp_path / "b.png", image=True)[0].crs


def test_values_are_not_taken_from_a_picture(tmp_path):
    picture(tmp_path / "a.png", "L")
    assert refused(tmp_path / "a.png", crs="EPSG:4546") == "raster_picture"


def test_an_image_is_of_eight_bits_and_one_to_four_bands(tmp_path):
    file = write(tmp_path / "a.tif", np.zeros((3, 9, 9), "uint16"))
    assert refused(file, image=True) == "raster_depth"
    assert refused(write(tmp_path / "b.tif", np.zeros((5, 9, 9), "uint8")), image=True) == (
        "raster_bands"
    )


def test_of_several_bands_of_values_one_is_named(tmp_path):
    values = np.arange(2 * 9 * 9, dtype="float32").reshape(2, 9, 9)
    file = write(tmp_path / "a.tif", values)
    assert refused(file) == "raster_which_band"
    assert refused(file, band=3) == "raster_band"
    assert np.array_equal(read(file, band=2)[1], values[1])


def test_control_points_alone_are_no_place(tmp_path):
    file = tmp_path / "a.tif"
    points = [GroundControlPoint(row=r, col=c, x=113 + c, y=35 - r) for r, c in
              ((0, 0), (0, 8), (8, 0))]  # fmt: skip
    with rasterio.open(
        file, "w", driver="GTiff", width=9, height=9, count=1, dtype="float32", gcps=points,
        crs="EPSG:4326",
    ) as dataset:  # fmt: skip
        dataset.write(np.ones((1, 9, 9), "float32"))
    assert refused(file, crs="EPSG:4326") == "raster_gcps"


@pytest.mark.parametrize("pixel", [1e-12, 1e9, float("nan"), float("inf")])
def test_pixels_of_no_size_that_a_map_has_are_refused(tmp_path, pixel):
    file = write(tmp_path / "a.tif", np.ones((9, 9), "float32"),
                 transform=from_origin(113.0, 35.0, pixel, pixel))  # fmt: skip
    assert refused(file) in ("raster_size", "raster_turned", "raster_no_place")


def test_a_picture_of_more_pixels_than_are_taken_is_refused_before_it_is_read(
    tmp_path, monkeypatch
):
    sparse = tmp_path / "a.tif"
    with rasterio.open(
        sparse, "w", driver="GTiff", width=40_000, height=40_000, count=1, dtype="uint8",
        crs="EPSG:4326", transform=from_origin(113.0, 35.0, 1e-5, 1e-5), SPARSE_OK=True,
        tiled=True, compress="deflate",
    ):  # fmt: skip
        pass
    assert sparse.stat().st_size < 1_000_000
    assert refused(sparse) == "raster_large"
    monkeypatch.setattr(reader, "MOST_BYTES", 100)
    with pytest.raises(TooLargeError):
        read(sparse)


@pytest.mark.parametrize(
    "text",
    ["", "1 2 3", "a b c d e f", "nan 0 0 -1 0 0", "1 0 0 -1 inf 0", "1 0 0 -1 0 0 7",
     "9" * 2000, "\x00" * 12],
)  # fmt: skip
def test_what_is_no_world_file_is_refused(tmp_path, text):
    (tmp_path / "a.pgw").write_text(text)
    with pytest.raises(InvalidInputError) as error:
        worldfile.read(tmp_path / "a.pgw", file_name="a.pgw")
    assert error.value.code == "raster_world_file"


@pytest.mark.parametrize("text", ["1 0.1 0 -1 0 0", "1 0 0 1 0 0", "-1 0 0 -1 0 0"])
def test_a_turned_or_mirrored_picture_is_refused(tmp_path, text):
    (tmp_path / "a.pgw").write_text(text)
    with pytest.raises(InvalidInputError) as error:
        worldfile.read(tmp_path / "a.pgw", file_name="a.pgw")
    assert error.value.code == "raster_turned"


def test_srtm_is_placed_by_its_name_alone(tmp_path):
    heights = np.zeros((1201, 1201), ">i2").tobytes()
    (tmp_path / "raster.hgt").write_bytes(heights)
    assert refused(tmp_path / "raster.hgt") == "raster_damaged"
    grid, _ = read(tmp_path / "raster.hgt", name="N34E113.hgt")
    assert grid.north == pytest.approx(35.0, abs=1e-3)
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("N34E113.hgt", bytes(reader._HGT_BYTES + 2))
    (tmp_path / "bomb.zip").write_bytes(held.getvalue())
    assert refused(tmp_path / "bomb.zip") == "raster_damaged"
    with zipfile.ZipFile(held, "w") as archive:
        archive.writestr("../../N34E113.hgt", heights)
    (tmp_path / "up.zip").write_bytes(held.getvalue())
    assert refused(tmp_path / "up.zip") == "raster_damaged"
