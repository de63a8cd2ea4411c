"""Kingery and Bulmash (半球形地面爆炸): everything that the wave of TNT on the ground brings."""

from __future__ import annotations

from typing import Any

from analysis.hazard.blast import KINGERY, answered
from analysis.hazard.model import CoefficientSet, Input, Model, Outcome, Receptors
from analysis.hazard.physics.explosion.blast_curve import Z_MAX, Z_MIN


def _formula(inputs: dict[str, Any], chosen: CoefficientSet, receptors: Receptors) -> Outcome:
    values, steps = answered(KINGERY, inputs["tnt_kg"], inputs["threshold_kpa"], receptors)
    return Outcome(values=values, steps=tuple(steps))


MODEL = Model(
    name="kingery_bulmash",
    version="1",
    group="explosion",
    inputs=(
        Input(name="tnt_kg", unit="kg", symbol="W", minimum=0.01, maximum=1e9),
        Input(name="threshold_kpa", unit="kPa", symbol="ΔP", minimum=0.3, maximum=30_000.0,
              required=False),
    ),
    receptor_inputs=(
        Input(name="distance_m", unit="m", symbol="R", minimum=0.01, maximum=1e5),
    ),
    formula=_formula,
    coefficient_sets=(
        CoefficientSet(
            name="swisdak",
            values={"z_min": Z_MIN, "z_max": Z_MAX},
            source="Swisdak 1994, Simplified Kingery Airblast Calculations, metric fits",
            certainty="sourced",
        ),
    ),
    sources=("Kingery and Bulmash 1984, ARBRL-TR-02555, hemispherical surface burst",),
    validity=("flat_ground", "no_shielding"),
)  # fmt: skip
run = MODEL.run
