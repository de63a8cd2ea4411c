"""From a layer's row to a GeoJSON feature and to a flat record."""

from __future__ import annotations

import datetime as dt
import json
import uuid
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Label, case, func

from layers.catalog import Layer


def feature_columns(layer: Layer) -> list[Label[Any]]:
    """Return the columns from which `to_feature` makes a feature; geometry as GeoJSON text."""
    geometry = func.ST_AsGeoJSON(layer.column("geom"), 9).label("geojson")
    return [*(layer.column(name).label(name) for name in _names(layer)), geometry]


def _names(layer: Layer) -> list[str]:
    """Return the columns that a feature shows."""
    return ["id", "fid", "version", "updated_at", *(field.name for field in layer.fields)]


def to_json(value: Any) -> Any:
    """Return a column's value as JSON holds it: ids as text, dates and times in RFC 3339."""
    if isinstance(value, uuid.UUID):
        return str(value)
    if isinstance(value, dt.date):
        return value.isoformat()
    return value


def to_feature(layer: Layer, row: Mapping[Any, Any], **extra: Any) -> dict[str, Any]:
    """Return the GeoJSON feature of a row selected by `feature_columns`."""
    properties: dict[str, Any] = {"layer": layer.name}
    properties |= {name: to_json(row[name]) for name in _names(layer) if name != "id"}
    geojson = row["geojson"]
    return {
        "type": "Feature",
        "id": str(row["id"]),
        "geometry": json.loads(geojson) if geojson is not None else None,
        "properties": properties | extra,
    }


def to_features(
    layer: Layer, rows: Iterable[Sequence[Any]], *, extra: Sequence[str] = ()
) -> list[dict[str, Any]]:
    """Return the features of rows selected by `feature_columns` and, after them, extra columns.

    As `to_feature`, for a page of rows: what depends on the layer alone is looked at once.
    """
    names = _names(layer)
    plain = ("text", "integer", "number", "boolean", "list")
    told = [field.name for field in layer.fields if field.type not in plain] + ["updated_at"]
    found: list[dict[str, Any]] = []
    for row in rows:
        properties = {"layer": layer.name, **dict(zip(names, row, strict=False))}
        id_ = properties.pop("id")
        for name in told:
            properties[name] = to_json(properties[name])
        geojson = row[len(names)]
        geometry = json.loads(geojson) if geojson is not None else None
        properties |= zip(extra, row[len(names) + 1 :], strict=True)
        found.append(
            {"type": "Feature", "id": str(id_), "geometry": geometry, "properties": properties}
        )
    return found


def anchor(layer: Layer) -> ColumnElement[Any]:
    """Return a feature's one place (EPSG:4326): the point itself, else a point on it."""
    geom = layer.column("geom")
    if layer.geometry_type == "POINT":
        return geom
    return case((func.GeometryType(geom) == "POINT", geom), else_=func.ST_PointOnSurface(geom))


def anchor_columns(layer: Layer) -> list[Label[Any]]:
    """Return `lon` and `lat` of a feature's one place."""
    return [func.ST_X(anchor(layer)).label("lon"), func.ST_Y(anchor(layer)).label("lat")]
