"""Moisture of dead fine fuel (细小死可燃物含水率) from air: the equilibrium moisture content."""

from __future__ import annotations

from typing import Any

from analysis.hazard.model import CoefficientSet, Input, Model, Outcome, Receptors, Step

# Up to which humidity, %; then the constant and the factors of H, H², T, H T (T in °F).
_SIMARD = (
    (10.0, (0.03229, 0.281073, 0.0, 0.0, -0.000578)),
    (50.0, (2.22749, 0.160107, 0.0, -0.014784, 0.0)),
    (100.0, (21.0606, -0.483199, 0.005565, 0.0, -0.00035)),
)
_FINE_OVER_EQUILIBRIUM = 1.03


def _formula(inputs: dict[str, Any], chosen: CoefficientSet, receptors: Receptors) -> Outcome:
    humidity, fahrenheit = inputs["humidity_pct"], inputs["temperature_c"] * 1.8 + 32.0
    constant, h, hh, t, ht = next(f for most, f in _SIMARD if humidity <= most)
    balance = (
        constant + h * humidity + hh * humidity**2 + t * fahrenheit + ht * humidity * fahrenheit
    )
    balance = max(0.5, balance)
    steps = (
        Step(name="equilibrium_moisture_pct", equation="EMC(H, T), three ranges of H, T in °F",
             value=balance, unit="%"),
        Step(name="moisture_1h_pct", equation="M1 = 1.03 EMC",
             value=_FINE_OVER_EQUILIBRIUM * balance, unit="%"),
    )  # fmt: skip
    return Outcome(values={step.name: step.value for step in steps}, steps=steps)


MODEL = Model(
    name="fuel_moisture",
    version="1",
    group="spread",
    inputs=(
        Input(name="temperature_c", unit="degC", symbol="T", minimum=-10.0, maximum=60.0),
        Input(name="humidity_pct", unit="%", symbol="H", minimum=1.0, maximum=100.0),
    ),
    formula=_formula,
    coefficient_sets=(
        CoefficientSet(
            name="simard_1968",
            values={"fine_over_equilibrium": _FINE_OVER_EQUILIBRIUM},
            source="Simard 1968; factor 1.03 for 1-h fuel: NFDRS, Cohen and Deeming 1985, PSW-82",
            certainty="mem 95%",
        ),
    ),
    sources=("Simard 1968, Information Report FF-X-14: moisture content of wood [mem 95%]",),
    validity=("air_in_balance", "no_rain"),
)
run = MODEL.run
