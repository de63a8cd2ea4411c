"""Where points touch roads: the exact nearest point among the roads that one may use."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from analysis.roads.index import EdgeIndex
from analysis.roads.roadbed import Roadbed

POINTS_AT_ONCE = 4_096
AROUND = np.stack(np.meshgrid((-1, 0, 1), (-1, 0, 1)), axis=-1).reshape(-1, 2)


class Touch(NamedTuple):
    """Nearest points (p): the road (-1 for none in reach), the fraction of it, and where."""

    edge: NDArray[np.int64]
    fraction: NDArray[np.float64]
    points: NDArray[np.float64]


def touch(
    bed: Roadbed,
    points: NDArray[np.float64],
    *,
    among: NDArray[np.bool_],
    reach: NDArray[np.float64],
) -> Touch:
    """Find the nearest point of the roads `among` (m) for points (p, 2) of the index plane.

    The circle searched doubles until it holds the nearest road or is as wide as `reach` (p). Of
    several roads at one distance the first in the table is taken.
    """
    found = Touch(
        np.full(len(points), -1, np.int64), np.zeros(len(points)), np.full((len(points), 2), np.nan)
    )
    for at in range(0, len(points), POINTS_AT_ONCE):
        some = np.arange(at, min(at + POINTS_AT_ONCE, len(points)))
        _fill(found, bed, points, some, among, reach)
    return found


def within(
    bed: Roadbed, point: NDArray[np.float64], *, among: NDArray[np.bool_], radius: float
) -> Touch:
    """Return every road `among` (m) that comes within a radius of a point (2), and where."""
    _, edge = _near(bed.index, point[None, :], radius, among)
    if not len(edge):
        return Touch(edge, np.empty(0), np.empty((0, 2)))
    feet = _feet(bed, np.broadcast_to(point, (len(edge), 2)), edge)
    inside = feet.away <= radius
    return Touch(feet.edge[inside], feet.fraction[inside], feet.points[inside])


def _fill(
    found: Touch,
    bed: Roadbed,
    points: NDArray[np.float64],
    pending: NDArray[np.int64],
    among: NDArray[np.bool_],
    reach: NDArray[np.float64],
) -> None:
    radius = bed.index.side
    while len(pending):
        limit = reach[pending]
        done = radius >= limit
        who, edge = _near(bed.index, points[pending], radius, among)
        if len(who):
            feet = _feet(bed, points[pending[who]], edge)
            order = np.lexsort((edge, feet.away, who))
            _, first = np.unique(who[order], return_index=True)
            best = order[first]
            best = best[feet.away[best] <= np.minimum(radius, limit[who[best]])]
            for column, values in zip(found, feet[:3], strict=True):
                column[pending[who[best]]] = values[best]
            done[who[best]] = True
        pending = pending[~done]
        radius *= 2.0


def _near(
    index: EdgeIndex, points: NDArray[np.float64], radius: float, among: NDArray[np.bool_]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return which roads lie near which points: all those within a radius, and some others."""
    height = min(int(np.ceil(np.log2(max(radius / index.side, 1.0)))), index.depth)
    cell = index.column_row(points) >> height
    around = (cell[:, None, :] + AROUND[None, :, :]).reshape(-1, 2)
    whose = np.repeat(np.arange(len(points)), len(AROUND))
    inside = ((around >= 0) & (around < 2 ** (index.depth - height))).all(axis=1)
    around, whose = around[inside], whose[inside]
    block, edge = index.entries(index.blocks(around[:, 0], around[:, 1], height))
    usable = among[edge]
    pairs = np.unique(whose[block[usable]] * len(among) + edge[usable])
    return pairs // len(among), pairs % len(among)


class _Feet(NamedTuple):
    """The nearest points of pairs of a point and a road: as `Touch`, and how far away they are."""

    edge: NDArray[np.int64]
    fraction: NDArray[np.float64]
    points: NDArray[np.float64]
    away: NDArray[np.float64]


def _feet(bed: Roadbed, here: NDArray[np.float64], edge: NDArray[np.int64]) -> _Feet:
    """Return where each road (p) is nearest to its point (p, 2)."""
    pair, corners = bed.points(edge)
    begins = np.flatnonzero(pair[1:] == pair[:-1])
    pair = pair[begins]
    begin, end = corners[begins], corners[begins + 1]
    run = end - begin
    squared = (run * run).sum(axis=1)
    share = ((here[pair] - begin) * run).sum(axis=1) / np.where(squared > 0.0, squared, 1.0)
    share = np.clip(share, 0.0, 1.0)
    # At the far corner the corner itself, so that roads that meet there are equally far.
    foot = np.where(share[:, None] < 1.0, begin + share[:, None] * run, end)
    away = np.hypot(*(here[pair] - foot).T)
    order = np.lexsort((away, pair))
    _, first = np.unique(pair[order], return_index=True)
    chosen = order[first]
    length = np.sqrt(squared)
    total = np.bincount(pair, weights=length, minlength=len(edge))
    walked = np.cumsum(length) - length
    begins_at = walked[np.searchsorted(pair, np.arange(len(edge)))]
    along = walked[chosen] - begins_at + share[chosen] * length[chosen]
    fraction = np.clip(along / np.where(total > 0.0, total, 1.0), 0.0, 1.0)
    return _Feet(edge, fraction, foot[chosen], away[chosen])
