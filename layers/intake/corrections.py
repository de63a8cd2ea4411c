"""Adjusting (调整): cells that a person mended after the check, put in before the next one.

The file stays as it was handed in. Each mended cell is told in the report with what it was.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from layers.crs import Crs, to_wgs84
from layers.crs.written import position
from layers.errors import InvalidInputError
from layers.intake.geometry import from_wkt
from layers.intake.mapping import Mapped, check_fields
from layers.intake.table import Table, shown

GEOMETRY = "geometry"
POSITION_FORM = "lon, lat | WKT"
Value = str | int | float | bool | None


@dataclass(frozen=True)
class Correction:
    """One cell: the file's row, the field (`geometry` for the place), and its value; None empties.

    A place is written `lon, lat` or as WKT, in the coordinate system in which the file is read.
    """

    row: int
    field: str
    value: Value


@dataclass(frozen=True)
class Corrected:
    """A table with the corrections in it, and what each of them replaced."""

    mapped: Mapped
    cells: tuple[dict[str, Any], ...]


def correct(
    mapped: Mapped,
    corrections: Sequence[Correction],
    *,
    crs: Crs,
    place: Collection[str] = (),
) -> Corrected:
    """Return a mapped table with the corrections of its rows; rows of other tables are left.

    What the reader found wrong with a mended cell is taken back: the check looks at it anew.

    Parameters
    ----------
    crs
        In which mended places are written.
    place
        Columns of the file that say where; a correction of one is a correction of the place.

    Raises
    ------
    InvalidInputError
        A field that the layer does not have, or a place that cannot be read (`correction`).
    """
    if not corrections:
        return Corrected(mapped, ())
    table = mapped.table
    columns = dict(table.columns)
    geometry = table.geometry.copy()
    at = _positions(table, corrections)
    cells: list[dict[str, Any]] = []
    for each in corrections:
        name = _field(each.field, place) or ""
        for i in at.get(each.row, ()):
            if name == GEOMETRY:
                before, geometry[i] = _written(geometry[i]), _place(each, crs)
            else:
                before = _put(mapped, columns, i, name, each.value)
            cells.append({
                "layer": mapped.layer.name, "row": each.row, "field": name,
                "before": before, "after": shown(each.value),
            })  # fmt: skip
    mended = {(cell["row"], cell["field"]) for cell in cells}
    left = tuple(f for f in table.faults if (f.row, _field(f.field, place)) not in mended)
    made = replace(table, columns=columns, geometry=geometry, faults=left)
    return Corrected(replace(mapped, table=made), tuple(cells))


def _field(name: str | None, place: Collection[str]) -> str | None:
    """Return the field that a person means; a column that says where means the place."""
    return GEOMETRY if name in (GEOMETRY, *place) else name


def _written(geometry: BaseGeometry | None) -> str | None:
    if geometry is None:
        return None
    return shown(shapely.to_wkt(geometry, rounding_precision=7))


def _positions(table: Table, corrections: Sequence[Correction]) -> dict[int, list[int]]:
    """Return where the rows to be mended stand in a table; a split row stands several times."""
    wanted = np.array(sorted({each.row for each in corrections}), dtype=np.int64)
    at: dict[int, list[int]] = {}
    for i in np.flatnonzero(np.isin(table.rows, wanted)).tolist():
        at.setdefault(int(table.rows[i]), []).append(i)
    return at


def _put(mapped: Mapped, columns: dict[str, Sequence[Any]], i: int, name: str, value: Value) -> Any:
    """Put a value into a cell; return what was there."""
    check_fields(mapped.layer, (name,))
    count = len(mapped.table)
    cells = columns.get(name)
    # The table's own columns are not ours to change: the first correction of a column copies it.
    if cells is None or cells is mapped.table.columns.get(name):
        columns[name] = cells = [None] * count if cells is None else list(cells)
    before = cells[i]
    cells[i] = value  # type: ignore[index]
    return shown(before)


def _place(correction: Correction, crs: Crs) -> BaseGeometry | None:
    """Return the place that a person wrote, in EPSG:4326; None takes the place away."""
    if correction.value is None or not str(correction.value).strip():
        return None
    text = str(correction.value)
    try:
        shape = from_wkt(text) if re.match(r"\s*[A-Za-z]+\s*\(", text) else _point(text)
    except InvalidInputError as error:
        wanted = error.details.get("wanted") or POSITION_FORM
        raise InvalidInputError(
            f"row {correction.row}: {text[:80]!r} is no place; wanted {POSITION_FORM}",
            code="correction",
            row=correction.row,
            got=text[:80],
            wanted=wanted,
        ) from None
    made = np.empty(1, dtype=object)
    made[0] = shape
    turned: BaseGeometry | None = to_wgs84(made, crs)[0]
    return turned


def _point(text: str) -> BaseGeometry:
    found = position(text)
    return shapely.Point(found.x, found.y)
