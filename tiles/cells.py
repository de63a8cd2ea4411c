"""Counted cells: what a tile shows of a layer that has too many features for it."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Integer, Select, case, cast, func, select
from sqlalchemy.orm import Session

from layers.catalog import Layer
from layers.query.scope import Scope, visible
from tiles.grid import EXTENT, HALF_WORLD_M, Tile
from tiles.mvt import STATEMENTS_KEPT, Frame, bound, encoded, meets, number

CELLS_PER_SIDE = 16


def tile(session: Session, layer: Layer, where: Tile, *, scope: Scope) -> bytes:
    """Return the tile of counted cells.

    Each row of the layer is counted in exactly one cell of one tile of a zoom: the one that holds
    its one place (the point, or a point on the shape). A cell carries `count`; for each summed
    field the sum of the known values and `<field>_unknown`, how many rows do not know theirs;
    and `worst`, the worst grade inside. It is drawn at the mean position of its rows.
    """
    statement = _statement(layer, Frame.of(where), scope)
    return bytes(session.execute(statement, bound(where)).scalar_one() or b"")


@lru_cache(STATEMENTS_KEPT)
def _statement(layer: Layer, frame: Frame, scope: Scope) -> Select[Any]:
    """Return the statement for a tile of counted cells."""
    placed = _placed(layer, frame, scope)
    size_m = frame.unit_m * EXTENT / CELLS_PER_SIDE
    column = _index(placed.c.x + HALF_WORLD_M, size_m, frame).label("cell_x")
    row = _index(HALF_WORLD_M - placed.c.y, size_m, frame).label("cell_y")
    cells = (
        select(column, row, func.avg(placed.c.x).label("x"), func.avg(placed.c.y).label("y"),
               func.count().label("count"), *_summaries(layer, placed))
        .group_by(column, row)
        .subquery("cells")
    )  # fmt: skip
    shown = select(
        (cells.c.cell_y * (CELLS_PER_SIDE << frame.z) + cells.c.cell_x).label("fid"),
        *(column for column in cells.c if column.name not in ("cell_x", "cell_y", "x", "y")),
        frame.geometry(func.ST_SetSRID(func.ST_MakePoint(cells.c.x, cells.c.y), 3857))
        .label("geom"),
    ).where(
        cells.c.cell_x.between(*_range(number("x"))), cells.c.cell_y.between(*_range(number("y")))
    ).order_by(cells.c.cell_y, cells.c.cell_x)  # fmt: skip
    return encoded(shown.subquery("shown"), layer.name)


def _placed(layer: Layer, frame: Frame, scope: Scope) -> Any:
    """Return the rows near the tile, each with its one place in EPSG:3857."""
    geom = layer.column("geom_3857")
    place: ColumnElement[Any] = geom
    if layer.geometry_type != "POINT":
        place = case((func.GeometryType(geom) == "POINT", geom), else_=func.ST_PointOnSurface(geom))
    names = [*layer.summed, *([layer.worst] if layer.worst else [])]
    return (
        select(
            func.ST_X(place).label("x"),
            func.ST_Y(place).label("y"),
            *(layer.column(name).label(name) for name in names),
        )
        .where(meets(geom, frame.envelope()), visible(layer, scope))
        .subquery("placed")
    )


def _index(from_edge_m: ColumnElement[Any], size_m: float, frame: Frame) -> ColumnElement[int]:
    """Return a cell's number along one axis of the whole world; its far edge is the last cell."""
    last = (CELLS_PER_SIDE << frame.z) - 1
    number = cast(func.floor(from_edge_m / size_m), BigInteger)
    return func.least(func.greatest(number, 0), last)


def _range(index: ColumnElement[int]) -> tuple[ColumnElement[int], ColumnElement[int]]:
    """Return the first and last cell number of a tile along one axis."""
    return index * CELLS_PER_SIDE, index * CELLS_PER_SIDE + (CELLS_PER_SIDE - 1)


def _summaries(layer: Layer, placed: Any) -> list[Any]:
    """Return what a cell says of its rows besides their number."""
    found: list[Any] = []
    for name in layer.summed:
        known = func.count(placed.c[name])
        found.append(cast(func.sum(placed.c[name]), BigInteger).label(name))
        found.append(cast(func.count() - known, Integer).label(f"{name}_unknown"))
    if layer.worst:
        found.append(func.min(placed.c[layer.worst]).label("worst"))
    return found
