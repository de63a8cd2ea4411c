"""Lines that share points become roads between junctions."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Pieces:
    """Lines cut at every junction (m): ends, line, and the points of each, cut by `offset`."""

    u: NDArray[np.int64]
    v: NDArray[np.int64]
    way: NDArray[np.int64]
    offset: NDArray[np.int64]
    lonlat: NDArray[np.float64]


def pieces(
    way: NDArray[np.int64],
    chain: NDArray[np.int64],
    node: NDArray[np.int64],
    lonlat: NDArray[np.float64],
    *,
    at: NDArray[np.int64],
) -> Pieces:
    """Cut lines at their ends, where they share a node, and at the nodes of `at`.

    Parameters
    ----------
    way, chain, node, lonlat : arrays (p), the last (p, 2)
        The points of all lines, in order: which line, which unbroken run of it, which node, where.
        A node that follows itself is passed over; a run of one node is left out.
    """
    kept = np.ones(len(node), np.bool_)
    kept[1:] = (chain[1:] != chain[:-1]) | (node[1:] != node[:-1])
    chain, way, node, lonlat = chain[kept], way[kept], node[kept], lonlat[kept]
    first, last = np.ones(len(node), np.bool_), np.ones(len(node), np.bool_)
    first[1:] = last[:-1] = chain[1:] != chain[:-1]
    long = ~(first & last)
    first, last, way, node, lonlat = first[long], last[long], way[long], node[long], lonlat[long]
    _, inverse, count = np.unique(node, return_inverse=True, return_counts=True)
    cut = (count[inverse] > 1) | first | last | np.isin(node, at)
    start, stop = np.flatnonzero(cut & ~last), np.flatnonzero(cut & ~first)
    size = stop - start + 1
    offset = np.append(0, np.cumsum(size)).astype(np.int64)
    which = np.arange(offset[-1]) + np.repeat(start - offset[:-1], size)
    return Pieces(node[start], node[stop], way[start], offset, lonlat[which])
