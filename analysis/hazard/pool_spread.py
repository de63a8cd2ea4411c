"""A pool that spreads on land or water while it is fed and evaporates (液池扩展)."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from analysis.hazard.model import CoefficientSet, Input, Model, Outcome, Receptors, Step
from analysis.hazard.physics.constants import GRAVITY
from analysis.hazard.physics.release import pool
from analysis.hazard.physics.release.ground import SURFACE_DEPTH_M
from analysis.hazard.physics.release.hole import needed
from layers.errors import OutOfRangeError


def _formula(inputs: dict[str, Any], chosen: CoefficientSet, receptors: Receptors) -> Outcome:
    mass, rate = inputs["spill_mass_kg"], inputs["spill_rate_kg_s"]
    if mass is None and rate is None:
        raise needed("spill_mass_kg", "kg", "neither a mass nor a rate is spilled")
    lasts = _lasts(inputs)
    steps = [_gravity(inputs), _least_depth(inputs)]
    at_once = rate is None
    front = chosen.values["front_instantaneous" if at_once else "front_continuous"]
    flux = inputs["evaporation_flux_kg_m2_s"]
    course = pool.pool_course(
        fed_kg=(
            (lambda t: np.full_like(t, mass))
            if at_once
            else (lambda t: rate * np.minimum(t, lasts))
        ),
        density_kg_m3=inputs["density_kg_m3"],
        ground=pool.Ground(
            gravity=float(steps[0].value),
            least_depth_m=float(steps[1].value),
            front=math.inf if front == "at once" else front,
            widest_m2=inputs["bund_area_m2"] or math.inf,
            start_radius_m=inputs["initial_radius_m"],
        ),
        evaporation=pool.Evaporation(
            flux=None if flux is None else (lambda radius: flux),
            conduction=inputs["conduction_coefficient_kg_m2_s05"],
        ),
        until_s=inputs["until_s"],
    )
    fed = mass if at_once else rate * min(lasts, inputs["until_s"])
    return _answer(inputs, chosen, course, steps, fed)


def _lasts(inputs: dict[str, Any]) -> float:
    """Return how long a rate is spilled: given, or until the mass is out."""
    mass, rate, lasts = (
        inputs[n] for n in ("spill_mass_kg", "spill_rate_kg_s", "spill_duration_s")
    )
    known = [lasts] if lasts is not None else []
    if mass is not None and rate is not None:
        known.append(mass / rate)
    return float(min(known, default=math.inf))


def _gravity(inputs: dict[str, Any]) -> Step:
    if inputs["surface"] != "water":
        return Step(name="effective_gravity_m_s2", equation="g", value=GRAVITY, unit="m/s2")
    density, water = inputs["density_kg_m3"], inputs["water_density_kg_m3"]
    if density >= water:
        raise OutOfRangeError(
            f"density_kg_m3: got {density:g}, wanted less than the water's {water:g} kg/m3: "
            "it sinks and makes no pool",
            field="density_kg_m3",
            got=density,
            wanted=f"< {water:g} kg/m3",
        )
    return Step(
        name="effective_gravity_m_s2",
        equation="g' = g (1 − ρ/ρw)",
        value=GRAVITY * (1.0 - density / water),
        unit="m/s2",
    )


def _least_depth(inputs: dict[str, Any]) -> Step:
    given = inputs["minimum_depth_m"]
    value = SURFACE_DEPTH_M[inputs["surface"]] if given is None else given
    equation = "by the surface [mem 85%]" if given is None else "(given)"
    return Step(name="minimum_depth_m", equation=equation, value=value, unit="m")


def _answer(
    inputs: dict[str, Any],
    chosen: CoefficientSet,
    course: pool.Pool,
    steps: list[Step],
    fed_kg: float,
) -> Outcome:
    widest = int(np.argmax(course.radius_m))
    radius = float(course.radius_m[widest])
    gone, left = float(course.evaporated_kg[-1]), float(course.mass_kg[-1])
    steps += [
        Step(name="spill_mass_kg", equation="m spilled", value=float(fed_kg), unit="kg"),
        Step(
            name="greatest_radius_m",
            equation=f"r dr/dt = {chosen.values['law']}, to least depth or bund",
            value=radius,
            unit="m",
        ),
        Step(
            name="greatest_area_m2", equation="A = π r²", value=math.pi * radius**2, unit="m2"
        ),
        Step(
            name="time_of_greatest_s",
            equation="t of the greatest r",
            value=float(course.time_s[widest]),
            unit="s",
        ),
        Step(name="evaporated_kg", equation="∫ G A dt", value=gone, unit="kg"),
        Step(name="pool_left_kg", equation="m spilled − evaporated", value=left, unit="kg"),
        Step(
            name="mean_rate_kg_s", equation="evaporated/t", value=gone / inputs["until_s"],
            unit="kg/s",
        ),
        Step(
            name="peak_rate_kg_s",
            equation="greatest mean over a step",
            value=float(course.rate_kg_s.max()),
            unit="kg/s",
        ),
    ]  # fmt: skip
    return Outcome(
        values={step.name: step.value for step in steps[3:]},
        steps=tuple(steps),
        intermediates={"history": course.table()},
        warnings=_overflow(inputs, course),
    )


def _overflow(inputs: dict[str, Any], course: pool.Pool) -> tuple[dict[str, Any], ...]:
    height, bund = inputs["bund_height_m"], inputs["bund_area_m2"]
    if height is None or bund is None:
        return ()
    depth = float(course.mass_kg.max()) / inputs["density_kg_m3"] / bund
    if depth <= height:
        return ()
    params = {"depth_m": round(depth, 3), "height_m": height}
    return ({"code": "hazard.bund_overflows", "params": params},)


def _set(
    name: str, front: float | str, continuous: float | str, law: str, source: str, certainty: str
) -> CoefficientSet:
    return CoefficientSet(
        name=name,
        values={"front_instantaneous": front, "front_continuous": continuous, "law": law},
        source=source,
        certainty=certainty,
    )


def _optional(name: str, unit: str, symbol: str, low: float, high: float) -> Input:
    return Input(name=name, unit=unit, symbol=symbol, minimum=low, maximum=high, required=False)


_FAY = 1.14**2 / math.sqrt(8.0 / math.pi)

MODEL = Model(
    name="pool_spread",
    version="1",
    group="release",
    inputs=(
        _optional("spill_mass_kg", "kg", "m", 1e-3, 1e10),
        _optional("spill_rate_kg_s", "kg/s", "w", 1e-6, 1e6),
        _optional("spill_duration_s", "s", "td", 0.1, 3.2e7),
        Input(
            name="density_kg_m3",
            unit="kg/m3",
            symbol="ρ",
            minimum=50.0,
            maximum=5000.0,
            typical=(300.0, 2000.0),
        ),
        Input(name="surface", unit="word", choices=tuple(SURFACE_DEPTH_M), default="concrete"),
        _optional("minimum_depth_m", "m", "hmin", 1e-4, 1.0),
        _optional("bund_area_m2", "m2", "Ab", 1e-3, 1e7),
        _optional("bund_height_m", "m", "Hb", 0.01, 20.0),
        _optional("evaporation_flux_kg_m2_s", "kg/(m2 s)", "G", 0.0, 10.0),
        Input(
            name="conduction_coefficient_kg_m2_s05",
            unit="kg/(m2 s^0.5)",
            symbol="C",
            minimum=0.0,
            maximum=10.0,
            default=0.0,
        ),
        Input(
            name="initial_radius_m", unit="m", symbol="r0", minimum=0.0, maximum=500.0, default=0.0
        ),
        Input(
            name="water_density_kg_m3",
            unit="kg/m3",
            symbol="ρw",
            minimum=950.0,
            maximum=1300.0,
            default=1000.0,
        ),
        Input(name="until_s", unit="s", symbol="t", minimum=1.0, maximum=1e7, default=600.0),
    ),
    formula=_formula,
    coefficient_sets=(
        _set(
            "shaw_briscoe",
            1.0,
            1.0,
            "r √(2 g h)",
            "Shaw & Briscoe 1978, UKAEA SRD R100: at once r² = r0² + t √(8 g V/π); fed r = "
            "(t/β)^(3/4), β³ = 9 π ρ/(32 g w) (Lees, Loss Prevention, 15.10)",
            "mem 90%",
        ),
        _set(
            "chinese_textbook",
            1.0,
            3.0,
            "r √(2 g h), thrice that while fed",
            "the same as printed in Chinese risk-assessment books, without the 9: β³ = "
            "π ρ/(32 g w) (read in Artoko/myrisk); its fed pool is 1.7 times as wide",
            "sourced",
        ),
        _set(
            "fay",
            _FAY,
            _FAY,
            "0.814 r √(2 g h)",
            "Fay 1971, gravity-inertia spread on water: r = 1.14 (g' V)^(1/4) √t",
            "mem 90%",
        ),
        _set(
            "at_once",
            "at once",
            "at once",
            "∞",
            "EPA, RMP Guidance for Offsite Consequence Analysis: at once to the least depth "
            "(1 cm there: give minimum_depth_m 0.01)",
            "mem 90%",
        ),
    ),
    sources=(
        "mass balance of a round pool; gravity current with one Froude number at its front",
        "least depths by surface: Chinese risk-assessment practice after the TNO Yellow Book "
        "[mem 85%]",
    ),
    validity=("flat_tight_ground", "calm_water"),
)
run = MODEL.run
