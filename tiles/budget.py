"""What a tile may hold, shared among the layers that are asked for together.

The same rows give the same tile: layers come from the smallest to the largest, each may take what
is left beyond the cells of those after it, and what does not fit becomes cells.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement
from sqlalchemy.orm import Session

from layers.catalog import Layer
from layers.query.scope import Scope
from tiles import cells, features, ground, past
from tiles.grid import Tile
from tiles.mvt import MAX_BYTES, MAX_FEATURES

_CELL_BYTES = 100
"""What a cell takes of a tile, with the keys and values that it brings, rounded up."""


@dataclass(frozen=True)
class Question:
    """Which tile, for whom, of which rows and of which moment."""

    session: Session
    tile: Tile
    scope: Scope
    where: Mapping[str, ColumnElement[bool]]
    at: int | None

    def of(self, layer: Layer) -> tuple[Layer, ColumnElement[bool] | None]:
        """Return the layer as it was then, and the condition on its rows."""
        clause = self.where.get(layer.name)
        return (layer, clause) if self.at is None else past.as_it_was(layer, self.at, clause)


def share(question: Question, layers: Sequence[Layer]) -> bytes:
    """Return the source-layers of a tile, in the order asked for, within its bounds."""
    if question.at is not None:
        past.refuse_far(question.tile)
    per_side = cells.CELLS_PER_SIDE
    while per_side > 1 and len(layers) * per_side**2 * _CELL_BYTES > MAX_BYTES:
        per_side //= 2
    ordered = _ordered(question, layers)
    while True:
        parts = _parts(question, ordered, per_side)
        whole = b"".join(parts[layer.name] for layer in layers)
        if len(whole) <= MAX_BYTES or per_side == 1:
            return whole
        per_side //= 2


def _ordered(question: Question, layers: Sequence[Layer]) -> list[Layer]:
    """Return layers that leave things out first, then by how many rows the tile has of each."""
    counted = [layer for layer in layers if not layer.thinned]
    if len(counted) < 2:
        return sorted(layers, key=lambda layer: not layer.thinned)
    known = [layer for layer in counted if layer.name not in question.where]
    sizes = cells.counts(question.session, known, question.tile, question.scope)
    return sorted(layers, key=lambda each: (not each.thinned, sizes.get(each.name, 0), each.name))


def _parts(question: Question, layers: Sequence[Layer], per_side: int) -> dict[str, bytes]:
    """Return each layer's bytes."""
    parts: dict[str, bytes] = {}
    features_left, bytes_left = MAX_FEATURES, MAX_BYTES
    for nr, layer in enumerate(layers, 1):
        after = (len(layers) - nr) * per_side**2
        most_features, most_bytes = features_left - after, bytes_left - after * _CELL_BYTES
        if layer.thinned:
            taken, body = _thinned(question, layer, most_features, most_bytes)
        else:
            taken, body = _counted(question, layer, most_features, most_bytes, per_side)
        parts[layer.name] = body
        features_left, bytes_left = features_left - taken, bytes_left - len(body)
    return parts


def _thinned(question: Question, layer: Layer, features_: int, bytes_: int) -> tuple[int, bytes]:
    """Return how many features a ground layer may have taken, and its bytes."""
    then, clause = question.of(layer)
    body = ground.tile(
        question.session, then, question.tile,
        clause=clause, max_features=features_, max_bytes=bytes_,
    )  # fmt: skip
    return features_ if body else 0, body


def _counted(
    question: Question, layer: Layer, features_: int, bytes_: int, per_side: int
) -> tuple[int, bytes]:
    """Return how many features or cells a layer takes, and its bytes."""
    session, where, scope = question.session, question.tile, question.scope
    then, clause = question.of(layer)
    drawn = None
    if features_ > 0 and bytes_ > 0:
        drawn = features.tile(
            session, then, where,
            scope=scope, clause=clause, max_features=features_, max_bytes=bytes_,
        )  # fmt: skip
    if drawn is not None:
        return drawn
    body = cells.tile(session, then, where, scope=scope, clause=clause, per_side=per_side)
    return per_side**2, body
