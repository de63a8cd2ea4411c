"""Web Mercator (EPSG:3857), in closed form: the projection of the map's own pixels."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from layers.crs.shifted import Floats
from layers.errors import InvalidInputError

MERCATOR_LIMIT_LAT = 85.06
_EARTH_RADIUS_M = 6378137.0


def mercator_from_wgs84(lon: ArrayLike, lat: ArrayLike) -> tuple[Floats, Floats]:
    """Return Web Mercator (EPSG:3857) metres of degrees within 85.06 degrees of the equator.

    Raises
    ------
    InvalidInputError
        A latitude beyond the limit, where the projection runs to infinity.
    """
    lon, lat = np.asarray(lon, dtype=np.float64), np.asarray(lat, dtype=np.float64)
    if np.any(np.abs(lat) > MERCATOR_LIMIT_LAT):
        raise InvalidInputError(f"latitude beyond {MERCATOR_LIMIT_LAT} has no Web Mercator place")
    x = np.radians(lon) * _EARTH_RADIUS_M
    return x, np.arctanh(np.sin(np.radians(lat))) * _EARTH_RADIUS_M


def wgs84_from_mercator(x: ArrayLike, y: ArrayLike) -> tuple[Floats, Floats]:
    """Return degrees of Web Mercator (EPSG:3857) metres."""
    x, y = np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)
    return np.degrees(x / _EARTH_RADIUS_M), np.degrees(np.arcsin(np.tanh(y / _EARTH_RADIUS_M)))
