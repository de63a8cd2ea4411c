"""Which columns of a sheet say where, and what their names tell of the coordinate system.

Two columns of numbers or angles (`116°23′51″E`), or one of WKT or written positions.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from layers.crs import angle, position
from layers.crs.written import Axis
from layers.errors import InvalidInputError
from layers.intake.cells import Cells
from layers.intake.geometry import GeometryError, decimal, from_wkt
from layers.intake.points import points
from layers.intake.table import Fault, Table

_SYSTEM = re.compile(
    r"wgs[-_ ]?84|cgcs[-_ ]?2000|国家2000|gcj[-_ ]?02|bd[-_ ]?09"
    r"|xian[-_ ]?(?:19)?80|西安80|beijing[-_ ]?(?:19)?54|北京54",
    re.IGNORECASE,
)
_NAMES: dict[str, tuple[str, ...]] = {
    "lon": ("lon", "lng", "long", "longitude", "经度", "x", "point_x", "东经", "easting", "东坐标",
            "x坐标"),
    "lat": ("lat", "latitude", "纬度", "y", "point_y", "北纬", "northing", "北坐标", "y坐标"),
    "wkt": ("wkt", "geometry", "geom", "the_geom", "几何", "坐标", "经纬度", "坐标位置",
            "coordinates", "position"),
}  # fmt: skip
PLACE_KEYS = tuple(_NAMES)


def located(
    columns: Mapping[str, Sequence[Any]],
    *,
    place: Mapping[str, str],
    rows: int,
    strict: bool = True,
) -> Table:
    """Return a table whose geometries come from the columns that say where; they are taken out.

    Not in a look (`strict` is False): there a person must see every column to say what it is.

    Parameters
    ----------
    place
        Columns named by the person: `lon` and `lat`, or `wkt`. Empty: found by their names.
    strict
        Whether a sheet without such columns is an error, or has no geometries and stays whole.

    Raises
    ------
    InvalidInputError
        No column says where (`no_place_columns`), or a named one does not exist
        (`unknown_column`).
    """
    found = dict(place) if place else place_columns(columns)
    for name in found.values():
        if name not in columns:
            raise InvalidInputError(
                f"the file has no column {name!r}; its columns are {', '.join(columns)}",
                code="unknown_column",
                got=name,
                wanted=", ".join(columns),
            )
    taken = found.values() if strict else ()
    rest = {name: values for name, values in columns.items() if name not in taken}
    numbers = np.arange(1, rows + 1, dtype=np.int64)
    system = next((m for name in found.values() if (m := _SYSTEM.search(name))), None)
    crs = system.group().replace("_", "-").replace(" ", "") if system else None
    if "wkt" in found:
        geometry, faults = _from_texts(columns[found["wkt"]], found["wkt"])
    elif {"lon", "lat"} <= found.keys():
        geometry, faults = _from_numbers(columns, found["lon"], found["lat"])
    elif strict:
        raise InvalidInputError(
            f"no column says where: got {', '.join(columns)}; wanted lon and lat, or wkt",
            code="no_place_columns",
            got=", ".join(columns),
            wanted="lon, lat | wkt | 经度, 纬度",
        )
    else:
        geometry, faults = np.full(rows, None, dtype=object), []
    return Table(columns=rest, geometry=geometry, rows=numbers, crs=crs, faults=tuple(faults))


def place_columns(columns: Collection[str]) -> dict[str, str]:
    """Return the columns whose names say where: `lon` and `lat`, or `wkt`; none of them is {}."""
    plain = {_plain(name): name for name in reversed(list(columns))}
    found = {
        key: plain[alias]
        for key, aliases in _NAMES.items()
        if (alias := next((a for a in aliases if a in plain), None)) is not None
    }
    if {"lon", "lat"} <= found.keys():
        return {"lon": found["lon"], "lat": found["lat"]}
    return {"wkt": found["wkt"]} if "wkt" in found else {}


def _plain(name: str) -> str:
    """Return a header without its coordinate system, brackets and capitals."""
    bare = re.sub(r"[(（\[][^)）\]]*[)）\]]", "", _SYSTEM.sub("", name))
    return bare.strip(" _-").lower()


def _from_texts(cells: Sequence[Any], column: str) -> tuple[np.ndarray[Any, Any], list[Fault]]:
    geometry, faults = np.full(len(cells), None, dtype=object), []
    for i, cell in enumerate(cells):
        try:
            geometry[i] = None if cell is None else _from_text(str(cell))
        except GeometryError as error:
            faults.append(geometry_fault(i + 1, column, error))
    return geometry, faults


def _from_text(text: str) -> BaseGeometry | None:
    """Return the geometry of WKT, or the point of a written position (`北纬39° 东经116°`)."""
    try:
        return from_wkt(text)
    except GeometryError as error:
        try:
            found = position(text)
        except InvalidInputError:
            raise error from None
        return shapely.Point(found.x, found.y)


def _from_numbers(
    columns: Mapping[str, Sequence[Any]], lon: str, lat: str
) -> tuple[np.ndarray[Any, Any], list[Fault]]:
    faults: list[Fault] = []
    xs, bad_xs = _numbers(columns[lon], lon, faults, axis="lon")
    ys, bad_ys = _numbers(columns[lat], lat, faults, axis="lat")
    for i in np.flatnonzero((np.isnan(xs) != np.isnan(ys)) & ~bad_xs & ~bad_ys).tolist():
        got = f"{columns[lon][i]}, {columns[lat][i]}"
        missing = lon if np.isnan(xs[i]) else lat
        faults.append(Fault(i + 1, missing, "coordinates", got, f"{lon}, {lat}"))
    return points(xs, ys), faults


def _numbers(
    cells: Sequence[Any], column: str, faults: list[Fault], *, axis: Axis
) -> tuple[np.ndarray[Any, np.dtype[np.float64]], np.ndarray[Any, np.dtype[np.bool_]]]:
    bad = np.zeros(len(cells), dtype=bool)
    if isinstance(cells, Cells) and (floats := cells.finite()) is not None:
        return floats, bad
    numbers = np.full(len(cells), np.nan)
    for i, cell in enumerate(cells):
        try:
            number = _number(cell, axis)
        except GeometryError as error:
            faults.append(geometry_fault(i + 1, column, error))
            bad[i] = True
        else:
            numbers[i] = np.nan if number is None else number
    return numbers, bad


def _number(cell: Any, axis: Axis) -> float | None:
    """Return a cell as a number: decimal, or an angle in degrees, minutes and seconds."""
    try:
        return decimal(cell)
    except GeometryError as error:
        if not isinstance(cell, str):
            raise
        try:
            return angle(cell, axis=axis).value
        except InvalidInputError:
            raise error from None


def geometry_fault(row: int, column: str, error: GeometryError) -> Fault:
    """Return the fault of a record whose geometry was refused."""
    return Fault(row, column, error.code, error.details["got"], error.details["wanted"])
