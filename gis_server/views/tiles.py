"""Vector tiles and their TileJSON."""

from __future__ import annotations

from typing import Annotated, Any

from flask import Response, request
from flask_openapi import APIBlueprint, Tag
from pydantic import Field

from gis_server import basemaps, errors
from gis_server.auth import permission, scope, who
from gis_server.state import commit, config, db, state
from gis_server.tiling.address import BASEMAP, Asked, TilePath, TileQuery, filters, layers_of, split
from gis_server.tiling.sent import MVT, respond
from gis_server.wire.base import Wire
from layers import catalog, journal, replay
from layers.catalog import Layer
from layers.definition import PREFIX
from layers.errors import InvalidInputError
from layers.site import describe
from tiles import tilejson as describe_tiles
from tiles.grid import Tile

bp = APIBlueprint("tiles", __name__, url_prefix="/tiles", abp_tags=[Tag(name="tiles")])


@bp.errorhandler(InvalidInputError)
def refuse(error: InvalidInputError) -> Response:
    """Answer an address that no tile can have as 400: it is the address that is wrong."""
    return errors.answer(error, 400)


class TileSet(Wire):
    """Which set of tiles."""

    layer: Annotated[str, Field(max_length=200)]


@bp.get(
    "/<layer>/<revision>/<z>/<x>/<y>.mvt",
    responses={"200": {"content": {MVT: {"schema": {"type": "string", "format": "binary"}}}}},
)
@permission("features.read", remembered=True)
def tile(path: TilePath, query: TileQuery) -> Response:
    """Answer one tile; 204 where it is empty. Kept for ever while nothing has touched it.

    "For ever" is told of an address whose revision is of this database and not older than the
    newest change that touched the tile; a number alone may come again after a restore. While the
    database is away, a tile that was made before is answered with `X-Onemap-Stale`, others with
    503.
    """
    asked = _asked(path, query)
    if asked.basemap and (served := basemaps.shelf(config()).served()) is not None:
        return basemaps.tile(
            served, asked.tile, label=path.revision, known=request.if_none_match,
            gzipped=bool(request.accept_encodings["gzip"]),
        )  # fmt: skip
    return respond(state().supply.answer(asked, scope(), db, commit))


def _asked(path: TilePath, query: TileQuery) -> Asked:
    """Return what an address asks for, every part of it checked."""
    tile = Tile(path.z, path.x, path.y)
    epoch, revision = split(path.revision)
    layers = layers_of(path.layer, lambda name: _find(name, revision))
    basemap = path.layer == BASEMAP
    if basemap and (query.where is not None or query.at is not None):
        raise InvalidInputError(
            "the base map is not filtered and has no past", code="invalid_fields",
            field="where" if query.where else "at", got=BASEMAP, wanted="layers by name",
        )  # fmt: skip
    return Asked(
        layers, tile, epoch, revision,
        where=filters(query.where, layers), at=_seq(query.at), basemap=basemap,
    )  # fmt: skip


def _find(name: str, revision: int) -> Layer:
    """Return a layer as the one who asks may know it, defined no earlier than the revision says.

    From memory where that is as new, or where there is nothing else.
    """
    watch = state().supply.watch
    new = watch is not None and watch.in_step and revision <= watch.touched.seq
    if name.startswith(PREFIX) and watch is not None and (new or watch.away):
        layer = watch.own.get(name)
        defined = layer.definition if layer else None
        reader = who().reader
        if layer and defined and reader.may_read(layer.access, defined.owner, defined.readers):
            return layer
    return catalog.find(name, db())


def _seq(at: str | None) -> int | None:
    """Return the seq that a moment of the past is; a time is the last change sealed by then.

    Raises
    ------
    InvalidInputError
        Neither a seq that has been given nor a time with an offset.
    """
    return None if at is None else replay.moment(db(), at).seq


@bp.get("/<layer>.json")
@permission("features.read")
def tile_set(path: TileSet) -> dict[str, Any]:
    """Describe a set of tiles (TileJSON 3.0.0)."""
    credits = ", ".join(describe(db())["attribution"]) or None
    if path.layer == BASEMAP:
        document = basemaps.tile_set(db(), config())
    else:
        revision = max(catalog.revisions(db(), [one.name for one in _set(path.layer)]).values())
        label = journal.label(journal.epoch(db()), revision)
        document = describe_tiles.of_layer(
            catalog.find(path.layer, db()), revision=revision, label=label, attribution=credits
        )
    root = request.host_url.rstrip("/")
    return document | {"tiles": [root + address for address in document["tiles"]]}


def _set(names: str) -> tuple[Layer, ...]:
    return layers_of(names, lambda name: catalog.find(name, db()))
