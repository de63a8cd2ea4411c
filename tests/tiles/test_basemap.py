"""The base map's tiles: what is drawn at which zoom, and that it stays small."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import mapbox_vector_tile
import numpy as np
import pytest
import shapely
from sqlalchemy.orm import Session

from layers.catalog import find
from layers.errors import OutOfRangeError
from layers.query import Scope
from tests.scatter import points, put
from tiles import basemap, ground, tilejson, vector
from tiles.grid import Tile

CENTRE = (120.0, 30.0)


def tile_of(z: int, lon: float = CENTRE[0], lat: float = CENTRE[1]) -> tuple[int, int, int]:
    """Return the tile that holds a position."""
    x = int((lon + 180) / 360 * 2**z)
    y = int((1 - np.arcsinh(np.tan(np.radians(lat))) / np.pi) / 2 * 2**z)
    return z, x, y


def decoded(body: bytes) -> dict[str, list[dict[str, Any]]]:
    """Return the features of each source-layer."""
    if not body:
        return {}
    return {n: layer["features"] for n, layer in mapbox_vector_tile.decode(body).items()}


def drawn(session: Session, z: int) -> dict[str, list[dict[str, Any]]]:
    """Return the base map's tile at the test's centre."""
    return decoded(basemap.tile(session, *tile_of(z)))


def around_centre(size: float) -> shapely.Geometry:
    """Return a square about the centre, its side in degrees."""
    lon, lat = CENTRE
    return shapely.box(lon - size / 2, lat - size / 2, lon + size / 2, lat + size / 2)


@pytest.fixture
def town(session: Session) -> None:
    """A town: water, park, house, railway, roads of three classes, places of three kinds."""
    lon, lat = CENTRE
    line = shapely.LineString([(lon - 0.02, lat), (lon + 0.02, lat + 0.001)])
    put(session, find("water"), [around_centre(0.1)], kind=["river"])
    put(session, find("land_use"), [around_centre(0.01)], kind=["park"])
    put(session, find("building"), [around_centre(0.0004)], kind=["house"], levels=[3])
    put(session, find("railway"), [line], kind=["rail"])
    classes = ["motorway", "secondary", "residential"]
    put(session, find("road"), [line] * 3, name=["高速", "二路", "小巷"], length_m=[4000.0] * 3,
        speed_kph=[50.0] * 3, **{"class": classes})  # fmt: skip
    put(session, find("place"), [shapely.Point(*CENTRE)] * 3, name=["市", "镇", "村"],
        kind=["city", "town", "village"])  # fmt: skip


@pytest.mark.usefixtures("town")
def test_the_base_map_fills_from_the_large_to_the_small(session: Session) -> None:
    assert basemap.tile(session, *tile_of(2)) == b""
    seen = {z: set(drawn(session, z)) for z in (4, 8, 12, 15)}
    assert seen[4] == {"water", "place"} or seen[4] == {"place"}
    assert seen[8] == {"water", "place", "road", "railway"}
    assert seen[12] == {"water", "place", "road", "railway", "land_use"}
    assert seen[15] == set(basemap.SOURCES)


@pytest.mark.usefixtures("town")
def test_roads_and_places_come_by_importance(session: Session) -> None:
    classes = {z: {f["properties"]["class"] for f in drawn(session, z)["road"]} for z in (6, 9, 14)}
    assert classes[6] == {"motorway"}
    assert classes[9] == {"motorway", "secondary"}
    assert classes[14] == {"motorway", "secondary", "residential"}
    names = {z: {f["properties"]["name"] for f in drawn(session, z)["place"]} for z in (3, 7, 12)}
    assert names[3] == {"市"}
    assert names[7] == {"市", "镇"}
    assert names[12] == {"市", "镇", "村"}


def test_pieces_of_one_road_are_drawn_as_one_line(session: Session) -> None:
    lon, lat = CENTRE
    corners = [(lon - 0.02 + 0.002 * i, lat) for i in range(21)]
    pieces = [shapely.LineString(pair) for pair in pairwise(corners)]
    put(session, find("road"), pieces, name=["环路"] * 20, length_m=[200.0] * 20,
        speed_kph=[50.0] * 20, **{"class": ["primary"] * 20})  # fmt: skip
    (road,) = drawn(session, 10)["road"]
    assert road["geometry"]["type"] == "LineString"
    assert len(drawn(session, ground.FULL_ZOOM)["road"]) > 1


def test_a_kind_that_nobody_listed_is_drawn_when_near(session: Session) -> None:
    put(session, find("place"), [shapely.Point(*CENTRE)], name=["渡口"], kind=["ferry_stop"])
    put(session, find("place"), [shapely.Point(*CENTRE)], name=["无名"])
    assert "place" not in drawn(session, 12)
    assert len(drawn(session, 14)["place"]) == 2


def test_a_crowded_tile_keeps_its_bound_and_its_largest_shapes(session: Session) -> None:
    draw = np.random.default_rng(51)
    lon, lat = CENTRE
    places = points(9000, seed=52, box=(lon - 0.01, lat - 0.008, lon + 0.01, lat + 0.008))
    sizes = draw.uniform(0.00002, 0.0002, 9000)
    houses = [p.buffer(s, quad_segs=4) for p, s in zip(places, sizes, strict=True)]
    put(session, find("building"), houses, name=[f"楼 {i} {'号' * 20}" for i in range(9000)])
    body = basemap.tile(session, *tile_of(14))
    assert 0 < len(body) <= 500_000
    kept = {int(f["properties"]["name"].split()[1]) for f in decoded(body)["building"]}
    dropped = set(range(9000)) - kept
    assert dropped
    inside = [i for i in dropped if Tile(*tile_of(14)) and _inside(places[i])]
    assert np.mean([sizes[i] for i in inside]) < np.mean([sizes[i] for i in kept])


def _inside(place: shapely.Geometry) -> bool:
    return tile_of(14, place.x, place.y) == tile_of(14)


def test_districts_come_by_level(session: Session) -> None:
    shape = shapely.MultiPolygon([around_centre(0.5)])
    put(session, find("region"), [shape] * 2, code=["33", "330102"], level=["province", "county"])
    for z, levels in ((6, {"province"}), (9, {"province", "county"})):
        body = vector.tile(session, [find("region")], *tile_of(z), scope=Scope(()))
        assert {f["properties"]["level"] for f in decoded(body)["region"]} == levels


def test_a_base_map_tile_that_is_not_there_is_refused(session: Session) -> None:
    with pytest.raises(OutOfRangeError):
        basemap.tile(session, 3, 8, 0)


def test_tilejson_names_the_tiles_the_zooms_and_the_fields() -> None:
    document = tilejson.of_layer(find("hazard_source"), revision=7, attribution="© somebody")
    assert document["tiles"] == ["/tiles/hazard_source/7/{z}/{x}/{y}.mvt"]
    assert document["attribution"] == "© somebody"
    (source,) = document["vector_layers"]
    assert source["id"] == "hazard_source"
    assert {"id", "grade", "count", "worst"} <= set(source["fields"])
    base = tilejson.of_basemap(revision=7)
    assert {source["id"] for source in base["vector_layers"]} == set(basemap.SOURCES)
    assert sum(basemap.SOURCES.values()) <= 500_000
