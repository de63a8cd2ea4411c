"""Britter and McQuaid's puff as a cloud, with a Gaussian puff beyond its curves.

A disc that grows by its weight and drifts: R² = R0² + 1.2 t √(g0 V), its middle at 0.4 u t. What a
place sees within it is the level of the place's distance. The curves end at C/C0 = 0.001.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from analysis.hazard.physics.gaussian.curve import Array
from analysis.hazard.physics.heavy.britter_mcquaid import (
    Decay,
    Interpolation,
    puff_alpha,
    puff_decay,
)
from analysis.hazard.physics.heavy.virtual_source import VirtualSource, virtual_puff
from analysis.hazard.physics.heavy.young_cloud import DRIFT, OUTSIDE, RANGE_M, Beyond, Gas


@dataclass(frozen=True, kw_only=True, eq=False)
class BritterMcQuaidPuff:
    """An instantaneous release at the ground, a `Cloud`: `volume_m3` of the young cloud."""

    gas: Gas
    volume_m3: float
    wind_speed_m_s: float
    beyond: Beyond | None = None
    interpolation: Interpolation = "linear"
    limit_m: float = RANGE_M
    x_min_m: float = 0.0

    @property
    def label(self) -> str:
        """The model and, where there is one, the set that goes on."""
        tail = f"+{self.beyond.dispersion.name}" if self.beyond else ""
        return f"britter_mcquaid_puff{tail}"

    @property
    def alpha(self) -> float:
        """α = 0.5 log10(g0 V^⅓/u²)."""
        return puff_alpha(self.gas.reduced_m_s2, self.volume_m3, self.wind_speed_m_s)

    @property
    def scale_m(self) -> float:
        """V^⅓."""
        return float(np.cbrt(self.volume_m3))

    @property
    def first_radius_m(self) -> float:
        """R0 = (3 V/4π)^⅓."""
        return float(np.cbrt(3.0 * self.volume_m3 / (4.0 * math.pi)))

    @property
    def growth_m2_s(self) -> float:
        """How the square of the radius grows: 1.2 √(g0 V)."""
        return 1.2 * math.sqrt(self.gas.reduced_m_s2 * self.volume_m3)

    @property
    def upwind_m(self) -> float:
        """Just past the farthest that the growing and drifting disc comes upwind."""
        drift = DRIFT * self.wind_speed_m_s
        meeting = (self.growth_m2_s / (2.0 * drift)) ** 2  # R² where dR/dt is the drift
        at = max(0.0, (meeting - self.first_radius_m**2) / self.growth_m2_s)
        return OUTSIDE * max(self.first_radius_m, float(self.radius_m(at)) - drift * at)

    @property
    def x_max_m(self) -> float:
        """The limit asked for."""
        return self.limit_m

    @property
    def speed_m_s(self) -> float:
        """The drift and, early, the spread of the disc: how fast its front comes at 100 m."""
        return max(self.wind_speed_m_s, 100.0 / max(float(self.front_s(100.0)), 1.0))

    @cached_property
    def decay(self) -> Decay:
        """The curves at this α."""
        return puff_decay(self.alpha, self.interpolation)

    @property
    def curves_end_m(self) -> float:
        """Where C/C0 = 0.001."""
        return self.decay.far_x * self.scale_m

    @cached_property
    def tail(self) -> VirtualSource | None:
        """The Gaussian puff beyond the curves, by the distance of its middle."""
        if self.beyond is None:
            return None
        end = self.curves_end_m
        level = float(self.gas.fraction(np.array([self.decay.lowest]))[0])
        pure = self.gas.share * self.volume_m3 * self.gas.ambient_k / self.gas.temperature_k
        return virtual_puff(
            self.beyond.dispersion,
            self.beyond.stability,
            from_m=end,
            fraction=level,
            radius_m=float(self.radius_m(self.front_s(end))),
            volume_m3=pure,
        )

    def radius_m(self, time_s: Array | float) -> Array:
        """Return R = √(R0² + 1.2 t √(g0 V))."""
        return np.sqrt(self.first_radius_m**2 + self.growth_m2_s * np.maximum(time_s, 0.0))

    def front_s(self, x_m: Array | float) -> Array:
        """Return when the front, 0.4 u t + R(t), reaches distances; 0 within the first disc."""
        return self._meets(np.maximum(np.asarray(x_m, float), self.first_radius_m), -1.0)

    def back_s(self, x_m: Array | float) -> Array:
        """Return when the disc's back has left distances."""
        return self._meets(np.asarray(x_m, float), 1.0)

    def _meets(self, x: Array, side: float) -> Array:
        """Return a root of (x − d t)² = R0² + k t: the earlier for −1, the later for +1."""
        drift = DRIFT * self.wind_speed_m_s
        half = drift * x + 0.5 * self.growth_m2_s
        under = half**2 - drift**2 * (x**2 - self.first_radius_m**2)
        return np.asarray((half + side * np.sqrt(np.maximum(under, 0.0))) / drift**2)

    def level(self, x_m: Array) -> Array:
        """Return the volume fraction on the axis when the cloud is at distances."""
        x = np.asarray(x_m, float)
        near = self.gas.fraction(self.decay.at(x / self.scale_m))
        if self.tail is None:
            return near
        return np.where(x <= self.curves_end_m, near, self.tail.axis(x))

    def fraction_at(self, x_m: Array, y_m: Array, z_m: Array | float, time_s: float) -> Array:
        """Return the volume fraction at a moment: the level of the place within the disc."""
        x, y, z = np.broadcast_arrays(
            np.asarray(x_m, float), np.asarray(y_m, float), np.asarray(z_m, float)
        )
        radius = float(self.radius_m(time_s))
        away = np.hypot(x - DRIFT * self.wind_speed_m_s * time_s, y)
        level = self.level(x)
        near = (away <= radius) & (z >= 0.0) & (z <= self._top_m(level, radius))
        if self.tail is None:
            return np.where(near & (x <= self.limit_m), level, 0.0)
        passing = (time_s >= self.front_s(x)) & (time_s <= self.back_s(x))
        far = np.where(passing, self._tail_fraction(x, y, z), 0.0)
        inside = np.where(x <= self.curves_end_m, np.where(near, level, 0.0), far)
        return np.where(x <= self.limit_m, inside, 0.0)

    def at(self, x_m: Array, y_m: Array, z_m: Array | float, time_s: float) -> Array:
        """Return the concentration at a moment, kg/m³."""
        return self.gas.kg_m3 * self.fraction_at(x_m, y_m, z_m, time_s)

    def outline_m(self, x_m: Array) -> Array:
        """Return how far to the side the disc ever comes at distances: the widest chord.

        R² − (x − d t)² is greatest at d t = x + k/(2 d).
        """
        drift = DRIFT * self.wind_speed_m_s
        x = np.asarray(x_m, float)
        when = np.maximum((x + self.growth_m2_s / (2.0 * drift)) / drift, 0.0)
        chord = self.radius_m(when) ** 2 - (x - drift * when) ** 2
        return np.sqrt(np.maximum(chord, 0.0))

    def peak(self, x_m: Array, y_m: Array, z_m: Array | float = 0.0) -> Array:
        """Return the highest concentration: the place's level once the disc covers it, kg/m³."""
        x, y, z = np.broadcast_arrays(
            np.asarray(x_m, float), np.asarray(y_m, float), np.asarray(z_m, float)
        )
        level = self.level(x)
        aside = self.outline_m(x)
        near = (np.abs(y) <= aside) & (aside > 0.0) & (z >= 0.0)
        near &= z <= self._top_m(level, self.first_radius_m)
        found = np.where(near, level, 0.0)
        if self.tail is not None:
            found = np.where(x <= self.curves_end_m, found, self._tail_fraction(x, y, z))
        return np.where(x <= self.limit_m, self.gas.kg_m3 * found, 0.0)

    def half_width_m(self, x_m: Array, threshold_kg_m3: float) -> Array:
        """Return the outline where the level is at least the threshold; a Gaussian's beyond."""
        x = np.asarray(x_m, float)
        ratio = self.gas.kg_m3 * self.level(x) / threshold_kg_m3
        half = np.where((ratio >= 1.0) & (x <= self.limit_m), self.outline_m(x), 0.0)
        if self.tail is None:
            return half
        sigma_y = self.tail.width_m(x)
        far = sigma_y * np.sqrt(2.0 * np.log(np.maximum(ratio, 1.0)))
        return np.where(x <= self.curves_end_m, half, np.where(x <= self.limit_m, far, 0.0))

    def passage_s(self, x_m: Array, threshold_kg_m3: float) -> tuple[Array, Array]:
        """Return when the disc's front comes and when its back has gone."""
        x = np.asarray(x_m, float)
        level = self.gas.kg_m3 * self.level(x)
        reached = (level >= threshold_kg_m3) & (x <= self.limit_m) & (self.outline_m(x) > 0.0)
        came, gone = self.front_s(x), self.back_s(x)
        return np.where(reached, came, np.nan), np.where(reached, gone, np.nan)

    def _top_m(self, level: Array, radius_m: float) -> Array:
        """Return the disc's height from the balance: V / (π R² C/C0)."""
        return np.asarray(self.volume_m3 * self.gas.share / (math.pi * radius_m**2 * level))

    def _tail_fraction(self, x: Array, y: Array, z: Array) -> Array:
        if self.tail is None:
            return np.zeros_like(x)
        sigma_y = self.tail.width_m(x)
        return self.tail.axis(x, z) * np.exp(-(y**2) / (2.0 * sigma_y**2))
