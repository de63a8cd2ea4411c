"""Coordinate systems by reference (OGC 18-058r1): their URIs, and the authority's own axis order.

Inside the program coordinates are lon, lat and x, y always (`layers.crs`); the standard wants the
order of the system's definition, so latitude or northing comes first in EPSG 4326, 4490 and the
zones of CGCS2000. This is the one place that turns the order.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import shapely

from layers import crs
from layers.crs.systems import projection
from layers.errors import InvalidInputError
from layers.query import Area

CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
EPSG = "http://www.opengis.net/def/crs/EPSG/0/"
GLOBAL = (CRS84, f"{EPSG}4326", f"{EPSG}3857", f"{EPSG}4490")
_EDGE_POINTS = 33
_DEGREE_DIGITS, _METRE_DIGITS = 9, 4


@dataclass(frozen=True)
class System:
    """One system: its URI, how we turn coordinates, and whether y comes first on the wire."""

    uri: str
    crs: crs.Crs
    swapped: bool

    @property
    def digits(self) -> int:
        """Decimals that tell places apart by a tenth of a millimetre."""
        return _DEGREE_DIGITS if self.crs.geographic else _METRE_DIGITS


def uris() -> tuple[str, ...]:
    """Return every system that features are given in: WGS 84, Web Mercator, CGCS2000, its zones."""
    return (*GLOBAL, *(f"{EPSG}{zone.epsg}" for zone in crs.zones("cgcs2000")))


def system(uri: str | None, *, field: str) -> System:
    """Return the system of a URI; None is CRS84.

    Raises
    ------
    InvalidInputError
        The URI is not among `uris()`.
    """
    wanted = (uri or CRS84).strip()
    if wanted not in _known():
        raise InvalidInputError(
            f"{field}: got {wanted[:80]!r}, wanted one of the collection's crs",
            code="invalid_fields", field=field, got=wanted[:80], wanted=", ".join(GLOBAL),
        )  # fmt: skip
    return _system(wanted)


@cache
def _known() -> frozenset[str]:
    return frozenset(uris())


@cache
def _system(uri: str) -> System:
    if uri == CRS84:
        return System(uri, crs.WGS84, swapped=False)
    name = f"EPSG:{uri.removeprefix(EPSG)}"
    first = projection(name).axis_info[0].direction
    return System(uri, crs.parse_crs(name), swapped=first == "north")


def turn(features: Sequence[dict[str, Any]], to: System) -> None:
    """Write the geometries of features (CRS84) in another system, in place.

    Raises
    ------
    InvalidInputError
        A place lies outside the system; the message names the feature.
    """
    if to.uri == CRS84:
        return
    for feature in features:
        if feature["geometry"] is None:
            continue
        positions = list(_positions(feature["geometry"]))
        x, y = crs.from_lon_lat(*_columns(positions, swapped=False), to.crs)
        if not (np.isfinite(x).all() and np.isfinite(y).all()):
            raise InvalidInputError(
                f"feature {feature['id']} lies outside {to.crs.name}",
                code="outside_crs", got=str(feature["id"]), crs=to.crs.name, field="crs",
            )  # fmt: skip
        _put(positions, x, y, swapped=to.swapped, digits=to.digits)


def filter_in(tree: Any, given: System) -> Any:
    """Return a CQL2 filter whose geometries were written in a system, in CRS84.

    Raises
    ------
    InvalidInputError
        A geometry does not lie in the system.
    """
    if given.uri == CRS84:
        return tree
    turned = copy.deepcopy(tree)
    waiting = [turned]
    while waiting:
        node = waiting.pop()
        if isinstance(node, dict) and "coordinates" in node:
            _to_wgs84(node, given)
        elif isinstance(node, dict) and isinstance(node.get("bbox"), list):
            node["bbox"] = list(_flat_box(_four(node["bbox"]), given))
        elif isinstance(node, dict):
            waiting += node.values()
        elif isinstance(node, list):
            waiting += node
    return turned


def area_in(numbers: Sequence[float], given: System) -> Area:
    """Return the area of a bbox of four or six numbers, written in a system.

    A box of a system whose axes are not meridians and parallels is a shape with many corners.

    Raises
    ------
    InvalidInputError
        Not four or six finite numbers, or not a box of the system.
    """
    values = _four(numbers)
    if given.crs.geographic or given.uri == f"{EPSG}3857":
        return Area(bbox=_flat_box(values, given))
    west, south, east, north = _ordered(values, given)
    if not (west < east and south < north):
        raise _no_box(values)
    ring = shapely.segmentize(
        shapely.box(west, south, east, north), max(east - west, north - south) / _EDGE_POINTS
    )
    corners = shapely.get_coordinates(ring)
    lon, lat = crs.lon_lat(corners[:, 0], corners[:, 1], given.crs)
    if not (np.isfinite(lon).all() and np.isfinite(lat).all()):
        raise _no_box(values)
    shape = shapely.Polygon(np.column_stack([lon, lat]))
    if not shape.is_valid or np.abs(lon).max() > 180 or np.abs(lat).max() > 90:
        raise _no_box(values)
    return Area(geometry=shape)


def _flat_box(
    values: tuple[float, float, float, float], given: System
) -> tuple[float, float, float, float]:
    """Return west, south, east, north in degrees of a box whose sides are meridians."""
    west, south, east, north = _ordered(values, given)
    if south > north or (west > east and not given.crs.geographic):
        raise _no_box(values)
    lon, lat = crs.lon_lat(np.array([west, east]), np.array([south, north]), given.crs)
    if not (np.isfinite(lon).all() and np.isfinite(lat).all()):
        raise _no_box(values)
    return float(lon[0]), float(lat[0]), float(lon[1]), float(lat[1])


def _four(numbers: Sequence[Any]) -> tuple[float, float, float, float]:
    """Return the four numbers of a box; heights, the third and sixth of six, are dropped."""
    plain = [float(number) for number in numbers if _is_number(number)]
    if len(plain) != len(numbers) or len(plain) not in (4, 6):
        raise _no_box(numbers)
    half = len(plain) // 2
    return plain[0], plain[1], plain[half], plain[half + 1]


def _ordered(
    values: tuple[float, float, float, float], given: System
) -> tuple[float, float, float, float]:
    """Return a box as west, south, east, north in the units of its system."""
    first, second, third, fourth = values
    return (second, first, fourth, third) if given.swapped else values


def _no_box(values: Sequence[Any]) -> InvalidInputError:
    got = ",".join(str(value) for value in values)[:80]
    return InvalidInputError(
        f"bbox: got {got!r}, wanted four numbers in the axis order of its system",
        code="invalid_fields", field="bbox", got=got,
        wanted="min1,min2,max1,max2 in the axis order of the system",
    )  # fmt: skip


def _to_wgs84(geometry: dict[str, Any], given: System) -> None:
    """Write a geometry of a filter in CRS84, in place; one that cannot be read stays as it is."""
    positions = list(_positions(geometry))
    sane = all(len(p) >= 2 and all(_is_number(n) for n in p[:2]) for p in positions)
    if not positions or not sane:
        return  # the filter's own reader says what is wrong with it
    lon, lat = crs.lon_lat(*_columns(positions, swapped=given.swapped), given.crs)
    if not (np.isfinite(lon).all() and np.isfinite(lat).all()):
        raise InvalidInputError(
            f"a geometry of the filter lies outside {given.crs.name}",
            code="outside_crs", got="filter", crs=given.crs.name, field="filter-crs",
        )  # fmt: skip
    _put(positions, lon, lat, swapped=False, digits=_DEGREE_DIGITS + 3)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e12


def _positions(geometry: dict[str, Any]) -> Iterator[list[Any]]:
    """Yield each position of a GeoJSON geometry: lists that may be changed."""
    parts = geometry.get("geometries")
    waiting: list[Any] = [geometry.get("coordinates"), parts if isinstance(parts, list) else None]
    while waiting:
        node = waiting.pop()
        if isinstance(node, dict):
            yield from _positions(node)
        elif isinstance(node, list) and node and not isinstance(node[0], list):
            yield node
        elif isinstance(node, list):
            waiting += node


def _columns(positions: list[list[Any]], *, swapped: bool) -> tuple[Any, Any]:
    table = np.array([position[:2] for position in positions], dtype=np.float64)
    return (table[:, 1], table[:, 0]) if swapped else (table[:, 0], table[:, 1])


def _put(positions: list[list[Any]], x: Any, y: Any, *, swapped: bool, digits: int) -> None:
    pairs = zip(y, x, strict=True) if swapped else zip(x, y, strict=True)
    for position, (first, second) in zip(positions, pairs, strict=True):
        position[:] = [round(float(first), digits), round(float(second), digits)]
