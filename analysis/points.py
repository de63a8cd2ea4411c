"""Where the plan's own places go: staging, command, decontamination, triage, assembly.

All of them lie outside every zone, also if the wind shifts by 45 degrees, at road junctions that
vehicles can reach while the zones are closed.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import affinity
from shapely.geometry.base import BaseGeometry

from analysis.local import LocalPlane
from layers.errors import NoRouteError

WIND_SHIFT_DEG = 45.0
_STEP_DEG = 5.0
SEPARATION_M = 60.0
_TOLERANCE_M = 1.0


@dataclass(frozen=True)
class Role:
    """A place that an incident needs: how far outside the zone, at which angle from upwind."""

    name: str
    beyond_m: float
    from_upwind_deg: float


# Hot, warm and cold zone practice: decontamination at the edge, triage beside it, command and
# staging further upwind, people assemble to the side of the wind.
ROLES = (
    Role("decon", 80.0, 0.0),
    Role("triage", 200.0, 20.0),
    Role("command", 400.0, 0.0),
    Role("staging", 700.0, 10.0),
    Role("assembly", 600.0, 80.0),
)


def keep_out(zones: BaseGeometry, plane: LocalPlane, *, rotate: bool) -> BaseGeometry:
    """Return the zones swept by a wind shift of 45 degrees to either side, in plane metres.

    Parameters
    ----------
    zones
        Union of the zones, EPSG:4326.
    rotate
        False where no zone depends on the wind; the zones are then returned as they are.
    """
    here = plane.to_plane(zones)
    if not rotate:
        return here
    here = here.simplify(_TOLERANCE_M).buffer(_TOLERANCE_M)
    angles = np.arange(-WIND_SHIFT_DEG, WIND_SHIFT_DEG + _STEP_DEG / 2, _STEP_DEG)
    turned = [affinity.rotate(here, angle, origin=(0.0, 0.0)) for angle in angles]
    # The hull of two neighbours covers everything that the zone sweeps between them.
    swept = [
        shapely.union_all([first, second]).convex_hull
        for first, second in itertools.pairwise(turned)
    ]
    # A hull's chord cuts off the arc that the far end draws between two steps.
    reach_m = float(shapely.hausdorff_distance(here, shapely.Point(0, 0)))
    sagitta_m = reach_m * (1.0 - np.cos(np.radians(_STEP_DEG / 2)))
    return shapely.union_all([here, *swept]).buffer(sagitta_m)


def place(
    *,
    plane: LocalPlane,
    outside_of: BaseGeometry,
    lon: NDArray[np.float64],
    lat: NDArray[np.float64],
    upwind_deg: float,
    roles: Sequence[Role] = ROLES,
) -> list[dict[str, Any]]:
    """Choose a junction for each role; GeoJSON features with `role`, `beyond_m`, `bearing_deg`.

    Parameters
    ----------
    outside_of
        The area to stay out of, plane metres (see `keep_out`).
    lon, lat
        The junctions that can be used, degrees.
    upwind_deg
        Bearing from the incident to where the wind comes from; where the wind is unknown, to the
        approach.

    Raises
    ------
    NoRouteError
        `code="no_place_outside"`: no junction lies outside the zones.
    """
    x, y = plane.xy(lon, lat)
    shapely.prepare(outside_of)
    free = ~shapely.intersects_xy(outside_of, x, y)
    if not free.any():
        raise NoRouteError(
            "no road junction lies outside the zones; places cannot be chosen",
            code="no_place_outside",
        )
    x, y, lon, lat = x[free], y[free], lon[free], lat[free]
    near = np.argsort(np.hypot(x, y))[:6_000]
    x, y, lon, lat = x[near], y[near], lon[near], lat[near]
    # Ten metres are nothing to where a command post stands, and a tenth of the vertices.
    coarse = outside_of.simplify(10.0)
    beyond = np.asarray(shapely.distance(coarse, shapely.points(x, y)))
    bearing = np.degrees(np.arctan2(x, y)) % 360.0
    off_upwind = np.abs((bearing - upwind_deg + 180.0) % 360.0 - 180.0)
    taken: list[int] = []
    features: list[dict[str, Any]] = []
    for role in roles:
        cost = (
            np.abs(beyond - role.beyond_m) / max(role.beyond_m, 100.0)
            + np.abs(off_upwind - role.from_upwind_deg) / 60.0
        )
        for other in taken:
            cost[np.hypot(x - x[other], y - y[other]) < SEPARATION_M] = np.inf
        best = int(np.argmin(cost))
        taken.append(best)
        features.append(
            {
                "type": "Feature",
                "geometry": {"type": "Point", "coordinates": [float(lon[best]), float(lat[best])]},
                "properties": {
                    "role": role.name,
                    "beyond_m": round(float(beyond[best]), 1),
                    "bearing_deg": round(float(bearing[best]), 1),
                },
            }
        )
    return features
