"""The flame over a burning pool: how fast it burns, how high, how far the wind leans and drags it.

Every correlation goes by its name; `FLAME_HEIGHTS`, `TILTS`, `DRAGS` and `EMISSIVE_POWERS` list
them.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from analysis.hazard.physics.constants import GRAVITY

AIR_VISCOSITY_M2_S = 1.5e-5
TABLE_DIAMETER_M = (10.0, 20.0, 30.0, 40.0, 50.0)
FLAME_HEIGHTS = ("thomas", "thomas_calm", "heskestad", "moorhouse", "casal", "china")
TILTS = ("aga", "thomas", "welker_sliepcevich", "pritchard_binding", "upright")
DRAGS = ("none", "mudan")
EMISSIVE_POWERS = ("mudan", "order404", "shokri_beyler", "radiated")
KINDS: Mapping[str, tuple[float, ...]] = {
    "lng": (220.0, 180.0, 150.0, 130.0, 120.0),
    "lpg": (80.0, 63.0, 50.0, 43.0, 40.0),
    "gasoline": (60.0, 47.0, 35.0, 28.0, 25.0),
    "diesel": (40.0, 32.0, 25.0, 21.0, 18.0),
}
"""Surface emissive power by pool diameter, kW/m²: Order 404 of MChS 2009, table P3.4 [mem 90%]."""


def burning_rate(*, limit_kg_m2_s: float, k_per_m: float | None, diameter_m: float) -> float:
    """Return the mass burning rate m∞ (1 − e^(−kD)), kg/m²s (Babrauskas 1983); no k: the limit."""
    if k_per_m is None:
        return limit_kg_m2_s
    return float(limit_kg_m2_s * (1.0 - math.exp(-k_per_m * diameter_m)))


def burning_rate_by_heat(
    *, heat_of_combustion: float, heat_of_vaporisation: float, sensible_heat: float
) -> float:
    """Return 1e-3 Hc / (Hv + cp (Tb − Ta)), kg/m²s, for a fuel without a measured rate (J/kg)."""
    return 1e-3 * heat_of_combustion / (heat_of_vaporisation + max(0.0, sensible_heat))


@dataclass(frozen=True, kw_only=True)
class Pool:
    """A burning pool in the wind; SI units. Ranges are those of the model's inputs."""

    diameter_m: float
    rate_kg_m2_s: float
    heat_of_combustion_j_kg: float
    wind_speed_m_s: float
    vapour_density_kg_m3: float
    air_density_kg_m3: float
    air_viscosity_m2_s: float = AIR_VISCOSITY_M2_S

    @property
    def froude(self) -> float:
        """Return m/(ρa √(gD))."""
        return self.rate_kg_m2_s / (self.air_density_kg_m3 * math.sqrt(GRAVITY * self.diameter_m))

    @property
    def u_star(self) -> float:
        """Return the wind against the pool's own draught, u/(g m D/ρv)^⅓."""
        draught = GRAVITY * self.rate_kg_m2_s * self.diameter_m / self.vapour_density_kg_m3
        return float(self.wind_speed_m_s / draught ** (1.0 / 3.0))

    @property
    def heat_kw(self) -> float:
        """Return the heat release rate."""
        area = math.pi * self.diameter_m**2 / 4.0
        return self.rate_kg_m2_s * area * self.heat_of_combustion_j_kg / 1000.0

    def length(self, rule: str) -> tuple[float, str]:
        """Return the flame's length along its axis, m, with the equation in force.

        "thomas": Thomas 1963, in wind 55 D Fr^0.67 u*^−0.21 from u* = 1; "thomas_calm": the form
        without wind whatever blows; "heskestad": 1983; "moorhouse": 1982, LNG; "casal":
        Casal eq. 3.43; "china": 84 r of Chinese safety assessment practice.
        """
        d, fr, wind = self.diameter_m, self.froude, max(self.u_star, 1.0)
        if rule == "heskestad":
            return 0.235 * self.heat_kw**0.4 - 1.02 * d, "H = 0.235 Q^0.4 − 1.02 D"
        if rule == "moorhouse":
            return 6.2 * d * fr**0.254 * wind**-0.044, "H = 6.2 D (m/(ρa √(gD)))^0.254 u*^−0.044"
        if rule == "casal":
            return 7.74 * d * fr**0.375 * wind**-0.1, "H = 7.74 D (m/(ρa √(gD)))^0.375 u*^−0.1"
        if rule == "china":
            return 42.0 * d * fr**0.6, "H = 84 r (m/(ρa √(2 g r)))^0.6"
        if rule == "thomas" and self.u_star >= 1.0:
            return 55.0 * d * fr**0.67 * wind**-0.21, "H = 55 D (m/(ρa √(gD)))^0.67 u*^−0.21"
        return 42.0 * d * fr**0.61, "H = 42 D (m/(ρa √(gD)))^0.61"

    def tilt(self, rule: str) -> tuple[float, str]:
        """Return how far the flame leans from upright, rad, with the equation in force.

        "aga": cos θ = u*^−0.5 (American Gas Association 1974); "thomas": 0.7 u*^−0.49 (1963);
        "welker_sliepcevich": tan θ/cos θ = 3.3 Re^0.07 Fr^0.8 (ρv/ρa)^−0.6 (1966);
        "pritchard_binding": tan θ/cos θ = 0.666 Fr^0.333 Re^0.117 (1992; Yellow Book eq. 6.16).
        """
        star, wind = self.u_star, self.wind_speed_m_s
        if rule == "upright" or wind <= 0.0:
            return 0.0, "θ = 0"
        if rule in ("welker_sliepcevich", "pritchard_binding"):
            return self._tilt_by_reynolds(rule)
        if rule == "thomas":
            return math.acos(min(1.0, 0.7 * star**-0.49)), "cos θ = 0.7 u*^−0.49"
        if star < 1.0:
            return 0.0, "θ = 0, u* < 1"
        return math.acos(star**-0.5), "cos θ = u*^−0.5"

    def _tilt_by_reynolds(self, rule: str) -> tuple[float, str]:
        wind = self.wind_speed_m_s
        reynolds = self.diameter_m * wind / self.air_viscosity_m2_s
        froude = wind**2 / (GRAVITY * self.diameter_m)
        if rule == "pritchard_binding":
            ratio, words = 0.666 * froude**0.333 * reynolds**0.117, "0.666 Fr^0.333 Re^0.117"
        else:
            heavy = self.vapour_density_kg_m3 / self.air_density_kg_m3
            ratio = 3.3 * reynolds**0.07 * froude**0.8 * heavy**-0.6
            words = "3.3 Re^0.07 Fr^0.8 (ρv/ρa)^−0.6"
        sine = 2.0 * ratio / (1.0 + math.sqrt(1.0 + 4.0 * ratio**2))
        return math.asin(sine), f"tan θ/cos θ = {words}"

    def base(self, rule: str) -> tuple[float, str]:
        """Return how long the flame's base is with the wind, m, with the equation in force.

        "mudan": D' = 1.5 D (u²/(gD))^0.069, not shorter than D (Mudan and Croce, SFPE).
        """
        if rule == "none" or self.wind_speed_m_s <= 0.0:
            return self.diameter_m, "D' = D"
        froude = self.wind_speed_m_s**2 / (GRAVITY * self.diameter_m)
        drawn = 1.5 * self.diameter_m * froude**0.069
        return max(self.diameter_m, drawn), "D' = max(D, 1.5 D (u²/(gD))^0.069)"

    def emissive_power(
        self, rule: str, kind: str, *, share: float, length_m: float
    ) -> tuple[float, str]:
        """Return the surface emissive power, kW/m², with the equation in force.

        "mudan": smoke hides large sooty flames (Mudan 1984); "order404": the table by `kind`,
        linear between diameters, constant beyond 10 and 50 m; "shokri_beyler": 1989;
        "radiated": the radiated share of the heat, spread over the flame's wall and top.
        """
        d = self.diameter_m
        if rule == "order404" and kind in KINDS:
            found = float(np.interp(d, TABLE_DIAMETER_M, KINDS[kind]))
            return found, f"E of the table for {kind}, by D"
        if rule == "shokri_beyler":
            return 58.0 * 10.0 ** (-0.00823 * d), "E = 58·10^(−0.00823 D)"
        if rule == "radiated":
            wall = math.pi * d**2 / 4.0 + math.pi * d * length_m
            return share * self.heat_kw / wall, "E = η Q/(π D²/4 + π D H)"
        clear = math.exp(-0.12 * d)
        return 140.0 * clear + 20.0 * (1.0 - clear), "E = 140 e^(−0.12 D) + 20 (1 − e^(−0.12 D))"


def radiated_share(diameter_m: float) -> float:
    """Return the share of the heat that is radiated: 0.35 e^(−0.05 D) (Burgess; Mudan)."""
    return 0.35 * math.exp(-0.05 * diameter_m)
