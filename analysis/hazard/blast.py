"""Blast of a charge (爆炸冲击波): the TNT equivalent, then overpressure by a named curve.

Scaled distance Z = R / W^(1/3), m/kg^(1/3), TNT. The curve of Kingery and Bulmash (Swisdak's fits)
is for a hemisphere on the ground and holds the ground's doubling already: the factor 1.8 of the
Chinese TNT formula must not be used with it.
"""

from __future__ import annotations

import math
from typing import Any

from analysis.hazard.model import CoefficientSet, Input, Model, Outcome, Receptors, Step
from analysis.hazard.physics.explosion import blast_curve, tnt
from analysis.hazard.physics.explosion.blast_curve import CURVES, Z_MAX, Z_MIN

__all__ = ["MODEL", "Z_MAX", "Z_MIN", "incident_kpa", "run", "scaled_distance"]

KINGERY = "kingery_bulmash"
_BESIDE = (
    ("reflected_kpa", blast_curve.REFLECTED_KPA, False),
    ("impulse_kpa_ms", blast_curve.IMPULSE_KPA_MS, True),
    ("reflected_impulse_kpa_ms", blast_curve.REFLECTED_IMPULSE_KPA_MS, True),
    ("arrival_ms", blast_curve.ARRIVAL_MS, True),
    ("duration_ms", blast_curve.DURATION_MS, True),
    ("shock_speed_m_s", blast_curve.SHOCK_KM_S, False),
)


def incident_kpa(z: float) -> float:
    """Return the incident overpressure, kPa; OutOfRangeError outside 0.2 to 198.5 m/kg^(1/3)."""
    return blast_curve.overpressure_kpa(KINGERY, z)


def scaled_distance(pressure_kpa: float) -> float:
    """Return Z, m/kg^(1/3), at which the incident overpressure is a given one; the largest."""
    return blast_curve.scaled_distance(KINGERY, pressure_kpa)


def wave(curve: str, z: float, cube: float) -> dict[str, float | None]:
    """Return what arrives at a scaled distance from W = cube³; None where a fit ends.

    Only Kingery and Bulmash give more than the incident overpressure.
    """
    found: dict[str, float | None] = {
        "scaled_distance": z,
        "incident_kpa": blast_curve.overpressure_kpa(curve, z),
    }
    for name, fit, scaled in _BESIDE:
        value = float(fit(z)) if curve == KINGERY else math.nan
        value *= cube if scaled else 1.0
        value *= 1000.0 if name == "shock_speed_m_s" else 1.0
        found[name] = None if math.isnan(value) else value
    return found


def answered(
    curve: str, tnt_kg: float, threshold_kpa: float | None, receptors: Receptors
) -> tuple[dict[str, Any], list[Step]]:
    """Return the values and steps of a charge: the reach of a threshold, what receptors meet."""
    cube = tnt_kg ** (1.0 / 3.0)
    values: dict[str, Any] = {"tnt_kg": tnt_kg}
    steps = [Step(name="cube_root", equation="W^(1/3)", value=cube, unit="kg^(1/3)")]
    if threshold_kpa is not None:
        z = blast_curve.scaled_distance(curve, threshold_kpa)
        values["reach_m"] = z * cube
        steps += [
            Step(name="scaled_distance", equation=CURVES[curve].equation, value=z,
                 unit="m/kg^(1/3)"),
            Step(name="reach_m", equation="R = Z W^(1/3)", value=z * cube, unit="m"),
        ]  # fmt: skip
    if receptors:
        values["receptors"] = [wave(curve, p["distance_m"] / cube, cube) for p in receptors]
    return values, steps


def _formula(inputs: dict[str, Any], chosen: CoefficientSet, receptors: Receptors) -> Outcome:
    charge = tnt.charge(inputs, chosen)
    curve = inputs["curve"]
    values, steps = answered(curve, charge.tnt_kg, inputs["threshold_kpa"], receptors)
    low, high = CURVES[curve].law.range_z
    cube = charge.tnt_kg ** (1.0 / 3.0)
    return Outcome(
        values=values,
        steps=(*charge.steps, *steps),
        intermediates={"range_m": [low * cube, high * cube], "curve_source": CURVES[curve].source},
        warnings=tnt.ground_warning(charge.ground_factor, curve),
    )


MODEL = Model(
    name="blast",
    version="2",
    group="explosion",
    inputs=(
        *tnt.INPUTS,
        Input(name="curve", unit="curve", choices=tuple(CURVES), default=KINGERY),
        Input(name="threshold_kpa", unit="kPa", symbol="ΔP", minimum=0.3, maximum=30_000.0,
              required=False),
    ),
    receptor_inputs=(
        Input(name="distance_m", unit="m", symbol="R", minimum=0.01, maximum=1e5),
    ),
    formula=_formula,
    coefficient_sets=(tnt.SOLID, tnt.CHINA, tnt.HYRAM, tnt.EPA),
    sources=("Swisdak 1994, simplified Kingery airblast, hemispherical surface burst",),
    validity=("flat_ground", "no_shielding"),
)  # fmt: skip
run = MODEL.run
