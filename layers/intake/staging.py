"""Staging (预入库): checked records beside their faults, in tables of their own.

Records without an error wait in a table of the batch and layer, typed column by column, from which
they are compared and loaded by SQL alone; a row with faults is kept in `staged_row` with everything
that it says, for the person who must see it. A record with an error is in `staged_row` only.
"""

from __future__ import annotations

import datetime as dt
import json
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import shapely
from numpy.typing import NDArray
from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session
from sqlalchemy.types import String

from layers import pinyin
from layers.catalog import Layer
from layers.intake import copying, regions
from layers.intake.changes import Page, changes
from layers.intake.children import CHILD_COLUMNS, take_children
from layers.intake.comparison import compare, mark
from layers.intake.identity import identify, is_own
from layers.intake.merge import is_empty
from layers.intake.quality import Checked
from layers.intake.table import Fault
from layers.intake.waiting import psycopg_connection, staged_table

__all__ = ["Page", "changes", "compare", "discard", "fault_page", "mark", "severities", "stage"]

_CHILDREN = "children"
_SQL: dict[pa.DataType, str] = {
    pa.string(): "varchar", pa.int64(): "bigint", pa.float64(): "double precision",
    pa.bool_(): "boolean", pa.timestamp("us", "UTC"): "timestamptz", pa.date32(): "date",
    pa.list_(pa.string()): "varchar[]",
}  # fmt: skip
Columns = dict[str, pa.Array]


def stage(session: Session, batch_id: uuid.UUID, checked: Checked, *, source: str) -> list[str]:
    """Write checked records and their faults to staging; return the fields that the file gives.

    `source` goes into records without one. Records with errors are kept too: they are what a
    person must see. What was staged before for the batch and layer is replaced.
    """
    children, faults = _children(checked)
    identities = identify(checked, source=source)
    faults = [*checked.faults, *faults, *identities.faults]
    given = sorted(set(checked.given) | (set(identities.columns) - set(checked.columns)))
    columns = {name: identities.columns[name] for name in given}
    columns["source"] = _filled(columns.get("source"), source, len(checked))
    if not checked.layer.thinned:
        found = regions.districts(session, checked.geometry)
        if "region" in columns:
            faults += regions.elsewhere(columns["region"], found, checked.rows)
            faults += regions.unknown(session, columns["region"], checked.rows)
        columns["region"] = regions.fill(columns.get("region"), found)
    good = np.flatnonzero(~_at_rows(checked, (f for f in faults if f.severity == "error")))
    if "name" in columns:
        columns["name_pinyin"] = _pinyin(columns["name"])
    _write_good(session, batch_id, checked, columns, identities.ids, children, good)
    _write_faulty(session, batch_id, checked, columns, identities.ids, children, faults)
    return given


def _at_rows(checked: Checked, faults: Iterable[Fault]) -> NDArray[np.bool_]:
    """Tell for each record whether one of the faults is of its row."""
    return np.isin(checked.rows, [fault.row for fault in faults if fault.row is not None])


def _filled(column: pa.Array | None, value: str, count: int) -> pa.Array:
    if column is None:
        return pa.repeat(pa.scalar(value, pa.string()), count)
    return pc.fill_null(column, value)


def _pinyin(names: pa.Array) -> pa.Array:
    encoded = names.dictionary_encode()
    keys = pa.array(pinyin.keys(encoded.dictionary.to_pylist()), type=pa.string())
    return keys.take(encoded.indices)


def _children(checked: Checked) -> tuple[pa.Array | None, list[Fault]]:
    """Return what hangs on each record as JSON text, None where nothing does anywhere."""
    cells = {name: checked.others[name] for name in CHILD_COLUMNS if name in checked.others}
    if not cells:
        return None, []
    faults: list[Fault] = []
    children: list[str | None] = []
    for i, row in enumerate(checked.rows.tolist()):
        record = {name: column[i] for name, column in cells.items() if column[i] is not None}
        hung, found = take_children(checked.layer, record, row)
        children.append(json.dumps(hung) if hung else None)
        faults += found
    return pa.array(children, type=pa.string()), faults


def _write_good(
    session: Session,
    batch_id: uuid.UUID,
    checked: Checked,
    columns: Columns,
    ids: pa.Array,
    children: pa.Array | None,
    good: NDArray[np.int64],
) -> None:
    """Fill the batch's table with the records that have no error."""
    layer = checked.layer
    taken = _taken(columns, good, len(checked))
    constants = {name: column for name, column in taken.items() if _constant(column)}
    varying = {name: column for name, column in taken.items() if name not in constants}
    fresh = is_own(layer) and children is None and is_empty(session, layer)
    spec = [{"name": name, "type": _SQL[column.type]} for name, column in varying.items()]
    system: Columns = {"row": pa.array(good + 1), "id": _take(ids, good, len(checked))}
    if not (checked.rows == np.arange(1, len(checked) + 1)).all():
        system["file_row"] = pa.array(checked.rows[good])
        spec.append({"name": "file_row", "type": "bigint"})
        fresh = False
    if "region" not in taken:
        spec.append({"name": "region", "type": "varchar"})
    session.execute(
        text("SELECT onemap_make_staging(:batch, :layer, CAST(:columns AS jsonb), :shape)"),
        {"batch": batch_id, "layer": layer.name, "columns": json.dumps(spec),
         "shape": layer.geometry_type if fresh else None},
    )  # fmt: skip
    if not fresh:
        system["given"] = system["id"]
        if children is not None:
            system[_CHILDREN] = _take(children, good, len(checked))
    _copy(session, staged_table(batch_id, layer.name), system | varying, checked.geometry[good])
    told = [
        {"name": name, "type": _SQL[column.type], "value": _word(column[0])}
        for name, column in constants.items()
    ]
    session.execute(
        text("SELECT onemap_complete_staging(:batch, :layer, CAST(:constants AS jsonb))"),
        {"batch": batch_id, "layer": layer.name, "constants": json.dumps(told)},
    )


def _taken(columns: Columns, at: NDArray[np.int64], count: int) -> Columns:
    return {name: _take(column, at, count) for name, column in columns.items()}


def _take(column: pa.Array, at: NDArray[np.int64], count: int) -> pa.Array:
    return column if len(at) == count else column.take(pa.array(at))


def _constant(column: pa.Array) -> bool:
    """Tell whether a column says the same in every row: it is then told once."""
    if not len(column) or column.null_count or pa.types.is_nested(column.type):
        return False
    return bool(pc.all(pc.equal(column, column[0])).as_py())


def _word(value: pa.Scalar) -> str:
    return str(value.cast(pa.string()).as_py())


def _copy(session: Session, table: str, columns: Columns, geometry: NDArray[Any]) -> None:
    names = ", ".join(["geom", *(f'"{name}"' for name in columns)])
    with psycopg_connection(session).cursor() as cursor:
        statement = f"COPY {table} ({names}) FROM STDIN"
        with cursor.copy(statement.encode()) as copy:
            for block in copying.ahead(copying.blocks(columns, geometry)):
                copy.write(block)


def _write_faulty(
    session: Session,
    batch_id: uuid.UUID,
    checked: Checked,
    columns: Columns,
    ids: pa.Array,
    children: pa.Array | None,
    faults: Sequence[Fault],
) -> None:
    """Keep the rows that have faults, with everything that they say."""
    by_row: dict[int | None, list[Fault]] = {}
    for fault in faults:
        by_row.setdefault(fault.row, []).append(fault)
    at = np.flatnonzero(_at_rows(checked, faults))
    session.execute(
        text("DELETE FROM staged_row WHERE batch_id = :batch AND layer = :layer"),
        {"batch": batch_id, "layer": checked.layer.name},
    )
    with psycopg_connection(session).cursor() as cursor:
        statement = "COPY staged_row (batch_id, layer, row, record, geom, faults) FROM STDIN"
        with cursor.copy(statement) as copy:
            for line in _lines(batch_id, checked, columns, ids, children, at, by_row):
                copy.write_row(line)


def _lines(
    batch_id: uuid.UUID,
    checked: Checked,
    columns: Columns,
    ids: pa.Array,
    children: pa.Array | None,
    at: NDArray[np.int64],
    faults: Mapping[int | None, Sequence[Fault]],
) -> Iterator[tuple[Any, ...]]:
    shapes = shapely.to_wkb(
        shapely.set_srid(checked.geometry[at], 4326), hex=True, include_srid=True
    )
    cells = {name: column.take(pa.array(at)).to_pylist() for name, column in columns.items()}
    for n, (i, shape) in enumerate(zip(at.tolist(), shapes, strict=True)):
        record = {name: values[n] for name, values in cells.items() if values[n] is not None}
        record["id"] = None if (told := ids[i].as_py()) is None else str(uuid.UUID(bytes=told))
        record.pop("name_pinyin", None)
        if children is not None and (hung := children[i].as_py()) is not None:
            record[_CHILDREN] = json.loads(hung)
        row = int(checked.rows[i])
        if row != i + 1:
            record["__row"] = row
        found = [fault.to_json() for fault in faults.get(row, ())]
        yield (
            batch_id, checked.layer.name, i + 1, json.dumps(record, default=_plain), shape,
            json.dumps(found),
        )  # fmt: skip


def _plain(value: Any) -> str:
    return value.isoformat() if isinstance(value, dt.datetime | dt.date) else str(value)


def severities(session: Session, batch_id: uuid.UUID, layer: Layer) -> dict[str, int]:
    """Return how many staged records of a layer have errors, and how many have warnings only."""
    error, warning = '[{"severity": "error"}]', '[{"severity": "warning"}]'
    errors, warnings = session.execute(
        text(
            """
            SELECT count(*) FILTER (WHERE faults @> CAST(:error AS jsonb)),
                   count(*) FILTER (WHERE faults @> CAST(:warning AS jsonb)
                                    AND NOT faults @> CAST(:error AS jsonb))
            FROM staged_row WHERE batch_id = :batch AND layer = :layer
            """
        ),
        {"batch": batch_id, "layer": layer.name, "error": error, "warning": warning},
    ).one()
    return {"errors": errors, "warnings": warnings}


def discard(session: Session, batch_id: uuid.UUID) -> None:
    """Drop a batch's staged records; the rows with faults stay as its account."""
    session.execute(text("SELECT onemap_drop_staging(:batch)"), {"batch": batch_id})


def fault_page(
    session: Session, batch_id: uuid.UUID, *, severities: Sequence[str], limit: int, offset: int
) -> list[dict[str, Any]]:
    """Return a page of a batch's faults, in the order of layers and rows."""
    rows = session.execute(
        text(
            """
            SELECT fault
            FROM staged_row s, jsonb_array_elements(s.faults) WITH ORDINALITY f(fault, n)
            WHERE s.batch_id = :batch AND fault ->> 'severity' = ANY(:severities)
            ORDER BY s.layer, s.row, n LIMIT :limit OFFSET :offset
            """
        ).bindparams(bindparam("severities", type_=ARRAY(String))),
        {"batch": batch_id, "severities": list(severities), "limit": limit, "offset": offset},
    )
    return [fault for (fault,) in rows]
