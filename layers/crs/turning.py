"""The only reprojection: coordinates of any system to WGS 84 and back, lon lat and x y always."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from layers.crs.shifted import (
    Floats,
    bd09_from_wgs84,
    gcj02_from_wgs84,
    wgs84_from_bd09,
    wgs84_from_gcj02,
)
from layers.crs.systems import WGS84, Crs, transformer


def lon_lat(x: ArrayLike, y: ArrayLike, crs: Crs) -> tuple[Floats, Floats]:
    """Return WGS 84 lon and lat, in degrees, of coordinates `x`, `y` in `crs`.

    What cannot be turned (NaN, outside the projection) comes back as NaN or infinity: the caller
    reports it with its row.
    """
    xs, ys = np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)
    if crs.kind == "gcj02":
        return wgs84_from_gcj02(xs, ys)
    if crs.kind == "bd09":
        return wgs84_from_bd09(xs, ys)
    if crs == WGS84:
        return xs, ys
    turned: tuple[Floats, Floats] = transformer(crs.definition or crs.name).transform(xs, ys)
    return np.asarray(turned[0]), np.asarray(turned[1])


def from_lon_lat(lon: ArrayLike, lat: ArrayLike, crs: Crs) -> tuple[Floats, Floats]:
    """Return x and y in `crs` of WGS 84 degrees: easting and northing in metres, or lon and lat.

    A place outside the projection comes back as infinity.
    """
    lons, lats = np.asarray(lon, dtype=np.float64), np.asarray(lat, dtype=np.float64)
    if crs.kind == "gcj02":
        return gcj02_from_wgs84(lons, lats)
    if crs.kind == "bd09":
        return bd09_from_wgs84(lons, lats)
    if crs == WGS84:
        return lons, lats
    way = transformer(crs.definition or crs.name)
    turned: tuple[Floats, Floats] = way.transform(lons, lats, direction="INVERSE")
    return np.asarray(turned[0]), np.asarray(turned[1])


def to_wgs84(geometries: NDArray[Any], crs: Crs, *, swapped: bool = False) -> NDArray[Any]:
    """Return shapely geometries (an object array, None allowed) of `crs` in EPSG:4326, 2-D.

    `swapped`: the geometries hold y, x (see `layers.crs.fit`).
    """
    if crs == WGS84 and not swapped:
        return geometries

    def turn(points: Floats) -> Floats:
        first, second = (1, 0) if swapped else (0, 1)
        return np.column_stack(lon_lat(points[:, first], points[:, second], crs))

    return _transformed(geometries, turn)


def from_wgs84(geometries: NDArray[Any], crs: Crs) -> NDArray[Any]:
    """Return shapely geometries (an object array, None allowed) of EPSG:4326 in `crs`, 2-D."""
    if crs == WGS84:
        return geometries

    def turn(points: Floats) -> Floats:
        return np.column_stack(from_lon_lat(points[:, 0], points[:, 1], crs))

    return _transformed(geometries, turn)


def _transformed(geometries: NDArray[Any], turn: Any) -> NDArray[Any]:
    import shapely

    turned: NDArray[Any] = shapely.transform(geometries, turn)
    return turned
