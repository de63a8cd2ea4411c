"""Instantaneous release of a neutral gas: the Gaussian puff (高斯烟团) with ground reflection.

C = M / ((2π)^1.5 σx σy σz) · exp(−(x−ut)²/2σx²) · exp(−y²/2σy²)
    · [exp(−(z−h)²/2σz²) + exp(−(z+h)²/2σz²)], σ at the puff's centre x = ut. In calm air (set
`hj_calm`, `physics.calm`) σ grows with time.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from analysis.hazard.model import CoefficientSet, Input, Model, Outcome, Receptors, Step
from analysis.hazard.physics.cloud import Cloud
from analysis.hazard.physics.gaussian import calm
from analysis.hazard.physics.gaussian.calm import CalmPuff
from analysis.hazard.physics.gaussian.curve import Dispersion
from analysis.hazard.physics.gaussian.gauss import (
    EXPONENT,
    HEIGHT,
    MIXING_HEIGHT,
    RECEPTOR,
    STABILITY,
    THRESHOLD,
    above_lid,
    at_receptors,
    columns,
    footprint,
    outside,
    refuse_class,
    refuse_wind,
    sets_of,
)
from analysis.hazard.physics.gaussian.puff import Puff
from analysis.hazard.physics.gaussian.sigma import CCPS_PUFF, PUFF_SETS

__all__ = ["MODEL", "CalmPuff", "Puff", "cloud", "run"]

LEAST_WIND_M_S = 0.5


def cloud(
    *,
    mass_kg: float,
    wind_speed_m_s: float,
    stability: str,
    height_m: float = 0.0,
    dispersion: Dispersion = CCPS_PUFF,
    mixing_height_m: float | None = None,
) -> Cloud:
    """Return the puff that the wind allows: carried by it, or, under 0.5 m/s, spreading in calm."""
    if wind_speed_m_s < LEAST_WIND_M_S:
        return CalmPuff(
            mass_kg=mass_kg, wind_speed_m_s=wind_speed_m_s, stability=stability, height_m=height_m
        )
    return Puff(
        mass_kg=mass_kg,
        wind_speed_m_s=wind_speed_m_s,
        stability=stability,
        dispersion=dispersion,
        height_m=height_m,
        mixing_height_m=mixing_height_m,
    )


def _formula(inputs: dict[str, Any], chosen: CoefficientSet, receptors: Receptors) -> Outcome:
    if chosen.name == calm.NAME:
        return _calm(inputs, receptors)
    refuse_class(inputs["stability"], PUFF_SETS[chosen.name].sigma_y)
    refuse_wind(inputs["wind_speed_m_s"], LEAST_WIND_M_S, 60.0)
    puff = Puff(
        mass_kg=inputs["mass_kg"],
        wind_speed_m_s=inputs["wind_speed_m_s"],
        stability=inputs["stability"],
        dispersion=PUFF_SETS[chosen.name],
        height_m=inputs["height_m"],
        mixing_height_m=inputs["mixing_height_m"],
    )
    values, warnings = footprint(puff, inputs["threshold_kg_m3"])
    warnings += above_lid(inputs)
    steps: tuple[Step, ...] = ()
    time = inputs["time_s"]
    if time is not None:
        steps = _steps(puff, time)
        values["centre_kg_m3"] = steps[-1].value
        warnings += outside(puff, np.array([puff.wind_speed_m_s * time]))
    return _with_receptors(puff, inputs, values, steps, warnings, receptors)


def _calm(inputs: dict[str, Any], receptors: Receptors) -> Outcome:
    wind = inputs["wind_speed_m_s"]
    refuse_class(inputs["stability"], calm.GAMMA02)
    refuse_wind(wind, 0.0, calm.LIGHT_M_S)
    puff = CalmPuff(
        mass_kg=inputs["mass_kg"],
        wind_speed_m_s=wind,
        stability=inputs["stability"],
        height_m=inputs["height_m"],
    )
    values, warnings = footprint(puff, inputs["threshold_kg_m3"])
    steps: tuple[Step, ...] = ()
    time = inputs["time_s"]
    if time is not None:
        steps = calm.steps(puff, time)
        values["centre_kg_m3"] = steps[-1].value
    return _with_receptors(puff, inputs, values, steps, warnings, receptors)


def _with_receptors(
    puff: Puff | CalmPuff,
    inputs: dict[str, Any],
    values: dict[str, Any],
    steps: tuple[Step, ...],
    warnings: tuple[dict[str, Any], ...],
    receptors: Receptors,
) -> Outcome:
    """Return the outcome with what each receptor sees."""
    seen, series = at_receptors(puff, inputs, receptors)
    if receptors:
        x, _, _ = columns(receptors)
        warnings += outside(puff, np.abs(x) if puff.upwind_m else x[x > 0.0])
    return Outcome(values=values | seen, steps=steps, intermediates=series, warnings=warnings)


def _steps(puff: Puff, time_s: float) -> tuple[Step, ...]:
    centre = puff.wind_speed_m_s * time_s
    sigma_x, sigma_y, sigma_z = (float(each) for each in puff.sigmas_m(np.array(centre)))
    letter, own = puff.stability, puff.dispersion.sigma_x
    y_words = puff.dispersion.sigma_y[letter].equation("σy", centre)
    x_words = "σx = σy" if own is None else own[letter].equation("σx", centre)
    z_words = puff.dispersion.sigma_z[letter].equation("σz", centre)
    ground = float(puff.at(np.array(centre), np.array(0.0), 0.0, time_s))
    formula = "C = M/((2π)^1.5 σx σy σz) · 2 exp(−h²/(2 σz²))"
    if puff.mixing_height_m is not None:
        formula = "C = M/((2π)^1.5 σx σy σz) · V(h, σz, L), V: images at h ± 2jL"
    return (
        Step(name="centre_m", equation="x = u t", value=centre, unit="m"),
        Step(name="sigma_y_m", equation=y_words, value=sigma_y, unit="m"),
        Step(name="sigma_x_m", equation=x_words, value=sigma_x, unit="m"),
        Step(name="sigma_z_m", equation=z_words, value=sigma_z, unit="m"),
        Step(name="centre_kg_m3", equation=formula, value=ground, unit="kg/m3"),
    )


MODEL = Model(
    name="gaussian_puff",
    version="2",
    group="dispersion",
    inputs=(
        Input(name="mass_kg", unit="kg", symbol="M", minimum=1e-6, maximum=1e8),
        Input(
            name="wind_speed_m_s",
            unit="m/s",
            symbol="u",
            minimum=0.0,
            maximum=60.0,
            typical=(0.0, 30.0),
        ),
        Input(
            name="time_s",
            unit="s",
            symbol="t",
            minimum=1.0,
            maximum=1e5,
            required=False,
        ),
        STABILITY,
        HEIGHT,
        MIXING_HEIGHT,
        EXPONENT,
        THRESHOLD,
    ),
    receptor_inputs=RECEPTOR,
    formula=_formula,
    coefficient_sets=(
        *sets_of(PUFF_SETS),
        CoefficientSet(
            name=calm.NAME,
            values={"gamma01_m_s": calm.GAMMA01, "gamma02_m_s": calm.GAMMA02},
            source=calm.SOURCE,
            certainty="sourced",
        ),
    ),
    sources=(
        "CCPS, Guidelines for CPQRA, 2nd ed., 1999: instantaneous release",
        "HJ/T 2.2-93: calm and light wind",
    ),
    validity=("flat_ground", "steady_wind", "neutral_buoyancy", "no_deposition"),
)
run = MODEL.run
