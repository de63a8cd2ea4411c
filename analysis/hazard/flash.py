"""Flash of a superheated liquid (闪蒸): vapour, spray and what rains out; the three sum to one."""

from __future__ import annotations

from typing import Any

from analysis.hazard.model import CoefficientSet, Input, Model, Outcome, Receptors, Step
from analysis.hazard.physics.release.flashing import (
    AIRBORNE_RULES,
    airborne_fraction,
    flash_fraction,
)

HEAT_CAPACITY = Input(
    name="liquid_heat_capacity_j_kg_k",
    unit="J/(kg K)",
    symbol="cp",
    minimum=100.0,
    maximum=20_000.0,
    typical=(500.0, 10_000.0),
)
BOILING_POINT = Input(
    name="boiling_point_k",
    unit="K",
    symbol="Tb",
    minimum=4.0,
    maximum=1000.0,
    typical=(20.0, 800.0),
)
LATENT_HEAT = Input(
    name="heat_of_vaporisation_j_kg",
    unit="J/kg",
    symbol="Hv",
    minimum=1e4,
    maximum=1e7,
    typical=(5e4, 3e6),
)
STORED = Input(
    name="temperature_k",
    unit="K",
    symbol="T",
    minimum=4.0,
    maximum=1500.0,
    typical=(20.0, 700.0),
)
FORM = Input(name="flash_form", unit="word", choices=("linear", "exponential"), default="linear")
EQUATIONS = {"linear": "f = cp (T − Tb)/Hv", "exponential": "f = 1 − exp(−cp (T − Tb)/Hv)"}
RULE_SETS = (
    CoefficientSet(
        name="purple_book",
        values={"rule": AIRBORNE_RULES["purple_book"]},
        source="TNO Purple Book CPR 18E, table 4.8; AQ/T 3046-2013",
        certainty="mem 85%",
    ),
    CoefficientSet(
        name="kletz",
        values={"rule": AIRBORNE_RULES["kletz"]},
        source="Kletz: as much spray as vapour (CCPS, Guidelines for Chemical Process QRA)",
        certainty="mem 90%",
    ),
    CoefficientSet(
        name="epa_all",
        values={"rule": AIRBORNE_RULES["epa_all"]},
        source="40 CFR 68.25(c): a gas liquefied by pressure goes into the air whole",
        certainty="mem 95%",
    ),
    CoefficientSet(
        name="hj169",
        values={"rule": AIRBORNE_RULES["hj169"]},
        source="HJ 169-2018 annex F: flash evaporation alone, no spray",
        certainty="mem 85%",
    ),
)


def split_steps(
    inputs: dict[str, Any], rule: CoefficientSet
) -> tuple[tuple[Step, ...], tuple[dict[str, Any], ...]]:
    """Return the three shares as steps, and what to beware of."""
    flashed = flash_fraction(
        heat_capacity=inputs["liquid_heat_capacity_j_kg_k"],
        temperature_k=inputs["temperature_k"],
        boiling_point_k=inputs["boiling_point_k"],
        latent_heat=inputs["heat_of_vaporisation_j_kg"],
        form=inputs["flash_form"],
    )
    airborne = airborne_fraction(flashed, rule.name)
    steps = (
        Step(
            name="flash_fraction", equation=EQUATIONS[inputs["flash_form"]], value=flashed, unit="1"
        ),
        Step(name="airborne_fraction", equation=rule.values["rule"], value=airborne, unit="1"),
        Step(name="aerosol_fraction", equation="airborne − f", value=airborne - flashed, unit="1"),
        Step(name="rainout_fraction", equation="1 − airborne", value=1.0 - airborne, unit="1"),
    )
    cold = inputs["temperature_k"] <= inputs["boiling_point_k"]
    return steps, ({"code": "hazard.no_flash", "params": {}},) if cold else ()


def _formula(inputs: dict[str, Any], chosen: CoefficientSet, receptors: Receptors) -> Outcome:
    steps, warnings = split_steps(inputs, chosen)
    values = {step.name: step.value for step in steps}
    rate = inputs["rate_kg_s"]
    if rate is not None:
        more = (
            Step(
                name="release_to_air_kg_s",
                equation="Q airborne",
                value=rate * float(values["airborne_fraction"]),
                unit="kg/s",
            ),
            Step(
                name="rate_to_pool_kg_s",
                equation="Q rained out",
                value=rate * float(values["rainout_fraction"]),
                unit="kg/s",
            ),
        )
        steps += more
        values |= {step.name: step.value for step in more}
    return Outcome(values=values, steps=steps, warnings=warnings)


MODEL = Model(
    name="flash",
    version="1",
    group="release",
    inputs=(
        STORED,
        BOILING_POINT,
        HEAT_CAPACITY,
        LATENT_HEAT,
        FORM,
        Input(name="rate_kg_s", unit="kg/s", symbol="Q", minimum=0.0, maximum=1e6, required=False),
    ),
    formula=_formula,
    coefficient_sets=RULE_SETS,
    sources=(
        "HJ 169-2018 annex F (read in Artoko/myrisk); CCPS, Guidelines for Use of Vapor Cloud "
        "Dispersion Models, 2nd ed., eq. 4-14",
    ),
    validity=("constant_heats",),
)
run = MODEL.run
