"""Wind at a height by the logarithmic law (对数风廓线) with roughness and Obukhov's length."""

from __future__ import annotations

import math
from typing import Any

from analysis.hazard.model import CoefficientSet, Input, Model, Outcome, Receptors, Step
from analysis.hazard.physics.air.surface_layer import (
    GOLDER,
    KARMAN,
    PASQUILL,
    ROUGHNESS_M,
    ROUGHNESS_SOURCE,
    profile,
)
from analysis.hazard.physics.gaussian.sigma import CLASSES

SURFACE_LAYER_M = 100.0
"""Similarity holds to about this height; above it the answer is warned of."""


def _formula(inputs: dict[str, Any], chosen: CoefficientSet, receptors: Receptors) -> Outcome:
    roughness = inputs["roughness_m"] or ROUGHNESS_M[inputs["terrain_class"]]
    found = profile(
        wind_speed_m_s=inputs["wind_speed_m_s"],
        at_m=inputs["reference_height_m"],
        roughness_m=roughness,
        stability=inputs["stability"],
        rule=chosen.name,
    )
    speed = found.speed_m_s(inputs["height_m"])
    length: float | str = found.obukhov_m if math.isfinite(found.obukhov_m) else "infinite"
    words = "1/L = a + b log10 z0" if chosen.name == "golder" else "L = a z0^b"
    warnings: tuple[dict[str, Any], ...] = ()
    if inputs["height_m"] > SURFACE_LAYER_M:
        params = {"height_m": inputs["height_m"], "limit_m": SURFACE_LAYER_M}
        warnings = ({"code": "hazard.above_profile", "params": params},)
    return Outcome(
        values={"wind_speed_m_s": speed, "friction_velocity_m_s": found.friction_m_s},
        steps=(
            Step(name="roughness_m", equation="z0", value=roughness, unit="m"),
            Step(name="obukhov_length_m", equation=words, value=length, unit="m"),
            Step(
                name="friction_velocity_m_s",
                equation="u* = κ u_r/(ln((z_r + z0)/z0) − Ψ(z_r/L))",
                value=found.friction_m_s,
                unit="m/s",
            ),
            Step(
                name="wind_speed_m_s",
                equation="u = (u*/κ) (ln((z + z0)/z0) − Ψ(z/L))",
                value=speed,
                unit="m/s",
            ),
        ),
        warnings=warnings,
    )


MODEL = Model(
    name="log_wind_profile",
    version="1",
    group="air",
    inputs=(
        Input(
            name="wind_speed_m_s",
            unit="m/s",
            symbol="u_r",
            minimum=0.0,
            maximum=80.0,
            typical=(0.0, 30.0),
        ),
        Input(
            name="reference_height_m",
            unit="m",
            symbol="z_r",
            minimum=0.5,
            maximum=200.0,
            default=10.0,
        ),
        Input(name="height_m", unit="m", symbol="z", minimum=0.5, maximum=500.0),
        Input(name="stability", unit="class", choices=CLASSES),
        Input(name="roughness_m", unit="m", symbol="z0", minimum=1e-5, maximum=5.0, required=False),
        Input(name="terrain_class", unit="word", choices=tuple(ROUGHNESS_M), default="open"),
    ),
    formula=_formula,
    coefficient_sets=(
        CoefficientSet(
            name="golder",
            values={"karman": KARMAN["golder"], "a_b": GOLDER},
            source="Golder 1972 as in Seinfeld and Pandis 2006, eq. 16.83, read in an open code",
            certainty="sourced",
        ),
        CoefficientSet(
            name="pasquill",
            values={"karman": KARMAN["pasquill"], "a_b": PASQUILL | {"D": ("infinite", 0.0)}},
            source="Pasquill, Atmospheric Diffusion, 2nd ed. 1974; Businger et al. 1971, "
            "read in GasDispersion.jl monin_obukhov.jl",
            certainty="sourced",
        ),
    ),
    sources=("Businger et al. 1971, Journal of the Atmospheric Sciences 28", ROUGHNESS_SOURCE),
    validity=("flat_ground", "surface_layer"),
)
run = MODEL.run
