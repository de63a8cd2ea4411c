"""A release that lasts a while and ends: the plume between its front and its tail (有限时长泄漏).

C(x, y, z, t) = C_plume(x, y, z) · ½ [erf((x − u(t−T)₊)/(√2 σx)) − erf((x − ut)/(√2 σx))], T the
duration: the integral of puffs with σ taken at the receptor (Palazzi et al. 1982, as in ALOHA and
in HJ/T 2.2-93). The dose is then exact: ∫C dt = C_plume T.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from analysis.hazard.gaussian_plume import shown_at
from analysis.hazard.gaussian_plume import steps as steady_steps
from analysis.hazard.model import CoefficientSet, Input, Model, Outcome, Receptors, Step
from analysis.hazard.physics.cloud import Cloud
from analysis.hazard.physics.gaussian import calm
from analysis.hazard.physics.gaussian.calm import CalmRelease
from analysis.hazard.physics.gaussian.curve import Dispersion
from analysis.hazard.physics.gaussian.gauss import (
    AVERAGING,
    EXPONENT,
    HEIGHT,
    MIXING_HEIGHT,
    RATE,
    RECEPTOR,
    STABILITY,
    THRESHOLD,
    WIND,
    above_lid,
    at_receptors,
    columns,
    footprint,
    outside,
    refuse_class,
    refuse_wind,
    sets_of,
    warning,
)
from analysis.hazard.physics.gaussian.plume import BEALS, BEALS_CERTAINTY, FiniteRelease, Plume
from analysis.hazard.physics.gaussian.sigma import PLUME_SETS

__all__ = ["MODEL", "CalmRelease", "FiniteRelease", "cloud", "run"]


def cloud(
    *,
    release_kg_s: float,
    duration_s: float,
    wind_speed_m_s: float,
    stability: str,
    dispersion: Dispersion,
    height_m: float = 0.0,
    mixing_height_m: float | None = None,
    averaging_s: float | None = None,
) -> Cloud:
    """Return the release that the wind allows: a plume with two ends, or, under 1 m/s, calm puffs.

    `duration_s` may be infinite; the plume then goes on.
    """
    if wind_speed_m_s < WIND.minimum:
        return CalmRelease(
            release_kg_s=release_kg_s,
            duration_s=duration_s,
            wind_speed_m_s=wind_speed_m_s,
            stability=stability,
            height_m=height_m,
        )
    carried: dict[str, Any] = {
        "release_kg_s": release_kg_s,
        "wind_speed_m_s": wind_speed_m_s,
        "stability": stability,
        "dispersion": dispersion,
        "height_m": height_m,
        "mixing_height_m": mixing_height_m,
        "averaging_s": averaging_s,
    }
    if math.isinf(duration_s):
        return Plume(**carried)
    return FiniteRelease(duration_s=duration_s, **carried)


def _formula(inputs: dict[str, Any], chosen: CoefficientSet, receptors: Receptors) -> Outcome:
    if chosen.name == calm.NAME:
        return _calm(inputs, receptors)
    refuse_class(inputs["stability"], PLUME_SETS[chosen.name].sigma_y)
    refuse_wind(inputs["wind_speed_m_s"], WIND.minimum, WIND.maximum)
    release = FiniteRelease(
        release_kg_s=inputs["release_kg_s"],
        duration_s=inputs["duration_s"],
        wind_speed_m_s=inputs["wind_speed_m_s"],
        stability=inputs["stability"],
        dispersion=PLUME_SETS[chosen.name],
        height_m=inputs["height_m"],
        mixing_height_m=inputs["mixing_height_m"],
        averaging_s=inputs["averaging_s"],
        along_wind=inputs["along_wind"],
    )
    values, warnings = footprint(release, inputs["threshold_kg_m3"])
    seen, series = at_receptors(release, inputs, receptors)
    values |= seen
    if receptors:
        warnings += outside(release, columns(receptors)[0])
    return Outcome(
        values=values,
        steps=_steps(release, shown_at(release, values, receptors)),
        intermediates=series,
        warnings=warnings + above_lid(inputs) + _of_beals(release),
    )


def _of_beals(release: FiniteRelease) -> tuple[dict[str, Any], ...]:
    """Return the mark of ALOHA's σx where it was asked for: it is known from memory alone."""
    if release.along_wind != "beals":
        return ()
    source = "σx after Beals 1971 as in ALOHA"
    return (warning("hazard.uncertain_constants", source=source, certainty=BEALS_CERTAINTY),)


def _calm(inputs: dict[str, Any], receptors: Receptors) -> Outcome:
    refuse_class(inputs["stability"], calm.GAMMA02)
    refuse_wind(inputs["wind_speed_m_s"], 0.0, calm.LIGHT_M_S)
    release = CalmRelease(
        release_kg_s=inputs["release_kg_s"],
        duration_s=inputs["duration_s"],
        wind_speed_m_s=inputs["wind_speed_m_s"],
        stability=inputs["stability"],
        height_m=inputs["height_m"],
    )
    values, warnings = footprint(release, inputs["threshold_kg_m3"])
    seen, series = at_receptors(release, inputs, receptors)
    if receptors:
        warnings += outside(release, np.abs(columns(receptors)[0]))
    across, up = calm.gammas(release.stability, release.wind_speed_m_s)
    steps = (
        Step(name="gamma01_m_s", equation="γ01 of class and wind", value=across, unit="m/s"),
        Step(name="gamma02_m_s", equation="γ02 of class", value=up, unit="m/s"),
    )
    return Outcome(values=values | seen, steps=steps, intermediates=series, warnings=warnings)


def _steps(release: FiniteRelease, x_m: float) -> tuple[Step, ...]:
    place = np.array(x_m)
    words = "σx = σy"
    if release.along_wind == "beals":
        factor, exponent = BEALS[release.stability[-1]]
        words = f"σx = {factor:g} x^{exponent:g}"
    share = float(release.highest_share(place))
    axis = float(release.axis(place))
    top_words = "½ [erf((x − u(t−T))/(√2 σx)) − erf((x − ut)/(√2 σx))] at t = max(x/u + T/2, T)"
    return (
        *steady_steps(release, x_m),
        Step(name="sigma_x_m", equation=words, value=float(release.sigma_x_m(place)), unit="m"),
        Step(name="highest_share", equation=top_words, value=share, unit="1"),
        Step(name="peak_kg_m3", equation="C · share", value=share * axis, unit="kg/m3"),
        Step(
            name="dose_kg_s_m3",
            equation="D = C T ½ (1 + erf(x/(√2 σx)))",
            value=float(release.dose(place, np.array(0.0))),
            unit="kg s/m3",
        ),
    )


MODEL = Model(
    name="finite_release",
    version="1",
    group="dispersion",
    inputs=(
        RATE,
        Input(
            name="duration_s",
            unit="s",
            symbol="T",
            minimum=0.1,
            maximum=1e7,
            typical=(1.0, 86_400.0),
        ),
        Input(
            name="wind_speed_m_s",
            unit="m/s",
            symbol="u",
            minimum=0.0,
            maximum=60.0,
            typical=(0.0, 30.0),
        ),
        STABILITY,
        HEIGHT,
        MIXING_HEIGHT,
        AVERAGING,
        Input(name="along_wind", unit="word", choices=("sigma_y", "beals"), default="sigma_y"),
        Input(name="time_s", unit="s", symbol="t", minimum=0.0, maximum=1e7, required=False),
        EXPONENT,
        THRESHOLD,
    ),
    receptor_inputs=RECEPTOR,
    formula=_formula,
    coefficient_sets=(
        *sets_of(PLUME_SETS),
        CoefficientSet(
            name=calm.NAME,
            values={"gamma01_m_s": calm.GAMMA01, "gamma02_m_s": calm.GAMMA02},
            source=calm.SOURCE,
            certainty="sourced",
        ),
    ),
    sources=(
        "Palazzi et al. 1982, Atmospheric Environment 16 (12) 2785-2790, read through "
        "GasDispersion.jl palazzi_puff.jl; HJ/T 2.2-93, read in Artoko/myrisk Formula.vb",
    ),
    validity=("flat_ground", "steady_wind", "neutral_buoyancy", "no_deposition", "steady_release"),
)
run = MODEL.run
