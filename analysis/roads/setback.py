"""Moving a control post back along its road, out of where the zone comes if the wind shifts."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from analysis.roads.approach import STAND_OFF_M, Gates
from analysis.roads.closures import Closures
from analysis.roads.network import RoadNetwork
from analysis.roads.places import piece
from analysis.roads.plane import from_plane, metres_per_unit, to_plane

FARTHEST_M = 3_000.0


def set_back(
    network: RoadNetwork, closed: Closures, found: Gates, swept: BaseGeometry
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Return where the posts of gates stand (g, 2; EPSG:4326), and which stand outside `swept`.

    A post goes back to the first point outside, along the one road by which traffic can come to
    its gate, no farther than `FARTHEST_M`. Where another road joins in before, it stays.
    """
    area = to_plane(swept)
    shapely.prepare(area)
    lonlat = found.lonlat.copy()
    points = to_plane(lonlat)
    clear = ~shapely.intersects_xy(area, points[:, 0], points[:, 1])
    for index in np.flatnonzero(~clear).tolist():
        outside = _outside(network, closed, found, index, area)
        if outside is not None:
            lonlat[index], clear[index] = outside, True
    return lonlat, clear


def _outside(
    network: RoadNetwork, closed: Closures, found: Gates, index: int, area: BaseGeometry
) -> NDArray[np.float64] | None:
    """Return the first point outside an area on the way back from a gate, or None."""
    metre = 1.0 / float(metres_per_unit(found.lonlat[index, 1]))
    gone_m = 0.0
    for line in _way_back(network, closed, found, index):
        free = [part for part in shapely.get_parts(line.difference(area)) if part.length > 0.0]
        starts = [line.project(shapely.Point(part.coords[0])) for part in free]
        if free:
            first = int(np.argmin(starts))
            # Beyond the line by the stand-off, or by half of what is free there.
            at = starts[first] + min(STAND_OFF_M * metre, free[first].length / 2.0)
            point = line.interpolate(at)
            if gone_m + at / metre > FARTHEST_M or area.intersects(point):
                return None
            place: NDArray[np.float64] = from_plane(shapely.get_coordinates(point))[0]
            return place
        gone_m += line.length / metre
        if gone_m > FARTHEST_M:
            return None
    return None


def _way_back(
    network: RoadNetwork, closed: Closures, found: Gates, index: int
) -> Iterator[BaseGeometry]:
    """Yield the lines from a gate against the traffic, until a second road joins in."""
    edge, node = int(found.edge[index]), int(found.node[index])
    tail, head = int(network.edge_tail[edge]), int(network.edge_head[edge])
    if tail == head:
        return  # a loop is entered from both ends
    begin = piece(network, edge, float(found.fraction[index]), 0.0 if node == tail else 1.0)
    if begin.length > 0.0:
        yield begin
    met = {edge}
    while True:
        edges, tails = _coming(network, closed, node, edge)
        if len(edges) != 1 or int(edges[0]) in met:
            return
        edge = int(edges[0])
        met.add(edge)
        line = network.shapes(np.array([edge]))[0]
        yield shapely.reverse(line) if int(network.edge_head[edge]) == node else line
        node = int(tails[0])


def _coming(
    network: RoadNetwork, closed: Closures, node: int, but: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the open roads, and their other ends, by which traffic comes to a node."""
    low, high = np.searchsorted(network.arc_head, [node, node + 1])
    arcs = np.arange(low, high)
    edges, tails = network.arc_edge[arcs], network.arc_tail[arcs]
    open_ways = ~closed.edges[edges] & (edges != but) & (tails != node)
    return edges[open_ways].astype(np.int64), tails[open_ways].astype(np.int64)
