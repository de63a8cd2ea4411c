"""The features of one layer in one tile, or the news that it has too many: one statement."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Float,
    Select,
    Table,
    and_,
    bindparam,
    case,
    func,
    literal,
    literal_column,
    select,
    true,
)
from sqlalchemy.dialects.postgresql import array
from sqlalchemy.orm import Session

from layers import outlines
from layers.catalog import Layer
from layers.models import Outline
from layers.query.scope import Scope, visible
from tiles import cells
from tiles.grid import Tile
from tiles.mvt import (
    MAX_BYTES,
    MAX_FEATURES,
    STATEMENTS_KEPT,
    UNIT_M,
    Frame,
    Statement,
    attributes,
    bound,
    encoded,
    meets,
    moved,
    number,
    row,
    together,
)

SMALL_UNITS = 16


class Drawn(NamedTuple):
    """A source-layer of features: how many, and its bytes."""

    features: int
    body: bytes


def tile(
    session: Session,
    layer: Layer,
    where: Tile,
    *,
    scope: Scope,
    clause: ColumnElement[bool] | None = None,
    max_features: int = MAX_FEATURES,
    max_bytes: int = MAX_BYTES,
) -> Drawn | None:
    """Return a layer's features in a tile; None where they are more than it may hold.

    How many rows have their place there is looked up among the stored cells first, so that an
    overfull tile reads none of them.
    """
    frame = Frame.of(where)
    made: Statement | Select[Any]
    made = _kept(layer, frame, scope) if clause is None else _made(layer, frame, scope, clause)
    band = outlines.band_of(where.z) if _is_present(layer) else None
    values = {
        **bound(where, features=max_features),
        **cells.counting(where),
        "band": -1 if band is None else band,
        "simple_m": 0.0 if band is None else where.unit_m,
    }
    placed, found, body = row(session, made, values)
    if max(placed, found) > max_features or len(body or b"") > max_bytes:
        return None
    return Drawn(found, bytes(body) if found else b"")


def _is_present(layer: Layer) -> bool:
    """Tell whether a layer is as it is now: outlines are kept of no other."""
    table: object = layer.table
    return isinstance(table, Table)


@lru_cache(STATEMENTS_KEPT)
def _kept(layer: Layer, frame: Frame, scope: Scope) -> Statement:
    return Statement.of(_made(layer, frame, scope, None))


def _made(
    layer: Layer, frame: Frame, scope: Scope, clause: ColumnElement[bool] | None
) -> Select[Any]:
    """Return the statement for the number of places, of features, and the bytes of the tile.

    Where places alone are too many, no row is read, and never more rows than the tile takes.
    """
    counted = literal(0) if clause is not None else cells.count(layer, scope)
    placed = select(func.coalesce(counted, 0).label("n")).cte("placed").prefix_with("MATERIALIZED")
    few = literal_column("placed.n", BigInteger) <= number("features")
    wanted = few if clause is None else clause
    parts = [_near(layer, frame, scope, shift_m).where(wanted) for shift_m in frame.shifts_m]
    drawable = together(parts)
    # What is not drawn is left out before the limit: it would cut what is, and nobody would know.
    some = select(drawable).where(drawable.c.geom.is_not(None)).limit(number("features") + 1)
    near = some.subquery("near")
    shown = select(near).order_by(near.c.fid).subquery("shown")
    body = encoded(shown, layer.name).add_columns(func.count().label("found"))
    drawn = body.lateral("drawn")
    return select(placed.c.n, drawn.c.found, drawn.c.body).select_from(placed.join(drawn, true()))


def _near(layer: Layer, frame: Frame, scope: Scope, shift_m: float) -> Select[Any]:
    """Return the rows whose box meets the tile, once for each shape that is drawn of them."""
    geom = layer.column("geom_3857")
    drawn = _point(layer, frame, shift_m)
    if layer.geometry_type != "POINT":
        drawn = _shapes(layer, frame, shift_m)
    rows = select(*attributes(layer), drawn.label("geom")).where(
        meets(geom, frame.envelope(shift_m=shift_m)), visible(layer, scope)
    )
    if not outlines.has_areas(layer):
        return rows
    kept = and_(
        Outline.layer == layer.table.name,
        Outline.band == number("band"),
        Outline.fid == layer.column("fid"),
    )
    return rows.select_from(layer.table.outerjoin(Outline, kept))


def _point(layer: Layer, frame: Frame, shift_m: float) -> ColumnElement[Any]:
    return frame.geometry(moved(layer.column("geom_3857"), shift_m))


def _shapes(layer: Layer, frame: Frame, shift_m: float) -> ColumnElement[Any]:
    """Return a row for a shape's outline and one for its anchor, NULL for what is not drawn here.

    An anchor is not moved: it lies in one tile of the world, not in the one beyond 180 degrees.
    """
    outline = _outline(layer, frame, shift_m)
    if shift_m:
        return outline
    here = frame.holds(layer.place)
    if layer.geometry_type == "GEOMETRY":
        here = and_(_is_shape(layer), here)
    anchor = case((here, frame.geometry(frame.inside(layer.place))))
    return func.unnest(array([outline, anchor]))


def _outline(layer: Layer, frame: Frame, shift_m: float) -> ColumnElement[Any]:
    """Return a point or an outline in tile units; NULL for what is too small to see.

    An area is drawn from the outline that is kept for the zoom; one that has none, because it was
    changed just now, and a line are simplified here.
    """
    geom = moved(layer.column("geom_3857"), shift_m)
    if not outlines.has_areas(layer):
        return case((_large(layer), frame.geometry(func.ST_Simplify(geom, UNIT_M, True))))
    own = frame.geometry(func.ST_Simplify(geom, bindparam("simple_m", 0.0, type_=Float), True))
    kept = frame.area(moved(Outline.__table__.c["geom"], shift_m))
    seen = case((Outline.fid.is_not(None), kept), else_=own)
    if layer.geometry_type != "GEOMETRY":
        return case((_large(layer), seen))
    return case((~_is_shape(layer), frame.geometry(geom)), (_large(layer), seen))


def _is_shape(layer: Layer) -> ColumnElement[bool]:
    """Return the condition: a line or an area; read from the geometry's head alone."""
    return func.ST_GeometryType(layer.column("geom_3857")).not_in(["ST_Point", "ST_MultiPoint"])


def _large(layer: Layer) -> ColumnElement[bool]:
    """Return the condition: large enough to have an outline; by the box in the geometry's head."""
    box = func.box3d(func.box2d(layer.column("geom_3857")))
    width, height = func.ST_XMax(box) - func.ST_XMin(box), func.ST_YMax(box) - func.ST_YMin(box)
    return func.greatest(width, height) >= UNIT_M * SMALL_UNITS
