"""What an area closes: the roads that touch it, and the pieces of them that stay open."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from analysis.roads.network import RoadNetwork
from analysis.roads.plane import to_plane


@dataclass(frozen=True)
class Closures:
    """An area nobody drives through. `plane` is the area on the index plane; `edges` (m) closed."""

    area: BaseGeometry
    plane: BaseGeometry
    edges: NDArray[np.bool_]

    def holds(self, lonlat: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Return which points (p, 2; EPSG:4326) lie in the area or on its line."""
        points = to_plane(lonlat)
        inside: NDArray[np.bool_] = shapely.intersects_xy(self.plane, points[:, 0], points[:, 1])
        return inside

    def cost_s(self, network: RoadNetwork) -> NDArray[np.float64]:
        """Return the seconds along each arc, infinite where it is closed."""
        return np.where(self.edges[network.arc_edge], np.inf, network.arc_time_s)


def closures(network: RoadNetwork, area: BaseGeometry | None) -> Closures | None:
    """Return what an area (EPSG:4326) closes, or None for no area."""
    if area is None or area.is_empty:
        return None
    plane = to_plane(area)
    shapely.prepare(plane)
    return Closures(area, plane, network.crossing(plane))
