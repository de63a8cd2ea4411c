"""Documents of features, and plan images on the map."""

from __future__ import annotations

from typing import Any

from flask import Response, jsonify, send_file

from gis_server.auth import permission, scope, who
from gis_server.state import config, db
from gis_server.views.blueprint import api
from gis_server.views.features import wanted_version
from gis_server.wire.base import NoQuery
from gis_server.wire.document import (
    DocumentChange,
    DocumentForm,
    DocumentPath,
    DocumentsQuery,
    PlanBody,
    PlanChange,
    PlansQuery,
)
from layers import catalog, documents
from layers.documents import Store, plans, register
from layers.documents.register import Told

bp = api("documents")
PICTURES = ("image/png", "image/jpeg")


def store() -> Store:
    """Return where this site's documents lie."""
    return Store(config().documents_dir)


@bp.get("/documents")
@permission("features.read")
def listed(query: DocumentsQuery) -> dict[str, Any]:
    """List the documents of a feature."""
    layer = catalog.find(query.layer, db())
    return {"documents": documents.listed(db(), layer, query.feature_id, scope=scope())}


@bp.post("/documents")
@permission("documents.write")
def upload(form: DocumentForm) -> Response:
    """Keep a file as a document of a feature; pictures are drawn anew, without metadata. 201."""
    layer = catalog.find(form.layer, db())
    received = store().receive(form.file.stream, max_bytes=config().max_document_bytes)
    try:
        kept = documents.add(
            db(),
            store(),
            received,
            layer,
            form.feature_id,
            Told(kind=form.kind, title=form.title, file_name=form.file.filename or ""),
            scope=scope(),
            actor=who().name,
        )
    finally:
        received.unlink(missing_ok=True)
    response = _answer(kept, 201)
    response.headers["Location"] = f"/api/v1/documents/{kept['id']}"
    return response


@bp.get("/documents/<id>")
@permission("features.read")
def one(path: DocumentPath, query: NoQuery) -> Response:
    """Tell what a document is; `ETag` is its version."""
    return _answer(register.shown(documents.one(db(), path.id, scope=scope())))


@bp.get("/documents/<id>/content")
@permission("features.read")
def content(path: DocumentPath, query: NoQuery) -> Response:
    """Answer the file itself: a picture to show, everything else to keep, nothing to run."""
    document = documents.one(db(), path.id, scope=scope())
    response = send_file(
        store().open(document.sha256),
        mimetype=document.media_type,
        as_attachment=document.media_type not in PICTURES,
        download_name=document.file_name,
        etag=document.sha256,
        max_age=0,
    )
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


@bp.patch("/documents/<id>")
@permission("documents.write")
def change(path: DocumentPath, body: DocumentChange) -> Response:
    """Change a document's title or kind. Needs `If-Match`."""
    changed = documents.change(
        db(), path.id, version=wanted_version(), scope=scope(), title=body.title, kind=body.kind
    )
    return _answer(changed)


@bp.delete("/documents/<id>")
@permission("documents.write")
def remove(path: DocumentPath) -> Response:
    """Remove a document, and the plans made of it. Needs `If-Match`."""
    documents.remove(db(), path.id, version=wanted_version(), scope=scope())
    return Response(status=204)


@bp.get("/site-plans")
@permission("features.read")
def site_plans(query: PlansQuery) -> dict[str, Any]:
    """List the plan images in a box or of a feature, each with its four corners."""
    found = plans.listed(
        db(), scope=scope(), bbox=query.box(), layer=query.layer, feature_id=query.feature_id
    )
    return {"site_plans": found}


@bp.post("/site-plans")
@permission("documents.write")
def add_plan(body: PlanBody) -> Response:
    """Lay a document's picture on the map, by its corners or by control points. 201."""
    plan = plans.add(
        db(),
        body.document,
        scope=scope(),
        corners=body.corners,
        controls=[control.control() for control in body.controls],
        title=body.title,
        opacity=body.opacity,
    )
    return _answer(plan, 201)


@bp.patch("/site-plans/<id>")
@permission("documents.write")
def change_plan(path: DocumentPath, body: PlanChange) -> Response:
    """Move a plan image, or rename it. Needs `If-Match`."""
    plan = plans.change(
        db(),
        path.id,
        version=wanted_version(),
        scope=scope(),
        corners=body.corners,
        controls=[control.control() for control in body.controls],
        title=body.title,
        opacity=body.opacity,
    )
    return _answer(plan)


@bp.delete("/site-plans/<id>")
@permission("documents.write")
def remove_plan(path: DocumentPath) -> Response:
    """Take a plan image off the map. Needs `If-Match`."""
    plans.remove(db(), path.id, version=wanted_version(), scope=scope())
    return Response(status=204)


def _answer(shown: dict[str, Any], status: int = 200) -> Response:
    response = jsonify(shown)
    response.status_code = status
    response.headers["ETag"] = f'"{shown["version"]}"'
    return response
