"""The tiles of an area: those that another library finds, and no feature falls between them."""

from __future__ import annotations

import random

import morecantile
import numpy as np
import pytest
import shapely
from pyproj import Transformer

from layers.errors import TooLargeError
from tiles.grid import BUFFER, HALF_WORLD_M, Tile
from tiles.pack.cover import Boxes, cover, in_order, places

TO_MAP = Transformer.from_crs(4326, 3857, always_xy=True)
TMS = morecantile.tms.get("WebMercatorQuad")


def on_the_map(shape: shapely.Geometry) -> shapely.Geometry:
    return shapely.transform(shape, lambda p: np.column_stack(TO_MAP.transform(*p.T)))


@pytest.mark.parametrize("seed", range(4))
def test_a_box_has_the_tiles_that_another_library_finds(seed: int) -> None:
    noise = random.Random(seed)
    west, south = noise.uniform(-170, 160), noise.uniform(-70, 60)
    box = (west, south, west + noise.uniform(0.01, 3), south + noise.uniform(0.01, 3))
    found = cover(on_the_map(shapely.box(*box)), minzoom=0, maxzoom=9)
    for z in range(10):
        wanted = {(tile.x, tile.y) for tile in TMS.tiles(*box, zooms=[z])}
        assert set(found.touched[z]) == wanted
        assert len(found.touched[z]) == len(wanted)


def test_a_ring_has_no_tiles_in_its_hole_and_knows_which_lie_inside() -> None:
    side = Tile(8, 0, 0).side_m
    ring = shapely.box(-20 * side, -20 * side, 20 * side, 20 * side).difference(
        shapely.box(-5 * side, -5 * side, 5 * side, 5 * side)
    )
    found = cover(ring, minzoom=8, maxzoom=9)
    for z in (8, 9):
        for x, y in found.touched[z]:
            box = shapely.box(*Tile(z, x, y).bounds)
            assert ring.distance(box) < 0.01
            wide = box.buffer(BUFFER * Tile(z, 0, 0).unit_m, join_style="mitre")
            assert ((x, y) in found.inside[z]) == ring.contains(wide)
        every = {(x, y) for x in range(2**z // 2 - 50, 2**z // 2 + 50)
                 for y in range(2**z // 2 - 50, 2**z // 2 + 50)}  # fmt: skip
        missed = every - set(found.touched[z])
        assert not any(ring.intersects(shapely.box(*Tile(z, *p).bounds)) for p in missed)


def test_zooms_that_nobody_asked_for_are_left_out() -> None:
    found = cover(shapely.box(0, 0, 1e6, 1e6), minzoom=3, maxzoom=5)
    assert sorted(found.touched) == [3, 4, 5]


def test_more_tiles_than_a_pack_takes_are_refused_before_they_fill_the_memory() -> None:
    with pytest.raises(TooLargeError) as caught:
        cover(shapely.box(*[-HALF_WORLD_M] * 2, *[HALF_WORLD_M] * 2), minzoom=16, maxzoom=16)
    assert caught.value.code == "pack_many_tiles"


@pytest.mark.parametrize("z", [0, 5, 11])
def test_every_tile_that_may_show_a_feature_is_told(z: int) -> None:
    noise = np.random.default_rng(z)
    low = noise.uniform(-HALF_WORLD_M, HALF_WORLD_M * 0.99, (200, 2))
    edges = np.column_stack([low, low + noise.exponential(Tile(11, 0, 0).side_m, (200, 2))])
    told = Boxes(edges).tiles(z)
    assert told is not None
    side, margin = Tile(z, 0, 0).side_m, BUFFER * Tile(z, 0, 0).unit_m
    for west, south, east, north in edges.tolist():
        for x, y in [(west, south), (east, north), (west - margin * 0.99, north + margin * 0.99)]:
            column = int((x + HALF_WORLD_M) // side) % 2**z
            row = min(max(int((HALF_WORLD_M - y) // side), 0), 2**z - 1)
            assert (column, row) in told


def test_a_feature_at_180_degrees_is_told_on_both_sides() -> None:
    edge = Boxes(np.array([[HALF_WORLD_M, 0.0, HALF_WORLD_M, 0.0]]))
    assert {x for x, _ in edge.tiles(4) or ()} == {0, 15}


def test_shapes_over_very_many_tiles_are_not_followed() -> None:
    wide = Boxes(np.array([[-HALF_WORLD_M, -HALF_WORLD_M, HALF_WORLD_M, HALF_WORLD_M]]))
    assert wide.tiles(14) is None
    found = cover(shapely.box(0, 0, 1e6, 1e6), minzoom=7, maxzoom=7)
    assert set(places(found, 7, None)) == set(found.touched[7])
    assert Boxes(np.empty((0, 4))).tiles(14) == set()


def test_tiles_come_in_the_order_of_an_archive() -> None:
    numbers = [number for number, _ in in_order(3, [(x, y) for x in range(8) for y in range(8)])]
    assert numbers == list(range(21, 85))
