"""Where a question looks: a shape, a box, a district, or what lies around a place."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from geoalchemy2.shape import from_shape
from shapely.geometry.base import BaseGeometry
from sqlalchemy import ColumnElement, and_, exists, func, select, true
from sqlalchemy.orm import Session

from layers import region_code
from layers.catalog import Layer, find
from layers.errors import InvalidInputError, NotFoundError, OutOfRangeError
from layers.intake.geometry import from_geojson
from layers.models import Region
from layers.query import boxes as box
from layers.query.distance import MAX_RADIUS_M, check_number, within


@dataclass(frozen=True)
class Circle:
    """Everything at most `radius_m` (geodesic) from a position in degrees (WGS 84)."""

    lon: float
    lat: float
    radius_m: float

    def __post_init__(self) -> None:
        box.check_position(self.lon, self.lat)
        check_number("radius_m", self.radius_m, MAX_RADIUS_M)


@dataclass(frozen=True)
class Area:
    """Where features must lie; of what is given, all must hold. Nothing given is everywhere.

    Attributes
    ----------
    geometry
        A shape in EPSG:4326 that the feature meets, border included.
    bbox
        west, south, east, north; a west that lies east of the east crosses 180 degrees.
    district
        A region's code: the rows whose region is it or lies below it.
    circle
        Around a place.
    """

    geometry: BaseGeometry | None = None
    bbox: Sequence[float] | None = None
    district: str | None = None
    circle: Circle | None = None

    def clause(self, layer: Layer) -> ColumnElement[bool]:
        """Return the condition on the rows of a layer; the spatial index serves all but regions."""
        clauses: list[ColumnElement[bool]] = [true()]
        geom = layer.column("geom")
        if self.geometry is not None:
            clauses.append(func.ST_Intersects(geom, from_shape(self.geometry, srid=4326)))
        if self.bbox is not None:
            parts = box.boxes(self.bbox)
            clauses += [box.overlaps(geom, parts), box.intersects(geom, parts)]
        if self.circle is not None:
            clauses.append(within(layer, self.circle.lon, self.circle.lat, self.circle.radius_m))
        if self.district is not None:
            code = layer.column("code" if layer.name == "region" else "region")
            clauses.append(region_code.subtree(self.district, code))
        return and_(*clauses)

    def boxes(self) -> tuple[box.Box, ...] | None:
        """Return boxes that hold the area, None where it may reach anywhere."""
        if self.circle is not None:
            return box.circle_boxes(self.circle.lon, self.circle.lat, self.circle.radius_m)
        if self.geometry is not None:
            west, south, east, north = self.geometry.bounds
            return ((west, south, east, north),)
        return None if self.bbox is None else box.boxes(self.bbox)


EVERYWHERE = Area()


def area(
    session: Session,
    *,
    geometry: Any = None,
    bbox: Sequence[float] | None = None,
    district: str | None = None,
    circle: Circle | None = None,
) -> Area:
    """Return the area of a request; what cannot be one is refused.

    Parameters
    ----------
    geometry
        A GeoJSON geometry, EPSG:4326.

    Raises
    ------
    InvalidInputError, OutOfRangeError
        A geometry that is empty, invalid, off the Earth or of over 200,000 vertices; a district
        that is no code; a box or a circle outside its range.
    NotFoundError
        No district on record lies in the subtree of the code: an empty answer would say that
        there is nothing in it.
    """
    if bbox is not None:
        box.boxes(bbox)
    if district is not None:
        _check_district(session, district)
    shape = None if geometry is None else _shape(geometry)
    return Area(geometry=shape, bbox=bbox, district=district, circle=circle)


def _shape(value: Any) -> BaseGeometry:
    """Return the shape of a GeoJSON geometry on the Earth."""
    shape = from_geojson(value)
    if shape is None or shape.is_empty or not all(map(math.isfinite, shape.bounds)):
        raise InvalidInputError("the area is empty or not finite", field="geometry")
    west, south, east, north = shape.bounds
    if west < -180 or east > 180 or south < -90 or north > 90:
        raise OutOfRangeError(
            f"the area reaches {west:g}, {south:g}, {east:g}, {north:g}",
            field="geometry", got=f"{west:g}, {south:g}, {east:g}, {north:g}",
        )  # fmt: skip
    if not shape.is_valid:
        raise InvalidInputError(
            "the area crosses itself", code="geometry_unusable", field="geometry",
            reason="self-intersection",
        )  # fmt: skip
    return shape


def _check_district(session: Session, code: str) -> None:
    """Refuse what is no code, and a code below which no district is on record."""
    if not region_code.is_code(code):
        raise InvalidInputError(
            f"{code[:80]!r} is not a region code", code="bad_district", district=code[:80]
        )
    column: ColumnElement[Any] = find("region").column("code")
    known = select(exists().where(region_code.subtree(code, column)))
    if not session.scalar(known) and session.scalar(select(exists(select(Region.id)))):
        raise NotFoundError(
            f"no district on record has the code {code}", code="no_district", district=code
        )
