"""Fauske's equilibrium rate model of a saturated or subcooled liquid that flashes on its way."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from analysis.hazard.model import Step
from analysis.hazard.physics.constants import R_GAS
from analysis.hazard.physics.release.hole import asked

EQUILIBRIUM_LENGTH_M = 0.1
"""The length of path on which liquid and vapour come to equilibrium."""

_WHY = "the equilibrium rate follows from it"


def equilibrium_rate(inputs: Mapping[str, Any], area: Step, cd: Step) -> tuple[Step, ...]:
    """Return the steps of the equilibrium rate model, the last one the rate in kg/s.

    Fauske & Epstein 1988, J. Loss Prev. Process Ind. 1, 75-83 [mem 90%]: at a path of no length
    it is the liquid through a hole in a wall, at 0.1 m and more the equilibrium flux; what the
    liquid is pressed over its saturation adds as a liquid's flow.

    Raises
    ------
    InvalidInputError
        `code="input_missing"`: temperature, heat capacity or heat of vaporisation.
    """
    latent = asked(inputs, "heat_of_vaporisation_j_kg", _WHY)
    cp = asked(inputs, "liquid_heat_capacity_j_kg_k", _WHY)
    t = asked(inputs, "temperature_k", _WHY)
    pressure, liquid = inputs["pressure_pa"], inputs["liquid_density_kg_m3"]
    saturation = inputs["saturation_pressure_pa"]
    saturation = pressure if saturation is None else saturation
    vapour = inputs["vapour_density_kg_m3"]
    if vapour is None:
        vapour = saturation * inputs["molar_mass_kg_mol"] / (R_GAS * t)
    swell = inputs["expansion_m3_kg"]
    swell = 1.0 / vapour - 1.0 / liquid if swell is None else swell
    flux = latent / swell / math.sqrt(t * cp)
    share, n = inputs["pipe_length_m"] / EQUILIBRIUM_LENGTH_M, 1.0
    if share < 1.0:
        drive = pressure - inputs["ambient_pressure_pa"]
        n = flux**2 / (2.0 * drive * liquid * float(cd.value) ** 2) + share
    over = max(0.0, pressure - saturation)
    g = math.sqrt(2.0 * float(cd.value) ** 2 * liquid * over + flux**2 / n)
    return (
        area,
        cd,
        Step(name="vapour_density_kg_m3", equation="ρ1 = Ps M/(R T)", value=vapour, unit="kg/m3"),
        Step(name="expansion_m3_kg", equation="vfg = 1/ρ1 − 1/ρ2", value=swell, unit="m3/kg"),
        Step(
            name="equilibrium_flux_kg_m2_s",
            equation="Ge = Hv/vfg √(1/(T cp))",
            value=flux,
            unit="kg/(m2 s)",
        ),
        Step(
            name="nonequilibrium",
            equation="L < 0.1 m: N = Ge²/(2 Cd² ρ2 (P − Pa)) + L/0.1; else 1",
            value=n,
            unit="1",
        ),
        Step(
            name="rate_kg_s",
            equation="Q = A √(2 Cd² ρ2 (P − Ps) + Ge²/N)",
            value=float(area.value) * g,
            unit="kg/s",
        ),
    )
