"""The vertical part of a Gaussian cloud: reflected by the ground and by the lid of a mixing layer.

Without a lid: exp(−(z−h)²/2σz²) + exp(−(z+h)²/2σz²). With a lid at L the images at h ± 2jL are
added, and where σz > 1.6 L the cloud fills the layer evenly: √(2π) σz / L (EPA-454/B-95-003b
1.1.6); the two agree there to 1e-5.
"""

from __future__ import annotations

import math

import numpy as np

from analysis.hazard.physics.gaussian.curve import Array

SOURCE = "EPA-454/B-95-003b (ISC3 vol. II) 1.1.6, read in GasDispersion.jl gaussian_mixing_layer.jl"
WELL_MIXED = 1.6
IMAGES = 6  # at σz = 1.6 L the seventh pair is under 1e-11 of the first


def vertical_term(
    z_m: Array | float, height_m: float, sigma_z_m: Array, lid_m: float | None = None
) -> Array:
    """Return the vertical term V of a cloud whose centre is at a height, 0 to 2 without a lid.

    A source above the lid reaches nothing below it, and a lid lets nothing above it: both 0.
    """
    z, sigma = np.broadcast_arrays(np.asarray(z_m, float), np.asarray(sigma_z_m, float))
    if lid_m is None:
        return _pair(z, height_m, sigma)
    if height_m > lid_m:
        return np.zeros_like(sigma)
    images = _pair(z, height_m, sigma)
    for j in range(1, IMAGES + 1):
        images = images + _pair(z, height_m + 2.0 * j * lid_m, sigma)
        images = images + _pair(z, height_m - 2.0 * j * lid_m, sigma)
    filled = math.sqrt(2.0 * math.pi) * sigma / lid_m
    term = np.where(sigma > WELL_MIXED * lid_m, filled, images)
    return np.where(z > lid_m, 0.0, term)


def _pair(z: Array, height: float, sigma: Array) -> Array:
    below = np.exp(-((z - height) ** 2) / (2.0 * sigma**2))
    above = np.exp(-((z + height) ** 2) / (2.0 * sigma**2))
    return np.asarray(below + above, float)
