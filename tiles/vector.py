"""One tile of layers of the map: features, or counted cells where there are too many."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import ColumnElement
from sqlalchemy.orm import Session

from layers.catalog import Layer
from layers.query.scope import Scope
from tiles import budget, patience
from tiles.budget import Question
from tiles.grid import Tile


def tile(
    session: Session,
    layers: Sequence[Layer],
    z: int,
    x: int,
    y: int,
    *,
    scope: Scope,
    where: Mapping[str, ColumnElement[bool]] | None = None,
    at: int | None = None,
) -> bytes:
    """Return the tile z/x/y as uncompressed MVT, one source-layer a layer; b"" when empty.

    No tile holds more than 10,000 features or 500,000 bytes, however many layers it has. Layers
    that would make it overflow, the largest first, are answered as counted cells (`tiles.cells`),
    so that nothing vanishes and counts add up; a ground layer leaves out its least important
    features instead (`tiles.ground`).

    A feature's id is its `fid`; it carries `id` and the layer's tile fields. A line or polygon
    comes as its outline in each tile that it meets, unless smaller than two pixels, and as a
    point, its anchor, in the one tile of the zoom that holds that: there its symbol and its name
    belong. Features at 180 degrees are shown on both sides.

    Parameters
    ----------
    where
        By a layer's name the condition that its rows must meet (`layers.query.cql2.clause`), at
        every zoom. Cells of such a layer are counted from its rows.
    at
        A seq of the journal: the tile as it was right after it, at zooms from `past.MIN_ZOOM` on.

    Raises
    ------
    OutOfRangeError
        There is no such tile; `at` below the zooms of detail (`tile_past_zoom`).
    BusyError
        The rows could not be looked through in the time that a tile has (`tile_too_slow`).
    """
    question = Question(session, Tile(z, x, y), scope, where or {}, at)
    shown = list({layer.name: layer for layer in layers if z >= layer.min_zoom}.values())
    with patience.of(session, limited=bool(question.where) or at is not None):
        return budget.share(question, shown)
