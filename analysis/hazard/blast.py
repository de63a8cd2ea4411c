"""Blast on the ground (爆炸冲击波): Kingery-Bulmash by Swisdak's fits, hemispherical burst.

Scaled distance Z = R / W^(1/3), m/kg^(1/3), TNT. The curve already holds the ground's doubling:
the factor 1.8 of the Chinese TNT formula must not be used with it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from scipy.optimize import brentq

from analysis.hazard.model import CoefficientSet, Input, Model, Outcome, Receptors
from layers.errors import OutOfRangeError

Fit = Sequence[tuple[float, float, tuple[float, ...]]]
INCIDENT_KPA: Fit = (
    (0.2, 2.9, (7.2106, -2.1069, -0.3229, 0.1117, 0.0685)),
    (2.9, 23.8, (7.5938, -3.0523, 0.40977, 0.0261, -0.01267)),
    (23.8, 198.5, (6.0536, -1.4066)),
)
REFLECTED_KPA: Fit = (
    (0.06, 2.0, (9.006, -2.6893, -0.6295, 0.1011, 0.29255, 0.13505, 0.019736)),
    (2.0, 40.0, (8.8396, -1.733, -2.64, 2.293, -0.8232, 0.14247, -0.0099)),
)
IMPULSE_KPA_MS: Fit = (
    (0.2, 0.96, (5.522, 1.117, 0.6, -0.292, -0.087)),
    (0.96, 2.38, (5.465, -0.308, -1.464, 1.362, -0.432)),
    (2.38, 33.7, (5.2749, -0.4677, -0.2499, 0.0588, -0.00554)),
    (33.7, 158.7, (5.9825, -1.062)),
)
ARRIVAL_MS: Fit = (
    (0.06, 1.5, (-0.7604, 1.8058, 0.1257, -0.0437, -0.0310, -0.00669)),
    (1.5, 40.0, (-0.7137, 1.5732, 0.5561, -0.4213, 0.1054, -0.00929)),
)
Z_MIN, Z_MAX = INCIDENT_KPA[0][0], INCIDENT_KPA[-1][1]


def evaluate(fit: Fit, z: float) -> float | None:
    """Return exp(Σ Ci (ln Z)^i) from the piece that holds Z; None outside the fit."""
    for low, high, coefficients in fit:
        if low <= z <= high:
            log_z = math.log(z)
            return math.exp(sum(c * log_z**i for i, c in enumerate(coefficients)))
    return None


def incident_kpa(z: float) -> float:
    """Return the incident overpressure, kPa; OutOfRangeError outside 0.2 to 198.5 m/kg^(1/3)."""
    pressure = evaluate(INCIDENT_KPA, z)
    if pressure is None:
        raise OutOfRangeError(
            f"scaled distance: got {z:g}, wanted {Z_MIN} .. {Z_MAX} m/kg^(1/3)",
            field="scaled_distance",
            got=z,
            wanted=f"{Z_MIN} .. {Z_MAX} m/kg^(1/3)",
        )
    return pressure


def scaled_distance(pressure_kpa: float) -> float:
    """Return Z, m/kg^(1/3), at which the incident overpressure is a given one.

    The pieces do not join perfectly; the largest Z wins, so that no radius is too short.
    """
    highest, lowest = incident_kpa(Z_MIN), incident_kpa(Z_MAX)
    if not lowest <= pressure_kpa <= highest:
        raise OutOfRangeError(
            f"overpressure: got {pressure_kpa:g} kPa, wanted {lowest:.3g} .. {highest:.4g} kPa",
            field="overpressure_kpa",
            got=pressure_kpa,
            wanted=f"{lowest:.3g} .. {highest:.4g} kPa",
        )
    for low, high, coefficients in reversed(INCIDENT_KPA):
        at_low, at_high = (_piece(coefficients, z) for z in (low, high))
        if at_high <= pressure_kpa <= at_low:
            return float(
                brentq(lambda z, c=coefficients: _piece(c, z) - pressure_kpa, low, high, xtol=1e-9)
            )
        if pressure_kpa < at_high:  # falls into the gap above this piece
            return high
    return Z_MIN


def _piece(coefficients: tuple[float, ...], z: float) -> float:
    log_z = math.log(z)
    return math.exp(sum(c * log_z**i for i, c in enumerate(coefficients)))


def _formula(inputs: dict[str, Any], chosen: CoefficientSet, receptors: Receptors) -> Outcome:
    share = inputs["yield_share"]
    share = chosen.values["yield_share"] if share is None else share
    h_tnt = chosen.values["h_tnt_j_kg"]
    heat = inputs["heat_j_kg"]
    tnt = share * inputs["mass_kg"] * (1.0 if heat is None else heat / h_tnt)
    cube = tnt ** (1.0 / 3.0)
    values: dict[str, Any] = {"tnt_kg": tnt}
    if inputs["threshold_kpa"] is not None:
        values["reach_m"] = scaled_distance(inputs["threshold_kpa"]) * cube
    if receptors:
        values["receptors"] = [_at(place["distance_m"] / cube, cube) for place in receptors]
    return Outcome(
        values=values,
        intermediates={
            "yield_share": share,
            "h_tnt_j_kg": h_tnt,
            "range_m": [Z_MIN * cube, Z_MAX * cube],
        },
    )


def _at(z: float, cube: float) -> dict[str, float | None]:
    """Return what arrives at a scaled distance; None where a fit ends."""
    impulse, arrival = evaluate(IMPULSE_KPA_MS, z), evaluate(ARRIVAL_MS, z)
    return {
        "scaled_distance": z,
        "incident_kpa": incident_kpa(z),
        "reflected_kpa": evaluate(REFLECTED_KPA, z),
        "impulse_kpa_ms": None if impulse is None else impulse * cube,
        "arrival_ms": None if arrival is None else arrival * cube,
    }


MODEL = Model(
    name="blast",
    version="1",
    group="explosion",
    inputs=(
        Input(name="mass_kg", unit="kg", minimum=0.01, maximum=1e9),
        Input(name="heat_j_kg", unit="J/kg", minimum=1e5, maximum=1.5e8, required=False),
        Input(name="yield_share", unit="1", minimum=1e-4, maximum=1.5, required=False),
        Input(name="threshold_kpa", unit="kPa", minimum=0.3, maximum=30_000.0, required=False),
    ),
    receptor_inputs=(Input(name="distance_m", unit="m", minimum=0.01, maximum=1e5),),
    formula=_formula,
    coefficient_sets=(
        CoefficientSet(
            name="tnt",
            values={"yield_share": 1.0, "h_tnt_j_kg": 4.68e6},
            source="solid explosive: its heat against TNT's 4.68 MJ/kg; no heat: kg of TNT",
            certainty="sourced",
        ),
        CoefficientSet(
            name="vapour_cloud_china",
            values={"yield_share": 0.04, "h_tnt_j_kg": 4.52e6},
            source="yield 0.04 (range 0.0002-0.149), 4.52 MJ/kg TNT, no ground factor",
            certainty="sourced",
        ),
        CoefficientSet(
            name="vapour_cloud_hyram",
            values={"yield_share": 0.03, "h_tnt_j_kg": 4.68e6},
            source="yield 0.03, 4.68 MJ/kg TNT (HyRAM, OpenSRANE)",
            certainty="sourced",
        ),
    ),
    sources=("Swisdak 1994, simplified Kingery airblast, hemispherical surface burst",),
)
run = MODEL.run
