"""Tiles of rasters: every pixel shows its own place, tiles join, nothing is shown where none is."""

from __future__ import annotations

import io
import shutil
import subprocess

import numpy as np
import pytest
import rasterio
from PIL import Image
from pyproj import Geod, Transformer

from layers.errors import DamagedError, OutOfRangeError
from tests.tiles.raster_site import made, tile_at
from tiles import raster as draw
from tiles.grid import Tile
from tiles.raster import relief
from tiles.raster.style import drawing

MIDDLE = (113.25, 34.75)
GEOD = Geod(ellps="WGS84")
MERCATOR = Transformer.from_crs(3857, 4326, always_xy=True)
GDALDEM = pytest.mark.skipif(shutil.which("gdaldem") is None, reason="gdal-bin is not here")


def ground_m(lat):
    """Return metres on the ground a metre of EPSG:3857, eastward and northward, by geodesics."""
    y = 6_378_137.0 * np.arcsinh(np.tan(np.radians(lat)))
    lon, lats = MERCATOR.transform([0.0, 100.0, 0.0, 0.0], [y, y, y - 50.0, y + 50.0])
    east = GEOD.inv(lon[0], lats[0], lon[1], lats[1])[2]
    return east / 100.0, GEOD.inv(lon[2], lats[2], lon[3], lats[3])[2] / 100.0


def hills(rows=600, columns=600):
    down, along = np.mgrid[0:rows, 0:columns]
    return (300.0 + 200.0 * np.sin(along / 31.0) * np.cos(down / 43.0)).astype("float32")


def picture(png):
    return np.asarray(Image.open(io.BytesIO(png)).convert("RGBA"))


def places(tile, side=256):
    """Return lon, lat of the middles of a tile's pixels."""
    west, _, _, north = tile.bounds
    step = (np.arange(side) + 0.5) * tile.side_m / side
    x, y = np.meshgrid(west + step, north - step)
    return MERCATOR.transform(x, y)


@pytest.mark.parametrize("z", [9, 11, 13, 16])
@pytest.mark.parametrize("crs", ["EPSG:4490", "EPSG:4546", "EPSG:4526", "EPSG:32649"])
def test_every_pixel_shows_the_value_of_its_own_place(tmp_path, crs, z):
    # The values are a plane in the raster's own coordinates, which bilinear values reproduce.
    into = Transformer.from_crs(4326, crs, always_xy=True)
    x0, y0 = into.transform(113.0, 35.0)
    pixel = 0.001 if crs == "EPSG:4490" else 100.0
    down, along = np.mgrid[0:500, 0:500] + 0.5
    values = (along + 2.0 * down).astype("float32")
    file, row = made(tmp_path, values, crs=crs, west=x0, north=y0, pixel=pixel)
    tile = Tile(*tile_at(*MIDDLE, z))
    seen = draw.pixels(file, row, tile, side_px=256, method="bilinear")[0]
    x, y = into.transform(*places(tile))
    wanted = (np.array(x) - x0) / pixel + 2.0 * (y0 - np.array(y)) / pixel
    inside = np.isfinite(seen)
    edge = 4.0 * tile.side_m / 256 / row.resolution_m + 2.0
    deep = (x > x0 + edge * pixel) & (x < x0 + (500 - edge) * pixel)
    deep &= (y < y0 - edge * pixel) & (y > y0 - (500 - edge) * pixel)
    assert inside[deep].all() and deep.any()
    # An overview's pixel is the mean of those it stands for: of a plane the same value again.
    assert np.abs(seen - wanted)[deep].max() < 0.05 * max(1.0, edge)


@pytest.mark.parametrize("z", [8, 10, 12, 14, 17])
@pytest.mark.parametrize("crs", ["EPSG:4490", "EPSG:4546"])
def test_neighbouring_tiles_join_without_a_seam(tmp_path, crs, z):
    x0, y0 = Transformer.from_crs(4326, crs, always_xy=True).transform(113.0, 35.0)
    pixel = 0.001 if crs == "EPSG:4490" else 100.0
    file, row = made(tmp_path, hills(), crs=crs, west=x0, north=y0, pixel=pixel)
    _, x, y = tile_at(*MIDDLE, z)

    def read(x, y, margin):
        return draw.pixels(file, row, Tile(z, x, y), side_px=256, method="cubic", margin=margin)[0]

    here = read(x, y, relief.MARGIN_PX)
    step = np.nanmax(np.abs(np.diff(here, axis=1)))
    for neighbour, mine, theirs in (
        (read(x + 1, y, 0), here[1:-1, -1], np.s_[:, 0]),
        (read(x, y + 1, 0), here[-1, 1:-1], np.s_[0, :]),
    ):
        joined = neighbour[theirs]
        assert (np.isnan(mine) == np.isnan(joined)).all()
        assert np.nanmax(np.abs(mine - joined), initial=0.0) < 0.02 * step


@GDALDEM
@pytest.mark.parametrize(("style", "most"), [("slope", 0.15), ("hillshade", 1.5)])
def test_slope_and_shade_are_those_of_gdaldem(tmp_path, style, most):
    file, row = made(tmp_path, hills())
    tile = Tile(*tile_at(*MIDDLE, 13))
    heights = draw.pixels(file, row, tile, side_px=256, method="cubic", margin=1)[0]
    pixel_m = tile.side_m / 256
    west, _, _, north = tile.bounds
    (_, lat) = MERCATOR.transform(west, north - tile.side_m / 2)
    scale = np.mean(ground_m(lat))
    source, answer = tmp_path / "heights.tif", tmp_path / f"{style}.tif"
    with rasterio.open(
        source, "w", driver="GTiff", width=258, height=258, count=1, dtype="float64",
        crs="EPSG:3857",
        transform=rasterio.Affine(pixel_m, 0, west - pixel_m, 0, -pixel_m, north + pixel_m),
    ) as dataset:  # fmt: skip
        dataset.write(heights[None])
    subprocess.run(
        ["gdaldem", style, source, answer, "-s", str(scale), "-q"], check=True, capture_output=True
    )
    with rasterio.open(answer) as dataset:
        wanted = dataset.read(1)[1:-1, 1:-1].astype(float)
    east, up = relief.gradient(heights, north_m=north, pixel_m=pixel_m)
    # gdaldem writes a shade as 1 to 255.
    got = relief.slope_deg(east, up) if style == "slope" else 1.0 + 254.0 * relief.shade(east, up)
    assert np.abs(got - wanted).max() < most


def test_the_slope_of_a_plane_is_its_slope_at_every_latitude():
    for lat in (0.0, 30.0, 60.0):
        y = 6_378_137.0 * np.arcsinh(np.tan(np.radians(lat)))
        east_m, north_m = ground_m(lat)
        rise = np.mgrid[0:12, 0:12][1] * 10.0 * east_m  # one in one eastward on the ground
        east, up = relief.gradient(rise, north_m=y + 50.0, pixel_m=10.0)
        assert np.allclose(relief.slope_deg(east, up), 45.0, atol=0.01)
        fall = np.mgrid[0:12, 0:12][0] * 10.0 * north_m
        east, up = relief.gradient(fall, north_m=y + 50.0, pixel_m=10.0)
        assert np.allclose(relief.slope_deg(east, up), 45.0, atol=0.01)


def test_a_slope_to_the_light_is_bright_and_one_away_dark():
    ramp = np.mgrid[0:9, 0:9][1] * 5.0
    falls_to_the_east = relief.gradient(-ramp, north_m=0.0, pixel_m=10.0)
    rises_to_the_east = relief.gradient(ramp, north_m=0.0, pixel_m=10.0)
    level = relief.shade(np.zeros((3, 3)), np.zeros((3, 3)))[0, 0]
    assert relief.shade(*falls_to_the_east).max() < level < relief.shade(*rises_to_the_east).min()


def test_gaps_are_clear_and_a_tile_of_gaps_is_none(tmp_path):
    values = hills()
    values[:300] = np.nan
    file, row = made(tmp_path, values)
    drawn = drawing(row, style="relief")
    assert draw.png(file, row, *tile_at(113.25, 34.95, 13), drawn=drawn) is None
    both = picture(draw.png(file, row, *tile_at(113.25, 34.7, 11), drawn=drawn))
    assert {0, 255} == set(np.unique(both[..., 3]))
    assert draw.png(file, row, *tile_at(-70.0, 10.0, 11), drawn=drawn) is None


@pytest.mark.parametrize("z", [0, 1, 2, 3])
def test_a_raster_of_a_zone_shows_once_on_the_globe(tmp_path, z):
    file, row = made(tmp_path, hills(), crs="EPSG:4546", west=400_000.0, north=3_900_000.0,
                     pixel=1000.0)  # fmt: skip
    shown = 0
    for x in range(2**z):
        for y in range(2**z):
            body = draw.png(file, row, z, x, y, drawn=drawing(row, style="ramp"))
            if body is None:
                continue
            lon, lat = places(Tile(z, x, y))
            seen = picture(body)[..., 3] > 0
            shown += int(seen.sum())
            assert np.abs(np.array(lon)[seen] - 115.0).max() < 6.0
            assert np.abs(np.array(lat)[seen] - 32.5).max() < 5.0
    assert shown > 0


def test_classes_are_never_mixed(tmp_path):
    values = np.where(np.indices((300, 300)).sum(axis=0) % 2, 1.0, 10.0).astype("float32")
    file, row = made(tmp_path, values, kind="fuel", unit="model")
    grass, litter = (242, 227, 148, 255), (47, 125, 59, 255)
    for z in (10, 12, 15):
        body = draw.png(file, row, *tile_at(113.15, 34.85, z), drawn=drawing(row))
        colours = {tuple(colour) for colour in picture(body).reshape(-1, 4)}
        assert {colour for colour in colours if colour[3]} <= {grass, litter}


def test_people_a_pixel_are_drawn_by_their_density(tmp_path):
    # 0.001 degree at 34.7 N is 111 m x 92 m, 0.0102 km2: 3 people there are 294 a km2.
    file, row = made(tmp_path, np.full((400, 400), 3.0, "float32"), kind="population",
                     unit="people")  # fmt: skip
    body = draw.png(file, row, *tile_at(113.2, 34.8, 13), drawn=drawing(row))
    assert {tuple(colour) for colour in picture(body).reshape(-1, 4)} == {(254, 217, 118, 255)}


def test_people_a_pixel_on_the_web_mercator_grid_are_drawn_by_their_true_density(tmp_path):
    # 100 m of that grid are 82 m of ground at 34.8 N: 1.45 people there are 215 a km2, not 145.
    west, north = Transformer.from_crs(4326, 3857, always_xy=True).transform(113.0, 35.0)
    file, row = made(
        tmp_path, np.full((500, 500), 1.45, "float32"), kind="population", unit="people",
        crs="EPSG:3857", west=west, north=north, pixel=100.0,
    )  # fmt: skip
    body = draw.png(file, row, *tile_at(113.2, 34.8, 13), drawn=drawing(row))
    assert {tuple(colour) for colour in picture(body).reshape(-1, 4)} == {(254, 217, 118, 255)}


def test_an_image_is_clear_where_it_has_nothing_and_true_where_it_has(tmp_path):
    image = np.zeros((400, 400, 4), "uint8")
    image[:200] = (200, 100, 50, 255)
    file, row = made(tmp_path, image, kind="imagery", unit="colour")
    seen = picture(draw.png(file, row, *tile_at(113.2, 34.8, 11), drawn=drawing(row)))
    shown = seen[seen[..., 3] == 255]
    assert len(shown) and np.abs(np.median(shown[:, :3], axis=0) - (200, 100, 50)).max() < 6
    assert draw.png(file, row, *tile_at(113.2, 34.65, 14), drawn=drawing(row)) is None


def test_a_far_off_tile_is_read_from_an_overview(tmp_path, monkeypatch):
    file, row = made(tmp_path, hills(2000, 2000))
    opened = []
    real = rasterio.open

    def watched(*args, **options):
        opened.append(options.get("OVERVIEW_LEVEL"))
        return real(*args, **options)

    monkeypatch.setattr(rasterio, "open", watched)
    draw.png(file, row, *tile_at(*MIDDLE, 6), drawn=drawing(row))
    draw.png(file, row, *tile_at(*MIDDLE, 13), drawn=drawing(row))
    assert opened[1] is not None and opened[3] is None


def test_a_tile_that_is_none_and_a_file_that_is_damaged_say_so(tmp_path):
    file, row = made(tmp_path, hills(50, 50))
    with pytest.raises(OutOfRangeError):
        draw.png(file, row, 23, 0, 0, drawn=drawing(row))
    file.write_bytes(file.read_bytes()[:300])
    with pytest.raises(DamagedError):
        draw.png(file, row, *tile_at(113.02, 34.98, 12), drawn=drawing(row))
