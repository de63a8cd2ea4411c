"""A fire on the ground, ready to be asked for its heat anywhere round it."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from analysis.hazard.model import Step
from analysis.hazard.physics.reach import Array, reach_of, reaches_of

FARTHEST_M = 20_000.0
Field = Callable[[Array, Array], Array]
Parts = Callable[[Array, Array], dict[str, Array]]


@dataclass(frozen=True, kw_only=True)
class Fire:
    """A burning pool ready to be asked for its heat anywhere on the ground.

    x is downwind, y to the left, metres from the pool's middle; `diameter_m` is the pool's.
    `parts` gives what the heat at a place is the product of, for a sheet.
    """

    label: str
    diameter_m: float
    field: Field
    parts: Parts
    steps: tuple[Step, ...]
    values: dict[str, float]

    def flux_kw_m2(self, x_m: Array, y_m: Array) -> Array:
        """Return the heat, kW/m²; NaN in the flame."""
        x, y = np.broadcast_arrays(np.asarray(x_m, float), np.asarray(y_m, float))
        outside = np.hypot(x, y) > self.diameter_m / 2.0
        elsewhere = np.where(outside, x, self.diameter_m)  # a point source has no middle to ask
        return np.where(outside, self.field(elsewhere, np.where(outside, y, 0.0)), np.nan)

    def reach_m(self, level_kw_m2: float, bearing_deg: float = 0.0) -> float | None:
        """Return how far the heat is at least a level, `bearing_deg` off the wind; None: nowhere.

        In the flame the heat is taken as over every level.
        """
        turn = math.radians(bearing_deg)

        def law(distance: Array) -> Array:
            found = self.flux_kw_m2(distance * math.cos(turn), distance * math.sin(turn))
            return np.where(np.isnan(found), np.inf, found)

        nearest = self.diameter_m / 2.0 * 1.0001
        return reach_of(law, level_kw_m2, nearest_m=nearest, farthest_m=FARTHEST_M)

    def reaches_m(self, levels_kw_m2: Sequence[float]) -> list[float | None]:
        """Return how far downwind the heat is at least each level; None: nowhere."""

        def law(distance: Array) -> Array:
            found = self.flux_kw_m2(distance, np.zeros_like(distance))
            return np.where(np.isnan(found), np.inf, found)

        nearest = self.diameter_m / 2.0 * 1.0001
        return reaches_of(law, levels_kw_m2, nearest_m=nearest, farthest_m=FARTHEST_M)
