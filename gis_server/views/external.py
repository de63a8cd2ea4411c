"""Map services of others: set up by an administrator, their tiles through this server."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Literal

from flask import Response, request
from flask_openapi import APIBlueprint, Tag
from pydantic import Field

from gis_server.auth import permission
from gis_server.external import services
from gis_server.state import commit, config, db
from gis_server.tiling.sent import STALE
from gis_server.views.blueprint import api
from gis_server.wire.base import NoQuery, Wire, Word
from layers.basemaps import external as register
from tiles.grid import MAX_ZOOM, Tile

bp = api("external")
tiles_bp = APIBlueprint("external_tiles", __name__, url_prefix="/tiles/external",
                        abp_tags=[Tag(name="external")])  # fmt: skip
A_DAY = "private, max-age=86400"
IMAGE = {"image/png": {"schema": {"type": "string", "format": "binary"}}}
Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]{0,39}$")]


class Service(Wire):
    """A map service of others. Its key stays on the server; `{key}` in `address` stands for it."""

    name: Name
    title: Word
    title_en: Word | None = None
    kind: Literal["xyz", "wmts", "wms"]
    address: Annotated[str, Field(min_length=1, max_length=1000)]
    subdomains: Annotated[list[Annotated[str, Field(max_length=20)]], Field(max_length=20)] = []
    layer: Word | None = None
    style: Word | None = None
    matrix_set: Word | None = None
    format: Annotated[str, Field(max_length=40)] = "image/png"
    datum: Literal["wgs84", "gcj02", "bd09"] = "wgs84"
    min_zoom: Annotated[int, Field(ge=0, le=MAX_ZOOM)] = 0
    max_zoom: Annotated[int, Field(ge=0, le=MAX_ZOOM)] = 18
    attribution: Word
    opacity: Annotated[float, Field(gt=0, le=1)] = 1.0
    intranet: bool = False
    key: Annotated[str, Field(min_length=1, max_length=500)] | None = None


class ServicePath(Wire):
    """Which service."""

    name: Name


class ServiceTile(ServicePath):
    """Which tile of which service."""

    z: Annotated[int, Field(ge=0, le=MAX_ZOOM)]
    x: Annotated[int, Field(ge=0, lt=2**MAX_ZOOM)]
    y: Annotated[int, Field(ge=0, lt=2**MAX_ZOOM)]


@bp.get("/external")
@permission("basemaps.manage")
def every(query: NoQuery) -> dict[str, Any]:
    """List the services as they are set up; of a key only whether there is one."""
    return {"external": register.listed(db())}


@bp.post("/external", responses={"201": Service})
@permission("basemaps.manage")
def put(body: Service) -> tuple[dict[str, Any], int]:
    """Set up a service, in the place of the one of that name."""
    register.put(db(), register.External(**body.model_dump()))
    services(config()).forget(body.name)
    return {"external": [one for one in register.listed(db()) if one["name"] == body.name]}, 201


@bp.delete("/external/<name>")
@permission("basemaps.manage")
def remove(path: ServicePath, query: NoQuery) -> dict[str, Any]:
    """Forget a service and its key."""
    register.remove(db(), path.name)
    services(config()).forget(path.name)
    return {"removed": path.name}


@tiles_bp.get("/<name>/<z>/<x>/<y>.png", responses={"200": {"content": IMAGE}})
@permission("features.read", remembered=True)
def tile(path: ServiceTile) -> Response:
    """Answer a tile of a service of others; 204 where the service has none.

    While the service cannot be reached a kept tile is answered with `X-Onemap-Stale`, any other
    with 503 and the reason. It may be a PNG, JPEG or WebP; the content type says which.
    """
    where, ours = Tile(path.z, path.x, path.y), services(config())
    source = ours.known(path.name, db)
    commit()  # the service may be slow: no connection is held meanwhile
    sent = ours.tile(source, where)
    response = Response(sent.body, status=200 if sent.body else 204, mimetype=sent.media_type)
    response.headers["Cache-Control"] = A_DAY
    if sent.stale_since is not None:
        since = dt.datetime.fromtimestamp(sent.stale_since, dt.UTC).isoformat(timespec="seconds")
        response.headers["Cache-Control"] = "no-store"
        response.headers[STALE] = f"since={since}"
        response.headers["Warning"] = '110 onemap "Response is Stale"'
    response.vary.add("Cookie")
    if sent.etag:
        response.set_etag(sent.etag)
        response.make_conditional(request)
    return response
