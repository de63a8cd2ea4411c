"""OGC API: landing page, conformance, definition of the API, and the collections."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

from flask import Response, current_app, jsonify
from flask_openapi import APIBlueprint, Tag
from pydantic import Field

from gis_server.auth import permission, scope
from gis_server.errors import reader_language
from gis_server.ogc import collections, description, extents, problem
from gis_server.ogc.asking import Asked
from gis_server.ogc.conformance import CLASSES
from gis_server.ogc.links import OPENAPI, PREFIX, REL, SCHEMA, link, root, self_link
from gis_server.ogc.systems import uris
from gis_server.state import config, db
from gis_server.text import say
from gis_server.wire.base import Wire
from layers import catalog
from layers.catalog import Layer
from layers.errors import NotFoundError
from layers.site import describe

bp = APIBlueprint("ogc", __name__, url_prefix=PREFIX, abp_tags=[Tag(name="ogc")])
problem.register(bp)


class CollectionPath(Wire):
    """Which collection: a layer's name."""

    collection: Annotated[str, Field(min_length=1, max_length=64)]


@bp.after_request
def _keep_private(response: Response) -> Response:
    # What one person may see is never another's cached copy.
    response.headers.setdefault("Cache-Control", "private, no-store")
    return response


@bp.get("/", strict_slashes=False)
@permission("layers.read")
def landing(query: Asked) -> dict[str, Any]:
    """Answer the landing page: what there is and where."""
    language = reader_language()
    site = describe(db(), name=config().site_name, name_en=config().site_name_en)
    named = site["name_en"] if language == "en" else site["name"]
    words = named or site["name"] or say(language, "site.default")
    return {
        "title": words,
        "description": say(language, "ogc.description"),
        **({"attribution": ", ".join(site["attribution"])} if site["attribution"] else {}),
        "links": [
            self_link(),
            link("/api", "service-desc", OPENAPI),
            link(root().removesuffix(PREFIX) + "/api/v1/docs", "service-doc", "text/html"),
            link("/conformance", "conformance"),
            link("/conformance", f"{REL}conformance"),
            link("/collections", "data"),
            link("/collections", f"{REL}data"),
            link("/tileMatrixSets", f"{REL}tiling-schemes"),
        ],
    }


@bp.get("/conformance")
@permission("layers.read")
def conformance(query: Asked) -> dict[str, Any]:
    """Answer which classes of the standards are met."""
    return {"conformsTo": list(CLASSES), "links": [self_link()]}


@bp.get("/api")
@permission("layers.read")
def api(query: Asked) -> Response:
    """Answer the definition of this API (OpenAPI 3.0), with the reader's own collections."""
    response = jsonify(description.document(catalog.layers(db()), language=reader_language()))
    response.headers["Content-Type"] = OPENAPI
    return response


@bp.get("/collections")
@permission("layers.read")
def every(query: Asked) -> dict[str, Any]:
    """List the collections that the reader may know of."""
    language = reader_language()
    listed = catalog.layers(db())
    boxes = _boxes(listed)
    return {
        "links": [self_link()],
        "crs": list(uris()),
        "collections": [
            collections.collection(layer, language=language, box=boxes[layer.name])
            for layer in listed
        ],
    }


@bp.get("/collections/<collection>")
@permission("layers.read")
def one(path: CollectionPath, query: Asked) -> dict[str, Any]:
    """Describe a collection."""
    layer = named(path.collection)
    box = _boxes([layer])[layer.name]
    return collections.collection(layer, language=reader_language(), box=box, crs=uris())


@bp.get("/collections/<collection>/queryables")
@permission("layers.read")
def queryables(path: CollectionPath, query: Asked) -> Response:
    """Tell which properties a filter may name (JSON Schema)."""
    return _schema(collections.queryables(named(path.collection), language=reader_language()))


@bp.get("/collections/<collection>/schema")
@permission("layers.read")
def schema(path: CollectionPath, query: Asked) -> Response:
    """Tell what a feature of the collection is like (JSON Schema)."""
    return _schema(collections.schema(named(path.collection), language=reader_language()))


def named(name: str) -> Layer:
    """Return the layer of a collection: by its exact name, so that each has one address.

    Raises
    ------
    NotFoundError
        There is none of that name for this reader.
    """
    layer = catalog.find(name, db())
    if layer.name != name:
        raise NotFoundError(
            f"there is no collection {name!r}; near: {layer.name}",
            code="unknown_layer", layer=name, known=layer.name, near=layer.name,
        )  # fmt: skip
    return layer


def _boxes(listed: Sequence[Layer]) -> dict[str, extents.Box | None]:
    known: extents.ExtentCache = current_app.extensions.setdefault("onemap.extents", {})
    revisions = catalog.revisions(db(), [layer.name for layer in listed])
    return extents.extents(db(), listed, scope=scope(), revisions=revisions, known=known)


def _schema(document: dict[str, Any]) -> Response:
    response = jsonify(document)
    response.mimetype = SCHEMA
    return response
