"""How far the wind may turn, and what a cloud would cover that turns with it.

ALOHA draws a line round its threat zone within which the cloud stays 19 times out of 20; the
angles here are 1.96 standard deviations of the wind's direction.
"""

from __future__ import annotations

import itertools
import math

import numpy as np
import shapely
from shapely import affinity
from shapely.geometry import GeometryCollection, Point
from shapely.geometry.base import BaseGeometry

from analysis.local import Array
from analysis.scenario import Message, Scenario
from analysis.zones.ledger import Ledger

DIRECTION_SD_DEG = {"A": 25.0, "B": 20.0, "C": 15.0, "D": 10.0, "E": 5.0, "F": 2.5}
"""Middle of the range of σθ for each Pasquill class."""

MEANDER_M_S = 0.5
"""Crosswind speed of the slow meander of a stable night, of which σθ = 0.5 m/s over the wind."""

CONFIDENCE = 1.96
SOURCE = (
    "sigma-theta by class: EPA-454/R-99-005 table 6-8a; meander: Hanna 1983, J. Climate Appl. "
    "Meteor. 22, 1424, sigma-v 0.5 m/s [mem 85%]"
)
_STEP_DEG = 6.0


def half_angle_deg(scenario: Scenario, stability: str, ledger: Ledger) -> float:
    """Return the angle to either side within which the wind stays 19 times out of 20, degrees.

    As reported; else 1.96 σθ, where σθ is the greater of what the stability class is known by
    and of the meander that a weak wind has at any class.
    """
    speed = scenario.weather.wind_speed_m_s or 0.0
    taken = ledger.take(
        "weather.wind_from_uncertainty_deg",
        scenario.weather.wind_from_uncertainty_deg,
        default=round(by_class_deg(stability, speed), 1),
        unit="deg",
        source=SOURCE,
        reason=Message(
            code="hazard.why_wind_uncertainty",
            params={"stability": stability, "wind_speed_m_s": speed},
        ),
    )
    return float(taken)


def by_class_deg(stability: str, wind_speed_m_s: float) -> float:
    """Return 1.96 σθ of a class in a wind, at most 180 degrees."""
    meander = math.degrees(MEANDER_M_S / max(wind_speed_m_s, 1e-3))
    return min(CONFIDENCE * max(DIRECTION_SD_DEG[stability], meander), 180.0)


def swept(area: BaseGeometry, half_angle_deg: float) -> BaseGeometry:
    """Return all that an area in local metres covers when it turns about its source.

    Parameters
    ----------
    area
        Local metres, the source at the origin.
    half_angle_deg
        To either side; from 180 degrees on, the disc out to the area's farthest point.
    """
    reach = float(shapely.hausdorff_distance(area, Point(0.0, 0.0)))
    if half_angle_deg >= 180.0:
        return Point(0.0, 0.0).buffer(reach, quad_segs=32)
    steps = max(2, 1 + math.ceil(2.0 * half_angle_deg / _STEP_DEG))
    angles = np.linspace(-half_angle_deg, half_angle_deg, steps)
    return shapely.union_all([_swept_part(part, angles) for part in shapely.get_parts(area)])


def _swept_part(part: BaseGeometry, angles_deg: Array) -> BaseGeometry:
    turned = [affinity.rotate(part, float(angle), origin=(0.0, 0.0)) for angle in angles_deg]
    # The hull of two neighbours covers what the part sweeps between them; its chord at the far
    # end cuts off little more than a part in a thousand of the reach.
    pairs = [GeometryCollection(pair) for pair in itertools.pairwise(turned)]
    return shapely.union_all(shapely.convex_hull(pairs))
