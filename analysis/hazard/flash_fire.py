"""Flash fire (闪火): how far a cloud of a known mass can burn, without a dispersion model.

For a cloud in the wind its own concentrations decide, to the lower flammable limit and to half of
it; these forms are for a cloud of which only the mass is known.
"""

from __future__ import annotations

import math
from typing import Any

from analysis.hazard.model import CoefficientSet, Input, Model, Outcome, Receptors, Step
from analysis.hazard.physics.constants import ATMOSPHERE_PA, R_GAS
from layers.errors import InvalidInputError


def _density(inputs: dict[str, Any]) -> tuple[float, str]:
    if inputs["vapour_density_kg_m3"] is not None:
        return float(inputs["vapour_density_kg_m3"]), "ρ given"
    if inputs["molar_mass_kg_mol"] is None:
        raise InvalidInputError(
            "flash_fire needs vapour_density_kg_m3 or molar_mass_kg_mol",
            code="input_missing",
            field="vapour_density_kg_m3",
            wanted="kg/m3",
        )
    mass = float(inputs["molar_mass_kg_mol"])
    return ATMOSPHERE_PA * mass / (R_GAS * inputs["temperature_k"]), "ρ = P0 M/(R T)"


def _formula(inputs: dict[str, Any], chosen: CoefficientSet, receptors: Receptors) -> Outcome:
    density, words = _density(inputs)
    steps = [Step(name="vapour_density_kg_m3", equation=words, value=density, unit="kg/m3")]
    if chosen.name == "hemisphere":
        values = _hemisphere(inputs, density, steps)
    else:
        values = _order404(inputs, density, steps)
    return Outcome(values=values, steps=tuple(steps))


def _order404(inputs: dict[str, Any], density: float, steps: list[Step]) -> dict[str, float]:
    ratio = inputs["mass_kg"] / (density * inputs["lfl_pct"])
    lfl, height = 7.8 * ratio**0.33, 0.26 * ratio**0.33
    steps += [
        Step(name="lfl_radius_m", equation="R = 7.8 (m/(ρ C))^0.33", value=lfl, unit="m"),
        Step(name="lfl_height_m", equation="Z = 0.26 (m/(ρ C))^0.33", value=height, unit="m"),
        Step(name="flash_fire_radius_m", equation="RF = 1.2 R", value=1.2 * lfl, unit="m"),
    ]
    return {"lfl_radius_m": lfl, "lfl_height_m": height, "flash_fire_radius_m": 1.2 * lfl}


def _hemisphere(inputs: dict[str, Any], density: float, steps: list[Step]) -> dict[str, float]:
    volume = inputs["mass_kg"] / (density * inputs["lfl_pct"] / 100.0)
    lfl = (3.0 * volume / (2.0 * math.pi)) ** (1.0 / 3.0)
    half = lfl * 2.0 ** (1.0 / 3.0)
    steps += [
        Step(name="mixed_volume_m3", equation="V = m/(ρ C/100)", value=volume, unit="m3"),
        Step(name="lfl_radius_m", equation="R = (3 V/(2 π))^(1/3)", value=lfl, unit="m"),
        Step(name="half_lfl_radius_m", equation="R½ = 2^(1/3) R", value=half, unit="m"),
    ]
    return {"lfl_radius_m": lfl, "half_lfl_radius_m": half}


MODEL = Model(
    name="flash_fire",
    version="1",
    group="fire",
    inputs=(
        Input(name="mass_kg", unit="kg", symbol="m", minimum=0.01, maximum=1e8),
        Input(name="lfl_pct", unit="%", symbol="C", minimum=0.1, maximum=80.0),
        Input(name="vapour_density_kg_m3", unit="kg/m3", symbol="ρ", minimum=0.01, maximum=50.0,
              required=False),
        Input(name="molar_mass_kg_mol", unit="kg/mol", symbol="M", minimum=0.001, maximum=0.5,
              required=False, typical=(0.002, 0.3)),
        Input(name="temperature_k", unit="K", symbol="T", minimum=100.0, maximum=1000.0,
              default=298.15),
    ),
    formula=_formula,
    coefficient_sets=(
        CoefficientSet(
            name="order404",
            values={"radius": 7.8, "height": 0.26, "power": 0.33, "burnt": 1.2},
            source="Order 404 of MChS of Russia 2009, annex 3, vapour of a flammable liquid",
            certainty="sourced",
        ),
        CoefficientSet(
            name="hemisphere",
            values={"half": 0.5},
            source="the whole mass mixed to the lower flammable limit in a hemisphere",
            certainty="computed",
        ),
    ),
    sources=("EPA 40 CFR 68.22(a)(2)(iii), the lower flammable limit as the end of a flash fire",),
    validity=("mass_known_only",),
)  # fmt: skip
run = MODEL.run
