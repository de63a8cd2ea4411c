"""One tile of layers of the map: features, or counted cells where there are too many."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Select, case, func, select
from sqlalchemy.orm import Session

from layers.catalog import Layer
from layers.query.scope import Scope, visible
from tiles import cells, ground
from tiles.grid import Tile
from tiles.mvt import (
    MAX_BYTES,
    MAX_FEATURES,
    STATEMENTS_KEPT,
    Frame,
    attributes,
    bound,
    encoded,
    meets,
    moved,
    together,
)

_POINT_UNITS = 16
_SIMPLE_UNITS = 1


def tile(
    session: Session, layers: Sequence[Layer], z: int, x: int, y: int, *, scope: Scope
) -> bytes:
    """Return the tile z/x/y as uncompressed MVT, one source-layer a layer; b"" when empty.

    No source-layer holds more than 10,000 features or 500,000 bytes. One that would is answered
    as counted cells (`tiles.cells`), so that nothing vanishes and counts add up; a ground layer
    leaves out its least important features instead (`tiles.ground`).

    A feature's id is its `fid`; it carries `id` and the layer's tile fields. A shape smaller than
    two pixels is given as a point. Features at 180 degrees are shown on both sides.

    Raises
    ------
    OutOfRangeError
        There is no such tile.
    """
    where = Tile(z, x, y)
    return b"".join(_source_layer(session, layer, where, scope) for layer in layers)


def _source_layer(session: Session, layer: Layer, where: Tile, scope: Scope) -> bytes:
    """Return one source-layer."""
    if where.z < layer.min_zoom:
        return b""
    if layer.thinned:
        return ground.tile(session, layer, where)
    statement = _features(layer, Frame.of(where), scope)
    found, body = session.execute(statement, bound(where)).one()
    if found > MAX_FEATURES or len(body or b"") > MAX_BYTES:
        return cells.tile(session, layer, where, scope=scope)
    return bytes(body) if found else b""


@lru_cache(STATEMENTS_KEPT)
def _features(layer: Layer, frame: Frame, scope: Scope) -> Select[Any]:
    """Return the statement for how many features the tile has, and for the tile if few enough."""
    everywhere = together([_near(layer, frame, scope, shift_m) for shift_m in frame.shifts_m])
    near = select(everywhere).limit(MAX_FEATURES + 1).cte("near").prefix_with("MATERIALIZED")
    found = select(func.count()).select_from(near).scalar_subquery()
    columns = [column for column in near.c if column.name != "geom"]
    drawn = (
        select(*columns, _drawn(near.c.geom, frame).label("geom"))
        .where(found <= MAX_FEATURES)
        .order_by(near.c.fid)
        .subquery("drawn")
    )
    shown = select(drawn).where(drawn.c.geom.is_not(None)).subquery("shown")
    body = encoded(shown, layer.name).scalar_subquery()
    return select(found.label("found"), body.label("body"))


def _near(layer: Layer, frame: Frame, scope: Scope, shift_m: float) -> Select[Any]:
    """Return the rows whose box meets the tile, moved by `shift_m`."""
    geom = layer.column("geom_3857")
    return select(*attributes(layer), moved(geom, shift_m).label("geom")).where(
        meets(geom, frame.envelope(shift_m=shift_m)), visible(layer, scope)
    )


def _drawn(geom: ColumnElement[Any], frame: Frame) -> ColumnElement[Any]:
    """Return a shape in tile units; what would be too small or thin to see becomes a point."""
    width, height = func.ST_XMax(geom) - func.ST_XMin(geom), func.ST_YMax(geom) - func.ST_YMin(geom)
    small = func.greatest(width, height) < _POINT_UNITS * frame.unit_m
    simple = func.ST_Simplify(geom, _SIMPLE_UNITS * frame.unit_m, True)
    point = func.ST_PointOnSurface(geom)
    return case(
        (func.GeometryType(geom) == "POINT", frame.geometry(geom)),
        (small, frame.geometry(point)),
        else_=func.coalesce(frame.geometry(simple), frame.geometry(point)),
    )
