"""Which layers hold anything in some boxes: asked of all at once, before each is asked in full.

A question to one layer costs a millisecond however little it finds, and there are dozens.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import Select, Table, bindparam, exists, func, literal, or_, select, union_all
from sqlalchemy.orm import Session

from layers.catalog import Layer
from layers.query.boxes import Box

_EDGES = ("west", "south", "east", "north")


def occupied(session: Session, among: Sequence[Layer], parts: Sequence[Box]) -> list[Layer]:
    """Return the layers of which a row's own box overlaps one of the boxes, seen or not.

    No answer by itself: rows outside the reader's scope count, and so do boxes' corners.
    """
    if len(among) < 2:
        return list(among)
    statement = _question(tuple(layer.table for layer in among), len(parts))
    values = {
        f"{edge}_{n}": value
        for n, part in enumerate(parts)
        for edge, value in zip(_EDGES, part, strict=True)
    }
    held: set[int] = set(session.scalars(statement, values))
    return [layer for n, layer in enumerate(among) if n in held]


@lru_cache(maxsize=64)
def _question(tables: tuple[Table, ...], count: int) -> Select[Any]:
    """Return the statement for some tables: made once, since to make it costs most."""
    boxes = [
        func.ST_MakeEnvelope(*(bindparam(f"{edge}_{n}") for edge in _EDGES), 4326)
        for n in range(count)
    ]
    parts = [
        select(literal(at).label("at")).where(
            exists().where(or_(*(table.c.geom.bool_op("&&")(box) for box in boxes)))
        )
        for at, table in enumerate(tables)
    ]
    return select(union_all(*parts).subquery().c.at)
