"""Many people on the roads at once: each pixel of a raster on the nearest point of a road.

Exact for no single pixel and quick for hundreds of thousands: roads are taken as points at most
`SPACING_M` apart, which is less than what a pixel leaves open.
"""

from __future__ import annotations

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from analysis.roads.coverage import WALKED_M
from analysis.roads.footing import usable
from analysis.roads.network import RoadNetwork
from analysis.roads.pieces import vertices
from analysis.roads.places import SNAP_LIMIT_M, Places
from analysis.roads.plane import distance_m, from_plane, metres_per_unit, to_plane

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

SPACING_M = 60.0
MOST_POINTS = 1_000_000
"""Longer networks are taken as points farther apart."""


def settled_on(network: RoadNetwork, lonlat: Floats) -> Places:
    """Return the road that serves each point (p, 2; EPSG:4326), as `coverage.served` has it.

    That of the core within `WALKED_M`, else the nearest that a vehicle may use; `edge` is -1 where
    none lies within `SNAP_LIMIT_M`. The place is off by up to half of `SPACING_M`.
    """
    count = len(lonlat)
    found = Places(
        np.full(count, -1, np.int64), np.zeros(count), lonlat.copy(), np.full(count, np.inf)
    )
    for may in (network.offered, usable(network) & ~network.edge_ferry):
        left = np.flatnonzero(found.access_m > WALKED_M)
        edges = _around(network, np.flatnonzero(may), lonlat[left])
        if not len(left) or not len(edges):
            continue
        edge, share, points = _points(network, edges)
        nearest = np.asarray(cKDTree(points).query(to_plane(lonlat[left]))[1], np.int64)
        on_road = from_plane(points[nearest])
        access_m = distance_m(lonlat[left], on_road)
        nearer = (access_m < found.access_m[left]) & (access_m <= SNAP_LIMIT_M)
        left, nearest = left[nearer], nearest[nearer]
        found.edge[left], found.fraction[left] = edge[nearest], share[nearest]
        found.lonlat[left], found.access_m[left] = on_road[nearer], access_m[nearer]
    return found


def _around(network: RoadNetwork, edges: Ints, lonlat: Floats) -> Ints:
    """Return the roads whose box comes near the box of some points."""
    if not len(lonlat) or not len(edges):
        return edges[:0]
    low, high = to_plane(np.vstack([lonlat.min(axis=0), lonlat.max(axis=0)]))
    margin = 2.0 * SNAP_LIMIT_M / metres_per_unit(np.abs(lonlat[:, 1]).max())
    near: Ints = edges[network.crossing(shapely.box(*(low - margin), *(high + margin)))[edges]]
    return near


def _points(network: RoadNetwork, edges: Ints) -> tuple[Ints, Floats, Floats]:
    """Return points along roads: the road of each, its fraction, where it is on the plane."""
    length_m = network.edge_length_m[edges]
    spacing_m = max(SPACING_M, float(length_m.sum()) / MOST_POINTS)
    counts = np.maximum(1, np.ceil(length_m / spacing_m)).astype(np.int64)
    edge = np.repeat(edges, counts)
    first = np.repeat(np.cumsum(counts) - counts, counts)
    share = (np.arange(len(edge)) - first + 0.5) / np.repeat(counts, counts)
    points = vertices(network, edges).at(np.repeat(np.arange(len(edges)), counts), share)
    return edge, share, points
