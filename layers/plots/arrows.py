"""Arrows from control points: straight, curved, attack (箭头、曲线箭头、进攻箭头).

A spine from tail to tip, two edges beside it, a head. The curved spine is the centripetal
Catmull-Rom spline through the control points (Barry and Goldman 1988, doi:10.1145/54852.378511;
centripetal: Yuksel et al. 2011, doi:10.1016/j.cad.2010.08.008), which neither loops nor leaves its
points. The proportions of the attack arrow's head are those of plot_ol (MIT); those of the others
are ours.

All is done in the plane that touches the ellipsoid at the points' middle latitude: an arrow is a
sign and not a measure, and the plane needs no solver where it is drawn again. Rings run
anticlockwise and are unrolled as those of `layers.plots.circles`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from layers.plots.circles import Position, closed, unrolled
from layers.plots.refusal import refused

SPINE_SAMPLES = 64
LEAST_A_SEGMENT = 8
A_M, E2 = 6378137.0, 0.0066943799901413165
"""WGS 84: the equator's radius and the first eccentricity, squared."""

HEAD_LENGTH, HEAD_HALF, SHAFT_HALF = 0.2, 0.08, 0.03
"""Of the straight and the curved arrow, as shares of the spine's length."""

ATTACK_HEAD, ATTACK_HEAD_OF_TAIL = 0.18, 0.8
ATTACK_HEAD_HALF, ATTACK_NECK_HALF = 0.3, 0.15
"""Of the attack arrow: its head as a share of the spine, at most of the tail; then of its head."""

GRID_DEG = 1e-9
NECK = 0.85
"""Where the shaft meets the head, as a share of the head's length behind the tip."""

BEND = 0.9
"""An edge keeps this share of the bend's radius from its spine, so that it seldom folds."""

Plane = NDArray[np.float64]


@dataclass(frozen=True)
class _Tangent:
    """The plane of some positions: metres east and north of the first one's meridian."""

    lon: float
    lat: float
    east_m: float
    north_m: float

    @classmethod
    def of(cls, control: Sequence[Position]) -> _Tangent:
        lats = [position[1] for position in control]
        lat = (min(lats) + max(lats)) / 2
        w = math.sqrt(1.0 - E2 * math.sin(math.radians(lat)) ** 2)
        east = math.radians(A_M / w * math.cos(math.radians(lat)))
        north = math.radians(A_M * (1.0 - E2) / w**3)
        return cls(control[0][0], lat, east, north)

    def plane(self, control: Sequence[Position]) -> Plane:
        given = np.asarray(control, dtype=np.float64)
        lon = unrolled(given[:, 0], about=self.lon)
        return np.column_stack(
            [(lon - self.lon) * self.east_m, (given[:, 1] - self.lat) * self.north_m]
        )

    def lonlat(self, points: Plane) -> Plane:
        return np.column_stack(
            [self.lon + points[:, 0] / self.east_m, self.lat + points[:, 1] / self.north_m]
        )


@dataclass(frozen=True)
class _Head:
    """Metres: tip to barbs, half the barbs' distance, tip to neck."""

    length_m: float
    half_m: float
    neck_m: float


def arrow(control: Sequence[Position]) -> Plane:
    """Return the closed ring of a straight arrow from tail to tip (two positions)."""
    return _shaft(control, curved=False)


def curved_arrow(control: Sequence[Position]) -> Plane:
    """Return the closed ring of an arrow whose spine runs through three positions or more."""
    return _shaft(control, curved=True)


def attack_arrow(control: Sequence[Position]) -> Plane:
    """Return the closed ring of an attack arrow: both ends of its tail, then its spine to the tip.

    The spine begins in the middle of the tail. Its edges begin at the tail's ends and near the
    spine evenly towards the neck.
    """
    tangent = _Tangent.of(control)
    points = tangent.plane(control)
    middle = (points[0] + points[1]) / 2
    spine = _spine(np.vstack([middle, points[2:]]))
    along, length_m = _lengths(spine)
    tail_m = float(np.hypot(*(points[1] - points[0])))
    head_m = min(ATTACK_HEAD * length_m, ATTACK_HEAD_OF_TAIL * tail_m)
    head = _Head(head_m, ATTACK_HEAD_HALF * head_m, NECK * head_m)
    spine, along = _until(spine, along, length_m - head.neck_m)
    heading = _headings(spine)
    share = (along / along[-1])[:, None]
    neck = ATTACK_NECK_HALF * head_m * _left(heading)
    sides = []
    first = points[0] - middle
    for end in sorted((first, -first), key=lambda each: _cross(each, heading[0])):
        # The tail's end in the frame of the spine's first step, turned with the spine.
        forth, aside = float(end @ heading[0]), float(end @ _left(heading[:1])[0])
        carried = forth * heading + aside * _left(heading)
        edge = (1.0 - share) * carried + share * neck * math.copysign(1.0, aside)
        edge[1:] *= _bounded(edge, spine)[1:, None]
        sides.append(spine + edge)
    left, right = sides
    return tangent.lonlat(_outline(left, right, spine, points[-1], head))


def overlaid(ring: Plane) -> BaseGeometry:
    """Return an arrow that crosses itself as one shape: its segments and its head, laid together.

    A spine that turns back on itself makes such a ring, in lon and lat like any other.
    """
    side = (len(ring) - 4) // 2
    right, head, left = ring[:side], ring[side - 1 : side + 4], ring[side + 3 : -1][::-1]
    pieces = [
        shapely.MultiPoint(np.vstack([left[n : n + 2], right[n : n + 2]])).convex_hull
        for n in range(side - 1)
    ]
    pieces.append(shapely.Polygon(head).convex_hull)
    # On the grid of stored positions: rounded afterwards, a hole could lose its width.
    return shapely.union_all(
        [piece for piece in pieces if piece.geom_type == "Polygon"], grid_size=GRID_DEG
    )


def _shaft(control: Sequence[Position], *, curved: bool) -> Plane:
    tangent = _Tangent.of(control)
    points = tangent.plane(control)
    spine = _spine(points) if curved else points
    along, length_m = _lengths(spine)
    head = _Head(HEAD_LENGTH * length_m, HEAD_HALF * length_m, NECK * HEAD_LENGTH * length_m)
    spine, _ = _until(spine, along, length_m - head.neck_m)
    edge = SHAFT_HALF * length_m * _left(_headings(spine))
    edge *= _bounded(edge, spine)[:, None]
    ring = _outline(spine + edge, spine - edge, spine, points[-1], head)
    return tangent.lonlat(ring)


def _outline(left: Plane, right: Plane, spine: Plane, tip: Plane, head: _Head) -> Plane:
    """Return the ring: up the right edge, over the head, down the left edge."""
    ahead = tip - spine[-1]
    ahead = ahead / np.hypot(*ahead)
    base = tip - head.length_m * ahead
    barb = head.half_m * _left(ahead[None])[0]
    return closed(np.vstack([right, base - barb, tip, base + barb, left[::-1]]))


def _spine(points: Plane) -> Plane:
    """Return samples of the centripetal Catmull-Rom spline through some points."""
    _lengths(points)
    if len(points) == 2:
        share = np.linspace(0.0, 1.0, SPINE_SAMPLES + 1)[:, None]
        straight: Plane = points[0] + share * (points[1] - points[0])
        return straight
    framed = np.vstack([2 * points[0] - points[1], points, 2 * points[-1] - points[-2]])
    # Square roots of the distances (centripetal) are the knots.
    knots = np.concatenate([[0.0], np.cumsum(np.sqrt(np.hypot(*np.diff(framed, axis=0).T)))])
    segments = len(points) - 1
    steps = max(LEAST_A_SEGMENT, math.ceil(SPINE_SAMPLES / segments))
    parts = [points[:1]]
    for n in range(segments):
        t = np.linspace(knots[n + 1], knots[n + 2], steps + 1)[1:, None]
        parts.append(_pyramid(framed[n : n + 4], knots[n : n + 4], t))
    return np.vstack(parts)


def _pyramid(p: Plane, k: Plane, t: Plane) -> Plane:
    """Return the spline between the middle two of four points (Barry and Goldman's recursion)."""
    a = [((k[i + 1] - t) * p[i] + (t - k[i]) * p[i + 1]) / (k[i + 1] - k[i]) for i in range(3)]
    b = [((k[i + 2] - t) * a[i] + (t - k[i]) * a[i + 1]) / (k[i + 2] - k[i]) for i in range(2)]
    between: Plane = ((k[2] - t) * b[0] + (t - k[1]) * b[1]) / (k[2] - k[1])
    return between


def _lengths(spine: Plane) -> tuple[Plane, float]:
    """Return how far along the spine each of its points lies, and its length in metres."""
    steps = np.hypot(*np.diff(spine, axis=0).T)
    if not (steps > 0.0).all():
        raise refused("plot_flat", "two control points are in one place", field="control",
                      got="one place twice", wanted="control points apart")  # fmt: skip
    along = np.concatenate([[0.0], np.cumsum(steps)])
    return along, float(along[-1])


def _until(spine: Plane, along: Plane, end_m: float) -> tuple[Plane, Plane]:
    """Return the spine as far as a distance along it, with a point there."""
    keep = int(np.searchsorted(along, end_m, side="left"))
    share = (end_m - along[keep - 1]) / (along[keep] - along[keep - 1])
    last = spine[keep - 1] + share * (spine[keep] - spine[keep - 1])
    return np.vstack([spine[:keep], last]), np.append(along[:keep], end_m)


def _headings(spine: Plane) -> Plane:
    """Return the unit direction at each point: from the one before to the one after.

    Where the spine turns back on the spot those two are one place: there the way to it counts.
    """
    steps = np.vstack([spine[1] - spine[0], spine[2:] - spine[:-2], spine[-1] - spine[-2]])
    back = np.flatnonzero((steps == 0.0).all(axis=1))
    steps[back] = spine[back] - spine[back - 1]
    unit: Plane = steps / np.hypot(*steps.T)[:, None]
    return unit


def _left(heading: Plane) -> Plane:
    return np.column_stack([-heading[:, 1], heading[:, 0]])


def _cross(first: Plane, second: Plane) -> float:
    return float(first[0] * second[1] - first[1] * second[0])


def _bounded(edge: Plane, spine: Plane) -> Plane:
    """Return the share of each offset that keeps within the bend there, 1 where it is straight."""
    share = np.ones(len(spine))
    if len(spine) > 2:
        a, b = spine[1:-1] - spine[:-2], spine[2:] - spine[1:-1]
        bend = np.abs(a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0])
        product = np.hypot(*a.T) * np.hypot(*b.T) * np.hypot(*(a + b).T)
        offset = np.hypot(*edge[1:-1].T)
        # The circle through three points has the radius abc / (2 |a x b|).
        share[1:-1] = np.minimum(1.0, BEND * product / np.maximum(2.0 * bend * offset, 1e-100))
        share[0], share[-1] = share[1], share[-2]
    return share
