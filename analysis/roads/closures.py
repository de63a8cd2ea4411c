"""What closes roads, and the pieces of them that stay open."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from analysis.roads.network import RoadNetwork
from analysis.roads.plane import metres_per_unit, to_plane

PICKED_WITHIN_M = 30.0
BARRIER_M = 2.0


@dataclass(frozen=True, kw_only=True)
class Closure:
    """One thing that closes roads: a hazard zone, a barrier somebody plotted, a bridge, a flood.

    Every road that touches `area` (EPSG:4326) is closed in both directions; where `ways` names
    some, only those of them: what runs below a closed bridge stays open. A point closes the nearest
    road, at that place. `kind` is "zone", "barrier", "bridge", "flood", "works", "drawn" or
    "other"; `level` a zone's.
    """

    area: BaseGeometry
    kind: str = "drawn"
    id: str | None = None
    name: str | None = None
    level: str | None = None
    ways: frozenset[int] = frozenset()

    @property
    def wide(self) -> bool:
        """Whether it closes all that touches its area, and nobody is where it is."""
        return not self.ways and not isinstance(self.area, shapely.Point)


@dataclass(frozen=True)
class Closures:
    """Everything that is closed at once, on one network. `edges` (m) marks the closed roads.

    `area` (EPSG:4326) is where nobody is: the union of what closes every road that it touches.
    `plane` and `barred` (the index plane) are the union of all of it, which cuts the roads of
    `edges`: of a point, the two metres of road around it. `parts` pairs each closure with the roads
    that it closes.
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

    def bars(self, edge: NDArray[np.int64], lonlat: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Return which places on roads (p) are shut: none on a road below a closed bridge."""
        shut: NDArray[np.bool_] = (edge >= 0) & self.edges[edge]
        shut[shut] = self.holds(lonlat[shut])
        return shut

    def cost_s(self, network: RoadNetwork) -> NDArray[np.float64]:
        """Return the seconds along each arc, infinite where it is closed."""
        return np.where(self.edges[network.arc_edge], np.inf, network.arc_time_s)

    def met(self, edges: NDArray[np.int64]) -> tuple[Closure, ...]:
        """Return the closures that some roads run into, in the order in which they were given."""
        return tuple(closure for closure, shut in self.parts if np.isin(edges, shut).any())

    def around(self, network: RoadNetwork, lonlat: NDArray[np.float64]) -> NDArray[np.int64]:
        """Return the closed roads that touch the same connected area as some points (EPSG:4326).

        A zone here and a flood across the town are two areas: who comes to the one does not stop
        at the other.
        """
        points = shapely.points(to_plane(lonlat))
        pieces = shapely.get_parts(self.plane)
        held = [piece for piece in pieces if shapely.intersects(piece, points).any()]
        edges = np.flatnonzero(self.edges)
        touched = shapely.intersects(network.shapes(edges), shapely.union_all(held))
        return edges[touched]

    def holding(self, lonlat: NDArray[np.float64]) -> tuple[Closure, ...]:
        """Return the closures in whose area any of some points (p, 2; EPSG:4326) lies."""
        points = shapely.points(lonlat)
        return tuple(
            closure
            for closure, _ in self.parts
            if closure.wide and bool(shapely.intersects(closure.area, points).any())
        )


def closures(
    network: RoadNetwork, what: BaseGeometry | Sequence[Closure] | None
) -> Closures | None:
    """Return what an area (EPSG:4326) or a list of closures closes, or None for nothing.

    Notes
    -----
    A way is looked for by its number and near its place. On a network that numbers ways otherwise
    (a newer import, another source) a point closes the nearest road within `PICKED_WITHIN_M`, and
    an area all that it touches: rather a road too many than a broken bridge left open.
    """
    listed = [Closure(area=what)] if isinstance(what, BaseGeometry) else list(what or ())
    listed = [each for each in listed if not each.area.is_empty]
    if not listed:
        return None
    shut = [_shut(network, each) for each in listed]
    area = shapely.union_all([each.area for each in listed if each.wide])
    plane = shapely.union_all([bar for bar, _ in shut])
    shapely.prepare(plane)
    edges = np.zeros(len(network.edge_tail), np.bool_)
    for _, found in shut:
        edges[found] = True
    return Closures(
        area=area,
        plane=plane,
        edges=edges,
        barred=plane,
        parts=tuple((each, found) for each, (_, found) in zip(listed, shut, strict=True)),
    )


def _shut(network: RoadNetwork, closure: Closure) -> tuple[BaseGeometry, NDArray[np.int64]]:
    """Return what bars the roads, on the index plane, and which roads it bars."""
    if isinstance(closure.area, shapely.Point):
        return _at_point(network, closure.area, closure.ways)
    plane = to_plane(closure.area)
    touched = np.flatnonzero(network.crossing(plane))
    of_ways = touched[np.isin(network.edge_way[touched], list(closure.ways))]
    return plane, of_ways if len(of_ways) else touched


def _at_point(
    network: RoadNetwork, place: shapely.Point, ways: frozenset[int]
) -> tuple[BaseGeometry, NDArray[np.int64]]:
    """Return a disc on each road that a point means, and these roads."""
    metre = 1.0 / float(metres_per_unit(place.y))
    point = to_plane(place)
    near = np.flatnonzero(network.crossing(point.buffer(PICKED_WITHIN_M * metre)))
    if not len(near):
        return point.buffer(BARRIER_M * metre), near
    away = shapely.distance(network.shapes(near), point)
    meant = np.isin(network.edge_way[near], list(ways))
    order = np.argsort(away, kind="stable")
    if meant.any():
        order = order[meant[order]]
        _, first = np.unique(network.edge_way[near[order]], return_index=True)
        chosen = order[first]
    else:
        chosen = order[:1]
    lines = network.shapes(near[chosen])
    places = shapely.line_interpolate_point(lines, shapely.line_locate_point(lines, point))
    return shapely.union_all(shapely.buffer(places, BARRIER_M * metre)), near[chosen]
