"""Where a heavy-gas model's curves end: a Gaussian cloud that goes on from there.

The Gaussian cloud takes over the width and the concentration at the distance of the hand-over, each
direction with its own virtual distance upwind of it, so that nothing jumps and no mass is lost
(virtual source: CCPS, Guidelines for Consequence Analysis of Chemical Releases, 1999).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy.optimize import brentq

from analysis.hazard.physics.sigma import Array, Curve, Dispersion

FARTHEST_M = 1e7  # a virtual source is looked for up to here
_HALF_OF_SIGMA = math.sqrt(math.pi / 2.0)  # half width of a top hat with the mass of a Gaussian


@dataclass(frozen=True, kw_only=True)
class VirtualSource:
    """A Gaussian cloud from `from_m` on, with `concentration_kg_m3` on its axis there.

    `directions` that spread as σy: 1 for a plume (across), 2 for a puff (along and across).
    """

    from_m: float
    concentration_kg_m3: float
    offset_y_m: float
    offset_z_m: float
    sigma_y: Curve
    sigma_z: Curve
    directions: int

    def spread(self, x_m: Array) -> tuple[Array, Array]:
        """Return σy and σz, m, at distances from the true source."""
        beyond = np.maximum(np.asarray(x_m, float) - self.from_m, 0.0)
        return self.sigma_y(beyond + self.offset_y_m), self.sigma_z(beyond + self.offset_z_m)

    def axis(self, x_m: Array, z_m: Array | float = 0.0) -> Array:
        """Return the concentration on the axis (of a puff: when its centre is there), kg/m³."""
        sigma_y, sigma_z = self.spread(x_m)
        first_y, first_z = self.spread(np.array([self.from_m]))
        thinner = (first_y[0] / sigma_y) ** self.directions * first_z[0] / sigma_z
        lifted = np.exp(-(np.asarray(z_m, float) ** 2) / (2.0 * sigma_z**2))
        return np.asarray(self.concentration_kg_m3 * thinner * lifted)


def virtual_plume(
    dispersion: Dispersion,
    stability: str,
    *,
    from_m: float,
    concentration_kg_m3: float,
    half_width_m: float,
    release_kg_s: float,
    wind_speed_m_s: float,
) -> VirtualSource:
    """Return the plume that goes on from a top hat of a half width and a concentration.

    σy = L √(2/π) holds the mass of the top hat; σz from the balance C = Q / (π u σy σz).
    """
    first_y = half_width_m / _HALF_OF_SIGMA
    first_z = release_kg_s / (math.pi * wind_speed_m_s * first_y * concentration_kg_m3)
    return _source(dispersion, stability, from_m, concentration_kg_m3, first_y, first_z, 1)


def virtual_puff(
    dispersion: Dispersion,
    stability: str,
    *,
    from_m: float,
    concentration_kg_m3: float,
    radius_m: float,
    mass_kg: float,
) -> VirtualSource:
    """Return the puff that goes on from a disc of a radius and a concentration.

    σy = R/√2 holds the mass of the disc; σz from the balance C = 2 M / ((2π)^1.5 σy² σz).
    """
    first_y = radius_m / math.sqrt(2.0)
    first_z = 2.0 * mass_kg / ((2.0 * math.pi) ** 1.5 * first_y**2 * concentration_kg_m3)
    return _source(dispersion, stability, from_m, concentration_kg_m3, first_y, first_z, 2)


def _source(
    dispersion: Dispersion,
    stability: str,
    from_m: float,
    concentration_kg_m3: float,
    first_y: float,
    first_z: float,
    directions: int,
) -> VirtualSource:
    sigma_y, sigma_z = dispersion.sigma_y[stability], dispersion.sigma_z[stability]
    return VirtualSource(
        from_m=from_m,
        concentration_kg_m3=concentration_kg_m3,
        offset_y_m=_distance_of(sigma_y, first_y),
        offset_z_m=_distance_of(sigma_z, first_z),
        sigma_y=sigma_y,
        sigma_z=sigma_z,
        directions=directions,
    )


def _distance_of(curve: Curve, spread_m: float) -> float:
    """Return the distance at which a curve has a spread, within 1 mm and 10 000 km."""
    low, high = 1e-3, FARTHEST_M
    if curve(np.array([low]))[0] >= spread_m:
        return low
    if curve(np.array([high]))[0] <= spread_m:
        return high

    def excess(log_x: float) -> float:
        return math.log(float(curve(np.array([math.exp(log_x)]))[0]) / spread_m)

    return math.exp(float(brentq(excess, math.log(low), math.log(high), xtol=1e-10)))
