"""The ring expressway and its way west: carriageways, ramps, and where they touch the ground."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import shapely
from shapely import LineString, Point, STRtree

from data_samples.city.network import Key, Link, piece
from data_samples.city.shape import Land
from data_samples.city.skeleton import Skeleton, Way

_HALF_GAP_M = 13.0
_TAPER_M = 330.0  # from the crossing to where a ramp leaves the carriageway
_LANDING_M = 130.0  # from the crossing to where a ramp should meet the frontage road
_APART_M = 1_100.0


def crossings_m(ring: LineString, ground: list[Link], land: Land) -> list[float]:
    """Return the distances along the ring where a main road passes under it, well apart."""
    main = [
        link.line for link in ground if link.way.road_class in ("trunk", "primary", "secondary")
    ]
    points = shapely.get_parts(shapely.intersection_all([ring, shapely.union_all(main)]))
    dry = [point for point in points if land.river.distance(point) > 250.0]
    at_m = sorted(float(ring.project(point)) for point in dry)
    kept: list[float] = []
    for value in at_m:
        wraps = bool(kept) and ring.length - value + kept[0] < _APART_M
        if (not kept or value - kept[-1] > _APART_M) and not wraps:
            kept.append(value)
    return kept


def _carriageway(ring: LineString, outward_m: float) -> LineString:
    """Return the ring moved outward: the outer one runs counter-clockwise, the inner clockwise."""
    exterior = shapely.Polygon(ring).buffer(outward_m).exterior
    wanted = outward_m > 0.0
    points = shapely.get_coordinates(exterior)
    return LineString(points if exterior.is_ccw == wanted else points[::-1])


class _Ground:
    """The junctions on the ground, to find where a ramp may land."""

    def __init__(self, links: list[Link]) -> None:
        self.keys = sorted({key for link in links for key in link.ends})
        self._tree = STRtree(shapely.points(np.array(self.keys)))

    def near(self, place: Point, *, within_m: float = 240.0) -> Key | None:
        index = self._tree.query_nearest(place, max_distance=within_m)
        return self.keys[int(index[0])] if len(index) else None


def _cut(line: LineString, at_m: dict[float, None], way: Way) -> list[Link]:
    """Cut a carriageway at the given distances; a closed one joins across its seam."""
    marks = sorted(at_m)
    links = [Link(piece(line, a, b), way) for a, b in pairwise(marks)]
    tail, head = piece(line, marks[-1], line.length), piece(line, 0.0, marks[0])
    seam = np.vstack([shapely.get_coordinates(tail), shapely.get_coordinates(head)[1:]])
    return [*links, Link(LineString(seam), way)]


def _ramp(from_: Point, to: Point, lead: Point) -> Link:
    """Return a one-way ramp from one point to another, bent towards `lead`."""
    bend = shapely.get_coordinates(shapely.points([[lead.x, lead.y]]))[0]
    first = shapely.get_coordinates(from_)[0]
    last = shapely.get_coordinates(to)[0]
    t = np.linspace(0.0, 1.0, 9)[:, None]
    curve = (1 - t) ** 2 * first + 2 * t * (1 - t) * bend + t**2 * last
    way = Way(LineString(curve), "motorway_link", "环城快速路匝道", oneway=True, flying=True)
    return Link(LineString(curve), way)


def _side(
    line: LineString, outward_m: float, at_m: list[float], ground: _Ground
) -> tuple[list[Link], dict[float, None]]:
    """Return a carriageway's ramps and the marks at which they leave and join it."""
    length_m = line.length
    marks: dict[float, None] = {}
    ramps: list[Link] = []
    for centre_m in at_m:
        for direction in (-1.0, 1.0):
            on_m = (centre_m + direction * _TAPER_M) % length_m
            foot = line.interpolate((centre_m + direction * _LANDING_M) % length_m)
            ahead = line.interpolate((centre_m + direction * (_LANDING_M - 5.0)) % length_m)
            normal = np.array([ahead.y - foot.y, foot.x - ahead.x])
            normal = normal / np.hypot(*normal) * outward_m * -direction
            key = ground.near(Point(foot.x + normal[0], foot.y + normal[1]))
            if key is None:
                continue
            mark = line.interpolate(on_m)
            marks[on_m] = None
            lead = line.interpolate((centre_m + direction * 0.75 * _TAPER_M) % length_m)
            leaves = direction < 0
            ramps.append(_ramp(mark, Point(key), lead) if leaves else _ramp(Point(key), mark, lead))
    return ramps, marks


def _motorway(name: str, name_en: str, *, bridge: bool = False) -> Way:
    return Way(LineString(), "motorway", name, name_en, oneway=True, bridge=bridge, flying=True)


def _west(
    centre: LineString, sides: tuple[LineString, LineString]
) -> tuple[list[Link], list[tuple[float, float]]]:
    """Return the expressway west with four ramps; and the marks on both carriageways."""
    way = _motorway("临沪高速", "Linhu Expressway")
    start = Point(shapely.get_coordinates(centre)[0])
    outbound = shapely.offset_curve(centre, -_HALF_GAP_M)
    inbound = shapely.reverse(shapely.offset_curve(centre, _HALF_GAP_M))
    links = [Link(outbound, way), Link(inbound, way)]
    marks: list[tuple[float, float]] = []
    for side in sides:
        here = side.project(start)
        leave, join, before, after = (
            (here + step_m) % side.length for step_m in (-420.0, 420.0, -120.0, 120.0)
        )
        marks.append((leave, join))
        first, last = outbound.interpolate(0.0), inbound.interpolate(inbound.length)
        links.append(_ramp(side.interpolate(leave), first, side.interpolate(before)))
        links.append(_ramp(last, side.interpolate(join), side.interpolate(after)))
    return links, marks


def make_expressways(skeleton: Skeleton, ground: list[Link], land: Land) -> list[Link]:
    """Return the ring's two carriageways, the expressway west and every ramp."""
    outer = _carriageway(skeleton.ring, _HALF_GAP_M)
    inner = _carriageway(skeleton.ring, -_HALF_GAP_M)
    junctions = _Ground(ground)
    west, west_marks = _west(skeleton.expressway, (outer, inner))
    links = list(west)
    at = crossings_m(skeleton.ring, ground, land)
    place = [skeleton.ring.interpolate(value) for value in at]
    gate = skeleton.expressway.interpolate(0.0)
    place = [point for point in place if point.distance(gate) > 900.0]
    for line, outward_m, taken in ((outer, 48.0, west_marks[0]), (inner, 48.0, west_marks[1])):
        centres = [line.project(point) for point in place]
        ramps, marks = _side(line, outward_m, centres, junctions)
        marks.update(dict.fromkeys(taken))
        links += ramps + _cut(line, marks, _motorway("环城快速路", "Ring Expressway"))
    return bridged(links, land)


def bridged(links: list[Link], land: Land) -> list[Link]:
    """Mark what crosses water as a bridge."""
    wet = shapely.union_all([land.river, land.lake, *(area for *_, area in land.canals)])
    shapely.prepare(wet)
    over = shapely.intersects(wet, np.array([link.line for link in links]))
    return [
        replace(link, way=replace(link.way, bridge=True)) if is_over else link
        for link, is_over in zip(links, over, strict=True)
    ]
