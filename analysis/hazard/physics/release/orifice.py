"""What passes a hole: gas (choked or not), liquid; evaluated in arrays."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from analysis.hazard.physics.constants import R_GAS

Array = npt.NDArray[np.float64]


def critical_ratio(gamma: float) -> float:
    """Return the pressure ratio outside/inside under which a gas leaves at the speed of sound."""
    return float((2.0 / (gamma + 1.0)) ** (gamma / (gamma - 1.0)))


def gas_flux(
    *,
    pressure_pa: Array | float,
    temperature_k: Array | float,
    ambient_pressure_pa: float,
    gamma: float,
    molar_mass_kg_mol: float,
) -> Array:
    """Return the mass flux of a perfect gas through a frictionless hole, kg/(m² s).

    Isentropic nozzle, absolute pressures; nothing where the vessel is not above ambient. Casal,
    Evaluation of the Effects and Consequences of Major Accidents, eq. 2.19-2.21.
    """
    pressure = np.asarray(pressure_pa, dtype=float)
    ratio = np.clip(ambient_pressure_pa / pressure, critical_ratio(gamma), 1.0)
    # At the critical ratio the unchoked form is the choked one.
    factor = ratio ** (2.0 / gamma) - ratio ** ((gamma + 1.0) / gamma)
    factor = 2.0 * gamma / (gamma - 1.0) * np.maximum(factor, 0.0)
    return np.asarray(
        pressure * np.sqrt(factor * molar_mass_kg_mol / (R_GAS * np.asarray(temperature_k)))
    )


def liquid_speed(
    *, overpressure_pa: Array | float, density_kg_m3: float, head_m: Array | float, gravity: float
) -> Array:
    """Return the speed of a liquid in a hole without friction, m/s: √(2 ΔP/ρ + 2 g h)."""
    over = np.asarray(overpressure_pa, dtype=float)
    return np.asarray(
        np.sqrt(np.maximum(2.0 * over / density_kg_m3 + 2.0 * gravity * np.asarray(head_m), 0.0))
    )
