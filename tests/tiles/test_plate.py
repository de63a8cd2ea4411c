"""Tiles of CGCS2000's grid, made of tiles of Web Mercator: every pixel shows its own place."""

from __future__ import annotations

import io

import morecantile
import numpy as np
import pytest
from PIL import Image

from layers.errors import OutOfRangeError
from tiles.raster import plate

MERCATOR = morecantile.tms.get("WebMercatorQuad")
GEOGRAPHIC = morecantile.tms.get("WGS1984Quad")
SIDE = 256


def shown(z, x, y):
    """Return a tile whose red and green are the longitude and latitude of each pixel, in bands."""
    west, south, east, north = MERCATOR.xy_bounds(x, y, z)
    at = (np.arange(SIDE) + 0.5) / SIDE
    lon = (west + at * (east - west)) / 20037508.342789244 * 180
    lat = np.degrees(np.arctan(np.sinh((north + at * (south - north)) / 6378137.0)))
    pixels = np.zeros((SIDE, SIDE, 4), dtype=np.uint8)
    pixels[..., 0] = ((lon + 180) / 360 * 255)[None, :]
    pixels[..., 1] = ((lat + 90) / 180 * 255)[:, None]
    pixels[..., 3] = 255
    written = io.BytesIO()
    Image.fromarray(pixels, "RGBA").save(written, "PNG")
    return written.getvalue()


def pixels(image):
    return np.asarray(Image.open(io.BytesIO(image)).convert("RGBA"))


@pytest.mark.parametrize("smooth", [True, False])
@pytest.mark.parametrize(
    ("level", "row", "col"), [(1, 0, 1), (2, 0, 3), (2, 1, 0), (3, 0, 5), (6, 2, 40), (9, 84, 426)]
)
def test_every_pixel_shows_the_place_where_it_lies(level, row, col, smooth):
    image = pixels(plate.tile(level, row, col, draw=shown, smooth=smooth)).astype(float)
    west, south, east, north = plate.bounds(level, row, col)
    at = (np.arange(SIDE) + 0.5) / SIDE
    seen = image[..., 3] > 0
    lat = north + at * (south - north)
    assert seen[np.abs(lat) < 85 - (north - south) / SIDE].all()
    assert not seen[np.abs(lat) > 85.1 + (north - south) / SIDE].any()
    lon = np.broadcast_to(west + at * (east - west), (SIDE, SIDE))
    assert np.abs(image[..., 0] - (lon + 180) / 360 * 255)[seen].max() < 2.1
    lats = np.broadcast_to(lat[:, None], (SIDE, SIDE))
    assert np.abs(image[..., 1] - (lats + 90) / 180 * 255)[seen].max() < 2.1


def test_the_tiles_are_those_of_wgs1984quad_one_level_higher():
    for level, row, col in ((1, 0, 0), (1, 0, 1), (5, 7, 20), (14, 3000, 13650)):
        theirs = GEOGRAPHIC.xy_bounds(col, row, level - 1)
        assert plate.bounds(level, row, col) == pytest.approx(theirs)


def test_classes_keep_their_colours():
    rng = np.random.default_rng(5)
    table = np.array([[200, 0, 0, 255], [0, 200, 0, 255], [0, 0, 200, 255]], dtype=np.uint8)

    def classes(z, x, y):
        written = io.BytesIO()
        Image.fromarray(table[rng.integers(0, 3, (SIDE, SIDE))], "RGBA").save(written, "PNG")
        return written.getvalue()

    image = pixels(plate.tile(7, 20, 100, draw=classes, smooth=False))
    assert {tuple(colour) for colour in image.reshape(-1, 4)} == {tuple(row) for row in table}


def test_what_is_clear_does_not_darken_its_neighbours():
    def half(z, x, y):
        image = np.zeros((SIDE, SIDE, 4), dtype=np.uint8)
        image[::2] = (250, 250, 250, 255)
        written = io.BytesIO()
        Image.fromarray(image, "RGBA").save(written, "PNG")
        return written.getvalue()

    image = pixels(plate.tile(6, 5, 50, draw=half))
    assert (image[image[..., 3] > 0][:, :3] == 250).all()
    assert 0 < image[..., 3].mean() < 255


def test_where_nothing_is_drawn_there_is_no_image():
    assert plate.tile(3, 1, 1, draw=lambda z, x, y: None) is None


def test_near_the_pole_few_tiles_are_asked_for():
    for level in (1, 3, 8, 20):
        asked: list[tuple[int, int, int]] = []
        plate.tile(level, 0, 0, draw=lambda *place, asked=asked: asked.append(place))
        assert len(asked) <= 4
        for z, x, y in asked:
            assert 0 <= y < 1 << z and 0 <= x < 1 << z


@pytest.mark.parametrize("place", [(0, 0, 0), (21, 0, 0), (1, 1, 0), (1, 0, 2), (3, -1, 0)])
def test_a_tile_that_does_not_exist_is_refused(place):
    with pytest.raises(OutOfRangeError):
        plate.tile(*place, draw=shown)
