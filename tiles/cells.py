"""Counted cells: what a tile shows of a layer that has too many features for it.

The database keeps them (sql/0005/10_cells.sql): a tile reads the coarsest stored level that is fine
enough and adds up. Where nothing is stored, for filtered rows and below the deepest level, the rows
themselves are counted, by the same steps.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Float,
    Integer,
    Select,
    and_,
    bindparam,
    case,
    cast,
    func,
    literal,
    null,
    select,
    true,
    union_all,
)
from sqlalchemy.orm import Session

from layers.catalog import Layer
from layers.models import DenseArea, cell
from layers.models.cell import DEEPER, LEVELS, STEPS_BITS
from layers.query.scope import Scope, visible
from tiles.grid import EXTENT, HALF_WORLD_M, Tile
from tiles.mvt import STATEMENTS_KEPT, Frame, Statement, bound, encoded, meets, number, row

CELLS_PER_SIDE = 16
_SUMMED = ("n", "x", "y")


def tile(
    session: Session,
    layer: Layer,
    where: Tile,
    *,
    scope: Scope,
    clause: ColumnElement[bool] | None = None,
    per_side: int = CELLS_PER_SIDE,
) -> bytes:
    """Return the tile of counted cells; b"" where nothing is counted.

    Each row of the layer is counted in exactly one cell of one tile of a zoom: the one that holds
    its one place (the point, or a shape's anchor). A cell carries `count`; for each summed
    field the sum of the known values and `<field>_unknown`, how many rows do not know theirs;
    and `worst`, the worst grade inside. It is drawn at the mean position of its rows.

    Parameters
    ----------
    clause
        A condition that rows must meet to be counted.
    per_side
        How many cells lie along the tile's side: 16, or another power of two below.
    """
    bits = per_side.bit_length() - 1
    level = _stored_level(session, layer, where, bits) if clause is None else None
    made: Statement | Select[Any]
    if level is not None:
        made = _of_stored(layer, scope)
    elif clause is None:
        made = _of_rows(layer, Frame.of(where), scope)
    else:
        made = _drawn(layer, _rows(layer, Frame.of(where), scope, clause))
    values = {
        **bound(where),
        **_window(where, level or 0),
        "down": (STEPS_BITS if level is None else level) - where.z - bits,
        "tile_down": STEPS_BITS - where.z,
        "cells": 1 << (where.z + bits),
        "side": float(1 << (STEPS_BITS - where.z)),
    }
    return bytes(row(session, made, values)[0] or b"")


def counts(session: Session, layers: Sequence[Layer], where: Tile, scope: Scope) -> dict[str, int]:
    """Return how many rows of each layer have their place in the tile, as far as it is stored.

    A layer of which nothing is stored at a level as fine as the tile is left out.
    """
    parts = [
        select(literal(layer.name).label("layer"), count(layer, scope).label("n"))
        for layer in layers
    ]
    if not parts:
        return {}
    rows = session.execute(union_all(*parts), counting(where)).all()
    return {name: n for name, n in rows if n is not None}


def count(layer: Layer, scope: Scope) -> ColumnElement[Any]:
    """Return how many rows have their place in the tile, as SQL; NULL where it is not stored.

    Bind `counting`. Below level 12 that is said of dense areas only: elsewhere a tile is not full.
    """
    total = cast(func.sum(cell.c.n), BigInteger)
    return select(total).where(_inside(layer, scope)).scalar_subquery()


def counting(where: Tile) -> dict[str, int]:
    """Return what `count` needs to know of the tile: the coarsest level that is as fine."""
    stored = (*LEVELS, *(level for level, _ in DEEPER))
    return _window(where, next((level for level in stored if level >= where.z), 0))


def _window(where: Tile, level: int) -> dict[str, int]:
    """Return which cells of a level the tile holds; of a coarser level none."""
    side = 1 << (level - where.z) if level >= where.z else 0
    first_x, first_y = where.x * side, where.y * side
    return {
        "level": level,
        "first_x": first_x, "last_x": first_x + side - 1,
        "first_y": first_y, "last_y": first_y + side - 1,
    }  # fmt: skip


def _stored_level(session: Session, layer: Layer, where: Tile, bits: int) -> int | None:
    """Return the coarsest level stored for the tile that is fine enough for its cells."""
    wanted = where.z + bits
    for level in LEVELS:
        if level >= wanted:
            return level
    for level, above in DEEPER:
        if level >= wanted:
            return level if where.z >= above and _is_dense(session, layer, where, above) else None
    return None


def _is_dense(session: Session, layer: Layer, where: Tile, above: int) -> bool:
    """Tell whether the tile lies in an area that is counted deeper."""
    up = where.z - above
    area = select(literal(1)).where(
        DenseArea.layer == layer.name,
        DenseArea.level == above,
        DenseArea.cx == where.x >> up,
        DenseArea.cy == where.y >> up,
    )
    return session.scalar(area) is not None


@lru_cache(STATEMENTS_KEPT)
def _of_stored(layer: Layer, scope: Scope) -> Statement:
    """Return the statement that adds up stored cells."""
    many = range(1, len(layer.summed) + 1)
    rows = select(
        cast(cell.c.cx.bool_op(">>")(number("down")), BigInteger).label("cell_x"),
        cast(cell.c.cy.bool_op(">>")(number("down")), BigInteger).label("cell_y"),
        cell.c.n, cell.c.x, cell.c.y, cell.c.grade,
        *(cell.c.sums[nr].label(f"s{nr}") for nr in many),
        *(cell.c.known[nr].label(f"k{nr}") for nr in many),
    ).where(_inside(layer, scope))  # fmt: skip
    return Statement.of(_drawn(layer, rows))


@lru_cache(STATEMENTS_KEPT)
def _of_rows(layer: Layer, frame: Frame, scope: Scope) -> Statement:
    """Return the statement that counts the rows of a layer."""
    return Statement.of(_drawn(layer, _rows(layer, frame, scope, true())))


def _inside(layer: Layer, scope: Scope) -> ColumnElement[bool]:
    """Return the condition: cells of a level inside the tile that the reader may see."""
    return and_(
        cell.c.layer == layer.name,
        cell.c.level == number("level"),
        cell.c.cx.between(number("first_x"), number("last_x")),
        cell.c.cy.between(number("first_y"), number("last_y")),
        true() if layer.access == "open" else scope.clause(cell.c.region),
    )


def _rows(layer: Layer, frame: Frame, scope: Scope, clause: ColumnElement[bool]) -> Select[Any]:
    """Return the layer's rows whose place lies in the tile, each as a cell of one row."""
    many = range(1, len(layer.summed) + 1)
    placed = (
        select(
            func.onemap_step(func.ST_X(layer.place) + HALF_WORLD_M).label("x"),
            func.onemap_step(HALF_WORLD_M - func.ST_Y(layer.place)).label("y"),
            *(layer.column(name).label(f"s{nr}") for nr, name in enumerate(layer.summed, 1)),
            (layer.column(layer.worst) if layer.worst else null()).label("grade"),
        )
        .where(meets(layer.column("geom_3857"), frame.envelope()), visible(layer, scope), clause,
               layer.place.is_not(None))
        .subquery("placed")
    )  # fmt: skip

    def above(steps: ColumnElement[Any], down: str) -> ColumnElement[Any]:
        return cast(steps.bool_op(">>")(number(down)), BigInteger)

    return select(
        above(placed.c.x, "down").label("cell_x"),
        above(placed.c.y, "down").label("cell_y"),
        literal(1, Integer).label("n"), placed.c.x, placed.c.y, placed.c.grade,
        *(placed.c[f"s{nr}"] for nr in many),
        *(cast(placed.c[f"s{nr}"].is_not(None), Integer).label(f"k{nr}") for nr in many),
    ).where(
        above(placed.c.x, "tile_down") == number("x"), above(placed.c.y, "tile_down") == number("y")
    )  # fmt: skip


def _drawn(layer: Layer, rows: Select[Any]) -> Select[Any]:
    """Return the tile of rows of sums, a point for each cell that is not empty."""
    source = rows.subquery("counted")
    if layer.worst:
        source = _added(source, layer, by=("cell_x", "cell_y", "grade")).subquery("graded")
    cells = _added(source, layer, by=("cell_x", "cell_y"), worst=bool(layer.worst)).subquery("c")
    place = func.ST_MakePoint(
        _unit(cells.c.x, cells.c.n, number("x")), _unit(cells.c.y, cells.c.n, number("y"))
    )
    shown = (
        select(
            (cells.c.cell_y * number("cells") + cells.c.cell_x).label("fid"),
            cells.c.n.label("count"),
            *_told(layer, cells),
            place.label("geom"),
        )
        .order_by(cells.c.cell_y, cells.c.cell_x)
        .subquery("shown")
    )
    return encoded(shown, layer.name)


def _added(source: Any, layer: Layer, *, by: tuple[str, ...], worst: bool = False) -> Select[Any]:
    """Return sums of rows of sums by cell, where any row is left."""
    many = range(1, len(layer.summed) + 1)
    names = [*_SUMMED, *(f"s{nr}" for nr in many), *(f"k{nr}" for nr in many)]
    sums = [cast(func.sum(source.c[name]), BigInteger).label(name) for name in names]
    graded = [func.min(source.c.grade).label("worst")] if worst else []
    keys = [source.c[name] for name in by]
    return select(*keys, *sums, *graded).group_by(*keys).having(func.sum(source.c.n) > 0)


def _told(layer: Layer, cells: Any) -> list[Any]:
    """Return what a cell says of its rows besides their number; a sum of nothing known is NULL."""
    found: list[Any] = []
    for nr, name in enumerate(layer.summed, 1):
        known = cells.c[f"k{nr}"]
        found.append(case((known > 0, cells.c[f"s{nr}"])).label(name))
        found.append((cells.c.n - known).label(f"{name}_unknown"))
    if layer.worst:
        found.append(cells.c.worst.label("worst"))
    return found


def _unit(
    total: ColumnElement[Any], n: ColumnElement[Any], at: ColumnElement[int]
) -> ColumnElement[Any]:
    """Return the mean of steps along one axis in whole tile units, inside the tile.

    Its far edges have the neighbour's first unit: map libraries draw no symbol there.
    """
    tiles = cast(total, Float) / cast(n, Float) / bindparam("side", 1.0, type_=Float)
    unit = func.floor((tiles - at) * EXTENT)
    return func.least(func.greatest(unit, 0), EXTENT - 1)
