"""Jet fire (喷射火): the flame's length, and the heat of points on its axis or of its frustum.

By coefficient set: "api" and "considine_grint" radiate from the middle of the flame, "china" from
a row of points along it, "chamberlain" from the surface of a frustum that the wind turns. A
receptor's distance is from the point under the hole; without a bearing it lies where the flame
points, and a horizontal jet is taken to blow with the wind.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from analysis.hazard.model import CoefficientSet, Input, Model, Outcome, Receptors
from analysis.hazard.physics.fire.jet_heat import DIRECTIONS, FARTHEST_M, PHASES, Flame, burning
from analysis.hazard.physics.fire.transmission import RULES
from layers.errors import InvalidInputError


def _formula(inputs: dict[str, Any], chosen: CoefficientSet, receptors: Receptors) -> Outcome:
    flame = burning(inputs, chosen)
    values: dict[str, Any] = dict(flame.values)
    level = inputs["threshold_kw_m2"]
    if level is not None:
        values["reach_m"] = flame.reach_m(level)
        values["reach_crosswind_m"] = flame.reach_m(level, 90.0)
        values["reach_back_m"] = flame.reach_m(level, 180.0)
    if inputs["thresholds_kw_m2"] is not None:
        values["reaches_m"] = flame.reaches_m(inputs["thresholds_kw_m2"])
    if receptors:
        values["flux_kw_m2"] = [_at(flame, place) for place in receptors]
    return Outcome(values=values, steps=flame.steps)


def _at(flame: Flame, place: Any) -> float | None:
    if place["distance_from_middle_m"] is not None:
        return float(flame.middle(np.array(place["distance_from_middle_m"])))
    if place["distance_m"] is None:
        raise InvalidInputError(
            "a receptor needs distance_m or distance_from_middle_m",
            code="input_missing",
            field="distance_m",
            wanted="m",
        )
    turn = math.radians(place["bearing_deg"])
    away = place["distance_m"]
    found = float(flame.field(np.array(away * math.cos(turn)), np.array(away * math.sin(turn))))
    return None if math.isnan(found) else found


def _set(name: str, source: str, certainty: str = "sourced", **values: Any) -> CoefficientSet:
    common = {"points": 1, "radiated_share": None, "transmissivity": "casal"}
    return CoefficientSet(name=name, values=common | values, source=source, certainty=certainty)


MODEL = Model(
    name="jet_fire",
    version="2",
    group="fire",
    inputs=(
        Input(name="rate_kg_s", unit="kg/s", symbol="ṁ", minimum=1e-4, maximum=1e5),
        Input(name="heat_of_combustion_j_kg", unit="J/kg", symbol="Hc", minimum=1e6,
              maximum=1.5e8, typical=(5e6, 1.3e8)),
        Input(name="jet_direction", unit="direction", choices=tuple(DIRECTIONS),
              default="horizontal"),
        Input(name="jet_angle_deg", unit="deg", symbol="θj", minimum=0.0, maximum=180.0,
              required=False),
        Input(name="jet_speed_m_s", unit="m/s", symbol="uj", minimum=0.0, maximum=3000.0,
              default=0.0),
        Input(name="jet_temperature_k", unit="K", symbol="Tj", minimum=20.0, maximum=1500.0,
              required=False),
        Input(name="storage_pressure_pa", unit="Pa", symbol="P", minimum=101_326.0, maximum=2e8,
              required=False),
        Input(name="storage_temperature_k", unit="K", symbol="Ts", minimum=20.0, maximum=1500.0,
              required=False),
        Input(name="gamma", unit="1", symbol="γ", minimum=1.01, maximum=1.67, default=1.3),
        Input(name="molar_mass_kg_mol", unit="kg/mol", symbol="M", minimum=0.001, maximum=0.5,
              required=False, typical=(0.002, 0.3)),
        Input(name="phase", unit="kind", choices=tuple(PHASES), default="gas"),
        Input(name="height_m", unit="m", symbol="h", minimum=0.0, maximum=300.0, default=0.0),
        Input(name="wind_speed_m_s", unit="m/s", symbol="u", minimum=0.0, maximum=60.0,
              default=0.0),
        Input(name="radiated_share", unit="1", symbol="Fs", minimum=0.01, maximum=0.6,
              required=False),
        Input(name="humidity_pct", unit="%", symbol="RH", minimum=0.0, maximum=100.0,
              default=50.0),
        Input(name="temperature_k", unit="K", symbol="T", minimum=200.0, maximum=350.0,
              default=298.15),
        Input(name="transmissivity", unit="rule", choices=tuple(RULES), required=False),
        Input(name="threshold_kw_m2", unit="kW/m2", symbol="q", minimum=0.1, maximum=400.0,
              required=False),
        Input(
            name="thresholds_kw_m2",
            unit="kW/m2",
            symbol="q",
            minimum=0.1,
            maximum=400.0,
            required=False,
            dimensions=1,
            most=100,
        ),
    ),
    receptor_inputs=(
        Input(name="distance_m", unit="m", symbol="x", minimum=0.0, maximum=FARTHEST_M,
              required=False),
        Input(name="bearing_deg", unit="deg", minimum=-180.0, maximum=360.0, default=0.0),
        Input(name="distance_from_middle_m", unit="m", minimum=0.1, maximum=FARTHEST_M,
              required=False),
    ),
    formula=_formula,
    coefficient_sets=(
        _set("api", "API RP 521, flame length; point source at the middle of the flame"),
        _set("considine_grint", "Considine and Grint 1984, LPG; point source at the middle"),
        _set("chamberlain", "Chamberlain 1987, frustum; read through open code after Assael and "
             "Kakosimos 2010 p. 110, exponents of W1 after the Yellow Book", "mem 90%"),
        _set("china", "Chinese practice: L = (ṁ Hc)^0.444/161.66, 101 points, efficiency 0.35, "
             "radiated share 0.2", points=101, radiated_share=0.07, transmissivity="none"),
        _set("order404", "Order 404 of MChS of Russia 2009: L = K G^0.4, K 12.5 gas, 13.5 vapour, "
             "15 liquid; heat by a point source", "mem 90%"),
    ),
    sources=("Chamberlain 1987, radiated share 0.21 e^(-0.00323 u) + 0.11, as in Assael and "
             "Kakosimos 2010 p. 117",),
    validity=("steady_fire", "jet_not_impinging"),
)  # fmt: skip
run = MODEL.run
