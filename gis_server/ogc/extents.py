"""How far a collection reaches, for this reader."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from layers.catalog import Layer
from layers.query import Scope
from layers.query.scope import visible

Box = tuple[float, float, float, float]
ExtentCache = dict[tuple[str, tuple[str, ...] | None], tuple[int, Box | None]]


def extent(
    session: Session, layer: Layer, *, scope: Scope, revision: int, known: ExtentCache
) -> Box | None:
    """Return west, south, east, north (degrees) around every feature of a layer in a scope.

    A reader of the whole tree gets the box of the spatial index: at once whatever the number of
    rows, a little wider (32 bits) and, until the next vacuum, around removed rows too. Others get
    the box of their own rows, kept until the layer changes: the index would show how far the
    rows of other regions reach.
    """
    if scope.regions is None or layer.access == "open":
        return _indexed(session, layer)
    key = (layer.name, scope.regions)
    at, box = known.get(key, (-1, None))
    if at != revision or revision == 0:
        geom = layer.column("geom")
        around = select(func.ST_Extent(geom).label("box")).where(visible(layer, scope)).subquery()
        box = _corners(session, around.c.box)
        known[key] = (revision, box)
    return box


def _indexed(session: Session, layer: Layer) -> Box | None:
    table = layer.table
    schema = table.schema or "public"
    found = _corners(session, func.ST_EstimatedExtent(schema, table.name, "geom"))
    if found is None:
        return None
    west, south, east, north = found
    return max(west, -180.0), max(south, -90.0), min(east, 180.0), min(north, 90.0)


def _corners(session: Session, box: Any) -> Box | None:
    row = session.execute(
        select(func.ST_XMin(box), func.ST_YMin(box), func.ST_XMax(box), func.ST_YMax(box))
    ).one()
    if row[0] is None:
        return None
    west, south, east, north = (float(value) for value in row)
    return west, south, east, north
