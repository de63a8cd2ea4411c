"""Geometries from strangers: read only after their nesting, size and numbers are known to be sane.

GEOS 3.14 ends the process on deeply nested collections (libgeos/geos #1487) and PostGIS's repair
of a self-crossing ring runs for minutes, so what is wrong is refused with its place, never mended.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from layers.errors import InvalidInputError

VERTICES_MAX = 200_000
TYPES = ("Point", "LineString", "Polygon", "MultiPoint", "MultiLineString", "MultiPolygon")
_WANTED_TYPES = ", ".join(TYPES)


class GeometryError(InvalidInputError):
    """A geometry that cannot be used; `code` is the rule, `details` hold `got` and `wanted`."""

    code = "geometry"

    def __init__(self, rule: str, got: Any, wanted: str) -> None:
        super().__init__(f"got {got}, wanted {wanted}", code=rule, got=str(got), wanted=wanted)


def from_geojson(value: Any) -> BaseGeometry | None:
    """Return the shapely geometry of a parsed GeoJSON geometry; None of null.

    Third ordinates are dropped. Rings must be closed, positions finite.

    Raises
    ------
    GeometryError
        With rule `geometry_type`, `coordinates`, `finite`, `ring`, `empty` or `vertices`.
    """
    if value is None:
        return None
    if not isinstance(value, dict):
        raise GeometryError("geometry_type", type(value).__name__, "a GeoJSON geometry object")
    kind = value.get("type")
    if kind not in TYPES:
        raise GeometryError("geometry_type", str(kind)[:60], _WANTED_TYPES)
    nested = value.get("coordinates")
    if not isinstance(nested, list):
        raise GeometryError("coordinates", type(nested).__name__, "an array of numbers")
    if not nested:
        raise GeometryError("empty", kind, "coordinates")
    return _build(kind, nested)


def _build(kind: str, nested: list[Any]) -> BaseGeometry:
    budget = [VERTICES_MAX]
    if kind == "Point":
        return shapely.Point(_positions([nested], budget)[0])
    if kind == "MultiPoint":
        return shapely.MultiPoint(_positions(nested, budget))
    if kind == "LineString":
        return _line(nested, budget)
    if kind == "MultiLineString":
        return shapely.MultiLineString([_line(part, budget) for part in nested])
    if kind == "Polygon":
        return _polygon(nested, budget)
    return shapely.MultiPolygon([_polygon(part, budget) for part in nested])


def _positions(points: Any, budget: list[int]) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Return an (n, 2) array of positions, taking n from the budget of vertices."""
    if not isinstance(points, list) or not points:
        raise GeometryError("coordinates", _word(points), "an array of [lon, lat]")
    budget[0] -= len(points)
    if budget[0] < 0:
        raise GeometryError("vertices", f"> {VERTICES_MAX}", f"≤ {VERTICES_MAX}")
    for point in points:
        if not isinstance(point, list) or not 2 <= len(point) <= 4:
            raise GeometryError("coordinates", _word(point), "[lon, lat]")
        for number in point:
            if type(number) is not float and type(number) is not int:
                raise GeometryError("coordinates", _word(number), "a number")
    try:
        array = np.array([(point[0], point[1]) for point in points], dtype=np.float64)
    except OverflowError:
        raise GeometryError("finite", "a number too large", "finite numbers") from None
    if not np.isfinite(array).all():
        raise GeometryError("finite", "NaN or infinity", "finite numbers")
    return array


def _word(value: Any) -> str:
    text = repr(value) if not isinstance(value, list) else f"an array of {len(value)}"
    return text[:60]


def _line(points: Any, budget: list[int]) -> shapely.LineString:
    positions = _positions(points, budget)
    if len(positions) < 2:
        raise GeometryError("coordinates", "1 position", "2 or more")
    return shapely.LineString(positions)


def _polygon(rings: Any, budget: list[int]) -> shapely.Polygon:
    if not isinstance(rings, list) or not rings:
        raise GeometryError("coordinates", _word(rings), "an array of rings")
    arrays = [_positions(ring, budget) for ring in rings]
    for ring in arrays:
        if len(ring) < 4:
            raise GeometryError("ring", f"{len(ring)} positions", "4 or more")
        if tuple(ring[0]) != tuple(ring[-1]):
            where = f"first {ring[0].tolist()}, last {ring[-1].tolist()}"
            raise GeometryError("ring", where, "last position = first")
    return shapely.Polygon(arrays[0], arrays[1:])


def from_wkt(text: str) -> BaseGeometry | None:
    """Return the geometry of a WKT text; None of an empty cell.

    Raises
    ------
    GeometryError
        Another type than GeoJSON's six, nested deeper than those can be, or not WKT.
    """
    words = text.strip().upper()
    if not words:
        return None
    kind = words.split("(")[0].split(" ")[0].strip()
    if kind not in {name.upper() for name in TYPES}:
        raise GeometryError("geometry_type", kind[:60] or text[:60], _WANTED_TYPES)
    if "(((((" in words.replace(" ", "") or words.count(",") > VERTICES_MAX:
        raise GeometryError("vertices", "nested or long WKT", f"at most {VERTICES_MAX} vertices")
    try:
        return plane(shapely.from_wkt(text))
    except shapely.errors.ShapelyError as error:
        raise GeometryError("wkt", text[:60], str(error)[:120]) from None


def plane(geometry: BaseGeometry | None) -> BaseGeometry | None:
    """Return the geometry without third and fourth ordinates; None of an empty one."""
    if geometry is None or geometry.is_empty:
        return None
    flat: BaseGeometry = shapely.force_2d(geometry)
    return flat


def decimal(value: Any) -> float | None:
    """Return a cell as a number; None of an empty cell.

    Raises
    ------
    GeometryError
        It is not a number (`number`) or not finite (`finite`).
    """
    if value is None or (isinstance(value, str) and not value.strip()):
        return None
    try:
        # Python would read "1_000" as a number; nobody who keeps a sheet means one by it.
        number = float(value) if "_" not in str(value) else float("")
    except (TypeError, ValueError, OverflowError):
        raise GeometryError("number", str(value)[:60], "a number in decimal form") from None
    if not math.isfinite(number):
        raise GeometryError("finite", str(value)[:60], "a finite number")
    return number
