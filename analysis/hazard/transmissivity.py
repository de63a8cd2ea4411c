"""Transmissivity of the air (大气透射率): the share of a fire's heat that arrives, by rule."""

from __future__ import annotations

from typing import Any

from analysis.hazard.model import CoefficientSet, Input, Model, Outcome, Receptors, Step
from analysis.hazard.physics.fire.transmission import RULES, Air, Rule


def _formula(inputs: dict[str, Any], chosen: CoefficientSet, receptors: Receptors) -> Outcome:
    air = Air(
        rule=chosen.name,
        humidity_pct=inputs["humidity_pct"],
        temperature_k=inputs["temperature_k"],
    )
    path = inputs["path_m"]
    share = float(air.transmissivity(path))
    return Outcome(
        values={"transmissivity": share},
        steps=(
            Step(
                name="water_vapour_pressure_pa",
                equation="Pw = RH/100 exp(23.18986 − 3816.42/(T − 46.13))",
                value=air.water_pa,
                unit="Pa",
            ),
            Step(
                name="transmissivity",
                equation=RULES[chosen.name].equation,
                value=share,
                unit="1",
            ),
        ),
    )


def _set(name: str, rule: Rule) -> CoefficientSet:
    source, _, mark = rule.source.partition(" [")
    return CoefficientSet(
        name=name,
        values={"equation": rule.equation},
        source=source,
        certainty=mark.rstrip("]") or "sourced",
    )


MODEL = Model(
    name="transmissivity",
    version="1",
    group="fire",
    inputs=(
        Input(name="path_m", unit="m", symbol="x", minimum=0.0, maximum=100_000.0),
        Input(name="humidity_pct", unit="%", symbol="RH", minimum=0.0, maximum=100.0,
              default=50.0),
        Input(name="temperature_k", unit="K", symbol="T", minimum=200.0, maximum=350.0,
              default=298.15),
    ),
    formula=_formula,
    coefficient_sets=tuple(_set(name, rule) for name, rule in RULES.items()),
    sources=("Casal, vapour pressure of water by Antoine's equation",),
)  # fmt: skip
run = MODEL.run
