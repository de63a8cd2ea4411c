"""The plane that roads are indexed on: Mercator on the sphere, in radians.

It keeps angles, so the nearest road on it is the nearest on the ground, and a network of any
extent needs no zone of its own. It never leaves this folder.
"""

from __future__ import annotations

from typing import Any, overload

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from analysis.roads.edges import EARTH_RADIUS_M

LAT_LIMIT_DEG = 85.06


@overload
def to_plane(what: NDArray[np.float64]) -> NDArray[np.float64]: ...
@overload
def to_plane(what: BaseGeometry) -> BaseGeometry: ...
def to_plane(what: Any) -> Any:
    """Return lon lat points (p, 2) or a geometry on the plane; latitudes are cut at 85.06."""
    if isinstance(what, BaseGeometry):
        return shapely.transform(what, to_plane)
    lat = np.radians(np.clip(what[:, 1], -LAT_LIMIT_DEG, LAT_LIMIT_DEG))
    return np.column_stack([np.radians(what[:, 0]), np.arctanh(np.sin(lat))])


def from_plane(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return points of the plane (p, 2) as lon lat."""
    return np.column_stack([np.degrees(points[:, 0]), np.degrees(np.arcsin(np.tanh(points[:, 1])))])


def metres_per_unit(lat: Any) -> Any:
    """Return how many metres on the ground one unit of the plane is, at latitudes in degrees."""
    return EARTH_RADIUS_M * np.cos(np.radians(np.clip(lat, -LAT_LIMIT_DEG, LAT_LIMIT_DEG)))


def distance_m(lonlat: NDArray[np.float64], other: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return great-circle distances between points (p, 2) and points (p, 2) or one (2,)."""
    lon, lat = np.radians(lonlat[..., 0]), np.radians(lonlat[..., 1])
    other_lon, other_lat = np.radians(other[..., 0]), np.radians(other[..., 1])
    chord = (
        np.sin((other_lat - lat) / 2.0) ** 2
        + np.cos(lat) * np.cos(other_lat) * np.sin((other_lon - lon) / 2.0) ** 2
    )
    apart: NDArray[np.float64] = 2.0 * EARTH_RADIUS_M * np.arcsin(np.sqrt(np.clip(chord, 0.0, 1.0)))
    return apart


def bearing_deg(lonlat: NDArray[np.float64], origin: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the initial bearing from `origin` (2,) to points (p, 2), degrees from north."""
    lon, lat = np.radians(lonlat[..., 0]), np.radians(lonlat[..., 1])
    from_lon, from_lat = np.radians(origin[0]), np.radians(origin[1])
    east = np.sin(lon - from_lon) * np.cos(lat)
    north = np.cos(from_lat) * np.sin(lat) - np.sin(from_lat) * np.cos(lat) * np.cos(lon - from_lon)
    bearing: NDArray[np.float64] = np.degrees(np.arctan2(east, north)) % 360.0
    return bearing
