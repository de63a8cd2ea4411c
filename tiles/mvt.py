"""The SQL that every vector tile is made of; made once a zoom, with the tile's place bound."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Float,
    Integer,
    Label,
    Select,
    Subquery,
    and_,
    bindparam,
    cast,
    func,
    literal_column,
    select,
)
from sqlalchemy.dialects.postgresql import psycopg
from sqlalchemy.orm import Session

from layers.catalog import Layer
from tiles.grid import BUFFER, EXTENT, HALF_WORLD_M, Tile

MAX_FEATURES = 10_000
MAX_BYTES = 500_000
STATEMENTS_KEPT = 1024


@dataclass(frozen=True)
class Statement:
    """A statement of which each tile binds its place only: its text is made once.

    To find out which statement it is costs SQLAlchemy as much as a small tile costs the database.
    """

    text: str
    values: Mapping[str, Any]

    @classmethod
    def of(cls, made: Select[Any]) -> Statement:
        """Return a statement that holds no values of a reader's, only those of the catalogue."""
        compiled = made.compile(dialect=_DIALECT, compile_kwargs={"render_postcompile": True})
        return cls(str(compiled), dict(compiled.params))

    def row(self, session: Session, values: Mapping[str, Any]) -> Any:
        """Return the one row of the answer; `values` are those of the tile (`bound`)."""
        known = {**self.values, **{k: v for k, v in values.items() if k in self.values}}
        return session.connection().exec_driver_sql(self.text, known).one()


def row(session: Session, made: Statement | Select[Any], values: Mapping[str, Any]) -> Any:
    """Return the one row of a statement that is kept, or of one made for this question alone."""
    if isinstance(made, Statement):
        return made.row(session, values)
    return session.execute(made, values).one()


_DIALECT = psycopg.dialect()  # type: ignore[no-untyped-call]


@dataclass(frozen=True)
class Frame:
    """What of a tile a statement depends on; the rest is bound (`bound`), its zoom too.

    `shifts_m` are by how much shapes are moved to be seen in the tile (`Tile.shifts_m`).
    """

    shifts_m: tuple[float, ...]

    @classmethod
    def of(cls, tile: Tile) -> Frame:
        """Return the frame of a tile."""
        return cls(tile.shifts_m)

    def envelope(self, *, shift_m: float = 0.0) -> ColumnElement[Any]:
        """Return the tile's box with its buffer, as seen by shapes that will move by `shift_m`."""
        margin = UNIT_M * BUFFER
        edges = (
            _edge("west") - margin - shift_m,
            _edge("south") - margin,
            _edge("east") + margin - shift_m,
            _edge("north") + margin,
        )
        return func.ST_MakeEnvelope(*edges, 3857)

    def geometry(self, geom: ColumnElement[Any]) -> ColumnElement[Any]:
        """Return a shape in the tile's units, clipped; NULL where nothing of it is left."""
        box = func.ST_MakeEnvelope(*map(_edge, ("west", "south", "east", "north")), 3857)
        return func.ST_AsMVTGeom(geom, box, EXTENT, BUFFER, True)

    def area(self, geom: ColumnElement[Any]) -> ColumnElement[Any]:
        """Return an area in the tile's units, clipped, each of its corners rounded by itself.

        ST_AsMVTGeom thins each ring from wherever it begins, by half a unit: a border that two
        areas share would not be one line any more. Exterior rings come out as the vector tile
        specification 2.1 (4.3.4.4) wants them, with a positive area.
        """
        clipped = func.ST_ClipByBox2D(geom, func.box2d(self.envelope()))
        scale = 1.0 / UNIT_M
        placed = func.ST_Affine(
            clipped, scale, 0.0, 0.0, -scale, -_edge("west") / UNIT_M, _edge("north") / UNIT_M
        )
        return func.onemap_tile_area(func.ST_SnapToGrid(placed, 1.0))

    def holds(self, place: ColumnElement[Any]) -> ColumnElement[bool]:
        """Return the condition: the tile is the one of its zoom in which the point lies.

        Every tile puts the same question to the same numbers, so that exactly one says yes, also
        where the point lies on the border of two or beyond the edge of the world.
        """
        column = self._index(func.ST_X(place) + HALF_WORLD_M)
        row = self._index(HALF_WORLD_M - func.ST_Y(place))
        # Asked first: the least and greatest of SQL pass over NULL.
        return and_(place.is_not(None), column == number("x"), row == number("y"))

    def _index(self, from_edge_m: ColumnElement[Any]) -> ColumnElement[int]:
        """Return a tile's number along one axis of the world; its far edge is the last tile."""
        index = cast(func.floor(from_edge_m / _edge("side_m")), BigInteger)
        return func.least(func.greatest(index, 0), number("last"))

    def inside(self, place: ColumnElement[Any]) -> ColumnElement[Any]:
        """Return a point that the tile holds, kept off its east and south edges.

        Those have the neighbour's first unit: map libraries draw no symbol there, and what
        rounds to them would be drawn in neither tile.
        """
        east, south = _edge("east") - UNIT_M, _edge("south") + UNIT_M
        x = func.least(func.greatest(func.ST_X(place), _edge("west")), east)
        y = func.greatest(func.least(func.ST_Y(place), _edge("north")), south)
        return func.ST_SetSRID(func.ST_MakePoint(x, y), 3857)


def _edge(name: str) -> ColumnElement[float]:
    """Return one bound length of the tile; every question gives it (`bound`)."""
    return bindparam(name, 0.0, type_=Float)


UNIT_M = _edge("unit_m")
"""The length of one tile unit in metres of EPSG:3857."""


def number(name: str) -> ColumnElement[int]:
    """Return a bound integer: `x` and `y` of the tile, `features`, how many it may hold."""
    return bindparam(name, 0, type_=Integer)


def bound(tile: Tile, **others: float) -> dict[str, float]:
    """Return what a frame's statement needs to know of the tile."""
    edges = zip(("west", "south", "east", "north"), tile.bounds, strict=True)
    return {
        **dict(edges),
        "x": tile.x,
        "y": tile.y,
        "last": (1 << tile.z) - 1,
        "side_m": tile.side_m,
        "unit_m": tile.unit_m,
        **others,
    }


def meets(geom: ColumnElement[Any], box: ColumnElement[Any]) -> ColumnElement[bool]:
    """Return the index condition: the shape's box overlaps the box."""
    return geom.bool_op("&&")(box)


def moved(geom: ColumnElement[Any], shift_m: float) -> ColumnElement[Any]:
    """Return the shape moved east by `shift_m`."""
    return func.ST_Translate(geom, shift_m, 0.0) if shift_m else geom


def together(parts: Sequence[Select[Any]]) -> Subquery:
    """Return the rows of several selects of the same columns."""
    if len(parts) == 1:
        return parts[0].subquery("everywhere")
    return parts[0].union_all(*parts[1:]).subquery("everywhere")


def attributes(layer: Layer) -> list[Label[Any]]:
    """Return what a feature carries: `fid` (its id in the tile), `id`, and the tile's fields."""
    return [
        layer.column("fid").label("fid"),
        layer.column("id").label("id"),
        *(layer.column(name).label(name) for name in layer.tiled),
    ]


def encoded(rows: Subquery, name: str, *, id_column: str | None = "fid") -> Select[Any]:
    """Return the statement that makes one source-layer of rows that have a `geom` column."""
    alias: ColumnElement[Any] = literal_column(rows.name)
    arguments: Sequence[Any] = (alias, name, EXTENT, "geom", *([id_column] if id_column else []))
    return select(func.ST_AsMVT(*arguments).label("body")).select_from(rows)
