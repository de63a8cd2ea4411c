"""Tiles of rasters and their TileJSON."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from flask import Response, request
from flask_openapi import APIBlueprint, Tag

from gis_server import errors, raster_drawing
from gis_server.auth import permission, scope
from gis_server.state import commit, config, db, state
from gis_server.tiling.raster import AskedRaster, answer, found
from gis_server.tiling.sent import respond
from gis_server.wire.base import NoQuery
from gis_server.wire.raster import RasterPath, RasterTilePath, StyleQuery
from layers import rasters
from layers.errors import InvalidInputError
from layers.rasters import cog
from tiles import raster as draw
from tiles.grid import Tile
from tiles.raster.style import drawing

bp = APIBlueprint(
    "raster_tiles", __name__, url_prefix="/tiles/raster", abp_tags=[Tag(name="tiles")]
)
PNG = "image/png"
MADE_AT_ONCE_PX = 16_000_000
"""A file of at most so many pixels is made within a request; a larger one is made beside it."""
_PICTURE: dict[str | int | HTTPStatus, Any] = {
    "200": {"content": {PNG: {"schema": {"type": "string", "format": "binary"}}}}
}


@bp.errorhandler(InvalidInputError)
def refuse(error: InvalidInputError) -> Response:
    """Answer an address that no tile can have as 400: it is the address that is wrong."""
    return errors.answer(error, 400)


@bp.get("/<id>/<revision>/<z>/<x>/<y>.png", responses=_PICTURE)
@permission("features.read", remembered=True)
def tile(path: RasterTilePath, query: StyleQuery) -> Response:
    """Answer one tile of a raster, 256 pixels a side; 204 where nothing of it is there.

    503 while the file that it is drawn from is made, anew where it was lost or damaged. While the
    database is away, a tile that was drawn before is answered with `X-Onemap-Stale`, others with
    503.
    """
    return _tile(path, query, draw.SIDE_PX)


@bp.get("/<id>/<revision>/<z>/<x>/<y>@2x.png", responses=_PICTURE)
@permission("features.read", remembered=True)
def dense_tile(path: RasterTilePath, query: StyleQuery) -> Response:
    """Answer one tile of a raster for dense screens, 512 pixels a side."""
    return _tile(path, query, 2 * draw.SIDE_PX)


@bp.get("/<id>.json")
@permission("features.read")
def tile_set(path: RasterPath, query: NoQuery) -> dict[str, Any]:
    """Describe the tiles of a raster (TileJSON 3.0.0)."""
    card = rasters.card(rasters.one(db(), path.id, scope()))
    return {
        "tilejson": "3.0.0",
        "name": card["name"],
        "scheme": "xyz",
        "tiles": [request.host_url.rstrip("/") + card["tiles"]],
        "minzoom": card["minzoom"],
        "maxzoom": card["maxzoom"],
        "bounds": card["bounds"],
        "attribution": card["attribution"],
    }


def _tile(path: RasterTilePath, query: StyleQuery, side_px: int) -> Response:
    where, supply = Tile(path.z, path.x, path.y), state().supply
    row = found(supply, path.id, scope(), db)
    drawn = drawing(row, style=query.style, ramp=query.ramp, low=query.low, high=query.high)
    asked = AskedRaster(
        row, where, side_px, drawn, path.revision, plain=query.low is None and query.high is None
    )

    def draw_it() -> bytes | None:
        file = cog.file_of(db(), row, config().rasters_dir, most_pixels=MADE_AT_ONCE_PX)
        commit()  # drawing needs no connection: it is free for others meanwhile
        return raster_drawing.png(file, row, path.z, path.x, path.y, drawn=drawn, side_px=side_px)

    commit()  # nor does who waits for a turn
    return respond(answer(supply, asked, draw_it), media_type=PNG)
