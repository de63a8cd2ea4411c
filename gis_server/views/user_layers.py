"""Layers of a user's own: define, change, remove, bring back."""

from __future__ import annotations

from typing import Any

from flask import Response, jsonify

from gis_server.auth import permission, who
from gis_server.errors import reader_language
from gis_server.state import db
from gis_server.titles import definition_of, field_of
from gis_server.views.blueprint import api
from gis_server.views.features import wanted_version
from gis_server.wire.base import NoQuery
from gis_server.wire.user_layer import (
    NewUserLayer,
    UserLayerChange,
    UserLayerPath,
    UserLayerRemoval,
    UserLayersQuery,
)
from layers import catalog, user_layers
from layers.layer import Layer
from layers.models import UserLayer

bp = api("user_layers")


@bp.get("/user-layers")
@permission("layers.read")
def every(query: UserLayersQuery) -> dict[str, Any]:
    """List the layers of users' own that the reader may know of, or the removed ones of theirs."""
    if query.removed:
        return {"layers": [_gone(row) for row in user_layers.removed(db())]}
    own = [layer for layer in catalog.layers(db()) if layer.definition]
    return {"layers": [_shown(layer) for layer in own]}


@bp.get("/user-layers/<layer>")
@permission("layers.read")
def one(path: UserLayerPath, query: NoQuery) -> Response:
    """Tell one; `ETag` is the version of its definition."""
    user_layers.definition(db(), path.layer)
    return _answer(catalog.find(path.layer, db()))


@bp.post("/user-layers")
@permission("layers.write")
def add(body: NewUserLayer) -> Response:
    """Define an empty layer; 201 with its address. A file makes one through /imports."""
    layer = user_layers.create(
        db(),
        title=body.title,
        title_en=body.title_en,
        geometry_type=body.geometry_type,
        fields=[field.draft() for field in body.fields],
        group=body.group,
        access=body.access,
        readers=body.readers.model_dump(),
        style=body.style,
        source=body.source,
        owner=who().name,
    )
    response = _answer(layer, 201)
    response.headers["Location"] = f"/api/v1/user-layers/{layer.name}"
    return response


@bp.patch("/user-layers/<layer>")
@permission("layers.write")
def change(path: UserLayerPath, body: UserLayerChange) -> Response:
    """Change a part of the definition; needs `If-Match`, and to be its owner or administrator."""
    patch = body.model_dump(exclude_unset=True, exclude={"fields"})
    layer = user_layers.change(
        db(),
        path.layer,
        patch,
        version=wanted_version(),
        fields=[field.entry() for field in body.fields],
    )
    return _answer(layer)


@bp.delete("/user-layers/<layer>")
@permission("layers.write")
def remove(path: UserLayerPath, body: UserLayerRemoval) -> Response:
    """Take a layer away from everybody; it can be brought back for 30 days."""
    user_layers.remove(db(), path.layer, version=wanted_version(), typed=body.name)
    return Response(status=204)


@bp.post("/user-layers/<layer>/restore")
@permission("layers.write")
def restore(path: UserLayerPath) -> Response:
    """Bring back a removed layer with everything in it."""
    return _answer(user_layers.restore(db(), path.layer))


def _shown(layer: Layer) -> dict[str, Any]:
    own = user_layers.own_fields(layer)
    marks = {"searched": layer.searched, "tiled": layer.tiled}
    return {
        "name": layer.name,
        "geometry_type": layer.geometry_type,
        "group": layer.group,
        "access": layer.access,
        **definition_of(db(), layer),
        "fields": [
            {
                **field_of(reader_language(), layer, field),
                "title": field.title,
                "title_en": field.title_en,
                **{mark: field.name in names for mark, names in marks.items()},
            }
            for field in own
        ],
    }


def _gone(row: UserLayer) -> dict[str, Any]:
    return {
        "name": row.name,
        "title": row.title,
        "title_en": row.title_en,
        "owner": row.owner,
        "removed_at": row.removed_at.isoformat() if row.removed_at else None,
        "kept_days": user_layers.KEPT.days,
    }


def _answer(layer: Layer, status: int = 200) -> Response:
    shown = _shown(layer)
    response = jsonify(shown)
    response.status_code = status
    response.headers["ETag"] = f'"{shown["version"]}"'
    return response
