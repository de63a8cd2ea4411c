"""Criteria of heat (热辐射伤害破坏准则): what a flux or a dose does, by a table and by its name.

A table is not a probit and does not agree with one: for 12.5 kW/m² over 60 s AQ/T 3046 says 1 %
of deaths, Eisenberg 21 %, Tsao-Perry 90 %. For fires of some seconds a dose is the measure.
"""

from __future__ import annotations

from typing import Any

from analysis.hazard.model import CoefficientSet, Input, Model, Outcome, Receptors, Step
from analysis.hazard.physics.effect.criteria import Criterion, judged, listed, only_given

FLUX, DOSE = "heat_flux_kw_m2", "dose_kj_m2"


def _flux(threshold: float, effect: str) -> Criterion:
    return Criterion(quantity=FLUX, threshold=threshold, effect=effect)


def _dose(threshold: float, effect: str) -> Criterion:
    return Criterion(quantity=DOSE, threshold=threshold, effect=effect)


TABLES: dict[str, tuple[Criterion, ...]] = {
    "aqt3046": (
        _flux(37.5, "heat_equipment_destroyed"),
        _flux(25.0, "heat_wood_ignites"),
        _flux(12.5, "heat_wood_ignites_piloted"),
        _flux(4.0, "heat_pain_20s"),
        _flux(1.6, "heat_no_discomfort"),
    ),
    "china_dose": (
        _dose(592.0, "heat_dose_death"),
        _dose(392.0, "heat_dose_serious"),
        _dose(172.0, "heat_dose_slight"),
    ),
    "order404": (
        _flux(10.5, "heat_404_pain_3s"),
        _flux(7.0, "heat_404_pain_20s"),
        _flux(4.2, "heat_404_clothed"),
        _flux(1.4, "heat_404_unlimited"),
        _dose(320.0, "heat_404_third_degree"),
        _dose(220.0, "heat_404_second_degree"),
        _dose(120.0, "heat_404_first_degree"),
    ),
    "epa_rmp": (_flux(5.0, "heat_epa_second_degree_40s"),),
}


def _formula(inputs: dict[str, Any], chosen: CoefficientSet, receptors: Receptors) -> Outcome:
    quantity, value, steps = _measured(inputs)
    table = TABLES[chosen.name]
    return Outcome(
        values=judged(table, quantity, value) | {"quantity": quantity},
        steps=tuple(steps),
        intermediates={"criteria": listed(table)},
    )


def _measured(inputs: dict[str, Any]) -> tuple[str, float, list[Step]]:
    """Return what is judged: a flux, a dose, or with both a time and a flux the dose of it."""
    quantity = only_given(inputs, (FLUX, DOSE), model="thermal_criteria")
    value = float(inputs[quantity])
    if quantity == DOSE or inputs["exposure_s"] is None:
        return quantity, value, []
    dose = value * inputs["exposure_s"]
    return DOSE, dose, [Step(name="heat_dose", equation="D = q t", value=dose, unit="kJ/m2")]


MODEL = Model(
    name="thermal_criteria",
    version="1",
    group="effect",
    inputs=(
        Input(name=FLUX, unit="kW/m2", symbol="q", minimum=0.0, maximum=2000.0, required=False,
              typical=(0.1, 400.0)),
        Input(name=DOSE, unit="kJ/m2", symbol="D", minimum=0.0, maximum=1e6, required=False,
              typical=(1.0, 1e4)),
        Input(name="exposure_s", unit="s", symbol="t", minimum=0.1, maximum=600.0,
              required=False),
    ),
    formula=_formula,
    coefficient_sets=(
        CoefficientSet(name="aqt3046", values={"criteria": listed(TABLES["aqt3046"])},
                       source="AQ/T 3046-2013, thermal radiation criteria [mem 95%]",
                       certainty="mem 95%"),
        CoefficientSet(name="china_dose", values={"criteria": listed(TABLES["china_dose"])},
                       source="doses for death, serious and slight injury, China practice "
                              "[mem 88%]", certainty="mem 88%"),
        CoefficientSet(name="order404", values={"criteria": listed(TABLES["order404"])},
                       source="Rostekhnadzor order 404 (2009), annex 4; its words [mem 90%]",
                       certainty="mem 90%"),
        CoefficientSet(name="epa_rmp", values={"criteria": listed(TABLES["epa_rmp"])},
                       source="40 CFR 68.22: 5 kW/m2 for 40 seconds", certainty="sourced"),
    ),
    sources=("the set's own table; a table is not a probit and gives no share",),
    validity=("criteria_not_probit",),
)  # fmt: skip
run = MODEL.run
