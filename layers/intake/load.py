"""The load (正式入库): staged or given records into the official layer, in one transaction.

Records that are stored already (same id or code) are updated, never doubled; a record that says
nothing new changes nothing. The journal sees one row a statement. Nothing here commits.
"""

# ruff: noqa: S608 - identifiers come from the catalogue only, values are always bound

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from psycopg.types.json import Json
from sqlalchemy import Column, text
from sqlalchemy.orm import Session

from layers.catalog import Layer
from layers.database import set_bulk
from layers.errors import InvalidInputError
from layers.intake.merge import Loaded, incoming_table, make_incoming, merge, prefixed, sql_type
from layers.intake.staging import psycopg_connection
from layers.locks import Lock

_LOAD_TIMEOUT = "30min"


def begin(session: Session, batch_id: uuid.UUID) -> None:
    """Make this transaction a load: journalled in bulk, long statements allowed, one at a time."""
    allow_long(session)
    session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": Lock.LOAD})
    set_bulk(session, batch_id)


def allow_long(session: Session) -> None:
    """Lift the request's time limits for this transaction."""
    for name in ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout"):
        session.execute(
            text("SELECT set_config(:name, :value, true)"), {"name": name, "value": _LOAD_TIMEOUT}
        )


def load_staged(
    session: Session, batch_id: uuid.UUID, layer: Layer, *, given: Sequence[str]
) -> Loaded:
    """Load a layer's good staged records; `given` are the fields that the file has."""
    columns = _columns(layer)
    make_incoming(session, layer, columns)
    typed = ", ".join(f'"{c.name}" {sql_type(c)}' for c in columns)
    names = ", ".join(f'"{c.name}"' for c in columns)
    session.execute(
        text(
            f"""
            INSERT INTO {incoming_table(layer)} (given, id, children, geom, {names})
            SELECT r.id, r.id, s.record -> 'children', s.geom, {prefixed("r", columns)}
            FROM staged_row s, jsonb_to_record(s.record) AS r(id uuid, {typed})
            WHERE s.batch_id = :batch AND s.layer = :layer
              AND NOT s.faults @> '[{{"severity": "error"}}]'
            ORDER BY s.row
            """
        ),
        {"batch": batch_id, "layer": layer.name},
    )
    return merge(session, layer, [c for c in columns if c.name in {*given, "source", "region"}])


def load_records(
    session: Session,
    layer: Layer,
    records: Mapping[str, Sequence[Any]],
    geometry: NDArray[Any] | Sequence[Any],
    *,
    source: str | None = None,
    batch_id: uuid.UUID | None = None,
    children: Sequence[Mapping[str, Sequence[Mapping[str, Any]]] | None] | None = None,
) -> Loaded:
    """Load records that need no check, by COPY, in the caller's transaction.

    For makers of data whose records are right by construction; the table's own constraints hold.

    Parameters
    ----------
    records
        Python values by field name, column by column, each as long as `geometry`; `id` allowed.
    geometry
        Shapely geometries, or WKB bytes, in EPSG:4326.
    source
        Goes into records without one.
    batch_id
        What the journal calls this load; a new one by default.
    children
        For each record `{"contact": [{"name", "post", "phone", "rank"}], "stock": [{"item",
        "quantity", "unit"}]}` or None.

    Raises
    ------
    InvalidInputError
        A column that the layer does not have, or of another length.
    """
    columns = [layer.column(layer.field(name).name) for name in records if name != "id"]
    count = len(geometry)
    for name, values in records.items():
        if len(values) != count:
            raise InvalidInputError(f"{name} has {len(values)} values, geometry {count}")
    if source is not None and "source" not in records:
        columns.append(layer.column("source"))
        records = {**records, "source": [source] * count}
    begin(session, batch_id or uuid.uuid4())
    make_incoming(session, layer, columns)
    _copy(session, layer, columns, records, geometry, children)
    if layer.group != "ground" and "region" not in records:
        columns.append(layer.column("region"))
    return merge(session, layer, columns)


def _copy(
    session: Session,
    layer: Layer,
    columns: Sequence[Column[Any]],
    records: Mapping[str, Sequence[Any]],
    geometry: NDArray[Any] | Sequence[Any],
    children: Sequence[Mapping[str, Any] | None] | None,
) -> None:
    shapes = _hex_shapes(geometry)
    count = len(shapes)
    ids = records.get("id") or [None] * count
    hung = [None if c is None else Json(dict(c)) for c in children] if children else [None] * count
    values = [records.get(c.name) or [None] * count for c in columns]
    names = "".join(f', "{c.name}"' for c in columns)
    with psycopg_connection(session).cursor() as cursor:
        statement = f"COPY {incoming_table(layer)} (given, id, children, geom{names}) FROM STDIN"
        with cursor.copy(statement.encode()) as copy:
            for row in zip(ids, ids, hung, shapes, *values, strict=True):
                copy.write_row(row)


def _hex_shapes(geometry: NDArray[Any] | Sequence[Any]) -> list[str | None]:
    array = np.asarray(geometry, dtype=object)
    if len(array) and isinstance(array[0], bytes):
        array = np.asarray(shapely.from_wkb(array), dtype=object)
    shapes: list[str | None] = shapely.to_wkb(
        shapely.set_srid(array, 4326), hex=True, include_srid=True
    ).tolist()
    return shapes


def _columns(layer: Layer) -> list[Column[Any]]:
    """Return the columns that a file may fill."""
    return [layer.column(field.name) for field in layer.fields]
