"""How far one comes from a place, or to it, in so many minutes (等时圈): areas, and roads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from rasterio.features import shapes
from scipy import ndimage
from shapely.geometry.base import BaseGeometry

from analysis.roads.closures import Closure, Closures
from analysis.roads.network import RoadNetwork
from analysis.roads.pieces import cut, vertices
from analysis.roads.places import Place, snap_one
from analysis.roads.plane import from_plane, metres_per_unit, to_plane
from analysis.roads.route import way_in
from analysis.roads.spans import Direction, Spans, reached, spans
from analysis.roads.wayfrom import way_from

CELL_M = 50.0
SHORTEST = 1e-9
MOST_CELLS = 100_000
BESIDE_M = 150.0
MOST_POINTS = 200_000
"""Of the lines of one answer; a map of a province in small roads is no answer any more."""

Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class Reached:
    """What is reached within `minutes`: an area in EPSG:4326 and the length of its roads.

    `lines` are the roads themselves that are reached after `after_minutes`, cut where the time is
    up: the points of all of them (n, 2) and where each begins (k + 1); None if not asked for, or
    too many.
    """

    minutes: float
    after_minutes: float
    area: BaseGeometry
    road_length_m: float
    lines: tuple[NDArray[np.float64], NDArray[np.int64]] | None = None


@dataclass(frozen=True)
class Reach:
    """The answer: bands by time, the place on the road, what closes roads within reach.

    Where the place itself lies on a closed road nothing is reached: `nowhere`.
    `met` are the closures that one would run into in that time if nothing were closed, and
    `free_road_length_m` is what one would reach then. `too_many` lines were left out.
    """

    place: Place
    bands: tuple[Reached, ...]
    met: tuple[Closure, ...] = ()
    free_road_length_m: float | None = None
    too_many: bool = False
    nowhere: bool = False


def reach(
    network: RoadNetwork,
    lon: float,
    lat: float,
    *,
    minutes: Sequence[float] = (5.0, 10.0, 15.0, 30.0),
    direction: Direction = "from",
    closed: Closures | None = None,
    lines: bool = False,
) -> Reach:
    """Return what is reached by road within each of several times, shortest first.

    The area is drawn in cells of 50 m (larger where it would take more than 100,000): those that
    a reached road runs through, and those within 150 m whose nearest road is a reached one. So it
    bridges no river and fills no empty quarter, as a hull would.

    Raises
    ------
    NoRouteError
        The place has no road near it.
    """
    place = snap_one(network, lon, lat)
    limits_s = 60.0 * np.array(sorted(set(minutes)))
    found, node_s = _spans(network, place, direction, closed, float(limits_s[-1]))
    met: tuple[Closure, ...] = ()
    free_m = None
    if closed is not None and closed.edges.any():
        free, _ = _spans(network, place, direction, None, float(limits_s[-1]))
        met = closed.met(free.edge)
        free_m = _length_m(network, free, float(limits_s[-1]))
    nowhere = len(found.edge) == 0
    nothing: list[BaseGeometry] = [shapely.MultiPolygon()] * len(limits_s)
    areas = nothing if nowhere else _areas(network, place, found, node_s, limits_s, closed)
    drawn = _lines(network, found, limits_s) if lines else None
    before = [0.0, *limits_s.tolist()]
    return Reach(
        place=place,
        bands=tuple(
            Reached(
                minutes=limit_s / 60.0,
                after_minutes=before[band] / 60.0,
                area=areas[band],
                road_length_m=_length_m(network, found, limit_s),
                lines=drawn[band] if drawn else None,
            )
            for band, limit_s in enumerate(limits_s.tolist())
        ),
        met=met,
        free_road_length_m=free_m,
        too_many=lines and drawn is None,
        nowhere=nowhere,
    )


def _spans(
    network: RoadNetwork,
    place: Place,
    direction: Direction,
    closed: Closures | None,
    limit_s: float,
) -> tuple[Spans, NDArray[np.float64]]:
    """Return what is reached of each road, and when each node (n) is."""
    search = way_from if direction == "from" else way_in
    found = search(network, place, closed=closed, limit_s=limit_s).tree
    near = np.isfinite(found.time_s)
    touched = near[network.edge_tail] | near[network.edge_head]
    touched[place.edge] = True
    edges = np.flatnonzero(touched)
    each = spans(network, place, found.time_s, direction=direction, closed=closed, edges=edges)
    return reached(each), found.time_s


def _length_m(network: RoadNetwork, found: Spans, limit_s: float) -> float:
    from_low, from_high = found.within(limit_s)
    return float(found.length_m(network) @ (from_low + from_high))


def _lines(
    network: RoadNetwork, found: Spans, limits_s: NDArray[np.float64]
) -> list[tuple[NDArray[np.float64], NDArray[np.int64]]] | None:
    """Return the roads of each band, cut at its two times; None where they are too many."""
    points = int(np.diff(network.edge_offset)[found.edge].sum())
    if points > MOST_POINTS:
        return None
    drawn = []
    low = high = np.zeros(len(found.edge))
    for limit_s in limits_s.tolist():
        next_low, next_high = found.within(limit_s)
        whole = (low + high <= 0.0) & (next_low + next_high >= 1.0)
        begin = np.concatenate([low, 1.0 - next_high])
        end = np.concatenate([np.where(whole, 1.0, next_low), 1.0 - high])
        kept = np.flatnonzero(end - begin > SHORTEST)
        # What is reached from both ends in one band is one piece, not two.
        kept = kept[(kept < len(low)) | ~whole[kept % len(low)]]
        row = kept % len(low)
        width = (found.high - found.low)[row]
        first = found.low[row] + begin[kept] * width
        last = np.minimum(found.low[row] + end[kept] * width, 1.0)
        drawn.append(cut(network, found.edge[row], first, last))
        low, high = next_low, next_high
    return drawn


def _areas(
    network: RoadNetwork,
    place: Place,
    found: Spans,
    node_s: NDArray[np.float64],
    limits_s: NDArray[np.float64],
    closed: Closures | None,
) -> list[BaseGeometry]:
    """Return the area of each time, each within the next."""
    metre = 1.0 / float(metres_per_unit(place.lat))
    west, south, east, north = _box(network, place, found, float(limits_s[-1]), BESIDE_M * metre)
    side = max(CELL_M * metre, float(np.sqrt((east - west) * (north - south) / MOST_CELLS)))
    box = (west, south, east, north)
    sampled = [_samples(network, place, found, node_s, box, side)]
    for limit_s in limits_s.tolist():
        front, _ = _front(network, found, limit_s)
        sampled.append((front, np.full(len(front), limit_s)))
    points = np.vstack([xy for xy, _ in sampled])
    time_s = np.concatenate([times for _, times in sampled])
    corner = np.array([west, south]) - side
    shape = (int((north - south) / side) + 3, int((east - west) / side) + 3)
    column, row = np.floor((points - corner) / side).astype(np.int64).T
    soonest = np.full(shape, np.inf)
    on_road = np.zeros(shape, np.bool_)
    np.minimum.at(soonest, (row, column), time_s)
    on_road[row, column] = True
    away, nearest = ndimage.distance_transform_edt(~on_road, return_indices=True)
    band = np.searchsorted(limits_s, soonest[nearest[0], nearest[1]]).astype(np.int16)
    band[away * side > max(BESIDE_M * metre, 1.5 * side)] = len(limits_s)
    areas = []
    for index in range(len(limits_s)):
        area = shapely.transform(
            _polygons(band <= index), lambda cells: from_plane(corner + cells * side)
        )
        areas.append(area if closed is None else area.difference(closed.area))
    return areas


def _front(
    network: RoadNetwork, found: Spans, limit_s: float
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Return where the time is up (points on the index plane), and what is reached whole."""
    from_low, from_high = found.within(limit_s)
    whole = from_low + from_high >= 1.0
    part = np.flatnonzero(~whole & (from_low + from_high > 0.0))
    begin, width = found.low[part], (found.high - found.low)[part]
    ends = (begin + from_low[part] * width, found.high[part] - from_high[part] * width)
    lines, which = vertices(network, found.edge[part]), np.arange(len(part))
    return np.vstack([lines.at(which, share) for share in ends]), whole


def _box(network: RoadNetwork, place: Place, found: Spans, limit_s: float, margin: float) -> Box:
    """Return the box of what is reached in time, on the index plane, with a margin."""
    front, whole = _front(network, found, limit_s)
    # A shorter road bends no farther than the margin from its ends.
    bent = np.flatnonzero(whole & (found.length_m(network) > BESIDE_M))
    nodes = network.node_lonlat[network.edge_tail[found.edge[whole]]]
    corners = [[place.lon, place.lat], *_corners(nodes)]
    xy = np.vstack([front, vertices(network, found.edge[bent]).xy, to_plane(np.array(corners))])
    (west, south), (east, north) = _corners(xy)
    return west - margin, south - margin, east + margin, north + margin


def _corners(points: NDArray[np.float64]) -> list[list[float]]:
    """Return the two corners of the box of some points; nothing of none."""
    if not len(points):
        return []
    x, y = points.T
    return [[float(x.min()), float(y.min())], [float(x.max()), float(y.max())]]


def _within(points: NDArray[np.float64], box: Sequence[float]) -> NDArray[np.bool_]:
    """Return which points lie in a box."""
    x, y = points.T
    inside: NDArray[np.bool_] = (x >= box[0]) & (y >= box[1]) & (x <= box[2]) & (y <= box[3])
    return inside


def _samples(
    network: RoadNetwork,
    place: Place,
    found: Spans,
    node_s: NDArray[np.float64],
    box: Box,
    side: float,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return points (q, 2; index plane) of all roads in a box, and when each is reached.

    Of roads that are not reached too, infinite: they keep what lies beside them out.
    """
    nodes = _within(network.node_lonlat, from_plane(np.array([box[:2], box[2:]])).ravel().tolist())
    other = nodes[network.edge_tail] | nodes[network.edge_head]
    other[found.edge] = False
    edges = np.flatnonzero(other)
    never, ones = np.full(len(edges), np.inf), np.ones(len(edges))
    unreached = Spans(edges, np.zeros(len(edges)), ones, never, never, ones)
    metres = side * float(metres_per_unit(place.lat))
    inner = [_sampled(network, each, metres) for each in (found, unreached)]
    own = to_plane(np.array([[place.lon, place.lat]]))
    xy = np.vstack([to_plane(network.node_lonlat[nodes]), *(points for points, _ in inner), own])
    time_s = np.concatenate([node_s[nodes], *(times for _, times in inner), [0.0]])
    inside = _within(xy, box)
    return xy[inside], time_s[inside]


def _sampled(
    network: RoadNetwork, found: Spans, step_m: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return points (q, 2; index plane) between the ends of long stretches, and their times."""
    counts = np.floor(found.length_m(network) / step_m).astype(np.int64)
    long = np.flatnonzero(counts > 0)
    lines, counts = vertices(network, found.edge[long]), counts[long]
    line = np.repeat(np.arange(len(long)), counts)
    first = np.cumsum(counts) - counts
    share = (np.arange(len(line)) - first[line] + 1.0) / (counts[line] + 1.0)
    row = long[line]
    width = (found.high - found.low)[row]
    return lines.at(line, found.low[row] + share * width), found.time_s(row, share)


def _polygons(cells: NDArray[np.bool_]) -> BaseGeometry:
    """Return the outline of some cells, in cells."""
    found = [each["coordinates"] for each, _ in _outlines(cells)]
    rings = [np.array(ring) for polygon in found for ring in polygon]
    which = np.repeat(np.arange(len(rings)), [len(ring) for ring in rings])
    whose = np.repeat(np.arange(len(found)), [len(polygon) for polygon in found])
    made = np.asarray(shapely.linearrings(np.concatenate(rings), indices=which))
    return shapely.MultiPolygon(np.asarray(shapely.polygons(made, indices=whose)).tolist())


def _outlines(cells: NDArray[np.bool_]) -> Any:
    return shapes(cells.view(np.uint8), mask=cells, connectivity=4)
