"""Points by their coordinates: an array of geometries that are made only for who asks for them.

A million geometries cost a second and 300 MB each time they cross from one process to another;
two columns of numbers cost nothing. To NumPy and shapely a `Points` is an object array.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, cast

import numpy as np
import shapely
from numpy.typing import NDArray

Floats = NDArray[np.float64]


class Points:
    """Points of a plane; NaN is a missing one."""

    ndim = 1

    def __init__(self, lon: Floats, lat: Floats) -> None:
        missing = np.isnan(lon) | np.isnan(lat)
        self.lon = np.where(missing, np.nan, lon) if missing.any() else lon
        self.lat = np.where(missing, np.nan, lat) if missing.any() else lat

    def __len__(self) -> int:
        return len(self.lon)

    @property
    def shape(self) -> tuple[int]:
        """The shape of the array."""
        return (len(self),)

    @property
    def missing(self) -> NDArray[np.bool_]:
        """Which points are not there."""
        return np.isnan(self.lon)

    def __getitem__(self, at: Any) -> Any:
        lon, lat = self.lon[at], self.lat[at]
        if np.ndim(lon):
            return Points(lon, lat)
        return None if np.isnan(lon) else shapely.Point(lon, lat)

    def __iter__(self) -> Iterator[Any]:
        return iter(np.asarray(self))

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> NDArray[Any]:
        made = np.full(len(self), None, dtype=object)
        there = ~self.missing
        made[there] = shapely.points(self.lon[there], self.lat[there])
        return made

    def copy(self) -> NDArray[Any]:
        """Return the geometries themselves, to be written to."""
        return np.asarray(self)


def points(lon: Floats, lat: Floats) -> NDArray[Any]:
    """Return a `Points` under the type of the array that it stands for."""
    return cast(NDArray[Any], Points(lon, lat))


def held_as_points(geometry: object) -> Points | None:
    """Return what stands for an array of geometries, where a `Points` does."""
    return geometry if isinstance(geometry, Points) else None


def lon_lat(geometry: NDArray[Any]) -> tuple[Floats, Floats, NDArray[np.bool_]] | None:
    """Return lon, lat and which are missing, where all are points of a plane; else None."""
    if (held := held_as_points(geometry)) is not None:
        return held.lon, held.lat, held.missing
    missing = np.asarray(shapely.is_missing(geometry))
    flat = (shapely.get_type_id(geometry) == 0) & ~shapely.has_z(geometry)
    if not (missing | (flat & ~shapely.is_empty(geometry))).all():
        return None
    return shapely.get_x(geometry), shapely.get_y(geometry), missing


def middles(geometry: NDArray[Any]) -> tuple[Floats, Floats]:
    """Return lon and lat of the middle of each geometry's box; NaN where there is none."""
    if (held := held_as_points(geometry)) is not None:
        return held.lon, held.lat
    west, south, east, north = shapely.bounds(geometry).T
    return (west + east) / 2, (south + north) / 2
