"""Pieces of roads: many points on lines, and many cuts of lines, worked out at once.

A share of a road is a share of its length on the index plane, as everywhere in this folder.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.roads.network import RoadNetwork
from analysis.roads.plane import from_plane, to_plane


@dataclass(frozen=True)
class Vertices:
    """The points of some roads (k), one after another, on the index plane.

    `first` (k + 1) cuts `xy` (n, 2) into lines. `walked` (n) is the length from the first point of
    all, which grows along every line and stands still between two.
    """

    xy: NDArray[np.float64]
    first: NDArray[np.int64]
    walked: NDArray[np.float64]

    def at(self, line: NDArray[np.int64], share: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the points (p, 2) at shares (p) of some of the lines (p)."""
        begin, last = self.first[line], self.first[line + 1] - 1
        length = self.walked[last] - self.walked[begin]
        target = self.walked[begin] + share * length
        after = np.clip(np.searchsorted(self.walked, target, side="left"), begin + 1, last)
        before = after - 1
        step = self.walked[after] - self.walked[before]
        part = (target - self.walked[before]) / np.where(step > 0, step, 1.0)
        part = np.clip(part, 0.0, 1.0)[:, None]
        found: NDArray[np.float64] = self.xy[before] * (1.0 - part) + self.xy[after] * part
        return found


def vertices(network: RoadNetwork, edges: NDArray[np.int64]) -> Vertices:
    """Return the points of some roads; a road may come more than once."""
    lonlat, line = _own_points(network, edges)
    counts = np.bincount(line, minlength=len(edges))
    first = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    xy = to_plane(lonlat)
    x, y = xy.T
    step = np.hypot(np.diff(x), np.diff(y))
    step[first[1:-1] - 1] = 0.0  # from one line to the next nobody walks
    return Vertices(xy, first, np.concatenate([[0.0], np.cumsum(step)])[: len(xy)])


def points_at(
    network: RoadNetwork, edges: NDArray[np.int64], share: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return the points (k, 2; on the index plane) at shares (k) of roads (k)."""
    return vertices(network, edges).at(np.arange(len(edges)), share)


def cut(
    network: RoadNetwork,
    edges: NDArray[np.int64],
    low: NDArray[np.float64],
    high: NDArray[np.float64],
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Cut roads (k) between two shares each, `low` < `high`.

    Returns
    -------
    lonlat : array (n, 2)
        The points of every piece, EPSG:4326, in drawing order; ends that are a road's own are
        exactly its own points.
    first : array (k + 1)
        Cuts `lonlat` into pieces; each has two points or more.
    """
    whole = (low <= 0.0) & (high >= 1.0)
    part = np.flatnonzero(~whole)
    xy, owner = _between(vertices(network, edges[part]), low[part], high[part])
    own, line = _own_points(network, edges[whole])
    order = np.argsort(np.concatenate([part[owner], np.flatnonzero(whole)[line]]), kind="stable")
    lonlat = np.vstack([from_plane(xy), own])[order]
    counts = np.bincount(owner, minlength=len(part))
    length = np.diff(network.edge_offset)[edges].astype(np.int64)
    length[part] = counts
    first = np.concatenate([[0], np.cumsum(length)]).astype(np.int64)
    from_tail, to_head = np.flatnonzero(low <= 0.0), np.flatnonzero(high >= 1.0)
    lonlat[first[from_tail]] = network.lonlat[network.edge_offset[edges[from_tail]]]
    lonlat[first[to_head + 1] - 1] = network.lonlat[network.edge_offset[edges[to_head] + 1] - 1]
    return lonlat, first


def _between(
    lines: Vertices, low: NDArray[np.float64], high: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Return the points of pieces of lines, one piece after another, and whose each is."""
    which = np.arange(len(low))
    begin, last = lines.first[:-1], lines.first[1:] - 1
    length = lines.walked[last] - lines.walked[begin]
    line = np.repeat(which, np.diff(lines.first))
    walked = lines.walked - lines.walked[begin][line]
    kept = (walked > (low * length)[line]) & (walked < (high * length)[line])
    owner = np.concatenate([which, line[kept], which])
    rank = np.concatenate([np.zeros(len(which)), np.ones(int(kept.sum())), np.full(len(which), 2)])
    order = np.lexsort((rank, owner))
    xy = np.concatenate([lines.at(which, low), lines.xy[kept], lines.at(which, high)])
    return xy[order], owner[order]


def _own_points(
    network: RoadNetwork, edges: NDArray[np.int64]
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Return the points of whole roads, and whose each is."""
    begin = network.edge_offset[edges]
    counts = network.edge_offset[edges + 1] - begin
    line = np.repeat(np.arange(len(edges)), counts)
    first = np.cumsum(counts) - counts
    return network.lonlat[np.arange(len(line)) + (begin - first)[line]], line
