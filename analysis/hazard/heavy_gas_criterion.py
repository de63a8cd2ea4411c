"""Is a release heavy, neutral or buoyant (重质气体判定): a Richardson number against its limit.

Britter and McQuaid: (g0 Q/(u³ D))^⅓ ≥ 0.15 for a release that lasts, √(g0 V)/(u D) ≥ 0.20 at once.
HJ 169-2018 annex G: Ri = (g Q/ρ/D (ρ−ρa)/ρa)^⅓/u ≥ 1/6, or g V^⅓/u² (ρ−ρa)/ρa > 0.04; the release
lasts where its duration is more than T = 2 X/u, X the distance to the nearest receptor.
"""

from __future__ import annotations

import math
from typing import Any

from analysis.hazard.model import CoefficientSet, Input, Model, Outcome, Receptors, Step
from analysis.hazard.physics.heavy.buoyancy import (
    BY_NAME,
    Rule,
    air_density_kg_m3,
    behaviour,
    continuous_number,
    instantaneous_number,
    reduced_gravity_m_s2,
)
from layers.errors import InvalidInputError

KINDS = ("continuous", "instantaneous")


def _formula(inputs: dict[str, Any], chosen: CoefficientSet, receptors: Receptors) -> Outcome:
    rule = BY_NAME[chosen.name]
    ambient = inputs["ambient_density_kg_m3"] or air_density_kg_m3(inputs["ambient_temperature_k"])
    reduced = reduced_gravity_m_s2(inputs["density_kg_m3"], ambient)
    kind, arrival = _kind(inputs)
    number, steps = _number(rule, kind, reduced, inputs)
    limit = rule.continuous if kind == "continuous" else rule.instantaneous
    found = behaviour(number, limit, inputs["density_kg_m3"] / ambient)
    return Outcome(
        values={"behaviour": found, "number": number, "limit": limit, "release_kind": kind},
        steps=(
            Step(name="ambient_density_kg_m3", equation="ρa", value=ambient, unit="kg/m3"),
            Step(
                name="reduced_gravity_m_s2",
                equation="g0 = g (ρ − ρa)/ρa",
                value=reduced,
                unit="m/s2",
            ),
            *arrival,
            *steps,
        ),
    )


def _kind(inputs: dict[str, Any]) -> tuple[str, tuple[Step, ...]]:
    """Return whether the release lasts: as given, else by the time to the nearest receptor."""
    if inputs["release_kind"] is not None:
        return str(inputs["release_kind"]), ()
    distance, duration = inputs["distance_m"], inputs["duration_s"]
    if distance is None or duration is None:
        return ("continuous" if inputs["release_kg_s"] is not None else "instantaneous"), ()
    arrival = 2.0 * distance / inputs["wind_speed_m_s"]
    step = Step(name="arrival_s", equation="T = 2 X/u", value=arrival, unit="s")
    return ("continuous" if duration > arrival else "instantaneous"), (step,)


def _number(
    rule: Rule, kind: str, reduced: float, inputs: dict[str, Any]
) -> tuple[float, tuple[Step, ...]]:
    wind, density, width = (
        inputs[name] for name in ("wind_speed_m_s", "density_kg_m3", "source_width_m")
    )
    if kind == "continuous":
        flow = _needed(inputs, "release_kg_s", "kg/s") / density
        width = width or math.sqrt(flow / wind)
        number = continuous_number(
            reduced_m_s2=reduced, flow_m3_s=flow, wind_m_s=wind, width_m=width
        )
        return number, (
            Step(name="volume_flow_m3_s", equation="Q = q/ρ", value=flow, unit="m3/s"),
            Step(name="source_width_m", equation="D, else √(Q/u)", value=width, unit="m"),
            Step(name="number", equation="(g0 Q/(u³ D))^⅓", value=number, unit="1"),
        )
    mass = inputs["mass_kg"]
    if mass is None and None not in (inputs["release_kg_s"], inputs["duration_s"]):
        mass = inputs["release_kg_s"] * inputs["duration_s"]
    if mass is None:
        mass = _needed(inputs, "mass_kg", "kg")
    volume = mass / density
    number = instantaneous_number(
        rule, reduced_m_s2=reduced, volume_m3=volume, wind_m_s=wind, width_m=width
    )
    words = "g0 V^⅓/u²" if rule.name == "hj169" else "√(g0 V)/(u D), D else V^⅓"
    return number, (
        Step(name="volume_m3", equation="V = m/ρ", value=volume, unit="m3"),
        Step(name="number", equation=words, value=number, unit="1"),
    )


def _needed(inputs: dict[str, Any], name: str, unit: str) -> float:
    if inputs[name] is None:
        raise InvalidInputError(
            f"heavy_gas_criterion needs {name}", code="input_missing", field=name, wanted=unit
        )
    return float(inputs[name])


MODEL = Model(
    name="heavy_gas_criterion",
    version="1",
    group="dispersion",
    inputs=(
        Input(
            name="density_kg_m3",
            unit="kg/m3",
            symbol="ρ",
            minimum=0.01,
            maximum=2000.0,
            typical=(0.05, 200.0),
        ),
        Input(
            name="ambient_density_kg_m3",
            unit="kg/m3",
            symbol="ρa",
            minimum=0.5,
            maximum=2.0,
            required=False,
        ),
        Input(
            name="ambient_temperature_k",
            unit="K",
            symbol="Ta",
            minimum=200.0,
            maximum=340.0,
            default=298.15,
        ),
        Input(
            name="wind_speed_m_s",
            unit="m/s",
            symbol="u",
            minimum=0.1,
            maximum=60.0,
            typical=(0.5, 30.0),
        ),
        Input(name="release_kind", unit="kind", choices=KINDS, required=False),
        Input(
            name="release_kg_s", unit="kg/s", symbol="q", minimum=1e-6, maximum=1e6, required=False
        ),
        Input(name="mass_kg", unit="kg", symbol="m", minimum=1e-6, maximum=1e9, required=False),
        Input(name="duration_s", unit="s", symbol="Td", minimum=0.1, maximum=1e6, required=False),
        Input(name="distance_m", unit="m", symbol="X", minimum=1.0, maximum=1e5, required=False),
        Input(
            name="source_width_m", unit="m", symbol="D", minimum=1e-3, maximum=1e4, required=False
        ),
    ),
    formula=_formula,
    coefficient_sets=tuple(
        CoefficientSet(
            name=rule.name,
            values={"continuous": rule.continuous, "instantaneous": rule.instantaneous},
            source=rule.source.removesuffix(" [mem 90%]"),
            certainty="mem 90%",
        )
        for rule in BY_NAME.values()
    ),
    sources=(
        "the light side is the mirror of the heavy one, for clouds 5 % and more lighter than air",
    ),
    validity=("flat_ground", "steady_wind"),
)
run = MODEL.run
