"""A cloud in calm air or light wind: puffs that grow with time, not with distance.

σx = σy = γ01 t and σz = γ02 t with γ by class and wind (HJ/T 2.2-93, taken
over by HJ/T 169-2004): they answer where a formula in 1/u cannot, from 0 to under 1.5 m/s, upwind
too. Both the puff and the release that lasts have closed forms; the steady one is the standard's.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from scipy.special import erfc

from analysis.hazard.model import Step
from analysis.hazard.physics.bracket import beyond, crossing, passage
from analysis.hazard.physics.dose import load, moments, stretch
from analysis.hazard.physics.gaussian.curve import CLASSES, Array

NAME = "hj_calm"
CALM_M_S = 0.5
LIGHT_M_S = 1.5
SOURCE = (
    "HJ/T 2.2-93, calm (U10 < 0.5 m/s) and light wind (0.5 to 1.5 m/s): σx = σy = γ01 t,"
    " σz = γ02 t, 30 min average; read in Artoko/myrisk Formula.vb"
)
GAMMA01 = {
    "calm": dict(zip(CLASSES, (0.93, 0.76, 0.55, 0.47, 0.44, 0.44), strict=True)),
    "light": dict(zip(CLASSES, (0.76, 0.56, 0.35, 0.27, 0.24, 0.24), strict=True)),
}
GAMMA02 = dict(zip(CLASSES, (1.57, 0.47, 0.21, 0.12, 0.07, 0.05), strict=True))
NEAR_M = 0.5  # at the very source all formulas diverge: nearer counts as this far
FLAT = 10  # rounds for the time of a peak, which is flat there
LATE = 2000.0  # ages, in those of the peak, by which a calm cloud has thinned out
FRONT = 3.0  # the front is where 3 σ has come
SEARCH = 26  # rounds of halving: 1e-8 of a width


def gammas(stability: str, wind_speed_m_s: float) -> tuple[float, float]:
    """Return γ01 and γ02, m/s, for a class and a wind."""
    band = "calm" if wind_speed_m_s < CALM_M_S else "light"
    return GAMMA01[band][stability], GAMMA02[stability]


@dataclass(frozen=True, kw_only=True)
class _Calm(ABC):
    """What the puff and the lasting release have in common."""

    wind_speed_m_s: float
    stability: str
    height_m: float = 0.0

    x_min_m: ClassVar[float] = 1.0
    x_max_m: ClassVar[float] = 10_000.0
    upwind_m: ClassVar[float] = 10_000.0

    @property
    def speed_m_s(self) -> float:
        """How fast the front travels: with the wind, and 3 σ beside."""
        return self.wind_speed_m_s + FRONT * gammas(self.stability, self.wind_speed_m_s)[0]

    def _terms(self, x: Array, y: Array, z: Array, image: float) -> tuple[Array, Array]:
        """Return a and b of exp(−a/2s² + b/s), s the puff's age, for the source or its image."""
        across, up = gammas(self.stability, self.wind_speed_m_s)
        level = (z + image * self.height_m) ** 2 / up**2
        radius = np.maximum(x**2 + y**2, NEAR_M**2)
        return radius / across**2 + level, x * self.wind_speed_m_s / across**2

    def _scale(self) -> float:
        """Return 1/((2π)^1.5 γ01² γ02)."""
        across, up = gammas(self.stability, self.wind_speed_m_s)
        return float(1.0 / ((2.0 * math.pi) ** 1.5 * across**2 * up))

    def _drift(self) -> float:
        """Return u²/2γ01², the part of the exponent that neither place nor age change."""
        across, _ = gammas(self.stability, self.wind_speed_m_s)
        return 0.5 * (self.wind_speed_m_s / across) ** 2

    @abstractmethod
    def peak(self, x_m: Array, y_m: Array, z_m: Array | float = 0.0) -> Array:
        """Return the highest concentration that a place ever sees, kg/m³."""

    @abstractmethod
    def at(self, x_m: Array, y_m: Array, z_m: Array | float, time_s: Array | float) -> Array:
        """Return the concentration at a moment, kg/m³."""

    def toxic_load(
        self, x_m: Array, y_m: Array, z_m: Array | float = 0.0, *, exponent: float
    ) -> Array:
        """Return ∫Cⁿ dt over the whole passage, (kg/m³)ⁿ s; with n = 1 the dose."""
        x, y, z = _flat(x_m, y_m, z_m)
        hump = _age_at_top(*self._terms(x, y, z, -1.0))
        growth = hump * stretch(np.geomspace(1e-3, LATE, 700), x)
        time = moments(*(growth + start for start in self._edges_s()))
        return load(self.at(x, y, z, time), time, exponent=exponent)

    def _edges_s(self) -> tuple[float, ...]:
        """Return when something begins or ends."""
        return (0.0,)

    def half_width_m(self, x_m: Array, threshold_kg_m3: float) -> Array:
        """Return the half width of a threshold by halving; 0 where the axis is under it."""
        x = np.asarray(x_m, float)
        zero = np.zeros_like(x)
        over = self.peak(x, zero) >= threshold_kg_m3

        def excess(y: Array) -> Array:
            return np.asarray(self.peak(x, y) - threshold_kg_m3, float)

        outside = beyond(excess, np.full_like(x, 10.0))
        return np.where(over, crossing(excess, zero, outside, rounds=SEARCH), 0.0)


def _flat(x_m: Array | float, y_m: Array | float, z_m: Array | float) -> tuple[Array, Array, Array]:
    x, y, z = np.broadcast_arrays(
        np.asarray(x_m, float), np.asarray(y_m, float), np.asarray(z_m, float)
    )
    return x, y, z


def _age_at_top(a: Array, b: Array) -> Array:
    """Return the age at which s⁻³ exp(−a/2s² + b/s) is highest: 3s² + bs − a = 0."""
    return np.asarray((np.sqrt(b**2 + 12.0 * a) - b) / 6.0, float)


@dataclass(frozen=True, kw_only=True)
class CalmPuff(_Calm):
    """A puff of so many kg in calm air, a `Cloud`."""

    mass_kg: float

    label: ClassVar[str] = f"gaussian_puff/{NAME}"

    def at(self, x_m: Array, y_m: Array, z_m: Array | float, time_s: Array | float) -> Array:
        """Return the concentration at a moment, kg/m³; zero before the release."""
        x, y, z = _flat(x_m, y_m, z_m)
        age = np.maximum(np.asarray(time_s, float), 1e-9)
        total = np.zeros(np.broadcast_shapes(x.shape, age.shape))
        for image in (-1.0, 1.0):
            a, b = self._terms(x, y, z, image)
            total = total + np.exp(-a / (2.0 * age**2) + b / age - self._drift())
        return np.where(
            np.asarray(time_s) > 0.0, self.mass_kg * self._scale() * total / age**3, 0.0
        )

    def peak(self, x_m: Array, y_m: Array, z_m: Array | float = 0.0) -> Array:
        """Return the highest concentration, exact at ground level."""
        x, y, z = _flat(x_m, y_m, z_m)
        return self.at(x, y, z, _age_at_top(*self._terms(x, y, z, -1.0)))

    def passage_s(self, x_m: Array, threshold_kg_m3: float) -> tuple[Array, Array]:
        """Return when a threshold arrives on the axis and when it has passed; NaN: never."""
        x = np.asarray(x_m, float)
        zero = np.zeros_like(x)
        middle = _age_at_top(*self._terms(x, zero, zero, -1.0))

        def excess(time: Array) -> Array:
            return np.asarray(self.at(x, zero, 0.0, time) - threshold_kg_m3, float)

        return passage(excess, middle)


@dataclass(frozen=True, kw_only=True)
class CalmRelease(_Calm):
    """A release that lasts in calm air, a `Cloud`; `duration_s` may be infinite."""

    release_kg_s: float
    duration_s: float = math.inf

    label: ClassVar[str] = f"finite_release/{NAME}"

    def at(self, x_m: Array, y_m: Array, z_m: Array | float, time_s: Array | float) -> Array:
        """Return the concentration at a moment, kg/m³: all puffs as old as the release allows."""
        x, y, z = _flat(x_m, y_m, z_m)
        time = np.asarray(time_s, float)
        oldest = np.maximum(time, 1e-9)
        ended = math.isfinite(self.duration_s)
        youngest = np.maximum(time - self.duration_s, 0.0) if ended else np.zeros_like(time)
        total = np.zeros(np.broadcast_shapes(x.shape, time.shape))
        for image in (-1.0, 1.0):
            a, b = self._terms(x, y, z, image)
            total = total + self._between(a, b, youngest, oldest)
        return np.where(time > 0.0, self.release_kg_s * self._scale() * total, 0.0)

    def steady(self, x_m: Array, y_m: Array, z_m: Array | float = 0.0) -> Array:
        """Return what a place comes to if the release never ends, kg/m³."""
        endless = CalmRelease(
            wind_speed_m_s=self.wind_speed_m_s,
            stability=self.stability,
            height_m=self.height_m,
            release_kg_s=self.release_kg_s,
        )
        return endless.at(x_m, y_m, z_m, np.asarray(np.inf))

    def peak(self, x_m: Array, y_m: Array, z_m: Array | float = 0.0) -> Array:
        """Return the highest concentration that a place ever sees, exact at ground level."""
        x, y, z = _flat(x_m, y_m, z_m)
        if math.isinf(self.duration_s):
            return self.steady(x, y, z)
        return self.at(x, y, z, self._time_at_top(x, y, z))

    def passage_s(self, x_m: Array, threshold_kg_m3: float) -> tuple[Array, Array]:
        """Return when a threshold arrives on the axis and when it has passed; NaN: never."""
        x = np.asarray(x_m, float)
        zero = np.zeros_like(x)

        def excess(time: Array) -> Array:
            return np.asarray(self.at(x, zero, 0.0, time) - threshold_kg_m3, float)

        if math.isfinite(self.duration_s):
            return passage(excess, self._time_at_top(x, zero, zero))
        ever = self.steady(x, zero) >= threshold_kg_m3
        late = beyond(lambda time: np.where(ever, -excess(time), -1.0), np.full_like(x, 1.0))
        arrives = crossing(excess, late, zero, rounds=SEARCH)
        return np.where(ever, arrives, np.nan), np.where(ever, np.inf, np.nan)

    def _edges_s(self) -> tuple[float, ...]:
        return (0.0, self.duration_s)

    def _between(self, a: Array, b: Array, youngest: Array, oldest: Array) -> Array:
        """Return ∫ s⁻³ exp(−a/2s² + b/s − drift) ds between two ages.

        With w = 1/s it is ∫ w exp(−a(w−m)²/2) dw, m = b/a, times exp(b²/2a − drift) ≤ 1.
        """
        m = b / a
        root = np.sqrt(a / 2.0)
        with np.errstate(divide="ignore"):
            low, high = root * (1.0 / oldest - m), root * (1.0 / youngest - m)
        steps = np.exp(-(low**2)) - np.exp(-(high**2))
        areas = m * np.sqrt(math.pi / (2.0 * a)) * (erfc(low) - erfc(high))
        whole = np.exp(0.5 * b**2 / a - self._drift()) * (steps / a + areas)
        return np.maximum(whole, 0.0)

    def _time_at_top(self, x: Array, y: Array, z: Array) -> Array:
        """Return the time of the peak: the youngest and the oldest puff then bring as much."""
        a, b = self._terms(x, y, z, -1.0)
        hump = _age_at_top(a, b)

        def log_of(age: Array) -> Array:
            safe = np.maximum(age, 1e-9)
            return np.asarray(-3.0 * np.log(safe) - a / (2.0 * safe**2) + b / safe, float)

        def excess(time: Array) -> Array:
            return np.asarray(log_of(time) - log_of(time - self.duration_s), float)

        first = np.maximum(self.duration_s, hump)
        return crossing(excess, first, hump + self.duration_s, rounds=FLAT)


def steps(puff: CalmPuff, time_s: float) -> tuple[Step, ...]:
    """Return the steps to the concentration on the ground under a calm puff's centre."""
    across, up = gammas(puff.stability, puff.wind_speed_m_s)
    centre = puff.wind_speed_m_s * time_s
    ground = float(puff.at(np.array(centre), np.array(0.0), 0.0, time_s))
    formula = "C = M/((2π)^1.5 σx σy σz) · 2 exp(−h²/(2 σz²))"
    return (
        Step(name="centre_m", equation="x = u t", value=centre, unit="m"),
        Step(name="gamma01_m_s", equation="γ01 of class and wind", value=across, unit="m/s"),
        Step(name="gamma02_m_s", equation="γ02 of class", value=up, unit="m/s"),
        Step(name="sigma_y_m", equation="σx = σy = γ01 t", value=across * time_s, unit="m"),
        Step(name="sigma_z_m", equation="σz = γ02 t", value=up * time_s, unit="m"),
        Step(name="centre_kg_m3", equation=formula, value=ground, unit="kg/m3"),
    )
