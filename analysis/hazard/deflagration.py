"""Explosion of a fuel-air cloud by its flame speed (燃料空气云爆炸), Order 404 of Russia.

The flame's speed follows from the fuel's class and the congestion; the wave of the deflagration
never exceeds that of a detonation. Congestion matters more than mass: a TNT equivalent cannot
know it.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from analysis.hazard.model import CoefficientSet, Input, Model, Outcome, Receptors, Step
from analysis.hazard.physics.explosion.tnt import energy_scale_m, whole
from analysis.hazard.physics.reach import Array, reach_of

SOUND_M_S = 340.0
PRESSURE_PA = 101_300.0
NEAREST, DETONATION_NEAREST, FARTHEST = 0.34, 0.2, 60.0
DETONATES_M_S = 500.0
SIGMA = {"gas": 7.0, "vapour": 4.0}
_SPEEDS: tuple[tuple[float | str, ...], ...] = (
    (500.0, 500.0, 300.0, 200.0),
    (500.0, 300.0, 200.0, 150.0),
    (300.0, 200.0, 150.0, "43"),
    (200.0, 150.0, "43", "26"),
)


def flame_speed_m_s(*, fuel_class: int, congestion_class: int, mass_kg: float) -> float:
    """Return the flame's speed of a fuel's class and a place's class, 1 the fastest of each.

    Numbers in the table, or 43 M^(1/6) and 26 M^(1/6).
    """
    found = _SPEEDS[fuel_class - 1][congestion_class - 1]
    return float(found) * mass_kg ** (1.0 / 6.0) if isinstance(found, str) else found


def deflagration(scaled: Array | float, *, speed_m_s: float, sigma: float) -> tuple[Array, Array]:
    """Return ΔP/P0 and the scaled impulse; nearer than 0.34 they are those at 0.34."""
    r = np.maximum(np.asarray(scaled, float), NEAREST)
    grown, mach = (sigma - 1.0) / sigma, speed_m_s / SOUND_M_S
    pressure = mach**2 * grown * (0.83 / r - 0.14 / r**2)
    impulse = mach * grown * (1.0 - 0.4 * mach * grown)
    return pressure, impulse * (0.06 / r + 0.01 / r**2 - 0.0025 / r**3)


def detonation(scaled: Array | float) -> tuple[Array, Array]:
    """Return ΔP/P0 and the scaled impulse of a gas detonation; nearer than 0.2: 18, i at 0.14."""
    r = np.asarray(scaled, float)
    log_r = np.log(np.maximum(r, DETONATION_NEAREST))
    pressure = np.exp(-1.124 - 1.66 * log_r + 0.26 * log_r**2)
    log_i = np.log(np.where(r < DETONATION_NEAREST, 0.14, r))
    impulse = np.exp(-3.4217 - 0.898 * log_i - 0.0096 * log_i**2)
    return np.where(r < DETONATION_NEAREST, 18.0, pressure), np.asarray(impulse)


def _formula(inputs: dict[str, Any], chosen: CoefficientSet, receptors: Receptors) -> Outcome:
    mass, sigma = inputs["mass_kg"], inputs["sigma"] or SIGMA[inputs["cloud"]]
    speed = inputs["flame_speed_m_s"]
    words = "u given"
    if speed is None:
        speed = flame_speed_m_s(
            fuel_class=whole(inputs, "fuel_class"),
            congestion_class=whole(inputs, "congestion_class"),
            mass_kg=mass,
        )
        words = "u by class of fuel and place"
    energy = inputs["energy_factor"] * mass * inputs["heat_j_kg"]
    scale = energy_scale_m(energy, PRESSURE_PA)
    limited = chosen.values["detonation_limit"]

    def wave(scaled: Array | float) -> tuple[Array, Array]:
        slow = deflagration(scaled, speed_m_s=speed, sigma=sigma)
        if not limited:
            return slow
        fast = detonation(scaled)
        return np.minimum(slow[0], fast[0]), np.minimum(slow[1], fast[1])

    to_impulse = PRESSURE_PA ** (2.0 / 3.0) * energy ** (1.0 / 3.0) / SOUND_M_S
    values: dict[str, Any] = {"energy_j": energy, "flame_speed_m_s": speed}
    steps = [
        Step(name="flame_speed_m_s", equation=words, value=speed, unit="m/s"),
        Step(name="energy_j", equation="E = f M Hc, f 2 at the ground", value=energy, unit="J"),
        Step(name="energy_scale_m", equation="(E/P0)^(1/3)", value=scale, unit="m"),
        Step(name="sigma", equation="σ, 7 gas, 4 vapour and mist", value=sigma, unit="1"),
    ]
    if inputs["threshold_kpa"] is not None:
        reach = reach_of(
            lambda r: wave(r / scale)[0] * PRESSURE_PA / 1000.0,
            inputs["threshold_kpa"],
            nearest_m=NEAREST * scale,
            farthest_m=FARTHEST * scale,
        )
        values["reach_m"] = reach
    if receptors:
        away = np.array([place["distance_m"] for place in receptors])
        pressure, impulse = wave(away / scale)
        values["receptors"] = [
            {"scaled_distance": r, "incident_kpa": p, "impulse_pa_s": i}
            for r, p, i in zip(
                (away / scale).tolist(),
                (pressure * PRESSURE_PA / 1000.0).tolist(),
                (impulse * to_impulse).tolist(),
                strict=True,
            )
        ]
    fast = speed >= DETONATES_M_S and not limited
    warnings = ({"code": "hazard.may_detonate", "params": {"speed_m_s": speed}},) if fast else ()
    return Outcome(
        values=values,
        steps=tuple(steps),
        intermediates={"equation": "ΔP/P0 = (u/340)² (σ−1)/σ (0.83/Rx − 0.14/Rx²)"},
        warnings=warnings,
    )


MODEL = Model(
    name="deflagration",
    version="1",
    group="explosion",
    inputs=(
        Input(name="mass_kg", unit="kg", symbol="M", minimum=0.01, maximum=1e8),
        Input(name="heat_j_kg", unit="J/kg", symbol="Hc", minimum=1e5, maximum=1.5e8),
        Input(name="flame_speed_m_s", unit="m/s", symbol="u", minimum=1.0, maximum=3000.0,
              required=False),
        Input(name="fuel_class", unit="class", minimum=1.0, maximum=4.0, default=2.0),
        Input(name="congestion_class", unit="class", minimum=1.0, maximum=4.0, default=2.0),
        Input(name="cloud", unit="kind", choices=tuple(SIGMA), default="gas"),
        Input(name="sigma", unit="1", symbol="σ", minimum=2.0, maximum=10.0, required=False),
        Input(name="energy_factor", unit="1", symbol="f", minimum=1.0, maximum=2.0, default=2.0),
        Input(name="threshold_kpa", unit="kPa", symbol="ΔP", minimum=0.3, maximum=2000.0,
              required=False),
    ),
    receptor_inputs=(
        Input(name="distance_m", unit="m", symbol="r", minimum=0.0, maximum=1e5),
    ),
    formula=_formula,
    coefficient_sets=(
        CoefficientSet(
            name="order404",
            values={"detonation_limit": False},
            source="Order 404 of MChS of Russia 2009, annex 3: deflagration wave as printed",
            certainty="sourced",
        ),
        CoefficientSet(
            name="rd03_409",
            values={"detonation_limit": True},
            source="RD 03-409-01 of Russia: the lower of deflagration and detonation, read through "
            "open code",
            certainty="sourced",
        ),
    ),
    sources=("Order 404, table of flame speeds by class of fuel and of place",),
    validity=("flat_ground", "no_shielding"),
)  # fmt: skip
run = MODEL.run
