"""Heat that arrives: how much the air lets through, and how much of the fire a receiver sees."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from scipy.optimize import brentq

from layers.errors import OutOfRangeError


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


def cylinder_view_factor(
    *, diameter_m: float, length_m: float, distance_m: float, tilt_rad: float = 0.0
) -> float:
    """Return the largest view factor of a flame from the ground, whichever way one faces.

    √(Fv² + Fh²) for a receiver downwind at `distance_m` from the middle of the pool.
    """
    vertical, horizontal = cylinder_view_factors(
        diameter_m=diameter_m, length_m=length_m, distance_m=distance_m, tilt_rad=tilt_rad
    )
    return min(1.0, math.hypot(vertical, horizontal))


def cylinder_view_factors(
    *, diameter_m: float, length_m: float, distance_m: float, tilt_rad: float = 0.0
) -> tuple[float, float]:
    """Return the view factors of a vertical and of a horizontal receiver at ground level.

    The flame is an oblique cylinder on a round pool, tilted towards the receiver (Mudan 1984,
    SFPE Handbook).

    Raises
    ------
    OutOfRangeError
        The receiver stands in the pool.
    """
    a, b = 2.0 * length_m / diameter_m, 2.0 * distance_m / diameter_m
    if b <= 1.0:
        raise OutOfRangeError(
            f"distance: got {distance_m:g} m, wanted more than {diameter_m / 2.0:g} m",
            field="distance_m",
            got=distance_m,
            wanted=f"> {diameter_m / 2.0:g} m",
        )
    sine, cosine = math.sin(tilt_rad), math.cos(tilt_rad)
    ahead = b - a * sine
    if abs(ahead) < 1e-9:  # right under the tip: the limit from outside
        ahead = 1e-9
    far = math.sqrt(a * a + (b + 1.0) ** 2 - 2.0 * a * (b + 1.0) * sine)
    near = math.sqrt(a * a + (b - 1.0) ** 2 - 2.0 * a * (b - 1.0) * sine)
    rim = math.sqrt((b - 1.0) / (b + 1.0))
    root = math.sqrt(b * b - 1.0)
    across = math.sqrt(1.0 + (b * b - 1.0) * cosine**2)
    lean = a * cosine / ahead
    wall = math.atan(far * rim / near)
    edge = math.atan((a * b - root**2 * sine) / (root * across)) + math.atan(root * sine / across)
    vertical = (
        -lean * math.atan(rim)
        + lean * (a * a + (b + 1.0) ** 2 - 2.0 * b * (1.0 + a * sine)) / (far * near) * wall
        + cosine / across * edge
    ) / math.pi
    horizontal = (
        math.atan(1.0 / rim)
        + sine / across * edge
        - (a * a + (b + 1.0) ** 2 - 2.0 * (b + 1.0 + a * b * sine)) / (far * near) * wall
    ) / math.pi
    return vertical, max(0.0, horizontal)


def reach_of(
    law: Callable[[float], float], level: float, *, nearest_m: float, farthest_m: float
) -> float | None:
    """Return the farthest distance at which a law is at least a level; None if it never is."""
    grid = [float(x) for x in np.geomspace(max(nearest_m, 1e-3), farthest_m, 80)]
    over = [x for x in grid if law(x) >= level]
    if not over:
        return None
    last = grid.index(over[-1])
    if last == len(grid) - 1:
        return farthest_m
    return float(brentq(lambda x: law(x) - level, grid[last], grid[last + 1], xtol=1e-4))
