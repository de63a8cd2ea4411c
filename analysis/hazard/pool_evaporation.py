"""Evaporation of a pool below its boiling point (液池蒸发), in the published forms by name."""

from __future__ import annotations

import math
from typing import Any

from analysis.hazard.model import CoefficientSet, Input, Model, Outcome, Receptors, Step
from analysis.hazard.physics.release.hole import AMBIENT_PRESSURE
from analysis.hazard.physics.release.mass_transfer import FORMS
from layers.errors import OutOfRangeError

BOILING_SHARE = 0.95
NEAR_BOILING_SHARE = 0.5


def _formula(inputs: dict[str, Any], chosen: CoefficientSet, receptors: Receptors) -> Outcome:
    share = inputs["vapour_pressure_pa"] / inputs["ambient_pressure_pa"]
    if share > BOILING_SHARE:
        most = BOILING_SHARE * inputs["ambient_pressure_pa"]
        raise OutOfRangeError(
            f"vapour_pressure_pa: got {inputs['vapour_pressure_pa']:g}, wanted up to {most:g} Pa: "
            "above it the pool boils, see boiling_pool",
            field="vapour_pressure_pa",
            got=inputs["vapour_pressure_pa"],
            wanted=f"0 .. {most:g} Pa",
        )
    if inputs["ambient_vapour_pressure_pa"] > inputs["vapour_pressure_pa"]:
        raise OutOfRangeError(
            f"ambient_vapour_pressure_pa: got {inputs['ambient_vapour_pressure_pa']:g}, wanted up "
            f"to the pool's {inputs['vapour_pressure_pa']:g} Pa: above it vapour condenses",
            field="ambient_vapour_pressure_pa",
            got=inputs["ambient_vapour_pressure_pa"],
            wanted=f"0 .. {inputs['vapour_pressure_pa']:g} Pa",
        )
    area = math.pi * inputs["pool_radius_m"] ** 2
    steps = FORMS[chosen.name](inputs, chosen.values)
    flux = float(steps[-1].value)
    steps += [
        Step(name="pool_area_m2", equation="A = π r²", value=area, unit="m2"),
        Step(name="rate_kg_s", equation="Q = G A", value=flux * area, unit="kg/s"),
    ]
    near = share > NEAR_BOILING_SHARE and chosen.name != "casal"
    return Outcome(
        values={"flux_kg_m2_s": flux, "rate_kg_s": flux * area},
        steps=tuple(steps),
        warnings=({"code": "hazard.near_boiling", "params": {}},) if near else (),
    )


def _set(name: str, source: str, certainty: str, **values: float) -> CoefficientSet:
    return CoefficientSet(name=name, values=values, source=source, certainty=certainty)


MODEL = Model(
    name="pool_evaporation",
    version="2",
    group="release",
    inputs=(
        Input(
            name="wind_speed_m_s",
            unit="m/s",
            symbol="u",
            minimum=0.1,
            maximum=60.0,
            typical=(0.5, 30.0),
        ),
        Input(
            name="pool_radius_m",
            unit="m",
            symbol="r",
            minimum=0.05,
            maximum=1000.0,
            typical=(0.1, 200.0),
        ),
        Input(
            name="vapour_pressure_pa",
            unit="Pa",
            symbol="Pv",
            minimum=0.0,
            maximum=104_500.0,
        ),
        Input(
            name="molar_mass_kg_mol",
            unit="kg/mol",
            symbol="M",
            minimum=0.001,
            maximum=1.0,
            typical=(0.002, 0.4),
        ),
        Input(
            name="temperature_k",
            unit="K",
            symbol="T",
            minimum=150.0,
            maximum=600.0,
            typical=(230.0, 450.0),
        ),
        Input(name="stability", unit="class", choices=("A", "B", "C", "D", "E", "F"), default="D"),
        AMBIENT_PRESSURE,
        Input(
            name="ambient_vapour_pressure_pa",
            unit="Pa",
            symbol="P∞",
            minimum=0.0,
            maximum=1e5,
            default=0.0,
        ),
        Input(name="schmidt_number", unit="1", symbol="Sc", minimum=0.1, maximum=10.0, default=0.8),
        Input(
            name="diffusivity_m2_s",
            unit="m2/s",
            symbol="D",
            minimum=1e-7,
            maximum=1e-3,
            required=False,
            typical=(2e-6, 8e-5),
        ),
        Input(
            name="air_viscosity_m2_s",
            unit="m2/s",
            symbol="ν",
            minimum=8e-6,
            maximum=3e-5,
            default=1.5e-5,
        ),
        Input(
            name="air_flow_coefficient",
            unit="1",
            symbol="η",
            minimum=1.0,
            maximum=10.0,
            default=1.0,
        ),
    ),
    formula=_formula,
    coefficient_sets=(
        _set(
            "casal",
            "Casal, Evaluation of the Effects and Consequences of Major Accidents, eq. 2.56 "
            "(read in OpenSRANE)",
            "sourced",
        ),
        _set(
            "epa_rmp",
            "EPA 550-B-99-009, RMP Guidance for Offsite Consequence Analysis, eq. D-1",
            "mem 90%",
        ),
        _set(
            "hj169",
            "HJ 169-2018 annex F, mass evaporation (read in Artoko/myrisk)",
            "sourced",
        ),
        _set(
            "mackay_matsugu",
            "Mackay & Matsugu 1973, Can. J. Chem. Eng. 51, 434-439: 0.0292 in m/h",
            "mem 90%",
            constant=0.00482,
        ),
        _set(
            "yellow_book",
            "TNO Yellow Book CPR 14E ch. 3, after Mackay & Matsugu; Sc = 0.8",
            "mem 85%",
            constant=0.004786,
        ),
        _set(
            "crowl_louvar",
            "Crowl & Louvar, Chemical Process Safety, ch. 3: K of water 0.83 cm/s",
            "mem 90%",
            water_transfer_m_s=0.0083,
        ),
        _set(
            "sp12_13130",
            "СП 12.13130.2009 annex A; η by wind is to be given, 1 is still air",
            "sourced",
        ),
    ),
    sources=("mass transfer from a pool in wind",),
    validity=("below_boiling",),
)
run = MODEL.run
