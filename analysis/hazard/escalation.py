"""Escalation (多米诺效应): whether heat or blast breaks another vessel, when, how likely.

Thresholds by the kind of equipment (Cozzani et al. 2006), time to failure in fire (Landucci et
al. 2009), probits of blast damage (Cozzani & Salzano 2004).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from scipy.special import ndtr

from analysis.hazard.model import CoefficientSet, Input, Model, Outcome, Receptors, Step
from layers.errors import InvalidInputError


@dataclass(frozen=True, kw_only=True)
class Equipment:
    """Thresholds and blast probit (Pr = a + b ln P, P in Pa) of a kind of vessel."""

    heat_kw_m2: float
    overpressure_pa: float
    a: float
    b: float


EQUIPMENT: dict[str, Equipment] = {
    "atmospheric": Equipment(heat_kw_m2=15.0, overpressure_pa=22_000.0, a=-18.96, b=2.44),
    "pressurised": Equipment(heat_kw_m2=45.0, overpressure_pa=16_000.0, a=-42.44, b=4.33),
    "elongated": Equipment(heat_kw_m2=45.0, overpressure_pa=31_000.0, a=-28.07, b=3.16),
    "small_equipment": Equipment(heat_kw_m2=45.0, overpressure_pa=37_000.0, a=-17.79, b=2.18),
}
SOURCE = "Cozzani, Gubinelli & Salzano, J. Hazardous Materials A129 (2006) 1-21 [mem 80%]"
FAILURE = "Landucci et al., Accident Analysis and Prevention 41 (2009) 1206-1215"
ASSUMED_VOLUME_M3 = {"atmospheric": 1000.0, "pressurised": 100.0}


def time_to_failure_s(equipment: str, *, heat_kw_m2: float, volume_m3: float) -> float | None:
    """Return after how many seconds of heat a vessel fails; None for a kind without a formula.

    Atmospheric: ln t = 9.877 − 1.128 ln q − 2.667e-5 V. Pressurised: ln t = 8.845 V^0.032 −
    0.95 ln q. q in kW/m², V in m³. Without fire protection.
    """
    if equipment == "atmospheric":
        return math.exp(9.877 - 1.128 * math.log(heat_kw_m2) - 2.667e-5 * volume_m3)
    if equipment == "pressurised":
        return math.exp(8.845 * volume_m3**0.032 - 0.95 * math.log(heat_kw_m2))
    return None


def heat_probability(time_s: float) -> float:
    """Return how likely a vessel fails before help cools it: Pr = 9.25 − 1.847 ln(t / 1 min)."""
    return float(ndtr(9.25 - 1.847 * math.log(time_s / 60.0) - 5.0))


def _formula(inputs: dict[str, Any], chosen: CoefficientSet, receptors: Receptors) -> Outcome:
    kind = EQUIPMENT[inputs["equipment"]]
    heat, blast = inputs["heat_flux_kw_m2"], inputs["overpressure_pa"]
    if heat is None and blast is None:
        raise InvalidInputError(
            "escalation: got neither, wanted heat_flux_kw_m2 or overpressure_pa",
            field="heat_flux_kw_m2",
            got="nothing",
            wanted="heat_flux_kw_m2 | overpressure_pa",
        )
    values: dict[str, Any] = {"possible": False, "probability": 0.0, "time_to_failure_s": None}
    steps: list[Step] = []
    if heat is not None:
        values |= _by_heat(inputs, kind, steps)
    if blast is not None:
        hit = _by_blast(blast, kind, steps)
        values["possible"] = values["possible"] or hit["possible"]
        values["probability"] = max(values["probability"], hit["probability"])
    return Outcome(values=values, steps=tuple(steps))


def _by_heat(inputs: dict[str, Any], kind: Equipment, steps: list[Step]) -> dict[str, Any]:
    heat, name = inputs["heat_flux_kw_m2"], inputs["equipment"]
    steps.append(Step(name="heat_threshold_kw_m2", equation="by equipment",
                      value=kind.heat_kw_m2, unit="kW/m2"))  # fmt: skip
    if heat < kind.heat_kw_m2:
        return {"possible": False, "probability": 0.0}
    volume = inputs["volume_m3"] or ASSUMED_VOLUME_M3.get(name, 0.0)
    failing = time_to_failure_s(name, heat_kw_m2=heat, volume_m3=volume)
    if failing is None:
        return {"possible": True, "probability": 1.0}
    equation = (
        "ln t = 9.877 − 1.128 ln q − 2.667×10⁻⁵ V"
        if name == "atmospheric"
        else "ln t = 8.845 V^0.032 − 0.95 ln q"
    )
    steps.append(Step(name="time_to_failure_s", equation=equation, value=failing, unit="s"))
    probability = heat_probability(failing)
    if inputs["exposure_s"] is not None and inputs["exposure_s"] < failing:
        return {"possible": False, "probability": 0.0, "time_to_failure_s": failing}
    steps.append(Step(name="heat_probability", equation="Pr = 9.25 − 1.847 ln(t in min)",
                      value=probability, unit="1"))  # fmt: skip
    return {"possible": True, "probability": probability, "time_to_failure_s": failing}


def _by_blast(pressure: float, kind: Equipment, steps: list[Step]) -> dict[str, Any]:
    steps.append(Step(name="blast_threshold_pa", equation="by equipment",
                      value=kind.overpressure_pa, unit="Pa"))  # fmt: skip
    if pressure < kind.overpressure_pa:
        return {"possible": False, "probability": 0.0}
    probability = float(ndtr(kind.a + kind.b * math.log(pressure) - 5.0))
    equation = f"Pr = {kind.a:g} {kind.b:+g} ln P"
    steps.append(Step(name="blast_probability", equation=equation, value=probability, unit="1"))
    return {"possible": True, "probability": probability}


MODEL = Model(
    name="escalation",
    version="1",
    group="effect",
    inputs=(
        Input(name="equipment", unit="kind", choices=tuple(EQUIPMENT)),
        Input(name="heat_flux_kw_m2", unit="kW/m2", symbol="q", minimum=1e-3, maximum=2000.0,
              required=False, typical=(0.5, 400.0)),
        Input(name="exposure_s", unit="s", minimum=0.1, maximum=86_400.0, required=False),
        Input(name="overpressure_pa", unit="Pa", symbol="P", minimum=1.0, maximum=1e9,
              required=False, typical=(200.0, 1e7)),
        Input(name="volume_m3", unit="m3", symbol="V", minimum=0.1, maximum=250_000.0,
              required=False),
    ),
    formula=_formula,
    coefficient_sets=(
        CoefficientSet(
            name="cozzani_landucci",
            values={name: vars(each) for name, each in EQUIPMENT.items()},
            source=f"thresholds: {SOURCE}",
            certainty="mem 80%",
        ),
    ),
    sources=(
        f"{FAILURE}: atmospheric vessel and probit, read in an open transcription",
        f"{FAILURE}: pressurised vessel [mem 85%]",
        "Cozzani & Salzano, J. Hazardous Materials A107 (2004) 67-80: blast probits [mem 85%]",
    ),
    validity=("no_fire_protection",),
)  # fmt: skip
run = MODEL.run
