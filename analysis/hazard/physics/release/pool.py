"""A pool that is fed, spreads and evaporates: a mass balance in steps that sums exactly."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
STEPS = 600
EVERY = 6  # steps between two rows of the course


@dataclass(frozen=True, kw_only=True)
class Ground:
    """How a pool may spread: `front` is the front's speed over √(2 g h), `inf` at once.

    `widest_m2` is a bund's area; `least_depth_m` what surface and tension hold back.
    """

    gravity: float
    least_depth_m: float
    front: float = 1.0
    widest_m2: float = math.inf
    start_radius_m: float = 0.0


@dataclass(frozen=True, kw_only=True)
class Evaporation:
    """What leaves a pool: kg/(m² s) by radius, and heat from fresh ground, kg/(m² s^½)."""

    flux: Callable[[float], float] | None = None
    conduction: float = 0.0


@dataclass(frozen=True, kw_only=True)
class Pool:
    """The course of a pool: arrays of one length; rates are means since the row before."""

    time_s: Array
    radius_m: Array
    depth_m: Array
    rate_kg_s: Array
    evaporated_kg: Array
    mass_kg: Array

    def table(self) -> dict[str, list[float]]:
        """Return the course as lists by name."""
        return {name: [float(each) for each in column] for name, column in vars(self).items()}


def pool_course(
    *,
    fed_kg: Callable[[Array], Array],
    density_kg_m3: float,
    ground: Ground,
    evaporation: Evaporation,
    until_s: float,
) -> Pool:
    """Return how a pool spreads and evaporates, in 101 rows, closer at the start.

    Parameters
    ----------
    fed_kg
        Mass fed since the start, of time in s; what it gives at 0 is there at once.
    until_s
        When to end.

    Notes
    -----
    dr/dt = c √(2 g h) (Shaw & Briscoe 1978; c = 1), until the least depth or the bund; on the way
    down the pool keeps its least depth and shrinks. Each ring of ground gives heat from the moment
    that it is wetted: conduction / √(time since). What evaporates in a step is never more than
    there is.
    """
    times = until_s * np.linspace(0.0, 1.0, STEPS + 1) ** 2
    fed = np.asarray(fed_kg(times), dtype=float)
    rings, ages = np.zeros(STEPS), _ages()
    conduction = 2.0 * evaporation.conduction * math.sqrt(until_s)
    spans, feeds = np.diff(times).tolist(), np.diff(fed).tolist()
    rows = np.zeros((STEPS + 1, 3))  # area, evaporated, mass
    mass, gone = float(fed[0]), 0.0
    widest = math.pi * ground.start_radius_m**2
    rows[0] = (_area(widest, mass / density_kg_m3, ground), 0.0, mass)
    for i in range(STEPS):
        dt, coming = spans[i], feeds[i]
        volume = (mass + coming) / density_kg_m3
        grown = _spread(max(widest, float(rows[i, 0])), volume, dt, ground)
        area = _area(grown, volume, ground)
        rings[i] = max(0.0, area - widest)
        widest = max(widest, area)
        wet = area / widest if widest > 0.0 else 0.0
        leaving = 0.0
        if conduction > 0.0:
            leaving = wet * conduction * float(rings[: i + 1] @ ages[i, : i + 1])
        if evaporation.flux is not None and area > 0.0:
            leaving += evaporation.flux(math.sqrt(area / math.pi)) * area * dt
        leaving = min(leaving, mass + coming)
        mass = max(0.0, mass + coming - leaving)  # rounding alone would make it less
        gone += leaving
        rows[i + 1] = (area, gone, mass)
    return _thinned(times, rows, density_kg_m3)


def _thinned(times: Array, rows: Array, density_kg_m3: float) -> Pool:
    """Return every sixth step; a rate is the mean since the row before."""
    kept, at = rows[::EVERY], times[::EVERY]
    areas, gone, mass = kept[:, 0], kept[:, 1], kept[:, 2]
    rates = np.append(0.0, np.diff(gone) / np.diff(at))
    depths = np.divide(mass / density_kg_m3, areas, out=np.zeros_like(areas), where=areas > 0)
    return Pool(
        time_s=at,
        radius_m=np.sqrt(areas / math.pi),
        depth_m=depths,
        rate_kg_s=rates,
        evaporated_kg=gone,
        mass_kg=mass,
    )


def _spread(area: float, volume: float, dt: float, ground: Ground) -> float:
    """Return the area after a step of a gravity current: dA/dt = 2π c √(2 g V/π)."""
    if math.isinf(ground.front):
        return math.inf
    growth = 2.0 * math.pi * ground.front * math.sqrt(2.0 * ground.gravity * volume / math.pi)
    return area + growth * dt


def _area(area: float, volume: float, ground: Ground) -> float:
    return min(area, ground.widest_m2, volume / ground.least_depth_m)


@lru_cache(maxsize=1)
def _ages() -> Array:
    """Return √(age) gained in each step by ground wetted in each, for a course of one second.

    Row: step; column: when the ground was wetted. The steps scale with the course, so that a
    course of T seconds takes √T of these.
    """
    times = np.linspace(0.0, 1.0, STEPS + 1) ** 2
    born = times[:-1]
    later, sooner = (np.sqrt(np.maximum(each[:, None] - born, 0.0)) for each in (times[1:], born))
    return np.asarray(later - sooner)
