"""A liquid above its boiling point let out: what flashes, what stays as spray, what rains out."""

from __future__ import annotations

import math

AIRBORNE_RULES = {
    "purple_book": "f < 0.1: 2 f; f < 0.36: 0.2 + 0.8 (f − 0.1)/0.26; else 1",
    "kletz": "min(1, 2 f)",
    "epa_all": "1 where anything flashes",
    "hj169": "f",
}
"""What stays airborne of a flashing release, by the flashed share f."""


def flash_fraction(
    *,
    heat_capacity: float,
    temperature_k: float,
    boiling_point_k: float,
    latent_heat: float,
    form: str = "linear",
) -> float:
    """Return the share that flashes to vapour, 0 to 1 (J/kg/K, K, K, J/kg).

    "linear": cp (T − Tb)/Hv, all the heat at once (HJ 169-2018 annex F; CCPS, Guidelines for Use
    of Vapor Cloud Dispersion Models, 2nd ed., eq. 4-14). "exponential": 1 − exp(−cp (T − Tb)/Hv),
    the liquid cools as it boils (TNO Yellow Book; CCPS CPQRA [mem 90%]).
    """
    superheat = max(0.0, heat_capacity * (temperature_k - boiling_point_k) / latent_heat)
    return min(1.0, superheat) if form == "linear" else -math.expm1(-superheat)


def airborne_fraction(flashed: float, rule: str = "purple_book") -> float:
    """Return the share that stays airborne as vapour and spray, by one of `AIRBORNE_RULES`.

    Purple Book CPR 18E table 4.8 [mem 85%]; Kletz, twice the flash (CCPS CPQRA [mem 90%]); all,
    40 CFR 68.25(c) (the worst case of a gas that is liquefied by pressure).
    """
    if rule == "epa_all":
        return 1.0 if flashed > 0.0 else 0.0
    if rule == "hj169":
        return flashed
    if rule == "kletz":
        return min(1.0, 2.0 * flashed)
    if flashed < 0.1:
        return 2.0 * flashed
    if flashed <= 0.36:
        return 0.2 + 0.8 * (flashed - 0.1) / 0.26
    return 1.0


def mixture_density(*, vapour_share: float, vapour_kg_m3: float, liquid_kg_m3: float) -> float:
    """Return the density of vapour and liquid at one speed, kg/m³: 1/(x/ρv + (1 − x)/ρl)."""
    return 1.0 / (vapour_share / vapour_kg_m3 + (1.0 - vapour_share) / liquid_kg_m3)
