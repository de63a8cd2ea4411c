"""The Gaussian plume in wind: steady, or released for a while and then over."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from scipy.special import erf

from analysis.hazard.physics.air.averaging import width_factor
from analysis.hazard.physics.bracket import passage
from analysis.hazard.physics.dose import load, moments, stretch
from analysis.hazard.physics.gaussian.curve import Array, Dispersion
from analysis.hazard.physics.gaussian.reflection import vertical_term

BEALS = {
    "A": (0.02, 1.22),
    "B": (0.02, 1.22),
    "C": (0.04, 1.14),
    "D": (0.04, 1.14),
    "E": (0.17, 0.97),
    "F": (0.17, 0.97),
}
"""σx = a x^b after Beals 1971, as ALOHA takes it."""

BEALS_CERTAINTY = "mem 85%"

EDGE = 8.0  # the front and the tail are over within 8 σx


@dataclass(frozen=True, kw_only=True)
class Plume:
    """A steady plume, a `Cloud`: source in kg/s, wind in m/s at its height, effective height in m.

    `mixing_height_m` is the lid of the mixing layer (None: no lid). `averaging_s` is the time over
    which σy averages the wind's meandering (None: the set's own).
    """

    release_kg_s: float
    wind_speed_m_s: float
    stability: str
    dispersion: Dispersion
    height_m: float = 0.0
    mixing_height_m: float | None = None
    averaging_s: float | None = None

    upwind_m: ClassVar[float] = 0.0

    @property
    def label(self) -> str:
        """The model and its set."""
        return f"gaussian_plume/{self.dispersion.name}"

    @property
    def x_min_m(self) -> float:
        """The shortest distance of the set."""
        return self.dispersion.x_min_m

    @property
    def x_max_m(self) -> float:
        """The longest distance of the set for this class."""
        return self.dispersion.farthest_m(self.stability)

    @property
    def speed_m_s(self) -> float:
        """How fast the front travels: with the wind."""
        return self.wind_speed_m_s

    def sigma_y_m(self, x_m: Array) -> Array:
        """Return σy for the averaging time, m."""
        factor = width_factor(self.dispersion, self.stability, self.averaging_s)
        return factor * self.dispersion.sigma_y[self.stability](x_m)

    def sigma_z_m(self, x_m: Array) -> Array:
        """Return σz, m."""
        return self.dispersion.sigma_z[self.stability](x_m)

    def concentration(self, x_m: Array, y_m: Array, z_m: Array | float) -> Array:
        """Return the concentration, kg/m³; zero upwind. Arrays broadcast together."""
        x, y, z = np.broadcast_arrays(
            np.asarray(x_m, float), np.asarray(y_m, float), np.asarray(z_m, float)
        )
        downwind = x > 0.0
        safe = np.where(downwind, x, 1.0)
        crosswind = np.exp(-(y**2) / (2.0 * self.sigma_y_m(safe) ** 2))
        return np.where(downwind, self.axis(safe, z) * crosswind, 0.0)

    def axis(self, x_m: Array, z_m: Array | float = 0.0) -> Array:
        """Return the concentration in the plume's plane of symmetry (y = 0), kg/m³."""
        x = np.asarray(x_m, float)
        sigma_z = self.sigma_z_m(x)
        strength = self.release_kg_s / (2.0 * math.pi * self.wind_speed_m_s)
        vertical = vertical_term(z_m, self.height_m, sigma_z, self.mixing_height_m)
        return np.asarray(strength / (self.sigma_y_m(x) * sigma_z) * vertical, float)

    def at(self, x_m: Array, y_m: Array, z_m: Array | float, time_s: float) -> Array:
        """Return the concentration behind the front, which has come as far as the wind."""
        arrived = np.asarray(x_m, float) <= self.wind_speed_m_s * time_s
        return np.where(arrived, self.concentration(x_m, y_m, z_m), 0.0)

    def peak(self, x_m: Array, y_m: Array, z_m: Array | float = 0.0) -> Array:
        """Return the concentration once the front has passed, kg/m³."""
        return self.concentration(x_m, y_m, z_m)

    def half_width_m(self, x_m: Array, threshold_kg_m3: float) -> Array:
        """Return y = σy √(2 ln(C(x, 0, 0)/c)), the exact inverse; 0 where C is under c."""
        x = np.asarray(x_m, float)
        safe = np.where(x > 0.0, x, 1.0)
        with np.errstate(divide="ignore"):
            ratio = np.log(self.axis(safe) / threshold_kg_m3)
        half = self.sigma_y_m(safe) * np.sqrt(2.0 * np.maximum(ratio, 0.0))
        return np.where(x > 0.0, half, 0.0)

    def passage_s(self, x_m: Array, threshold_kg_m3: float) -> tuple[Array, Array]:
        """Return when the front brings the threshold (NaN: never) and infinity: it goes on."""
        x = np.asarray(x_m, float)
        safe = np.where(x > 0.0, x, 1.0)
        reached = (x > 0.0) & (self.axis(safe) >= threshold_kg_m3)
        arrives = np.where(reached, safe / self.wind_speed_m_s, np.nan)
        return arrives, np.where(reached, np.inf, np.nan)


@dataclass(frozen=True, kw_only=True)
class FiniteRelease(Plume):
    """A plume that is released for `duration_s`, a `Cloud`.

    `along_wind` is how the ends spread along the wind: "sigma_y" takes σx = σy (or the set's own
    σx), "beals" the curves of ALOHA.
    """

    duration_s: float
    along_wind: str = "sigma_y"

    @property
    def label(self) -> str:
        """The model and its set."""
        return f"finite_release/{self.dispersion.name}"

    def sigma_x_m(self, x_m: Array) -> Array:
        """Return σx, m."""
        if self.along_wind == "beals":
            factor, exponent = BEALS[self.stability[-1]]
            return np.asarray(factor * x_m**exponent, float)
        own = self.dispersion.sigma_x
        return self.sigma_y_m(x_m) if own is None else own[self.stability](x_m)

    def share(self, x_m: Array, time_s: Array | float) -> Array:
        """Return which share of the steady plume stands at a distance at a moment, 0 to 1."""
        x = np.asarray(x_m, float)
        safe = np.where(x > 0.0, x, 1.0)
        time = np.asarray(time_s, float)
        width = math.sqrt(2.0) * self.sigma_x_m(safe)
        tail = self.wind_speed_m_s * np.maximum(time - self.duration_s, 0.0)
        front = self.wind_speed_m_s * np.maximum(time, 0.0)
        share = 0.5 * (erf((safe - tail) / width) - erf((safe - front) / width))
        return np.where(x > 0.0, share, 0.0)

    def highest_share(self, x_m: Array) -> Array:
        """Return the greatest share: when the middle of the release passes, or as it ends."""
        return self.share(x_m, self._time_at_top(np.asarray(x_m, float)))

    def at(self, x_m: Array, y_m: Array, z_m: Array | float, time_s: Array | float) -> Array:
        """Return the concentration at a moment, kg/m³."""
        return self.share(x_m, time_s) * self.concentration(x_m, y_m, z_m)

    def peak(self, x_m: Array, y_m: Array, z_m: Array | float = 0.0) -> Array:
        """Return the highest concentration that a place ever sees, kg/m³."""
        return self.highest_share(x_m) * self.concentration(x_m, y_m, z_m)

    def half_width_m(self, x_m: Array, threshold_kg_m3: float) -> Array:
        """Return the half width of a threshold's footprint, the exact inverse of `peak`."""
        x = np.asarray(x_m, float)
        safe = np.where(x > 0.0, x, 1.0)
        with np.errstate(divide="ignore"):
            ratio = np.log(self.highest_share(safe) * self.axis(safe) / threshold_kg_m3)
        half = self.sigma_y_m(safe) * np.sqrt(2.0 * np.maximum(ratio, 0.0))
        return np.where(x > 0.0, half, 0.0)

    def passage_s(self, x_m: Array, threshold_kg_m3: float) -> tuple[Array, Array]:
        """Return when a threshold arrives on the axis and when it has passed; NaN: never."""
        x = np.asarray(x_m, float)
        safe = np.where(x > 0.0, x, 1.0)
        axis = np.where(x > 0.0, self.axis(safe), 0.0)

        def excess(time: Array) -> Array:
            return np.asarray(axis * self.share(x, time) - threshold_kg_m3, float)

        return passage(excess, self._time_at_top(safe))

    def dose(self, x_m: Array, y_m: Array, z_m: Array | float = 0.0) -> Array:
        """Return ∫C dt over the whole passage, kg s/m³; exact."""
        x = np.asarray(x_m, float)
        safe = np.where(x > 0.0, x, 1.0)
        ahead = 0.5 * (1.0 + erf(safe / (math.sqrt(2.0) * self.sigma_x_m(safe))))
        return self.duration_s * ahead * self.concentration(x_m, y_m, z_m)

    def toxic_load(
        self, x_m: Array, y_m: Array, z_m: Array | float = 0.0, *, exponent: float
    ) -> Array:
        """Return ∫Cⁿ dt over the whole passage, (kg/m³)ⁿ s, sampled finely at both ends."""
        x, y, z = np.broadcast_arrays(
            np.asarray(x_m, float), np.asarray(y_m, float), np.asarray(z_m, float)
        )
        safe = np.where(x > 0.0, x, 1.0)
        edge = EDGE * self.sigma_x_m(safe) / self.wind_speed_m_s
        front = safe / self.wind_speed_m_s + edge * stretch(np.linspace(-1.0, 1.0, 160), x)
        time = moments(front, front + self.duration_s)
        return load(self.at(x, y, z, time), time, exponent=exponent)

    def _time_at_top(self, x: Array) -> Array:
        middle = x / self.wind_speed_m_s + 0.5 * self.duration_s
        return np.asarray(np.maximum(middle, self.duration_s), float)
