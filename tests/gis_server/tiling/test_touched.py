"""Which changes touched which tiles: never one too few, and few too many."""

import random

import pytest

from gis_server.tiling import touched
from gis_server.tiling.touched import MOST, Touch, Touched
from tiles.grid import Tile

LAYERS = ("team",)


def of(*boxes, floor=0):
    """Return changes of one layer at seqs 1, 2, ... that touched these boxes."""
    found = Touched({"team": floor}, seq=floor)
    found.add([Touch(n, "team", box) for n, box in enumerate(boxes, 1)], seq=len(boxes))
    return found


def point(lon, lat):
    return (lon, lat, lon, lat)


def test_a_change_touches_the_tile_that_it_lies_in_and_not_the_next_but_one():
    found = of(point(120, 30))
    assert found.since(LAYERS, Tile(8, 213, 105), 0)
    assert not found.since(LAYERS, Tile(8, 213, 105), 1)
    assert not found.since(LAYERS, Tile(8, 215, 105), 0)
    assert not found.since(LAYERS, Tile(8, 213, 107), 0)


def test_a_change_in_the_buffer_of_a_tile_touches_it():
    edge = 213 / 256 * 360 - 180
    inside, outside = 63 / 4096 * 360 / 256, 65 / 4096 * 360 / 256
    assert of(point(edge - inside, 30)).since(LAYERS, Tile(8, 213, 105), 0)
    assert not of(point(edge - outside, 30)).since(LAYERS, Tile(8, 213, 105), 0)


def test_across_180_degrees_a_change_touches_both_sides():
    for lon in (179.999, -179.999, 180.0, -180.0):
        found = of(point(lon, 30))
        assert found.since(LAYERS, Tile(8, 0, 105), 0)
        assert found.since(LAYERS, Tile(8, 255, 105), 0)
        assert not found.since(LAYERS, Tile(8, 128, 105), 0)


@pytest.mark.parametrize("lat", [85.0, 85.06, 89.0, 90.0])
def test_beyond_the_edge_of_the_map_the_first_and_the_last_row_are_touched(lat):
    assert of(point(10, lat)).since(LAYERS, Tile(6, 33, 0), 0)
    assert of(point(10, -lat)).since(LAYERS, Tile(6, 33, 63), 0)
    assert not of(point(10, lat)).since(LAYERS, Tile(6, 33, 63), 0)


def test_a_change_of_a_whole_layer_touches_every_tile_of_it():
    found = of(point(0, 0), None)
    assert found.since(LAYERS, Tile(8, 10, 10), 1)
    assert not found.since(LAYERS, Tile(8, 10, 10), 2)


def test_of_what_is_not_known_everything_may_have_changed():
    found = of(floor=5)
    assert found.since(LAYERS, Tile(0, 0, 0), 4)
    assert not found.since(LAYERS, Tile(0, 0, 0), 5)
    assert found.since(("unicorn",), Tile(0, 0, 0), 99)
    found.add([Touch(6, "new", point(0, 0))], seq=6)
    assert found.since(("new",), Tile(8, 10, 10), 5)
    assert not found.since(("new",), Tile(8, 10, 10), 6)


def test_more_changes_than_are_kept_make_older_tiles_stale_and_never_good():
    boxes = [point(120, 30)] + [point(0, 0)] * (MOST * 3)
    found = of(*boxes)
    assert found.since(LAYERS, Tile(8, 213, 105), 0)
    assert len(found._recent["team"].touches) <= MOST
    assert not found.since(LAYERS, Tile(8, 213, 105), len(boxes))


@pytest.mark.parametrize("seed", range(3))
def test_it_says_what_a_look_at_every_change_says(seed):
    chance = random.Random(seed)
    boxes = []
    for _ in range(300):
        west, south = chance.uniform(-180, 175), chance.uniform(-84, 80)
        boxes.append((west, south, west + chance.random() * 5, south + chance.random() * 4))
    found = of(*boxes)
    for _ in range(300):
        z = chance.randrange(12)
        tile = Tile(z, chance.randrange(2**z), chance.randrange(2**z))
        seq = chance.randrange(len(boxes))
        west, south, east, north = touched.box_of(tile)
        metres = [touched._metres(box) for box in boxes[seq:]]
        world = 2 * 20037508.342789244
        plain = any(
            low <= north and high >= south and left + turn <= east and right + turn >= west
            for left, low, right, high in metres
            for turn in (0, world, -world)
        )
        assert found.since(LAYERS, tile, seq) == plain
