"""The grid of tiles, against morecantile as a second implementation."""

from __future__ import annotations

import random

import morecantile
import pytest

from layers.errors import OutOfRangeError
from tiles.grid import MAX_ZOOM, Tile

GRID = morecantile.tms.get("WebMercatorQuad")


def test_bounds_are_those_of_a_second_implementation() -> None:
    draw = random.Random(11)
    for _ in range(500):
        z = draw.randint(0, MAX_ZOOM)
        x, y = draw.randrange(2**z), draw.randrange(2**z)
        expected = GRID.xy_bounds(morecantile.Tile(x, y, z))
        assert Tile(z, x, y).bounds == pytest.approx(tuple(expected), abs=1e-6)


@pytest.mark.parametrize(
    "tile",
    [
        (-1, 0, 0), (23, 0, 0), (30, 0, 0), (31, 0, 0), (32, 0, 0), (10**9, 0, 0),
        (0, 1, 0), (0, 0, 1), (3, 8, 0), (3, 0, 8), (3, -1, 0), (3, 0, -1), (22, 2**22, 0),
    ],
)  # fmt: skip
def test_a_tile_that_is_not_there_is_refused(tile: tuple[int, int, int]) -> None:
    with pytest.raises(OutOfRangeError) as caught:
        Tile(*tile)
    assert caught.value.code == "no_tile"


def test_only_tiles_at_180_degrees_look_beyond_it() -> None:
    assert len(Tile(0, 0, 0).shifts_m) == 3
    assert len(Tile(3, 0, 2).shifts_m) == len(Tile(3, 7, 2).shifts_m) == 2
    assert Tile(3, 3, 3).shifts_m == (0.0,)
