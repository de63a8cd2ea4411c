"""Which tiles a pack of an area holds, and which of these any feature touches."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import numpy as np
import shapely
from numpy.typing import NDArray
from pmtiles.tile import zxy_to_tileid
from shapely.geometry.base import BaseGeometry

from layers.errors import TooLargeError
from tiles.grid import BUFFER, EXTENT, HALF_WORLD_M, Tile

MAX_TILES = 400_000
"""Most tiles of all zooms that a pack may cover: each is asked of the database, and listed."""

_EDGE_M = 0.001
_FOLLOWED = 1_000_000
"""Features over more tiles than these in all are not followed tile by tile."""

Place = tuple[int, int]
"""A tile's x and y within a zoom."""


@dataclass(frozen=True)
class Cover:
    """The tiles that an area (EPSG:3857) touches, zoom by zoom.

    `inside` are those of which the whole, its buffer included, lies in the area: what such a tile
    shows needs no further clipping.
    """

    area: BaseGeometry
    minzoom: int
    maxzoom: int
    touched: dict[int, list[Place]] = field(default_factory=dict)
    inside: dict[int, set[Place]] = field(default_factory=dict)

    @property
    def count(self) -> int:
        """How many tiles there are in all."""
        return sum(map(len, self.touched.values()))


def cover(area: BaseGeometry, *, minzoom: int, maxzoom: int) -> Cover:
    """Return the tiles that an area touches; its border counts.

    Parameters
    ----------
    area
        In EPSG:3857, not empty.

    Raises
    ------
    TooLargeError
        More than `MAX_TILES`: `pack_many_tiles`.
    """
    shapely.prepare(area)
    found = Cover(area, minzoom, maxzoom)
    level: list[tuple[int, int, bool]] = [(0, 0, False)]
    for z in range(maxzoom + 1):
        if z:
            level = [
                (2 * x + dx, 2 * y + dy, whole)
                for x, y, whole in level for dy in (0, 1) for dx in (0, 1)
            ]  # fmt: skip
        level = _kept(area, z, level)
        if z >= minzoom:
            found.touched[z] = [(x, y) for x, y, _ in level]
            found.inside[z] = {(x, y) for x, y, whole in level if whole}
        if found.count > MAX_TILES or (z < maxzoom and len(level) > MAX_TILES):
            raise TooLargeError(
                f"the area has more than {MAX_TILES} tiles down to zoom {maxzoom}; take a smaller "
                "one, or fewer zooms",
                code="pack_many_tiles", wanted=MAX_TILES, maxzoom=maxzoom,
            )  # fmt: skip
    return found


def _kept(
    area: BaseGeometry, z: int, level: list[tuple[int, int, bool]]
) -> list[tuple[int, int, bool]]:
    """Return the tiles that touch the area, each with whether it lies in it whole."""
    open_ = [(x, y) for x, y, whole in level if not whole]
    if not open_:
        return level
    x, y = np.array(open_, np.float64).T
    side, margin = Tile(z, 0, 0).side_m, BUFFER * Tile(z, 0, 0).unit_m
    west, north = x * side - HALF_WORLD_M, HALF_WORLD_M - y * side
    # Edges of tiles are rounded otherwise at each zoom: what ends on one must not be lost there.
    box = (west - _EDGE_M, north - side - _EDGE_M, west + side + _EDGE_M, north + _EDGE_M)
    wide = (west - margin, north - side - margin, west + side + margin, north + margin)
    touches = shapely.intersects(area, shapely.box(*box))
    whole_now = np.zeros(len(open_), np.bool_)
    whole_now[touches] = shapely.contains(area, shapely.box(*(edge[touches] for edge in wide)))
    settled = [each for each in level if each[2]]
    return settled + [
        (*place, bool(within))
        for place, met, within in zip(open_, touches, whole_now, strict=True)
        if met
    ]


@dataclass(frozen=True)
class Boxes:
    """Where some features lie: their boxes (n, 4: west, south, east, north) in EPSG:3857."""

    edges: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.edges)

    def tiles(self, z: int) -> set[Place] | None:
        """Return every tile of a zoom that may show any of the features, its buffer included.

        None where that are too many to be listed: then any tile may.
        """
        if not len(self):
            return set()
        last = (1 << z) - 1
        low, high = self._ranges(z)
        spans = np.unique(np.column_stack([low, high]), axis=0)
        if int((spans[:, 2:] - spans[:, :2] + 1).prod(axis=1).sum()) > _FOLLOWED:
            return None
        return {
            (x & last, min(max(y, 0), last))
            for x0, y0, x1, y1 in spans.tolist()
            for y in range(y0, y1 + 1)
            for x in range(x0, x1 + 1)
        }

    def _ranges(self, z: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return the first and last tile (n, 2: x, y) that each box meets."""
        unit = Tile(z, 0, 0).unit_m
        side, margin = unit * EXTENT, BUFFER * unit
        west, south, east, north = self.edges.T
        low = np.column_stack([west - margin + HALF_WORLD_M, HALF_WORLD_M - north - margin])
        high = np.column_stack([east + margin + HALF_WORLD_M, HALF_WORLD_M - south + margin])
        return np.floor(low / side).astype(np.int64), np.floor(high / side).astype(np.int64)


def places(found: Cover, z: int, held: set[Place] | None) -> Iterator[Place]:
    """Yield the tiles of a zoom in which there may be something."""
    for place in found.touched.get(z, ()):
        if held is None or place in held:
            yield place


def in_order(z: int, held: Iterable[Place]) -> list[tuple[int, Place]]:
    """Return tiles of a zoom with their numbers in an archive, in the order of these."""
    return sorted((zxy_to_tileid(z, *place), place) for place in held)
