"""What an area holds of each layer, and these layers as the tiles of a pack."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from shapely.geometry.base import BaseGeometry
from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import Session

from layers.catalog import Layer
from layers.errors import TooLargeError
from layers.query import Scope
from layers.query.area import Area
from layers.query.scope import visible
from tiles import budget, tilejson
from tiles.archive.writer import ArchiveWriter
from tiles.budget import Question
from tiles.grid import Tile
from tiles.pack.cover import Boxes, Cover, Place, in_order, places

MAX_FEATURES = 1_000_000
"""Most rows of all layers that a pack may hold."""

Progress = Callable[[str, int, int], None]
"""Told the step, how much of it is done and how much there is; it may raise to stop the work."""

_ROWS = 20_000


@dataclass(frozen=True)
class Held:
    """What the area holds of one layer, for its owner: the rows that meet it, and where they lie.

    `wanted` is the whole condition: that the owner may see the row, and that it meets the area.
    """

    layer: Layer
    within: ColumnElement[bool]
    wanted: ColumnElement[bool]
    boxes: Boxes

    @property
    def count(self) -> int:
        """How many rows there are."""
        return len(self.boxes)


def held(session: Session, layer: Layer, area: BaseGeometry, *, scope: Scope) -> Held:
    """Return what an area (EPSG:4326) holds of a layer for a reader.

    Raises
    ------
    TooLargeError
        More than `MAX_FEATURES` rows.
    """
    within = Area(geometry=area).clause(layer)
    wanted = and_(visible(layer, scope), within)
    geom = layer.column("geom_3857")
    sides = (func.ST_XMin, func.ST_YMin, func.ST_XMax, func.ST_YMax)
    statement = select(*(side(geom) for side in sides)).where(wanted).limit(MAX_FEATURES + 1)
    parts = [np.empty((0, 4))]
    with session.execute(statement.execution_options(yield_per=_ROWS)) as rows:
        parts += [np.array(some, np.float64) for some in rows.partitions()]
    edges = np.concatenate(parts)
    if len(edges) > MAX_FEATURES:
        raise many_features(len(edges))
    return Held(layer, within, wanted, Boxes(edges[~np.isnan(edges).any(axis=1)]))


def many_features(got: int) -> TooLargeError:
    """Return the refusal of more rows than a pack may hold."""
    return TooLargeError(
        f"the area holds more than {MAX_FEATURES} features of the chosen layers; take a smaller "
        "area, or fewer layers",
        code="pack_many_features", got=got, wanted=MAX_FEATURES,
    )  # fmt: skip


@dataclass(frozen=True)
class Work:
    """The tiles of a zoom that hold something, each with the layers that may be in it."""

    z: int
    tiles: Mapping[Place, tuple[Held, ...]]


def work(found: Sequence[Held], cover: Cover, z: int) -> Work:
    """Return what is to be drawn of a zoom."""
    tiles: dict[Place, tuple[Held, ...]] = {}
    for each in found:
        if each.count and z >= each.layer.min_zoom:
            for place in places(cover, z, each.boxes.tiles(z)):
                tiles[place] = (*tiles.get(place, ()), each)
    return Work(z, tiles)


def tile(
    session: Session, drawn: Sequence[Held], z: int, place: Place, *, cover: Cover, scope: Scope
) -> bytes:
    """Return one tile: what the live map shows of it, without rows that do not meet the area."""
    whole = place in cover.inside[z]
    where = {} if whole else {each.layer.name: each.within for each in drawn}
    # Without the patience that a screen has: here nobody waits for a tile, and none may be missing.
    question = Question(session, Tile(z, *place), scope, where, None)
    return budget.share(question, [each.layer for each in drawn])


def write(
    session: Session,
    found: Sequence[Held],
    cover: Cover,
    path: Path,
    *,
    scope: Scope,
    bounds: tuple[float, float, float, float],
    progress: Progress,
) -> Path | None:
    """Write the layers as PMTiles; None where no tile holds anything."""
    done = 0
    with ArchiveWriter(path) as archive:
        for z, touched in cover.touched.items():
            wanted = work(found, cover, z)
            for number, place in in_order(z, wanted.tiles):
                body = tile(session, wanted.tiles[place], z, place, cover=cover, scope=scope)
                if body:
                    archive.put(number, body)
                done += 1
                progress("layers", done, cover.count)
            done += len(touched) - len(wanted.tiles)
        if not archive.tiles:
            return None
        archive.finish(_metadata(found), bounds=bounds)
    return path


def _metadata(found: Sequence[Held]) -> dict[str, Any]:
    shown = [tilejson.of_layer(each.layer, revision=0)["vector_layers"][0] for each in found
             if each.count]  # fmt: skip
    return {"name": "layers", "type": "overlay", "vector_layers": shown}
