"""Flashing liquid through a pipe or a long crack (两相流泄漏).

A hole straight through a vessel's wall (path under about 0.1 m) does not flash inside: that is
`liquid_release`; the set `fauske_erm` joins both by the length of the path.
"""

from __future__ import annotations

import math
from typing import Any

from analysis.hazard.model import CoefficientSet, Input, Model, Outcome, Receptors, Step
from analysis.hazard.physics.constants import R_GAS
from analysis.hazard.physics.release.equilibrium_rate import EQUILIBRIUM_LENGTH_M, equilibrium_rate
from analysis.hazard.physics.release.flashing import mixture_density
from analysis.hazard.physics.release.hole import (
    AMBIENT_PRESSURE,
    DISCHARGE_COEFFICIENT,
    HOLE,
    asked,
    discharge_coefficient,
    hole_area,
)
from analysis.hazard.physics.release.orifice import gas_flux, liquid_speed
from analysis.hazard.physics.release.saturation import boiling_point_at_k
from layers.errors import OutOfRangeError

LITTLE_VAPOUR = 0.01


def _formula(inputs: dict[str, Any], chosen: CoefficientSet, receptors: Receptors) -> Outcome:
    if inputs["pressure_pa"] <= inputs["ambient_pressure_pa"]:
        raise OutOfRangeError(
            f"pressure_pa: got {inputs['pressure_pa']:g}, wanted more than the air's "
            f"{inputs['ambient_pressure_pa']:g} Pa",
            field="pressure_pa",
            got=inputs["pressure_pa"],
            wanted=f"> {inputs['ambient_pressure_pa']:g} Pa",
        )
    if chosen.name == "fauske_erm":
        area, cd = hole_area(inputs), discharge_coefficient(inputs, chosen.values)
        steps = equilibrium_rate(inputs, area, cd)
        return Outcome(values={"rate_kg_s": steps[-1].value, "phase": "two_phase"}, steps=steps)
    return _choked_mixture(inputs, chosen)


def _choked_mixture(inputs: dict[str, Any], chosen: CoefficientSet) -> Outcome:
    """Return HJ 169-2018 annex F: a mixture that chokes at 0.55 of the pressure."""
    area, cd = hole_area(inputs), discharge_coefficient(inputs, chosen.values)
    steps = [area, cd, _choke(inputs, chosen)]
    p_choke = float(steps[-1].value)
    steps += _vapour_share(inputs, p_choke)
    share = float(steps[-1].value)
    passage = float(cd.value) * float(area.value)
    if share >= 1.0:
        return _as_gas(inputs, steps, passage)
    if share <= 0.0:
        return _as_liquid(inputs, steps, passage)
    steps += _mixture(inputs, p_choke, share)
    mixed = float(steps[-1].value)
    rate = passage * math.sqrt(2.0 * mixed * (inputs["pressure_pa"] - p_choke))
    steps.append(
        Step(name="rate_kg_s", equation="Q = Cd A √(2 ρm (P − Pc))", value=rate, unit="kg/s")
    )
    little = share < LITTLE_VAPOUR
    return Outcome(
        values={"rate_kg_s": rate, "vapour_fraction": share, "phase": "two_phase"},
        steps=tuple(steps),
        warnings=({"code": "hazard.little_vapour", "params": {}},) if little else (),
    )


def _choke(inputs: dict[str, Any], chosen: CoefficientSet) -> Step:
    given = inputs["choke_pressure_pa"]
    p = inputs["pressure_pa"]
    if given is not None and given >= p:
        raise OutOfRangeError(
            f"choke_pressure_pa: got {given:g}, wanted less than the vessel's {p:g} Pa",
            field="choke_pressure_pa",
            got=given,
            wanted=f"< {p:g} Pa",
        )
    ratio = chosen.values["choke_ratio"]
    value = ratio * p if given is None else given
    equation = f"Pc = {ratio:g} P" if given is None else "Pc (given)"
    return Step(name="choke_pressure_pa", equation=equation, value=value, unit="Pa")


def _vapour_share(inputs: dict[str, Any], p_choke: float) -> list[Step]:
    """Return the flashed share as the last step: given, or from heats at the choke pressure."""
    given = inputs["vapour_fraction"]
    if given is not None:
        return [Step(name="vapour_fraction", equation="Fv (given)", value=given, unit="1")]
    boiling, steps = inputs["boiling_point_at_choke_k"], []
    if boiling is None:
        molar = _want(inputs, "heat_of_vaporisation_j_kg") * inputs["molar_mass_kg_mol"]
        boiling = boiling_point_at_k(
            pressure_pa=p_choke,
            boiling_point_k=_want(inputs, "boiling_point_k"),
            molar_heat_j_mol=molar,
        )
        steps.append(
            Step(
                name="boiling_point_at_choke_k",
                equation="1/Tc = 1/Tb − R/(Hv M) ln(Pc/101325)",
                value=boiling,
                unit="K",
            )
        )
    share = _want(inputs, "liquid_heat_capacity_j_kg_k") * (
        _want(inputs, "temperature_k") - boiling
    )
    share /= _want(inputs, "heat_of_vaporisation_j_kg")
    return [
        *steps,
        Step(name="vapour_fraction", equation="Fv = cp (T − Tc)/Hv", value=share, unit="1"),
    ]


def _mixture(inputs: dict[str, Any], p_choke: float, share: float) -> list[Step]:
    vapour = inputs["vapour_density_kg_m3"]
    equation = "ρ1 (given)"
    if vapour is None:
        equation = "ρ1 = Pc M/(R Tc)"
        boiling = inputs["boiling_point_at_choke_k"]
        if boiling is None:
            boiling = boiling_point_at_k(
                pressure_pa=p_choke,
                boiling_point_k=_want(inputs, "boiling_point_k"),
                molar_heat_j_mol=_want(inputs, "heat_of_vaporisation_j_kg")
                * inputs["molar_mass_kg_mol"],
            )
        vapour = p_choke * inputs["molar_mass_kg_mol"] / (R_GAS * boiling)
    mixed = mixture_density(
        vapour_share=share,
        vapour_kg_m3=vapour,
        liquid_kg_m3=inputs["liquid_density_kg_m3"],
    )
    return [
        Step(name="vapour_density_kg_m3", equation=equation, value=vapour, unit="kg/m3"),
        Step(
            name="mixture_density_kg_m3",
            equation="1/ρm = Fv/ρ1 + (1 − Fv)/ρ2",
            value=mixed,
            unit="kg/m3",
        ),
    ]


def _as_gas(inputs: dict[str, Any], steps: list[Step], passage: float) -> Outcome:
    """Return the release as gas: all of it evaporates before it is out."""
    gamma = _want(inputs, "gamma")
    rate = passage * float(
        gas_flux(
            pressure_pa=inputs["pressure_pa"],
            temperature_k=_want(inputs, "temperature_k"),
            ambient_pressure_pa=inputs["ambient_pressure_pa"],
            gamma=gamma,
            molar_mass_kg_mol=inputs["molar_mass_kg_mol"],
        )
    )
    equation = "Fv ≥ 1: as gas, Cd A P √(k M/(R T) (2/(k+1))^((k+1)/(k−1)))"
    steps.append(Step(name="rate_kg_s", equation=equation, value=rate, unit="kg/s"))
    return Outcome(
        values={"rate_kg_s": rate, "vapour_fraction": 1.0, "phase": "gas"},
        steps=tuple(steps),
        warnings=({"code": "hazard.flashes_whole", "params": {}},),
    )


def _as_liquid(inputs: dict[str, Any], steps: list[Step], passage: float) -> Outcome:
    """Return the release as liquid: nothing flashes before the outlet."""
    speed = liquid_speed(
        overpressure_pa=inputs["pressure_pa"] - inputs["ambient_pressure_pa"],
        density_kg_m3=inputs["liquid_density_kg_m3"],
        head_m=0.0,
        gravity=0.0,
    )
    rate = passage * inputs["liquid_density_kg_m3"] * float(speed)
    equation = "Fv ≤ 0: as liquid, Cd A √(2 ρ2 (P − Pa))"
    steps.append(Step(name="rate_kg_s", equation=equation, value=rate, unit="kg/s"))
    return Outcome(
        values={"rate_kg_s": rate, "vapour_fraction": 0.0, "phase": "liquid"},
        steps=tuple(steps),
        warnings=({"code": "hazard.no_flash", "params": {}},),
    )


def _want(inputs: dict[str, Any], name: str) -> float:
    return asked(inputs, name, "the share that flashes follows from it")


def _optional(
    name: str, unit: str, symbol: str, low: float, high: float, typical: tuple[float, float]
) -> Input:
    return Input(
        name=name,
        unit=unit,
        symbol=symbol,
        minimum=low,
        maximum=high,
        required=False,
        typical=typical,
    )


MODEL = Model(
    name="two_phase_release",
    version="2",
    group="release",
    inputs=(
        *HOLE,
        Input(
            name="pressure_pa",
            unit="Pa absolute",
            symbol="P",
            minimum=1.02e5,
            maximum=1e8,
            typical=(1.1e5, 5e7),
        ),
        Input(
            name="liquid_density_kg_m3",
            unit="kg/m3",
            symbol="ρ2",
            minimum=50.0,
            maximum=5000.0,
            typical=(300.0, 2000.0),
        ),
        Input(
            name="molar_mass_kg_mol",
            unit="kg/mol",
            symbol="M",
            minimum=0.001,
            maximum=1.0,
            typical=(0.002, 0.4),
        ),
        _optional("boiling_point_at_choke_k", "K", "Tc", 20.0, 1000.0, (20.0, 800.0)),
        _optional("vapour_fraction", "1", "Fv", 0.0, 1.0, (0.0, 1.0)),
        DISCHARGE_COEFFICIENT,
        AMBIENT_PRESSURE,
        _optional("choke_pressure_pa", "Pa", "Pc", 3e4, 1e8, (5e4, 5e7)),
        _optional("vapour_density_kg_m3", "kg/m3", "ρ1", 0.01, 500.0, (0.1, 200.0)),
        _optional("temperature_k", "K", "T", 20.0, 1000.0, (90.0, 700.0)),
        _optional("boiling_point_k", "K", "Tb", 4.0, 1000.0, (20.0, 800.0)),
        _optional(
            "liquid_heat_capacity_j_kg_k", "J/(kg K)", "cp", 100.0, 20_000.0, (500.0, 10_000.0)
        ),
        _optional("heat_of_vaporisation_j_kg", "J/kg", "Hv", 1e4, 1e7, (5e4, 3e6)),
        _optional("gamma", "1", "k", 1.01, 1.7, (1.01, 1.7)),
        _optional("saturation_pressure_pa", "Pa", "Ps", 1e3, 1e8, (1e4, 5e7)),
        _optional("expansion_m3_kg", "m3/kg", "vfg", 1e-5, 100.0, (1e-3, 10.0)),
        Input(
            name="pipe_length_m",
            unit="m",
            symbol="L",
            minimum=0.0,
            maximum=1e4,
            default=EQUILIBRIUM_LENGTH_M,
        ),
    ),
    formula=_formula,
    coefficient_sets=(
        CoefficientSet(
            name="hj169",
            values={"discharge_coefficient": 0.8, "choke_ratio": 0.55},
            source="HJ 169-2018 annex F; AQ/T 3046-2013 (read in Artoko/myrisk)",
            certainty="sourced",
        ),
        CoefficientSet(
            name="fauske_erm",
            values={"discharge_coefficient": 0.61},
            source="Fauske & Epstein 1988, Source term considerations in connection with chemical "
            "accidents and vapour cloud modelling, J. Loss Prev. Process Ind. 1, 75-83; "
            "as in Crowl & Louvar, Chemical Process Safety, ch. 4",
            certainty="mem 90%",
        ),
    ),
    sources=(
        "Fauske 1965, two-phase critical flow (Lees, Loss Prevention, 3rd ed., 15.3); "
        "HJ 169-2018 annex F",
    ),
    validity=("equilibrium_path",),
)
run = MODEL.run
