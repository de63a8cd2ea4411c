"""Gas through a hole (气体泄漏), choked or not: the start of the outflow from a vessel."""

from __future__ import annotations

import math
from typing import Any

from analysis.hazard.model import CoefficientSet, Input, Model, Outcome, Receptors
from analysis.hazard.physics.constants import ATMOSPHERE_PA, R_GAS


def _formula(inputs: dict[str, Any], chosen: CoefficientSet, receptors: Receptors) -> Outcome:
    cd = inputs["discharge_coefficient"]
    cd = chosen.values["discharge_coefficient"] if cd is None else cd
    p, k, m = inputs["pressure_pa"], inputs["gamma"], inputs["molar_mass_kg_mol"]
    area = math.pi / 4.0 * inputs["hole_diameter_m"] ** 2
    ratio = inputs["ambient_pressure_pa"] / p
    critical = (2.0 / (k + 1.0)) ** (k / (k - 1.0))
    if ratio >= 1.0:
        return Outcome(
            values={"rate_kg_s": 0.0, "choked": False},
            warnings=({"code": "hazard.no_overpressure", "params": {}},),
        )
    if ratio <= critical:
        factor = k * (2.0 / (k + 1.0)) ** ((k + 1.0) / (k - 1.0))
    else:
        factor = 2.0 * k / (k - 1.0) * (ratio ** (2.0 / k) - ratio ** ((k + 1.0) / k))
    rate = cd * area * p * math.sqrt(factor * m / (R_GAS * inputs["temperature_k"]))
    return Outcome(
        values={"rate_kg_s": rate, "choked": ratio <= critical},
        intermediates={
            "hole_area_m2": area,
            "pressure_ratio": ratio,
            "critical_ratio": critical,
            "discharge_coefficient": cd,
        },
    )


def _set(name: str, value: float, source: str, certainty: str) -> CoefficientSet:
    return CoefficientSet(
        name=name, values={"discharge_coefficient": value}, source=source, certainty=certainty
    )


MODEL = Model(
    name="gas_release",
    version="1",
    group="release",
    inputs=(
        Input(name="hole_diameter_m", unit="m", minimum=1e-5, maximum=5.0),
        Input(name="pressure_pa", unit="Pa absolute", minimum=1e3, maximum=1e8),
        Input(name="temperature_k", unit="K", minimum=20.0, maximum=2000.0),
        Input(name="molar_mass_kg_mol", unit="kg/mol", minimum=0.001, maximum=1.0),
        Input(name="gamma", unit="1", minimum=1.01, maximum=1.7),
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
        _set("round", 1.0, "HJ 169-2018, round hole", "mem 90%"),
        _set("triangular", 0.95, "HJ 169-2018, triangular hole", "mem 90%"),
        _set("slot", 0.90, "HJ 169-2018, slot", "mem 90%"),
        _set("sharp_edged", 0.85, "CCPS, sharp-edged hole", "sourced"),
    ),
    sources=(
        "Casal, Evaluation of the Effects and Consequences of Major Accidents, eq. 2.19-2.21",
    ),
)
run = MODEL.run
