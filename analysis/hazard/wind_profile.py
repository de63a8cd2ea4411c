"""Wind at a height by the power law, u(z) = u10 (z/10)^p."""

from __future__ import annotations

from typing import Any

from analysis.hazard.model import CoefficientSet, Input, Model, Outcome, Receptors
from analysis.hazard.physics.sigma import CLASSES


def _exponents(name: str, values: tuple[float, ...], source: str) -> CoefficientSet:
    by_class = dict(zip(CLASSES, values, strict=True))
    return CoefficientSet(name=name, values=by_class, source=source, certainty="sourced")


SETS = (
    _exponents("aloha", (0.108, 0.112, 0.120, 0.142, 0.203, 0.253), "ALOHA"),
    _exponents("irwin_rural", (0.07, 0.07, 0.10, 0.15, 0.35, 0.55), "Irwin 1979, rural"),
    _exponents("irwin_urban", (0.15, 0.15, 0.20, 0.25, 0.40, 0.60), "Irwin 1979, urban"),
    _exponents("isc3_urban", (0.15, 0.15, 0.20, 0.25, 0.30, 0.30), "EPA ISC3, urban"),
)


def _formula(inputs: dict[str, Any], chosen: CoefficientSet, receptors: Receptors) -> Outcome:
    exponent = chosen.values[inputs["stability"]]
    speed = inputs["wind_speed_10m_m_s"] * (inputs["height_m"] / 10.0) ** exponent
    return Outcome(values={"wind_speed_m_s": speed}, intermediates={"exponent": exponent})


MODEL = Model(
    name="wind_profile",
    version="1",
    group="air",
    inputs=(
        Input(name="wind_speed_10m_m_s", unit="m/s", minimum=0.0, maximum=80.0),
        Input(name="height_m", unit="m", minimum=0.5, maximum=500.0),
        Input(name="stability", unit="class", choices=CLASSES),
    ),
    formula=_formula,
    coefficient_sets=SETS,
    sources=("power law of the wind profile",),
)
run = MODEL.run
