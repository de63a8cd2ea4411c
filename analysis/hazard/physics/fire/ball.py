"""The fireball of a burst vessel: size, life, height and surface power, each by its name."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from analysis.hazard.physics.fire.transmission import Air
from analysis.hazard.physics.fire.view_factor import sphere_view_factor
from analysis.hazard.physics.reach import Array, reach_of

FARTHEST_M = 50_000.0


@dataclass(frozen=True, kw_only=True)
class Size:
    """D = a M^b, t = c M^d (or, from 30 t, `late`), H = share of D; symbols of the equation."""

    diameter: tuple[float, float]
    life: tuple[float, float]
    late_life: tuple[float, float] | None
    height_share: float
    words: tuple[str, str, str]


_THIRD = 1.0 / 3.0
LATE_KG = 30_000.0
SIZES: Mapping[str, Size] = {
    "ccps": Size(
        diameter=(5.8, _THIRD), life=(0.45, _THIRD), late_life=(2.6, 1.0 / 6.0),
        height_share=0.75,
        words=("D = 5.8 M^(1/3)", "t = 0.45 M^(1/3), 2.6 M^(1/6) from 30 t", "H = 0.75 D"),
    ),
    "tno": Size(
        diameter=(6.48, 0.325), life=(0.852, 0.26), late_life=None, height_share=1.0,
        words=("D = 2·3.24 M^0.325", "t = 0.852 M^0.26", "H = D"),
    ),
    "order404": Size(
        diameter=(5.33, 0.327), life=(0.92, 0.303), late_life=None, height_share=0.5,
        words=("D = 5.33 M^0.327", "t = 0.92 M^0.303", "H = D/2"),
    ),
    "ilo": Size(
        diameter=(5.8, _THIRD), life=(0.45, _THIRD), late_life=None, height_share=0.5,
        words=("D = 2·2.9 M^(1/3)", "t = 0.45 M^(1/3)", "H = D/2"),
    ),
    "greenberg_cramer": Size(
        diameter=(5.33, 0.327), life=(1.089, 0.327), late_life=None, height_share=0.5,
        words=("D = 2·2.665 M^0.327", "t = 1.089 M^0.327", "H = D/2"),
    ),
}  # fmt: skip


def size(name: str, mass_kg: float) -> tuple[float, float, float]:
    """Return diameter, m, life, s, and height of the centre, m, of a mass by a name of `SIZES`."""
    law = SIZES[name]
    life = law.late_life if law.late_life and mass_kg >= LATE_KG else law.life
    diameter = law.diameter[0] * mass_kg ** law.diameter[1]
    return diameter, life[0] * mass_kg ** life[1], law.height_share * diameter


@dataclass(frozen=True, kw_only=True)
class Ball:
    """A fireball: m, s, kW/m² at its surface; how its heat reaches the ground.

    `view` is "facing" or "vertical" (a receiver's position), "order404" or "china" (a published
    factor of its own, whatever the position: q = q0 R² r/(R² + r²)^1.5 for "china").
    """

    diameter_m: float
    duration_s: float
    height_m: float
    emissive_power_kw_m2: float
    air: Air
    view: str

    def view_factor(self, distance_m: Array | float) -> Array:
        """Return the share of the ball's surface power that arrives without the air."""
        x = np.asarray(distance_m, float)
        if self.view == "order404":
            lift = self.height_m / self.diameter_m + 0.5
            return np.asarray(lift / (4.0 * (lift**2 + (x / self.diameter_m) ** 2) ** 1.5))
        if self.view == "china":
            radius = self.diameter_m / 2.0
            return np.asarray(radius**2 * x / (radius**2 + x**2) ** 1.5)
        return sphere_view_factor(
            diameter_m=self.diameter_m,
            height_m=self.height_m,
            distance_m=x,
            vertical=self.view == "vertical",
        )

    def path_m(self, distance_m: Array | float) -> Array:
        """Return the way of the heat through the air, m."""
        x = np.asarray(distance_m, float)
        if self.view == "china":
            return np.asarray(x)
        return np.asarray(np.maximum(0.0, np.hypot(x, self.height_m) - self.diameter_m / 2.0))

    def flux_kw_m2(self, distance_m: Array | float) -> Array:
        """Return the heat at horizontal distances from the point under the ball."""
        passed = self.air.transmissivity(self.path_m(distance_m))
        return np.asarray(passed * self.view_factor(distance_m) * self.emissive_power_kw_m2)

    def dose_kj_m2(self, distance_m: Array | float) -> Array:
        """Return the heat received in the ball's life."""
        return np.asarray(self.flux_kw_m2(distance_m) * self.duration_s)

    def reach_m(
        self, *, dose_kj_m2: float | None = None, flux_kw_m2: float | None = None
    ) -> float | None:
        """Return how far a dose or a flux is reached; None where it nowhere is."""
        law = self.flux_kw_m2 if dose_kj_m2 is None else self.dose_kj_m2
        level = flux_kw_m2 if dose_kj_m2 is None else dose_kj_m2
        if level is None:
            return None
        return reach_of(law, level, nearest_m=0.1, farthest_m=FARTHEST_M)


def radiated_share_of_pressure(pressure_pa: float) -> float:
    """Return Roberts' radiated share, 0.27 P^0.32 with P in MPa (1981, Fire Safety J. 4:197)."""
    return float(0.27 * (pressure_pa / 1e6) ** 0.32)


def surface_power_kw_m2(*, heat_kj: float, diameter_m: float, duration_s: float) -> float:
    """Return radiated heat over the ball's surface and life: η M Hc/(π D² t)."""
    return heat_kj / (math.pi * diameter_m**2 * duration_s)
