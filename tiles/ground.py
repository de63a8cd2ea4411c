"""Tiles of what lies under everything: the largest first, and merged where they are many."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, literal_column, select, true
from sqlalchemy.orm import Session

from layers.catalog import Layer
from layers.query.scope import EVERYTHING, visible
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

FULL_ZOOM = 15
"""From this zoom nothing is left out for being small, and roads are not merged."""

_SMALL_UNITS = 8
_SIMPLE_UNITS = 2
_TRIES = 6

# Value -> first zoom at which it is drawn. The first entries are also the more important ones.
_ROADS = {
    "motorway": 5, "trunk": 5, "motorway_link": 9, "trunk_link": 9, "primary": 7,
    "primary_link": 10, "secondary": 9, "secondary_link": 11, "tertiary": 11, "tertiary_link": 12,
    "unclassified": 12, "residential": 12, "living_street": 13,
}  # fmt: skip
_PLACES = {
    "city": 3, "county": 7, "district": 8, "borough": 9, "town": 7, "suburb": 10, "village": 10,
    "quarter": 12, "neighbourhood": 13, "hamlet": 12, "island": 9, "park": 10,
}  # fmt: skip
_REGIONS = {
    "country": 0,
    "province": 2,
    "city": 4,
    "county": 7,
    "park": 9,
    "town": 9,
    "village": 11,
}
_FIRST_ZOOM: dict[str, tuple[str, dict[str, int], int]] = {
    "road": ("class", _ROADS, 14),
    "place": ("kind", _PLACES, 13),
    "region": ("level", _REGIONS, 7),
}


def tile(
    session: Session,
    layer: Layer,
    where: Tile,
    *,
    clause: ColumnElement[bool] | None = None,
    max_bytes: int = MAX_BYTES,
    max_features: int = MAX_FEATURES,
) -> bytes:
    """Return one source-layer of a ground layer, at most `max_bytes` long.

    Below zoom 15 shapes under a pixel are left out and roads of one class and name are drawn as
    one. Where there still is too much, the least important go first.
    """
    if where.z < layer.min_zoom:
        return b""
    made: Statement | Select[Any]
    made = (
        _kept(layer, where.z, Frame.of(where))
        if clause is None
        else _made(layer, where.z, Frame.of(where), clause)
    )
    limit = max_features
    for _ in range(_TRIES):
        body = bytes(row(session, made, bound(where, features=limit))[0] or b"")
        if len(body) <= max_bytes:
            return body
        limit = max(1, int(limit * max_bytes / len(body) * 0.8))
    return b""


@lru_cache(STATEMENTS_KEPT)
def _kept(layer: Layer, z: int, frame: Frame) -> Statement:
    return Statement.of(_made(layer, z, frame, true()))


def _made(layer: Layer, z: int, frame: Frame, clause: ColumnElement[bool]) -> Select[Any]:
    """Return the statement for one source-layer of at most `features` (bound) features."""
    merged = _merged(layer, z)
    rows = _rows(layer, z, frame, clause, merged=merged).subquery("shown")
    return encoded(rows, layer.name, id_column=None if merged else "fid")


def _merged(layer: Layer, z: int) -> bool:
    """Tell whether the tile draws the layer's lines of one kind and name as one."""
    return layer.name == "road" and z < FULL_ZOOM


def _rows(
    layer: Layer, z: int, frame: Frame, clause: ColumnElement[bool], *, merged: bool
) -> Select[Any]:
    """Return the shown rows, the more important ones where there are too many."""
    found = together([_near(layer, z, frame, shift_m).where(clause) for shift_m in frame.shifts_m])
    if merged:
        found = _merge(found).subquery("merged")
    geometry = frame.geometry(_simplified(found.c.geom)).label("geom")
    columns = [column for column in found.c if column.name not in ("geom", "rank", "size")]
    chosen = (
        select(*columns, found.c.rank, found.c.size, geometry)
        .order_by(found.c.rank, found.c.size.desc())
        .limit(number("features"))
        .subquery("chosen")
    )
    shown = [column for column in chosen.c if column.name not in ("rank", "size")]
    # Drawn from the least to the most important, so that the latter lie on top.
    return (
        select(*shown)
        .where(chosen.c.geom.is_not(None))
        .order_by(chosen.c.rank.desc(), chosen.c.size)
    )


def _near(layer: Layer, z: int, frame: Frame, shift_m: float) -> Select[Any]:
    """Return the rows that the tile may show, with `rank` (0 first), `size` (m) and `geom`."""
    geom = layer.column("geom_3857")
    return select(
        *attributes(layer),
        _rank(layer).label("rank"),
        _size(layer).label("size"),
        moved(geom, shift_m).label("geom"),
    ).where(
        meets(geom, frame.envelope(shift_m=shift_m)),
        visible(layer, EVERYTHING),
        _worth_drawing(layer, z),
    )


def _merge(found: Any) -> Select[Any]:
    """Return roads of one class, name, bridge and tunnel as one row."""
    keys = [found.c[name] for name in ("name", "name_en", "class", "bridge", "tunnel")]
    return select(
        *keys,
        func.min(found.c.rank).label("rank"),
        func.sum(found.c.size).label("size"),
        func.ST_LineMerge(func.ST_Collect(found.c.geom)).label("geom"),
    ).group_by(*keys)


def _simplified(geom: ColumnElement[Any]) -> ColumnElement[Any]:
    """Return the shape without detail that a screen cannot show."""
    return func.ST_Simplify(geom, UNIT_M * _SIMPLE_UNITS, True)


def _size(layer: Layer) -> ColumnElement[Any]:
    """Return a shape's larger extent in metres of EPSG:3857; people, of a place."""
    if layer.name == "place":
        return func.coalesce(layer.column("people"), 0)
    geom = layer.column("geom_3857")
    return func.greatest(
        func.ST_XMax(geom) - func.ST_XMin(geom), func.ST_YMax(geom) - func.ST_YMin(geom)
    )


def _rank(layer: Layer) -> ColumnElement[Any]:
    """Return how important a row's kind is, 0 the most."""
    if layer.name not in _FIRST_ZOOM:
        return literal_column("0")
    name, order, _ = _FIRST_ZOOM[layer.name]
    ranks = {value: rank for rank, value in enumerate(order)}
    return case(ranks, value=layer.column(name), else_=len(ranks))


def _worth_drawing(layer: Layer, z: int) -> ColumnElement[bool]:
    """Return the condition: important or large enough for the tile's zoom."""
    clauses: list[ColumnElement[bool]] = [true()]
    if layer.name in _FIRST_ZOOM:
        name, first, other = _FIRST_ZOOM[layer.name]
        if z < max(other, *first.values()):
            shown = [value for value, zoom in first.items() if zoom <= z]
            column = layer.column(name)
            others = column.is_(None) | column.not_in(list(first))
            clauses.append(column.in_(shown) | (others if z >= other else others & False))
    elif z < FULL_ZOOM:
        clauses.append(_size(layer) >= UNIT_M * _SMALL_UNITS)
    return and_(*clauses)
