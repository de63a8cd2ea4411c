"""Pool fire (池火灾): burning rate, flame height, and the heat at a distance.

Two ways to the heat, by coefficient set: "solid_flame", a cylinder tilted by the wind towards
the receiver, with a surface emissive power, and "point_source", all radiated heat from one point.
Distances are from the middle of the pool.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from analysis.hazard.model import CoefficientSet, Input, Model, Outcome, Receptors
from analysis.hazard.physics.constants import GRAVITY
from analysis.hazard.physics.radiation import (
    cylinder_view_factor,
    reach_of,
    transmissivity,
    water_vapour_pressure_pa,
)

AIR_DENSITY_KG_M3 = 1.2
FARTHEST_M = 20_000.0
TABLE_DIAMETER_M = (10.0, 20.0, 30.0, 40.0, 50.0)
CLEAR_FLAME_KW_M2 = {
    "lng": (220.0, 180.0, 150.0, 130.0, 120.0),
    "lpg": (80.0, 63.0, 50.0, 43.0, 40.0),
}


def burning_rate(*, limit_kg_m2_s: float, k_per_m: float | None, diameter_m: float) -> float:
    """Return the mass burning rate m∞ (1 − e^(−kD)), kg/m²s (Babrauskas); no k: the limit."""
    if k_per_m is None:
        return limit_kg_m2_s
    return float(limit_kg_m2_s * (1.0 - math.exp(-k_per_m * diameter_m)))


def burning_rate_by_heat(
    *, heat_of_combustion: float, heat_of_vaporisation: float, sensible_heat: float
) -> float:
    """Return 1e-3 Hc / (Hv + cp (Tb − Ta)), kg/m²s, for a fuel without a measured rate (J/kg)."""
    return 1e-3 * heat_of_combustion / (heat_of_vaporisation + max(0.0, sensible_heat))


def thomas_height_m(*, diameter_m: float, rate_kg_m2_s: float) -> float:
    """Return the flame height without wind: 42 D (m / (ρa √(gD)))^0.61."""
    froude = rate_kg_m2_s / (AIR_DENSITY_KG_M3 * math.sqrt(GRAVITY * diameter_m))
    return float(42.0 * diameter_m * froude**0.61)


def thomas_flame(
    *, diameter_m: float, rate_kg_m2_s: float, wind_speed_m_s: float, vapour_density: float
) -> tuple[float, float]:
    """Return the flame's length, m, and tilt from upright, rad.

    L = 55 D (m / (ρa √(gD)))^0.67 u*^-0.21 and cos θ = u*^-0.5 with u* = u / (g m D / ρv)^(1/3);
    under u* = 1 the flame stands upright at its height without wind.
    """
    scale = GRAVITY * rate_kg_m2_s * diameter_m / vapour_density
    u_star = wind_speed_m_s / scale ** (1.0 / 3.0)
    if u_star < 1.0:
        return thomas_height_m(diameter_m=diameter_m, rate_kg_m2_s=rate_kg_m2_s), 0.0
    froude = rate_kg_m2_s / (AIR_DENSITY_KG_M3 * math.sqrt(GRAVITY * diameter_m))
    length = 55.0 * diameter_m * froude**0.67 * u_star**-0.21
    return float(length), math.acos(u_star**-0.5)


def heskestad_height_m(*, diameter_m: float, heat_kw: float) -> float:
    """Return the flame height 0.235 Q^0.4 − 1.02 D (Q in kW)."""
    return float(0.235 * heat_kw**0.4 - 1.02 * diameter_m)


def emissive_power_kw_m2(diameter_m: float, flame: str = "sooty") -> float:
    """Return the surface emissive power, kW/m², by pool diameter and kind of flame.

    "sooty": 140 e^(−0.12 D) + 20 (1 − e^(−0.12 D)), smoke hides large flames (Mudan). "lng" and
    "lpg" burn clearer: table of Order 404 (mem 90%), linear between diameters.
    """
    if flame in CLEAR_FLAME_KW_M2:
        return float(np.interp(diameter_m, TABLE_DIAMETER_M, CLEAR_FLAME_KW_M2[flame]))
    clear = math.exp(-0.12 * diameter_m)
    return 140.0 * clear + 20.0 * (1.0 - clear)


def radiated_share(diameter_m: float) -> float:
    """Return the share of the heat that is radiated: 0.35 e^(−0.05 D)."""
    return 0.35 * math.exp(-0.05 * diameter_m)


@dataclass(frozen=True, kw_only=True)
class Fire:
    """A burning pool ready to be asked for its heat at a distance from its centre."""

    method: str
    diameter_m: float
    length_m: float
    tilt_rad: float
    emissive_power_kw_m2: float
    heat_kw: float
    water_pa: float
    air: str

    def flux_kw_m2(self, distance_m: float) -> float:
        """Return the heat on a receiver that faces the fire, downwind, from the pool's middle."""
        path = max(0.0, distance_m - self.diameter_m / 2.0)
        passed = transmissivity(self.air, path_m=path, water_pa=self.water_pa)
        if self.method == "point_source":
            share = radiated_share(self.diameter_m)
            return passed * share * self.heat_kw / (4.0 * math.pi * distance_m**2)
        seen = cylinder_view_factor(
            diameter_m=self.diameter_m,
            length_m=self.length_m,
            distance_m=distance_m,
            tilt_rad=self.tilt_rad,
        )
        return passed * seen * self.emissive_power_kw_m2

    def reach_m(self, level_kw_m2: float) -> float | None:
        """Return how far the heat is at least a level; None where it nowhere is."""
        nearest = self.diameter_m / 2.0 * 1.0001
        return reach_of(self.flux_kw_m2, level_kw_m2, nearest_m=nearest, farthest_m=FARTHEST_M)


def _formula(inputs: dict[str, Any], chosen: CoefficientSet, receptors: Receptors) -> Outcome:
    diameter = inputs["pool_diameter_m"]
    rate = burning_rate(
        limit_kg_m2_s=inputs["burning_rate_kg_m2_s"],
        k_per_m=inputs["burning_rate_k_per_m"],
        diameter_m=diameter,
    )
    heat_kw = rate * math.pi / 4.0 * diameter**2 * inputs["heat_of_combustion_j_kg"] / 1000.0
    water = water_vapour_pressure_pa(
        humidity_pct=inputs["humidity_pct"], temperature_k=inputs["temperature_k"]
    )
    length, tilt = thomas_flame(
        diameter_m=diameter,
        rate_kg_m2_s=rate,
        wind_speed_m_s=inputs["wind_speed_m_s"],
        vapour_density=inputs["vapour_density_kg_m3"],
    )
    fire = Fire(
        method=chosen.values["method"],
        diameter_m=diameter,
        length_m=length,
        tilt_rad=tilt,
        emissive_power_kw_m2=emissive_power_kw_m2(diameter, inputs["flame"]),
        heat_kw=heat_kw,
        water_pa=water,
        air=inputs["transmissivity"],
    )
    values: dict[str, Any] = {
        "flame_length_m": length,
        "flame_tilt_deg": math.degrees(tilt),
        "heat_release_kw": heat_kw,
    }
    if inputs["threshold_kw_m2"] is not None:
        values["reach_m"] = fire.reach_m(inputs["threshold_kw_m2"])
    if receptors:
        values["flux_kw_m2"] = [_at(fire, place["distance_m"]) for place in receptors]
    return Outcome(
        values=values,
        intermediates={
            "burning_rate_kg_m2_s": rate,
            "emissive_power_kw_m2": fire.emissive_power_kw_m2,
            "radiated_share": radiated_share(diameter),
            "heskestad_height_m": heskestad_height_m(diameter_m=diameter, heat_kw=heat_kw),
            "water_vapour_pressure_pa": water,
        },
    )


def _at(fire: Fire, distance_m: float) -> float | None:
    """Return the heat at a distance; None inside the flame."""
    return fire.flux_kw_m2(distance_m) if distance_m > fire.diameter_m / 2.0 else None


MODEL = Model(
    name="pool_fire",
    version="1",
    group="fire",
    inputs=(
        Input(name="pool_diameter_m", unit="m", minimum=0.1, maximum=300.0),
        Input(name="burning_rate_kg_m2_s", unit="kg/(m2 s)", minimum=1e-4, maximum=1.0),
        Input(name="burning_rate_k_per_m", unit="1/m", minimum=0.01, maximum=100.0, required=False),
        Input(name="heat_of_combustion_j_kg", unit="J/kg", minimum=1e6, maximum=1.5e8),
        Input(name="wind_speed_m_s", unit="m/s", minimum=0.0, maximum=60.0, default=0.0),
        Input(name="vapour_density_kg_m3", unit="kg/m3", minimum=0.05, maximum=20.0, default=3.0),
        Input(name="flame", unit="kind", choices=("sooty", "lng", "lpg"), default="sooty"),
        Input(name="humidity_pct", unit="%", minimum=0.0, maximum=100.0, default=50.0),
        Input(name="temperature_k", unit="K", minimum=200.0, maximum=350.0, default=298.15),
        Input(
            name="transmissivity",
            unit="rule",
            choices=("casal", "ccps", "order404", "none"),
            default="casal",
        ),
        Input(name="threshold_kw_m2", unit="kW/m2", minimum=0.1, maximum=200.0, required=False),
    ),
    receptor_inputs=(Input(name="distance_m", unit="m", minimum=0.0, maximum=FARTHEST_M),),
    formula=_formula,
    coefficient_sets=(
        CoefficientSet(
            name="solid_flame",
            values={"method": "solid_flame"},
            source="Thomas flame in wind, Mudan view factor; sooty: SEP 140 e^(-0.12D) + 20 (...)",
            certainty="sourced",
        ),
        CoefficientSet(
            name="point_source",
            values={"method": "point_source"},
            source="point source, radiated share 0.35 e^(-0.05D)",
            certainty="sourced",
        ),
    ),
    sources=(
        "Thomas 1963, flame height; Babrauskas, burning rate",
        "Casal, transmissivity in three ranges, water vapour pressure",
    ),
)
run = MODEL.run
