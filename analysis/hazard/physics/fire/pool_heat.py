"""The heat of a pool fire by four methods: solid flame, point source, China's and EPA's form."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from analysis.hazard.model import CoefficientSet, Step
from analysis.hazard.physics.fire.fire_field import Fire
from analysis.hazard.physics.fire.pool_flame import (
    KINDS,
    Pool,
    burning_rate,
    burning_rate_by_heat,
    radiated_share,
)
from analysis.hazard.physics.fire.transmission import RULES, Air
from analysis.hazard.physics.fire.view_factor import LeaningFlame
from analysis.hazard.physics.reach import Array
from layers.errors import InvalidInputError

RECEIVERS = ("maximum", "vertical", "horizontal")
"""How a receiver is turned: whichever way it gets most, upright, or flat on the ground."""


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
        air_viscosity_m2_s=inputs["air_viscosity_m2_s"],
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
    if inputs["mass_kg"] is not None:
        lasts = inputs["mass_kg"] / (rate * area)
        steps.append(Step(name="burning_time_s", equation="t = M/(m A)", value=lasts, unit="s"))
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

    def parts(x: Array, y: Array) -> dict[str, Array]:
        path = np.maximum(np.hypot(x, y) - pool.diameter_m / 2.0, 0.0)
        return {
            "paths_m": path,
            "transmissivities": air.transmissivity(path),
            "view_factors": flame.view_factors(x, y)[turned],
        }

    def field(x: Array, y: Array) -> Array:
        found = parts(x, y)
        return np.asarray(power * found["view_factors"] * found["transmissivities"])

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
        parts=parts,
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

    def parts(x: Array, y: Array) -> dict[str, Array]:
        path = np.maximum(np.hypot(x, y) - pool.diameter_m / 2.0, 0.0)
        return {"paths_m": path, "transmissivities": air.transmissivity(path)}

    def field(x: Array, y: Array) -> Array:
        spread = 4.0 * math.pi * (x**2 + y**2)
        return np.asarray(parts(x, y)["transmissivities"] * radiated / spread)

    return Fire(
        label=f"pool_fire/{chosen.name}",
        diameter_m=pool.diameter_m,
        field=field,
        parts=parts,
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

    def parts(x: Array, y: Array) -> dict[str, Array]:
        path = np.hypot(x, y)
        return {"paths_m": path, "transmissivities": air.transmissivity(path)}

    def field(x: Array, y: Array) -> Array:
        spread = 4.0 * math.pi * (x**2 + y**2)
        return np.asarray(heat * parts(x, y)["transmissivities"] / spread)

    return Fire(
        label=f"pool_fire/{chosen.name}",
        diameter_m=pool.diameter_m,
        field=field,
        parts=parts,
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

    def parts(x: Array, y: Array) -> dict[str, Array]:
        return {"paths_m": np.hypot(x, y)}

    return Fire(
        label=f"pool_fire/{chosen.name}",
        diameter_m=pool.diameter_m,
        field=field,
        parts=parts,
        steps=tuple(steps),
        values={"heat_release_kw": pool.heat_kw},
    )


_METHODS: dict[str, Callable[[Pool, dict[str, Any], CoefficientSet, list[Step]], Fire]] = {
    "solid_flame": _solid_flame,
    "point_source": _point_source,
    "china": _china,
    "epa_rmp": _epa,
}
