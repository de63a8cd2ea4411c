"""Shapes about a centre on the ellipsoid (WGS 84): circle, sector, rectangle.

Every vertex is the answer of a geodesic problem (Karney 2013, doi:10.1007/s00190-012-0578-z), so a
screen, an export and a print that solve the same problem draw the same line. Rings run
anticlockwise (RFC 7946, 3.1.6) and are unrolled: a longitude may leave -180..180 where a shape lies
across it; `layers.plots.construction` cuts it there.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from pyproj import Geod

from layers.plots.refusal import refused

GEOD = Geod(ellps="WGS84")
RING_POINTS = 128
"""Vertices of a full circle: the chord leaves the arc by r(1 - cos(pi/128)), 0.03 % of r."""

RADIUS_MAX_M = 1_000_000.0
_FLAT_DEG = 1e-6

Position = Sequence[float]
Line = NDArray[np.float64]


def circle(centre: Position, radius_m: float) -> Line:
    """Return the closed ring of points at one geodesic distance of a centre, from north on."""
    _check_pole(centre, radius_m)
    bearings = -360.0 * np.arange(RING_POINTS) / RING_POINTS
    return closed(_around(centre, bearings, radius_m))


def sector(centre: Position, radius_m: float, from_deg: float, to_deg: float) -> Line:
    """Return the closed ring of a sector, clockwise from one bearing to the other.

    Bearings are degrees from north; the ring begins at the centre and follows the arc back from
    `to_deg` to `from_deg`.
    """
    _check_pole(centre, radius_m)
    span = (to_deg - from_deg) % 360.0
    if span == 0.0:
        raise refused("plot_flat", "the sector has no width", field="to_deg", got=to_deg,
                      wanted="another bearing than from_deg")  # fmt: skip
    steps = max(2, math.ceil(span / 360.0 * RING_POINTS))
    bearings = from_deg + span * (1.0 - np.arange(steps + 1) / steps)
    return closed(np.vstack([[centre[0], centre[1]], _around(centre, bearings, radius_m)]))


def rectangle(corner: Position, opposite: Position, rotation_deg: float) -> Line:
    """Return the closed ring of the rectangle over a diagonal, from `corner` on.

    Two sides have the bearing `rotation_deg` at the diagonal's middle, two stand square on it: the
    other corners are those of the diagonal, mirrored at that bearing.
    """
    bearing, _, length_m = GEOD.inv(corner[0], corner[1], opposite[0], opposite[1])
    off = (bearing - rotation_deg) % 90.0
    if length_m == 0.0 or min(off, 90.0 - off) < _FLAT_DEG:
        raise refused("plot_flat", "the corners make a rectangle without width", field="control",
                      got=f"{corner}, {opposite}", wanted="a diagonal")  # fmt: skip
    if length_m / 2 > RADIUS_MAX_M:
        raise refused("plot_radius", f"the diagonal has {length_m:.0f} m", field="control",
                      got=round(length_m), wanted=2 * RADIUS_MAX_M)  # fmt: skip
    lon, lat, _ = GEOD.fwd(corner[0], corner[1], bearing, length_m / 2)
    middle = (lon, lat)
    _check_pole(middle, length_m / 2)
    outward, _, _ = GEOD.inv(lon, lat, corner[0], corner[1])
    mirrored = 2.0 * rotation_deg - outward
    # Anticlockwise is by falling bearing, the given corner first.
    bearings = sorted(
        (outward, mirrored, outward + 180.0, mirrored + 180.0),
        key=lambda each: (outward - each) % 360.0,
    )
    return closed(_around(middle, np.array(bearings), length_m / 2))


def closed(ring: Line) -> Line:
    """Return a ring with its first position at its end."""
    return np.vstack([ring, ring[:1]])


def unrolled(lon: NDArray[np.float64], *, about: float) -> NDArray[np.float64]:
    """Return longitudes less than half the world away from one, beyond 180 where need be."""
    turned: NDArray[np.float64] = about + ((lon - about + 180.0) % 360.0 - 180.0)
    return turned


def _around(centre: Position, bearings: NDArray[np.float64], radius_m: float) -> Line:
    count = len(bearings)
    lon, lat, _ = GEOD.fwd(
        np.full(count, centre[0]), np.full(count, centre[1]), bearings, np.full(count, radius_m)
    )
    return np.column_stack([unrolled(np.asarray(lon), about=centre[0]), lat])


def _check_pole(centre: Position, radius_m: float) -> None:
    for pole in (90.0, -90.0):
        if GEOD.inv(centre[0], centre[1], centre[0], pole)[2] <= radius_m:
            raise refused("plot_pole", "the shape holds a pole of the Earth", field="control",
                          got=f"{centre[0]}, {centre[1]}", wanted="a shape without a pole"
                          )  # fmt: skip
