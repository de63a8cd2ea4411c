"""How far a collection reaches, for this reader."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import func, literal, select, union_all
from sqlalchemy.orm import Session

from layers.catalog import Layer
from layers.query import Scope
from layers.query.scope import visible

Box = tuple[float, float, float, float]
ExtentCache = dict[tuple[str, tuple[str, ...] | None], tuple[int, Box | None]]


def extents(
    session: Session,
    layers: Iterable[Layer],
    *,
    scope: Scope,
    revisions: Mapping[str, int],
    known: ExtentCache,
) -> dict[str, Box | None]:
    """Return west, south, east, north (degrees) around every feature of each layer in a scope.

    A reader of the whole tree gets the boxes of the spatial indexes, of all layers at once: a
    little wider (32 bits) and, until the next vacuum, around removed rows too. Others get the box
    of their own rows, kept until the layer changes: the index would show how far the rows of other
    regions reach.
    """
    found: dict[str, Box | None] = {}
    whole: list[Layer] = []
    for layer in layers:
        if scope.regions is None or layer.access == "open":
            whole.append(layer)
        else:
            found[layer.name] = _own(session, layer, scope, revisions[layer.name], known)
    return found | _indexed(session, whole)


def _own(
    session: Session, layer: Layer, scope: Scope, revision: int, known: ExtentCache
) -> Box | None:
    """Return the box of the rows that a scope holds."""
    key = (layer.name, scope.regions)
    at, box = known.get(key, (-1, None))
    if at != revision or revision == 0:
        geom = layer.column("geom")
        around = select(func.ST_Extent(geom).label("box")).where(visible(layer, scope)).subquery()
        box = _box(session.execute(select(*_corners(around.c.box))).one())
        known[key] = (revision, box)
    return box


def _indexed(session: Session, layers: list[Layer]) -> dict[str, Box | None]:
    """Return the boxes of the layers' spatial indexes, by one statement."""
    parts = [
        select(literal(layer.name).label("name"), *_corners(_estimated(layer))) for layer in layers
    ]
    rows = session.execute(union_all(*parts)).all() if parts else []
    return {name: _on_earth(_box(corners)) for name, *corners in rows}


def _estimated(layer: Layer) -> Any:
    table = layer.table
    return func.ST_EstimatedExtent(table.schema or "public", table.name, "geom")


def _corners(box: Any) -> list[Any]:
    return [func.ST_XMin(box), func.ST_YMin(box), func.ST_XMax(box), func.ST_YMax(box)]


def _box(row: Sequence[Any]) -> Box | None:
    if row[0] is None:
        return None
    west, south, east, north = (float(value) for value in row)
    return west, south, east, north


def _on_earth(box: Box | None) -> Box | None:
    """Return a box whose rounding outwards does not leave the Earth."""
    if box is None:
        return None
    west, south, east, north = box
    return max(west, -180.0), max(south, -90.0), min(east, 180.0), min(north, 90.0)
