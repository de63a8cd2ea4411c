"""Flashing liquid through a pipe or long crack (两相流泄漏), and what of it stays airborne.

Q = Cd A √(2 ρm (P − Pc)), Pc = 0.55 P; 1/ρm = Fv/ρ1 + (1 − Fv)/ρ2. The vapour share uses the
boiling point at Pc. A hole straight through a vessel's wall (path under about 0.1 m) does not
flash inside: that is `liquid_release`.
"""

from __future__ import annotations

import math
from typing import Any

from analysis.hazard.model import CoefficientSet, Input, Model, Outcome, Receptors
from analysis.hazard.physics.constants import R_GAS


def flash_fraction(
    *, heat_capacity: float, temperature_k: float, boiling_point_k: float, latent_heat: float
) -> float:
    """Return the share that flashes to vapour, 0 to 1: cp (T − Tb) / Hv (J/kg/K, K, J/kg)."""
    share = heat_capacity * (temperature_k - boiling_point_k) / latent_heat
    return min(1.0, max(0.0, share))


def airborne_fraction(flashed: float) -> float:
    """Return the share that stays airborne as vapour and spray (Purple Book, mem 85%)."""
    if flashed < 0.1:
        return 2.0 * flashed
    if flashed <= 0.36:
        return 0.2 + 0.8 * (flashed - 0.1) / 0.26
    return 1.0


def _formula(inputs: dict[str, Any], chosen: CoefficientSet, receptors: Receptors) -> Outcome:
    cd = inputs["discharge_coefficient"]
    cd = chosen.values["discharge_coefficient"] if cd is None else cd
    p = inputs["pressure_pa"]
    p_choke = chosen.values["choke_ratio"] * p
    flashed = inputs["vapour_fraction"]
    vapour = p_choke * inputs["molar_mass_kg_mol"] / (R_GAS * inputs["boiling_point_at_choke_k"])
    mixed = 1.0 / (flashed / vapour + (1.0 - flashed) / inputs["liquid_density_kg_m3"])
    area = math.pi / 4.0 * inputs["hole_diameter_m"] ** 2
    return Outcome(
        values={"rate_kg_s": cd * area * math.sqrt(2.0 * mixed * (p - p_choke))},
        intermediates={
            "choke_pressure_pa": p_choke,
            "vapour_density_kg_m3": vapour,
            "mixture_density_kg_m3": mixed,
            "hole_area_m2": area,
        },
    )


MODEL = Model(
    name="two_phase_release",
    version="1",
    group="release",
    inputs=(
        Input(name="hole_diameter_m", unit="m", minimum=1e-5, maximum=5.0),
        Input(name="pressure_pa", unit="Pa absolute", minimum=1.1e5, maximum=1e8),
        Input(name="liquid_density_kg_m3", unit="kg/m3", minimum=50.0, maximum=5000.0),
        Input(name="molar_mass_kg_mol", unit="kg/mol", minimum=0.001, maximum=1.0),
        Input(name="boiling_point_at_choke_k", unit="K", minimum=20.0, maximum=1000.0),
        Input(name="vapour_fraction", unit="1", minimum=1e-6, maximum=1.0),
        Input(name="discharge_coefficient", unit="1", minimum=0.1, maximum=1.0, required=False),
    ),
    formula=_formula,
    coefficient_sets=(
        CoefficientSet(
            name="hj169",
            values={"discharge_coefficient": 0.8, "choke_ratio": 0.55},
            source="HJ 169-2018 annex F; AQ/T 3046-2013",
            certainty="mem 90%",
        ),
    ),
    sources=("Fauske; HJ 169-2018 annex F",),
)
run = MODEL.run
