"""Liquid through a hole (液体泄漏): Bernoulli, Q = Cd A ρ √(2(P−Pa)/ρ + 2gh)."""

from __future__ import annotations

import math
from typing import Any

from analysis.hazard.model import CoefficientSet, Input, Model, Outcome, Receptors
from analysis.hazard.physics.constants import ATMOSPHERE_PA, GRAVITY


def _formula(inputs: dict[str, Any], chosen: CoefficientSet, receptors: Receptors) -> Outcome:
    cd = inputs["discharge_coefficient"]
    cd = chosen.values["discharge_coefficient"] if cd is None else cd
    area = math.pi / 4.0 * inputs["hole_diameter_m"] ** 2
    density = inputs["density_kg_m3"]
    over = max(0.0, inputs["pressure_pa"] - inputs["ambient_pressure_pa"])
    speed = math.sqrt(2.0 * over / density + 2.0 * GRAVITY * inputs["head_m"])
    return Outcome(
        values={"rate_kg_s": cd * area * density * speed},
        intermediates={"hole_area_m2": area, "speed_m_s": speed, "discharge_coefficient": cd},
    )


MODEL = Model(
    name="liquid_release",
    version="1",
    group="release",
    inputs=(
        Input(name="hole_diameter_m", unit="m", minimum=1e-5, maximum=5.0),
        Input(name="pressure_pa", unit="Pa absolute", minimum=0.0, maximum=1e8),
        Input(name="density_kg_m3", unit="kg/m3", minimum=50.0, maximum=5000.0),
        Input(name="head_m", unit="m", minimum=0.0, maximum=100.0, default=0.0),
        Input(
            name="ambient_pressure_pa",
            unit="Pa",
            minimum=3e4,
            maximum=1.1e5,
            default=ATMOSPHERE_PA,
        ),
        Input(name="discharge_coefficient", unit="1", minimum=0.1, maximum=1.0, required=False),
    ),
    formula=_formula,
    coefficient_sets=(
        CoefficientSet(
            name="sharp_edged",
            values={"discharge_coefficient": 0.61},
            source="Casal; sharp-edged hole, turbulent flow",
            certainty="sourced",
        ),
        CoefficientSet(
            name="hj169",
            values={"discharge_coefficient": 0.65},
            source="HJ 169-2018, round hole, Re > 100",
            certainty="mem 85%",
        ),
    ),
    sources=("Casal, eq. 2.3; CCPS, Guidelines for CPQRA",),
)
run = MODEL.run
