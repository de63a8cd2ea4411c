"""Heat that arrives: how much the air lets through, and how much of the fire a receiver sees."""

from __future__ import annotations

import math
from collections.abc import Callable

from scipy.optimize import brentq


def water_vapour_pressure_pa(*, humidity_pct: float, temperature_k: float) -> float:
    """Return the partial pressure of water: RH · exp(23.18986 − 3816.42 / (T − 46.13))."""
    return humidity_pct / 100.0 * math.exp(23.18986 - 3816.42 / (temperature_k - 46.13))


def transmissivity(rule: str, *, path_m: float, water_pa: float) -> float:
    """Return the share of heat that passes the air, 0 to 1, by a rule's name.

    "ccps": 2.02 (Pw x)^-0.09. "casal": in three ranges of Pw x (under 1e4, 1e5 Pa m).
    "order404": exp(−7e-4 x). "none": 1.
    """
    if rule == "none" or path_m <= 0.0:
        return 1.0
    if rule == "order404":
        return math.exp(-7e-4 * path_m)
    product = max(water_pa * path_m, 1e-9)
    if rule == "ccps":
        factor, power = 2.02, -0.09
    elif product < 1e4:
        factor, power = 1.53, -0.06
    elif product <= 1e5:
        factor, power = 2.02, -0.09
    else:
        factor, power = 2.85, -0.12
    return float(min(1.0, factor * product**power))


def sphere_view_factor(
    *, diameter_m: float, height_m: float, distance_m: float, vertical: bool
) -> float:
    """Return what a receiver on the ground sees of a ball with its centre at a height.

    `vertical`: a vertical receiver; else one that faces the ball.
    """
    squared = distance_m**2 + height_m**2
    facing = (diameter_m / 2.0) ** 2 / squared
    return min(1.0, facing * (distance_m / math.sqrt(squared)) if vertical else facing)


def cylinder_view_factor(*, diameter_m: float, height_m: float, distance_m: float) -> float:
    """Return the largest view factor of an upright cylinder from the ground.

    √(Fv² + Fh²) for a receiver at `distance_m` from the axis (SFPE Handbook, Mudan 1984).

    Raises
    ------
    ValueError
        The receiver is inside the cylinder.
    """
    vertical, horizontal = cylinder_view_factors(
        diameter_m=diameter_m, height_m=height_m, distance_m=distance_m
    )
    return min(1.0, math.hypot(vertical, horizontal))


def cylinder_view_factors(
    *, diameter_m: float, height_m: float, distance_m: float
) -> tuple[float, float]:
    """Return the view factors of a vertical and of a horizontal receiver at ground level."""
    s = 2.0 * distance_m / diameter_m
    if s <= 1.0:
        raise ValueError("the receiver is inside the flame")
    h = 2.0 * height_m / diameter_m
    a = (h * h + s * s + 1.0) / (2.0 * s)
    b = (1.0 + s * s) / (2.0 * s)
    root_a = math.sqrt(a * a - 1.0)
    root_b = math.sqrt(b * b - 1.0)
    rim = math.sqrt((s - 1.0) / (s + 1.0))
    side = math.atan(math.sqrt((a + 1.0) / (a - 1.0)) * rim)
    top = math.atan(math.sqrt((b + 1.0) / (b - 1.0)) * rim)
    vertical = (
        math.atan(h / math.sqrt(s * s - 1.0)) / s
        - h / s * math.atan(rim)
        + a * h / (s * root_a) * side
    ) / math.pi
    horizontal = ((b - 1.0 / s) / root_b * top - (a - 1.0 / s) / root_a * side) / math.pi
    return vertical, max(0.0, horizontal)


def reach_of(flux: Callable[[float], float], level: float, *, nearest_m: float, farthest_m: float) -> float | None:
    """Return how far a falling law of distance stays at or over a level; None if it never does."""
    if flux(nearest_m) < level:
        return None
    if flux(farthest_m) >= level:
        return farthest_m
    return float(brentq(lambda x: flux(x) - level, nearest_m, farthest_m, xtol=1e-4))

