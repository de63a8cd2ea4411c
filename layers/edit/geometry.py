"""A geometry that a person or a program sends for one feature: refused with its place, or kept."""

from __future__ import annotations

from typing import Any

import shapely
from geoalchemy2 import WKBElement
from geoalchemy2.shape import from_shape
from shapely.geometry.base import BaseGeometry
from shapely.validation import explain_validity

from layers.catalog import Layer
from layers.errors import InvalidInputError, OutOfRangeError
from layers.intake.geometry import from_geojson

_TYPES = {
    "POINT": ("Point",),
    "LINESTRING": ("LineString",),
    "MULTIPOLYGON": ("MultiPolygon",),
}


def checked(layer: Layer, value: Any) -> WKBElement | None:
    """Return a GeoJSON geometry as the layer stores it, EPSG:4326.

    A Polygon becomes a MultiPolygon of one part where the layer holds those; nothing else is
    changed and nothing repaired.

    Raises
    ------
    InvalidInputError
        No geometry where the layer needs one, another type than the layer's, more than 200,000
        vertices, a nested collection, or a shape that is not valid (`at` says where).
    OutOfRangeError
        A position off the Earth.
    """
    geometry = from_geojson(value)
    if geometry is None:
        if layer.model.geometry_required:
            raise InvalidInputError(
                f"a feature of layer {layer.name} needs a geometry",
                code="geometry_missing", field="geometry", layer=layer.name,
            )  # fmt: skip
        return None
    geometry = _of_type(layer, geometry)
    _check_range(geometry)
    if not geometry.is_valid:
        reason = explain_validity(geometry)
        raise InvalidInputError(
            f"the geometry is not valid: {reason}",
            code="geometry_invalid", field="geometry", reason=reason.partition("[")[0],
            at=reason.partition("[")[2].rstrip("]"),
        )  # fmt: skip
    return from_shape(geometry, srid=4326)


def _of_type(layer: Layer, geometry: BaseGeometry) -> BaseGeometry:
    """Return the geometry in the layer's type."""
    wanted = _TYPES.get(layer.geometry_type)
    if wanted is None or geometry.geom_type in wanted:
        return geometry
    if wanted == ("MultiPolygon",) and isinstance(geometry, shapely.Polygon):
        return shapely.MultiPolygon([geometry])
    raise InvalidInputError(
        f"layer {layer.name} holds {wanted[0]}; got {geometry.geom_type}",
        code="geometry_type", field="geometry", got=geometry.geom_type, wanted=wanted[0],
    )  # fmt: skip


def _check_range(geometry: BaseGeometry) -> None:
    """Refuse positions off the Earth; a latitude beyond 90 hints at lat,lon order."""
    west, south, east, north = geometry.bounds
    if west >= -180 and east <= 180 and south >= -90 and north <= 90:
        return
    swapped = west >= -90 and east <= 90 and south >= -180 and north <= 180
    raise OutOfRangeError(
        f"positions reach from {west:g},{south:g} to {east:g},{north:g}; wanted longitude, "
        f"latitude in degrees{'; they look like latitude, longitude' if swapped else ''}",
        code="position_swapped" if swapped else "position_out_of_range",
        field="geometry", got=f"{west:g},{south:g},{east:g},{north:g}",
    )  # fmt: skip
