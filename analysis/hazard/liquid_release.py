"""Liquid through a hole (液体泄漏): Bernoulli, and how the tank drains while its level falls."""

from __future__ import annotations

import math
from typing import Any

from analysis.hazard.model import CoefficientSet, Input, Model, Outcome, Receptors, Step
from analysis.hazard.physics.constants import GRAVITY
from analysis.hazard.physics.release.hole import (
    AMBIENT_PRESSURE,
    DISCHARGE_COEFFICIENT,
    HOLE,
    discharge_coefficient,
    hole_area,
    one_of,
)
from analysis.hazard.physics.release.orifice import liquid_speed
from analysis.hazard.physics.release.tank import TANK_INPUTS, Tank, read_tank
from analysis.hazard.physics.release.tank_drainage import Leak, drain
from layers.errors import OutOfRangeError

Warnings = tuple[dict[str, Any], ...]


def _formula(inputs: dict[str, Any], chosen: CoefficientSet, receptors: Receptors) -> Outcome:
    area, cd = hole_area(inputs), discharge_coefficient(inputs, chosen.values)
    passage = float(cd.value) * float(area.value)
    tank = None if inputs["tank_shape"] is None else read_tank(inputs, tall_m=inputs["level_m"])
    level = None if tank is None else _level(inputs, tank)
    head = _head(inputs, level)
    ambient = inputs["ambient_pressure_pa"]
    pressure = max(inputs["pressure_pa"], ambient)
    warnings: Warnings = ()
    if inputs["pressure_pa"] < ambient:
        warnings = ({"code": "hazard.pressure_under_ambient", "params": {}},)
    speed = float(
        liquid_speed(
            overpressure_pa=pressure - ambient,
            density_kg_m3=inputs["density_kg_m3"],
            head_m=head,
            gravity=inputs["gravity_m_s2"],
        )
    )
    rate = passage * inputs["density_kg_m3"] * speed
    steps = [
        area,
        cd,
        Step(name="head_over_hole_m", equation="h = level − hole height", value=head, unit="m"),
        Step(name="speed_m_s", equation="v = √(2 (P − Pa)/ρ + 2 g h)", value=speed, unit="m/s"),
        Step(name="rate_kg_s", equation="Q = Cd A ρ v", value=rate, unit="kg/s"),
    ]
    if level is not None and level <= inputs["hole_height_m"]:
        warnings += ({"code": "hazard.level_under_hole", "params": {}},)
        return Outcome(values={"rate_kg_s": 0.0}, steps=tuple(steps[:2]), warnings=warnings)
    if tank is None or level is None or rate == 0.0:
        return _steady(inputs, rate, steps, warnings)
    leak = Leak(
        tank=tank,
        level_m=level,
        hole_height_m=inputs["hole_height_m"],
        passage_m2=passage,
        density_kg_m3=inputs["density_kg_m3"],
        pressure_pa=pressure,
        ambient_pressure_pa=ambient,
        head="gas_pad" if inputs["head_space"] == "gas_pad" else "constant",
        gravity=inputs["gravity_m_s2"],
    )
    return _drained(leak, inputs["duration_s"], rate, steps, warnings)


def _steady(inputs: dict[str, Any], rate: float, steps: list[Step], warnings: Warnings) -> Outcome:
    """Return a release at its first rate: of a tank whose shape is not given."""
    values = {"rate_kg_s": rate}
    held, lasts = inputs["mass_kg"], inputs["duration_s"]
    emptied = held / rate if held is not None and rate > 0.0 else None
    known = [each for each in (lasts, emptied) if each is not None]
    if known and rate > 0.0:
        duration = min(known)
        steps += [
            Step(name="duration_s", equation="t = min(t, m/Q)", value=duration, unit="s"),
            Step(name="released_kg", equation="Q t", value=rate * duration, unit="kg"),
        ]
        values |= {"duration_s": duration, "released_kg": rate * duration}
    return Outcome(values=values, steps=tuple(steps), warnings=warnings)


def _drained(
    leak: Leak, lasts: float | None, rate: float, steps: list[Step], warnings: Warnings
) -> Outcome:
    course = drain(leak, until_s=math.inf if lasts is None else lasts)
    released, duration = float(course.released_kg[-1]), float(course.time_s[-1])
    held = leak.density_kg_m3 * float(leak.tank.volume_m3(leak.level_m))
    end = float(course.level_m[-1])
    if end > leak.hole_height_m * (1 + 1e-9) and lasts is None:
        warnings += ({"code": "hazard.pad_holds_liquid", "params": {"level_m": round(end, 3)}},)
    elif lasts is None and course.pressure_pa[-1] > leak.ambient_pressure_pa * 1.001:
        warnings += ({"code": "hazard.gas_follows", "params": {}},)
    law = "P = P0 Vgas0/Vgas(h)" if leak.head == "gas_pad" else "P constant"
    steps += [
        Step(name="held_kg", equation=f"ρ V(h), {leak.tank.equation()}", value=held, unit="kg"),
        Step(
            name="end_level_m",
            equation=f"S(h) dh/dt = −Cd A v(h), {law}, to the hole or to v = 0 or t",
            value=end,
            unit="m",
        ),
        Step(name="released_kg", equation="ρ (V(h0) − V(h))", value=released, unit="kg"),
        Step(name="duration_s", equation="t = ∫ S(h) dh/(Cd A v(h))", value=duration, unit="s"),
        Step(
            name="rate_at_end_kg_s",
            equation="Q at the end",
            value=float(course.rate_kg_s[-1]),
            unit="kg/s",
        ),
        Step(name="mass_left_kg", equation="held − released", value=held - released, unit="kg"),
    ]
    names = (
        "rate_kg_s",
        "duration_s",
        "released_kg",
        "mass_left_kg",
        "end_level_m",
        "held_kg",
        "rate_at_end_kg_s",
    )
    found = {step.name: step.value for step in steps} | {"rate_kg_s": rate}
    return Outcome(
        values={name: found[name] for name in names},
        steps=tuple(steps),
        intermediates={"history": course.table()},
        warnings=warnings,
    )


def _level(inputs: dict[str, Any], tank: Tank) -> float:
    """Return the level in a tank: given, or that of the mass given."""
    level, mass = inputs["level_m"], inputs["mass_kg"]
    if (level is None) == (mass is None):
        raise one_of("level_m", "mass_kg")
    if mass is not None:
        most = tank.capacity_m3 * inputs["density_kg_m3"]
        _within("mass_kg", mass, most, "kg")
        level = tank.level_m(mass / inputs["density_kg_m3"])
    _within("level_m", level, tank.top_m, "m")
    _within("hole_height_m", inputs["hole_height_m"], tank.top_m, "m")
    if inputs["head_space"] == "gas_pad":
        _within("level_m", level, 0.9999 * tank.top_m, "m")
    return float(level)


def _head(inputs: dict[str, Any], level: float | None) -> float:
    given = inputs["head_m"]
    if level is None:
        level = inputs["level_m"]
    if given is not None and level is not None:
        raise one_of("head_m", "level_m")
    if level is None:
        return 0.0 if given is None else float(given)
    return max(0.0, float(level) - float(inputs["hole_height_m"]))


def _within(field: str, value: float, most: float, unit: str) -> None:
    if value > most * (1.0 + 1e-9):
        raise OutOfRangeError(
            f"{field}: got {value:g} {unit}, the tank takes {most:g} {unit}",
            field=field,
            got=value,
            wanted=f"0 .. {most:g} {unit}",
        )


MODEL = Model(
    name="liquid_release",
    version="2",
    group="release",
    inputs=(
        *HOLE,
        Input(
            name="pressure_pa",
            unit="Pa absolute",
            symbol="P",
            minimum=0.0,
            maximum=1e8,
            typical=(9e4, 1e7),
        ),
        Input(
            name="density_kg_m3",
            unit="kg/m3",
            symbol="ρ",
            minimum=50.0,
            maximum=5000.0,
            typical=(400.0, 2000.0),
        ),
        Input(name="head_m", unit="m", symbol="h", minimum=0.0, maximum=200.0, required=False),
        AMBIENT_PRESSURE,
        DISCHARGE_COEFFICIENT,
        *TANK_INPUTS,
        Input(name="level_m", unit="m", symbol="h0", minimum=0.0, maximum=200.0, required=False),
        Input(name="hole_height_m", unit="m", minimum=0.0, maximum=200.0, default=0.0),
        Input(name="mass_kg", unit="kg", symbol="m", minimum=1e-6, maximum=1e10, required=False),
        Input(
            name="head_space",
            unit="word",
            choices=("constant", "gas_pad"),
            default="constant",
        ),
        Input(name="duration_s", unit="s", symbol="t", minimum=1e-3, maximum=3.2e7, required=False),
        Input(
            name="gravity_m_s2",
            unit="m/s2",
            symbol="g",
            minimum=9.7,
            maximum=9.9,
            default=GRAVITY,
        ),
    ),
    formula=_formula,
    coefficient_sets=(
        CoefficientSet(
            name="sharp_edged",
            values={"discharge_coefficient": 0.61},
            source="CCPS, Guidelines for Consequence Analysis of Chemical Releases, 1999, p. 27: "
            "sharp-edged hole, Re > 30,000",
            certainty="sourced",
        ),
        CoefficientSet(
            name="ccps",
            values={"discharge_coefficient": 0.61},
            source="CCPS 1999, p. 27, as the set sharp_edged",
            certainty="sourced",
        ),
        CoefficientSet(
            name="hj169",
            values={"discharge_coefficient": 0.65},
            source="HJ 169-2018 annex F, round hole, Re > 100",
            certainty="mem 85%",
        ),
        CoefficientSet(
            name="hj169_triangular",
            values={"discharge_coefficient": 0.60},
            source="HJ 169-2018 annex F, triangular hole, Re > 100",
            certainty="mem 85%",
        ),
        CoefficientSet(
            name="hj169_slot",
            values={"discharge_coefficient": 0.55},
            source="HJ 169-2018 annex F, slot, Re > 100",
            certainty="mem 85%",
        ),
        CoefficientSet(
            name="yellow_book",
            values={"discharge_coefficient": 0.62},
            source="TNO Yellow Book CPR 14E, sharp-edged orifice",
            certainty="mem 85%",
        ),
        CoefficientSet(
            name="unity",
            values={"discharge_coefficient": 1.0},
            source="no contraction: the upper bound (CCPS 1999, p. 27, screening)",
            certainty="sourced",
        ),
    ),
    sources=(
        "Casal, Evaluation of the Effects and Consequences of Major Accidents, eq. 2.3-2.5 "
        "(read in OpenSRANE); CCPS, Guidelines for Consequence Analysis of Chemical Releases, "
        "1999, p. 27",
    ),
    validity=("turbulent_hole", "hole_does_not_grow"),
)
run = MODEL.run
