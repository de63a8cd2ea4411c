"""Instantaneous release of a neutral gas: the Gaussian puff (高斯烟团) with ground reflection.

C = M / ((2π)^1.5 σx σy σz) · exp(−(x−ut)²/2σx²) · exp(−y²/2σy²)
    · [exp(−(z−h)²/2σz²) + exp(−(z+h)²/2σz²)], σx = σy at the puff's centre x = ut.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from analysis.hazard.model import CoefficientSet, Input, Model, Outcome, Receptors
from analysis.hazard.physics.sigma import CCPS_PUFF, CLASSES


def _formula(inputs: dict[str, Any], chosen: CoefficientSet, receptors: Receptors) -> Outcome:
    travelled = inputs["wind_speed_m_s"] * inputs["time_s"]
    centre = np.array([travelled])
    sigma_y = float(CCPS_PUFF.sigma_y[inputs["stability"]](centre)[0])
    sigma_z = float(CCPS_PUFF.sigma_z[inputs["stability"]](centre)[0])
    scale = inputs["mass_kg"] / ((2.0 * math.pi) ** 1.5 * sigma_y**2 * sigma_z)
    height = inputs["height_m"]

    def at(place: Any) -> float:
        plane = (place["x_m"] - travelled) ** 2 + place["y_m"] ** 2
        below = math.exp(-((place["z_m"] - height) ** 2) / (2.0 * sigma_z**2))
        above = math.exp(-((place["z_m"] + height) ** 2) / (2.0 * sigma_z**2))
        return float(scale * math.exp(-plane / (2.0 * sigma_y**2)) * (below + above))

    values: dict[str, Any] = {"centre_kg_m3": at({"x_m": travelled, "y_m": 0.0, "z_m": 0.0})}
    if receptors:
        values["concentration_kg_m3"] = [at(place) for place in receptors]
    warnings: tuple[dict[str, Any], ...] = ()
    if not CCPS_PUFF.x_min_m <= travelled <= CCPS_PUFF.x_max_m:
        bounds = f"{CCPS_PUFF.x_min_m:g}-{CCPS_PUFF.x_max_m:g} m"
        warnings = ({"code": "hazard.receptor_outside_range", "params": {"wanted": bounds}},)
    return Outcome(
        values=values,
        intermediates={"centre_m": travelled, "sigma_y_m": sigma_y, "sigma_z_m": sigma_z},
        warnings=warnings,
    )


MODEL = Model(
    name="gaussian_puff",
    version="1",
    group="dispersion",
    inputs=(
        Input(name="mass_kg", unit="kg", minimum=1e-6, maximum=1e8),
        Input(name="wind_speed_m_s", unit="m/s", minimum=0.5, maximum=60.0),
        Input(name="time_s", unit="s", minimum=1.0, maximum=1e5),
        Input(name="stability", unit="class", choices=CLASSES),
        Input(name="height_m", unit="m", minimum=0.0, maximum=500.0, default=0.0),
    ),
    receptor_inputs=(
        Input(name="x_m", unit="m", minimum=-1e5, maximum=1e5),
        Input(name="y_m", unit="m", minimum=-1e5, maximum=1e5, default=0.0),
        Input(name="z_m", unit="m", minimum=0.0, maximum=2000.0, default=0.0),
    ),
    formula=_formula,
    coefficient_sets=(
        CoefficientSet(
            name=CCPS_PUFF.name,
            values={"x_min_m": CCPS_PUFF.x_min_m, "x_max_m": CCPS_PUFF.x_max_m},
            source=CCPS_PUFF.source,
            certainty=CCPS_PUFF.certainty,
        ),
    ),
    sources=("CCPS, Guidelines for CPQRA, 2nd ed., 1999: instantaneous release",),
)
run = MODEL.run
