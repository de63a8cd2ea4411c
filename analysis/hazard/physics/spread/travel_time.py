"""Minimum travel time (最短蔓延时间) of a fire over a grid.

Dijkstra's algorithm over 16 neighbours finds ways of short straight pieces, whose headings are
only those of the stencil; each way is then pulled straight wherever a straight piece over the
cells that it really crosses is faster. No time is less than that of a way a fire could take.

Source of the idea: Finney, M.A. (2002), Can. J. For. Res. 32:1420-1424, doi:10.1139/x02-068.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from analysis.hazard.physics.spread.pace import Pace

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]

_RING = ((0, 1), (1, 0), (1, 1), (-1, 1), (1, 2), (2, 1), (-1, 2), (-2, 1))
STENCIL = (*_RING, *((-row, -column) for row, column in _RING))
LONGEST_CELLS = 24
"""Longest straight piece: headings are then known to about 1/24 of a radian and far better."""

_BUCKETS = (3, 8, LONGEST_CELLS)
_ROUNDS = 10
_MARGIN = 2.5
_SETTLED = 1e-4


def travel_minutes(
    pace: Pace, *, cell_size_m: float, source: tuple[int, int], limit_min: float
) -> Floats:
    """Return the minutes at which a fire reaches each cell; inf beyond the limit or never.

    Parameters
    ----------
    source
        Row and column of the ignition.
    """
    rows, columns = pace.shape
    start = source[0] * columns + source[1]
    if pace.is_uniform():
        return _straight(pace, cell_size_m, source, limit_min)
    graph = _graph(pace, cell_size_m)
    # Ways that are not yet straight look longer than they are: look beyond the limit, then cut.
    beyond = _MARGIN * limit_min
    found, ways = dijkstra(graph, indices=np.array([start]), return_predecessors=True, limit=beyond)
    minutes, before = found[0], ways[0]
    reached = np.flatnonzero(np.isfinite(minutes) & (np.arange(minutes.size) != start))
    before = np.where(before < 0, start, before).astype(np.intp)
    _straighten(pace, cell_size_m, minutes, before, reached)
    result: Floats = np.where(minutes <= limit_min, minutes, np.inf).reshape(rows, columns)
    return result


def _straight(pace: Pace, size_m: float, source: tuple[int, int], limit_min: float) -> Floats:
    rows, columns = pace.shape
    north, east = np.meshgrid(
        source[0] - np.arange(rows), np.arange(columns) - source[1], indexing="ij"
    )
    length = np.hypot(east, north).ravel()
    unit = np.maximum(length, 1.0)
    cell = np.zeros(length.size, dtype=np.intp)
    minutes = pace(cell, east.ravel() / unit, north.ravel() / unit) * length * size_m
    far: Floats = np.where(minutes <= limit_min, minutes, np.inf).reshape(rows, columns)
    return far


def _graph(pace: Pace, size_m: float) -> csr_array:
    rows, columns = pace.shape
    cells = np.arange(rows * columns).reshape(rows, columns)
    tails, heads, costs = [], [], []
    for down, right in STENCIL:
        from_rows = slice(max(0, -down), rows - max(0, down))
        from_columns = slice(max(0, -right), columns - max(0, right))
        tail = cells[from_rows, from_columns].ravel()
        tails.append(tail)
        heads.append(tail + down * columns + right)
        samples = 2 * max(abs(down), abs(right))
        costs.append(_cost(pace, size_m, tail, heads[-1], samples=samples))
    tail, head, cost = np.concatenate(tails), np.concatenate(heads), np.concatenate(costs)
    open_ = np.isfinite(cost)
    size = rows * columns
    return csr_array((cost[open_], (tail[open_], head[open_])), shape=(size, size))


def _cost(pace: Pace, size_m: float, tail: Ints, head: Ints, *, samples: int) -> Floats:
    """Return the minutes of straight pieces, by the pace in the cells along each."""
    columns = pace.shape[1]
    row, column = np.divmod(tail, columns)
    down, right = head // columns - row, head % columns - column
    length = np.maximum(np.hypot(down, right), 1e-9)
    east, north = right / length, -down / length
    total = np.zeros(len(tail))
    for sample in range(samples):
        share = (sample + 0.5) / samples
        at_row = np.rint(row + share * down).astype(np.intp)
        at_column = np.rint(column + share * right).astype(np.intp)
        total += pace(at_row * columns + at_column, east, north)
    cost: Floats = total / samples * length * size_m
    return cost


def _straighten(pace: Pace, size_m: float, minutes: Floats, before: Ints, reached: Ints) -> None:
    """Shorten ways in place: a cell may be reached straight from a way point of a neighbour."""
    columns = pace.shape[1]
    last = np.zeros(minutes.size)
    last[reached] = minutes[reached] - minutes[before[reached]]
    inside = np.isfinite(minutes)
    for _ in range(_ROUNDS):
        was = minutes[reached].copy()
        for step in (0, 1, -1, columns, -columns):
            beside = np.clip(reached + step, 0, minutes.size - 1)
            via = before[before[reached]] if step == 0 else before[beside]
            usable = inside[via] & (via != before[reached]) & (via != reached)
            usable &= inside[beside]
            _try(pace, size_m, minutes, before, last, reached[usable], via[usable])
        minutes[reached] = minutes[before[reached]] + last[reached]
        if (was - minutes[reached]).max(initial=0.0) < _SETTLED * was.max(initial=1.0):
            break


def _try(
    pace: Pace,
    size_m: float,
    minutes: Floats,
    before: Ints,
    last: Floats,
    cell: Ints,
    via: Ints,
) -> None:
    columns = pace.shape[1]
    apart = np.maximum(
        np.abs(cell // columns - via // columns), np.abs(cell % columns - via % columns)
    )
    least = 0
    for most in _BUCKETS:
        chosen = (apart > least) & (apart <= most)
        least = most
        here, there = cell[chosen], via[chosen]
        cost = _cost(pace, size_m, there, here, samples=2 * most)
        better = minutes[there] + cost < minutes[here]
        minutes[here[better]] = (minutes[there] + cost)[better]
        before[here[better]] = there[better]
        last[here[better]] = cost[better]
