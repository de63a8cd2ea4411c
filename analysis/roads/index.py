"""Which roads are where: a grid of square cells as flat arrays, mapped from disk as they are.

The cells lie on the index plane and are numbered along a Morton curve, so that every square block
of 2^k by 2^k cells is one stretch of the arrays. A road stands in every cell that it crosses;
shapely lines are built for the few roads that a question cannot settle by cells alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from analysis.roads.plane import to_plane

if TYPE_CHECKING:
    from analysis.roads.roadbed import Roadbed

LEVEL_LIMIT = 20
# Of the plane's unit, the earth's radius: six micrometres, wider than any rounding below.
SLACK = 1e-12
# So many roads are tested faster one by one than blocks of cells are.
TESTED_SINGLY = 2_000
# Of a cell's side: more than floating point loses in the largest grid.
ROUNDING = 1e-9
CHUNK = 200_000


class Cells(NamedTuple):
    """Stretches of the index: where each begins and ends among the entries."""

    begin: NDArray[np.int64]
    end: NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class EdgeIndex:
    """Roads by cell. c cells that hold any, t entries.

    `origin` is west, south and the side of a cell (3), `level` the curve's depth (1): there are
    2^level columns and rows. `key` (c) is ascending; `start` (c + 1) cuts `edge` (t) into cells.
    """

    origin: NDArray[np.float64]
    level: NDArray[np.int64]
    key: NDArray[np.int64]
    start: NDArray[np.int32]
    edge: NDArray[np.int32]

    @property
    def side(self) -> float:
        """The side of a cell on the plane."""
        return float(self.origin[2])

    @property
    def depth(self) -> int:
        """How often the square is halved to come to a cell."""
        return int(self.level[0])

    def column_row(self, points: NDArray[np.float64]) -> NDArray[np.int64]:
        """Return the cells (p, 2) of points on the plane, those outside at the nearest border."""
        cell = np.floor((points - self.origin[:2]) / self.side)
        return np.clip(cell, 0, 2**self.depth - 1).astype(np.int64)

    def blocks(
        self, column: NDArray[np.int64], row: NDArray[np.int64], height: NDArray[np.int64] | int
    ) -> Cells:
        """Return what lies in blocks of 2^height cells; column and row count such blocks."""
        first = morton(column, row) << (2 * height)
        last = first + (np.int64(1) << (2 * np.asarray(height, np.int64)))
        begin, end = np.searchsorted(self.key, first), np.searchsorted(self.key, last)
        return Cells(self.start[begin].astype(np.int64), self.start[end].astype(np.int64))

    def entries(self, cells: Cells) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return for each entry of some stretches the number of its stretch, and its road."""
        counts = cells.end - cells.begin
        whose = np.repeat(np.arange(len(counts)), counts)
        first = np.cumsum(counts) - counts
        at = np.arange(len(whose)) + (cells.begin - first)[whose]
        return whose, self.edge[at].astype(np.int64)

    def crossing(self, bed: Roadbed, area: BaseGeometry) -> NDArray[np.int64]:
        """Return the roads that touch a geometry on the plane, ascending."""
        if area.geom_type == "GeometryCollection":
            parts = [self.crossing(bed, part) for part in shapely.get_parts(area)]
            return np.unique(np.concatenate([np.empty(0, np.int64), *parts]))
        if area.is_empty:
            return np.empty(0, np.int64)
        shapely.prepare(area)
        inside: list[NDArray[np.int64]] = []
        height, column, row = self._root(area)
        while True:
            covered, column, row = self._judged(area, column, row, height)
            inside.append(covered)
            _, edges = self.entries(self.blocks(column, row, height))
            if height == 0 or len(edges) <= TESTED_SINGLY:
                break
            height -= 1
            column, row = _quarters(column, row)
        known = np.unique(np.concatenate(inside))
        doubtful = np.setdiff1d(edges, known)
        touched = shapely.intersects(area, bed.shapes(doubtful))
        return np.union1d(known, doubtful[touched])

    def _root(self, area: BaseGeometry) -> tuple[int, NDArray[np.int64], NDArray[np.int64]]:
        """Return the height and the places of at most four blocks that hold a geometry's box."""
        corners = self.column_row(
            np.array(area.bounds).reshape(2, 2) + np.array([[-SLACK], [SLACK]])
        )
        height = 0
        while ((corners[1] >> height) - (corners[0] >> height) > 1).any():
            height += 1
        low, high = corners >> height
        columns, rows = np.meshgrid(
            np.arange(low[0], high[0] + 1), np.arange(low[1], high[1] + 1), indexing="ij"
        )
        return height, columns.ravel(), rows.ravel()

    def _judged(
        self, area: BaseGeometry, column: NDArray[np.int64], row: NDArray[np.int64], height: int
    ) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
        """Return the roads in blocks wholly inside an area, and the blocks that need more."""
        cells = self.blocks(column, row, height)
        held = cells.end > cells.begin
        column, row = column[held], row[held]
        side = self.side * 2**height
        west, south = self.origin[0] + column * side, self.origin[1] + row * side
        boxes = shapely.box(west - SLACK, south - SLACK, west + side + SLACK, south + side + SLACK)
        covered = shapely.covers(area, boxes)
        _, edges = self.entries(Cells(cells.begin[held][covered], cells.end[held][covered]))
        partly = ~covered & shapely.intersects(area, boxes)
        return np.unique(edges), column[partly], row[partly]


def morton(column: NDArray[np.int64], row: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the numbers of cells along the Morton curve: bits of row and column in turn."""
    return _spread(column) | (_spread(row) << 1)


def _spread(number: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return numbers of up to 31 bits with a zero before each bit."""
    spread = np.asarray(number, np.int64)
    for shift, mask in (
        (16, 0x0000FFFF0000FFFF), (8, 0x00FF00FF00FF00FF), (4, 0x0F0F0F0F0F0F0F0F),
        (2, 0x3333333333333333), (1, 0x5555555555555555),
    ):  # fmt: skip
        spread = (spread | (spread << shift)) & mask
    return spread


def _quarters(
    column: NDArray[np.int64], row: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    columns = (2 * column[:, None] + np.array([0, 1, 0, 1])).ravel()
    rows = (2 * row[:, None] + np.array([0, 0, 1, 1])).ravel()
    return columns, rows


def edge_index(lonlat: NDArray[np.float64], offset: NDArray[np.int64]) -> EdgeIndex:
    """Build the index of lines, which `offset` (m + 1) cuts from `lonlat` (EPSG:4326).

    A cell is about as wide as a road is long, so that a road stands in two or three cells.
    """
    points = to_plane(lonlat)
    low, high = points.min(axis=0), points.max(axis=0)
    span = max(float((high - low).max()), 1e-9)
    last = np.zeros(len(points), np.bool_)
    last[offset[1:] - 1] = True
    begin = np.flatnonzero(~last)
    reach = np.abs(points[begin + 1] - points[begin]).sum()
    wanted = max(float(reach) / (len(offset) - 1), span / 2**LEVEL_LIMIT)
    level = int(np.clip(np.ceil(np.log2(span / wanted)), 0, LEVEL_LIMIT))
    side = span / 2**level * (1.0 + 1e-9)
    owner = np.repeat(np.arange(len(offset) - 1), np.diff(offset))[begin]
    chunks = range(0, len(begin), CHUNK)
    pairs = [
        _crossed((points[begin[at : at + CHUNK]] - low) / side,
                 (points[begin[at : at + CHUNK] + 1] - low) / side,
                 owner[at : at + CHUNK], 2**level - 1)
        for at in chunks
    ]  # fmt: skip
    cell, edge = (np.concatenate(column) for column in zip(*pairs, strict=True))
    order = np.lexsort((edge, cell))
    cell, edge = cell[order], edge[order]
    fresh = np.ones(len(cell), np.bool_)
    fresh[1:] = (cell[1:] != cell[:-1]) | (edge[1:] != edge[:-1])
    cell, edge = cell[fresh], edge[fresh]
    key, start = np.unique(cell, return_index=True)
    return EdgeIndex(
        np.array([*low, side]),
        np.array([level]),
        key,
        np.append(start, len(cell)).astype(np.int32),
        edge.astype(np.int32),
    )


def _crossed(
    begin: NDArray[np.float64], end: NDArray[np.float64], owner: NDArray[np.int64], last: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the cells that segments (in sides of a cell) cross, with the road of each.

    Column by column: the piece of a segment within a column crosses one run of rows.
    """
    turned = begin[:, 0] > end[:, 0]
    left = np.where(turned[:, None], end, begin)
    right = np.where(turned[:, None], begin, end)
    first = np.clip(np.floor(left[:, 0] - ROUNDING), 0, last).astype(np.int64)
    columns = np.clip(np.floor(right[:, 0] + ROUNDING), 0, last).astype(np.int64) - first + 1
    segment = np.repeat(np.arange(len(first)), columns)
    column = first[segment] + _counted(columns)
    run = right - left
    slope = run[:, 1] / np.where(run[:, 0] > 0.0, run[:, 0], 1.0)
    low, high = np.minimum(begin[:, 1], end[:, 1]), np.maximum(begin[:, 1], end[:, 1])
    sides = []
    for x in (column - ROUNDING, column + 1 + ROUNDING):
        y = left[segment, 1] + (x - left[segment, 0]) * slope[segment]
        sides.append(np.clip(y, low[segment], high[segment]))
    steep = run[segment, 0] <= ROUNDING
    bottom = np.where(steep, low[segment], np.minimum(*sides)) - ROUNDING
    top = np.where(steep, high[segment], np.maximum(*sides)) + ROUNDING
    row = np.clip(np.floor(bottom), 0, last).astype(np.int64)
    rows = np.clip(np.floor(top), 0, last).astype(np.int64) - row + 1
    piece = np.repeat(np.arange(len(row)), rows)
    return morton(column[piece], row[piece] + _counted(rows)), owner[segment[piece]]


def _counted(counts: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return 0, 1, ... for each of several counts, one after another."""
    first = np.cumsum(counts) - counts
    return np.arange(int(counts.sum())) - np.repeat(first, counts)
