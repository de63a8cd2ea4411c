"""Theme maps: keep, share, open, change with `If-Match`, remove."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Response, jsonify

from gis_server.auth import permission
from gis_server.state import db
from gis_server.views.blueprint import api
from gis_server.views.features import wanted_version
from gis_server.wire.base import NoQuery
from gis_server.wire.theme import ThemeBody, ThemeChange, ThemePath
from layers import themes

bp = api("themes")


@bp.get("/themes")
@permission("features.read")
def every(query: NoQuery) -> dict[str, Any]:
    """List the theme maps that the reader may open: one's own, and those that are shared."""
    return {"themes": themes.themes(db())}


@bp.post("/themes")
@permission("themes.write")
def add(body: ThemeBody) -> Response:
    """Keep a theme map: layers, filters, styles and the view of them; 201 with its address."""
    made = themes.add(db(), body.model_dump(mode="json", exclude={"id"}), id=body.id)
    response = _answer(made, 201)
    response.headers["Location"] = f"/api/v1/themes/{made}"
    return response


@bp.get("/themes/<id>")
@permission("features.read")
def one(path: ThemePath, query: NoQuery) -> Response:
    """Open a theme map; `hidden` counts its layers that are not for this reader."""
    return _answer(path.id)


@bp.patch("/themes/<id>")
@permission("themes.write")
def change(path: ThemePath, body: ThemeChange) -> Response:
    """Change a part of one's own theme map, or share it; 409 where somebody was faster."""
    patch = body.model_dump(mode="json", exclude_unset=True)
    given = {name: value for name, value in patch.items() if value is not None or name in _EMPTY}
    themes.change(db(), path.id, given, version=wanted_version())
    return _answer(path.id)


@bp.delete("/themes/<id>")
@permission("themes.write")
def remove(path: ThemePath) -> Response:
    """Remove one's own theme map."""
    themes.remove(db(), path.id, version=wanted_version())
    return Response(status=204)


_EMPTY = frozenset({"title_en", "view"})
"""What a change may take away; the rest has a value always."""


def _answer(id: uuid.UUID, status: int = 200) -> Response:
    shown = themes.theme(db(), id)
    response = jsonify(shown)
    response.status_code = status
    response.headers["ETag"] = f'"{shown["version"]}"'
    return response
