"""Saved views: keep, share, open, change with `If-Match`, remove."""

from __future__ import annotations

from typing import Any

from flask import Response, jsonify

from gis_server.auth import permission
from gis_server.state import db
from gis_server.views.blueprint import api
from gis_server.views.features import wanted_version
from gis_server.wire.base import NoQuery
from gis_server.wire.hall import SavedViewBody, SavedViewChange, SavedViewPath
from layers import hall

bp = api("saved_views")

_EMPTY = frozenset({"layers", "incident", "at", "highlight"})
"""What a change may take away; the rest has a value always."""


@bp.get("/views")
@permission("layers.read")
def every(query: NoQuery) -> dict[str, Any]:
    """List the views that the reader may open: one's own, and those that are shared."""
    return {"views": hall.views(db())}


@bp.post("/views")
@permission("themes.write")
def add(body: SavedViewBody) -> Response:
    """Keep a view of the map: place, layers, incident, time, highlight; 201 with its address."""
    made, fresh = hall.add_view(db(), _stored(body), id=body.id)
    response = _answer(made, 201 if fresh else 200)
    response.headers["Location"] = f"/api/v1/views/{made['id']}"
    return response


@bp.get("/views/<id>")
@permission("layers.read")
def one(path: SavedViewPath, query: NoQuery) -> Response:
    """Open a view."""
    return _answer(hall.view(db(), path.id))


@bp.patch("/views/<id>")
@permission("themes.write")
def change(path: SavedViewPath, body: SavedViewChange) -> Response:
    """Rename, move or share one's own view; 409 where somebody was faster."""
    given = _stored(body)
    patch = {
        name: given[name]
        for name in body.model_fields_set
        if given[name] is not None or name in _EMPTY
    }
    return _answer(hall.change_view(db(), path.id, patch, version=wanted_version()))


@bp.delete("/views/<id>")
@permission("themes.write")
def remove(path: SavedViewPath) -> Response:
    """Remove one's own view; a playlist that holds it goes on without it."""
    hall.remove_view(db(), path.id, version=wanted_version())
    return Response(status=204)


def _stored(body: SavedViewBody | SavedViewChange) -> dict[str, Any]:
    """Return the fields as they are stored: ids and times as they are, the rest as JSON."""
    given = body.model_dump(exclude={"id"})
    if body.highlight is not None:
        given["highlight"] = body.highlight.model_dump(mode="json", exclude_none=True)
    return given


def _answer(shown: dict[str, Any], status: int = 200) -> Response:
    response = jsonify(shown)
    response.status_code = status
    response.headers["ETag"] = f'"{shown["version"]}"'
    return response
