"""From local metres to the map: shapes round a source, true on the ellipsoid anywhere.

Every vertex is sent from the source along the geodesic, so distances from the source are exact
(WGS 84) at any latitude; a shape over 180 degrees is split into two parts.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import cast

import numpy as np
import shapely
from shapely import affinity
from shapely.geometry import MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from analysis.local import GEOD, Array, LocalPlane
from layers.errors import OutOfRangeError

POLE_LIMIT_DEG = 89.8  # nearer, a zone could enclose the pole and has no outline in lon, lat
STRAIGHT_LIMIT_DEG = 75.0  # farther, a side of kilometres is a visible curve in lon, lat
_CIRCLE_POINTS = 180


def check_place(lon: float, lat: float) -> None:
    """Raise OutOfRangeError where no zone can be drawn."""
    for name, value, limit in (("lon", lon, 180.0), ("lat", lat, POLE_LIMIT_DEG)):
        if not math.isfinite(value) or abs(value) > limit:
            raise OutOfRangeError(
                f"{name}: got {value}, wanted {-limit:g} .. {limit:g}",
                field=name,
                got=str(value),
                wanted=f"{-limit:g} .. {limit:g}",
            )


def disc(lon: float, lat: float, radius_m: float) -> BaseGeometry:
    """Return the disc round a place, EPSG:4326."""
    return split(disc_outline(lon, lat, radius_m))


def disc_outline(lon: float, lat: float, radius_m: float) -> Polygon:
    """Return the disc unsplit: longitudes may pass 180 degrees."""
    azimuth = np.linspace(0.0, 360.0, _CIRCLE_POINTS, endpoint=False)
    return _outline(lon, lat, azimuth, np.full(azimuth.size, radius_m))


def square_outline(lon: float, lat: float, *, toward_deg: float, side_m: float) -> Polygon:
    """Return the protection square: its near side is centred on the source, crosswind."""
    along = np.linspace(0.0, side_m, 20)
    across = np.linspace(-side_m / 2.0, side_m / 2.0, 20)
    x = np.concatenate([along, np.full(20, side_m), along[::-1], np.zeros(20)])
    y = np.concatenate([np.full(20, -side_m / 2.0), across, np.full(20, side_m / 2.0), -across])
    return local_outline(lon, lat, toward_deg=toward_deg, x_m=x, y_m=y)


def local_outline(lon: float, lat: float, *, toward_deg: float, x_m: Array, y_m: Array) -> Polygon:
    """Return a ring in local metres (x downwind, y to the left) as lon, lat, unsplit."""
    bearing = toward_deg - np.degrees(np.arctan2(y_m, x_m))
    return _outline(lon, lat, bearing, np.hypot(x_m, y_m))


def on_map(
    lon: float, lat: float, *, toward_deg: float, areas: Sequence[BaseGeometry]
) -> list[BaseGeometry]:
    """Return areas in local metres (x downwind, y to the left) as valid areas in lon, lat.

    Every vertex keeps its distance and bearing from the source; a straight side is straight in
    local metres, so near the poles it is cut into short pieces first.
    """
    if abs(lat) > STRAIGHT_LIMIT_DEG:
        areas = [shapely.segmentize(area, max(area.length / 200.0, 0.1)) for area in areas]

    def send(xy: Array) -> Array:
        bearing = toward_deg - np.degrees(np.arctan2(xy[:, 1], xy[:, 0]))
        return _sent(lon, lat, bearing, np.hypot(xy[:, 0], xy[:, 1]))

    if not areas:
        return []
    return [split(moved) for moved in shapely.transform(np.array(areas, dtype=object), send)]


def split(outline: BaseGeometry) -> BaseGeometry:
    """Return a valid area within ±180 degrees; in two parts where it passes the date line."""
    valid = _areas(shapely.make_valid(outline))
    west, _, east, _ = valid.bounds
    if west >= -180.0 and east <= 180.0:
        return valid
    turn = 360.0 if west < -180.0 else -360.0
    world = shapely.box(-180.0, -90.0, 180.0, 90.0)
    moved = affinity.translate(valid, xoff=turn)
    return _areas(MultiPolygon(_parts(valid & world) + _parts(moved & world)))


def area_m2(geometry: BaseGeometry) -> float:
    """Return the geodesic area."""
    return abs(float(GEOD.geometry_area_perimeter(shapely.orient_polygons(geometry))[0]))


def _outline(lon: float, lat: float, azimuth_deg: Array, distance_m: Array) -> Polygon:
    return Polygon(_sent(lon, lat, azimuth_deg, distance_m))


def _sent(lon: float, lat: float, azimuth_deg: Array, distance_m: Array) -> Array:
    """Return lon, lat of what lies at bearings and distances; longitudes may pass 180 degrees."""
    lons, lats = LocalPlane(lon, lat).at(azimuth_deg, distance_m)
    unwrapped = lon + (lons - lon + 180.0) % 360.0 - 180.0
    return np.column_stack([unwrapped, lats])


def _areas(geometry: BaseGeometry) -> BaseGeometry:
    parts = _parts(geometry)
    return parts[0] if len(parts) == 1 else MultiPolygon(parts)


def _parts(geometry: BaseGeometry) -> list[Polygon]:
    flat = shapely.get_parts(geometry, return_index=False)
    pieces = [piece for part in flat for piece in shapely.get_parts(part)]
    return [cast(Polygon, p) for p in pieces if p.geom_type == "Polygon" and not p.is_empty]
