"""The ground line of one concentration around any cloud."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from analysis.hazard.physics.cloud import Array, Cloud

X_FIRST_M = 1.0  # the search for the extent starts here; the formulas diverge at the source
COARSE = 240  # distances tried first, by equal ratios: a step of 4 %
FINE = 48  # per round of refining; three rounds leave 1e-6 of the distance


@dataclass(frozen=True, kw_only=True)
class Isopleth:
    """The ground line of one concentration: half width y over downwind distance x, metres.

    `reach_m` is the far end, `cut` says that it was cut at the limit asked for. Empty arrays:
    the ground concentration never reaches the threshold.
    """

    x_m: Array
    half_width_m: Array
    reach_m: float
    cut: bool

    @property
    def area_m2(self) -> float:
        """The area within, both sides of the axis."""
        return 2.0 * float(np.trapezoid(self.half_width_m, self.x_m))


def isopleth(
    cloud: Cloud, threshold_kg_m3: float, *, limit_m: float | None = None, points: int = 161
) -> Isopleth:
    """Return the ground isopleth of a threshold by the highest concentration ever met.

    Parameters
    ----------
    threshold_kg_m3
        Concentration of the line.
    limit_m
        Cut here; never beyond the range of the cloud's model.
    points
        Number of distances, packed towards the two rounded ends.
    """
    limit = min(limit_m or math.inf, cloud.x_max_m)
    last, cut = _end(cloud, threshold_kg_m3, limit, +1.0)
    if last is None:
        return Isopleth(x_m=np.empty(0), half_width_m=np.empty(0), reach_m=0.0, cut=False)
    first, open_upwind = _start(cloud, threshold_kg_m3, limit)
    phase = np.linspace(0.0, math.pi, points)
    x = first + (last - first) * 0.5 * (1.0 - np.cos(phase))
    half = np.array(cloud.half_width_m(x, threshold_kg_m3), float)
    if not cut:
        half[-1] = 0.0
    return Isopleth(x_m=x, half_width_m=half, reach_m=last, cut=cut or open_upwind)


def _start(cloud: Cloud, threshold: float, limit: float) -> tuple[float, bool]:
    """Return where the line begins: upwind for a cloud that spreads there, else near the source."""
    if cloud.upwind_m > 0.0:
        behind, cut = _end(cloud, threshold, min(limit, cloud.upwind_m), -1.0)
        if behind is not None:
            return -behind, cut
    grid = _distances(limit)
    over = _over(cloud, threshold, grid, +1.0)
    at = int(np.argmax(over))
    if at == 0:
        return float(grid[0]), False
    return _refined(cloud, threshold, grid[at], grid[at - 1], +1.0), False


def _end(cloud: Cloud, threshold: float, limit: float, side: float) -> tuple[float | None, bool]:
    """Return the farthest distance over the threshold on a side and whether the limit cut it."""
    grid = _distances(limit)
    over = _over(cloud, threshold, grid, side)
    if not over.any():
        return None, False
    at = int(np.flatnonzero(over)[-1])
    if at == grid.size - 1:
        return float(limit), True
    return _refined(cloud, threshold, grid[at], grid[at + 1], side), False


def _refined(cloud: Cloud, threshold: float, over: float, under: float, side: float) -> float:
    """Return the crossing between a distance over the threshold and one under it."""
    for _ in range(3):
        grid = np.linspace(over, under, FINE)
        step = int(np.flatnonzero(_over(cloud, threshold, grid, side))[-1])
        over, under = float(grid[step]), float(grid[min(step + 1, FINE - 1)])
    return 0.5 * (over + under)


def _over(cloud: Cloud, threshold: float, distance: Array, side: float) -> Array:
    return np.asarray(cloud.peak(side * distance, np.zeros_like(distance)) >= threshold)


def _distances(limit: float) -> Array:
    return np.geomspace(min(X_FIRST_M, limit / 2.0), limit, COARSE)
