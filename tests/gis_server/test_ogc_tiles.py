"""OGC API - Tiles: sets and their definition, and tiles by level, row and column."""

from __future__ import annotations

import re

import mapbox_vector_tile
import morecantile
import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine

from gis_server.ogc import matrices
from tests.gis_server.ogc_city import build

TILES = "/ogc/collections/team/tiles"
SET = f"{TILES}/WebMercatorQuad"
REL = "http://www.opengis.net/def/rel/ogc/1.0/"


@pytest.fixture
def door(database: Engine, client: FlaskClient) -> FlaskClient:
    """Give a commander's client of a site with a few features."""
    build(database)
    return client


def linked(document, rel):
    return [link for link in document["links"] if link["rel"] == rel]


def test_a_collection_leads_by_its_sets_to_a_tile_with_the_row_before_the_column(door):
    collection = door.get("/ogc/collections/team").json
    sets = door.get(linked(collection, f"{REL}tilesets-vector")[0]["href"]).json
    (listed,) = sets["tilesets"]
    assert (listed["dataType"], listed["tileMatrixSetURI"]) == (
        "vector", "http://www.opengis.net/def/tilematrixset/OGC/1.0/WebMercatorQuad",
    )  # fmt: skip
    described = door.get(linked(listed, "self")[0]["href"]).json
    assert described["layers"][0]["id"] == "team"
    (template,) = linked(described, "item")
    assert template["templated"] is True
    place = morecantile.tms.get("WebMercatorQuad").tile(120.1, 30.1, 14)
    assert place.x != place.y
    address = template["href"].format(tileMatrix=14, tileRow=place.y, tileCol=place.x)
    answer = door.get(address)
    assert answer.status_code == 200 and answer.mimetype == template["type"]
    assert len(answer.headers.getlist("Content-Length")) == 1
    (feature,) = mapbox_vector_tile.decode(answer.data)["team"]["features"]
    assert feature["properties"]["people"] == 10
    turned = template["href"].format(tileMatrix=14, tileRow=place.x, tileCol=place.y)
    assert door.get(turned).status_code == 204


def test_a_tile_is_the_one_of_the_map(door):
    address = door.get("/api/v1/layers/team").json["tiles"].format(z=9, x=426, y=211)
    assert door.get(f"{SET}/9/211/426").data == door.get(address).data != b""


@pytest.mark.parametrize(
    ("own", "theirs", "shift"),
    [(matrices.WEB_MERCATOR, "WebMercatorQuad", 0), (matrices.CGCS2000, "WGS1984Quad", 1)],
)
def test_the_matrix_sets_are_those_of_the_standard(own, theirs, shift):
    """morecantile has the set of Tianditu as WGS1984Quad, its levels counted from 0."""
    known = morecantile.tms.get(theirs)
    for matrix in own.matrices():
        if (level := int(matrix.id) - shift) > known.maxzoom:
            break
        other = known.matrix(level)
        assert matrix.cell_size == pytest.approx(other.cellSize, rel=1e-9)
        assert matrix.scale_denominator == pytest.approx(other.scaleDenominator, rel=1e-9)
        assert (matrix.across, matrix.down) == (other.matrixWidth, other.matrixHeight)
        assert own.origin == pytest.approx(other.pointOfOrigin)


def test_a_set_is_defined_as_the_standard_defines_it(door):
    listed = door.get("/ogc/tileMatrixSets").json["tileMatrixSets"]
    assert [each["id"] for each in listed] == ["WebMercatorQuad"]
    defined = door.get(linked(listed[0], f"{REL}tiling-scheme")[0]["href"]).json
    read = morecantile.TileMatrixSet.model_validate(defined)
    known = morecantile.tms.get("WebMercatorQuad")
    for z, x, y in ((0, 0, 0), (5, 26, 13), (14, 13650, 6757)):
        assert read.xy_bounds(x, y, z) == pytest.approx(known.xy_bounds(x, y, z))


def test_the_tilejson_of_a_set_describes_the_same_tiles(door):
    described = door.get(SET).json
    (link,) = linked(described, "describedby")
    document = door.get(link["href"]).json
    assert document["tilejson"] == "3.0.0"
    assert [each["id"] for each in document["vector_layers"]] == ["team"]


def test_a_tile_that_has_not_changed_is_told_so_and_a_change_is_seen_at_once(door, sealed):
    address = f"{SET}/9/211/426"
    first = door.get(address)
    assert first.headers["Cache-Control"] == "private, no-cache"
    assert {"Cookie", "Authorization"} <= set(first.vary)
    known = {"If-None-Match": first.headers["ETag"]}
    assert door.get(address, headers=known).status_code == 304
    made = door.post("/api/v1/layers/team/features", json={
        "geometry": {"type": "Point", "coordinates": [120.1, 30.11]}, "properties": {"kind": "fire"}
    })  # fmt: skip
    assert made.status_code == 201
    sealed()
    assert door.get(address, headers=known).status_code == 200


def test_tiles_hold_nothing_of_another_region(door, sign_in):
    reader = sign_in(("viewer", "330102"))
    features = mapbox_vector_tile.decode(reader.get(f"{SET}/6/26/53").data)["team"]["features"]
    assert len(features) == 2


@pytest.mark.parametrize(
    ("path", "status"),
    [
        (f"{SET}/0/1/0", 400), (f"{SET}/31/0/0", 400), (f"{SET}/-1/0/0", 400),
        (f"{SET}/nan/0/0", 400), (f"{SET}/1/0/1e9", 400), (f"{TILES}/unicorn/0/0/0", 404),
        (f"{TILES}/unicorn", 404), ("/ogc/tileMatrixSets/unicorn", 404),
        ("/ogc/collections/unicorn/tiles", 404), (f"{SET}?unicorn=1", 400),
    ],
)  # fmt: skip
def test_what_does_not_exist_is_refused(door, path, status):
    answer = door.get(path)
    assert answer.status_code == status
    assert answer.mimetype == "application/problem+json"


def test_the_tilejson_of_every_layer_and_of_the_base_map_is_that_of_the_standard(door):
    """TileJSON 3.0.0, sections 3.1 to 3.24: what is required, and of which type and range."""
    names = [each["name"] for each in door.get("/api/v1/layers").json["layers"]]
    for name in (*names, "basemap"):
        document = door.get(f"/tiles/{name}.json").json
        assert document["tilejson"] == "3.0.0"
        assert all("{z}" in each and "{x}" in each and "{y}" in each for each in document["tiles"])
        assert 0 <= document["minzoom"] <= document["maxzoom"] <= 30
        assert document.get("scheme", "xyz") == "xyz"
        assert re.fullmatch(r"\d+\.\d+\.\d+", document["version"])
        west, south, east, north = document["bounds"]
        assert -180 <= west < east <= 180 and -90 <= south < north <= 90
        assert document["vector_layers"]
        for layer in document["vector_layers"]:
            assert isinstance(layer["id"], str)
            assert all(isinstance(each, str) for each in layer["fields"].values())
