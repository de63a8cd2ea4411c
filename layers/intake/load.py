"""The load (正式入库): staged or given records into the official layer, in one transaction.

Records that are stored already (same id or code) are updated, never doubled; a record that says
nothing new changes nothing. The journal sees one row a statement. A layer of a user's own that is
still empty takes the staged table itself. Nothing here commits.
"""

# ruff: noqa: S608 - identifiers come from the catalogue only, values are always bound

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from psycopg.types.json import Json
from sqlalchemy import Column, func, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.exc import TimeoutError as NoConnectionFree
from sqlalchemy.orm import Session

from layers import pinyin
from layers.catalog import Layer
from layers.database import set_bulk
from layers.errors import ConflictError, InvalidInputError
from layers.intake.merge import (
    REFERENCES,
    Incoming,
    Loaded,
    gone_sql,
    is_empty,
    lock,
    merge,
    sql_type,
    table_columns,
)
from layers.intake.waiting import psycopg_connection, staged
from layers.locks import Lock

_LOAD_TIMEOUT = "30min"


def begin(session: Session, batch_id: uuid.UUID) -> None:
    """Make this transaction a load: journalled in bulk, long statements allowed, one at a time."""
    allow_long(session)
    session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": Lock.LOAD})
    set_bulk(session, batch_id)


def has_turn(session: Session) -> bool:
    """Take the loads' turn for this transaction where no other load is at work; tell whether."""
    return bool(session.scalar(select(func.pg_try_advisory_xact_lock(Lock.LOAD))))


def allow_long(session: Session) -> None:
    """Lift the request's time limits for this transaction."""
    for name in ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout"):
        session.execute(
            text("SELECT set_config(:name, :value, true)"), {"name": name, "value": _LOAD_TIMEOUT}
        )


def load_staged(
    session: Session,
    batch_id: uuid.UUID,
    layer: Layer,
    *,
    given: Sequence[str] = (),
    remove_gone: bool = False,
) -> Loaded:
    """Load a layer's good staged records.

    Parameters
    ----------
    given
        The fields that the file has; the staged table knows them by itself.
    remove_gone
        Whether stored rows of the same source that the file no longer holds are removed; none is
        where records were left out, since what those mean is still in the file.

    Raises
    ------
    ConflictError
        What was staged is no longer there (`staging_lost`), or something refers to a row that is
        gone from the file (`still_referred`).
    """
    incoming = staged(session, batch_id, layer)
    lock(session, layer)
    if "geom_3857" in incoming.columns and is_empty(session, layer):
        return _adopt(session, batch_id, layer)
    loaded = merge(session, layer, incoming)
    if not remove_gone or loaded.left_out:
        return loaded
    return Loaded(**{**vars(loaded), "removed": _remove_gone(session, batch_id, layer, incoming)})


def _adopt(session: Session, batch_id: uuid.UUID, layer: Layer) -> Loaded:
    """Make the staged table the layer's own: the rows were written once, the indexes come now."""
    _index_at_once(session, batch_id, layer)
    session.execute(
        text("SELECT onemap_adopt_staging(:batch, :layer)"),
        {"batch": batch_id, "layer": layer.name},
    )
    finish = text("SELECT onemap_finish_layer(:layer)")
    return Loaded(int(session.execute(finish, {"layer": layer.name}).scalar_one() or 0), 0, 0)


def _index_at_once(session: Session, batch_id: uuid.UUID, layer: Layer) -> None:
    """Build the two spatial indexes of the staged table, one here and one beside.

    They are most of a load, and each takes one core. The one built beside is committed at once:
    it is of a staged table, which nobody reads. What could not be built, `finish` builds.
    """
    engine = session.get_bind().engine
    index = text("SELECT onemap_index_staging(:batch, :layer, :indexed)")
    named = {"batch": batch_id, "layer": layer.name}

    def beside() -> None:
        # Where no connection is free, it is built after all, only later.
        with suppress(NoConnectionFree), Session(engine) as other, other.begin():
            allow_long(other)
            other.execute(index, {**named, "indexed": "geom_3857"})

    with ThreadPoolExecutor(max_workers=1) as pool:
        built = pool.submit(beside)
        session.execute(index, {**named, "indexed": "geom"})
        built.result()


def _remove_gone(session: Session, batch_id: uuid.UUID, layer: Layer, incoming: Incoming) -> int:
    statement = text(f'DELETE FROM "{layer.name}" t WHERE {gone_sql(layer, incoming)}')
    try:
        with session.begin_nested():
            done = session.execute(statement, {"batch": batch_id, "layer": layer.name})
    except IntegrityError as error:
        raise ConflictError(
            f"a row of {layer.name} that the file no longer holds is referred to by another",
            code="still_referred",
            layer=layer.name,
        ) from error
    return int(done.rowcount)  # type: ignore[attr-defined]


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
    columns = {n: layer.column(layer.field(n).name) for n in records if n != "id"}
    count = len(geometry)
    for name, values in records.items():
        if len(values) != count:
            raise InvalidInputError(f"{name} has {len(values)} values, geometry {count}")
    if source is not None and "source" not in records:
        columns["source"] = layer.column("source")
        records = {**records, "source": [source] * count}
    if not layer.thinned:
        columns.setdefault("region", layer.column("region"))
    begin(session, batch_id or uuid.uuid4())
    incoming = _make_incoming(session, layer, columns)
    _copy(session, incoming, columns, records, geometry, children)
    session.execute(text(f"CREATE INDEX ON {incoming.table} (id)"))
    session.execute(text(f"ANALYZE {incoming.table}"))
    return merge(session, layer, incoming)


def _make_incoming(session: Session, layer: Layer, columns: Mapping[str, Column[Any]]) -> Incoming:
    """Make an empty temporary table; it is gone with the transaction."""
    name = f"incoming_{layer.name}"
    typed = "".join(f', "{column}" {sql_type(c)}' for column, c in columns.items())
    if "name" in columns:
        typed += ", name_pinyin varchar"
    session.execute(text(f"DROP TABLE IF EXISTS pg_temp.{name}"))
    session.execute(
        text(
            f"CREATE TEMPORARY TABLE {name} (given uuid, id uuid, children jsonb, "
            f"geom geometry(GEOMETRY, 4326){typed}) ON COMMIT DROP"
        )
    )
    tables = {target: f"pg_temp.incoming_{target}" for target in REFERENCES}
    referred = {target: t for target, t in tables.items() if table_columns(session, t)}
    table = f"pg_temp.{name}"
    return Incoming(table, table_columns(session, table), referred)


def _copy(
    session: Session,
    incoming: Incoming,
    columns: Mapping[str, Column[Any]],
    records: Mapping[str, Sequence[Any]],
    geometry: NDArray[Any] | Sequence[Any],
    children: Sequence[Mapping[str, Any] | None] | None,
) -> None:
    shapes = _hex_shapes(geometry)
    nothing = [None] * len(shapes)
    ids = records.get("id") or nothing
    hung = [None if c is None else Json(dict(c)) for c in children] if children else nothing
    cells = {name: records.get(name) or nothing for name in columns}
    if "name" in cells:
        cells["name_pinyin"] = pinyin.keys(cells["name"])
    names = "".join(f', "{name}"' for name in cells)
    with psycopg_connection(session).cursor() as cursor:
        statement = f"COPY {incoming.table} (given, id, children, geom{names}) FROM STDIN"
        with cursor.copy(statement.encode()) as copy:
            for row in zip(ids, ids, hung, shapes, *cells.values(), strict=True):
                copy.write_row(row)


def _hex_shapes(geometry: NDArray[Any] | Sequence[Any]) -> list[str | None]:
    array = np.asarray(geometry, dtype=object)
    if len(array) and isinstance(array[0], bytes):
        array = np.asarray(shapely.from_wkb(array), dtype=object)
    shapes: list[str | None] = shapely.to_wkb(
        shapely.set_srid(array, 4326), hex=True, include_srid=True
    ).tolist()
    return shapes
