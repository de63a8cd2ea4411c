"""Wind at a height by the power law (风廓线), u(z) = u_r (z/z_r)^p."""

from __future__ import annotations

from typing import Any

from analysis.hazard.model import CoefficientSet, Input, Model, Outcome, Receptors, Step
from analysis.hazard.physics.gaussian.sigma import CLASSES

GBT_HIGHEST_M = 200.0


def _exponents(name: str, values: tuple[float, ...], source: str) -> CoefficientSet:
    by_class = dict(zip(CLASSES, values, strict=True))
    return CoefficientSet(name=name, values=by_class, source=source, certainty="sourced")


_GB = "GB/T 3840-91 (HJ/T 2.2-93 table), up to 200 m, read in Artoko/myrisk Formula.vb; {}"
_ALOHA = "ALOHA, read in GasDispersion.jl wind_profile.jl"
_IRWIN = "Irwin 1979, {}, read in GasDispersion.jl irwin.jl"
_ISC3 = "EPA-454/B-95-003b (ISC3 vol. II) after Irwin 1979, {}"
SETS = (
    _exponents("aloha", (0.108, 0.112, 0.120, 0.142, 0.203, 0.253), _ALOHA),
    _exponents("irwin_rural", (0.07, 0.07, 0.10, 0.15, 0.35, 0.55), _IRWIN.format("rural")),
    _exponents("irwin_urban", (0.15, 0.15, 0.20, 0.25, 0.40, 0.60), _IRWIN.format("urban")),
    _exponents("isc3_rural", (0.07, 0.07, 0.10, 0.15, 0.35, 0.55), _ISC3.format("rural")),
    _exponents("isc3_urban", (0.15, 0.15, 0.20, 0.25, 0.30, 0.30), _ISC3.format("urban")),
    _exponents("gbt3840_rural", (0.07, 0.07, 0.10, 0.15, 0.25, 0.25), _GB.format("open plain")),
    _exponents("gbt3840_urban", (0.10, 0.15, 0.20, 0.25, 0.30, 0.30), _GB.format("town, hills")),
)


def _formula(inputs: dict[str, Any], chosen: CoefficientSet, receptors: Receptors) -> Outcome:
    exponent = chosen.values[inputs["stability"]]
    height, reference = inputs["height_m"], inputs["reference_height_m"]
    speed = inputs["wind_speed_10m_m_s"] * (height / reference) ** exponent
    warnings: tuple[dict[str, Any], ...] = ()
    if chosen.name.startswith("gbt3840") and height > GBT_HIGHEST_M:
        params = {"height_m": height, "limit_m": GBT_HIGHEST_M}
        warnings = ({"code": "hazard.above_profile", "params": params},)
    return Outcome(
        values={"wind_speed_m_s": speed},
        steps=(
            Step(name="exponent", equation="p of the class", value=exponent, unit="1"),
            Step(name="wind_speed_m_s", equation="u = u_r (z/z_r)^p", value=speed, unit="m/s"),
        ),
        warnings=warnings,
    )


MODEL = Model(
    name="wind_profile",
    version="2",
    group="air",
    inputs=(
        Input(
            name="wind_speed_10m_m_s",
            unit="m/s",
            symbol="u_r",
            minimum=0.0,
            maximum=80.0,
            typical=(0.0, 30.0),
        ),
        Input(name="height_m", unit="m", symbol="z", minimum=0.5, maximum=500.0),
        Input(
            name="reference_height_m",
            unit="m",
            symbol="z_r",
            minimum=0.5,
            maximum=200.0,
            default=10.0,
        ),
        Input(name="stability", unit="class", choices=CLASSES),
    ),
    formula=_formula,
    coefficient_sets=SETS,
    sources=("power law of the wind profile, Irwin 1979, Atmospheric Environment 13, 191-194",),
    validity=("flat_ground", "surface_layer"),
)
run = MODEL.run
