"""Gas out of a long line that is torn off (管道全断裂): two exponentials of Bell and Wilson.

The first exponential is the line near the break, the second the line behind it that friction
holds back. Its integral over all time is the mass in the line.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from analysis.hazard.model import CoefficientSet, Input, Model, Outcome, Receptors, Step
from analysis.hazard.physics.constants import R_GAS
from analysis.hazard.physics.release.hole import AMBIENT_PRESSURE
from analysis.hazard.physics.release.orifice import gas_flux
from layers.errors import OutOfRangeError

ROWS = 100
BLASIUS = (0.0791, -0.25)
LAMINAR_BELOW = 2000.0


def _formula(inputs: dict[str, Any], chosen: CoefficientSet, receptors: Receptors) -> Outcome:
    p, ambient = inputs["pressure_pa"], inputs["ambient_pressure_pa"]
    if p <= ambient:
        raise OutOfRangeError(
            f"pressure_pa: got {p:g}, wanted more than the air's {ambient:g} Pa",
            field="pressure_pa",
            got=p,
            wanted=f"> {ambient:g} Pa",
        )
    steps = _line(inputs, chosen)
    found = {step.name: float(step.value) for step in steps}
    first, base, share = (found[n] for n in ("first_rate_kg_s", "time_base_s", "mass_ratio"))
    lasts = inputs["duration_s"]

    def released(t: float | np.ndarray[Any, np.dtype[np.float64]]) -> Any:
        slow = share * base * -np.expm1(-t / base)
        fast = base * share**2 * -np.expm1(-t / (base * share**2))
        return first / (1.0 + share) * (slow + fast)

    times = lasts * np.linspace(0.0, 1.0, ROWS + 1) ** 2
    rates = first / (1.0 + share)
    rates = rates * (np.exp(-times / (base * share**2)) + share * np.exp(-times / base))
    gone = float(released(lasts))
    steps += [
        Step(
            name="rate_kg_s",
            equation="Q = Q0/(1 + S) (e^(−t/(tB S²)) + S e^(−t/tB))",
            value=float(rates[-1]),
            unit="kg/s",
        ),
        Step(name="released_kg", equation="∫ Q dt", value=gone, unit="kg"),
        Step(name="mean_rate_kg_s", equation="released/t", value=gone / lasts, unit="kg/s"),
        Step(
            name="mass_left_kg", equation="m − released", value=found["held_kg"] - gone, unit="kg"
        ),
    ]
    names = ("first_rate_kg_s", "rate_kg_s", "released_kg", "mean_rate_kg_s", "mass_left_kg")
    answer = {step.name: step.value for step in steps}
    return Outcome(
        values={name: answer[name] for name in names},
        steps=tuple(steps),
        intermediates={
            "history": {
                "time_s": times.tolist(),
                "rate_kg_s": rates.tolist(),
                "released_kg": np.asarray(released(times)).tolist(),
            }
        },
        warnings=_short(found),
    )


def _line(inputs: dict[str, Any], chosen: CoefficientSet) -> list[Step]:
    d, length, gamma = inputs["pipe_diameter_m"], inputs["pipe_length_m"], inputs["gamma"]
    mass, t = inputs["molar_mass_kg_mol"], inputs["temperature_k"]
    area = math.pi * d**2 / 4.0
    density = inputs["pressure_pa"] * mass / (R_GAS * t)
    cd = inputs["discharge_coefficient"] or chosen.values["discharge_coefficient"]
    first = (
        cd
        * area
        * float(
            gas_flux(
                pressure_pa=inputs["pressure_pa"],
                temperature_k=t,
                ambient_pressure_pa=inputs["ambient_pressure_pa"],
                gamma=gamma,
                molar_mass_kg_mol=mass,
            )
        )
    )
    sound = math.sqrt(gamma * R_GAS * t / mass)
    reynolds = 4.0 * first / (math.pi * d * inputs["gas_viscosity_pa_s"])
    friction, law = inputs["fanning_factor"], "f (given)"
    if friction is None:
        law = "f = 0.0791 Re^−0.25 (16/Re under 2000)"
        friction = 16.0 / reynolds
        if reynolds >= LAMINAR_BELOW:
            friction = BLASIUS[0] * reynolds ** BLASIUS[1]
    base = 4.0 / 3.0 * length / sound * math.sqrt(gamma * friction * length / d)
    held = density * area * length
    return [
        Step(name="hole_area_m2", equation="A = π D²/4", value=area, unit="m2"),
        Step(name="gas_density_kg_m3", equation="ρ = P M/(R T)", value=density, unit="kg/m3"),
        Step(name="held_kg", equation="m = ρ A L", value=held, unit="kg"),
        Step(
            name="first_rate_kg_s",
            equation="Q0 = Cd A P √(k M/(R T) (2/(k+1))^((k+1)/(k−1)))",
            value=first,
            unit="kg/s",
        ),
        Step(name="sound_speed_m_s", equation="c = √(k R T/M)", value=sound, unit="m/s"),
        Step(name="reynolds_number", equation="Re = 4 Q0/(π D μ)", value=reynolds, unit="1"),
        Step(name="fanning_factor", equation=law, value=friction, unit="1"),
        Step(name="time_base_s", equation="tB = 4/3 L/c √(k f L/D)", value=base, unit="s"),
        Step(name="mass_ratio", equation="S = m/(Q0 tB)", value=held / (first * base), unit="1"),
        Step(name="wave_time_s", equation="L/c", value=length / sound, unit="s"),
    ]


def _short(found: dict[str, float]) -> tuple[dict[str, Any], ...]:
    """Warn of a line so short or smooth that friction does not hold it back."""
    if found["mass_ratio"] <= 1.0:
        return ()
    return ({"code": "hazard.short_line", "params": {}},)


MODEL = Model(
    name="pipeline_release",
    version="1",
    group="release",
    inputs=(
        Input(
            name="pipe_diameter_m",
            unit="m",
            symbol="D",
            minimum=0.005,
            maximum=3.0,
            typical=(0.02, 1.6),
        ),
        Input(
            name="pipe_length_m",
            unit="m",
            symbol="L",
            minimum=10.0,
            maximum=1e6,
            typical=(100.0, 2e5),
        ),
        Input(
            name="pressure_pa",
            unit="Pa absolute",
            symbol="P",
            minimum=1.02e5,
            maximum=1e8,
            typical=(2e5, 2e7),
        ),
        Input(
            name="temperature_k",
            unit="K",
            symbol="T",
            minimum=100.0,
            maximum=1000.0,
            typical=(230.0, 400.0),
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
        Input(name="duration_s", unit="s", symbol="t", minimum=0.1, maximum=1e6, default=600.0),
        AMBIENT_PRESSURE,
        Input(
            name="discharge_coefficient",
            unit="1",
            symbol="Cd",
            minimum=0.1,
            maximum=1.0,
            required=False,
        ),
        Input(
            name="gas_viscosity_pa_s",
            unit="Pa s",
            symbol="μ",
            minimum=1e-6,
            maximum=1e-4,
            default=1.1e-5,
        ),
        Input(
            name="fanning_factor",
            unit="1",
            symbol="f",
            minimum=1e-4,
            maximum=0.1,
            required=False,
            typical=(1e-3, 0.02),
        ),
    ),
    formula=_formula,
    coefficient_sets=(
        CoefficientSet(
            name="bell_wilson",
            values={"discharge_coefficient": 1.0},
            source="Bell 1978, Wilson 1979; Assael & Kakosimos, Fires, Explosions, and Toxic Gas "
            "Dispersions, 2010, p. 36-37 (read in the open program risk_analysis of K. Kuznetsov)",
            certainty="sourced",
        ),
    ),
    sources=("Bell 1978; Wilson 1979: two exponentials for a line torn off",),
    validity=("torn_off_line", "perfect_gas"),
)
run = MODEL.run
