"""Where water runs over a grid of heights: sinks filled, D8 directions, accumulation, watersheds.

Grids have rows from north to south and columns from west to east; NaN is no data, and water that
reaches it or the border has left.

Sources: O'Callaghan, J.F. and Mark, D.M. (1984), doi:10.1016/S0734-189X(84)80011-0 (D8); Barnes,
R. et al. (2014), doi:10.1016/j.cageo.2013.04.024 (filling from the border inward); codes as in
Jenson, S.K. and Domingue, J.O. (1988) [mem 90%].
"""

from __future__ import annotations

from typing import Any, cast

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import breadth_first_order, dijkstra, minimum_spanning_tree

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]

CODES: tuple[tuple[int, int, int], ...] = (
    (1, 0, 1), (2, 1, 1), (4, 1, 0), (8, 1, -1), (16, 0, -1), (32, -1, -1), (64, -1, 0),
    (128, -1, 1),
)  # fmt: skip
"""Code, rows down, columns right: E 1, SE 2, S 4, SW 8, W 16, NW 32, N 64, NE 128."""

OUT = -1


def filled(elevation_m: Floats) -> Floats:
    """Return heights with every sink filled to the level at which it spills.

    That level is the lowest of the highest points of all ways out, which lie on the minimum
    spanning tree of the grid: the same surface as that of a priority flood.
    """
    rows, columns = elevation_m.shape
    flat = elevation_m.ravel()
    outside = flat.size
    tails, heads, weights = _edges(elevation_m)
    rim = _rim(elevation_m)
    base = float(np.nanmin(flat)) - 1.0  # a weight of 0 would be no edge
    tail = np.concatenate([tails, rim])
    head = np.concatenate([heads, np.full(rim.size, outside)])
    weight = np.concatenate([weights, flat[rim]]) - base
    graph = csr_array((weight, (tail, head)), shape=(outside + 1, outside + 1))
    _, before = breadth_first_order(minimum_spanning_tree(graph), outside, directed=False)
    level = np.append(flat, -np.inf)
    parent = np.where(before < 0, outside, before).astype(np.intp)
    while True:
        higher = np.maximum(level, level[parent])
        grand = parent[parent]
        if np.array_equal(parent, grand):
            break
        level, parent = higher, grand
    level = np.fmax(level, level[parent])
    result: Floats = np.where(np.isnan(flat), np.nan, level[:-1]).reshape(rows, columns)
    return result


def directions(elevation_m: Floats) -> tuple[NDArray[np.int16], Floats]:
    """Return the D8 code of each cell and the heights with sinks filled.

    Water takes the steepest drop (a diagonal is √2 long); of equal ones the first clockwise from
    east. Over filled sinks and flats it takes the shortest way to a cell that drops. A code of 0
    is no data. At the border the code points outward where nothing inside is lower.
    """
    surface = filled(elevation_m)
    drop = _drops(surface)
    best = np.argmax(drop, axis=0)
    steepest = np.take_along_axis(drop, best[None], axis=0)[0]
    codes = np.array([code for code, *_ in CODES], dtype=np.int16)
    result = np.where(steepest > 0.0, codes[best], 0).astype(np.int16)
    _leave(result, surface)
    _cross_flats(result, surface)
    return result, surface


def downstream(codes: NDArray[np.int16]) -> Ints:
    """Return the number of the cell that each cell drains to; `OUT` where it leaves the grid."""
    rows, columns = codes.shape
    row, column = np.divmod(np.arange(codes.size), columns)
    down = np.zeros(codes.size, dtype=np.intp)
    right = np.zeros(codes.size, dtype=np.intp)
    for code, by_row, by_column in CODES:
        chosen = codes.ravel() == code
        down[chosen], right[chosen] = by_row, by_column
    to_row, to_column = row + down, column + right
    inside = (to_row >= 0) & (to_row < rows) & (to_column >= 0) & (to_column < columns)
    inside &= codes.ravel() > 0
    target = np.where(inside, to_row * columns + to_column, OUT)
    flows = np.append(codes.ravel() > 0, False)
    return np.where(flows[target], target, OUT)


def accumulation(codes: NDArray[np.int16]) -> NDArray[np.int64]:
    """Return how many cells drain through each cell, itself included."""
    target = downstream(codes)
    count = (codes.ravel() > 0).astype(np.int64)
    waiting = np.bincount(target[target >= 0], minlength=target.size)
    ready = np.flatnonzero((waiting == 0) & (count > 0))
    while ready.size:
        ready = ready[target[ready] >= 0]
        below = target[ready]
        np.add.at(count, below, count[ready])
        np.subtract.at(waiting, below, 1)
        ready = np.unique(below[waiting[below] == 0])
    return count.reshape(codes.shape)


def watershed(codes: NDArray[np.int16], outlet: tuple[int, int]) -> NDArray[np.bool_]:
    """Return the cells whose water passes an outlet, the outlet included."""
    end = outlet[0] * codes.shape[1] + outlet[1]
    target = downstream(codes)
    target = np.where(target == OUT, np.arange(target.size), target)
    target[end] = end
    while not np.array_equal(target, target[target]):
        target = target[target]
    return cast("NDArray[np.bool_]", (target == end).reshape(codes.shape) & (codes > 0))


def height_above_drainage(
    elevation_m: Floats,
    codes: NDArray[np.int16],
    *,
    channel_cells: float,
    through: tuple[int, int] | None = None,
) -> Floats:
    """Return the height of each cell over the channel that it drains to, m.

    NaN where there is no data and where water leaves the grid before it meets a channel.

    Parameters
    ----------
    channel_cells
        A cell through which so many drain is a channel.
    through
        A cell that lies on a channel: it and all below it are one.

    Source: Nobre, A.D. et al. (2011), J. Hydrol. 404:13-29, doi:10.1016/j.jhydrol.2011.03.051
    [mem 95%].
    """
    target, flat = downstream(codes), elevation_m.ravel()
    channel = accumulation(codes).ravel() >= channel_cells
    cell = OUT if through is None else through[0] * codes.shape[1] + through[1]
    while cell != OUT:
        channel[cell] = True
        cell = int(target[cell])
    target = np.where(channel | (target == OUT), np.arange(target.size), target)
    while not np.array_equal(target, target[target]):
        target = target[target]
    over: Floats = np.where(channel[target], np.maximum(0.0, flat - flat[target]), np.nan)
    return over.reshape(elevation_m.shape)


def _edges(elevation_m: Floats) -> tuple[Ints, Ints, Floats]:
    """Return pairs of neighbours that both have a height, and the higher of the two heights."""
    rows, columns = elevation_m.shape
    cells = np.arange(rows * columns).reshape(rows, columns)
    flat = elevation_m.ravel()
    tails, heads = [], []
    for _, down, right in CODES[:4]:
        left = max(0, -right)
        tail = cells[: rows - down, left : columns - max(0, right)].ravel()
        tails.append(tail)
        heads.append(tail + down * columns + right)
    tail, head = np.concatenate(tails), np.concatenate(heads)
    known = ~np.isnan(flat[tail]) & ~np.isnan(flat[head])
    tail, head = tail[known], head[known]
    return tail, head, np.maximum(flat[tail], flat[head])


def _rim(elevation_m: Floats) -> Ints:
    """Return the cells from which water leaves: at the border, or beside no data."""
    padded = np.pad(np.isnan(elevation_m), 1, constant_values=True)
    beside = np.zeros(elevation_m.shape, dtype=bool)
    for _, down, right in CODES:
        beside |= _shifted(padded, down, right, elevation_m.shape)
    return np.flatnonzero(beside.ravel() & ~np.isnan(elevation_m.ravel()))


def _shifted(padded: NDArray[Any], down: int, right: int, shape: tuple[int, ...]) -> NDArray[Any]:
    rows, columns = shape
    return padded[1 + down : 1 + down + rows, 1 + right : 1 + right + columns]


def _drops(surface: Floats) -> Floats:
    """Return the drop a cell length toward each code; -inf toward no data."""
    padded = np.pad(surface, 1, constant_values=np.nan)
    layers = []
    for _, down, right in CODES:
        beside = _shifted(padded, down, right, surface.shape)
        layers.append((surface - beside) / np.hypot(down, right))
    drops: Floats = np.nan_to_num(np.stack(layers), nan=-np.inf)
    return drops


def _leave(codes: NDArray[np.int16], surface: Floats) -> None:
    """Let the rim's cells without a lower neighbour drain outward."""
    absent = np.pad(np.isnan(surface), 1, constant_values=True)
    for code, down, right in sorted(CODES, key=lambda c: (abs(c[1]) + abs(c[2]), c[0])):
        out = _shifted(absent, down, right, surface.shape)
        codes[(codes == 0) & out & ~np.isnan(surface)] = code


def _cross_flats(codes: NDArray[np.int16], surface: Floats) -> None:
    """Give the cells of flats the shortest way over their flat to a cell that drains."""
    columns = surface.shape[1]
    flat, known = surface.ravel(), codes.ravel()
    stuck = np.flatnonzero((known == 0) & ~np.isnan(flat))
    if not stuck.size:
        return
    tail, head, _ = _edges(surface)
    level = (flat[tail] == flat[head]) & ((known[tail] == 0) | (known[head] == 0))
    tail, head = tail[level], head[level]
    gates = np.unique(np.concatenate([tail[known[tail] > 0], head[known[head] > 0]]))
    length = np.where((tail // columns == head // columns) | (tail % columns == head % columns),
                      1.0, np.sqrt(2.0))  # fmt: skip
    graph = coo_array((length, (tail, head)), shape=(flat.size, flat.size)).tocsr()
    _, before, _ = dijkstra(
        graph, directed=False, indices=gates, return_predecessors=True, min_only=True
    )
    to = before[stuck]
    down, right = to // columns - stuck // columns, to % columns - stuck % columns
    for code, by_row, by_column in CODES:
        chosen = (down == by_row) & (right == by_column)
        known[stuck[chosen]] = code
    codes[:] = known.reshape(codes.shape)
