"""The geometry of one feature: as the layer stores it, or refused with reason and place."""

from __future__ import annotations

from typing import Any

import numpy as np
from geoalchemy2 import WKBElement
from geoalchemy2.shape import from_shape

from layers.catalog import Layer
from layers.errors import InvalidInputError, OutOfRangeError
from layers.intake.geometry import from_geojson
from layers.intake.shapes import check_geometries

_ONE_ROW = np.ones(1, dtype=np.int64)


def checked(layer: Layer, value: Any) -> WKBElement | None:
    """Return a GeoJSON geometry as the layer stores it, EPSG:4326; nothing is repaired.

    Raises
    ------
    InvalidInputError
        No geometry where the layer needs one, another type than the layer's, a collection, more
        than 200,000 vertices, or a shape that is not valid; `got` says what and where.
    OutOfRangeError
        A position off the Earth, or latitude before longitude.
    """
    given = np.empty(1, dtype=object)
    given[0] = from_geojson(value)
    made, faults = check_geometries(layer, given, _ONE_ROW)
    for fault in faults:
        kind = OutOfRangeError if fault.rule in ("out_of_range", "swapped") else InvalidInputError
        raise kind(
            f"geometry breaks rule {fault.rule}: got {fault.got}, wanted {fault.wanted}",
            code=fault.rule, field="geometry", got=fault.got, wanted=fault.wanted,
        )  # fmt: skip
    return None if made[0] is None else from_shape(made[0], srid=4326)
