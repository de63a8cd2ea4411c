"""Britter and McQuaid's plume as a cloud, with a Gaussian plume beyond its curves.

A top hat: one concentration within the outline, none outside. The curves end at C/C0 = 0.002; with
a `beyond` a Gaussian plume from a virtual source goes on, without one the ratio falls with the
square of distance, as the workbook's users continue it.
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
    plume_alpha,
    plume_decay,
)
from analysis.hazard.physics.heavy.virtual_source import VirtualSource, virtual_plume
from analysis.hazard.physics.heavy.young_cloud import DRIFT, OUTSIDE, RANGE_M, Beyond, Gas


@dataclass(frozen=True, kw_only=True, eq=False)
class BritterMcQuaidPlume:
    """A continuous release at the ground, a `Cloud`: `flow_m3_s` of the young cloud, wind at 10 m.

    `duration_s` None: it goes on.
    """

    gas: Gas
    flow_m3_s: float
    wind_speed_m_s: float
    duration_s: float | None = None
    beyond: Beyond | None = None
    interpolation: Interpolation = "linear"
    limit_m: float = RANGE_M
    x_min_m: float = 0.0

    @property
    def label(self) -> str:
        """The model and, where there is one, the set that goes on."""
        tail = f"+{self.beyond.dispersion.name}" if self.beyond else ""
        return f"britter_mcquaid_plume{tail}"

    @property
    def alpha(self) -> float:
        """α = 0.2 log10(g0² Q/u⁵)."""
        return plume_alpha(self.gas.reduced_m_s2, self.flow_m3_s, self.wind_speed_m_s)

    @property
    def scale_m(self) -> float:
        """D = √(Q/u)."""
        return math.sqrt(self.flow_m3_s / self.wind_speed_m_s)

    @property
    def buoyancy_m(self) -> float:
        """Length of buoyancy, lb = g0 Q/u³."""
        return self.gas.reduced_m_s2 * self.flow_m3_s / self.wind_speed_m_s**3

    @property
    def edge_m(self) -> float:
        """The upwind edge, Lu = D/2 + 2 lb."""
        return 0.5 * self.scale_m + 2.0 * self.buoyancy_m

    @property
    def upwind_m(self) -> float:
        """Just past the upwind edge: there is no cloud there."""
        return OUTSIDE * self.edge_m

    @property
    def x_max_m(self) -> float:
        """The limit asked for."""
        return self.limit_m

    @property
    def speed_m_s(self) -> float:
        """At most the wind at 10 m: the front comes no earlier."""
        return self.wind_speed_m_s

    @cached_property
    def decay(self) -> Decay:
        """The curves at this α."""
        return plume_decay(self.alpha, self.interpolation)

    @property
    def curves_end_m(self) -> float:
        """Where C/C0 = 0.002."""
        return self.decay.far_x * self.scale_m

    @cached_property
    def tail(self) -> VirtualSource | None:
        """The Gaussian plume beyond the curves."""
        if self.beyond is None:
            return None
        end = self.curves_end_m
        level = float(self.gas.fraction(np.array([self.decay.lowest]))[0])
        pure = self.gas.share * self.flow_m3_s * self.gas.ambient_k / self.gas.temperature_k
        return virtual_plume(
            self.beyond.dispersion,
            self.beyond.stability,
            from_m=end,
            fraction=level,
            half_width_m=float(self.outline_m(np.array([end]))[0]),
            release_m3_s=pure,
            wind_speed_m_s=self.wind_speed_m_s,
        )

    def outline_m(self, x_m: Array) -> Array:
        """Return the half width Lh = D + 8 lb + 2.5 (lb x²)^⅓; upwind it stays Lh0, then 0."""
        x = np.asarray(x_m, float)
        half = (
            self.scale_m
            + 8.0 * self.buoyancy_m
            + 2.5 * np.cbrt(self.buoyancy_m * np.maximum(x, 0.0) ** 2)
        )
        return np.asarray(np.where(x >= -self.edge_m, half, 0.0))

    def top_m(self, x_m: Array) -> Array:
        """Return the cloud's height from the balance, Lv = D²/(2 Lh C/C0)."""
        outline = np.maximum(self.outline_m(x_m), 1e-12)
        level = self.gas.fraction(self.decay.at(np.asarray(x_m) / self.scale_m)) / self.gas.share
        return np.asarray(self.scale_m**2 / (2.0 * outline * level))

    def fraction(self, x_m: Array, y_m: Array, z_m: Array | float = 0.0) -> Array:
        """Return the volume fraction of the substance, 0 outside the cloud."""
        x, y, z = np.broadcast_arrays(
            np.asarray(x_m, float), np.asarray(y_m, float), np.asarray(z_m, float)
        )
        level = self.gas.fraction(self.decay.at(x / self.scale_m))
        inside = (np.abs(y) <= self.outline_m(x)) & (z >= 0.0) & (z <= self.top_m(x))
        near = np.where(inside & (x >= -self.edge_m), level, 0.0)
        if self.tail is None:
            return np.where(x <= self.limit_m, near, 0.0)
        sigma_y = self.tail.width_m(x)
        far = self.tail.axis(x, z) * np.exp(-(y**2) / (2.0 * sigma_y**2))
        return np.where(x <= self.curves_end_m, near, np.where(x <= self.limit_m, far, 0.0))

    def peak(self, x_m: Array, y_m: Array, z_m: Array | float = 0.0) -> Array:
        """Return the concentration once the front has passed, kg/m³."""
        return self.gas.kg_m3 * self.fraction(x_m, y_m, z_m)

    def at(self, x_m: Array, y_m: Array, z_m: Array | float, time_s: float) -> Array:
        """Return the concentration at a moment, on the safe side of when it comes and goes."""
        first, last = self._stay(np.asarray(x_m, float))
        return np.where((time_s >= first) & (time_s <= last), self.peak(x_m, y_m, z_m), 0.0)

    def half_width_m(self, x_m: Array, threshold_kg_m3: float) -> Array:
        """Return the outline where the level is at least the threshold; a Gaussian's beyond."""
        x = np.asarray(x_m, float)
        level = self.peak(x, np.zeros_like(x))
        half = np.where(level >= threshold_kg_m3, self.outline_m(x), 0.0)
        if self.tail is None:
            return half
        sigma_y = self.tail.width_m(x)
        ratio = np.log(np.maximum(level, 1e-300) / threshold_kg_m3)
        far = sigma_y * np.sqrt(2.0 * np.maximum(ratio, 0.0))
        return np.where(x <= self.curves_end_m, half, far)

    def passage_s(self, x_m: Array, threshold_kg_m3: float) -> tuple[Array, Array]:
        """Return the earliest coming (with the wind) and the latest going (with 0.4 of it)."""
        x = np.asarray(x_m, float)
        reached = self.peak(x, np.zeros_like(x)) >= threshold_kg_m3
        first, last = self._stay(x)
        return np.where(reached, first, np.nan), np.where(reached, last, np.nan)

    def _stay(self, x: Array) -> tuple[Array, Array]:
        way = np.maximum(x, 0.0) / self.wind_speed_m_s
        lasts = math.inf if self.duration_s is None else self.duration_s
        return way, way / DRIFT + lasts
