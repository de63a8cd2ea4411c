"""Pool fire (池火灾): burning rate, flame, and the heat at a distance from the pool's middle.

By coefficient set: solid flames ("solid_flame", "order404", "shokri_beyler"), a cylinder that the
wind leans and drags, seen from any direction; one point that radiates ("point_source", "china");
and the distance form of EPA ("epa_rmp").
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from analysis.hazard.model import CoefficientSet, Input, Model, Outcome, Receptors
from analysis.hazard.physics.fire.fire_field import FARTHEST_M
from analysis.hazard.physics.fire.pool_flame import (
    AIR_VISCOSITY_M2_S,
    DRAGS,
    EMISSIVE_POWERS,
    FLAME_HEIGHTS,
    KINDS,
    TILTS,
)
from analysis.hazard.physics.fire.pool_heat import RECEIVERS, burning
from analysis.hazard.physics.fire.transmission import RULES


def _formula(inputs: dict[str, Any], chosen: CoefficientSet, receptors: Receptors) -> Outcome:
    fire = burning(inputs, chosen)
    values: dict[str, Any] = dict(fire.values)
    level = inputs["threshold_kw_m2"]
    if level is not None:
        values["reach_m"] = fire.reach_m(level)
        values["reach_crosswind_m"] = fire.reach_m(level, 90.0)
        values["reach_upwind_m"] = fire.reach_m(level, 180.0)
    if inputs["thresholds_kw_m2"] is not None:
        values["reaches_m"] = fire.reaches_m(inputs["thresholds_kw_m2"])
    warnings: list[dict[str, Any]] = []
    series: dict[str, Any] = {}
    if receptors:
        away = np.array([place["distance_m"] for place in receptors])
        turn = np.radians([place["bearing_deg"] for place in receptors])
        x, y = away * np.cos(turn), away * np.sin(turn)
        found = fire.flux_kw_m2(x, y)
        series = {
            name: [None if math.isnan(each) else float(each) for each in part]
            for name, part in fire.parts(x, y).items()
        }
        values["flux_kw_m2"] = [None if math.isnan(q) else float(q) for q in found]
        if np.isnan(found).any():
            warnings.append(
                {"code": "hazard.in_the_flame", "params": {"radius_m": fire.diameter_m / 2.0}}
            )
    return Outcome(
        values=values,
        steps=fire.steps,
        intermediates=series,
        warnings=tuple(warnings),
        sources=_sources(inputs, chosen),
    )


def _sources(inputs: dict[str, Any], chosen: CoefficientSet) -> tuple[str, ...]:
    """Return the citations of the options that were taken: some of them carry a mark."""
    rules = {
        name: inputs[name] or chosen.values[name] for name in ("flame_height", "transmissivity")
    }
    found = [f"transmissivity: {RULES[rules['transmissivity']].source}"]
    if rules["flame_height"] == "moorhouse":
        found.append("Moorhouse 1982, flames of LNG [mem 85%]")
    if inputs["flame"] in KINDS and inputs["emissive_power_kw_m2"] is None:
        found.append("Order 404 of MChS 2009, table of emissive powers [mem 90%]")
    return tuple(found)


def _set(name: str, method: str, source: str, certainty: str, **rules: Any) -> CoefficientSet:
    common = {
        "flame_height": "thomas", "tilt": "aga", "drag": "none",
        "emissive_power_rule": "mudan", "transmissivity": "casal",
    }  # fmt: skip
    return CoefficientSet(
        name=name, values={"method": method} | common | rules, source=source, certainty=certainty
    )


MODEL = Model(
    name="pool_fire",
    version="2",
    group="fire",
    inputs=(
        Input(name="pool_diameter_m", unit="m", symbol="D", minimum=0.1, maximum=300.0,
              required=False),
        Input(name="pool_area_m2", unit="m2", symbol="A", minimum=0.01, maximum=70_000.0,
              required=False),
        Input(name="mass_kg", unit="kg", symbol="M", minimum=0.01, maximum=1e9, required=False),
        Input(name="burning_rate_kg_m2_s", unit="kg/(m2 s)", symbol="m∞", minimum=1e-4,
              maximum=1.0, required=False, typical=(0.005, 0.3)),
        Input(name="burning_rate_k_per_m", unit="1/m", symbol="k", minimum=0.01, maximum=100.0,
              required=False),
        Input(name="heat_of_combustion_j_kg", unit="J/kg", symbol="Hc", minimum=1e6,
              maximum=1.5e8, typical=(5e6, 1.3e8)),
        Input(name="heat_of_vaporisation_j_kg", unit="J/kg", symbol="Hv", minimum=1e4,
              maximum=5e6, required=False),
        Input(name="liquid_heat_capacity_j_kg_k", unit="J/(kg K)", symbol="cp", minimum=200.0,
              maximum=15_000.0, required=False),
        Input(name="boiling_point_k", unit="K", symbol="Tb", minimum=4.0, maximum=900.0,
              required=False),
        Input(name="wind_speed_m_s", unit="m/s", symbol="u", minimum=0.0, maximum=60.0,
              default=0.0),
        Input(name="vapour_density_kg_m3", unit="kg/m3", symbol="ρv", minimum=0.05, maximum=20.0,
              default=3.0),
        Input(name="air_density_kg_m3", unit="kg/m3", symbol="ρa", minimum=0.5, maximum=2.0,
              default=1.2),
        Input(name="air_viscosity_m2_s", unit="m2/s", symbol="νa", minimum=5e-6, maximum=5e-5,
              default=AIR_VISCOSITY_M2_S),
        Input(name="flame", unit="kind", choices=("sooty", *KINDS), default="sooty"),
        Input(name="flame_height", unit="rule", choices=FLAME_HEIGHTS, required=False),
        Input(name="tilt", unit="rule", choices=TILTS, required=False),
        Input(name="drag", unit="rule", choices=DRAGS, required=False),
        Input(name="emissive_power_rule", unit="rule", choices=EMISSIVE_POWERS, required=False),
        Input(name="flame_length_m", unit="m", symbol="H", minimum=0.1, maximum=1000.0,
              required=False),
        Input(name="flame_tilt_deg", unit="deg", symbol="θ", minimum=0.0, maximum=85.0,
              required=False),
        Input(name="emissive_power_kw_m2", unit="kW/m2", symbol="E", minimum=1.0, maximum=400.0,
              required=False),
        Input(name="radiated_share", unit="1", symbol="η", minimum=0.01, maximum=0.6,
              required=False),
        Input(name="humidity_pct", unit="%", symbol="RH", minimum=0.0, maximum=100.0,
              default=50.0),
        Input(name="temperature_k", unit="K", symbol="T", minimum=200.0, maximum=350.0,
              default=298.15),
        Input(name="transmissivity", unit="rule", choices=tuple(RULES), required=False),
        Input(name="receiver", unit="position", choices=RECEIVERS, default="maximum"),
        Input(name="threshold_kw_m2", unit="kW/m2", symbol="q", minimum=0.1, maximum=200.0,
              required=False),
        Input(
            name="thresholds_kw_m2",
            unit="kW/m2",
            symbol="q",
            minimum=0.1,
            maximum=200.0,
            required=False,
            dimensions=1,
            most=100,
        ),
    ),
    receptor_inputs=(
        Input(name="distance_m", unit="m", symbol="x", minimum=0.0, maximum=FARTHEST_M),
        Input(name="bearing_deg", unit="deg", minimum=-180.0, maximum=360.0, default=0.0),
    ),
    formula=_formula,
    coefficient_sets=(
        _set("solid_flame", "solid_flame",
             "Thomas 1963 flame, AGA tilt, Mudan 1984 view factor and emissive power", "sourced"),
        _set("point_source", "point_source", "point source, radiated share 0.35 e^(-0.05 D)",
             "sourced"),
        _set("china", "china",
             "Chinese safety assessment practice: H = 84 r (...)^0.6, point source, tc = 1",
             "sourced", radiated_share=0.35, transmissivity="none", flame_height="china"),
        _set("order404", "solid_flame",
             "Order 404 of MChS of Russia 2009, annex 3; Thomas's u*^-0.21 restored", "sourced",
             transmissivity="order404"),
        _set("shokri_beyler", "solid_flame",
             "Shokri and Beyler 1989, as in NUREG-1805: Heskestad flame, E = 58·10^(-0.00823 D)",
             "mem 95%", flame_height="heskestad", emissive_power_rule="shokri_beyler",
             tilt="upright", transmissivity="none"),
        _set("epa_rmp", "epa_rmp",
             "EPA 1999, RMP offsite consequence analysis guidance, app. D: d = Hc √(0.0001 A/(q π "
             "(Hv + cp (Tb - Ta)))), 40 % radiated, 5 kW/m2 for 40 s", "mem 95%"),
    ),
    sources=(
        "Thomas 1963, flame height; Babrauskas 1983, burning rate",
        "Casal, water vapour pressure",
        "Sparrow 1963, view factor as a contour integral; equals Mudan 1984 downwind",
    ),
    validity=("flat_ground", "steady_fire"),
)  # fmt: skip
run = MODEL.run
