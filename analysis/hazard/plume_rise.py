"""Plume rise and effective height (烟气抬升、有效源高) of a stack or an upward opening."""

from __future__ import annotations

from typing import Any

from analysis.hazard.model import CoefficientSet, Input, Model, Outcome, Receptors, Step
from analysis.hazard.physics.air.rise import (
    Rise,
    Stack,
    briggs,
    china,
    downwash_m,
    gradual_m,
    heat_kw,
    holland,
)
from analysis.hazard.physics.gaussian.sigma import CLASSES


def _formula(inputs: dict[str, Any], chosen: CoefficientSet, receptors: Receptors) -> Outcome:
    stack = Stack(
        height_m=inputs["stack_height_m"],
        diameter_m=inputs["diameter_m"],
        speed_m_s=inputs["exit_speed_m_s"],
        temperature_k=inputs["exit_temperature_k"],
        air_k=inputs["air_temperature_k"],
        wind_m_s=inputs["wind_speed_m_s"],
        stability=inputs["stability"],
    )
    steps: tuple[Step, ...]
    if chosen.name == "hj_2_2":
        heat = heat_kw(stack, inputs["ambient_pressure_pa"] / 100.0)
        rise = china(stack, heat=heat, terrain=inputs["terrain"])
        words = "Qh = 0.35 Pa (π d²/4) v (Ts − Ta)/Ts, Pa in hPa"
        steps = (Step(name="heat_release_kw", equation=words, value=heat, unit="kW"),)
        down = 0.0
    elif chosen.name == "holland":
        rise = holland(stack, inputs["ambient_pressure_pa"] / 100.0)
        steps, down = (), 0.0
    else:
        rise = briggs(stack, calm_limit=chosen.name == "briggs")
        steps = _fluxes(stack, rise)
        down = downwash_m(stack) if inputs["downwash"] == "yes" else 0.0
    return _answer(stack, rise, down, inputs["distance_m"], steps)


def _fluxes(stack: Stack, rise: Rise) -> tuple[Step, ...]:
    found = [
        Step(
            name="buoyancy_flux_m4_s3",
            equation="Fb = g v d² (Ts − Ta)/(4 Ts), g 9.80616",
            value=stack.buoyancy_m4_s3,
            unit="m4/s3",
        ),
        Step(
            name="momentum_flux_m4_s2",
            equation="Fm = v² d² Ta/(4 Ts)",
            value=stack.momentum_m4_s2,
            unit="m4/s2",
        ),
    ]
    words = "ΔTc = 0.0297 Ts v^⅓/d^⅔ (Fb < 55), 0.00575 Ts v^⅔/d^⅓"
    if stack.stable:
        s = stack.stability_per_s2
        found.append(
            Step(
                name="stability_parameter_per_s2", equation="s = g (∂θ/∂z)/Ta", value=s, unit="1/s2"
            )
        )
        words = "ΔTc = 0.019582 Ts v √s"
    found.append(
        Step(name="crossover_temperature_k", equation=words, value=rise.crossover_k, unit="K")
    )
    return tuple(found)


def _answer(
    stack: Stack, rise: Rise, down: float, distance: float | None, steps: tuple[Step, ...]
) -> Outcome:
    base = max(stack.height_m + down, 0.0)
    values: dict[str, Any] = {
        "plume_rise_m": rise.final_m,
        "effective_height_m": base + rise.final_m,
        "final_distance_m": rise.final_at_m,
        "driver": rise.driver,
        "downwash_m": down,
    }
    if distance is not None:
        so_far = gradual_m(stack, rise, distance) if rise.driver != "both" else rise.final_m
        values["rise_at_distance_m"] = so_far
        values["height_at_distance_m"] = base + so_far
    return Outcome(
        values=values,
        steps=(
            *steps,
            Step(name="plume_rise_m", equation=rise.equation, value=rise.final_m, unit="m"),
            Step(
                name="effective_height_m",
                equation="h_e = h_s + Δh",
                value=base + rise.final_m,
                unit="m",
            ),
        ),
    )


MODEL = Model(
    name="plume_rise",
    version="1",
    group="dispersion",
    inputs=(
        Input(name="stack_height_m", unit="m", symbol="h_s", minimum=0.0, maximum=500.0),
        Input(
            name="diameter_m",
            unit="m",
            symbol="d",
            minimum=0.01,
            maximum=50.0,
            typical=(0.05, 15.0),
        ),
        Input(
            name="exit_speed_m_s",
            unit="m/s",
            symbol="v",
            minimum=0.01,
            maximum=400.0,
            typical=(0.5, 100.0),
        ),
        Input(
            name="exit_temperature_k",
            unit="K",
            symbol="Ts",
            minimum=150.0,
            maximum=2500.0,
            typical=(230.0, 1500.0),
        ),
        Input(
            name="air_temperature_k",
            unit="K",
            symbol="Ta",
            minimum=200.0,
            maximum=340.0,
            default=293.15,
        ),
        Input(
            name="wind_speed_m_s",
            unit="m/s",
            symbol="u",
            minimum=0.5,
            maximum=60.0,
            typical=(1.0, 30.0),
        ),
        Input(name="stability", unit="class", choices=CLASSES),
        Input(name="distance_m", unit="m", symbol="x", minimum=0.0, maximum=1e5, required=False),
        Input(name="downwash", unit="word", choices=("yes", "no"), default="no"),
        Input(name="terrain", unit="word", choices=("rural", "urban"), default="rural"),
        Input(
            name="ambient_pressure_pa",
            unit="Pa",
            symbol="Pa",
            minimum=50_000.0,
            maximum=110_000.0,
            default=101_325.0,
        ),
    ),
    formula=_formula,
    coefficient_sets=(
        CoefficientSet(
            name="isc3",
            values={"gradient_e_k_m": 0.020, "gradient_f_k_m": 0.035, "gravity_m_s2": 9.80616},
            source="Briggs 1969, 1971, 1975 as in EPA-454/B-95-003b (ISC3 vol. II) 1.1.4, read in "
            "GasDispersion.jl plume_rise.jl and two more open codes",
            certainty="sourced",
        ),
        CoefficientSet(
            name="briggs",
            values={"gradient_e_k_m": 0.020, "gradient_f_k_m": 0.035, "gravity_m_s2": 9.80616},
            source="as isc3; in stable air the lesser of the bent-over and the calm rise "
            "4 Fb^1/4 s^-3/8, read in GasDispersion.jl plume_rise.jl",
            certainty="sourced",
        ),
        CoefficientSet(
            name="hj_2_2",
            values={"rural": (1.427, 0.332), "urban": (1.303, 0.292)},
            source="HJ/T 2.2-93 (GB/T 3840-91), read in Artoko/myrisk SmokeRise.vb",
            certainty="sourced",
        ),
        CoefficientSet(
            name="holland",
            values={"jet": 1.5, "buoyancy_per_hpa_m": 2.68e-3},
            source="Holland 1953 as in Turner's Workbook 1970, read in a worked example at "
            "gyanimohan.xyz",
            certainty="sourced",
        ),
    ),
    sources=("Briggs, Plume Rise, USAEC 1969; EPA-454/B-95-003b 1.1.4",),
    validity=("flat_ground", "steady_wind"),
)
run = MODEL.run
