"""What closes roads, and the pieces of them that stay open."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from analysis.roads.network import RoadNetwork
from analysis.roads.plane import to_plane


@dataclass(frozen=True, kw_only=True)
class Closure:
    """One thing that closes roads: a hazard zone, a barrier somebody plotted, a bridge, a flood.

    Every road that touches `area` (EPSG:4326) is closed in both directions; where `ways` names
    some, only those of them: what runs below a closed bridge stays open. `kind` is "zone",
    "barrier", "bridge", "flood", "works", "drawn" or "other"; `level` a zone's.
    """

    area: BaseGeometry
    kind: str = "drawn"
    id: str | None = None
    name: str | None = None
    level: str | None = None
    ways: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Closures:
    """Everything that is closed at once, on one network. `edges` (m) marks the closed roads.

    `area` and `plane` (the index plane) are where nobody is: the union of what closes every road
    that it touches. `barred` is the union of all of it, which cuts the roads of `edges`. `parts`
    pairs each closure with the roads that it closes.
    """

    area: BaseGeometry
    plane: BaseGeometry
    edges: NDArray[np.bool_]
    barred: BaseGeometry
    parts: tuple[tuple[Closure, NDArray[np.int64]], ...] = ()

    def holds(self, lonlat: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Return which points (p, 2; EPSG:4326) lie in the area or on its line."""
        points = to_plane(lonlat)
        inside: NDArray[np.bool_] = shapely.intersects_xy(self.plane, points[:, 0], points[:, 1])
        return inside

    def cost_s(self, network: RoadNetwork) -> NDArray[np.float64]:
        """Return the seconds along each arc, infinite where it is closed."""
        return np.where(self.edges[network.arc_edge], np.inf, network.arc_time_s)

    def met(self, edges: NDArray[np.int64]) -> tuple[Closure, ...]:
        """Return the closures that some roads run into, in the order in which they were given."""
        return tuple(closure for closure, shut in self.parts if np.isin(edges, shut).any())


def closures(
    network: RoadNetwork, what: BaseGeometry | Sequence[Closure] | None
) -> Closures | None:
    """Return what an area (EPSG:4326) or a list of closures closes, or None for nothing."""
    listed = [Closure(area=what)] if isinstance(what, BaseGeometry) else list(what or ())
    listed = [each for each in listed if not each.area.is_empty]
    if not listed:
        return None
    planes = [to_plane(each.area) for each in listed]
    touched = [network.crossing(plane) for plane in planes]
    for each, shut in zip(listed, touched, strict=True):
        if each.ways:
            shut &= np.isin(network.edge_way, list(each.ways))
    wide = [index for index, each in enumerate(listed) if not each.ways]
    plane = shapely.union_all([planes[index] for index in wide])
    barred = plane if len(wide) == len(listed) else shapely.union_all(planes)
    shapely.prepare([plane, barred])
    return Closures(
        area=shapely.union_all([listed[index].area for index in wide]),
        plane=plane,
        edges=np.logical_or.reduce(touched),
        barred=barred,
        parts=tuple(
            (each, np.flatnonzero(shut)) for each, shut in zip(listed, touched, strict=True)
        ),
    )
