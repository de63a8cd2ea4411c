"""Areas from far out: neighbours keep their common border, and nothing is as large as it was."""

from __future__ import annotations

import json
import os
from itertools import combinations
from pathlib import Path
from typing import Any

import mapbox_vector_tile
import numpy as np
import pytest
import shapely
from sqlalchemy import Engine, func, select, text
from sqlalchemy.orm import Session

from layers import outlines, user_layers
from layers.catalog import Layer, find
from layers.models import Outline
from layers.outlines.simplification import is_coverage, simplified
from layers.query import Scope
from tests.scatter import points, put
from tiles import vector
from tiles.grid import EXTENT, Tile
from tiles.mvt import MAX_BYTES

ALL = Scope(None)
PARK = find("park")


def mosaic(*, side: int = 6, corners: int = 400, seed: int = 90) -> list[shapely.Geometry]:
    """Return neighbours with winding common borders about 110 E, 30 N, 12 degrees wide."""
    draw = np.random.default_rng(seed)
    nodes = draw.uniform(-0.3, 0.3, (side + 1, side + 1, 2)) + np.stack(
        np.meshgrid(np.arange(side + 1) * 2.0 + 104, np.arange(side + 1) * 2.0 + 24), axis=-1
    )
    lines = []
    for (dx, dy), row, column in ((d, r, c) for d in ((0, 1), (1, 0))
                                  for r in range(side + 1) for c in range(side + 1)):  # fmt: skip
        if row + dx > side or column + dy > side:
            continue
        begin, end = nodes[row, column], nodes[row + dx, column + dy]
        along = np.linspace(0, 1, corners)[:, None]
        noise = np.cumsum(draw.normal(0, 0.004, (corners, 2)), axis=0)
        noise -= noise[0] + along * (noise[-1] - noise[0])
        noise[:, dx] = 0.0  # across its way only: a line that loops would cut off crumbs
        noise *= np.sin(np.pi * along)
        lines.append(shapely.LineString(begin + along * (end - begin) + noise))
    noded = shapely.union_all(lines)
    return [area for area in shapely.polygonize(list(shapely.get_parts(noded))).geoms
            if area.area > 0.5]  # fmt: skip


def areas_of(body: bytes, layer: Layer) -> dict[str, shapely.Geometry]:
    """Return the areas of a tile by name, in tile units."""
    found = mapbox_vector_tile.decode(body)[layer.name]["features"] if body else []
    return {
        f["properties"]["name"]: shapely.geometry.shape(f["geometry"])
        for f in found if f["geometry"]["type"] in ("Polygon", "MultiPolygon")
    }  # fmt: skip


def tiles_of(z: int, *, box: tuple[float, float, float, float] = (104, 24, 116, 36)) -> list[Any]:
    """Return the tiles of a zoom that a box of lon, lat meets."""
    ends = [((lon + 180) / 360, (1 - np.arcsinh(np.tan(np.radians(lat))) / np.pi) / 2)
            for lon, lat in ((box[0], box[3]), (box[2], box[1]))]  # fmt: skip
    (left, top), (right, bottom) = ((int(x * 2**z), int(y * 2**z)) for x, y in ends)
    return [(z, x, y) for x in range(left, right + 1) for y in range(top, bottom + 1)]


def assert_borders_are_common(areas: dict[str, shapely.Geometry]) -> int:
    """Hold neighbours against each other: what runs along another area runs on its very border.

    Returns how many pairs have a border in common. Near a corner of three areas a border is near
    the third without lying on it: that much is allowed.
    """
    pairs = [pair for pair in combinations(areas.values(), 2) if pair[0].intersects(pair[1])]
    shared = [one.boundary.intersection(other.boundary).length for one, other in pairs]
    beside = [one.boundary.intersection(other.buffer(0.7)).length for one, other in pairs]
    assert all(one.intersection(other).area <= 2 for one, other in pairs)
    assert sum(beside) <= 1.03 * sum(shared) + 6 * len(pairs)
    return sum(length > 1 for length in shared)


@pytest.fixture
def parks(session: Session) -> list[shapely.Geometry]:
    """A layer of 36 neighbours with their outlines."""
    shapes = mosaic()
    assert len(shapes) == 36
    put(session, PARK, shapes, name=[str(nr) for nr in range(len(shapes))])
    assert outlines.renew(session, PARK) == 36
    return shapes


@pytest.mark.parametrize("z", [2, 4, 6, 8])
@pytest.mark.usefixtures("parks")
def test_neighbours_keep_their_common_border_at_every_zoom(session: Session, z: int) -> None:
    borders = 0
    for tile in tiles_of(z):
        borders += assert_borders_are_common(
            areas_of(vector.tile(session, [PARK], *tile, scope=ALL), PARK)
        )
    assert borders


@pytest.mark.usefixtures("parks")
def test_no_gap_opens_between_neighbours(session: Session) -> None:
    for z, x, y in tiles_of(5):
        areas = list(areas_of(vector.tile(session, [PARK], z, x, y, scope=ALL), PARK).values())
        whole = shapely.union_all(areas)
        holes = [ring for part in shapely.get_parts(whole) for ring in part.interiors]
        assert not holes, (z, x, y)


def test_an_outline_stays_near_the_shape(session: Session, parks: list[shapely.Geometry]) -> None:
    corners = int(shapely.get_num_coordinates(parks).sum())
    rows = session.execute(
        select(Outline.band, func.sum(func.ST_NPoints(Outline.geom)))
        .where(Outline.layer == PARK.name).group_by(Outline.band).order_by(Outline.band)
    ).all()  # fmt: skip
    assert [band for band, _ in rows] == list(outlines.BANDS)
    sizes = [size for _, size in rows]
    assert sizes == sorted(sizes) and sizes[0] * 10 < corners
    for z, x, y in tiles_of(5):
        tile = Tile(z, x, y)
        west, _, _, north = tile.bounds
        rows_ = session.execute(
            select(PARK.column("name"), func.ST_AsBinary(PARK.column("geom_3857")))
        ).all()
        exact = {
            name: shapely.transform(
                shapely.from_wkb(bytes(wkb)),
                lambda xy, w=west, n=north, u=tile.unit_m: np.column_stack(
                    [(xy[:, 0] - w) / u, (n - xy[:, 1]) / u]
                ),
            )
            for name, wkb in rows_
        }
        body = vector.tile(session, [PARK], z, x, y, scope=ALL)
        window = shapely.box(0, 0, EXTENT, EXTENT)
        decoded = mapbox_vector_tile.decode(body, default_options={"y_coord_down": True})
        for f in decoded[PARK.name]["features"]:
            if f["geometry"]["type"] == "Point":
                continue
            shape = shapely.geometry.shape(f["geometry"]).intersection(window)
            true = exact[f["properties"]["name"]].intersection(window)
            assert shape.symmetric_difference(true).area <= 0.02 * EXTENT**2 / 4


def test_a_shape_that_changes_loses_its_outlines_at_once(
    session: Session, parks: list[shapely.Geometry]
) -> None:
    kept = select(func.count()).select_from(Outline).where(Outline.layer == PARK.name)
    before = session.scalar(kept)
    session.execute(text("UPDATE park SET name_en = 'x'"))
    assert session.scalar(kept) == before and not outlines.missing(session, PARK)
    moved = shapely.box(106, 26, 108, 28).wkt
    session.execute(text(f"UPDATE park SET geom = 'SRID=4326;{moved}' WHERE name = '7'"))
    assert session.scalar(kept) == before - len(outlines.BANDS)
    assert outlines.missing(session, PARK) == 1
    drawn: set[float] = set()
    for tile in tiles_of(4):
        area = areas_of(vector.tile(session, [PARK], *tile, scope=ALL), PARK).get("7")
        drawn |= {len(shapely.get_coordinates(area))} if area else set()
    assert drawn and max(drawn) <= 9  # the new shape, not the old one's outline
    assert outlines.renew(session, PARK) == len(parks)
    session.execute(text("DELETE FROM park"))
    assert session.scalar(kept) == 0


def test_an_outline_of_a_shape_that_changes_meanwhile_is_not_kept(database: Engine) -> None:
    with Session(database) as session:
        put(session, PARK, mosaic(side=2, corners=20), name=list("abcd"))
        session.commit()
        with Session(database) as other:
            rows = session.execute(select(PARK.column("fid"), PARK.column("entry"))).all()
            other.execute(text("UPDATE park SET name_en = 'late' WHERE name = 'a'"))
            other.commit()
        keys = np.array([tuple(row) for row in rows])
        outlines._store(session, PARK, 1, keys, np.array([shapely.box(0, 0, 1, 1)] * 4))
        assert session.scalar(select(func.count()).select_from(Outline)) == 3


def test_areas_that_overlap_are_simplified_each_by_itself() -> None:
    circles = np.array([p.buffer(40, quad_segs=64)
                        for p in points(50, seed=91, box=(0, 0, 60, 60))])  # fmt: skip
    assert not is_coverage(circles)
    found = simplified(circles, 2.0)
    assert shapely.is_valid(found).all()
    assert (shapely.get_num_coordinates(found) < 60).all()
    neighbours = np.array(mosaic(side=2, corners=50))
    assert is_coverage(neighbours)


def test_points_and_lines_beside_areas_are_drawn_as_before(session: Session) -> None:
    shapes = [shapely.Point(110, 30), shapely.box(104, 24, 108, 28),
              shapely.LineString([(104, 30), (116, 31)])]  # fmt: skip
    put(session, PARK, shapes, name=list("abc"))
    assert outlines.renew(session, PARK) == 1
    (tile,) = tiles_of(2)
    found = mapbox_vector_tile.decode(vector.tile(session, [PARK], *tile, scope=ALL))
    kinds = {(f["properties"]["name"], f["geometry"]["type"]) for f in found["park"]["features"]}
    assert kinds == {("a", "Point"), ("b", "Polygon"), ("b", "Point"),
                     ("c", "LineString"), ("c", "Point")}  # fmt: skip


def test_a_shape_of_very_many_corners_is_drawn_within_the_bounds(session: Session) -> None:
    angle = np.linspace(0, 2 * np.pi, 199_000, endpoint=False)
    radius = 20 + 3 * np.sin(angle * 997)
    huge = shapely.Polygon(np.column_stack([100 + radius * np.cos(angle),
                                            20 + radius * np.sin(angle) * 0.8]))  # fmt: skip
    put(session, PARK, [huge], name=["huge"])
    for z, x, y in ((0, 0, 0), (3, 6, 3), (7, 99, 56)):
        assert len(vector.tile(session, [PARK], z, x, y, scope=ALL)) <= MAX_BYTES
    assert outlines.renew(session, PARK) == 1
    assert 0 < len(vector.tile(session, [PARK], 3, 6, 3, scope=ALL)) <= 25_000


def test_needles_that_rounding_lets_cross_everywhere_do_not_stop_the_database(
    session: Session,
) -> None:
    chance = np.random.default_rng(0)
    angle = np.sort(chance.uniform(0, 2 * np.pi, 1600))
    near, far = chance.uniform(5, 20, 1600), chance.uniform(1000, 2000, 1600)
    far = np.where(angle < np.pi, far, 0.6 * far)
    radius = np.where(np.arange(1600) % 2 == 0, near, far)
    star = shapely.Polygon(np.column_stack([2048 + radius * np.cos(angle),
                                            2048 + radius * np.sin(angle)]))  # fmt: skip
    assert star.is_valid
    rounded = func.ST_SnapToGrid(func.ST_GeomFromWKB(shapely.to_wkb(star)), 1.0)
    # One that is made valid by ST_MakeValid runs into the statement's time limit here.
    found = shapely.from_wkb(bytes(session.scalar(
        select(func.ST_AsBinary(func.onemap_tile_area(rounded)))
    )))  # fmt: skip
    assert found.is_valid
    corners = shapely.get_coordinates(found)
    assert np.array_equal(corners, np.rint(corners))
    assert np.allclose(found.bounds, star.bounds, atol=200)  # not turned over


@pytest.mark.real
def test_the_districts_of_the_country_share_their_borders(session: Session) -> None:
    folder = os.environ.get("ONEMAP_REAL_DATA")
    file = Path(folder or "no-real-data") / "admin" / "district.geojson"
    if not file.exists():
        pytest.skip("the districts are not here")
    features = json.loads(file.read_text("utf-8"))["features"]
    shapes = [shapely.geometry.shape(f["geometry"]) for f in features]
    parts = [[p for p in shapely.get_parts(shapely.make_valid(s)) if p.geom_type == "Polygon"]
             for s in shapes]  # fmt: skip
    layer = user_layers.create(session, title="区县", geometry_type="MULTIPOLYGON", fields=[],
                               access="open", finished=False)  # fmt: skip
    good = [(str(nr), shapely.MultiPolygon(p)) for nr, p in enumerate(parts) if p]
    put(session, layer, [s for _, s in good], name=[n for n, _ in good])
    user_layers.finish(session, layer)
    assert outlines.renew(session, layer) > 2800
    areas = areas_of(vector.tile(session, [layer], 6, 52, 26, scope=ALL), layer)
    assert len(areas) > 50
    assert assert_borders_are_common(areas) > 50
