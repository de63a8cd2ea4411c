"""The SQL that every vector tile is made of."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Label,
    Select,
    String,
    Subquery,
    cast,
    func,
    literal_column,
    select,
)

from layers.catalog import Layer
from tiles.grid import BUFFER, EXTENT, Tile

MAX_FEATURES = 10_000
MAX_BYTES = 500_000


def envelope(tile: Tile, *, shift_m: float = 0.0, buffered: bool = True) -> ColumnElement[Any]:
    """Return the tile's box in EPSG:3857, as seen by shapes that will move by `shift_m`."""
    west, south, east, north = tile.bounds
    margin = BUFFER * tile.unit_m if buffered else 0.0
    return func.ST_MakeEnvelope(
        west - margin - shift_m, south - margin, east + margin - shift_m, north + margin, 3857
    )


def meets(geom: ColumnElement[Any], box: ColumnElement[Any]) -> ColumnElement[bool]:
    """Return the index condition: the shape's box overlaps the box."""
    return geom.bool_op("&&")(box)


def moved(geom: ColumnElement[Any], shift_m: float) -> ColumnElement[Any]:
    """Return the shape moved east by `shift_m`."""
    return func.ST_Translate(geom, shift_m, 0.0) if shift_m else geom


def tile_geometry(geom: ColumnElement[Any], tile: Tile) -> ColumnElement[Any]:
    """Return a shape in the tile's units, clipped; NULL where nothing of it is left."""
    return func.ST_AsMVTGeom(
        geom, func.ST_TileEnvelope(tile.z, tile.x, tile.y), EXTENT, BUFFER, True
    )


def attributes(layer: Layer) -> list[Label[Any]]:
    """Return what a feature carries: `fid` (its id in the tile), `id`, and the tile's fields."""
    return [
        layer.column("fid").label("fid"),
        cast(layer.column("id"), String).label("id"),
        *(layer.column(name).label(name) for name in layer.tiled),
    ]


def encoded(rows: Subquery, name: str, *, id_column: str | None = "fid") -> Select[Any]:
    """Return the statement that makes one source-layer of rows that have a `geom` column."""
    alias: ColumnElement[Any] = literal_column(rows.name)
    arguments: Sequence[Any] = (alias, name, EXTENT, "geom", *([id_column] if id_column else []))
    return select(func.ST_AsMVT(*arguments)).select_from(rows)
