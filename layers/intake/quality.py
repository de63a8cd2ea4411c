"""The check (质检): every record against the rules that the layer's fields declare.

Errors keep a record out; warnings are shown and let it in. Nothing is changed but what a type
asks for: spaces around text go, times get their offset, codes get capitals.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as member
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from layers import substances
from layers.catalog import Layer, LayerField
from layers.errors import InvalidInputError, NotFoundError
from layers.intake import codes
from layers.intake.shapes import check_geometries
from layers.intake.table import Fault, Table, shown
from layers.intake.values import FieldError, value_of

SITE_TIMEZONE = ZoneInfo("Asia/Shanghai")
ENTERPRISE = "enterprise_id"


@dataclass(frozen=True)
class Rules:
    """What the check needs to know of the site: time zone, and people's words for values.

    `titles` maps `<layer>.<field>` to words and the values they stand for, in small letters.
    """

    timezone: ZoneInfo = SITE_TIMEZONE
    titles: Mapping[str, Mapping[str, str]] = member(default_factory=dict)


@dataclass(frozen=True)
class Checked:
    """Records of one layer after the check, in the file's order.

    `records[i]` holds Python values by field name (and `id`, children); `geometry[i]` is EPSG:4326
    or None; `rows[i]` is the file's row; `faults` are of all rows.
    """

    layer: Layer
    records: list[dict[str, Any]]
    geometry: NDArray[Any]
    rows: NDArray[np.int64]
    faults: list[Fault]


def check(table: Table, layer: Layer, *, rules: Rules | None = None) -> Checked:
    """Check a table whose columns are the layer's fields; return its records and every fault.

    Columns that are no fields of the layer are kept in the records untouched (`id`, children):
    `layers.intake.mapping` has named what is left over.
    """
    rules = rules or Rules()
    faults = list(table.faults)
    records: list[dict[str, Any]] = [{} for _ in range(len(table))]
    known = {field.name: field for field in layer.fields}
    for name, cells in table.columns.items():
        if name in known:
            _check_column(known[name], layer, cells, table.rows, records, faults, rules)
        else:
            for record, cell in zip(records, cells, strict=True):
                if cell is not None:
                    record[name] = cell
    told: dict[int | None, set[str | None]] = {}
    for fault in faults:
        told.setdefault(fault.row, set()).add(fault.field)
    for record, row in zip(records, table.rows.tolist(), strict=True):
        faults += [_at(fault, row) for fault in _rule_faults(layer, record)]
        missing = _missing(layer, record, told.get(row, ()), partial=False)
        faults += [_at(fault, row) for fault in missing]
    bad = {f.row for f in table.faults if f.row is not None and f.severity == "error"}
    geometry, found = check_geometries(layer, table.geometry, table.rows, known_bad=bad)
    return Checked(layer, records, geometry, table.rows, _of_layer(layer, faults + found))


def _check_column(
    field: LayerField,
    layer: Layer,
    cells: Sequence[Any],
    rows: NDArray[np.int64],
    records: list[dict[str, Any]],
    faults: list[Fault],
    rules: Rules,
) -> None:
    titles = rules.titles.get(f"{layer.name}.{field.name}")
    for record, row, cell in zip(records, rows.tolist(), cells, strict=True):
        if cell is None:
            continue
        try:
            value = _value(field, cell, rules, titles)
        except FieldError as fault:
            faults.append(Fault(row, field.name, fault.rule, fault.got, fault.wanted))
            record[field.name] = None
        else:
            if value is not None:
                record[field.name] = value


def _value(field: LayerField, cell: Any, rules: Rules, titles: Mapping[str, str] | None) -> Any:
    try:
        return value_of(field, cell, timezone=rules.timezone, titles=titles)
    except FieldError as fault:
        # An enterprise may be named by its code or name; the staged batch looks it up.
        if field.spec.rule == "enterprise" and fault.rule == "id":
            return str(cell).strip()
        raise


def _has_default(layer: Layer, field: LayerField) -> bool:
    return layer.column(field.name).server_default is not None


def _at(fault: Fault, row: int | None) -> Fault:
    return Fault(row, fault.field, fault.rule, fault.got, fault.wanted, fault.severity)


def _of_layer(layer: Layer, faults: Sequence[Fault]) -> list[Fault]:
    ordered = sorted(faults, key=lambda f: f.row or 0)
    return [Fault(f.row, f.field, f.rule, f.got, f.wanted, f.severity, layer.name) for f in ordered]


def _rule_faults(layer: Layer, record: dict[str, Any]) -> list[Fault]:
    """Apply the named rules to a record of values; codes are put in capitals, CAS filled in."""
    faults: list[Fault] = []
    for field in layer.fields:
        value = record.get(field.name)
        if value is None or field.spec.rule is None:
            continue
        if field.spec.rule == "credit_code":
            record[field.name] = value.upper()
            faults += _credit_code(field.name, value.upper())
        elif field.spec.rule == "cas":
            faults += _cas(field.name, value)
        elif field.spec.rule == "substance":
            faults += _substance(field.name, record)
    return faults


def _credit_code(name: str, code: str) -> list[Fault]:
    verdict = codes.credit_code(code)
    if verdict == "wrong_form":
        return [Fault(None, name, "credit_code_form", shown(code), codes.CREDIT_FORM)]
    if verdict == "wrong_check":
        wanted = code[:17] + codes.credit_check_character(code[:17])
        return [Fault(None, name, "credit_code_check", code, wanted, "warning")]
    return []


def _cas(name: str, number: str) -> list[Fault]:
    if codes.cas(number) == "good":
        return []
    return [Fault(None, name, "cas", shown(number), codes.CAS_FORM)]


def _substance(name: str, record: dict[str, Any]) -> list[Fault]:
    """Fill in the CAS number of a known substance; an unknown one keeps its text."""
    text = str(record[name])
    cas, near = _known_substance(text)
    if cas is None:
        return [Fault(None, name, "substance", shown(text), near or None, "warning")]
    if record.get("cas") is None:
        record["cas"] = cas
    elif record["cas"] != cas:
        got = f"{record['cas']} ({text})"
        return [Fault(None, "cas", "cas_substance", shown(got), cas, "warning")]
    return []


@lru_cache(maxsize=4096)
def _known_substance(text: str) -> tuple[str | None, str]:
    """Return a substance's CAS number, or None and the names that look like it."""
    try:
        return substances.find(text).cas, ""
    except NotFoundError as error:
        return None, ", ".join(error.details.get("near", ()))
    except InvalidInputError as error:
        return None, error.message


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
    faults += _rule_faults(layer, clean)
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
