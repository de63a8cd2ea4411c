"""Vapour pressure over a liquid, and the boiling point at a pressure."""

from __future__ import annotations

import math

from analysis.hazard.physics.constants import ATMOSPHERE_PA, R_GAS
from layers.errors import OutOfRangeError

GULDBERG = 1.5
"""Critical temperature over boiling point, about (Guldberg's rule)."""


def antoine_pa(*, a: float, b: float, c: float, temperature_k: float) -> float:
    """Return 10^(a − b/(T + c)), Pa; constants for log10 of Pa and K."""
    return float(10.0 ** (a - b / max(temperature_k + c, 1.0)))


def clausius_clapeyron_pa(
    *, boiling_point_k: float, molar_heat_j_mol: float, temperature_k: float
) -> float:
    """Return Pa exp(L/R (1/Tb − 1/T)), Pa: a heat of vaporisation that does not change."""
    return ATMOSPHERE_PA * math.exp(
        molar_heat_j_mol / R_GAS * (1.0 / boiling_point_k - 1.0 / temperature_k)
    )


def boiling_point_at_k(
    *, pressure_pa: float, boiling_point_k: float, molar_heat_j_mol: float
) -> float:
    """Return the boiling point at a pressure, K, by Clausius-Clapeyron from that at 1 atm.

    Raises
    ------
    OutOfRangeError
        The pressure lies over the critical one by Guldberg's rule: nothing boils there.
    """
    inverse = 1.0 / boiling_point_k - R_GAS / molar_heat_j_mol * math.log(
        pressure_pa / ATMOSPHERE_PA
    )
    if inverse * GULDBERG * boiling_point_k < 1.0:
        most = clausius_clapeyron_pa(
            boiling_point_k=boiling_point_k,
            molar_heat_j_mol=molar_heat_j_mol,
            temperature_k=GULDBERG * boiling_point_k,
        )
        raise OutOfRangeError(
            f"pressure_pa: got {pressure_pa:g} where it chokes, wanted up to {most:g} Pa: over the "
            "critical pressure nothing boils",
            field="pressure_pa",
            got=pressure_pa,
            wanted=f"up to {most:g} Pa",
        )
    return 1.0 / inverse
