"""Which road each position of a track was on, in which direction.

A position belongs to a road within its own accuracy that leads the way it was heading and may be
driven in that direction; of several, the nearest. What cannot be decided belongs to none: a speed
that is missing costs nothing, a speed of the wrong road misleads.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import shapely
from numpy.typing import NDArray

from analysis.roads.network import RoadNetwork
from analysis.roads.plane import metres_per_unit, to_plane
from analysis.tracking.movement import Movement
from layers.tracking.judgement import distance_m

REACH_M = (15.0, 50.0)  # [mem 60%] never less than a carriageway's width, never a street away
HEADING_DEG = 45.0
MOVED_M = 15.0
MOVING_M_S = 3.0
PROBE = 1e-3
CORRIDOR_M = 300.0  # two positions of a fast vehicle lie so far apart


@dataclass(frozen=True)
class Matched:
    """The road of each position (n): `edge` -1 where none, `ahead` along its drawing or against.

    `along_m` is how far from its beginning in that direction.
    """

    edge: NDArray[np.int64]
    ahead: NDArray[np.bool_]
    along_m: NDArray[np.float64]


@dataclass(frozen=True)
class Nearby:
    """The roads of a network along a track: their numbers (k), lines on the index plane, index."""

    network: RoadNetwork
    edges: NDArray[np.int64]
    lines: NDArray[np.object_]
    tree: shapely.STRtree

    @cached_property
    def at(self) -> dict[int, list[int]]:
        """The roads at each node, by their numbers in the network."""
        found: dict[int, list[int]] = defaultdict(list)
        ends = zip(
            self.edges.tolist(), self.network.edge_tail[self.edges].tolist(),
            self.network.edge_head[self.edges].tolist(), strict=True,
        )  # fmt: skip
        for edge, tail, head in ends:
            found[tail].append(edge)
            if head != tail:
                found[head].append(edge)
        return found


def nearby(network: RoadNetwork, lonlat: NDArray[np.float64]) -> Nearby:
    """Return the roads within 300 m of a track (n, 2): of a province's network a few thousand."""
    points = to_plane(lonlat)
    width = CORRIDOR_M / float(np.min(metres_per_unit(lonlat[:, 1])))
    line = shapely.LineString(points) if len(points) > 1 else shapely.Point(points[0])
    area = shapely.simplify(line, width / 10.0).buffer(width, quad_segs=2)
    edges = np.flatnonzero(network.crossing(area))
    lines = network.shapes(edges)
    return Nearby(network, edges, lines, shapely.STRtree(lines))


def matched(near: Nearby, moved: Movement) -> Matched:
    """Return the roads of a cleaned track's positions."""
    network = near.network
    track = moved.track
    count = len(track)
    found = Matched(np.full(count, -1, np.int64), np.zeros(count, np.bool_), np.full(count, np.nan))
    heading = _heading_deg(moved)
    which = np.flatnonzero(np.isfinite(heading))
    if not len(which):
        return found
    plane = to_plane(track.lonlat[which])
    scale = metres_per_unit(track.lonlat[which, 1])
    accuracy = np.nan_to_num(track.accuracy_m[which], nan=REACH_M[0])
    reach = np.clip(2.0 * accuracy, *REACH_M) / scale
    points = np.asarray(shapely.points(plane))
    who, found_line = near.tree.query(points, predicate="dwithin", distance=reach)
    edge, line, point = near.edges[found_line], near.lines[found_line], points[who]
    share = shapely.line_locate_point(line, point, normalized=True)
    bearing = _bearing_deg(line, share)
    apart_m = shapely.distance(line, point) * scale[who]
    off = np.abs((heading[which][who] - bearing + 180.0) % 360.0 - 180.0)
    ahead = network.edge_forward[edge] & (off <= HEADING_DEG)
    back = network.edge_backward[edge] & (off >= 180.0 - HEADING_DEG)
    usable = np.flatnonzero((ahead | back) & (network.edge_length_m[edge] > 0.0))
    order = usable[np.lexsort((edge[usable], apart_m[usable], who[usable]))]
    first = order[np.unique(who[order], return_index=True)[1]]
    at = which[who[first]]
    found.edge[at] = edge[first]
    found.ahead[at] = ahead[first]
    length_m = network.edge_length_m[edge[first]]
    found.along_m[at] = np.where(ahead[first], share[first], 1.0 - share[first]) * length_m
    _stay(found, moved, np.isfinite(heading))
    return found


def _stay(found: Matched, moved: Movement, heading: NDArray[np.bool_]) -> None:
    """Leave who stands where it was: a receiver that stands has no heading to choose a road by."""
    lonlat = moved.track.lonlat.tolist()
    for index in np.flatnonzero(~heading[1:]) + 1:
        before = index - 1
        if found.edge[before] < 0 or moved.leg[before] != "drive":
            continue
        if distance_m(*lonlat[before], *lonlat[index]) < MOVED_M:
            found.edge[index] = found.edge[before]
            found.ahead[index] = found.ahead[before]
            found.along_m[index] = found.along_m[before]


def _heading_deg(moved: Movement) -> NDArray[np.float64]:
    """Return where each position was heading: as reported while it moves, else as it moved."""
    track = moved.track
    heading = np.where(track.speed_m_s >= MOVING_M_S, track.heading_deg, np.nan)
    count = len(track)
    if count < 2:
        return heading
    before = np.maximum(np.arange(count) - 1, 0)
    after = np.minimum(np.arange(count) + 1, count - 1)
    broken = np.concatenate([[False], moved.leg != "drive", [False]])
    before = np.where(broken[:-1], np.arange(count), before)
    after = np.where(broken[1:], np.arange(count), after)
    step = to_plane(track.lonlat[after]) - to_plane(track.lonlat[before])
    moved_m = np.hypot(*step.T) * metres_per_unit(track.lonlat[:, 1])
    course = np.degrees(np.arctan2(step[:, 0], step[:, 1])) % 360.0
    course[moved_m < MOVED_M] = np.nan
    return np.where(np.isfinite(heading), heading, course)


def _bearing_deg(line: NDArray[np.object_], share: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the bearing of lines at shares of their length; the plane keeps angles."""
    low, high = np.clip(share - PROBE, 0.0, 1.0), np.clip(share + PROBE, 0.0, 1.0)
    begin = shapely.get_coordinates(shapely.line_interpolate_point(line, low, normalized=True))
    end = shapely.get_coordinates(shapely.line_interpolate_point(line, high, normalized=True))
    step = end - begin
    bearing: NDArray[np.float64] = np.degrees(np.arctan2(step[:, 0], step[:, 1])) % 360.0
    return bearing
