"""The load (正式入库): staged or given records into the official layer, in one transaction.

Records that are stored already (same id or code) are updated, never doubled; a record that says
nothing new changes nothing. The journal sees one row a statement. Nothing here commits.
"""

# ruff: noqa: S608 - identifiers come from the catalogue only, values are always bound

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from psycopg.types.json import Json
from sqlalchemy import Column, text
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import Session

from layers.catalog import Layer
from layers.database import set_bulk
from layers.errors import InvalidInputError
from layers.intake.children import merge_children
from layers.intake.identity import key_fields
from layers.intake.staging import psycopg_connection
from layers.locks import Lock

_DIALECT = postgresql.dialect()  # type: ignore[no-untyped-call]
_LOAD_TIMEOUT = "30min"


@dataclass(frozen=True)
class Loaded:
    """What a load did to one layer; `left_out` are records whose enterprise is not stored."""

    inserted: int
    updated: int
    unchanged: int
    left_out: int = 0


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
    _make_incoming(session, layer, columns)
    typed = ", ".join(f'"{c.name}" {_sql_type(c)}' for c in columns)
    names = ", ".join(f'"{c.name}"' for c in columns)
    session.execute(
        text(
            f"""
            INSERT INTO {_incoming(layer)} (given, id, children, geom, {names})
            SELECT r.id, r.id, s.record -> 'children', s.geom, {_prefixed("r", columns)}
            FROM staged_row s, jsonb_to_record(s.record) AS r(id uuid, {typed})
            WHERE s.batch_id = :batch AND s.layer = :layer
              AND NOT s.faults @> '[{{"severity": "error"}}]'
            ORDER BY s.row
            """
        ),
        {"batch": batch_id, "layer": layer.name},
    )
    return _merge(session, layer, [c for c in columns if c.name in {*given, "source", "region"}])


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
    _make_incoming(session, layer, columns)
    _copy(session, layer, columns, records, geometry, children)
    if layer.group != "ground" and "region" not in records:
        columns.append(layer.column("region"))
    return _merge(session, layer, columns)


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
        statement = f"COPY {_incoming(layer)} (given, id, children, geom{names}) FROM STDIN"
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


def _incoming(layer: Layer) -> str:
    return f"incoming_{layer.name}"


def _columns(layer: Layer) -> list[Column[Any]]:
    """Return the columns that a file may fill."""
    return [layer.column(field.name) for field in layer.fields]


def _sql_type(column: Column[Any]) -> str:
    return str(column.type.compile(dialect=_DIALECT))


def _prefixed(prefix: str, columns: Sequence[Column[Any]]) -> str:
    return ", ".join(f'{prefix}."{c.name}"' for c in columns)


def _make_incoming(session: Session, layer: Layer, columns: Sequence[Column[Any]]) -> None:
    named = {c.name: c for c in [*columns, layer.column("region"), layer.column("source")]}
    typed = ", ".join(f'"{name}" {_sql_type(c)}' for name, c in named.items())
    session.execute(text(f"DROP TABLE IF EXISTS pg_temp.{_incoming(layer)}"))
    session.execute(
        text(
            f"CREATE TEMPORARY TABLE {_incoming(layer)} (given uuid, id uuid, children jsonb, "
            f"geom geometry(GEOMETRY, 4326), {typed}) ON COMMIT DROP"
        )
    )


def _fill_regions(session: Session, layer: Layer) -> None:
    """Fill empty regions with the deepest region that holds the position."""
    session.execute(
        text(
            f"""
            UPDATE {_incoming(layer)} i SET region =
              (SELECT g.code FROM region g
               WHERE ST_Intersects(g.geom, ST_PointOnSurface(i.geom))
               ORDER BY length(g.code) DESC LIMIT 1)
            WHERE i.region IS NULL AND i.geom IS NOT NULL AND EXISTS (SELECT FROM region)
            """
        )
    )


def _merge(session: Session, layer: Layer, columns: Sequence[Column[Any]]) -> Loaded:
    """Update what is stored, insert what is new; `columns` are those that the records give."""
    if layer.group != "ground":
        _fill_regions(session, layer)
    left_out = _follow_enterprises(session, layer) if _has_enterprise(layer, columns) else 0
    _resolve(session, layer, columns)
    incoming, table = _incoming(layer), layer.name
    total = _scalar(session, f"SELECT count(*) FROM {incoming}")
    updated = _execute(session, _update_statement(layer, columns))
    inserted = _execute(session, _insert_statement(layer, columns))
    merge_children(session, layer, incoming)
    if total != _scalar(
        session, f"SELECT count(*) FROM {incoming} i WHERE EXISTS "
        f"(SELECT FROM {table} t WHERE t.id = i.id)",
    ):  # fmt: skip
        raise InvalidInputError(f"not every record of {table} was loaded", code="load_incomplete")
    return Loaded(inserted, updated, total - inserted - updated, left_out)


def _has_enterprise(layer: Layer, columns: Sequence[Column[Any]]) -> bool:
    rules = {f.name: f.spec.rule for f in layer.fields}
    return any(rules.get(c.name) == "enterprise" for c in columns)


def _follow_enterprises(session: Session, layer: Layer) -> int:
    """Point to enterprises as they are stored; leave out records whose enterprise is not there."""
    known = _scalar(session, "SELECT to_regclass('pg_temp.incoming_enterprise') IS NOT NULL")
    if known and layer.name != "enterprise":
        session.execute(
            text(
                f"""
                UPDATE {_incoming(layer)} i SET enterprise_id = e.id FROM incoming_enterprise e
                WHERE i.enterprise_id = e.given AND e.id <> e.given
                """
            )
        )
    return _execute(
        session,
        f"""
        DELETE FROM {_incoming(layer)} i WHERE i.enterprise_id IS NOT NULL
          AND NOT EXISTS (SELECT FROM enterprise e WHERE e.id = i.enterprise_id)
        """,
    )


def _resolve(session: Session, layer: Layer, columns: Sequence[Column[Any]]) -> None:
    """Find the stored feature of each record by its codes; give new ones their id."""
    given = {c.name for c in columns}
    for key in key_fields(layer):
        if key not in given:
            continue
        session.execute(
            text(
                f"""
                UPDATE {_incoming(layer)} i SET id = t.id FROM {layer.name} t
                WHERE t."{key}" = i."{key}"
                  AND NOT EXISTS (SELECT FROM {layer.name} o WHERE o.id = i.id)
                """
            )
        )
    session.execute(text(f"UPDATE {_incoming(layer)} SET id = onemap_uuid_v7() WHERE id IS NULL"))
    session.execute(text(f"CREATE INDEX ON {_incoming(layer)} (id)"))
    session.execute(text(f"ANALYZE {_incoming(layer)}"))


def _value(column: Column[Any], *, stored: bool = False) -> str:
    """Return an incoming value; NULL becomes the default where the column cannot be empty.

    A region that could not be found does not empty the one that is `stored`.
    """
    if column.name == "region" and stored:
        return "coalesce(i.region, t.region)"
    default = column.server_default
    if column.nullable or default is None:
        return f'i."{column.name}"'
    return f'coalesce(i."{column.name}", {default.arg})'  # type: ignore[attr-defined]


def _update_statement(layer: Layer, columns: Sequence[Column[Any]]) -> str:
    sets = ", ".join(
        [f'"{c.name}" = {_value(c, stored=True)}' for c in columns] + ["geom = i.geom"]
    )
    stored = ", ".join([f't."{c.name}"' for c in columns] + ["t.geom"])
    wanted = ", ".join([_value(c, stored=True) for c in columns] + ["i.geom"])
    return f"""
        UPDATE {layer.name} t SET {sets} FROM {_incoming(layer)} i
        WHERE t.id = i.id AND ({stored}) IS DISTINCT FROM ({wanted})
    """


def _insert_statement(layer: Layer, columns: Sequence[Column[Any]]) -> str:
    names = ", ".join(f'"{c.name}"' for c in columns)
    comma = ", " if columns else ""
    values = ", ".join(_value(c) for c in columns)
    return f"""
        INSERT INTO {layer.name} (id, geom{comma}{names})
        SELECT i.id, i.geom{comma}{values} FROM {_incoming(layer)} i
        WHERE NOT EXISTS (SELECT FROM {layer.name} t WHERE t.id = i.id)
    """


def _scalar(session: Session, statement: str) -> Any:
    return session.execute(text(statement)).scalar_one()


def _execute(session: Session, statement: str) -> int:
    return int(session.execute(text(statement)).rowcount)  # type: ignore[attr-defined]
