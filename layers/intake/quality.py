"""The check (质检): every record against the rules that the layer's fields declare.

Errors keep a record out; warnings are shown and let it in. Nothing is changed but what a type
asks for: spaces around text go, times get their offset, codes get capitals.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as member
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import shapely
from numpy.typing import NDArray

from layers.catalog import Layer, LayerField
from layers.intake.columns import read_column
from layers.intake.outliers import suspects
from layers.intake.points import held_as_points, points
from layers.intake.rules import apply_rules, record_faults
from layers.intake.shapes import check_geometries
from layers.intake.table import Fault, Table
from layers.intake.values import FieldError, value_of

SITE_TIMEZONE = ZoneInfo("Asia/Shanghai")


@dataclass(frozen=True)
class Rules:
    """What the check needs to know of the site: time zone, and people's words for values.

    `titles` maps `<layer>.<field>` to words and the values they stand for, in small letters.
    """

    timezone: ZoneInfo = SITE_TIMEZONE
    titles: Mapping[str, Mapping[str, str]] = member(default_factory=dict)


@dataclass(frozen=True)
class Checked:
    """Records of one layer after the check, in the file's order, column by column.

    Attributes
    ----------
    columns
        Values by field name, each as long as the file; null where a cell is empty or wrong.
    given
        The fields that the file says something about, be it wrong.
    others
        Columns that are no fields of the layer, as they came: `id`, children.
    geometry, rows
        EPSG:4326 or None, and the file's row, of each record.
    faults
        Of all rows, in their order.
    """

    layer: Layer
    columns: Mapping[str, pa.Array]
    given: frozenset[str]
    others: Mapping[str, Sequence[Any]]
    geometry: NDArray[Any]
    rows: NDArray[np.int64]
    faults: list[Fault]

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def records(self) -> list[dict[str, Any]]:
        """The records as Python values by name, empty cells left out."""
        return self.records_at(np.arange(len(self), dtype=np.int64))

    def records_at(self, positions: NDArray[np.int64]) -> list[dict[str, Any]]:
        """Return the records at these positions."""
        made: list[dict[str, Any]] = [{} for _ in positions]
        for name, values in self.columns.items():
            taken = values.take(pa.array(positions)).to_pylist()
            for record, value in zip(made, taken, strict=True):
                if value is not None:
                    record[name] = value
        for name, cells in self.others.items():
            for record, at in zip(made, positions.tolist(), strict=True):
                if (cell := cells[at]) is not None:
                    record[name] = cell
        return made


def check(table: Table, layer: Layer, *, rules: Rules | None = None) -> Checked:
    """Check a table whose columns are the layer's fields; return its records and every fault.

    Columns that are no fields of the layer are kept untouched (`id`, children):
    `layers.intake.mapping` has named what is left over.
    """
    rules = rules or Rules()
    faults = list(table.faults)
    known = {field.name: field for field in layer.fields}
    columns: dict[str, pa.Array] = {}
    others: dict[str, Sequence[Any]] = {}
    given: set[str] = set()
    for name, cells in table.columns.items():
        if name not in known:
            others[name] = cells
            continue
        columns[name], found = _check_column(known[name], layer, cells, table.rows, rules)
        faults += found
        if found or columns[name].null_count < len(table):
            given.add(name)
    told: dict[str | None, set[int | None]] = {}
    for fault in faults:
        told.setdefault(fault.field, set()).add(fault.row)
    faults += apply_rules(layer, columns, table.rows)
    given |= {name for name, values in columns.items() if values.null_count < len(table)}
    for field in layer.fields:
        faults += _missing_cells(layer, field, columns, table.rows, told.get(field.name, set()))
    bad = {f.row for f in table.faults if f.row is not None and f.severity == "error"}
    geometry, found = _check_places(layer, table, bad)
    if layer.group != "ground":
        found += suspects(geometry, table.rows)
    faults = _of_layer(layer, faults + found)
    return Checked(layer, columns, frozenset(given), others, geometry, table.rows, faults)


def _check_places(
    layer: Layer, table: Table, known_bad: Collection[int]
) -> tuple[NDArray[Any], list[Fault]]:
    """Check geometries; of points, only those that are plainly wrong become geometries for it."""
    held = held_as_points(table.geometry)
    if held is None or layer.geometry_type not in ("POINT", "GEOMETRY"):
        return check_geometries(layer, table.geometry, table.rows, known_bad=known_bad)
    plain = (np.abs(held.lon) <= 180) & (np.abs(held.lat) <= 90)
    at = np.flatnonzero(~plain)
    made, faults = check_geometries(
        layer, np.asarray(held[at]), table.rows[at], known_bad=known_bad
    )
    if shapely.is_missing(made).all():
        return points(np.where(plain, held.lon, np.nan), held.lat), faults
    raise RuntimeError("a place off the Earth passed the check")


def _check_column(
    field: LayerField, layer: Layer, cells: Sequence[Any], rows: NDArray[np.int64], rules: Rules
) -> tuple[pa.Array, list[Fault]]:
    titles = rules.titles.get(f"{layer.name}.{field.name}")
    values, wrong = read_column(field, cells, lambda cell: _value(field, cell, rules, titles))
    faults = [
        Fault(int(rows[at]), field.name, error.rule, error.got, error.wanted) for at, error in wrong
    ]
    return values, faults


def _missing_cells(
    layer: Layer,
    field: LayerField,
    columns: Mapping[str, pa.Array],
    rows: NDArray[np.int64],
    told: Collection[int | None],
) -> list[Fault]:
    """Return a fault for each record without a required value that has no fault yet."""
    if not field.spec.required or _has_default(layer, field):
        return []
    values = columns.get(field.name)
    missing = rows if values is None else rows[values.is_null().to_numpy(zero_copy_only=False)]
    return [
        Fault(row, field.name, "required", None, field.name)
        for row in missing.tolist() if row not in told
    ]  # fmt: skip


def _value(field: LayerField, cell: Any, rules: Rules, titles: Mapping[str, str] | None) -> Any:
    try:
        return value_of(field, cell, timezone=rules.timezone, titles=titles)
    except FieldError as fault:
        # A feature may be named by its code or name; the staged batch looks it up.
        if field.type == "id" and field.spec.rule is not None and fault.rule == "id":
            return str(cell).strip()
        raise


def _has_default(layer: Layer, field: LayerField) -> bool:
    return layer.column(field.name).server_default is not None


def _of_layer(layer: Layer, faults: Sequence[Fault]) -> list[Fault]:
    ordered = sorted(faults, key=lambda f: f.row or 0)
    return [Fault(f.row, f.field, f.rule, f.got, f.wanted, f.severity, layer.name) for f in ordered]


def check_record(
    layer: Layer,
    record: Mapping[str, Any],
    *,
    partial: bool = False,
    rules: Rules | None = None,
) -> tuple[dict[str, Any], list[Fault]]:
    """Check one record, as an edit or a request brings it; geometry is not looked at.

    Parameters
    ----------
    record
        Values by field name; unknown names are faults (`unknown_field`).
    partial
        Whether the record only changes a feature: required fields may then be left out, but not
        be emptied, and None empties a field.

    Returns
    -------
    The clean record, with Python values (None where a field is emptied), and every fault.
    """
    rules = rules or Rules()
    clean: dict[str, Any] = {}
    faults: list[Fault] = []
    known = {field.name: field for field in layer.fields}
    for name, cell in record.items():
        if name not in known:
            faults.append(Fault(None, name, "unknown_field", name, ", ".join(known)))
            continue
        try:
            titles = rules.titles.get(f"{layer.name}.{name}")
            clean[name] = value_of(known[name], cell, timezone=rules.timezone, titles=titles)
        except FieldError as fault:
            faults.append(Fault(None, name, fault.rule, fault.got, fault.wanted))
    faults += record_faults(layer, clean)
    faults += _missing(layer, clean, {fault.field for fault in faults}, partial=partial)
    return clean, _of_layer(layer, faults)


def _missing(
    layer: Layer, record: Mapping[str, Any], told: Collection[str | None], *, partial: bool
) -> list[Fault]:
    """Return a fault for each required field without a value that has no fault yet."""
    return [
        Fault(None, f.name, "required", None, f.name)
        for f in layer.fields
        if f.spec.required and record.get(f.name) is None and f.name not in told
        and (f.name in record or not (partial or _has_default(layer, f)))
    ]  # fmt: skip
