"""A flat map in metres around one place: true distances from it, east x and north y.

The azimuthal equidistant plane of WGS 84: every point lies at the length and the bearing of the
geodesic from the place, so that distances from it are exact at any latitude.
"""

from __future__ import annotations

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import Geod
from shapely.geometry.base import BaseGeometry

Array = NDArray[np.float64]
GEOD = Geod(ellps="WGS84")


class LocalPlane:
    """An azimuthal equidistant plane at a place (WGS 84)."""

    def __init__(self, lon: float, lat: float) -> None:
        self.lon = lon
        self.lat = lat

    def to_plane(self, geometry: BaseGeometry) -> BaseGeometry:
        """Return a geometry given in lon, lat as metres from the place."""
        return shapely.transform(geometry, lambda c: np.column_stack(self.xy(c[:, 0], c[:, 1])))

    def to_lonlat(self, geometry: BaseGeometry) -> BaseGeometry:
        """Return a geometry given in metres from the place as lon, lat."""
        return shapely.transform(geometry, lambda c: np.column_stack(self.lonlat(c[:, 0], c[:, 1])))

    def xy(self, lon: Array, lat: Array) -> tuple[Array, Array]:
        """Return arrays of lon and lat as metres east and north of the place."""
        here = np.full(len(lon), self.lon), np.full(len(lon), self.lat)
        bearing_deg, _, distance_m = GEOD.inv(*here, lon, lat)
        bearing = np.radians(bearing_deg)
        return np.sin(bearing) * distance_m, np.cos(bearing) * distance_m

    def lonlat(self, x_m: Array, y_m: Array) -> tuple[Array, Array]:
        """Return metres east and north of the place as lon within ±180 degrees, and lat."""
        return self.at(np.degrees(np.arctan2(x_m, y_m)), np.hypot(x_m, y_m))

    def at(self, bearing_deg: Array, distance_m: Array) -> tuple[Array, Array]:
        """Return the lon within ±180 degrees, and the lat, of what lies at bearings and metres."""
        here = np.full(len(bearing_deg), self.lon), np.full(len(bearing_deg), self.lat)
        lon, lat, _ = GEOD.fwd(*here, bearing_deg, distance_m)
        return np.asarray(lon), np.asarray(lat)
