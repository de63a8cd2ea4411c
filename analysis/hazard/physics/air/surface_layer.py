"""The air near the ground: Obukhov's length by class and roughness, the logarithmic profile."""

from __future__ import annotations

import math
from dataclasses import dataclass

from analysis.hazard.physics.gaussian.curve import CLASSES
from layers.errors import OutOfRangeError

KARMAN = {"golder": 0.4, "pasquill": 0.35}
GOLDER = dict(
    zip(
        CLASSES,
        (
            (-0.096, 0.029),
            (-0.037, 0.029),
            (-0.002, 0.018),
            (0.0, 0.0),
            (0.004, -0.018),
            (0.035, -0.036),
        ),
        strict=True,
    )
)
"""1/L = a + b log10 z0 (Golder 1972 as in Seinfeld and Pandis 2006, eq. 16.83)."""

PASQUILL = dict(
    zip(
        CLASSES,
        (
            (-11.4, 0.10),
            (-26.0, 0.17),
            (-123.0, 0.30),
            (math.inf, 0.0),
            (123.0, 0.30),
            (26.0, 0.17),
        ),
        strict=True,
    )
)
"""L = a z0^b (Pasquill 1974)."""

ROUGHNESS_M = {
    "sea": 0.0002,
    "smooth": 0.005,
    "open": 0.03,
    "roughly_open": 0.10,
    "rough": 0.25,
    "very_rough": 0.50,
    "closed": 1.0,
    "chaotic": 2.0,
}
ROUGHNESS_SOURCE = (
    "Davenport's classes by Wieringa 1992, WMO code table; z0 as tabled in Stull, read at "
    "shodor.org and codes.wmo.int/wmdr"
)


@dataclass(frozen=True, kw_only=True)
class Profile:
    """A logarithmic wind profile: friction velocity in m/s, roughness and Obukhov length in m."""

    friction_m_s: float
    roughness_m: float
    obukhov_m: float
    rule: str

    def speed_m_s(self, height_m: float) -> float:
        """Return the wind at a height, m/s."""
        return self.friction_m_s * shape(
            height_m, roughness_m=self.roughness_m, obukhov_m=self.obukhov_m, rule=self.rule
        )


def obukhov_m(stability: str, roughness_m: float, *, rule: str) -> float:
    """Return Obukhov's length, m, by rule "golder" or "pasquill"; infinite when neutral.

    Raises
    ------
    OutOfRangeError
        Ground so rough that Golder's line turns a stable class unstable, or the reverse.
    """
    if rule == "pasquill":
        a, b = PASQUILL[stability]
        return float(a * roughness_m**b)
    a, b = GOLDER[stability]
    if a == 0.0:
        return math.inf
    inverse = a + b * math.log10(roughness_m)
    if inverse * a <= 0.0:
        wanted = f"under {10.0 ** (-a / b):.2g} m in class {stability} by Golder; or set pasquill"
        raise OutOfRangeError(
            f"roughness_m: got {roughness_m:g}, wanted {wanted}",
            field="roughness_m",
            got=roughness_m,
            wanted=wanted,
        )
    return 1.0 / inverse


def shape(height_m: float, *, roughness_m: float, obukhov_m: float, rule: str) -> float:
    """Return u(z)/u* = [ln((z + z0)/z0) − Ψ(z/L)]/κ (Businger 1971, Paulson 1970).

    Unstable: x = (1 − 15 z/L)^¼, Ψ = 2 ln((1+x)/2) + ln((1+x²)/2) − 2 atan x + π/2. Stable:
    Ψ = −4.7 z/L.
    """
    log = math.log((height_m + roughness_m) / roughness_m)
    ratio = height_m / obukhov_m
    if ratio < 0.0:
        x = (1.0 - 15.0 * ratio) ** 0.25
        psi = 2.0 * math.log((1.0 + x) / 2.0) + math.log((1.0 + x * x) / 2.0)
        psi += math.pi / 2.0 - 2.0 * math.atan(x)
    else:
        psi = -4.7 * ratio
    return (log - psi) / KARMAN[rule]


def profile(
    *, wind_speed_m_s: float, at_m: float, roughness_m: float, stability: str, rule: str = "golder"
) -> Profile:
    """Return the profile through a wind measured at a height."""
    length = obukhov_m(stability, roughness_m, rule=rule)
    per_friction = shape(at_m, roughness_m=roughness_m, obukhov_m=length, rule=rule)
    return Profile(
        friction_m_s=wind_speed_m_s / per_friction,
        roughness_m=roughness_m,
        obukhov_m=length,
        rule=rule,
    )
