"""WKB and EWKB from strangers: every header is walked before GEOS sees a byte.

GEOS 3.14 ends the process on deeply nested collections (libgeos/geos #1487).
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from layers.intake.geometry import TYPES, VERTICES_MAX, GeometryError, plane
from layers.intake.places import geometry_fault
from layers.intake.table import Fault

_WANTED_TYPES = ", ".join(TYPES)
_POINT, _LINE, _POLYGON = 1, 2, 3
_POINT_HEADER = b"\x01\x01\x00\x00\x00"
_POINT_BYTES = 21


def from_wkb(data: bytes) -> BaseGeometry | None:
    """Return the geometry of WKB or EWKB bytes (big or little end first); None of an empty one.

    Raises
    ------
    GeometryError
        Another type than GeoJSON's six, wrong nesting, truncated, or not WKB.
    """
    end = _walk(data, 0, allowed=(1, 2, 3, 4, 5, 6), budget=[VERTICES_MAX])
    if end > len(data):
        raise GeometryError("wkb", "truncated geometry", "complete WKB")
    try:
        geometry = shapely.from_wkb(data)
    except shapely.errors.ShapelyError as error:
        raise GeometryError("wkb", "unreadable geometry", str(error)[:120]) from None
    return plane(geometry)


def from_wkb_cells(cells: Sequence[Any], column: str) -> tuple[NDArray[Any], list[Fault]]:
    """Return geometries of WKB cells (None allowed), and a fault for each that was refused."""
    geometry = np.full(len(cells), None, dtype=object)
    points = np.fromiter(map(_is_plain_point, cells), dtype=np.bool_, count=len(cells))
    if points.any():
        packed = b"".join(cell for cell, plain in zip(cells, points, strict=True) if plain)
        numbers = np.frombuffer(packed, dtype=np.dtype([("head", "V5"), ("xy", "<f8", 2)]))["xy"]
        empty = np.isnan(numbers).all(axis=1)  # how WKB writes POINT EMPTY
        made: NDArray[Any] = np.asarray(shapely.points(numbers), dtype=object)
        made[empty] = None
        geometry[points] = made
    faults = []
    for i in np.flatnonzero(~points).tolist():
        cell = cells[i]
        try:
            geometry[i] = None if cell is None else from_wkb(bytes(cell))
        except GeometryError as error:
            faults.append(geometry_fault(i + 1, column, error))
        except TypeError:
            faults.append(Fault(i + 1, column, "wkb", type(cell).__name__, "bytes"))
    return geometry, faults


def _is_plain_point(cell: Any) -> bool:
    is_bytes = isinstance(cell, bytes)
    return is_bytes and len(cell) == _POINT_BYTES and cell.startswith(_POINT_HEADER)


def _walk(data: bytes, at: int, *, allowed: Sequence[int], budget: list[int]) -> int:
    """Return the offset after the geometry at `at`, having seen every header in it."""
    try:
        order = "<" if data[at] == 1 else ">"
        (code,) = struct.unpack_from(order + "I", data, at + 1)
        kind, dimensions, at = _header(code, at + 5)
        if kind not in allowed:
            raise GeometryError("geometry_type", f"WKB type {kind}", _WANTED_TYPES)
        if kind == _POINT:
            return at + 8 * dimensions
        (count,) = struct.unpack_from(order + "I", data, at)
        at += 4
        if count > VERTICES_MAX:
            raise GeometryError("vertices", count, f"≤ {VERTICES_MAX}")
        for _ in range(count if kind != _LINE else 0):
            at = _walk_part(data, at, kind, order, dimensions, budget)
        if kind == _LINE:
            at = _spend(at, count, dimensions, budget)
    except (struct.error, IndexError):
        raise GeometryError("wkb", "truncated geometry", "complete WKB") from None
    return at


def _header(code: int, at: int) -> tuple[int, int, int]:
    """Return type, number of ordinates and offset, for ISO (1001) and EWKB (flag) headers."""
    ewkb_z, ewkb_m, ewkb_srid = code & 0x80000000, code & 0x40000000, code & 0x20000000
    plain = code & 0x1FFFFFFF
    iso = plain // 1000
    dimensions = 2 + bool(ewkb_z) + bool(ewkb_m) + {0: 0, 1: 1, 2: 1, 3: 2}.get(iso, 0)
    return plain % 1000, dimensions, at + (4 if ewkb_srid else 0)


def _walk_part(
    data: bytes, at: int, kind: int, order: str, dimensions: int, budget: list[int]
) -> int:
    if kind == _POLYGON:
        (count,) = struct.unpack_from(order + "I", data, at)
        return _spend(at + 4, count, dimensions, budget)
    return _walk(data, at, allowed=(kind - 3,), budget=budget)


def _spend(at: int, count: int, dimensions: int, budget: list[int]) -> int:
    budget[0] -= count
    if budget[0] < 0:
        raise GeometryError("vertices", f"> {VERTICES_MAX}", f"≤ {VERTICES_MAX}")
    return at + 8 * dimensions * count
