"""The curves of Britter and McQuaid's workbook, as straight pieces, and how to read between them.

R. E. Britter, J. McQuaid, Workbook on the Dispersion of Dense Gases, HSE Contract Research Report
17/1988; the pieces are those that CCPS 1999 (p. 118) and EPA's TSCREEN (EPA-454/B-94-023) print,
read through GasDispersion.jl. They give β = log10 of the scaled distance at which a ratio C/C0 is
met, by the scaled weight of the source α. Between two curves C (or log C) is straight in β.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
Interpolation = Literal["log", "linear"]
ALPHA_MAX = 1.0  # the curves are drawn up to here; below the last piece they are flat

# By C/C0: (upper end of the piece in α, slope, β at α = 0); the first piece goes down for ever.
PLUME_CURVES: dict[float, tuple[tuple[float, float, float], ...]] = {
    0.10: ((-0.55, 0.0, 1.75), (-0.14, 0.24, 1.88), (1.0, -0.50, 1.78)),
    0.05: ((-0.68, 0.0, 1.92), (-0.29, 0.36, 2.16), (-0.18, 0.0, 2.06), (1.0, -0.56, 1.96)),
    0.02: ((-0.69, 0.0, 2.08), (-0.31, 0.45, 2.39), (-0.16, 0.0, 2.25), (1.0, -0.54, 2.16)),
    0.01: ((-0.70, 0.0, 2.25), (-0.29, 0.49, 2.59), (-0.20, 0.0, 2.45), (1.0, -0.52, 2.35)),
    0.005: ((-0.67, 0.0, 2.40), (-0.28, 0.59, 2.80), (-0.15, 0.0, 2.63), (1.0, -0.48, 2.56)),
    0.002: ((-0.69, 0.0, 2.60), (-0.25, 0.39, 2.87), (-0.13, 0.0, 2.77), (1.0, -0.50, 2.71)),
}
PUFF_CURVES: dict[float, tuple[tuple[float, float, float], ...]] = {
    0.10: ((-0.44, 0.0, 0.70), (0.43, 0.26, 0.81), (1.0, 0.0, 0.93)),
    0.05: ((-0.56, 0.0, 0.85), (0.31, 0.26, 1.00), (1.0, -0.12, 1.12)),
    0.02: ((-0.66, 0.0, 0.95), (0.32, 0.36, 1.19), (1.0, -0.26, 1.38)),
    0.01: ((-0.71, 0.0, 1.15), (0.37, 0.34, 1.39), (1.0, -0.38, 1.66)),
    0.005: ((-0.52, 0.0, 1.48), (0.24, 0.26, 1.62), (1.0, -0.30, 1.75)),
    0.002: ((0.27, 0.0, 1.83), (1.0, -0.32, 1.92)),
    0.001: ((-0.10, 0.0, 2.075), (1.0, -0.27, 2.05)),
}
PLUME_NEAR = (306.0, 30.0)  # C/C0 = 306/(306 + x'²) up to x' = 30
PUFF_NEAR = 3.24  # C/C0 = 3.24/(3.24 + x'²) up to the first curve


def betas(curves: dict[float, tuple[tuple[float, float, float], ...]], alpha: float) -> list[float]:
    """Return β of every curve, in the order of the curves, at one α of at most `ALPHA_MAX`."""
    found = []
    for pieces in curves.values():
        _, slope, start = next((p for p in pieces if alpha <= p[0]), pieces[-1])
        found.append(slope * alpha + start)
    return found


@dataclass(frozen=True, kw_only=True)
class Decay:
    """C/C0 over the scaled distance x' at one α, isothermal.

    `beta` and `ratio` are the knots; nearer than `near_x` a formula holds, farther than `far_x`
    (the lowest curve) the ratio falls with x'⁻², which is no more than a continuation.
    """

    beta: Array
    ratio: Array
    near_factor: float
    near_x: float
    floor: float
    interpolation: Interpolation

    @property
    def far_x(self) -> float:
        """Return the scaled distance of the lowest curve."""
        return float(10.0 ** self.beta[-1])

    @property
    def lowest(self) -> float:
        """Return the lowest ratio that the curves hold."""
        return float(self.ratio[-1])

    def at(self, x_scaled: Array) -> Array:
        """Return C/C0 at scaled distances; 1 at and before the source."""
        x = np.maximum(np.asarray(x_scaled, float), 0.0)
        near = np.maximum(self.near_factor / (self.near_factor + x**2), self.floor)
        log_x = np.log10(np.maximum(x, 1e-12))
        if self.interpolation == "log":
            between = 10.0 ** np.interp(log_x, self.beta, np.log10(self.ratio))
        else:
            between = np.interp(log_x, self.beta, self.ratio)
        far = self.lowest * (self.far_x / np.maximum(x, 1e-12)) ** 2
        return np.asarray(np.where(x <= self.near_x, near, np.where(x < self.far_x, between, far)))


def plume_decay(alpha: float, interpolation: Interpolation = "linear") -> Decay:
    """Return the decay of a plume; above α about 0.6 the near formula ends at the first curve."""
    knots, ratios = betas(PLUME_CURVES, alpha), list(PLUME_CURVES)
    factor, near_x = PLUME_NEAR
    if near_x < 10.0 ** knots[0]:
        knots.insert(0, float(np.log10(near_x)))
        ratios.insert(0, factor / (factor + near_x**2))
    else:
        near_x = 10.0 ** knots[0]
    return _decay(knots, ratios, factor, near_x, 0.0, interpolation)


def puff_decay(alpha: float, interpolation: Interpolation = "linear") -> Decay:
    """Return the decay of a puff; nearer than the first curve it never falls below that curve."""
    knots, ratios = betas(PUFF_CURVES, alpha), list(PUFF_CURVES)
    return _decay(knots, ratios, PUFF_NEAR, 10.0 ** knots[0], ratios[0], interpolation)


def plume_alpha(reduced_m_s2: float, flow_m3_s: float, wind_m_s: float) -> float:
    """Return α = 0.2 log10(g0² Q / u⁵)."""
    return float(0.2 * np.log10(reduced_m_s2**2 * flow_m3_s / wind_m_s**5))


def puff_alpha(reduced_m_s2: float, volume_m3: float, wind_m_s: float) -> float:
    """Return α = 0.5 log10(g0 V^⅓ / u²)."""
    return float(0.5 * np.log10(reduced_m_s2 * volume_m3 ** (1.0 / 3.0) / wind_m_s**2))


def warmed(ratio: Array, source_k: float, ambient_k: float) -> Array:
    """Return the volume fraction of a cold source: C / (C + (1 − C) T0/Ta)."""
    return np.asarray(ratio / (ratio + (1.0 - ratio) * source_k / ambient_k))


def _decay(
    knots: list[float],
    ratios: list[float],
    factor: float,
    near_x: float,
    floor: float,
    interpolation: Interpolation,
) -> Decay:
    return Decay(
        beta=np.array(knots),
        ratio=np.array(ratios),
        near_factor=factor,
        near_x=near_x,
        floor=floor,
        interpolation=interpolation,
    )
