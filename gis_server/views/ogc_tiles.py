"""OGC API - Tiles: the vector tiles of each collection, in Web Mercator.

In that set alone: the counted cells that bound a tile are cells of its grid. Clients that work in
CGCS2000 turn the tiles; images are offered in both sets by WMTS (`gis_server.views.wmts`).
"""

from __future__ import annotations

from typing import Annotated, Any

from flask import Response
from flask_openapi import APIBlueprint, Tag
from pydantic import Field

from gis_server.auth import permission, scope
from gis_server.errors import reader_language
from gis_server.ogc import problem
from gis_server.ogc.asking import Asked
from gis_server.ogc.links import JSON, MVT, PREFIX, REL, SCHEMA, link, root, self_link
from gis_server.ogc.matrices import WEB_MERCATOR, document
from gis_server.ogc.systems import CRS84
from gis_server.state import commit, db, state
from gis_server.tiling.address import Asked as AskedTile
from gis_server.tiling.sent import respond
from gis_server.titles import layer_title
from gis_server.views.ogc import CollectionPath, named
from gis_server.wire.base import Wire
from layers.errors import NotFoundError
from layers.layer import Layer
from tiles.grid import MAX_ZOOM, Tile
from tiles.tilejson import WORLD

bp = APIBlueprint("ogc_tiles", __name__, url_prefix=PREFIX, abp_tags=[Tag(name="ogc")])
problem.register(bp)
TILE_JSON = "application/vnd.mapbox.tile+json"
_DIMENSIONS = {"POINT": 0, "LINESTRING": 1, "MULTIPOLYGON": 2}


class SetPath(Wire):
    """Which tile matrix set."""

    matrix_set: Annotated[str, Field(max_length=64)]


class TileSetPath(CollectionPath, SetPath):
    """Which set of tiles of a collection."""


class TilePath(TileSetPath):
    """Which tile: the level, and then the row before the column."""

    matrix: Annotated[int, Field(ge=0, le=MAX_ZOOM)]
    row: Annotated[int, Field(ge=0, lt=2**MAX_ZOOM)]
    col: Annotated[int, Field(ge=0, lt=2**MAX_ZOOM)]


@bp.get("/tileMatrixSets")
@permission("layers.read")
def sets(query: Asked) -> dict[str, Any]:
    """List the tile matrix sets of vector tiles."""
    path = f"/tileMatrixSets/{WEB_MERCATOR.id}"
    listed = {
        "id": WEB_MERCATOR.id, "title": WEB_MERCATOR.title, "uri": WEB_MERCATOR.uri,
        "crs": WEB_MERCATOR.crs, "links": [link(path, f"{REL}tiling-scheme")],
    }  # fmt: skip
    return {"links": [self_link()], "tileMatrixSets": [listed]}


@bp.get("/tileMatrixSets/<matrix_set>")
@permission("layers.read")
def one_set(path: SetPath, query: Asked) -> dict[str, Any]:
    """Define a tile matrix set."""
    _check_set(path.matrix_set)
    return document(WEB_MERCATOR)


@bp.get("/collections/<collection>/tiles")
@permission("layers.read")
def tile_sets(path: CollectionPath, query: Asked) -> dict[str, Any]:
    """List the sets of tiles of a collection."""
    layer = named(path.collection)
    return {"links": [self_link()], "tilesets": [_short(layer)]}


@bp.get("/collections/<collection>/tiles/<matrix_set>")
@permission("layers.read")
def tile_set(path: TileSetPath, query: Asked) -> dict[str, Any]:
    """Describe a set of tiles of a collection (OGC 17-083r4, 9)."""
    layer = named(path.collection)
    _check_set(path.matrix_set)
    west, south, east, north = WORLD
    source: dict[str, Any] = {
        "id": layer.name,
        "title": layer_title(reader_language(), layer),
        "dataType": "vector",
        "minTileMatrix": str(layer.min_zoom),
        "links": [link(f"/collections/{layer.name}/schema", "describedby", SCHEMA)],
    }
    if layer.geometry_type in _DIMENSIONS:
        source["geometryDimension"] = _DIMENSIONS[layer.geometry_type]
    return {
        **_short(layer),
        "tileMatrixSetLimits": [_limits(level) for level in range(layer.min_zoom, MAX_ZOOM + 1)],
        "boundingBox": {"lowerLeft": [west, south], "upperRight": [east, north], "crs": CRS84},
        "mediaTypes": [MVT],
        "layers": [source],
    }


@bp.get(
    "/collections/<collection>/tiles/<matrix_set>/<matrix>/<row>/<col>",
    responses={"200": {"content": {MVT: {"schema": {"type": "string", "format": "binary"}}}}},
)
@permission("features.read")
def tile(path: TilePath, query: Asked) -> Response:
    """Answer one vector tile; 204 where it is empty. `ETag` tells whether it has changed."""
    _check_set(path.matrix_set)
    asked = AskedTile(
        (named(path.collection),), Tile(path.matrix, path.col, path.row),
        epoch=None, revision=0, where={},
    )  # fmt: skip
    response = respond(state().supply.answer(asked, scope(), db, commit))
    # The address has no revision: the client asks again, and mostly hears that nothing changed.
    response.headers["Cache-Control"] = "private, no-cache"
    response.vary.add("Authorization")
    return response


def _short(layer: Layer) -> dict[str, Any]:
    """Return what a list says of a collection's set of tiles."""
    here = f"/collections/{layer.name}/tiles/{WEB_MERCATOR.id}"
    template = f"{here}/{{tileMatrix}}/{{tileRow}}/{{tileCol}}"
    tile_json = f"{root().removesuffix(PREFIX)}/tiles/{layer.name}.json"
    return {
        "title": layer_title(reader_language(), layer),
        "dataType": "vector",
        "crs": WEB_MERCATOR.crs,
        "tileMatrixSetURI": WEB_MERCATOR.uri,
        "links": [
            link(here, "self", JSON),
            link(f"/tileMatrixSets/{WEB_MERCATOR.id}", f"{REL}tiling-scheme", JSON),
            link(template, "item", MVT, templated=True),
            link(tile_json, "describedby", TILE_JSON),
        ],
    }


def _limits(level: int) -> dict[str, Any]:
    last = (1 << level) - 1
    return {
        "tileMatrix": str(level), "minTileRow": 0, "maxTileRow": last, "minTileCol": 0,
        "maxTileCol": last,
    }  # fmt: skip


def _check_set(name: str) -> None:
    if name != WEB_MERCATOR.id:
        raise NotFoundError(
            f"there is no tile matrix set {name!r}; vector tiles come in {WEB_MERCATOR.id}",
            code="no_matrix_set", got=name, wanted=WEB_MERCATOR.id,
        )  # fmt: skip
