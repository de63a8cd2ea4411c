"""Toxic load (毒性负荷): Cⁿ t of a constant concentration or of a history (ten Berge 1986).

Two exposures harm alike where their Cⁿ t are alike, so that a load can be told as the constant
concentration which gives it in a reference time.
"""

from __future__ import annotations

from typing import Any

from analysis.hazard.model import CoefficientSet, Input, Model, Outcome, Receptors, Step
from analysis.hazard.physics.effect.criteria import only_given
from analysis.hazard.physics.effect.toxic_dose import (
    checked_history,
    equivalent_concentration,
    running_load,
)
from layers.errors import InvalidInputError


def _formula(inputs: dict[str, Any], chosen: CoefficientSet, receptors: Receptors) -> Outcome:
    n = float(inputs["exponent_n"])
    given = only_given(inputs, ("concentration_mg_m3", "concentrations_mg_m3"), model="toxic_load")
    series: dict[str, Any] = {}
    if given == "concentration_mg_m3":
        minutes = _minutes(inputs)
        load = float(inputs[given]) ** n * minutes
        equation, peak = "L = Cⁿ t, t in min", float(inputs[given])
    else:
        times, values = checked_history(inputs["times_s"] or (), inputs[given], field=given)
        loads = running_load(times, values, n)
        load, peak = float(loads[-1]), float(values.max())
        minutes = float(times[-1] - times[0]) / 60.0
        equation = "L = ∫ Cⁿ dt, t in min"
        series = {"history": {"time_s": times.tolist(), "toxic_load": loads.tolist()}}
    reference = inputs["reference_min"]
    alike = equivalent_concentration(load, exponent=n, minutes=reference)
    steps = (
        Step(name="toxic_load", equation=equation, value=load, unit=f"(mg/m3)^{n:g} min"),
        Step(name="equivalent_mg_m3", equation="Cₑ = (L / tᵣ)^(1/n)", value=alike, unit="mg/m3"),
    )
    values_out = {
        "toxic_load": load,
        "equivalent_mg_m3": alike,
        "peak_mg_m3": peak,
        "exposure_min": minutes,
    }
    return Outcome(values=values_out, steps=steps, intermediates=series)


def _minutes(inputs: dict[str, Any]) -> float:
    name = only_given(inputs, ("exposure_s", "exposure_min"), model="toxic_load")
    value = float(inputs[name])
    if value <= 0.0:
        raise InvalidInputError(f"{name}: got {value:g}, wanted more than 0", field=name)
    return value / 60.0 if name == "exposure_s" else value


MODEL = Model(
    name="toxic_load",
    version="1",
    group="effect",
    inputs=(
        Input(name="concentration_mg_m3", unit="mg/m3", symbol="C", minimum=0.0, maximum=1e8,
              required=False),
        Input(name="exposure_s", unit="s", symbol="t", minimum=1e-2, maximum=604_800.0,
              required=False, typical=(1.0, 28_800.0)),
        Input(name="exposure_min", unit="min", symbol="t", minimum=1e-3, maximum=10_080.0,
              required=False, typical=(0.1, 480.0)),
        Input(name="concentrations_mg_m3", unit="mg/m3", symbol="C", minimum=0.0, maximum=1e8,
              required=False, dimensions=1),
        Input(name="times_s", unit="s", symbol="t", minimum=0.0, maximum=604_800.0,
              required=False, dimensions=1),
        Input(name="exponent_n", unit="1", symbol="n", minimum=0.3, maximum=10.0, default=1.0),
        Input(name="reference_min", unit="min", symbol="tᵣ", minimum=1.0, maximum=1440.0,
              default=60.0),
    ),
    formula=_formula,
    coefficient_sets=(
        CoefficientSet(name="ten_berge", values={},
                       source="ten Berge, Zwart & Appelman, J. Hazardous Materials 13 (1986) "
                              "301-309: Cⁿ t", certainty="sourced"),
    ),
    sources=("ten Berge, Zwart & Appelman, J. Hazardous Materials 13 (1986) 301-309",),
    validity=("load_between_minutes_and_hours",),
)  # fmt: skip
run = MODEL.run
