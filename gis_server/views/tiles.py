"""Vector tiles and their TileJSON."""

from __future__ import annotations

from typing import Annotated, Any

from flask import Response, request
from flask_openapi import APIBlueprint, Tag
from pydantic import Field

from gis_server.auth import permission, scope
from gis_server.state import db
from gis_server.wire.base import Wire
from layers import catalog, journal
from layers.catalog import Layer
from layers.site import describe
from tiles import basemap, vector
from tiles import tilejson as describe_tiles
from tiles.grid import MAX_ZOOM

bp = APIBlueprint("tiles", __name__, url_prefix="/tiles", abp_tags=[Tag(name="tiles")])
MVT = "application/vnd.mapbox-vector-tile"
BASEMAP = "basemap"
FOR_EVER = "private, max-age=31536000, immutable"


class TilePath(Wire):
    """Which tile: a layer, several with commas, or `basemap`; the data set's revision; z, x, y.

    The revision is `<epoch>-<seq>`, the first 8 digits of the database's epoch and the revision's
    number, which no restored or remade database gives again; the number alone is taken too.
    """

    layer: Annotated[str, Field(max_length=2000)]
    revision: Annotated[str, Field(pattern=r"^([0-9a-f]{8}-)?[0-9]{1,18}$")]
    z: Annotated[int, Field(ge=0, le=MAX_ZOOM)]
    x: Annotated[int, Field(ge=0, lt=2**MAX_ZOOM)]
    y: Annotated[int, Field(ge=0, lt=2**MAX_ZOOM)]


class TileSet(Wire):
    """Which set of tiles."""

    layer: Annotated[str, Field(max_length=200)]


@bp.get(
    "/<layer>/<revision>/<z>/<x>/<y>.mvt",
    responses={"200": {"content": {MVT: {"schema": {"type": "string", "format": "binary"}}}}},
)
@permission("features.read")
def tile(path: TilePath) -> Response:
    """Answer one tile; 204 where it is empty. Kept for ever under the full name of the present one.

    A number alone may come again after a restore, so a tile asked for by it is not kept. The
    revision is read before the rows: rows then are at least as new as their label.
    """
    names = _names(path.layer)
    present = journal.label(journal.epoch(db()), _revision(names))
    if path.layer == BASEMAP:
        body = basemap.tile(db(), path.z, path.x, path.y)
    else:
        body = vector.tile(db(), _layers(path.layer), path.z, path.x, path.y, scope=scope())
    response = Response(body, status=200 if body else 204, mimetype=MVT)
    response.headers["Cache-Control"] = FOR_EVER if path.revision == present else "no-store"
    # Two people at one screen must not get each other's tiles.
    response.vary.add("Cookie")
    return response


@bp.get("/<layer>.json")
@permission("features.read")
def tile_set(path: TileSet) -> dict[str, Any]:
    """Describe a set of tiles (TileJSON 3.0.0)."""
    revision = _revision(_names(path.layer))
    label = journal.label(journal.epoch(db()), revision)
    credits = ", ".join(describe(db())["attribution"]) or None
    if path.layer == BASEMAP:
        document = describe_tiles.of_basemap(revision=revision, label=label, attribution=credits)
    else:
        document = describe_tiles.of_layer(
            catalog.find(path.layer, db()), revision=revision, label=label, attribution=credits
        )
    root = request.host_url.rstrip("/")
    return document | {"tiles": [root + address for address in document["tiles"]]}


def _names(name: str) -> list[str]:
    return list(basemap.SOURCES) if name == BASEMAP else [layer.name for layer in _layers(name)]


def _layers(name: str) -> list[Layer]:
    found = (catalog.find(each, db()) for each in name.split(","))
    return list({layer.name: layer for layer in found}.values())


def _revision(names: list[str]) -> int:
    return max(catalog.revisions(db(), names).values())
