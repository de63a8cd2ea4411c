"""The roughness length of a landscape (地表粗糙度) by the name of its class."""

from __future__ import annotations

from typing import Any

from analysis.hazard.model import CoefficientSet, Input, Model, Outcome, Receptors, Step
from analysis.hazard.physics.air.surface_layer import ROUGHNESS_M, ROUGHNESS_SOURCE


def _formula(inputs: dict[str, Any], chosen: CoefficientSet, receptors: Receptors) -> Outcome:
    length = float(chosen.values[inputs["terrain_class"]])
    return Outcome(
        values={"roughness_m": length},
        steps=(Step(name="roughness_m", equation="z0 of the class", value=length, unit="m"),),
    )


MODEL = Model(
    name="roughness",
    version="1",
    group="air",
    inputs=(Input(name="terrain_class", unit="word", choices=tuple(ROUGHNESS_M)),),
    formula=_formula,
    coefficient_sets=(
        CoefficientSet(
            name="davenport_wieringa",
            values=ROUGHNESS_M,
            source=ROUGHNESS_SOURCE,
            certainty="sourced",
        ),
    ),
    sources=("Wieringa 1992, Journal of Wind Engineering 41-44, 357-368",),
)
run = MODEL.run
