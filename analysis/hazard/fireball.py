"""Fireball of a BLEVE (沸腾液体扩展蒸气爆炸火球): size, time, heat and dose at a distance."""

from __future__ import annotations

from typing import Any

import numpy as np

from analysis.hazard.model import CoefficientSet, Input, Model, Outcome, Receptors, Step
from analysis.hazard.physics.fire.ball import (
    FARTHEST_M,
    SIZES,
    Ball,
    radiated_share_of_pressure,
    size,
    surface_power_kw_m2,
)
from analysis.hazard.physics.fire.transmission import RULES, Air

MASS_RULES = {"all": 1.0, "one_tank": 0.5, "two_tanks": 0.7, "more_tanks": 0.9}
"""The share of the mass held that feeds the ball; tanks: Chinese practice."""


def burst(inputs: dict[str, Any], chosen: CoefficientSet) -> tuple[Ball, tuple[Step, ...]]:
    """Return the ball of checked inputs with the steps to it."""
    law = chosen.values["size"]
    share = MASS_RULES[inputs["mass_rule"]]
    mass = share * inputs["mass_kg"]
    diameter, duration, height = size(law, mass)
    words = list(SIZES[law].words)
    if inputs["height_m"] is not None:
        height, words[2] = inputs["height_m"], "H given"
    steps = [
        Step(name="mass_share", equation="f by rule", value=share, unit="1"),
        Step(name="burning_mass_kg", equation="M = f W", value=mass, unit="kg"),
        Step(name="diameter_m", equation=words[0], value=diameter, unit="m"),
        Step(name="fire_duration_s", equation=words[1], value=duration, unit="s"),
        Step(name="height_m", equation=words[2], value=height, unit="m"),
    ]
    power = _power(inputs, chosen, mass, diameter, duration, steps)
    rule = inputs["transmissivity"] or chosen.values["transmissivity"]
    air = Air(rule=rule, humidity_pct=inputs["humidity_pct"], temperature_k=inputs["temperature_k"])
    steps.append(Step(name="emissive_power_kw_m2", equation=power[1], value=power[0], unit="kW/m2"))
    steps.append(
        Step(
            name="water_vapour_pressure_pa",
            equation="Pw = RH/100 exp(23.18986 − 3816.42/(T − 46.13))",
            value=air.water_pa,
            unit="Pa",
        )
    )
    steps.append(
        Step(name="transmissivity_rule", equation=RULES[rule].equation, value=rule, unit="")
    )
    ball = Ball(
        diameter_m=diameter,
        duration_s=duration,
        height_m=height,
        emissive_power_kw_m2=power[0],
        air=air,
        view=chosen.values["view"] or inputs["receiver"],
    )
    return ball, tuple(steps)


def _power(
    inputs: dict[str, Any],
    chosen: CoefficientSet,
    mass: float,
    diameter: float,
    duration: float,
    steps: list[Step],
) -> tuple[float, str]:
    if inputs["emissive_power_kw_m2"] is not None:
        return inputs["emissive_power_kw_m2"], "E given"
    fixed = chosen.values["emissive_power_kw_m2"]
    if fixed is not None:
        return fixed, "E of the set"
    share, words = inputs["radiated_share"], "η given"
    if share is None and chosen.values["radiated_share"] is None:
        share = radiated_share_of_pressure(inputs["pressure_pa"])
        words = "η = 0.27 P^0.32, P in MPa"
    elif share is None:
        share, words = chosen.values["radiated_share"], "η of the set"
    share = min(share, 1.0)
    net = inputs["heat_of_combustion_j_kg"] - (inputs["heat_lost_j_kg"] or 0.0)
    steps.append(Step(name="radiated_share", equation=words, value=share, unit="1"))
    heat_kj = share * mass * net / 1000.0
    steps.append(
        Step(name="radiated_heat_kj", equation="Qr = η M (Hc − Hlost)", value=heat_kj, unit="kJ")
    )
    power = surface_power_kw_m2(heat_kj=heat_kj, diameter_m=diameter, duration_s=duration)
    return power, "E = Qr/(π D² t)"


def _formula(inputs: dict[str, Any], chosen: CoefficientSet, receptors: Receptors) -> Outcome:
    ball, steps = burst(inputs, chosen)
    values: dict[str, Any] = {
        "diameter_m": ball.diameter_m,
        "duration_s": ball.duration_s,
        "height_m": ball.height_m,
    }
    if inputs["threshold_kj_m2"] is not None:
        values["reach_m"] = ball.reach_m(dose_kj_m2=inputs["threshold_kj_m2"])
    elif inputs["threshold_kw_m2"] is not None:
        values["reach_m"] = ball.reach_m(flux_kw_m2=inputs["threshold_kw_m2"])
    series: dict[str, Any] = {}
    if receptors:
        away = np.array([place["distance_m"] for place in receptors])
        values["flux_kw_m2"] = ball.flux_kw_m2(away).tolist()
        values["dose_kj_m2"] = ball.dose_kj_m2(away).tolist()
        series = {
            "view_factors": ball.view_factor(away).tolist(),
            "paths_m": ball.path_m(away).tolist(),
            "transmissivities": ball.air.transmissivity(ball.path_m(away)).tolist(),
        }
    return Outcome(values=values, steps=steps, intermediates=series)


def _set(name: str, source: str, certainty: str = "sourced", **values: Any) -> CoefficientSet:
    common = {
        "size": name, "radiated_share": 0.3, "emissive_power_kw_m2": None,
        "transmissivity": "ccps", "view": None,
    }  # fmt: skip
    return CoefficientSet(name=name, values=common | values, source=source, certainty=certainty)


MODEL = Model(
    name="fireball",
    version="2",
    group="fire",
    inputs=(
        Input(name="mass_kg", unit="kg", symbol="W", minimum=1.0, maximum=1e7),
        Input(name="mass_rule", unit="rule", symbol="f", choices=tuple(MASS_RULES),
              default="all"),
        Input(name="heat_of_combustion_j_kg", unit="J/kg", symbol="Hc", minimum=1e6,
              maximum=1.5e8, typical=(5e6, 1.3e8)),
        Input(name="heat_lost_j_kg", unit="J/kg", symbol="Hlost", minimum=0.0, maximum=5e6,
              required=False),
        Input(name="radiated_share", unit="1", symbol="η", minimum=0.05, maximum=0.6,
              required=False),
        Input(name="emissive_power_kw_m2", unit="kW/m2", symbol="E", minimum=10.0, maximum=600.0,
              required=False),
        Input(name="height_m", unit="m", symbol="H", minimum=0.0, maximum=5000.0,
              required=False),
        Input(name="pressure_pa", unit="Pa", symbol="P", minimum=1e5, maximum=1e8,
              default=1.5e6),
        Input(name="humidity_pct", unit="%", symbol="RH", minimum=0.0, maximum=100.0,
              default=50.0),
        Input(name="temperature_k", unit="K", symbol="T", minimum=200.0, maximum=350.0,
              default=298.15),
        Input(name="transmissivity", unit="rule", choices=tuple(RULES), required=False),
        Input(name="receiver", unit="position", choices=("facing", "vertical"),
              default="facing"),
        Input(name="threshold_kj_m2", unit="kJ/m2", symbol="dose", minimum=1.0, maximum=1e4,
              required=False),
        Input(name="threshold_kw_m2", unit="kW/m2", symbol="q", minimum=0.1, maximum=400.0,
              required=False),
    ),
    receptor_inputs=(
        Input(name="distance_m", unit="m", symbol="x", minimum=0.0, maximum=FARTHEST_M),
    ),
    formula=_formula,
    coefficient_sets=(
        _set("ccps", "CCPS: D = 5.8 M^(1/3), radiated share 0.3 below the set pressure, 0.4 above"),
        _set("roberts", "CCPS size; Roberts 1981 radiated share 0.27 P^0.32 (P in MPa)",
             "mem 95%", size="ccps", radiated_share=None),
        _set("tno", "TNO Yellow Book: R = 3.24 M^0.325, t = 0.852 M^0.26; share 0.27 P^0.32",
             radiated_share=None),
        _set("order404", "Order 404 of MChS of Russia 2009: D = 5.33 M^0.327, t = 0.92 M^0.303, "
             "450 kW/m2", emissive_power_kw_m2=450.0, transmissivity="order404",
             view="order404"),
        _set("china", "Chinese practice (ILO size): q = q0 R² r (1 - 0.058 ln r)/(R² + r²)^1.5, "
             "q0 270 kW/m2 for a bullet; give 200 for a sphere", "mem 90%", size="ilo",
             emissive_power_kw_m2=270.0, transmissivity="china", view="china"),
        _set("china_sphere", "as china, q0 200 kW/m2 for a spherical tank", "mem 90%", size="ilo",
             emissive_power_kw_m2=200.0, transmissivity="china", view="china"),
        _set("ilo", "ILO 1988: R = 2.9 M^(1/3), t = 0.45 M^(1/3), centre at R; air 1 - 0.058 ln x",
             transmissivity="china", view="facing"),
        _set("greenberg_cramer", "Greenberg and Cramer 1991: R = 2.665 M^0.327, t = 1.089 M^0.327,"
             " centre at R; air 1 - 0.058 ln x", transmissivity="china", view="facing"),
    ),
    sources=("CCPS, Guidelines for Vapor Cloud Explosion, Pressure Vessel Burst, BLEVE, 2010",),
    validity=("ball_at_full_size",),
)  # fmt: skip
run = MODEL.run
