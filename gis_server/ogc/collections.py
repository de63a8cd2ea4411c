"""A layer as a collection of features (OGC 17-069r4, 7.13 and 7.14)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from gis_server.ogc.extents import Box
from gis_server.ogc.links import GEOJSON, JSON, REL, SCHEMA, link
from gis_server.ogc.systems import CRS84
from gis_server.titles import field_title, layer_title
from layers.layer import Layer, LayerField
from layers.query import cql2

_TYPES: Mapping[str, dict[str, Any]] = {
    "text": {"type": "string"},
    "integer": {"type": "integer"},
    "number": {"type": "number"},
    "boolean": {"type": "boolean"},
    "time": {"type": "string", "format": "date-time"},
    "date": {"type": "string", "format": "date"},
    "list": {"type": "array", "items": {"type": "string"}},
    "id": {"type": "string", "format": "uuid"},
}
_SPINE = {"id": "id", "version": "integer", "updated_at": "time"}
_GEOMETRIES = {
    "POINT": "point", "LINESTRING": "linestring", "MULTIPOLYGON": "multipolygon",
}  # fmt: skip
SCHEMA_DIALECT = "https://json-schema.org/draft/2020-12/schema"


def collection(
    layer: Layer, *, language: str, box: Box | None, crs: Sequence[str] | None = None
) -> dict[str, Any]:
    """Return the description of a collection; `crs` None refers to the list of all collections."""
    title = layer_title(language, layer)
    path = f"/collections/{layer.name}"
    document: dict[str, Any] = {
        "id": layer.name,
        "title": title,
        "itemType": "feature",
        "crs": list(crs) if crs is not None else ["#/crs"],
        "storageCrs": CRS84,
        "links": [
            link(path, "self"),
            link(f"{path}/items", "items", GEOJSON, title),
            link(f"{path}/queryables", f"{REL}queryables", SCHEMA),
            link(f"{path}/schema", "describedby", SCHEMA),
            link(f"{path}/schema", f"{REL}schema", SCHEMA),
            link(f"{path}/tiles", f"{REL}tilesets-vector", JSON),
        ],
    }
    if box is not None:
        document["extent"] = {"spatial": {"bbox": [list(box)], "crs": CRS84}}
    return document


def queryables(layer: Layer, *, language: str) -> dict[str, Any]:
    """Return the properties that a filter may name, as JSON Schema (OGC 19-079r2, 6)."""
    properties = _properties(layer, language)
    named = cql2.kinds(layer)
    shape = {"title": "geom", "x-ogc-role": "primary-geometry", "format": _format_of(layer)}
    return {
        "$schema": SCHEMA_DIALECT,
        "$id": link(f"/collections/{layer.name}/queryables", "self")["href"],
        "type": "object",
        "title": layer_title(language, layer),
        "properties": {name: properties.get(name, shape) for name in named},
        "additionalProperties": False,
    }


def schema(layer: Layer, *, language: str) -> dict[str, Any]:
    """Return what a feature of the collection is like, as JSON Schema."""
    return {
        "$schema": SCHEMA_DIALECT,
        "$id": link(f"/collections/{layer.name}/schema", "self")["href"],
        "type": "object",
        "title": layer_title(language, layer),
        "properties": {
            "geometry": {"x-ogc-role": "primary-geometry", "format": _format_of(layer)},
            **_properties(layer, language),
        },
    }


def parameters(layer: Layer) -> dict[str, dict[str, Any]]:
    """Return each property that is a parameter of its own, with the schema of its value."""
    types = {field.name: field.type for field in layer.fields} | _SPINE
    return {name: _TYPES[types[name]] for name in cql2.kinds(layer) if name in types}


def _properties(layer: Layer, language: str) -> dict[str, dict[str, Any]]:
    own = {field.name: _property(layer, field, language) for field in layer.fields}
    spine: dict[str, dict[str, Any]] = {
        name: {"title": name, **_TYPES[type_]} for name, type_ in _SPINE.items()
    }
    spine["id"]["x-ogc-role"] = "id"
    return spine | own


def _property(layer: Layer, field: LayerField, language: str) -> dict[str, Any]:
    found = {"title": field_title(language, layer, field), **_TYPES[field.type]}
    spec = field.spec
    if spec.unit:
        found["x-ogc-unit"] = spec.unit
    if spec.minimum is not None:
        found["minimum"] = spec.minimum
    if spec.maximum is not None:
        found["maximum"] = spec.maximum
    if spec.domain and field.type == "text":
        found["enum"] = list(spec.domain)
    return found


def _format_of(layer: Layer) -> str:
    return f"geometry-{_GEOMETRIES.get(layer.geometry_type, 'any')}"
