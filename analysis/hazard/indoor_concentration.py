"""Concentration indoors (室内浓度) by air changes per hour, the doses, and when to air and go out.

The cloud outdoors is a step from `arrival_s` to `passed_s`, or a history. As soon as the air
outdoors is better than the air indoors for good, staying inside harms: that moment is told.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from analysis.hazard.model import CoefficientSet, Input, Model, Outcome, Receptors, Step
from analysis.hazard.physics.effect.criteria import only_given
from analysis.hazard.physics.effect.shelter import indoor_history
from analysis.hazard.physics.effect.toxic_dose import Array, checked_history, running_load
from layers.errors import InvalidInputError

POINTS = 601
EDGE_S = 1e-3  # a step is a very steep line


def _outdoor(inputs: dict[str, Any]) -> tuple[Array, Array]:
    """Return the cloud outdoors as times and concentrations, to the end of the look-out."""
    given = only_given(
        inputs, ("concentration_mg_m3", "concentrations_mg_m3"), model="indoor_concentration"
    )
    if given == "concentrations_mg_m3":
        return checked_history(inputs["times_s"] or (), inputs[given], field=given)
    start, end = inputs["arrival_s"], inputs["passed_s"]
    if end is None or end <= start:
        raise InvalidInputError(
            f"passed_s: got {end}, wanted more than arrival_s ({start:g} s)",
            field="passed_s",
            got=str(end),
            wanted=f"> {start:g} s",
        )
    level = float(inputs[given])
    last = end + inputs["look_after_s"]
    corners = ([(0.0, 0.0)] if start > EDGE_S else []) + [
        (start, 0.0 if start > EDGE_S else level), (start + EDGE_S, level), (end, level),
        (end + EDGE_S, 0.0), (last, 0.0),
    ]  # fmt: skip
    times, values = (np.array(column, dtype=np.float64) for column in zip(*corners, strict=True))
    return times, values


def _fine(times: Array, values: Array) -> tuple[Array, Array]:
    """Return the same line with enough points for the integral of a power."""
    grid = np.union1d(times, np.linspace(times[0], times[-1], POINTS))
    return grid, np.interp(grid, times, values)


def _formula(inputs: dict[str, Any], chosen: CoefficientSet, receptors: Receptors) -> Outcome:
    n = float(inputs["exponent_n"])
    times, outdoor = _fine(*_outdoor(inputs))
    entering = outdoor * (1.0 - inputs["filtered_share"])
    inside = indoor_history(times, entering, air_changes_per_h=inputs["air_changes_per_h"])
    out_load, in_load = running_load(times, outdoor, n), running_load(times, inside, n)
    peak = int(np.argmax(inside))
    opening = _best_opening(times, outdoor, inside)
    aired = float(np.interp(opening, times, in_load))
    stayed = float(in_load[-1])
    outdoors = float(out_load[-1])
    ratio = aired / outdoors if outdoors > 0.0 else 0.0
    values = {
        "peak_mg_m3": float(inside[peak]),
        "peak_s": float(times[peak]),
        "ventilate_at_s": opening,
        "outdoor_load": outdoors,
        "indoor_load": aired,
        "indoor_load_if_closed": stayed,
        "load_ratio": ratio,
    }
    unit = f"(mg/m3)^{n:g} min"
    steps = (
        Step(name="exchange_rate", equation="λ = ACH / 3600",
             value=inputs["air_changes_per_h"] / 3600.0, unit="1/s"),
        Step(name="peak_mg_m3", equation="dC/dt = λ (Cₒ − C), highest", value=float(inside[peak]),
             unit="mg/m3"),
        Step(name="outdoor_load", equation="Lₒ = ∫ Cₒⁿ dt", value=outdoors, unit=unit),
        Step(name="ventilate_at_s", equation="Cₒ ≤ C from here on", value=opening, unit="s"),
        Step(name="indoor_load", equation="Lᵢ = ∫ Cⁿ dt, until the windows are opened",
             value=aired, unit=unit),
        Step(name="load_ratio", equation="Lᵢ / Lₒ", value=ratio, unit="1"),
    )  # fmt: skip
    history = {"time_s": times.tolist(), "outdoor_mg_m3": outdoor.tolist(),
               "indoor_mg_m3": inside.tolist()}  # fmt: skip
    warnings: tuple[dict[str, Any], ...] = ()
    if stayed > 1.5 * aired > 0.0:
        params = {"at_min": round(opening / 60.0), "factor": round(stayed / aired, 1)}
        warnings = ({"code": "hazard.ventilate_after", "params": params},)
    return Outcome(
        values=values, steps=steps, intermediates={"history": history}, warnings=warnings
    )


def _best_opening(times: Array, outdoor: Array, inside: Array) -> float:
    """Return from when on the air outdoors is better for good; the end where it never is."""
    worse_outside = np.flatnonzero(outdoor > inside)
    if worse_outside.size == 0:
        return float(times[0])
    return float(times[min(int(worse_outside[-1]) + 1, times.size - 1)])


MODEL = Model(
    name="indoor_concentration",
    version="1",
    group="effect",
    inputs=(
        Input(name="air_changes_per_h", unit="1/h", symbol="ACH", minimum=0.01, maximum=100.0,
              typical=(0.1, 10.0)),
        Input(name="concentration_mg_m3", unit="mg/m3", symbol="Cₒ", minimum=0.0, maximum=1e8,
              required=False),
        Input(name="arrival_s", unit="s", minimum=0.0, maximum=604_800.0, default=0.0),
        Input(name="passed_s", unit="s", minimum=1.0, maximum=604_800.0, required=False),
        Input(name="look_after_s", unit="s", minimum=1.0, maximum=604_800.0, default=14_400.0),
        Input(name="concentrations_mg_m3", unit="mg/m3", symbol="Cₒ", minimum=0.0, maximum=1e8,
              required=False, dimensions=1),
        Input(name="times_s", unit="s", minimum=0.0, maximum=604_800.0, required=False,
              dimensions=1),
        Input(name="exponent_n", unit="1", symbol="n", minimum=0.3, maximum=10.0, default=1.0),
        Input(name="filtered_share", unit="1", minimum=0.0, maximum=0.999, default=0.0),
    ),
    formula=_formula,
    coefficient_sets=(
        CoefficientSet(name="well_mixed", values={},
                       source="one well-mixed room: dC/dt = λ (Cₒ − C); TNO Green Book and Purple "
                              "Book CPR 18E (1999) section 5.2 [mem 85%]", certainty="mem 85%"),
    ),
    sources=("ten Berge, Zwart & Appelman, J. Hazardous Materials 13 (1986) 301-309: Cⁿ t",),
    validity=("one_room", "no_uptake_by_walls"),
)  # fmt: skip
run = MODEL.run
