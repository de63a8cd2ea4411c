"""Boxes in degrees: parsed, split at 180 degrees, and drawn around a circle on the Earth."""

from __future__ import annotations

import math
from collections.abc import Sequence

from sqlalchemy import ColumnElement, func, or_

from layers.errors import OutOfRangeError

Box = tuple[float, float, float, float]
"""west, south, east, north in degrees, west <= east."""

MIN_METRES_PER_DEGREE = 110_574.0
"""The shortest degree of latitude (at the equator) on WGS 84, in metres."""

MIN_EARTH_RADIUS_M = 6_335_439.0
"""The smallest radius of curvature of WGS 84 (meridian, at the equator), in metres."""

_MARGIN = 1.001


def check_position(lon: float, lat: float) -> None:
    """Refuse a position that is not finite or not on the Earth."""
    _check("lon", lon, 180.0)
    _check("lat", lat, 90.0)


def _check(name: str, value: float, limit: float) -> None:
    """Refuse a number that is not finite or lies beyond +-limit."""
    if not (math.isfinite(value) and -limit <= value <= limit):
        raise OutOfRangeError(
            f"{name} is {value}, wanted {-limit:g} to {limit:g}",
            field=name, got=str(value), minimum=-limit, maximum=limit,
        )  # fmt: skip


def boxes(bbox: Sequence[float]) -> tuple[Box, ...]:
    """Return a bbox (west, south, east, north) as one box, or two where it crosses 180 degrees.

    A bbox whose west lies east of its east crosses 180 degrees (RFC 7946, section 5.2).

    Raises
    ------
    OutOfRangeError
        Not four finite numbers on the Earth, or the south lies north of the north.
    """
    if len(bbox) != 4:
        raise OutOfRangeError(
            f"a bbox has four numbers west,south,east,north; got {len(bbox)}",
            field="bbox", got=str(len(bbox)),
        )  # fmt: skip
    west, south, east, north = (float(number) for number in bbox)
    check_position(west, south)
    check_position(east, north)
    if south > north:
        raise OutOfRangeError(
            f"the bbox's south {south} lies north of its north {north}",
            field="bbox", got=f"{south},{north}",
        )  # fmt: skip
    if west <= east:
        return ((west, south, east, north),)
    return ((west, south, 180.0, north), (-180.0, south, east, north))


def circle_boxes(lon: float, lat: float, radius_m: float) -> tuple[Box, ...]:
    """Return boxes that hold every position within `radius_m` of a position, never fewer.

    Right at high latitude (the circle's widest parallel is not the centre's), over a pole
    (all longitudes) and across 180 degrees (two boxes).
    """
    reach = _MARGIN * radius_m / MIN_METRES_PER_DEGREE
    south, north = lat - reach, lat + reach
    if south <= -90.0 or north >= 90.0:
        return ((-180.0, max(south, -90.0), 180.0, min(north, 90.0)),)
    angle = min(_MARGIN * radius_m / MIN_EARTH_RADIUS_M, math.pi / 2)
    ratio = math.sin(angle) / math.cos(math.radians(lat))
    half = math.degrees(math.asin(ratio)) * _MARGIN if ratio < 1.0 else 180.0
    if half >= 180.0:
        return ((-180.0, south, 180.0, north),)
    if lon - half < -180.0:
        return ((lon - half + 360.0, south, 180.0, north), (-180.0, south, lon + half, north))
    if lon + half > 180.0:
        return ((lon - half, south, 180.0, north), (-180.0, south, lon + half - 360.0, north))
    return ((lon - half, south, lon + half, north),)


def overlaps(geom: ColumnElement[object], parts: Sequence[Box]) -> ColumnElement[bool]:
    """Return the index condition: the geometry's own box overlaps one of the boxes."""
    return or_(*(geom.bool_op("&&")(_shape(part)) for part in parts))


def intersects(geom: ColumnElement[object], parts: Sequence[Box]) -> ColumnElement[bool]:
    """Return the exact condition: the geometry meets one of the boxes, border included.

    The index compares boxes rounded outwards to 32 bits (a metre at 120 degrees east), so the
    index condition alone would let neighbours in.
    """
    return or_(*(func.ST_Intersects(geom, _shape(part)) for part in parts))


def _shape(part: Box) -> ColumnElement[object]:
    """Return a box as geometry; one without area as line or point, a flat polygon meets nothing."""
    west, south, east, north = part
    if west < east and south < north:
        return func.ST_MakeEnvelope(west, south, east, north, 4326)
    low, high = func.ST_MakePoint(west, south), func.ST_MakePoint(east, north)
    flat = low if (west, south) == (east, north) else func.ST_MakeLine(low, high)
    return func.ST_SetSRID(flat, 4326)
