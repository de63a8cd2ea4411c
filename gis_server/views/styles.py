"""Style documents of the base map, and the glyphs that they name."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from flask import Response, request
from pydantic import Field

from gis_server import basemaps
from gis_server.auth import permission
from gis_server.errors import reader_language
from gis_server.glyphs import LAST, RANGE, glyphs
from gis_server.ground_style import style
from gis_server.state import config, db
from gis_server.views.blueprint import api
from gis_server.wire.base import NoQuery, Wire

bp = api("styles")
PROTOBUF = "application/x-protobuf"


class StylePath(Wire):
    """Which style."""

    name: Literal["light", "dark"]


class GlyphPath(Wire):
    """Which 256 characters of which fonts."""

    fontstack: Annotated[str, Field(min_length=1, max_length=200)]
    start: Annotated[int, Field(ge=0, le=LAST)]
    end: Annotated[int, Field(ge=0, le=LAST)]


@bp.get("/styles/<name>.json")
@permission("features.read")
def document(path: StylePath, query: NoQuery) -> dict[str, Any]:
    """Answer the base map's style (MapLibre style 8), by day or by night, labels by `lang=`."""
    root = request.host_url.rstrip("/")
    tiles = basemaps.tile_set(db(), config())
    whole = tiles | {"tiles": [root + address for address in tiles["tiles"]]}
    return style(path.name, tiles=whole, language=reader_language(),
                 glyphs=f"{root}/api/v1/glyphs/{{fontstack}}/{{range}}.pbf")  # fmt: skip


@bp.get(
    "/glyphs/<fontstack>/<int:start>-<int:end>.pbf",
    responses={"200": {"content": {PROTOBUF: {"schema": {"type": "string", "format": "binary"}}}}},
)
@permission("public")
def glyph_range(path: GlyphPath) -> Response:
    """Answer 256 characters of a font as signed distance fields, for map libraries of others."""
    start = path.start if path.end == path.start + RANGE - 1 else -1
    response = Response(glyphs(path.fontstack, start), mimetype=PROTOBUF)
    response.headers["Cache-Control"] = "public, max-age=604800"
    return response
