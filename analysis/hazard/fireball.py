"""Fireball of a BLEVE (沸腾液体扩展蒸气爆炸火球): size, time, heat and dose at a distance."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from analysis.hazard.model import CoefficientSet, Input, Model, Outcome, Receptors
from analysis.hazard.physics.radiation import (
    reach_of,
    sphere_view_factor,
    transmissivity,
    water_vapour_pressure_pa,
)

FARTHEST_M = 50_000.0


@dataclass(frozen=True, kw_only=True)
class Ball:
    """A fireball: m, s, kW/m² at its surface; how its heat reaches the ground."""

    diameter_m: float
    duration_s: float
    height_m: float
    emissive_power_kw_m2: float
    water_pa: float
    air: str
    vertical: bool

    def flux_kw_m2(self, distance_m: float) -> float:
        """Return the heat at a horizontal distance from the point under the ball."""
        straight = math.hypot(distance_m, self.height_m)
        path = max(0.0, straight - self.diameter_m / 2.0)
        seen = sphere_view_factor(
            diameter_m=self.diameter_m,
            height_m=self.height_m,
            distance_m=distance_m,
            vertical=self.vertical,
        )
        passed = transmissivity(self.air, path_m=path, water_pa=self.water_pa)
        return passed * seen * self.emissive_power_kw_m2

    def dose_kj_m2(self, distance_m: float) -> float:
        """Return the heat received in the ball's life."""
        return self.flux_kw_m2(distance_m) * self.duration_s

    def reach_m(self, *, dose_kj_m2: float | None, flux_kw_m2: float | None) -> float | None:
        """Return how far a dose or a flux is reached; None where it nowhere is."""
        law = self.flux_kw_m2 if dose_kj_m2 is None else self.dose_kj_m2
        level = flux_kw_m2 if dose_kj_m2 is None else dose_kj_m2
        if level is None:
            return None
        # A vertical receiver right under the ball sees nothing: start where it sees most.
        nearest = self.height_m / math.sqrt(2.0) if self.vertical else 0.0
        return reach_of(law, level, nearest_m=nearest, farthest_m=FARTHEST_M)


def _size(name: str, mass_kg: float) -> tuple[float, float, float]:
    """Return diameter, m, duration, s, and height of the centre, m."""
    if name == "tno":
        diameter = 2.0 * 3.24 * mass_kg**0.325
        return diameter, 0.852 * mass_kg**0.26, diameter
    if name == "order404":
        diameter = 5.33 * mass_kg**0.327
        return diameter, 0.92 * mass_kg**0.303, diameter / 2.0
    diameter = 5.8 * mass_kg ** (1.0 / 3.0)
    duration = 0.45 * mass_kg ** (1.0 / 3.0) if mass_kg < 30_000.0 else 2.6 * mass_kg ** (1.0 / 6.0)
    return diameter, duration, 0.75 * diameter


def _emissive_power(
    inputs: dict[str, Any], chosen: CoefficientSet, diameter: float, duration: float
) -> float:
    fixed = chosen.values.get("emissive_power_kw_m2")
    if fixed is not None:
        return float(fixed)
    share = inputs["radiated_share"]
    if share is None:
        share = chosen.values["radiated_share"]
        if chosen.name == "roberts":
            share = 0.27 * (inputs["pressure_pa"] / 1e6) ** 0.32
    heat_kj = share * inputs["mass_kg"] * inputs["heat_of_combustion_j_kg"] / 1000.0
    return float(heat_kj / (math.pi * diameter**2 * duration))


def _formula(inputs: dict[str, Any], chosen: CoefficientSet, receptors: Receptors) -> Outcome:
    diameter, duration, height = _size(chosen.name, inputs["mass_kg"])
    power = _emissive_power(inputs, chosen, diameter, duration)
    water = water_vapour_pressure_pa(
        humidity_pct=inputs["humidity_pct"], temperature_k=inputs["temperature_k"]
    )
    ball = Ball(
        diameter_m=diameter,
        duration_s=duration,
        height_m=height,
        emissive_power_kw_m2=power,
        water_pa=water,
        air=inputs["transmissivity"],
        vertical=inputs["receiver"] == "vertical",
    )
    values: dict[str, Any] = {"diameter_m": diameter, "duration_s": duration, "height_m": height}
    if inputs["threshold_kj_m2"] is not None:
        values["reach_m"] = ball.reach_m(dose_kj_m2=inputs["threshold_kj_m2"], flux_kw_m2=None)
    elif inputs["threshold_kw_m2"] is not None:
        values["reach_m"] = ball.reach_m(dose_kj_m2=None, flux_kw_m2=inputs["threshold_kw_m2"])
    if receptors:
        values["flux_kw_m2"] = [ball.flux_kw_m2(place["distance_m"]) for place in receptors]
        values["dose_kj_m2"] = [ball.dose_kj_m2(place["distance_m"]) for place in receptors]
    return Outcome(
        values=values,
        intermediates={"emissive_power_kw_m2": power, "water_vapour_pressure_pa": water},
    )


MODEL = Model(
    name="fireball",
    version="1",
    group="fire",
    inputs=(
        Input(name="mass_kg", unit="kg", minimum=1.0, maximum=1e7),
        Input(name="heat_of_combustion_j_kg", unit="J/kg", minimum=1e6, maximum=1.5e8),
        Input(name="radiated_share", unit="1", minimum=0.05, maximum=0.6, required=False),
        Input(name="pressure_pa", unit="Pa", minimum=1e5, maximum=1e8, default=1.5e6),
        Input(name="humidity_pct", unit="%", minimum=0.0, maximum=100.0, default=50.0),
        Input(name="temperature_k", unit="K", minimum=200.0, maximum=350.0, default=298.15),
        Input(
            name="transmissivity",
            unit="rule",
            choices=("ccps", "casal", "order404", "none"),
            default="ccps",
        ),
        Input(name="receiver", unit="position", choices=("facing", "vertical"), default="facing"),
        Input(name="threshold_kj_m2", unit="kJ/m2", minimum=1.0, maximum=1e4, required=False),
        Input(name="threshold_kw_m2", unit="kW/m2", minimum=0.1, maximum=400.0, required=False),
    ),
    receptor_inputs=(Input(name="distance_m", unit="m", minimum=0.0, maximum=FARTHEST_M),),
    formula=_formula,
    coefficient_sets=(
        CoefficientSet(
            name="ccps",
            values={"radiated_share": 0.3},
            source="CCPS: D = 5.8 M^(1/3), radiated share 0.3 below the set pressure",
            certainty="sourced",
        ),
        CoefficientSet(
            name="roberts",
            values={"radiated_share": None},
            source="CCPS size; Roberts radiated share 0.27 P^0.32 (P in MPa)",
            certainty="mem 95%",
        ),
        CoefficientSet(
            name="tno",
            values={"radiated_share": 0.3},
            source="TNO: R = 3.24 M^0.325, t = 0.852 M^0.26",
            certainty="sourced",
        ),
        CoefficientSet(
            name="order404",
            values={"emissive_power_kw_m2": 450.0, "radiated_share": None},
            source="Order 404: D = 5.33 M^0.327, t = 0.92 M^0.303, 450 kW/m2",
            certainty="sourced",
        ),
    ),
    sources=("CCPS, Guidelines for Vapor Cloud Explosion, Pressure Vessel Burst, BLEVE, 2010",),
)
run = MODEL.run
