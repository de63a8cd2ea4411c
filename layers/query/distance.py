"""Distances and bearings on the Earth (WGS 84), as SQL and checked before."""

from __future__ import annotations

import math
from typing import Any

from geoalchemy2 import Geography
from sqlalchemy import ColumnElement, cast, func

from layers.catalog import Layer
from layers.errors import OutOfRangeError
from layers.query import boxes as box

MAX_RADIUS_M = 1_000_000.0


def check_number(name: str, value: float, maximum: float) -> None:
    """Refuse a number that is not finite, not positive or above its maximum."""
    if not (math.isfinite(value) and 0 < value <= maximum):
        raise OutOfRangeError(
            f"{name} is {value}, wanted more than 0 and at most {maximum:g}",
            field=name, got=str(value), minimum=0, maximum=maximum,
        )  # fmt: skip


def point(lon: float, lat: float) -> ColumnElement[Any]:
    """Return a position as SQL."""
    return func.ST_SetSRID(func.ST_MakePoint(lon, lat), 4326)


def distance(layer: Layer, lon: float, lat: float) -> ColumnElement[float]:
    """Return the geodesic distance in metres from a position to a row's geometry."""
    return func.ST_Distance(geography(layer.column("geom")), geography(point(lon, lat)))


def within(layer: Layer, lon: float, lat: float, radius_m: float) -> ColumnElement[bool]:
    """Return the condition: at most `radius_m` away; the degree boxes let the index help."""
    return box.overlaps(layer.column("geom"), box.circle_boxes(lon, lat, radius_m)) & (
        distance(layer, lon, lat) <= radius_m
    )


def bearing(layer: Layer, lon: float, lat: float) -> ColumnElement[float]:
    """Return the direction from a position to the nearest part of a row's geometry.

    Degrees clockwise from north, 0 to 360; NULL where the position lies on or inside it. The
    nearest part is found in a plane whose degrees of longitude are shortened as at that latitude,
    which is exact for points and holds for shapes much nearer than the Earth is round.
    """
    nearest: ColumnElement[Any] = layer.column("geom")
    if layer.geometry_type != "POINT":
        nearest = _nearest_part(nearest, lon, lat)
    azimuth = func.ST_Azimuth(geography(point(lon, lat)), geography(nearest))
    return func.degrees(azimuth)


def geography(geom: ColumnElement[Any]) -> ColumnElement[Any]:
    """Return a geometry as geography."""
    return cast(geom, Geography(srid=4326))


def _nearest_part(geom: ColumnElement[Any], lon: float, lat: float) -> ColumnElement[Any]:
    """Return the point of a geometry that is nearest to a position."""
    narrowed = max(math.cos(math.radians(lat)), 1e-6)
    # Near 180 degrees the two sides of the line are neighbours only when counted from 0 to 360.
    shifted = abs(lon) > 170.0
    place, shape = point(lon, lat), geom
    if shifted:
        place, shape = func.ST_ShiftLongitude(place), func.ST_ShiftLongitude(shape)
    found = func.ST_ClosestPoint(
        func.ST_Scale(shape, narrowed, 1.0), func.ST_Scale(place, narrowed, 1.0)
    )
    found = func.ST_Scale(found, 1.0 / narrowed, 1.0)
    return func.ST_ShiftLongitude(found) if shifted else found
