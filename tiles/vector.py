"""One tile of layers of the map: features, or counted cells where there are too many."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Select, case, func, literal_column, or_, select, union_all
from sqlalchemy.orm import Session

from layers.catalog import Layer
from layers.query.rows import anchor
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

_SMALL_UNITS = 16
_SIMPLE_UNITS = 1


def tile(
    session: Session, layers: Sequence[Layer], z: int, x: int, y: int, *, scope: Scope
) -> bytes:
    """Return the tile z/x/y as uncompressed MVT, one source-layer a layer; b"" when empty.

    No source-layer holds more than 10,000 features or 500,000 bytes. One that would is answered
    as counted cells (`tiles.cells`), so that nothing vanishes and counts add up; a ground layer
    leaves out its least important features instead (`tiles.ground`).

    A feature's id is its `fid`; it carries `id` and the layer's tile fields. A line or polygon
    comes as its outline in each tile that it meets, unless smaller than two pixels, and as a
    point, its anchor, in the one tile of the zoom that holds that: there its symbol and its name
    belong. Features at 180 degrees are shown on both sides.

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
    found = select(_count(near.c.geom, near.c.place, frame)).scalar_subquery()
    columns = [column for column in near.c if column.name not in ("geom", "place")]
    shapes = select(*columns, _drawn(near.c.geom, frame).label("geom"))
    anchors = select(*columns, frame.geometry(frame.inside(near.c.place)).label("geom")).where(
        frame.holds(near.c.place)
    )
    drawn = union_all(*(part.where(found <= MAX_FEATURES) for part in (shapes, anchors)))
    rows = drawn.subquery("drawn")
    shown = select(rows).where(rows.c.geom.is_not(None)).order_by(rows.c.fid).subquery("shown")
    body = encoded(shown, layer.name).scalar_subquery()
    return select(found.label("found"), body.label("body"))


def _near(layer: Layer, frame: Frame, scope: Scope, shift_m: float) -> Select[Any]:
    """Return the rows whose box meets the tile, moved by `shift_m`, with the anchors of shapes.

    An anchor is not moved: it lies in one tile of the world, not in the one beyond 180 degrees.
    """
    geom = layer.column("geom_3857")
    place: ColumnElement[Any] = literal_column("NULL::geometry")
    if layer.geometry_type != "POINT" and not shift_m:
        place = case((func.ST_Dimension(geom) > 0, func.onemap_mercator(anchor(layer))))
    return select(
        *attributes(layer), moved(geom, shift_m).label("geom"), place.label("place")
    ).where(meets(geom, frame.envelope(shift_m=shift_m)), visible(layer, scope))


def _count(geom: ColumnElement[Any], place: ColumnElement[Any], frame: Frame) -> Any:
    """Return how many features the tile would hold, no fewer than the rows that it meets."""
    outlines = func.count().filter(_seen(geom, frame))
    return func.greatest(func.count(), outlines + func.count().filter(frame.holds(place)))


def _seen(geom: ColumnElement[Any], frame: Frame) -> ColumnElement[bool]:
    """Return the condition: a point, or a shape large enough to have an outline."""
    width, height = func.ST_XMax(geom) - func.ST_XMin(geom), func.ST_YMax(geom) - func.ST_YMin(geom)
    return or_(
        func.ST_Dimension(geom) == 0, func.greatest(width, height) >= _SMALL_UNITS * frame.unit_m
    )


def _drawn(geom: ColumnElement[Any], frame: Frame) -> ColumnElement[Any]:
    """Return a point or an outline in tile units; NULL for what is too small or thin to see."""
    simple = func.ST_Simplify(geom, _SIMPLE_UNITS * frame.unit_m, True)
    return case(
        (func.ST_Dimension(geom) == 0, frame.geometry(geom)),
        (_seen(geom, frame), frame.geometry(simple)),
    )
