"""Spatial conditions of a filter; both sides are geometries in EPSG:4326."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from geoalchemy2 import Geography
from sqlalchemy import ColumnElement, and_, cast, func, not_

from layers.query import boxes as box
from layers.query.boxes import check_position
from layers.query.cql2.limits import refused
from layers.query.cql2.terms import is_real

Shape = ColumnElement[Any]
MAX_DISTANCE_M = 1_000_000.0


def _by(name: str) -> Callable[[Shape, Shape], ColumnElement[bool]]:
    function = getattr(func, name)

    def condition(left: Shape, right: Shape) -> ColumnElement[bool]:
        found: ColumnElement[bool] = function(left, right)
        return found

    return condition


SPATIAL: dict[str, Callable[[Shape, Shape], ColumnElement[bool]]] = {
    "s_intersects": _by("ST_Intersects"),
    "s_disjoint": lambda left, right: not_(func.ST_Intersects(left, right)),
    "s_within": _by("ST_Within"),
    "s_contains": _by("ST_Contains"),
    "s_touches": _by("ST_Touches"),
    "s_crosses": _by("ST_Crosses"),
    "s_overlaps": _by("ST_Overlaps"),
    "s_equals": _by("ST_Equals"),
}


def within_distance(geom: Shape, point: Any, metres: Any) -> ColumnElement[bool]:
    """Return the condition of our `S_DWITHIN(geom, POINT(lon lat), metres)`: geodesic.

    Raises
    ------
    FilterError
        The second argument is no point, or the distance not 0 to 1,000 km.
    """
    if not is_real(metres) or not 0 <= metres <= MAX_DISTANCE_M:
        raise refused(metres, f"metres, 0 to {MAX_DISTANCE_M:g}")
    position = point.get("coordinates") if isinstance(point, dict) else None
    if not (isinstance(position, list) and len(position) == 2 and all(map(is_real, position))):
        raise refused(point, "POINT(lon lat)")
    lon, lat = position
    check_position(lon, lat)
    place = func.ST_SetSRID(func.ST_MakePoint(float(lon), float(lat)), 4326)
    distance = func.ST_Distance(_geography(geom), _geography(place))
    return and_(box.overlaps(geom, box.circle_boxes(lon, lat, float(metres))), distance <= metres)


def _geography(shape: Shape) -> Shape:
    return cast(shape, Geography(srid=4326))
