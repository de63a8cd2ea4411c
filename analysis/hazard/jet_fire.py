"""Jet fire (喷射火): flame length, and the heat from a point at the middle of the flame."""

from __future__ import annotations

import math
from typing import Any

from analysis.hazard.model import CoefficientSet, Input, Model, Outcome, Receptors
from analysis.hazard.physics.radiation import reach_of, transmissivity, water_vapour_pressure_pa

FARTHEST_M = 20_000.0


def flame_length_m(name: str, *, rate_kg_s: float, heat_w: float) -> float:
    """Return the flame length by a rule's name: "api" 0.00326 Q^0.478 (W), "considine" 9.1 √ṁ."""
    if name == "considine":
        return 9.1 * math.sqrt(rate_kg_s)
    return float(0.00326 * heat_w**0.478)


def radiated_share(jet_speed_m_s: float) -> float:
    """Return Chamberlain's radiated share, 0.21 e^(−0.00323 u) + 0.11 (mem 90%)."""
    return float(0.21 * math.exp(-0.00323 * jet_speed_m_s) + 0.11)


def _formula(inputs: dict[str, Any], chosen: CoefficientSet, receptors: Receptors) -> Outcome:
    heat_w = inputs["rate_kg_s"] * inputs["heat_of_combustion_j_kg"]
    length = flame_length_m(chosen.name, rate_kg_s=inputs["rate_kg_s"], heat_w=heat_w)
    share = radiated_share(inputs["jet_speed_m_s"])
    water = water_vapour_pressure_pa(
        humidity_pct=inputs["humidity_pct"], temperature_k=inputs["temperature_k"]
    )

    def flux(from_middle_m: float) -> float:
        passed = transmissivity("casal", path_m=from_middle_m, water_pa=water)
        spread = 4.0 * math.pi * from_middle_m**2
        return float(passed * share * heat_w / 1000.0 / spread)

    values: dict[str, Any] = {"flame_length_m": length}
    if inputs["threshold_kw_m2"] is not None:
        reach = reach_of(flux, inputs["threshold_kw_m2"], nearest_m=0.01, farthest_m=FARTHEST_M)
        values["reach_m"] = None if reach is None else length / 2.0 + reach
    if receptors:
        values["flux_kw_m2"] = [flux(place["distance_from_middle_m"]) for place in receptors]
    return Outcome(values=values, intermediates={"radiated_share": share, "heat_w": heat_w})


MODEL = Model(
    name="jet_fire",
    version="1",
    group="fire",
    inputs=(
        Input(name="rate_kg_s", unit="kg/s", minimum=1e-4, maximum=1e5),
        Input(name="heat_of_combustion_j_kg", unit="J/kg", minimum=1e6, maximum=1.5e8),
        Input(name="jet_speed_m_s", unit="m/s", minimum=0.0, maximum=2000.0, default=0.0),
        Input(name="humidity_pct", unit="%", minimum=0.0, maximum=100.0, default=50.0),
        Input(name="temperature_k", unit="K", minimum=200.0, maximum=350.0, default=298.15),
        Input(name="threshold_kw_m2", unit="kW/m2", minimum=0.1, maximum=400.0, required=False),
    ),
    receptor_inputs=(
        Input(name="distance_from_middle_m", unit="m", minimum=0.1, maximum=FARTHEST_M),
    ),
    formula=_formula,
    coefficient_sets=(
        CoefficientSet(
            name="api", values={}, source="API RP 521, flame length", certainty="sourced"
        ),
        CoefficientSet(
            name="considine",
            values={},
            source="Considine and Grint 1984, LPG",
            certainty="sourced",
        ),
    ),
    sources=("point source at the middle of the flame; Chamberlain's radiated share [mem 90%]",),
)
run = MODEL.run
