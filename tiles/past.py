"""A layer as it was right after a seq of the journal, for tiles near enough to show features."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, cast

from sqlalchemy import (
    Column,
    ColumnElement,
    Select,
    Table,
    column,
    func,
    literal,
    literal_column,
    or_,
    select,
    true,
)
from sqlalchemy.orm import aliased
from sqlalchemy.sql.visitors import replacement_traverse

from layers.catalog import Layer
from layers.errors import OutOfRangeError
from layers.models import JournalRow, RowHistory
from tiles.grid import Tile

MIN_ZOOM = 10
"""The first zoom of detail: farther out a tile of the past would read a layer's whole history."""


def refuse_far(tile: Tile) -> None:
    """Refuse a tile of the past below the zooms of detail."""
    if tile.z < MIN_ZOOM:
        raise OutOfRangeError(
            f"a tile of an earlier moment has zoom {MIN_ZOOM} or more; got {tile.z}",
            code="tile_past_zoom", field="z", got=str(tile.z), minimum=MIN_ZOOM, maximum=22,
        )  # fmt: skip


def as_it_was(
    layer: Layer, seq: int, clause: ColumnElement[bool] | None
) -> tuple[Layer, ColumnElement[bool]]:
    """Return a layer whose table is the rows right after `seq`, and the condition on these."""
    rows = _rows(layer, seq)

    def instead(element: Any, **_: Any) -> Any:
        if isinstance(element, Column) and element.table is layer.table:
            return rows.c[element.key]
        return None

    wanted = true() if clause is None else replacement_traverse(clause, {}, instead)
    return replace(layer, table=cast(Table, rows)), wanted


def _rows(layer: Layer, seq: int) -> Any:
    """Return present rows that held then, and superseded ones that held then, as one table."""
    table = layer.table
    begun = select(literal(1)).where(JournalRow.entry == table.c.entry, JournalRow.seq <= seq)
    present = select(*table.c).where(begun.exists())
    return present.union_all(_superseded(layer, seq)).subquery(layer.name)


def _superseded(layer: Layer, seq: int) -> Select[Any]:
    """Return rows of the history that held right after a seq, in the columns of the table.

    The history keeps no column that is derived from another.
    """
    begun, ended, past = aliased(JournalRow), aliased(JournalRow), RowHistory
    none: ColumnElement[Any] = literal_column(f'NULL::public."{layer.table.name}"')
    columns = [column(each.name, each.type) for each in layer.table.c]
    was = func.json_populate_record(none, past.row).table_valued(*columns, name="was")
    derived = {"geom_3857": func.onemap_mercator, "anchor": func.onemap_anchor}
    values = [
        derived[each.name](was.c.geom).label(each.name)
        if each.name in derived
        else was.c[each.name]
        for each in layer.table.c
    ]
    return (
        select(*values)
        .select_from(past)
        .join(begun, begun.entry == past.entry_from)
        .join(ended, ended.entry == past.entry_to)
        .join(was, true())
        .where(
            past.layer == layer.name,
            ended.layer == layer.name,
            begun.seq <= seq,
            or_(ended.seq.is_(None), ended.seq > seq),  # what ended it may not be sealed yet
        )
    )
