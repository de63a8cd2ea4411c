"""Which road somebody lives on: the nearest that a vehicle may use, reachable or not.

Searches offer the core alone (`places.snap`). Who asks who is cut off must not be told of the
nearest road that is not.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from analysis.roads.network import RoadNetwork
from analysis.roads.places import SNAP_LIMIT_M, Places
from analysis.roads.plane import distance_m, from_plane, metres_per_unit, to_plane
from analysis.roads.touch import touch


def usable(network: RoadNetwork) -> NDArray[np.bool_]:
    """Return which roads (m) the network's vehicle may use in some direction."""
    mask: NDArray[np.bool_] = network.edge_forward | network.edge_backward
    return mask


def footing(
    network: RoadNetwork,
    lonlat: NDArray[np.float64],
    *,
    among: NDArray[np.bool_] | None = None,
    limit_m: float = SNAP_LIMIT_M,
) -> Places:
    """Return the nearest road of points (p, 2; EPSG:4326), be it of the core or not.

    Parameters
    ----------
    among : array (m), optional
        Which roads are looked at; all that the vehicle may use but ferries, if left out.
    limit_m
        `edge` is -1 where no road lies within it.
    """
    if among is None:
        among = usable(network) & ~network.edge_ferry & (network.edge_length_m > 0.0)
    # Twice the limit on the plane, for the plane's scale changes on the way; cut exactly below.
    reach = 2.0 * limit_m / metres_per_unit(lonlat[:, 1])
    found = touch(network, to_plane(lonlat), among=among, reach=reach)
    on_road = np.where(found.edge[:, None] >= 0, from_plane(found.points), lonlat)
    access_m = np.where(found.edge >= 0, distance_m(lonlat, on_road), np.inf)
    too_far = access_m > limit_m
    found.edge[too_far], access_m[too_far] = -1, np.inf
    return Places(found.edge, found.fraction, on_road, access_m)
