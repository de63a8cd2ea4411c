"""Vapour cloud explosion by energy scaling (蒸气云爆炸), as Chinese safety assessment has it.

E = β α M Hc with the ground factor 1.8, Z = R (P0/E)^(1/3) and
ΔP/P0 = 0.137 Z^-3 + 0.119 Z^-2 + 0.269 Z^-1 − 0.019.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from analysis.hazard.model import CoefficientSet, Input, Model, Outcome, Receptors, Step
from analysis.hazard.physics.constants import ATMOSPHERE_PA
from analysis.hazard.physics.explosion import tnt
from analysis.hazard.physics.reach import Array, reach_of
from analysis.hazard.tnt_equivalence import damage_radius_m, death_radius_m
from layers.errors import OutOfRangeError

Z_RANGE = (0.5, 10.0)
SERIOUS_Z, SLIGHT_Z = 1.099, 1.96
"""Where the curve gives 44 and 17 kPa, as the texts print them."""


def relative_overpressure(z: Array | float) -> Array:
    """Return ΔP/P0 at a scaled distance of 0.5 to 10."""
    at = np.asarray(z, float)
    return np.asarray(0.137 / at**3 + 0.119 / at**2 + 0.269 / at - 0.019)


def _formula(inputs: dict[str, Any], chosen: CoefficientSet, receptors: Receptors) -> Outcome:
    charge = tnt.charge(inputs, chosen)
    ambient = inputs["ambient_pressure_pa"]
    scale = tnt.energy_scale_m(charge.energy_j, ambient)
    death = death_radius_m(charge.tnt_kg)
    values: dict[str, Any] = {
        "tnt_kg": charge.tnt_kg,
        "energy_j": charge.energy_j,
        "death_radius_m": death,
        "serious_injury_radius_m": SERIOUS_Z * scale,
        "slight_injury_radius_m": SLIGHT_Z * scale,
        "property_radius_m": damage_radius_m(charge.tnt_kg, 4.6),
    }
    steps = [
        *charge.steps,
        Step(name="energy_j", equation="E = β α M Hc", value=charge.energy_j, unit="J"),
        Step(name="energy_scale_m", equation="(E/P0)^(1/3)", value=scale, unit="m"),
        Step(name="death_radius_m", equation="R = 13.6 (W/1000)^0.37", value=death, unit="m"),
        Step(name="serious_injury_radius_m", equation="R = 1.099 (E/P0)^(1/3), 44 kPa",
             value=values["serious_injury_radius_m"], unit="m"),
        Step(name="slight_injury_radius_m", equation="R = 1.96 (E/P0)^(1/3), 17 kPa",
             value=values["slight_injury_radius_m"], unit="m"),
        Step(name="property_radius_m", equation="R = 4.6 W^(1/3)/(1 + (3175/W)²)^(1/6)",
             value=values["property_radius_m"], unit="m"),
    ]  # fmt: skip
    level = inputs["threshold_kpa"]
    if level is not None:
        values["reach_m"] = _reach(level * 1000.0 / ambient, level) * scale
    if receptors:
        values["receptors"] = [_at(place["distance_m"], scale, ambient) for place in receptors]
    return Outcome(values=values, steps=tuple(steps))


def _reach(share: float, level: float) -> float:
    near, far = Z_RANGE
    highest, lowest = (float(relative_overpressure(z)) for z in Z_RANGE)
    if not lowest <= share <= highest:
        scale = level / share
        wanted = f"{lowest * scale:.3g} .. {highest * scale:.4g} kPa"
        raise OutOfRangeError(
            f"threshold_kpa: got {level:g}, wanted {wanted}",
            field="threshold_kpa", got=level, wanted=wanted,
        )  # fmt: skip
    found = reach_of(relative_overpressure, share, nearest_m=near, farthest_m=far)
    return near if found is None else found


def _at(distance: float, scale: float, ambient: float) -> dict[str, float]:
    z = distance / scale
    if not Z_RANGE[0] <= z <= Z_RANGE[1]:
        wanted = f"{Z_RANGE[0] * scale:.3g} .. {Z_RANGE[1] * scale:.4g} m"
        raise OutOfRangeError(
            f"distance_m: got {distance:g}, wanted {wanted}",
            field="distance_m", got=distance, wanted=wanted,
        )  # fmt: skip
    pressure = float(relative_overpressure(z)) * ambient / 1000.0
    return {"scaled_distance": z, "incident_kpa": pressure}


MODEL = Model(
    name="vapour_cloud_explosion",
    version="1",
    group="explosion",
    inputs=(
        *tnt.INPUTS,
        Input(name="ambient_pressure_pa", unit="Pa", symbol="P0", minimum=50_000.0,
              maximum=120_000.0, default=ATMOSPHERE_PA),
        Input(name="threshold_kpa", unit="kPa", symbol="ΔP", minimum=0.3, maximum=200.0,
              required=False),
    ),
    receptor_inputs=(
        Input(name="distance_m", unit="m", symbol="R", minimum=0.01, maximum=1e5),
    ),
    formula=_formula,
    coefficient_sets=(
        tnt.practice(
            "china",
            "E = 1.8 α M Qc, α 0.04, QTNT 4.52 MJ/kg; ΔP/P0 = 0.137 Z^-3 + 0.119 Z^-2 + "
            "0.269 Z^-1 - 0.019; read through open code",
            yield_share=0.04, h_tnt_j_kg=4.52e6, ground_factor=1.8,
        ),
        tnt.practice(
            "china_3pct", "as china, α 0.03", yield_share=0.03, h_tnt_j_kg=4.52e6,
            ground_factor=1.8,
        ),
    ),
    sources=("Chinese safety assessment practice, radii of death, serious and slight injury",),
    validity=("flat_ground", "no_shielding"),
)  # fmt: skip
run = MODEL.run
