"""The area of a pack: as it was asked, as a shape that can be cut by, and on the map's plane."""

from __future__ import annotations

from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from layers import region_code
from layers.catalog import find
from layers.errors import InvalidInputError, NotFoundError
from layers.query import area as read_area
from layers.query.boxes import boxes

MAX_POINTS = 5_000
"""Most points of a border that rows are cut by; a finer one is drawn coarser, and wider by that."""

_COARSER_DEG = 0.0001
_WHOLE = ("Polygon", "MultiPolygon")


def area_of(
    session: Session,
    *,
    geometry: Any = None,
    region: str | None = None,
    bbox: tuple[float, ...] | None = None,
) -> BaseGeometry:
    """Return the area (EPSG:4326) that was asked by exactly one of its three names.

    Parameters
    ----------
    geometry
        A GeoJSON polygon or several.
    region
        The code of a district whose border is on record, or of the districts below it.
    bbox
        west, south, east, north; a west that lies east of the east crosses 180 degrees.

    Raises
    ------
    InvalidInputError
        None or more than one of them, or a shape without an area (`pack_area`).
    NotFoundError
        No border of the district, or of any below it, is on record (`pack_no_border`).
    """
    if sum(given is not None for given in (geometry, region, bbox)) != 1:
        raise InvalidInputError(
            "an area is given once: as area, region or bbox", code="pack_area", field="area",
            got="none or several", wanted="area | region | bbox",
        )  # fmt: skip
    if region is not None:
        return coarser(_district(session, region))
    if bbox is not None:
        return _whole(shapely.union_all([shapely.box(*part) for part in boxes(bbox)]))
    shape = read_area(session, geometry=geometry).geometry
    return coarser(_whole(shape))


def coarser(shape: BaseGeometry) -> BaseGeometry:
    """Return an area of at most `MAX_POINTS` points that holds all of the given one."""
    step = _COARSER_DEG
    found = shape
    while shapely.get_num_coordinates(found) > MAX_POINTS:
        found = shape.simplify(step).buffer(step, quad_segs=1, join_style="mitre")
        step *= 2.0
    return found


def on_the_map(session: Session, shape: BaseGeometry) -> BaseGeometry:
    """Return an area in EPSG:3857, as the database draws it.

    Raises
    ------
    InvalidInputError
        All of it lies beyond 85.06 degrees, where the map ends (`pack_area`).
    """
    given = func.ST_GeomFromWKB(shapely.to_wkb(shape), 4326)
    drawn = session.scalar(select(func.ST_AsBinary(func.onemap_mercator(given))))
    if drawn is None:
        raise _unusable("beyond the map")
    return shapely.from_wkb(bytes(drawn))


def _whole(shape: BaseGeometry | None) -> BaseGeometry:
    if shape is None or shape.geom_type not in _WHOLE or not shape.area > 0.0:
        raise _unusable("none" if shape is None else shape.geom_type)
    return shape


def _unusable(got: str) -> InvalidInputError:
    return InvalidInputError(
        f"the area of a pack is a polygon on the map; got {got}", code="pack_area", field="area",
        got=got, wanted="Polygon | MultiPolygon",
    )  # fmt: skip


def _district(session: Session, code: str) -> BaseGeometry:
    """Return a district's border: its own, else that of all districts on record below it."""
    read_area(session, district=code)
    layer = find("region")
    geom, own = layer.column("geom"), layer.column("code")
    for wanted in (own == code, region_code.subtree(code, own)):
        drawn = session.scalar(
            select(func.ST_AsBinary(func.ST_Union(geom))).where(
                wanted, func.ST_Dimension(geom) == 2
            )
        )
        if drawn is not None:
            return _whole(shapely.from_wkb(bytes(drawn)))
    raise NotFoundError(
        f"no border of the district {code} is on record; draw the area instead",
        code="pack_no_border", district=code,
    )  # fmt: skip
