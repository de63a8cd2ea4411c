"""The definition of the OGC API (OpenAPI 3.0.3), with a path for each of the reader's collections.

Clients look a collection's own path up to learn by which properties it can be filtered, so the
paths are written out and not templates.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from gis_server import __version__
from gis_server.ogc.asking import DEFAULT_LIMIT, MAX_LIMIT
from gis_server.ogc.collections import parameters
from gis_server.ogc.links import GEOJSON, JSON, MVT, OPENAPI, SCHEMA, root
from gis_server.ogc.systems import CRS84
from gis_server.text import say
from gis_server.titles import layer_title
from layers.layer import Layer

_NUMBERS = {
    "oneOf": [
        {"type": "array", "items": {"type": "number"}, "minItems": count, "maxItems": count}
        for count in (4, 6)
    ]
}
_URI = {"type": "string", "format": "uri", "default": CRS84}
_TEXT = {"type": "string"}


def _query(name: str, schema: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"name": name, "in": "query", "required": False, "schema": schema, **more}


_PLAIN = {"style": "form", "explode": False}
_PARAMETERS: dict[str, dict[str, Any]] = {
    "f": _query("f", {"type": "string", "enum": ["json"]}),
    "lang": _query("lang", {"type": "string", "enum": ["zh", "en"]}),
    "bbox": _query(
        "bbox",
        {"type": "array", "minItems": 4, "maxItems": 6, "items": {"type": "number"}} | _NUMBERS,
        **_PLAIN,
    ),
    "bbox-crs": _query("bbox-crs", _URI, **_PLAIN),
    "crs": _query("crs", _URI, **_PLAIN),
    "datetime": _query("datetime", _TEXT, **_PLAIN),
    "limit": _query(
        "limit",
        {"type": "integer", "minimum": 1, "maximum": MAX_LIMIT, "default": DEFAULT_LIMIT},
        **_PLAIN,
    ),
    "filter": _query("filter", _TEXT),
    "filter-lang": _query(
        "filter-lang",
        {"type": "string", "enum": ["cql2-text", "cql2-json"], "default": "cql2-text"},
    ),
    "filter-crs": _query("filter-crs", _URI),
    "cursor": _query("cursor", _TEXT),
    "featureId": {
        "name": "featureId", "in": "path", "required": True,
        "schema": {"type": "string", "format": "uuid"},
    },
    **{
        name: {"name": name, "in": "path", "required": True, "schema": schema}
        for name, schema in {
            "tileMatrixSetId": {"type": "string"},
            "tileMatrix": {"type": "string"},
            "tileRow": {"type": "integer", "minimum": 0},
            "tileCol": {"type": "integer", "minimum": 0},
        }.items()
    },
}  # fmt: skip
_ITEMS = (
    "bbox", "bbox-crs", "datetime", "limit", "crs", "filter", "filter-lang", "filter-crs",
    "cursor", "f", "lang",
)  # fmt: skip
_TILE = ("tileMatrixSetId", "tileMatrix", "tileRow", "tileCol")


def document(layers: Iterable[Layer], *, language: str) -> dict[str, Any]:
    """Return the definition for a reader who may know of these layers."""
    paths = {
        "/": _get("landing", "The landing page", JSON),
        "/conformance": _get("conformance", "Which classes of the standards are met", JSON),
        "/api": _get("api", "This definition", OPENAPI),
        "/collections": _get("collections", "The collections", JSON),
        "/tileMatrixSets": _get("tileMatrixSets", "The tile matrix sets", JSON),
        "/tileMatrixSets/{tileMatrixSetId}": _get(
            "tileMatrixSet", "A tile matrix set", JSON, ["tileMatrixSetId"]
        ),
    }
    for layer in layers:
        paths |= _collection(layer, layer_title(language, layer))
    return {
        "openapi": "3.0.3",
        "info": {
            "title": "onemap OGC API",
            "version": __version__,
            "description": say(language, "ogc.description"),
        },
        "servers": [{"url": root()}],
        "security": [{}, {"basic": []}, {"session": []}],
        "paths": paths,
        "components": {
            "parameters": _PARAMETERS,
            "securitySchemes": {
                "basic": {"type": "http", "scheme": "basic"},
                "session": {"type": "apiKey", "in": "cookie", "name": "onemap_session"},
            },
            "schemas": {"Problem": _PROBLEM, "Geometry": _GEOMETRY, "Feature": _FEATURE,
                        "FeatureCollection": _FEATURES},
            "responses": {"Problem": {
                "description": "What went wrong",
                "content": {"application/problem+json": {"schema": _ref("schemas/Problem")}},
            }},
        },
    }  # fmt: skip


def _collection(layer: Layer, title: str) -> dict[str, Any]:
    """Return the paths of one collection."""
    path, name = f"/collections/{layer.name}", layer.name
    own = [
        _query(property_, schema, style="form", explode=False)
        for property_, schema in parameters(layer).items()
    ]
    features = _get(f"items_{name}", title, GEOJSON, _ITEMS, "FeatureCollection")
    features["get"]["parameters"] += own
    return {
        path: _get(f"collection_{name}", title, JSON),
        f"{path}/queryables": _get(f"queryables_{name}", title, SCHEMA),
        f"{path}/schema": _get(f"schema_{name}", title, SCHEMA),
        f"{path}/items": features,
        f"{path}/items/{{featureId}}": _get(
            f"item_{name}", title, GEOJSON, ["featureId", "crs", "f", "lang"], "Feature"
        ),
        f"{path}/tiles": _get(f"tilesets_{name}", title, JSON),
        f"{path}/tiles/{{tileMatrixSetId}}": _get(
            f"tileset_{name}", title, JSON, ["tileMatrixSetId", "f", "lang"]
        ),
        f"{path}/tiles/{{tileMatrixSetId}}/{{tileMatrix}}/{{tileRow}}/{{tileCol}}": _get(
            f"tile_{name}", title, MVT, _TILE
        ),
    }


def _get(
    operation: str,
    summary: str,
    media_type: str,
    parameters: Iterable[str] = ("f", "lang"),
    schema: str | None = None,
) -> dict[str, Any]:
    """Return a path that is only read."""
    plain: dict[str, Any] = {"type": "object"}
    if media_type == MVT:
        plain = {"type": "string", "format": "binary"}
    content = {media_type: {"schema": _ref(f"schemas/{schema}") if schema else plain}}
    return {
        "get": {
            "operationId": operation,
            "summary": summary,
            "parameters": [_ref(f"parameters/{name}") for name in parameters],
            "responses": {
                "200": {"description": summary, "content": content},
                "400": _ref("responses/Problem"),
                "401": _ref("responses/Problem"),
                "404": _ref("responses/Problem"),
                "503": _ref("responses/Problem"),
            },
        }
    }


def _ref(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/{name}"}


_LINKS = {"type": "array", "items": {"type": "object", "required": ["href"]}}
_PROBLEM = {
    "type": "object",
    "properties": {
        "type": _TEXT, "title": _TEXT, "status": {"type": "integer"}, "detail": _TEXT,
        "instance": _TEXT, "parameter": _TEXT,
    },
}  # fmt: skip
_GEOMETRY = {
    "type": "object",
    "nullable": True,
    "required": ["type"],
    "properties": {"type": _TEXT, "coordinates": {"type": "array", "items": {}}},
}
_FEATURE = {
    "type": "object",
    "required": ["type", "id", "geometry", "properties"],
    "properties": {
        "type": {"type": "string", "enum": ["Feature"]},
        "id": {"type": "string", "format": "uuid"},
        "geometry": _ref("schemas/Geometry"),
        "properties": {"type": "object", "nullable": True},
        "links": _LINKS,
    },
}
_FEATURES = {
    "type": "object",
    "required": ["type", "features"],
    "properties": {
        "type": {"type": "string", "enum": ["FeatureCollection"]},
        "features": {"type": "array", "items": _ref("schemas/Feature")},
        "links": _LINKS,
        "timeStamp": {"type": "string", "format": "date-time"},
        "numberMatched": {"type": "integer", "minimum": 0},
        "numberReturned": {"type": "integer", "minimum": 0},
    },
}
