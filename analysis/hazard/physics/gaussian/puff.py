"""The Gaussian puff in wind: released at once, carried, growing with the way it has come."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from analysis.hazard.physics.bracket import passage, top
from analysis.hazard.physics.dose import load, moments, stretch
from analysis.hazard.physics.gaussian.curve import Array, Dispersion
from analysis.hazard.physics.gaussian.reflection import vertical_term
from analysis.hazard.physics.gaussian.sigma import CCPS_PUFF

PASSING = 8.0  # a puff has passed when its centre is so many σ beyond, twice that as it grows
BEHIND, AHEAD = 2.0, 12.0  # where a place's peak lies: the puff's centre, in σ from the place


@dataclass(frozen=True, kw_only=True)
class Puff:
    """A puff of so many kg that the wind carries, a `Cloud`; wind in m/s at its height."""

    mass_kg: float
    wind_speed_m_s: float
    stability: str
    dispersion: Dispersion = CCPS_PUFF
    height_m: float = 0.0
    mixing_height_m: float | None = None

    upwind_m: ClassVar[float] = 0.0

    @property
    def label(self) -> str:
        """The model and its set."""
        return f"gaussian_puff/{self.dispersion.name}"

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
        """How fast the puff travels: with the wind."""
        return self.wind_speed_m_s

    def sigmas_m(self, centre_m: Array) -> tuple[Array, Array, Array]:
        """Return σx, σy, σz of the puff when its centre has come so far, m."""
        sigma_y = self.dispersion.sigma_y[self.stability](centre_m)
        sigma_z = self.dispersion.sigma_z[self.stability](centre_m)
        own = self.dispersion.sigma_x
        return sigma_y if own is None else own[self.stability](centre_m), sigma_y, sigma_z

    def at(self, x_m: Array, y_m: Array, z_m: Array | float, time_s: Array | float) -> Array:
        """Return the concentration at a moment, kg/m³; zero before the release."""
        travelled = self.wind_speed_m_s * np.asarray(time_s, float)
        found = self._when_at(np.maximum(travelled, 1e-9), x_m, y_m, z_m)
        return np.where(travelled > 0.0, found, 0.0)

    def peak(self, x_m: Array, y_m: Array, z_m: Array | float = 0.0) -> Array:
        """Return the highest concentration that a place ever sees, kg/m³; zero upwind."""
        x, y = np.broadcast_arrays(np.asarray(x_m, float), np.asarray(y_m, float))
        safe = np.where(x > 0.0, x, 1.0)
        centre = self._centre_at_top(safe, y, z_m)
        return np.where(x > 0.0, self._when_at(centre, safe, y, z_m), 0.0)

    def half_width_m(self, x_m: Array, threshold_kg_m3: float) -> Array:
        """Return the half width of a threshold: the widest of the discs that pass a distance.

        At a centre c the line is the ellipse y² = σy² (2 ln(C(c)/threshold) − (x−c)²/σx²).
        """
        x = np.asarray(x_m, float)
        safe = np.where(x > 0.0, x, 1.0)

        def squared(centre: Array) -> Array:
            sigma_x, sigma_y, _ = self.sigmas_m(centre)
            with np.errstate(divide="ignore"):
                ratio = np.log(self._when_at(centre, centre, 0.0, 0.0) / threshold_kg_m3)
            return np.asarray(sigma_y**2 * (2.0 * ratio - ((safe - centre) / sigma_x) ** 2), float)

        widest = squared(top(squared, *self._bracket(safe)))
        return np.where(x > 0.0, np.sqrt(np.maximum(widest, 0.0)), 0.0)

    def passage_s(self, x_m: Array, threshold_kg_m3: float) -> tuple[Array, Array]:
        """Return when a threshold arrives on the axis and when it has passed; NaN: never."""
        x = np.asarray(x_m, float)
        safe = np.where(x > 0.0, x, 1.0)
        zero = np.zeros_like(safe)
        middle = self._centre_at_top(safe, zero, 0.0) / self.wind_speed_m_s

        def excess(time: Array) -> Array:
            return np.where(x > 0.0, self.at(safe, zero, 0.0, time) - threshold_kg_m3, -1.0)

        return passage(excess, middle)

    def toxic_load(
        self, x_m: Array, y_m: Array, z_m: Array | float = 0.0, *, exponent: float
    ) -> Array:
        """Return ∫Cⁿ dt over the whole passage, (kg/m³)ⁿ s; with n = 1 the dose."""
        x, y, z = np.broadcast_arrays(
            np.asarray(x_m, float), np.asarray(y_m, float), np.asarray(z_m, float)
        )
        safe = np.where(x > 0.0, x, 1.0)
        sigma_x, _, _ = self.sigmas_m(safe)
        way = safe + sigma_x * stretch(np.linspace(-PASSING, 2.0 * PASSING, 600), x)
        time = moments(way / self.wind_speed_m_s)
        taken = load(self.at(safe, y, z, time), time, exponent=exponent)
        return np.where(x > 0.0, taken, 0.0)

    def _when_at(
        self, centre: Array, x: Array | float, y: Array | float, z: Array | float
    ) -> Array:
        sigma_x, sigma_y, sigma_z = self.sigmas_m(centre)
        scale = self.mass_kg / ((2.0 * math.pi) ** 1.5 * sigma_x * sigma_y * sigma_z)
        plane = ((np.asarray(x) - centre) / sigma_x) ** 2 + (np.asarray(y) / sigma_y) ** 2
        vertical = vertical_term(z, self.height_m, sigma_z, self.mixing_height_m)
        return np.asarray(scale * np.exp(-0.5 * plane) * vertical, float)

    def _centre_at_top(self, x: Array, y: Array, z: Array | float) -> Array:
        return top(lambda centre: self._when_at(centre, x, y, z), *self._bracket(x))

    def _bracket(self, x: Array) -> tuple[Array, Array]:
        sigma_x, sigma_y, _ = self.sigmas_m(x)
        sigma = np.maximum(sigma_x, sigma_y)
        return np.maximum(x - BEHIND * sigma, 0.05 * x), x + AHEAD * sigma
