"""Vector tiles, decoded and held against brute force: nothing vanishes, nothing is too large."""

from __future__ import annotations

import random
from typing import Any

import mapbox_vector_tile
import numpy as np
import pytest
import shapely
from pyproj import Transformer
from sqlalchemy import select
from sqlalchemy.orm import Session

from layers.catalog import Layer, find
from layers.errors import OutOfRangeError
from layers.query import Scope
from layers.query.rows import anchor_columns
from tests.scatter import points, put
from tiles import cells, vector
from tiles.grid import BUFFER, EXTENT, HALF_WORLD_M, WORLD_M, Tile
from tiles.mvt import MAX_BYTES, MAX_FEATURES

ALL = Scope(None)
TARGET = find("protection_target")
SOURCE = find("hazard_source")
PLANT = find("enterprise")
MERCATOR = Transformer.from_crs(4326, 3857, always_xy=True)


def decoded(body: bytes) -> dict[str, list[dict[str, Any]]]:
    """Return the features of each source-layer, coordinates with y down as in the format."""
    layers = mapbox_vector_tile.decode(body, default_options={"y_coord_down": True})
    return {name: layer["features"] for name, layer in layers.items()}


def tile_units(places: list[shapely.Geometry], tile: Tile) -> np.ndarray:
    """Return where points lie in a tile, in its units, by pyproj."""
    x, y = MERCATOR.transform(shapely.get_x(places), shapely.get_y(places))
    west, _, _, north = tile.bounds
    return np.column_stack([np.asarray(x) - west, north - np.asarray(y)]) / tile.unit_m


def test_a_tile_holds_the_features_that_lie_in_it_at_their_places(session: Session) -> None:
    places = points(4000, seed=31, box=(119, 29, 121, 31))
    ids = put(session, TARGET, places, kind=["school"] * len(places),
              name=[f"学校 {i}" for i in range(len(places))])  # fmt: skip
    tile = Tile(9, 426, 210)
    units = tile_units(places, tile)
    inside = ((units > -BUFFER) & (units < EXTENT + BUFFER)).all(axis=1)
    expected = {str(ids[i]): units[i] for i in np.flatnonzero(inside)}
    features = decoded(vector.tile(session, [TARGET], tile.z, tile.x, tile.y, scope=ALL))
    found = {f["properties"]["id"]: f for f in features["protection_target"]}
    assert len(found) == len(features["protection_target"]) > 100
    assert set(found) == set(expected)
    for id, feature in found.items():
        assert np.abs(np.array(feature["geometry"]["coordinates"]) - expected[id]).max() <= 1
        assert feature["properties"]["kind"] == "school"
        assert feature["properties"]["name"].startswith("学校")


def test_a_feature_is_known_by_its_fid(session: Session) -> None:
    put(session, TARGET, [shapely.Point(120, 30)], kind=["school"])
    (feature,) = decoded(vector.tile(session, [TARGET], 0, 0, 0, scope=ALL))["protection_target"]
    assert feature["id"] == session.scalar(TARGET.table.select().with_only_columns(
        TARGET.column("fid")))  # fmt: skip


def test_a_tile_without_features_is_empty(session: Session) -> None:
    assert vector.tile(session, [TARGET, SOURCE], 5, 3, 3, scope=ALL) == b""


def test_several_layers_come_as_several_source_layers(session: Session) -> None:
    put(session, TARGET, [shapely.Point(1, 1)], kind=["school"])
    put(session, SOURCE, [shapely.Point(1, 1)], grade=["1"])
    found = decoded(vector.tile(session, [TARGET, SOURCE], 0, 0, 0, scope=ALL))
    assert set(found) == {"protection_target", "hazard_source"}


def test_a_tile_shows_and_counts_only_what_its_reader_may_see(session: Session) -> None:
    places = [shapely.Point(120, 30)] * 3
    put(session, SOURCE, places, region=["3301", "3302", None], grade=["2", "1", "1"])
    mine = Scope(("3301",))
    found = decoded(vector.tile(session, [SOURCE], 0, 0, 0, scope=mine))["hazard_source"]
    assert [feature["properties"]["grade"] for feature in found] == ["2"]
    counted = decoded(cells.tile(session, SOURCE, Tile(0, 0, 0), scope=mine))["hazard_source"]
    assert [(c["properties"]["count"], c["properties"]["worst"]) for c in counted] == [(1, "2")]
    assert vector.tile(session, [SOURCE], 0, 0, 0, scope=Scope(())) == b""


@pytest.mark.parametrize("z", [0, 2, 4])
def test_a_feature_at_180_degrees_appears_on_both_sides(session: Session, z: int) -> None:
    put(session, TARGET, [shapely.Point(180, 0.1), shapely.Point(-179.9999, 0.1)],
        kind=["school"] * 2)  # fmt: skip
    last, y = 2**z - 1, max(2 ** (z - 1) - 1, 0) if z else 0
    for x in {0, last}:
        found = decoded(vector.tile(session, [TARGET], z, x, y, scope=ALL))["protection_target"]
        sides = [round(f["geometry"]["coordinates"][0] / EXTENT) for f in found]
        assert sorted(sides) == ([0, 0, 1, 1] if z == 0 else [0, 0] if x == 0 else [1, 1])


def test_a_shape_across_180_degrees_is_drawn_on_both_sides(session: Session) -> None:
    split = shapely.MultiPolygon([shapely.box(178, 0, 180, 2), shapely.box(-180, 0, -178, 2)])
    put(session, TARGET, [split], kind=["housing"])
    for x in (0, 31):
        features = decoded(vector.tile(session, [TARGET], 5, x, 15, scope=ALL))["protection_target"]
        assert len({feature["id"] for feature in features}) == 1
        parts = [shapely.geometry.shape(feature["geometry"]) for feature in features]
        west, _, east, _ = shapely.unary_union(parts).bounds
        assert (west == -BUFFER and east > 500) if x == 0 else (west < 3600 and east > EXTENT)


def test_a_shape_is_drawn_true_to_a_unit_or_two(session: Session) -> None:
    hexagon = shapely.Point(120.3, 30.2).buffer(0.05, quad_segs=2)
    put(session, SOURCE, [hexagon], grade=["1"])
    tile = Tile(10, 854, 421)
    features = decoded(vector.tile(session, [SOURCE], 10, 854, 421, scope=ALL))["hazard_source"]
    (feature,) = (f for f in features if f["geometry"]["type"] == "Polygon")
    corners = [shapely.Point(c) for c in shapely.get_coordinates(hexagon)]
    exact = shapely.Polygon(tile_units(corners, tile))
    drawn = shapely.geometry.shape(feature["geometry"])
    window = shapely.box(-BUFFER, -BUFFER, EXTENT + BUFFER, EXTENT + BUFFER)
    assert drawn.hausdorff_distance(exact.intersection(window)) < 3


@pytest.mark.parametrize("size", [1e-7, 1e-5, 1e-4])
def test_no_hazard_is_too_small_or_thin_to_be_seen(session: Session, size: float) -> None:
    sites = [
        shapely.box(120, 30, 120 + size, 30 + size),
        shapely.box(121, 30, 121 + 2, 30 + size),
        shapely.LineString([(120, 31), (120 + size, 31)]),
        shapely.LineString([(122, 31), (123, 31)]),
    ]
    put(session, SOURCE, sites, name=list("abcd"))
    for z in range(8):
        tile_count: dict[str, int] = dict.fromkeys("abcd", 0)
        for x in range(2**z):
            west, _, east, _ = Tile(z, x, 0).bounds
            if east < 13_300_000 or west > 13_800_000:
                continue
            for y in {int((HALF_WORLD_M - my) / (WORLD_M / 2**z)) for my in (3503549.8, 3632749.1)}:
                body = vector.tile(session, [SOURCE], z, x, y, scope=ALL)
                for f in decoded(body).get("hazard_source", []) if body else []:
                    tile_count[f["properties"]["name"]] += 1
        assert all(tile_count.values()), (z, tile_count)


def anchors(
    session: Session, layer: Layer, z: int, *, box: tuple[int, int, int, int]
) -> list[tuple[str, float, float]]:
    """Return name and lon, lat of the points that the tiles of a box of columns, rows hold."""
    found = []
    to_degrees = Transformer.from_crs(3857, 4326, always_xy=True)
    for x in range(box[0], box[2] + 1):
        for y in range(box[1], box[3] + 1):
            tile = Tile(z, x, y)
            west, _, _, north = tile.bounds
            body = vector.tile(session, [layer], z, x, y, scope=ALL)
            for f in decoded(body)[layer.name] if body else []:
                if f["geometry"]["type"] != "Point":
                    continue
                right, down = f["geometry"]["coordinates"]
                # What lies on the far edges is drawn by no map library.
                assert 0 <= right < EXTENT and 0 <= down < EXTENT
                at = west + right * tile.unit_m, north - down * tile.unit_m
                found.append((f["properties"]["name"], *to_degrees.transform(*at)))
    return found


def test_a_shape_over_four_tiles_has_one_anchor_in_all(session: Session) -> None:
    put(session, PLANT, [shapely.box(-0.3, -0.2, 0.5, 0.4)], name=["厂"])
    for z in range(1, 12):
        middle, reach = 2 ** (z - 1), max(1, 2**z // 300)
        low, high = max(0, middle - 1 - reach), min(2**z - 1, middle + reach)
        ((name, lon, lat),) = anchors(session, PLANT, z, box=(low, low, high, high))
        unit_degrees = 360 / 2**z / EXTENT
        assert name == "厂"
        assert (lon, lat) == pytest.approx((0.1, 0.1), abs=2 * unit_degrees)
    outlines = [
        f for x in (511, 512) for y in (511, 512)
        for f in decoded(vector.tile(session, [PLANT], 10, x, y, scope=ALL))["enterprise"]
        if f["geometry"]["type"] == "Polygon"
    ]  # fmt: skip
    assert len(outlines) == 4
    assert {f["properties"]["name"] for f in outlines} == {"厂"}


def test_every_shape_has_one_anchor_where_its_record_has_it(session: Session) -> None:
    draw = np.random.default_rng(48)
    middles = points(60, seed=49, box=(-165, -70, 165, 70))
    sizes = draw.choice([1e-6, 1e-3, 0.5, 12], len(middles))
    lines = [shapely.LineString([(p.x, p.y), (p.x + s / 2, p.y + s / 3), (p.x + s, p.y)])
             for p, s in zip(middles[:20], sizes[:20], strict=True)]  # fmt: skip
    rings = [p.buffer(s).difference(p.buffer(s / 2))
             for p, s in zip(middles[20:], sizes[20:], strict=True)]  # fmt: skip
    # On the borders of tiles and of the world, where nothing may be lost or shown twice.
    borders = [shapely.box(x - 2, y - 2, x + 2, y + 2) for x in (-90, 0, 90) for y in (0, 40)]
    borders += [shapely.box(178, 0, 180, 2), shapely.LineString([(180, -5), (180, 0), (180, 5)])]
    shapes = [*lines, *rings, *borders]
    names = [f"厂 {i}" for i in range(len(shapes))]
    put(session, PLANT, shapes, name=names)
    rows = session.execute(select(PLANT.column("name"), *anchor_columns(PLANT))).all()
    expected = {name: (lon, lat) for name, lon, lat in rows}
    for z in (0, 1, 2, 4):
        last = 2**z - 1
        found = anchors(session, PLANT, z, box=(0, 0, last, last))
        assert sorted(name for name, _, _ in found) == sorted(names)
        unit_degrees = 360 / 2**z / EXTENT
        for name, lon, lat in found:
            assert (lon, lat) == pytest.approx(expected[name], abs=1.01 * unit_degrees)


def test_outlines_and_anchors_together_are_no_more_than_a_tile_takes(session: Session) -> None:
    shapes = [p.buffer(2, quad_segs=1) for p in points(6000, seed=50, box=(-170, -60, 170, 60))]
    put(session, SOURCE, shapes)
    features = decoded(vector.tile(session, [SOURCE], 0, 0, 0, scope=ALL))["hazard_source"]
    assert sum(cell["properties"]["count"] for cell in features) == len(shapes)


@pytest.fixture
def crowd(session: Session) -> list[shapely.Geometry]:
    """12,000 hazard sources and targets: more than a tile takes as features."""
    places = [
        *points(11_000, seed=41, box=(-180, -85, 180, 85)),
        *[shapely.Point(180, 0), shapely.Point(-180, 0), shapely.Point(0, 0)] * 3,
        *[shapely.Point(x * 360 / 64 - 180, 0) for x in range(65)],
        *points(900, seed=42, box=(119, 29, 121, 31)),
    ]
    draw = np.random.default_rng(43)
    people = [None if n % 10 == 0 else int(n) for n in draw.integers(0, 1000, len(places))]
    put(session, TARGET, places, kind=["school"] * len(places), people_day=people)
    return places


@pytest.mark.parametrize("z", [0, 1, 2])
def test_cells_count_every_row_of_the_layer_exactly_once(
    session: Session, crowd: list[shapely.Geometry], z: int
) -> None:
    sums = {"count": 0, "people_day": 0, "people_day_unknown": 0}
    for x in range(2**z):
        for y in range(2**z):
            body = cells.tile(session, TARGET, Tile(z, x, y), scope=ALL)
            for cell in decoded(body)["protection_target"]:
                at = np.array(cell["geometry"]["coordinates"])
                assert ((at >= 0) & (at <= EXTENT)).all()
                for name in sums:
                    sums[name] += cell["properties"].get(name, 0)
    table = TARGET.table
    rows = session.execute(table.select().with_only_columns(table.c.people_day)).scalars().all()
    assert sums["count"] == len(rows) == len(crowd)
    assert sums["people_day"] == sum(n for n in rows if n is not None)
    assert sums["people_day_unknown"] == sum(n is None for n in rows)


def test_a_tile_with_too_many_features_is_answered_in_cells(
    session: Session, crowd: list[shapely.Geometry]
) -> None:
    assert len(crowd) > MAX_FEATURES
    body = vector.tile(session, [TARGET], 0, 0, 0, scope=ALL)
    found = decoded(body)["protection_target"]
    assert sum(cell["properties"]["count"] for cell in found) == len(crowd)
    assert len(found) <= cells.CELLS_PER_SIDE**2
    assert len({cell["id"] for cell in found}) == len(found)


def test_a_tile_with_too_many_bytes_is_answered_in_cells(session: Session) -> None:
    names = [f"{i}" + "长" * 200 for i in range(2000)]
    put(session, TARGET, points(2000, seed=44, box=(119, 29, 121, 31)), kind=["school"] * 2000,
        name=names)  # fmt: skip
    body = vector.tile(session, [TARGET], 3, 6, 3, scope=ALL)
    assert len(body) <= MAX_BYTES
    found = decoded(body)["protection_target"]
    assert sum(cell["properties"]["count"] for cell in found) == 2000


def test_the_worst_grade_of_a_cell_is_seen(session: Session) -> None:
    places = points(300, seed=45, box=(119, 29, 121, 31))
    grades = ["4"] * 299 + ["1"]
    put(session, SOURCE, places, grade=grades)
    (cell,) = decoded(cells.tile(session, SOURCE, Tile(0, 0, 0), scope=ALL))["hazard_source"]
    assert cell["properties"]["worst"] == "1"
    assert cell["properties"]["count"] == 300


def test_shapes_are_counted_once_though_they_lie_in_several_tiles(session: Session) -> None:
    sites = [p.buffer(3) for p in points(50, seed=46, box=(-170, -60, 170, 60))]
    put(session, SOURCE, sites)
    z, total = 3, 0
    for x in range(2**z):
        for y in range(2**z):
            body = cells.tile(session, SOURCE, Tile(z, x, y), scope=ALL)
            features = decoded(body)["hazard_source"] if body else []
            total += sum(cell["properties"]["count"] for cell in features)
    assert total == 50


def test_any_tile_is_answered_within_its_bounds_or_refused(
    session: Session, crowd: list[shapely.Geometry]
) -> None:
    draw = random.Random(47)
    for _ in range(300):
        z = draw.choice([draw.randint(-1, 24), draw.randint(0, 6), 10**9])
        x, y = (draw.choice([-1, 0, draw.randrange(2 ** min(max(z, 0), 24))]) for _ in "xy")
        there = 0 <= z <= 22 and 0 <= x < 2**z and 0 <= y < 2**z
        if not there:
            with pytest.raises(OutOfRangeError):
                vector.tile(session, [TARGET], z, x, y, scope=ALL)
            continue
        body = vector.tile(session, [TARGET], z, x, y, scope=ALL)
        assert len(body) <= MAX_BYTES
        if body:
            assert 0 < len(decoded(body)["protection_target"]) <= MAX_FEATURES


def test_the_same_rows_make_the_same_bytes(session: Session, crowd: list[shapely.Geometry]) -> None:
    for tile in ((0, 0, 0), (5, 26, 13)):
        first = vector.tile(session, [TARGET], *tile, scope=ALL)
        assert first == vector.tile(session, [TARGET], *tile, scope=ALL)
