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
    case,
    cast,
    func,
    literal,
    null,
    select,
    true,
)
from sqlalchemy.orm import Session

from layers.catalog import Layer
from layers.models import CountedLayer, cell
from layers.models.cell import LEVELS, STEPS_BITS
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
    level = _stored_level(session, layer, where.z + bits) if clause is None else None
    frame = Frame.of(where)
    made: Statement | Select[Any]
    if level is not None:
        made = _of_stored(layer, frame, scope, level, bits)
    elif clause is None:
        made = _of_rows(layer, frame, scope, bits)
    else:
        made = _drawn(layer, frame, _rows(layer, frame, scope, clause, bits), bits)
    return bytes(row(session, made, bound(where))[0] or b"")


def counts(session: Session, layers: Sequence[Layer], where: Tile, scope: Scope) -> dict[str, int]:
    """Return how many rows of each layer have their place in the tile, as far as it is stored.

    A layer of which nothing is stored at a level as fine as the tile is left out.
    """
    frame = Frame.of(where)
    parts = [
        select(literal(layer.name).label("layer"), count(layer, frame, scope).label("n"))
        for layer in layers
    ]
    if not parts:
        return {}
    asked = parts[0].union_all(*parts[1:])
    rows = session.execute(asked, bound(where)).all()
    return {name: n for name, n in rows if n is not None}


def count(layer: Layer, frame: Frame, scope: Scope) -> ColumnElement[Any]:
    """Return how many rows have their place in the tile, as SQL; NULL where it is not stored."""
    level = next((level for level in LEVELS if level >= frame.z), None)
    if level is None:
        return cast(null(), BigInteger)
    counted = select(cast(func.sum(cell.c.n), BigInteger)).where(
        _inside(layer, frame, scope, level)
    )
    return counted.scalar_subquery()


def _stored_level(session: Session, layer: Layer, wanted: int) -> int | None:
    """Return the coarsest stored level that is at least as fine as the one wanted."""
    level = next((level for level in LEVELS if level >= wanted), None)
    if level is None or level <= LEVELS[2]:
        return level
    deepest = session.scalar(select(CountedLayer.deepest).where(CountedLayer.layer == layer.name))
    return level if deepest is not None and level <= deepest else None


@lru_cache(STATEMENTS_KEPT)
def _of_stored(layer: Layer, frame: Frame, scope: Scope, level: int, bits: int) -> Statement:
    """Return the statement that adds up stored cells."""
    down = level - frame.z - bits
    place = (cell.c.cx.bool_op(">>")(down), cell.c.cy.bool_op(">>")(down))
    columns = [
        cast(place[0], Integer).label("cell_x"),
        cast(place[1], Integer).label("cell_y"),
        *(getattr(cell.c, name).label(name) for name in _SUMMED),
        cell.c.grade.label("grade"),
        *(cell.c.sums[nr].label(f"s{nr}") for nr, _ in enumerate(layer.summed, 1)),
        *(cell.c.known[nr].label(f"k{nr}") for nr, _ in enumerate(layer.summed, 1)),
    ]
    rows = select(*columns).where(_inside(layer, frame, scope, level))
    return Statement.of(_drawn(layer, frame, rows, bits))


@lru_cache(STATEMENTS_KEPT)
def _of_rows(layer: Layer, frame: Frame, scope: Scope, bits: int) -> Statement:
    """Return the statement that counts the rows of a layer."""
    return Statement.of(_drawn(layer, frame, _rows(layer, frame, scope, true(), bits), bits))


def _inside(layer: Layer, frame: Frame, scope: Scope, level: int) -> ColumnElement[bool]:
    """Return the condition: the layer's cells of a level inside the tile that the reader may see.

    `level` is at least the tile's zoom.
    """
    side = 1 << (level - frame.z)
    first_x, first_y = number("x") * side, number("y") * side
    return and_(
        cell.c.layer == layer.name,
        cell.c.level == level,
        cell.c.cx.between(first_x, first_x + (side - 1)),
        cell.c.cy.between(first_y, first_y + (side - 1)),
        true() if layer.access == "open" else scope.clause(cell.c.region),
    )


def _rows(
    layer: Layer, frame: Frame, scope: Scope, clause: ColumnElement[bool], bits: int
) -> Select[Any]:
    """Return the layer's rows whose place lies in the tile, each as a cell of one row."""
    x = func.onemap_step(func.ST_X(layer.place) + HALF_WORLD_M)
    y = func.onemap_step(HALF_WORLD_M - func.ST_Y(layer.place))
    placed = (
        select(
            x.label("x"), y.label("y"),
            *(layer.column(name).label(f"s{nr}") for nr, name in enumerate(layer.summed, 1)),
            (layer.column(layer.worst) if layer.worst else null()).label("grade"),
        )
        .where(meets(layer.column("geom_3857"), frame.envelope()), visible(layer, scope), clause,
               layer.place.is_not(None))
        .subquery("placed")
    )  # fmt: skip
    tile_down, down = STEPS_BITS - frame.z, STEPS_BITS - frame.z - bits
    return select(
        cast(placed.c.x.bool_op(">>")(down), Integer).label("cell_x"),
        cast(placed.c.y.bool_op(">>")(down), Integer).label("cell_y"),
        literal(1, Integer).label("n"),
        placed.c.x,
        placed.c.y,
        placed.c.grade,
        *(placed.c[f"s{nr}"] for nr, _ in enumerate(layer.summed, 1)),
        *(
            cast(placed.c[f"s{nr}"].is_not(None), Integer).label(f"k{nr}")
            for nr, _ in enumerate(layer.summed, 1)
        ),
    ).where(
        cast(placed.c.x.bool_op(">>")(tile_down), Integer) == number("x"),
        cast(placed.c.y.bool_op(">>")(tile_down), Integer) == number("y"),
    )


def _drawn(layer: Layer, frame: Frame, rows: Select[Any], bits: int) -> Select[Any]:
    """Return the tile of rows of sums, a point for each cell that is not empty."""
    source = rows.subquery("counted")
    if layer.worst:
        source = _added(source, layer, by=("cell_x", "cell_y", "grade")).subquery("graded")
    cells = _added(source, layer, by=("cell_x", "cell_y"), worst=bool(layer.worst)).subquery("c")
    shown = (
        select(
            (cast(cells.c.cell_y, BigInteger) * (1 << (frame.z + bits)) + cells.c.cell_x).label(
                "fid"
            ),
            cells.c.n.label("count"),
            *_told(layer, cells),
            func.ST_MakePoint(
                _unit(cells.c.x, cells.c.n, number("x"), frame),
                _unit(cells.c.y, cells.c.n, number("y"), frame),
            ).label("geom"),
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
    total: ColumnElement[Any], n: ColumnElement[Any], at: ColumnElement[int], frame: Frame
) -> ColumnElement[Any]:
    """Return the mean of steps along one axis in whole tile units, inside the tile.

    Its far edges have the neighbour's first unit: map libraries draw no symbol there.
    """
    side = float(1 << (STEPS_BITS - frame.z))
    unit = func.floor((cast(total, Float) / cast(n, Float) / side - at) * EXTENT)
    return func.least(func.greatest(unit, 0), EXTENT - 1)
