"""Burning rate of a pool (池火燃烧速率): by the fuel's measured limit, or by its heats."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from analysis.hazard.model import CoefficientSet, Input, Model, Outcome, Receptors, Step
from analysis.hazard.physics.fire.pool_flame import burning_rate, burning_rate_by_heat
from layers.errors import InvalidInputError

FUELS: Mapping[str, tuple[float, float | None]] = {
    "gasoline": (0.055, 2.1), "kerosene": (0.039, 3.5), "benzene": (0.085, 2.7),
    "hexane": (0.074, 1.9), "heptane": (0.101, 1.1), "lng": (0.078, 1.1), "lpg": (0.099, 1.4),
    "methanol": (0.017, None), "ethanol": (0.015, None), "acetone": (0.041, 1.9),
    "crude_oil": (0.045, 2.8), "toluene": (0.066, None), "xylene": (0.090, 1.4),
}  # fmt: skip
"""m∞, kg/m²s, and k, 1/m (none: burns at the limit); crude oil is given as 0.022 to 0.045."""


def _needed(inputs: dict[str, Any], name: str, unit: str) -> float:
    if inputs[name] is None:
        raise InvalidInputError(
            f"burning_rate needs {name} in {unit}", code="input_missing", field=name, wanted=unit
        )
    return float(inputs[name])


def _formula(inputs: dict[str, Any], chosen: CoefficientSet, receptors: Receptors) -> Outcome:
    diameter = inputs["pool_diameter_m"]
    area = math.pi * diameter**2 / 4.0
    if chosen.name == "by_heat":
        rate, words = _by_heat(inputs), "m = 0.001 Hc/(Hv + cp max(0, Tb − Ta))"
    else:
        rate, words = _measured(inputs, diameter)
    return Outcome(
        values={"rate_kg_m2_s": rate, "rate_kg_s": rate * area},
        steps=(
            Step(name="rate_kg_m2_s", equation=words, value=rate, unit="kg/(m2 s)"),
            Step(name="pool_area_m2", equation="A = π D²/4", value=area, unit="m2"),
            Step(name="rate_kg_s", equation="ṁ = m A", value=rate * area, unit="kg/s"),
        ),
    )


def _measured(inputs: dict[str, Any], diameter: float) -> tuple[float, str]:
    limit, k = inputs["burning_rate_kg_m2_s"], inputs["burning_rate_k_per_m"]
    if limit is None:
        if inputs["fuel"] is None:
            raise InvalidInputError(
                "burning_rate needs fuel or burning_rate_kg_m2_s",
                code="input_missing",
                field="fuel",
                wanted=", ".join(FUELS),
            )
        limit, k = FUELS[inputs["fuel"]]
    words = "m = m∞" if k is None else "m = m∞ (1 − e^(−k D))"
    return burning_rate(limit_kg_m2_s=limit, k_per_m=k, diameter_m=diameter), words


def _by_heat(inputs: dict[str, Any]) -> float:
    sensible = 0.0
    boiling = inputs["boiling_point_k"]
    if boiling is not None and boiling > inputs["temperature_k"]:
        capacity = _needed(inputs, "liquid_heat_capacity_j_kg_k", "J/(kg K)")
        sensible = capacity * float(boiling - inputs["temperature_k"])
    return burning_rate_by_heat(
        heat_of_combustion=_needed(inputs, "heat_of_combustion_j_kg", "J/kg"),
        heat_of_vaporisation=_needed(inputs, "heat_of_vaporisation_j_kg", "J/kg"),
        sensible_heat=sensible,
    )


MODEL = Model(
    name="burning_rate",
    version="1",
    group="fire",
    inputs=(
        Input(name="pool_diameter_m", unit="m", symbol="D", minimum=0.1, maximum=300.0),
        Input(name="fuel", unit="fuel", choices=tuple(FUELS), required=False),
        Input(name="burning_rate_kg_m2_s", unit="kg/(m2 s)", symbol="m∞", minimum=1e-4,
              maximum=1.0, required=False, typical=(0.005, 0.3)),
        Input(name="burning_rate_k_per_m", unit="1/m", symbol="k", minimum=0.01, maximum=100.0,
              required=False),
        Input(name="heat_of_combustion_j_kg", unit="J/kg", symbol="Hc", minimum=1e6,
              maximum=1.5e8, required=False),
        Input(name="heat_of_vaporisation_j_kg", unit="J/kg", symbol="Hv", minimum=1e4,
              maximum=5e6, required=False),
        Input(name="liquid_heat_capacity_j_kg_k", unit="J/(kg K)", symbol="cp", minimum=200.0,
              maximum=15_000.0, required=False),
        Input(name="boiling_point_k", unit="K", symbol="Tb", minimum=4.0, maximum=900.0,
              required=False),
        Input(name="temperature_k", unit="K", symbol="Ta", minimum=200.0, maximum=350.0,
              default=298.15),
    ),
    formula=_formula,
    coefficient_sets=(
        CoefficientSet(
            name="babrauskas",
            values={name: list(pair) for name, pair in FUELS.items()},
            source="Babrauskas 1983, m∞ and k by fuel; gasoline as printed, the others by memory",
            certainty="mem 90%",
        ),
        CoefficientSet(
            name="by_heat",
            values={"factor": 1e-3},
            source="Burgess and Hertzberg; Casal; Chinese practice: 0.001 Hc/(Hv + cp (Tb - Ta))",
            certainty="sourced",
        ),
    ),
    sources=("Babrauskas 1983, Fire Technology 19:251",),
    validity=("steady_fire",),
)  # fmt: skip
run = MODEL.run
