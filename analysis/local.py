"""A flat map in metres around one place: true distances from it, east x and north y."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import Transformer
from shapely.geometry.base import BaseGeometry


class LocalPlane:
    """An azimuthal equidistant plane at a place (WGS 84); distances from the place are exact."""

    def __init__(self, lon: float, lat: float) -> None:
        self.lon = lon
        self.lat = lat
        self._forward, self._back = _transformers(round(lon, 7), round(lat, 7))

    def to_plane(self, geometry: BaseGeometry) -> BaseGeometry:
        """Return a geometry given in lon, lat as metres from the place."""
        return shapely.transform(geometry, lambda c: np.column_stack(self.xy(c[:, 0], c[:, 1])))

    def to_lonlat(self, geometry: BaseGeometry) -> BaseGeometry:
        """Return a geometry given in metres from the place as lon, lat."""
        return shapely.transform(
            geometry, lambda c: np.column_stack(self._back.transform(c[:, 0], c[:, 1]))
        )

    def xy(
        self, lon: NDArray[np.float64], lat: NDArray[np.float64]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return arrays of lon and lat as metres east and north of the place."""
        x, y = self._forward.transform(lon, lat)
        return np.asarray(x), np.asarray(y)


@lru_cache(maxsize=64)
def _transformers(lon: float, lat: float) -> tuple[Transformer, Transformer]:
    plane = f"+proj=aeqd +lat_0={lat} +lon_0={lon} +ellps=WGS84 +units=m"
    return (
        Transformer.from_crs("EPSG:4326", plane, always_xy=True),
        Transformer.from_crs(plane, "EPSG:4326", always_xy=True),
    )
