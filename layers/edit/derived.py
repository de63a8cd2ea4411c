"""What is derived from a row's name: filled with the row, and afterwards where it is missing."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import ColumnElement, String, Uuid, column, func, literal, select, update
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session

from layers import pinyin
from layers.catalog import Layer, layers

_CHUNK = 2_000


def with_pinyin(layer: Layer, values: dict[str, Any]) -> dict[str, Any]:
    """Return the columns of a row with the pinyin of its name, where they hold a name."""
    field = _named_by(layer)
    if field not in values:
        return values
    return {**values, "name_pinyin": pinyin.key(values[field])}


def fill_pinyin(session: Session, *, among: Iterable[Layer] | None = None) -> int:
    """Fill the pinyin of rows whose Chinese name has none yet; return how many were filled.

    For rows from before the column, or written by another program. A row gets no new version and
    no journal entry by it: nothing of it is said that its name did not say.
    """
    filled = 0
    for layer in layers(session) if among is None else among:
        after: int | None = -1
        while after is not None:
            some, after = fill_some(session, layer, after=after)
            filled += some
    return filled


def fill_some(session: Session, layer: Layer, *, after: int) -> tuple[int, int | None]:
    """Fill up to 2,000 rows of a layer whose `fid` is greater; as `fill_pinyin`.

    Returns
    -------
    tuple
        How many were filled, and the `fid` after which to go on: None where none are missing.
    """
    rows = _missing(session, layer, after)
    if not rows:
        return 0, None
    return _write(session, layer, rows), int(rows[-1]["fid"])


def _named_by(layer: Layer) -> str:
    """Return the field that names a feature to a person."""
    return "title" if layer.name == "incident" else "name"


def _missing(session: Session, layer: Layer, after: int) -> list[Mapping[Any, Any]]:
    """Return the next rows without a key."""
    table = layer.table
    name: ColumnElement[str] = table.c[_named_by(layer)]
    statement = (
        select(table.c.fid, table.c.id, name.label("name"))
        .where(table.c.name_pinyin.is_(None), name.op("~")(pinyin.CHINESE), table.c.fid > after)
        .order_by(table.c.fid)
        .limit(_CHUNK)
    )
    return [dict(row) for row in session.execute(statement).mappings()]


def _write(session: Session, layer: Layer, rows: list[Mapping[Any, Any]]) -> int:
    """Write the keys of some rows in one statement."""
    keyed: dict[uuid.UUID, str] = {
        row["id"]: key for row in rows if (key := pinyin.key(row["name"])) is not None
    }
    if not keyed:
        return 0
    table = layer.table
    given = (
        func.unnest(literal(list(keyed), ARRAY(Uuid)), literal(list(keyed.values()), ARRAY(String)))
        .table_valued(column("id", Uuid), column("key", String), name="given")
        .render_derived()
    )
    session.execute(update(table).where(table.c.id == given.c.id).values(name_pinyin=given.c.key))
    return len(keyed)
