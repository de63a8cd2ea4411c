"""Where a heavy-gas model's curves end: a Gaussian cloud that goes on from there.

The concentration goes on as that of a point source so far upwind that it has the same value at the
hand-over (virtual source: CCPS, Guidelines for Consequence Analysis of Chemical Releases, 1999);
the width goes on from that of the heavy cloud by a virtual distance of its own, so that the zone
does not narrow at a jump. The width is on the safe side: a heavy cloud is lower and slower, and
wider, than a Gaussian one of the same concentration.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.optimize import brentq

from analysis.hazard.physics.gaussian.curve import Array, Curve, Dispersion

FARTHEST_M = 1e7  # a virtual source is looked for up to here
_HALF_OF_SIGMA = math.sqrt(math.pi / 2.0)  # half width of a top hat with the mass of a Gaussian


@dataclass(frozen=True, kw_only=True)
class VirtualSource:
    """A Gaussian cloud from `from_m` on, with `fraction` on its axis there.

    `directions` that spread as σy: 1 for a plume (across), 2 for a puff (along and across).
    """

    from_m: float
    fraction: float
    offset_m: float
    width_offset_m: float
    sigma_y: Curve
    sigma_z: Curve
    directions: int

    def width_m(self, x_m: Array) -> Array:
        """Return σ across the wind at distances from the true source."""
        return self.sigma_y(self._beyond(x_m) + self.width_offset_m)

    def axis(self, x_m: Array, z_m: Array | float = 0.0) -> Array:
        """Return the fraction on the axis (of a puff: when its centre is there)."""
        at = self._beyond(x_m) + self.offset_m
        first = self._spread(np.array([self.offset_m]))[0]
        sigma_z = self.sigma_z(at)
        lifted = np.exp(-(np.asarray(z_m, float) ** 2) / (2.0 * sigma_z**2))
        return np.asarray(self.fraction * first / self._spread(at) * lifted)

    def _beyond(self, x_m: Array) -> Array:
        return np.maximum(np.asarray(x_m, float) - self.from_m, 0.0)

    def _spread(self, x_m: Array) -> Array:
        return np.asarray(self.sigma_y(x_m) ** self.directions * self.sigma_z(x_m))


def virtual_plume(
    dispersion: Dispersion,
    stability: str,
    *,
    from_m: float,
    fraction: float,
    half_width_m: float,
    release_m3_s: float,
    wind_speed_m_s: float,
) -> VirtualSource:
    """Return the plume that goes on from a top hat: C = Q / (π u σy σz) at the virtual distance.

    `release_m3_s` is the pure vapour at the air's temperature. The width begins at σy = L √(2/π),
    which holds the top hat's mass.
    """
    spread = release_m3_s / (math.pi * wind_speed_m_s * fraction)
    sigma_y, sigma_z = dispersion.sigma_y[stability], dispersion.sigma_z[stability]
    return VirtualSource(
        from_m=from_m,
        fraction=fraction,
        offset_m=_distance_of(lambda x: sigma_y(x) * sigma_z(x), spread),
        width_offset_m=_distance_of(sigma_y, half_width_m / _HALF_OF_SIGMA),
        sigma_y=sigma_y,
        sigma_z=sigma_z,
        directions=1,
    )


def virtual_puff(
    dispersion: Dispersion,
    stability: str,
    *,
    from_m: float,
    fraction: float,
    radius_m: float,
    volume_m3: float,
) -> VirtualSource:
    """Return the puff that goes on from a disc: C = 2 V / ((2π)^1.5 σy² σz) at its distance.

    `volume_m3` is the pure vapour at the air's temperature; the width begins at σy = R/√2.
    """
    spread = 2.0 * volume_m3 / ((2.0 * math.pi) ** 1.5 * fraction)
    sigma_y, sigma_z = dispersion.sigma_y[stability], dispersion.sigma_z[stability]
    return VirtualSource(
        from_m=from_m,
        fraction=fraction,
        offset_m=_distance_of(lambda x: sigma_y(x) ** 2 * sigma_z(x), spread),
        width_offset_m=_distance_of(sigma_y, radius_m / math.sqrt(2.0)),
        sigma_y=sigma_y,
        sigma_z=sigma_z,
        directions=2,
    )


def _distance_of(law: Callable[[Array], Array], spread: float) -> float:
    """Return the distance at which a law has a spread, within 1 mm and 10 000 km."""
    low, high = 1e-3, FARTHEST_M
    if law(np.array([low]))[0] >= spread:
        return low
    if law(np.array([high]))[0] <= spread:
        return high

    def excess(log_x: float) -> float:
        return math.log(float(law(np.array([math.exp(log_x)]))[0]) / spread)

    return math.exp(float(brentq(excess, math.log(low), math.log(high), xtol=1e-10)))
