"""A file's shapes as plots: each row judged by itself, what cannot be drawn is named and left out.

The file is read in a confined child (`layers.intake.files`). A file closes no road: its roadblocks
come in as points, lines and areas.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry

from layers.errors import InvalidInputError, TooLargeError
from layers.intake import files
from layers.intake.files import Limits
from layers.plots.construction import FREE, PARAMETRIC, VERTICES_MAX, draw
from layers.plots.files import NUMBERS, TEXTS
from layers.plots.merging import SHAPE

ROWS_MAX = 500
BYTES_MAX = 8 * 1024**2
LIMITS = Limits(memory_bytes=2 * 1024**3, cpu_s=20, wall_s=30)
_BY_GEOMETRY = {"Point": "point", "LineString": "line", "Polygon": "polygon",
                "MultiLineString": "line", "MultiPolygon": "polygon"}  # fmt: skip
_ALSO = {"label": ("name",), "note": ("description",)}


@dataclass(frozen=True)
class Row:
    """One row of the file: fields of a plot, or why it cannot be one."""

    number: int
    fields: Mapping[str, Any] | None = None
    reason: str | None = None


def read(path: Path) -> list[Row]:
    """Return a file's rows as plots to be.

    Raises
    ------
    TooLargeError
        More than `ROWS_MAX` rows.
    InvalidInputError, UnknownCrsError
        The file cannot be read at all.
    """
    reading = files.read(path, limits=LIMITS)
    count = sum(len(table) for table in reading.tables)
    if count > ROWS_MAX:
        raise TooLargeError(f"the file has {count} rows, at most {ROWS_MAX} are taken",
                            code="plots_file_rows", got=count, wanted=ROWS_MAX)  # fmt: skip
    found = []
    for table in reading.tables:
        wrong = {fault.row: fault.rule for fault in table.faults if fault.severity == "error"}
        columns = {name: list(values) for name, values in table.columns.items()}
        for n, number in enumerate(table.rows.tolist()):
            values = {name: cells[n] for name, cells in columns.items()}
            reason = wrong.get(number)
            found.append(
                Row(number, reason=reason) if reason else _row(number, values, table.geometry[n])
            )
    return found


def _row(number: int, values: Mapping[str, Any], geometry: BaseGeometry | None) -> Row:
    if geometry is None or geometry.is_empty:
        return Row(number, reason="geometry_required")
    if geometry.geom_type.startswith("Multi") and len(shapely.get_parts(geometry)) == 1:
        geometry = shapely.get_parts(geometry)[0]
    assert geometry is not None
    if shapely.get_num_coordinates(geometry) > VERTICES_MAX:
        return Row(number, reason="plot_vertices")
    fields = dict(_said(values))
    reason = "plot_geometry"
    for shaped in _shapes(values, geometry):
        try:
            draw(
                shaped["kind"],
                control=shaped[SHAPE].get("control"),
                geometry=shaped[SHAPE].get("geometry"),
                properties=fields,
            )
        except InvalidInputError as error:
            reason = error.code
        else:
            return Row(number, {**fields, **shaped})
    return Row(number, reason=reason)


def _shapes(values: Mapping[str, Any], geometry: BaseGeometry) -> Iterator[dict[str, Any]]:
    """Yield what a row may be, the likeliest first: what it says, else what its geometry is."""
    drawn = {"geometry": json.loads(shapely.to_geojson(geometry))}
    kind = values.get("kind")
    if kind in PARAMETRIC and (control := _control(values.get("control"))) is not None:
        yield {"kind": kind, SHAPE: {"control": control}}
    if kind in FREE and kind != "roadblock" and geometry.geom_type in FREE[kind]:
        yield {"kind": kind, SHAPE: drawn}
    if geometry.geom_type in _BY_GEOMETRY:
        yield {"kind": _BY_GEOMETRY[geometry.geom_type], SHAPE: drawn}


def _control(text: Any) -> Any:
    """Return control points as a file carries them; None where it has none."""
    if not isinstance(text, str) or len(text) > 10_000 or not text.startswith("[["):
        return None
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _said(values: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    ours = values.get("kind") in PARAMETRIC or values.get("kind") in FREE
    for name in TEXTS:
        # What KML calls a nameless plot of ours is no label.
        others = () if ours else _ALSO.get(name, ())
        found = [values.get(each) for each in (name, *others)]
        said = next((str(each) for each in found if each not in (None, "")), None)
        if said is not None:
            yield name, said
    for name in NUMBERS:
        number = values.get(name)
        try:
            value = None if number is None or isinstance(number, bool) else float(number)
        except (TypeError, ValueError):
            value = None
        if value is not None and value == value and abs(value) != float("inf"):
            yield name, value
