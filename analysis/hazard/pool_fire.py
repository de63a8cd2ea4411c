"""Pool fire (池火灾): burning rate, flame, and the heat at a distance from the pool's middle.

By coefficient set: solid flames ("solid_flame", "order404", "shokri_beyler"), a cylinder that the
wind leans and drags, seen from any direction; one point that radiates ("point_source", "china");
and the distance form of EPA ("epa_rmp").
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from analysis.hazard.model import CoefficientSet, Input, Model, Outcome, Receptors, Step
from analysis.hazard.physics.pool_flame import (
    DRAGS,
    EMISSIVE_POWERS,
    FLAME_HEIGHTS,
    KINDS,
    TILTS,
    Pool,
    burning_rate,
    burning_rate_by_heat,
    radiated_share,
)
from analysis.hazard.physics.reach import Array, reach_of, reaches_of
from analysis.hazard.physics.transmission import RULES, Air
from analysis.hazard.physics.view_factor import LeaningFlame
from layers.errors import InvalidInputError

FARTHEST_M = 20_000.0
RECEIVERS = ("maximum", "vertical", "horizontal")
Field = Callable[[Array, Array], Array]


@dataclass(frozen=True, kw_only=True)
class Fire:
    """A burning pool ready to be asked for its heat anywhere on the ground.

    x is downwind, y to the left, metres from the pool's middle; `diameter_m` is the pool's.
    """

    label: str
    diameter_m: float
    field: Field
    steps: tuple[Step, ...]
    values: dict[str, float]

    def flux_kw_m2(self, x_m: Array, y_m: Array) -> Array:
        """Return the heat, kW/m²; NaN in the flame."""
        x, y = np.broadcast_arrays(np.asarray(x_m, float), np.asarray(y_m, float))
        return np.where(np.hypot(x, y) > self.diameter_m / 2.0, self.field(x, y), np.nan)

    def reach_m(self, level_kw_m2: float, bearing_deg: float = 0.0) -> float | None:
        """Return how far the heat is at least a level, `bearing_deg` off the wind; None: nowhere.

        In the flame the heat is taken as over every level.
        """
        turn = math.radians(bearing_deg)

        def law(distance: Array) -> Array:
            found = self.flux_kw_m2(distance * math.cos(turn), distance * math.sin(turn))
            return np.where(np.isnan(found), np.inf, found)

        nearest = self.diameter_m / 2.0 * 1.0001
        return reach_of(law, level_kw_m2, nearest_m=nearest, farthest_m=FARTHEST_M)

    def reaches_m(self, levels_kw_m2: Sequence[float]) -> list[float | None]:
        """Return how far downwind the heat is at least each level; None: nowhere."""

        def law(distance: Array) -> Array:
            found = self.flux_kw_m2(distance, np.zeros_like(distance))
            return np.where(np.isnan(found), np.inf, found)

        nearest = self.diameter_m / 2.0 * 1.0001
        return reaches_of(law, levels_kw_m2, nearest_m=nearest, farthest_m=FARTHEST_M)


def burning(inputs: dict[str, Any], chosen: CoefficientSet) -> Fire:
    """Return the fire of checked inputs.

    Raises
    ------
    InvalidInputError
        No burning rate, and not the heats that give one.
    """
    diameter = _diameter(inputs)
    rate, rate_step = _rate(inputs, diameter)
    pool = Pool(
        diameter_m=diameter,
        rate_kg_m2_s=rate,
        heat_of_combustion_j_kg=inputs["heat_of_combustion_j_kg"],
        wind_speed_m_s=inputs["wind_speed_m_s"],
        vapour_density_kg_m3=inputs["vapour_density_kg_m3"],
        air_density_kg_m3=inputs["air_density_kg_m3"],
    )
    area = math.pi * diameter**2 / 4.0
    steps = [
        Step(name="pool_area_m2", equation="A = π D²/4", value=area, unit="m2"),
        rate_step,
        Step(name="heat_release_kw", equation="Q = m A Hc", value=pool.heat_kw, unit="kW"),
        Step(
            name="heskestad_height_m",
            equation="H = 0.235 Q^0.4 − 1.02 D, to compare",
            value=pool.length("heskestad")[0],
            unit="m",
        ),
    ]
    build = _METHODS[chosen.values["method"]]
    return build(pool, inputs, chosen, steps)


def _diameter(inputs: dict[str, Any]) -> float:
    if inputs["pool_diameter_m"] is not None:
        return float(inputs["pool_diameter_m"])
    if inputs["pool_area_m2"] is None:
        raise InvalidInputError(
            "pool_fire needs pool_diameter_m or pool_area_m2",
            code="input_missing",
            field="pool_diameter_m",
            wanted="m",
        )
    return math.sqrt(4.0 * float(inputs["pool_area_m2"]) / math.pi)


def _rate(inputs: dict[str, Any], diameter: float) -> tuple[float, Step]:
    limit, k = inputs["burning_rate_kg_m2_s"], inputs["burning_rate_k_per_m"]
    if limit is not None:
        rate = burning_rate(limit_kg_m2_s=limit, k_per_m=k, diameter_m=diameter)
        equation = "m = m∞" if k is None else "m = m∞ (1 − e^(−k D))"
        return rate, Step(name="rate_kg_m2_s", equation=equation, value=rate, unit="kg/(m2 s)")
    latent = _needed(inputs, "heat_of_vaporisation_j_kg", "J/kg")
    rate = burning_rate_by_heat(
        heat_of_combustion=inputs["heat_of_combustion_j_kg"],
        heat_of_vaporisation=latent,
        sensible_heat=_sensible(inputs),
    )
    equation = "m = 0.001 Hc/(Hv + cp max(0, Tb − Ta))"
    return rate, Step(name="rate_kg_m2_s", equation=equation, value=rate, unit="kg/(m2 s)")


def _sensible(inputs: dict[str, Any]) -> float:
    boiling = inputs["boiling_point_k"]
    if boiling is None or boiling <= inputs["temperature_k"]:
        return 0.0
    capacity = _needed(inputs, "liquid_heat_capacity_j_kg_k", "J/(kg K)")
    return capacity * float(boiling - inputs["temperature_k"])


def _needed(inputs: dict[str, Any], name: str, unit: str) -> float:
    if inputs[name] is None:
        raise InvalidInputError(
            f"pool_fire needs {name} in {unit}", code="input_missing", field=name, wanted=unit
        )
    return float(inputs[name])


def _air(inputs: dict[str, Any], chosen: CoefficientSet) -> Air:
    return Air(
        rule=inputs["transmissivity"] or chosen.values["transmissivity"],
        humidity_pct=inputs["humidity_pct"],
        temperature_k=inputs["temperature_k"],
    )


def _air_steps(air: Air) -> list[Step]:
    return [
        Step(
            name="water_vapour_pressure_pa",
            equation="Pw = RH/100 exp(23.18986 − 3816.42/(T − 46.13))",
            value=air.water_pa,
            unit="Pa",
        ),
        Step(
            name="transmissivity_rule", equation=RULES[air.rule].equation, value=air.rule, unit=""
        ),
    ]


def _share(pool: Pool, inputs: dict[str, Any]) -> tuple[float, Step]:
    given = inputs["radiated_share"]
    share = radiated_share(pool.diameter_m) if given is None else given
    equation = "η = 0.35 e^(−0.05 D)" if given is None else "η given"
    return share, Step(name="radiated_share", equation=equation, value=share, unit="1")


def _solid_flame(
    pool: Pool, inputs: dict[str, Any], chosen: CoefficientSet, steps: list[Step]
) -> Fire:
    wanted = {key: inputs[key] or chosen.values[key] for key in ("flame_height", "tilt", "drag")}
    power_rule = inputs["emissive_power_rule"] or chosen.values["emissive_power_rule"]
    if power_rule == "mudan" and inputs["flame"] in KINDS:
        power_rule = "order404"
    length, length_words = pool.length(wanted["flame_height"])
    tilt, tilt_words = pool.tilt(wanted["tilt"])
    base, base_words = pool.base(wanted["drag"])
    share, share_step = _share(pool, inputs)
    power, power_words = pool.emissive_power(
        power_rule, inputs["flame"], share=share, length_m=length
    )
    if inputs["flame_length_m"] is not None:
        length, length_words = inputs["flame_length_m"], "H given"
    if inputs["flame_tilt_deg"] is not None:
        tilt, tilt_words = math.radians(inputs["flame_tilt_deg"]), "θ given"
    if inputs["emissive_power_kw_m2"] is not None:
        power, power_words = inputs["emissive_power_kw_m2"], "E given"
    length = max(length, 0.01 * pool.diameter_m)
    air = _air(inputs, chosen)
    flame = LeaningFlame(diameter_m=pool.diameter_m, length_m=length, tilt_rad=tilt, base_m=base)
    turned = RECEIVERS.index(inputs["receiver"])

    def field(x: Array, y: Array) -> Array:
        path = np.maximum(np.hypot(x, y) - pool.diameter_m / 2.0, 0.0)
        return np.asarray(power * flame.view_factors(x, y)[turned] * air.transmissivity(path))

    steps += [
        Step(name="froude", equation="Fr = m/(ρa √(g D))", value=pool.froude, unit="1"),
        Step(name="u_star", equation="u* = u/(g m D/ρv)^(1/3)", value=pool.u_star, unit="1"),
        Step(name="flame_length_m", equation=length_words, value=length, unit="m"),
        Step(name="flame_tilt_deg", equation=tilt_words, value=math.degrees(tilt), unit="deg"),
        Step(name="flame_base_m", equation=base_words, value=base, unit="m"),
        share_step,
        Step(name="emissive_power_kw_m2", equation=power_words, value=power, unit="kW/m2"),
        *_air_steps(air),
    ]
    values = {"flame_length_m": length, "flame_tilt_deg": math.degrees(tilt)}
    return Fire(
        label=f"pool_fire/{chosen.name}",
        diameter_m=pool.diameter_m,
        field=field,
        steps=tuple(steps),
        values=values | {"heat_release_kw": pool.heat_kw},
    )


def _point_source(
    pool: Pool, inputs: dict[str, Any], chosen: CoefficientSet, steps: list[Step]
) -> Fire:
    rule = inputs["flame_height"] or chosen.values["flame_height"]
    length, words = pool.length(rule)
    share, share_step = _share(pool, inputs)
    air = _air(inputs, chosen)
    radiated = share * pool.heat_kw
    steps += [
        Step(name="flame_length_m", equation=words, value=length, unit="m"),
        share_step,
        Step(name="radiated_kw", equation="Qr = η Q", value=radiated, unit="kW"),
        *_air_steps(air),
    ]

    def field(x: Array, y: Array) -> Array:
        away = np.hypot(x, y)
        passed = air.transmissivity(np.maximum(away - pool.diameter_m / 2.0, 0.0))
        return np.asarray(passed * radiated / (4.0 * math.pi * away**2))

    return Fire(
        label=f"pool_fire/{chosen.name}",
        diameter_m=pool.diameter_m,
        field=field,
        steps=tuple(steps),
        values={
            "flame_length_m": length, "flame_tilt_deg": 0.0, "heat_release_kw": pool.heat_kw
        },
    )  # fmt: skip


def _china(pool: Pool, inputs: dict[str, Any], chosen: CoefficientSet, steps: list[Step]) -> Fire:
    rule = inputs["flame_height"] or "china"
    length, words = pool.length(rule)
    share = inputs["radiated_share"]
    share = chosen.values["radiated_share"] if share is None else share
    radius, m = pool.diameter_m / 2.0, pool.rate_kg_m2_s
    wall = math.pi * radius**2 + 2.0 * math.pi * radius * length
    heat = wall * m * share * pool.heat_of_combustion_j_kg / 1000.0 / (72.0 * m**0.6 + 1.0)
    air = _air(inputs, chosen)
    steps += [
        Step(name="flame_length_m", equation=words, value=length, unit="m"),
        Step(name="efficiency", equation="η, 0.13 .. 0.35", value=share, unit="1"),
        Step(
            name="radiated_kw",
            equation="Q = (π r² + 2 π r H) m η Hc/(72 m^0.6 + 1)",
            value=heat,
            unit="kW",
        ),
        *_air_steps(air),
    ]

    def field(x: Array, y: Array) -> Array:
        away = np.hypot(x, y)
        return np.asarray(heat * air.transmissivity(away) / (4.0 * math.pi * away**2))

    return Fire(
        label=f"pool_fire/{chosen.name}",
        diameter_m=pool.diameter_m,
        field=field,
        steps=tuple(steps),
        values={
            "flame_length_m": length, "flame_tilt_deg": 0.0, "heat_release_kw": pool.heat_kw
        },
    )  # fmt: skip


def _epa(pool: Pool, inputs: dict[str, Any], chosen: CoefficientSet, steps: list[Step]) -> Fire:
    heat = pool.heat_of_combustion_j_kg
    latent = _needed(inputs, "heat_of_vaporisation_j_kg", "J/kg")
    area = math.pi * pool.diameter_m**2 / 4.0
    strength = heat**2 * 1e-4 * area / (math.pi * (latent + _sensible(inputs)))
    steps.append(
        Step(
            name="source_strength_w",
            equation="q x² = 0.0001 Hc² A/(π (Hv + cp max(0, Tb − Ta)))",
            value=strength,
            unit="W",
        )
    )

    def field(x: Array, y: Array) -> Array:
        return np.asarray(strength / 1000.0 / (x**2 + y**2))

    return Fire(
        label=f"pool_fire/{chosen.name}",
        diameter_m=pool.diameter_m,
        field=field,
        steps=tuple(steps),
        values={"heat_release_kw": pool.heat_kw},
    )


_METHODS: dict[str, Callable[[Pool, dict[str, Any], CoefficientSet, list[Step]], Fire]] = {
    "solid_flame": _solid_flame,
    "point_source": _point_source,
    "china": _china,
    "epa_rmp": _epa,
}


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
    if receptors:
        away = np.array([place["distance_m"] for place in receptors])
        turn = np.radians([place["bearing_deg"] for place in receptors])
        found = fire.flux_kw_m2(away * np.cos(turn), away * np.sin(turn))
        values["flux_kw_m2"] = [None if math.isnan(q) else float(q) for q in found]
        if np.isnan(found).any():
            warnings.append(
                {"code": "hazard.in_the_flame", "params": {"radius_m": fire.diameter_m / 2.0}}
            )
    return Outcome(values=values, steps=fire.steps, warnings=tuple(warnings))


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
        "Casal, transmissivity in three ranges, water vapour pressure",
        "Sparrow 1963, view factor as a contour integral; equals Mudan 1984 downwind",
    ),
    validity=("flat_ground", "steady_fire"),
)  # fmt: skip
run = MODEL.run
