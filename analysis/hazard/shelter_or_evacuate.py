"""Shelter or evacuate (就地避险或撤离): whichever gives the smaller toxic load, with both loads.

Who evacuates is indoors until warned, then outdoors until gone; what of that time the cloud is
there counts in full. Who shelters is indoors until the cloud has passed and the all-clear came.
"""

from __future__ import annotations

from typing import Any

from analysis.hazard.model import CoefficientSet, Input, Model, Outcome, Receptors, Step
from analysis.hazard.physics.effect.shelter import outdoor_loads, step_loads

CLEAR = 0.8
"""A choice is plain where one load is under this share of the other; nearer, both are told."""


def _formula(inputs: dict[str, Any], chosen: CoefficientSet, receptors: Receptors) -> Outcome:
    n = float(inputs["exponent_n"])
    start = inputs["arrival_s"]
    passed = start + inputs["passage_s"]
    warned, gone = inputs["warning_s"], inputs["warning_s"] + inputs["evacuation_s"]
    cloud = {"concentration": inputs["concentration_mg_m3"], "arrival_s": start,
             "passed_s": passed, "exponent": n}  # fmt: skip
    house = {"air_changes_per_h": inputs["air_changes_per_h"]}
    waiting = float(step_loads(**cloud, **house, inside_until_s=warned))
    walking = float(outdoor_loads(**cloud, from_s=warned, until_s=gone))
    sheltered = float(step_loads(**cloud, **house, inside_until_s=passed + inputs["all_clear_s"]))
    outside = float(outdoor_loads(**cloud, from_s=0.0, until_s=passed))
    evacuated = waiting + walking
    action = "evacuate" if evacuated < sheltered or evacuated == 0.0 else "shelter"
    unit = f"(mg/m3)^{n:g} min"
    steps = (
        Step(name="outdoor_load", equation="Lₒ = Cⁿ (t₂ − t₁)", value=outside, unit=unit),
        Step(name="evacuation_load", equation="Lₑ = ∫ indoors until warned + Cⁿ t outdoors",
             value=evacuated, unit=unit),
        Step(name="shelter_load", equation="Lₛ = ∫ (C (1 − e^(−λt)))ⁿ dt until all clear",
             value=sheltered, unit=unit),
        Step(name="leaves_before_s", equation="t₁ − (t_warn + t_evac)", value=start - gone,
             unit="s"),
    )  # fmt: skip
    lesser, greater = sorted((evacuated, sheltered))
    values = {
        "action": action,
        "evacuation_load": evacuated,
        "shelter_load": sheltered,
        "outdoor_load": outside,
        "leaves_before_s": start - gone,
        "plain": greater == 0.0 or lesser < CLEAR * greater,
    }
    return Outcome(values=values, steps=steps)


MODEL = Model(
    name="shelter_or_evacuate",
    version="1",
    group="effect",
    inputs=(
        Input(name="concentration_mg_m3", unit="mg/m3", symbol="C", minimum=0.0, maximum=1e8),
        Input(name="arrival_s", unit="s", symbol="t₁", minimum=0.0, maximum=604_800.0),
        Input(name="passage_s", unit="s", symbol="t₂ − t₁", minimum=1.0, maximum=604_800.0),
        Input(name="warning_s", unit="s", symbol="t_warn", minimum=0.0, maximum=86_400.0,
              default=600.0),
        Input(name="evacuation_s", unit="s", symbol="t_evac", minimum=1.0, maximum=86_400.0,
              default=1800.0),
        Input(name="all_clear_s", unit="s", minimum=0.0, maximum=86_400.0, default=900.0),
        Input(name="air_changes_per_h", unit="1/h", symbol="ACH", minimum=0.01, maximum=100.0,
              default=1.0, typical=(0.1, 10.0)),
        Input(name="exponent_n", unit="1", symbol="n", minimum=0.3, maximum=10.0, default=1.0),
    ),
    formula=_formula,
    coefficient_sets=(
        CoefficientSet(name="smaller_load", values={"clear_under": CLEAR},
                       source="comparison of toxic loads; the times of warning and leaving are "
                              "planning values", certainty="computed"),
    ),
    sources=("ten Berge, Zwart & Appelman, J. Hazardous Materials 13 (1986) 301-309: Cⁿ t",),
    validity=("one_room", "steady_cloud_between_arrival_and_passing"),
)  # fmt: skip
run = MODEL.run
