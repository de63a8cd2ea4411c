"""Continuous release of a neutral gas: the Gaussian plume (高斯烟羽) with total ground reflection.

C(x, y, z) = Q / (2π u σy σz) · exp(−y²/2σy²) · [exp(−(z−h)²/2σz²) + exp(−(z+h)²/2σz²)]

Steady, flat ground, no deposition, wind above 1 m/s, gas about as dense as air. Local axes: x
downwind, y to the left of the wind, z up, metres, origin under the source.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from analysis.hazard.model import CoefficientSet, Model, Outcome, Receptors, Step
from analysis.hazard.physics.air.averaging import averaging_equation, width_factor
from analysis.hazard.physics.bracket import top
from analysis.hazard.physics.gaussian.gauss import (
    AVERAGING,
    HEIGHT,
    MIXING_HEIGHT,
    RATE,
    RECEPTOR,
    STABILITY,
    THRESHOLD,
    WIND,
    above_lid,
    columns,
    footprint,
    outside,
    refuse_class,
    sets_of,
)
from analysis.hazard.physics.gaussian.plume import Plume
from analysis.hazard.physics.gaussian.reflection import SOURCE as LID_SOURCE
from analysis.hazard.physics.gaussian.reflection import vertical_term
from analysis.hazard.physics.gaussian.sigma import PLUME_SETS
from analysis.hazard.physics.isopleth import Isopleth, isopleth

__all__ = ["MODEL", "Isopleth", "Plume", "isopleth", "run", "steps"]


def steps(plume: Plume, x_m: float) -> tuple[Step, ...]:
    """Return the steps to the concentration on the ground axis at a distance."""
    letter, sets = plume.stability, plume.dispersion
    place = np.array(x_m)
    factor = width_factor(sets, letter, plume.averaging_s)
    sigma_y, sigma_z = float(plume.sigma_y_m(place)), float(plume.sigma_z_m(place))
    lid = plume.mixing_height_m
    vertical = float(vertical_term(0.0, plume.height_m, np.array(sigma_z), lid))
    y_words = sets.sigma_y[letter].equation("σy", x_m)
    if factor != 1.0:
        y_words += f", times {averaging_equation(sets)} = {factor:.4g}"
    v_words = "V = 2 exp(−h²/(2 σz²))"
    if lid is not None:
        v_words = "V = Σ exp(−(h ± 2jL)²/(2 σz²)), √(2π) σz/L where σz > 1.6 L"
    return (
        Step(name="distance_m", equation="x", value=x_m, unit="m"),
        Step(name="sigma_y_m", equation=y_words, value=sigma_y, unit="m"),
        Step(
            name="sigma_z_m",
            equation=sets.sigma_z[letter].equation("σz", x_m),
            value=sigma_z,
            unit="m",
        ),
        Step(name="vertical_term", equation=v_words, value=vertical, unit="1"),
        Step(
            name="axis_kg_m3",
            equation="C = Q/(2π u σy σz) · V",
            value=float(plume.axis(place)),
            unit="kg/m3",
        ),
    )


def _formula(inputs: dict[str, Any], chosen: CoefficientSet, receptors: Receptors) -> Outcome:
    refuse_class(inputs["stability"], PLUME_SETS[chosen.name].sigma_y)
    plume = Plume(
        release_kg_s=inputs["release_kg_s"],
        wind_speed_m_s=inputs["wind_speed_m_s"],
        stability=inputs["stability"],
        dispersion=PLUME_SETS[chosen.name],
        height_m=inputs["height_m"],
        mixing_height_m=inputs["mixing_height_m"],
        averaging_s=inputs["averaging_s"],
    )
    values, warnings = footprint(plume, inputs["threshold_kg_m3"])
    values |= greatest_on_ground(plume)
    if receptors:
        x, y, z = columns(receptors)
        values["concentration_kg_m3"] = plume.concentration(x, y, z).tolist()
        warnings += outside(plume, x)
    return Outcome(
        values=values,
        steps=steps(plume, shown_at(plume, values, receptors)),
        intermediates=at_1_km(plume),
        warnings=warnings + above_lid(inputs),
        sources=() if plume.mixing_height_m is None else (f"Mixing layer by images: {LID_SOURCE}",),
    )


def greatest_on_ground(plume: Plume) -> dict[str, float]:
    """Return the highest ground concentration of a raised source and where; empty for a low one.

    Searched within the range of the set.
    """
    if plume.height_m <= 0.0:
        return {}
    grid = np.geomspace(plume.x_min_m, plume.x_max_m, 400)
    at = int(np.argmax(plume.axis(grid)))
    low, high = grid[max(at - 1, 0)], grid[min(at + 1, grid.size - 1)]
    place = top(plume.axis, np.array(low), np.array(high), rounds=30)
    return {"max_ground_kg_m3": float(plume.axis(place)), "max_ground_at_m": float(place)}


def shown_at(plume: Plume, values: dict[str, Any], receptors: Receptors) -> float:
    """Return the distance of the steps: the first receptor's, else the reach, else 1 km."""
    if receptors and receptors[0]["x_m"] > 0.0:
        return float(receptors[0]["x_m"])
    return float(values.get("reach_m") or min(1000.0, plume.x_max_m))


def at_1_km(plume: Plume) -> dict[str, float]:
    """Return σy, σz and the axis at 1 km, by which sets are compared."""
    place = np.array(1000.0)
    return {
        "sigma_y_1km_m": float(plume.sigma_y_m(place)),
        "sigma_z_1km_m": float(plume.sigma_z_m(place)),
        "axis_1km_kg_m3": float(plume.axis(place)),
    }


MODEL = Model(
    name="gaussian_plume",
    version="2",
    group="dispersion",
    inputs=(RATE, WIND, STABILITY, HEIGHT, MIXING_HEIGHT, AVERAGING, THRESHOLD),
    receptor_inputs=RECEPTOR,
    formula=_formula,
    coefficient_sets=sets_of(PLUME_SETS),
    sources=("Gaussian plume with ground reflection; CCPS, Guidelines for CPQRA, 2nd ed., 1999",),
    validity=("flat_ground", "steady_wind", "neutral_buoyancy", "no_deposition", "steady_release"),
)
run = MODEL.run
