"""Which road somebody lives on: the nearest that a vehicle may use, reachable or not.

Searches offer the core alone (`places.snap`). Who asks who is cut off must not be told of the
nearest road that is not.
"""

from __future__ import annotations

import numpy as np
import shapely
from numpy.typing import NDArray

from analysis.roads.memo import Memo
from analysis.roads.network import RoadNetwork
from analysis.roads.places import SNAP_LIMIT_M, Places, snap
from analysis.roads.plane import distance_m, from_plane, metres_per_unit, to_plane

_OUTER: Memo[tuple[NDArray[np.int64], shapely.STRtree]] = Memo(limit=8)


def usable(network: RoadNetwork) -> NDArray[np.bool_]:
    """Return which roads (m) the network's vehicle may use in some direction."""
    mask: NDArray[np.bool_] = network.edge_forward | network.edge_backward
    return mask


def footing(
    network: RoadNetwork, lonlat: NDArray[np.float64], *, limit_m: float = SNAP_LIMIT_M
) -> Places:
    """Return the nearest usable road of points (p, 2; EPSG:4326), be it of the core or not.

    `edge` is -1 where none lies within `limit_m`.
    """
    if not len(lonlat):
        nothing = np.empty(0)
        return Places(np.empty(0, np.int64), nothing, np.empty((0, 2)), nothing)
    found = snap(network, lonlat[:, 0], lonlat[:, 1], limit_m=limit_m)
    edges, tree = _OUTER.of(network, None, lambda: _outer(network))
    if not len(edges):
        return found
    points = np.asarray(shapely.points(to_plane(lonlat)))
    # Only what beats the core's road is of interest.
    reach_m = np.minimum(found.access_m, limit_m)
    reach = float((2.0 * reach_m / metres_per_unit(lonlat[:, 1])).max())
    who, which = tree.query_nearest(points, max_distance=max(reach, 1e-12), all_matches=True)
    order = np.lexsort((which, who))
    who, first = np.unique(who[order], return_index=True)
    edge = edges[which[order][first]]
    fraction = shapely.line_locate_point(network.lines[edge], points[who], normalized=True)
    touched = shapely.line_interpolate_point(network.lines[edge], fraction, normalized=True)
    on_road = from_plane(shapely.get_coordinates(touched))
    access_m = distance_m(lonlat[who], on_road)
    nearer = (access_m < found.access_m[who]) & (access_m <= limit_m)
    who, edge = who[nearer], edge[nearer]
    found.edge[who], found.fraction[who] = edge, fraction[nearer]
    found.lonlat[who], found.access_m[who] = on_road[nearer], access_m[nearer]
    return found


def _outer(network: RoadNetwork) -> tuple[NDArray[np.int64], shapely.STRtree]:
    edges = np.flatnonzero(usable(network) & ~network.edge_core)
    return edges, shapely.STRtree(network.lines[edges])
