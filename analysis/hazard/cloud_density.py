"""How heavy a young cloud is (初始云团密度), with its spray, and how that changes as air mixes in.

A light gas can make a heavy cloud: ammonia that leaves a tank as spray cools what it mixes with, so
that vapour, drops and air stay heavier than air until long after the spray has gone.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from analysis.hazard.model import CoefficientSet, Input, Model, Outcome, Receptors, Step
from analysis.hazard.physics.constants import ATMOSPHERE_PA, R_GAS
from analysis.hazard.physics.heavy.mixing import (
    Fluid,
    Mixture,
    drying_air_kg_kg,
    humid_density,
    mix,
)

DILUTIONS = (0.0, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0, 500.0, 1000.0)


def _formula(inputs: dict[str, Any], chosen: CoefficientSet, receptors: Receptors) -> Outcome:
    fluid = Fluid(
        molar_mass_kg_mol=inputs["molar_mass_kg_mol"],
        vapour_heat_capacity_j_kg_k=inputs["vapour_heat_capacity_j_kg_k"],
        liquid_heat_capacity_j_kg_k=inputs["liquid_heat_capacity_j_kg_k"],
        heat_of_vaporisation_j_kg=inputs["heat_of_vaporisation_j_kg"],
        boiling_point_k=inputs["boiling_point_k"],
        liquid_density_kg_m3=inputs["liquid_density_kg_m3"],
    )
    state = {
        "temperature_k": inputs["temperature_k"] or inputs["boiling_point_k"],
        "liquid_fraction": inputs["liquid_fraction"],
        "ambient_k": inputs["ambient_temperature_k"],
        "humidity_pct": inputs["humidity_pct"],
    }
    drying = drying_air_kg_kg(fluid, **state)
    mixed = mix(fluid, np.array(DILUTIONS), **state)
    dry = mix(fluid, np.array([drying]), **state)
    asked = inputs["air_kg_kg"]
    at = dry if asked is None else mix(fluid, np.array([asked]), **state)
    ambient = humid_density(inputs["ambient_temperature_k"], inputs["humidity_pct"])
    young = _young_density(fluid, state["temperature_k"], inputs["liquid_fraction"])
    return Outcome(
        values={
            "density_kg_m3": young,
            "density_ratio": young / ambient,
            "drying_air_kg_kg": drying,
            "mixed_density_kg_m3": float(at.density_kg_m3[0]),
            "mixed_density_ratio": float(at.ratio[0]),
            "mixed_temperature_k": float(at.temperature_k[0]),
            "mixed_fraction": float(at.fraction[0]),
            "mixed_liquid_share": float(at.liquid_share[0]),
        },
        steps=_steps(fluid, state, ambient, young, dry),
        intermediates={
            "dilution": {
                "air_kg_kg": list(DILUTIONS),
                "temperature_k": mixed.temperature_k.tolist(),
                "density_kg_m3": mixed.density_kg_m3.tolist(),
                "density_ratio": mixed.ratio.tolist(),
                "liquid_share": mixed.liquid_share.tolist(),
                "fraction": mixed.fraction.tolist(),
            },
        },
    )


def _young_density(fluid: Fluid, temperature_k: float, liquid: float) -> float:
    vapour = ATMOSPHERE_PA * fluid.molar_mass_kg_mol / (R_GAS * temperature_k)
    return 1.0 / ((1.0 - liquid) / vapour + liquid / fluid.liquid_density_kg_m3)


def _steps(
    fluid: Fluid, state: dict[str, float], ambient: float, young: float, dry: Mixture
) -> tuple[Step, ...]:
    vapour = ATMOSPHERE_PA * fluid.molar_mass_kg_mol / (R_GAS * state["temperature_k"])
    rows = (
        ("vapour_density_kg_m3", "ρv = P M/(R T)", vapour, "kg/m3"),
        ("density_kg_m3", "1/ρ = (1 − ml)/ρv + ml/ρl", young, "kg/m3"),
        ("ambient_density_kg_m3", "ρa, humid air", ambient, "kg/m3"),
        ("density_ratio", "ρ/ρa", young / ambient, "1"),
        (
            "drying_air_kg_kg",
            "least air at which H(T) balances with no spray left",
            float(dry.air_kg_kg[0]),
            "kg/kg",
        ),
        ("dry_temperature_k", "H(T) = H0 + r Ha", float(dry.temperature_k[0]), "K"),
        ("dry_density_ratio", "ρ/ρa", float(dry.ratio[0]), "1"),
        ("dry_fraction", "moles of vapour over all moles", float(dry.fraction[0]), "1"),
    )
    return tuple(Step(name=n, equation=e, value=v, unit=u) for n, e, v, u in rows)


MODEL = Model(
    name="cloud_density",
    version="1",
    group="dispersion",
    inputs=(
        Input(name="molar_mass_kg_mol", unit="kg/mol", symbol="M", minimum=0.001, maximum=1.0),
        Input(
            name="vapour_heat_capacity_j_kg_k",
            unit="J/(kg K)",
            symbol="cp",
            minimum=50.0,
            maximum=20_000.0,
            typical=(200.0, 15_000.0),
        ),
        Input(
            name="liquid_heat_capacity_j_kg_k",
            unit="J/(kg K)",
            symbol="cpl",
            minimum=100.0,
            maximum=20_000.0,
            typical=(500.0, 10_000.0),
        ),
        Input(
            name="heat_of_vaporisation_j_kg",
            unit="J/kg",
            symbol="ΔHv",
            minimum=1e3,
            maximum=5e6,
            typical=(5e4, 2.6e6),
        ),
        Input(name="boiling_point_k", unit="K", symbol="Tb", minimum=4.0, maximum=1000.0),
        Input(name="liquid_density_kg_m3", unit="kg/m3", symbol="ρl", minimum=50.0, maximum=2e4),
        Input(name="liquid_fraction", unit="1", symbol="ml", minimum=0.0, maximum=1.0, default=0.0),
        Input(
            name="temperature_k", unit="K", symbol="T", minimum=4.0, maximum=1500.0, required=False
        ),
        Input(
            name="ambient_temperature_k",
            unit="K",
            symbol="Ta",
            minimum=200.0,
            maximum=340.0,
            default=298.15,
        ),
        Input(name="humidity_pct", unit="%", symbol="RH", minimum=0.0, maximum=100.0, default=50.0),
        Input(name="air_kg_kg", unit="kg/kg", symbol="r", minimum=0.0, maximum=1e6, required=False),
    ),
    formula=_formula,
    coefficient_sets=(
        CoefficientSet(
            name="equilibrium",
            values={"pressure_pa": ATMOSPHERE_PA},
            source="homogeneous equilibrium mixing at constant pressure; Ermak 1990, eq. 40-44",
            certainty="sourced",
        ),
    ),
    sources=(
        "CCPS, Guidelines for Consequence Analysis of Chemical Releases, 1999: mixing with air",
    ),
    validity=("ideal_gas", "no_heat_of_dissolving", "no_ice"),
)
run = MODEL.run
