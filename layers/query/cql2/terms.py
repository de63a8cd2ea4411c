"""Values and properties of a filter: SQL of a known kind, or refused by name."""

from __future__ import annotations

import datetime as dt
import math
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import shapely
from geoalchemy2.shape import from_shape
from sqlalchemy import (
    BigInteger,
    Boolean,
    ColumnElement,
    Date,
    DateTime,
    Double,
    String,
    Uuid,
    literal,
)
from sqlalchemy.dialects.postgresql import ARRAY

from layers.catalog import Layer
from layers.errors import InvalidInputError
from layers.intake.geometry import GeometryError, from_geojson
from layers.query.boxes import boxes
from layers.query.cql2.limits import refused

Kind = Literal["text", "number", "boolean", "time", "date", "id", "list", "geometry"]

SPINE: dict[str, Kind] = {"id": "id", "version": "number", "updated_at": "time", "geom": "geometry"}
"""What can be asked of every layer beside its declared fields; `geometry` is `geom` too."""


@dataclass(frozen=True)
class Term:
    """A part of a filter as SQL, and of what kind it is."""

    sql: ColumnElement[Any]
    kind: Kind


def kinds(layer: Layer) -> dict[str, Kind]:
    """Return every property that a filter on a layer may name, with its kind."""
    declared: dict[str, Kind] = {
        field.name: "number" if field.type == "integer" else field.type for field in layer.fields
    }
    return declared | SPINE


def property_(layer: Layer, name: Any) -> Term:
    """Return a property as SQL.

    Raises
    ------
    InvalidInputError
        The layer has none of that name; the message lists those that it has.
    """
    known = kinds(layer)
    wanted = "geom" if name == "geometry" else name
    if not isinstance(wanted, str) or wanted not in known:
        listed = ", ".join(known)
        raise InvalidInputError(
            f"layer {layer.name} has no property {str(name)[:80]!r}; it has {listed}",
            code="unknown_field", layer=layer.name, field=str(name)[:80], known=listed,
        )  # fmt: skip
    return Term(layer.column(wanted), known[wanted])


def text(value: str) -> Term:
    """Return a text; one that PostgreSQL cannot hold is refused."""
    return Term(literal(_holdable(value), String), "text")


def number(value: int | float) -> Term:
    """Return a number; one that is not finite is refused."""
    if isinstance(value, int) and -(2**63) <= value < 2**63:
        return Term(literal(value, BigInteger), "number")
    try:
        real = float(value)
    except OverflowError:
        real = math.inf
    if not math.isfinite(real):
        raise refused(value, "a finite number")
    return Term(literal(real, Double), "number")


def truth(value: bool) -> Term:
    """Return true or false."""
    return Term(literal(value, Boolean), "boolean")


def array(values: list[Any]) -> Term:
    """Return a list of texts."""
    if not all(isinstance(value, str) for value in values):
        raise refused(values, "an array of texts", code="filter_type")
    return Term(literal([_holdable(value) for value in values], ARRAY(String)), "list")


def date(value: Any) -> Term:
    """Return a day."""
    return Term(literal(_read(dt.date.fromisoformat, value, _DAY), Date), "date")


def timestamp(value: Any) -> Term:
    """Return an instant; a time without its offset from UTC is refused."""
    return Term(literal(_read(_instant, value, _INSTANT), DateTime(timezone=True)), "time")


def moment(value: Any) -> Term:
    """Return an end of an interval, a day or an instant by how it is written."""
    if isinstance(value, str) and len(value) <= 10:
        return date(value)
    return timestamp(value)


def identity(value: str) -> Term:
    """Return an id."""
    return Term(literal(_read(uuid.UUID, value, "an id (UUID)"), Uuid), "id")


def geometry(value: dict[str, Any]) -> Term:
    """Return a GeoJSON geometry (EPSG:4326).

    Raises
    ------
    FilterError
        A collection, an empty or invalid shape, one off the Earth, or of over 200,000 vertices.
    """
    try:
        shape = from_geojson(value)
    except GeometryError as error:
        raise refused(
            error.details["got"], error.details["wanted"], code="filter_geometry"
        ) from error
    if shape is None:
        raise refused("null", "a geometry", code="filter_geometry")
    west, south, east, north = shape.bounds
    if west < -180 or east > 180 or south < -90 or north > 90:
        raise refused(f"{west:g}, {south:g}", "lon -180..180, lat -90..90", code="filter_geometry")
    if not shape.is_valid:
        raise refused(
            shapely.is_valid_reason(shape), "a shape that does not cross itself",
            code="filter_geometry",
        )  # fmt: skip
    return Term(from_shape(shape, srid=4326), "geometry")  # type: ignore[arg-type]


def box(values: Any) -> Term:
    """Return a bbox (west, south, east, north, with or without heights) as a shape.

    One whose west lies east of its east crosses 180 degrees.
    """
    if not isinstance(values, list) or len(values) not in (4, 6) or not all(map(is_real, values)):
        raise refused(values, "a box of 4 numbers", code="filter_geometry")
    flat = values if len(values) == 4 else [*values[:2], *values[3:5]]
    parts = [shapely.box(*part) for part in boxes(flat)]
    shape = shapely.MultiPolygon(parts) if len(parts) > 1 else parts[0]
    if not shape.is_valid or shape.area == 0:
        raise refused(values, "a box with an area", code="filter_geometry")
    return Term(from_shape(shape, srid=4326), "geometry")  # type: ignore[arg-type]


def is_real(value: Any) -> bool:
    """Tell whether a value is a number of a sane size, true and false not among them."""
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e9


def _holdable(value: str) -> str:
    """Return a text, refused where PostgreSQL cannot hold it."""
    if "\x00" in value or any("\ud800" <= letter <= "\udfff" for letter in value):
        raise refused(ascii(value), "text without NUL or lone surrogates")
    return value


def _read(read: Callable[[str], Any], value: Any, wanted: str) -> Any:
    """Return what a text stands for."""
    try:
        return read(value)
    except (ValueError, TypeError, AttributeError) as error:
        raise refused(value, wanted, code="filter_type") from error


def _instant(value: str) -> dt.datetime:
    """Read an RFC 3339 time with its offset."""
    time = dt.datetime.fromisoformat(value)
    if time.tzinfo is None or "T" not in value.upper():
        raise ValueError(value)
    return time


_DAY = "a date, as 2026-01-31"
_INSTANT = "a time with offset, as 2026-01-31T14:05:00+08:00"
