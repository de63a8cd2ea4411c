"""Gas through a hole (气体泄漏), choked or not, and how the vessel blows down."""

from __future__ import annotations

import math
from typing import Any

from analysis.hazard.model import CoefficientSet, Input, Model, Outcome, Receptors, Step
from analysis.hazard.physics.constants import R_GAS
from analysis.hazard.physics.release.blowdown import blowdown
from analysis.hazard.physics.release.hole import (
    AMBIENT_PRESSURE,
    DISCHARGE_COEFFICIENT,
    HOLE,
    discharge_coefficient,
    hole_area,
)
from analysis.hazard.physics.release.orifice import critical_ratio, gas_flux

_CHOKED = "Q = Cd A P √(k M/(R T) (2/(k+1))^((k+1)/(k−1)))"
_UNCHOKED = "Q = Cd A P √(2 M/(R T) k/(k−1) (r^(2/k) − r^((k+1)/k)))"


def _formula(inputs: dict[str, Any], chosen: CoefficientSet, receptors: Receptors) -> Outcome:
    area = hole_area(inputs)
    cd = discharge_coefficient(inputs, chosen.values)
    p, k = inputs["pressure_pa"], inputs["gamma"]
    ratio, critical = inputs["ambient_pressure_pa"] / p, critical_ratio(k)
    steps = [
        area,
        cd,
        Step(name="pressure_ratio", equation="r = Pa/P", value=ratio, unit="1"),
        Step(
            name="critical_ratio",
            equation="rc = (2/(k+1))^(k/(k−1))",
            value=critical,
            unit="1",
        ),
    ]
    if ratio >= 1.0:
        return Outcome(
            values={"rate_kg_s": 0.0, "choked": False},
            steps=tuple(steps),
            warnings=({"code": "hazard.no_overpressure", "params": {}},),
        )
    choked = ratio <= critical
    passage = float(cd.value) * float(area.value)
    rate = passage * float(
        gas_flux(
            pressure_pa=p,
            temperature_k=inputs["temperature_k"],
            ambient_pressure_pa=inputs["ambient_pressure_pa"],
            gamma=k,
            molar_mass_kg_mol=inputs["molar_mass_kg_mol"],
        )
    )
    steps.append(Step(name="choked", equation="r ≤ rc", value=choked, unit="1"))
    equation = _CHOKED if choked else _UNCHOKED
    steps.append(Step(name="rate_kg_s", equation=equation, value=rate, unit="kg/s"))
    values: dict[str, Any] = {"rate_kg_s": rate, "choked": choked}
    if inputs["vessel_volume_m3"] is None:
        return _steady(values, steps, inputs["duration_s"])
    return _emptied(inputs, values, steps, passage)


def _steady(values: dict[str, Any], steps: list[Step], duration_s: float | None) -> Outcome:
    """Return a release at a constant rate: of a vessel too large to fall, or of a line."""
    if duration_s is not None:
        mass = values["rate_kg_s"] * duration_s
        steps.append(Step(name="released_kg", equation="m = Q t", value=mass, unit="kg"))
        values |= {"released_kg": mass, "duration_s": duration_s}
    return Outcome(values=values, steps=tuple(steps))


def _emptied(
    inputs: dict[str, Any], values: dict[str, Any], steps: list[Step], passage_m2: float
) -> Outcome:
    density = inputs["pressure_pa"] * inputs["molar_mass_kg_mol"]
    density /= R_GAS * inputs["temperature_k"]
    held = density * inputs["vessel_volume_m3"]
    course = blowdown(
        mass_kg=held,
        volume_m3=inputs["vessel_volume_m3"],
        temperature_k=inputs["temperature_k"],
        pressure_pa=inputs["pressure_pa"],
        ambient_pressure_pa=inputs["ambient_pressure_pa"],
        gamma=inputs["gamma"],
        molar_mass_kg_mol=inputs["molar_mass_kg_mol"],
        passage_m2=passage_m2,
        adiabatic=inputs["expansion"] == "adiabatic",
        until_s=math.inf if inputs["duration_s"] is None else inputs["duration_s"],
    )
    released = held - course.mass_kg[-1]
    pressure = "P = P0 (m/m0)^k, T = T0 (m/m0)^(k−1)"
    if inputs["expansion"] == "isothermal":
        pressure = "P = P0 m/m0, T = T0"
    steps += [
        Step(name="gas_density_kg_m3", equation="ρ = P M/(R T)", value=density, unit="kg/m3"),
        Step(name="held_kg", equation="m0 = ρ V", value=held, unit="kg"),
        Step(
            name="mass_left_kg",
            equation=f"dm/dt = −Q(P, T), {pressure}, until P = Pa or t ends",
            value=float(course.mass_kg[-1]),
            unit="kg",
        ),
        Step(name="released_kg", equation="m0 − m", value=float(released), unit="kg"),
        Step(name="duration_s", equation="t = ∫ dm/Q", value=float(course.time_s[-1]), unit="s"),
    ]
    values |= {
        "released_kg": float(released),
        "mass_left_kg": float(course.mass_kg[-1]),
        "held_kg": held,
        "duration_s": float(course.time_s[-1]),
    }
    return Outcome(values=values, steps=tuple(steps), intermediates={"history": course.table()})


def _set(name: str, value: float, source: str, certainty: str) -> CoefficientSet:
    return CoefficientSet(
        name=name, values={"discharge_coefficient": value}, source=source, certainty=certainty
    )


MODEL = Model(
    name="gas_release",
    version="2",
    group="release",
    inputs=(
        *HOLE,
        Input(
            name="pressure_pa",
            unit="Pa absolute",
            symbol="P",
            minimum=1e3,
            maximum=1e8,
            typical=(9e4, 5e7),
        ),
        Input(
            name="temperature_k",
            unit="K",
            symbol="T",
            minimum=20.0,
            maximum=2000.0,
            typical=(90.0, 900.0),
        ),
        Input(
            name="molar_mass_kg_mol",
            unit="kg/mol",
            symbol="M",
            minimum=0.001,
            maximum=1.0,
            typical=(0.002, 0.4),
        ),
        Input(name="gamma", unit="1", symbol="k", minimum=1.01, maximum=1.7),
        AMBIENT_PRESSURE,
        DISCHARGE_COEFFICIENT,
        Input(
            name="vessel_volume_m3",
            unit="m3",
            symbol="V",
            minimum=1e-4,
            maximum=1e6,
            required=False,
        ),
        Input(
            name="expansion",
            unit="word",
            choices=("adiabatic", "isothermal"),
            default="adiabatic",
        ),
        Input(name="duration_s", unit="s", symbol="t", minimum=1e-3, maximum=3.2e7, required=False),
    ),
    formula=_formula,
    coefficient_sets=(
        _set(
            "round",
            1.0,
            "HJ 169-2018 annex F, round hole (read in the open program Artoko/myrisk)",
            "sourced",
        ),
        _set(
            "triangular",
            0.95,
            "HJ 169-2018 annex F, triangular hole (read in Artoko/myrisk)",
            "sourced",
        ),
        _set("slot", 0.90, "HJ 169-2018 annex F, slot (read in Artoko/myrisk)", "sourced"),
        _set("hj169", 1.0, "HJ 169-2018 annex F, as the set round", "sourced"),
        _set(
            "ccps",
            0.85,
            "CCPS, Guidelines for Consequence Analysis of Chemical Releases, 1999, p. 47",
            "sourced",
        ),
        _set("sharp_edged", 0.85, "CCPS, as the set ccps", "sourced"),
        _set("yellow_book", 0.62, "TNO Yellow Book CPR 14E, sharp-edged orifice", "mem 85%"),
    ),
    sources=(
        "Casal, Evaluation of the Effects and Consequences of Major Accidents, eq. 2.19-2.21 "
        "(read in OpenSRANE and GasDispersion.jl)",
        "blow-down: perfect gas, mass balance over the hole",
    ),
    validity=("perfect_gas", "well_mixed_vessel"),
)
run = MODEL.run
