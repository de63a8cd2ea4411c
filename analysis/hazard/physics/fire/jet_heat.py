"""The heat of a jet fire: from points along its flame, or from Chamberlain's frustum."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from analysis.hazard.model import CoefficientSet, Step
from analysis.hazard.physics.fire.jet_flame import Jet, expanded_speed, frustum, radiated_share
from analysis.hazard.physics.fire.transmission import RULES, Air
from analysis.hazard.physics.reach import Array, reach_of, reaches_of
from layers.errors import InvalidInputError

FARTHEST_M = 20_000.0
DIRECTIONS = {"horizontal": 0.0, "vertical": 90.0, "against_wind": 180.0}
PHASES = {"gas": 12.5, "vapour": 13.5, "liquid": 15.0}
Field = Callable[[Array, Array], Array]


@dataclass(frozen=True, kw_only=True)
class Flame:
    """A burning jet ready to be asked for its heat; x downwind of the hole, y to the left."""

    length_m: float
    field: Field
    middle: Callable[[Array], Array]
    steps: tuple[Step, ...]
    values: dict[str, float]

    def reach_m(self, level_kw_m2: float, bearing_deg: float = 0.0) -> float | None:
        """Return how far from the hole the heat is at least a level; None where it nowhere is."""
        turn = math.radians(bearing_deg)

        def law(distance: Array) -> Array:
            found = self.field(distance * math.cos(turn), distance * math.sin(turn))
            return np.where(np.isnan(found), np.inf, found)

        return reach_of(law, level_kw_m2, nearest_m=0.1, farthest_m=FARTHEST_M)

    def reaches_m(self, levels_kw_m2: Sequence[float]) -> list[float | None]:
        """Return how far from the hole, where the flame points, the heat is at least each level."""

        def law(distance: Array) -> Array:
            found = self.field(distance, np.zeros_like(distance))
            return np.where(np.isnan(found), np.inf, found)

        return reaches_of(law, levels_kw_m2, nearest_m=0.1, farthest_m=FARTHEST_M)


def burning(inputs: dict[str, Any], chosen: CoefficientSet) -> Flame:
    """Return the flame of checked inputs.

    Raises
    ------
    InvalidInputError
        "chamberlain" without the molar mass, or without a speed or a storage pressure.
    """
    heat_w = inputs["rate_kg_s"] * inputs["heat_of_combustion_j_kg"]
    steps = [Step(name="heat_w", equation="Q = ṁ Hc", value=heat_w, unit="W")]
    speed, cold = _speed(inputs, steps)
    given = inputs["radiated_share"] or chosen.values["radiated_share"]
    share = radiated_share(speed) if given is None else given
    words = "Fs = 0.21 e^(−0.00323 uj) + 0.11" if given is None else "Fs given"
    steps.append(Step(name="radiated_share", equation=words, value=share, unit="1"))
    air = Air(
        rule=inputs["transmissivity"] or chosen.values["transmissivity"],
        humidity_pct=inputs["humidity_pct"],
        temperature_k=inputs["temperature_k"],
    )
    if chosen.name == "chamberlain":
        return _chamberlain(inputs, steps, air, share * heat_w / 1000.0, speed, cold)
    return _points(inputs, chosen, steps, air, share * heat_w / 1000.0)


def _speed(inputs: dict[str, Any], steps: list[Step]) -> tuple[float, float]:
    if inputs["storage_pressure_pa"] is None:
        cold = inputs["jet_temperature_k"] or inputs["temperature_k"]
        return inputs["jet_speed_m_s"], cold
    mass = _needed(inputs, "molar_mass_kg_mol", "kg/mol")
    mach, cold, speed = expanded_speed(
        pressure_pa=inputs["storage_pressure_pa"],
        temperature_k=inputs["storage_temperature_k"] or inputs["temperature_k"],
        gamma=inputs["gamma"],
        molar_mass_kg_mol=mass,
    )
    steps += [
        Step(name="mach", equation="Mj = √(2/(γ−1) ((P/P0)^((γ−1)/γ) − 1))", value=mach, unit="1"),
        Step(name="jet_temperature_k", equation="Tj = Ts (P0/P)^((γ−1)/γ)", value=cold, unit="K"),
        Step(name="jet_speed_m_s", equation="uj = Mj √(γ R Tj/M)", value=speed, unit="m/s"),
    ]
    return speed, cold


def _needed(inputs: dict[str, Any], name: str, unit: str) -> float:
    if not inputs[name]:
        raise InvalidInputError(
            f"this flame needs {name} in {unit}", code="input_missing", field=name, wanted=unit
        )
    return float(inputs[name])


def _length(inputs: dict[str, Any], name: str) -> tuple[float, str]:
    rate = inputs["rate_kg_s"]
    heat_w = rate * inputs["heat_of_combustion_j_kg"]
    if name == "considine_grint":
        return 9.1 * math.sqrt(rate), "L = 9.1 √ṁ"
    if name == "china":
        return heat_w**0.444 / 161.66, "L = (ṁ Hc)^0.444/161.66"
    if name == "order404":
        factor = PHASES[inputs["phase"]]
        return factor * rate**0.4, f"L = {factor:g} ṁ^0.4"
    return 0.00326 * heat_w**0.478, "L = 0.00326 (ṁ Hc)^0.478"


def _points(
    inputs: dict[str, Any],
    chosen: CoefficientSet,
    steps: list[Step],
    air: Air,
    radiated_kw: float,
) -> Flame:
    length, words = _length(inputs, chosen.name)
    count = chosen.values["points"]
    turn = math.radians(_angle(inputs))
    share = np.array([0.5]) if count == 1 else (np.arange(count) + 1.0) / count
    at_x = share * length * math.cos(turn)
    at_z = inputs["height_m"] + share * length * math.sin(turn)
    steps += [
        Step(name="flame_length_m", equation=words, value=length, unit="m"),
        Step(name="radiated_kw", equation="Qr = Fs Q", value=radiated_kw, unit="kW"),
        Step(name="points", equation="n of the set", value=count, unit="1"),
        Step(
            name="transmissivity_rule", equation=RULES[air.rule].equation, value=air.rule, unit=""
        ),
    ]

    def of(away: Array) -> Array:
        passed = air.transmissivity(away)
        return np.asarray(passed * radiated_kw / count / (4.0 * math.pi * away**2))

    def field(x: Array, y: Array) -> Array:
        places = np.asarray(x, float)[..., None], np.asarray(y, float)[..., None]
        away = np.sqrt((places[0] - at_x) ** 2 + places[1] ** 2 + at_z**2)
        return np.asarray(of(np.maximum(away, 0.01)).sum(axis=-1))

    return Flame(
        length_m=length,
        field=field,
        middle=lambda away: of(away) * count,
        steps=tuple(steps),
        values={"flame_length_m": length},
    )


def _angle(inputs: dict[str, Any]) -> float:
    given = inputs["jet_angle_deg"]
    return DIRECTIONS[inputs["jet_direction"]] if given is None else float(given)


def _chamberlain(
    inputs: dict[str, Any], steps: list[Step], air: Air, radiated_kw: float, speed: float,
    cold: float,
) -> Flame:  # fmt: skip
    if speed <= 0.0:
        raise InvalidInputError(
            "chamberlain needs jet_speed_m_s or storage_pressure_pa",
            code="input_missing",
            field="jet_speed_m_s",
            wanted="m/s",
        )
    jet = Jet(
        rate_kg_s=inputs["rate_kg_s"],
        speed_m_s=speed,
        jet_temperature_k=cold,
        molar_mass_kg_mol=_needed(inputs, "molar_mass_kg_mol", "kg/mol"),
        wind_speed_m_s=inputs["wind_speed_m_s"],
        air_temperature_k=inputs["temperature_k"],
        angle_deg=_angle(inputs),
        height_m=inputs["height_m"],
    )
    flame = frustum(jet)
    power = min(radiated_kw / flame.area_m2, 400.0)
    fields = vars(flame)
    steps += [
        Step(name=name, equation=words, value=fields[name], unit=unit)
        for name, words, unit in _FRUSTUM_STEPS
    ]
    steps += [
        Step(name="emissive_power_kw_m2", equation="E = Fs Q/A, at most 400", value=power,
             unit="kW/m2"),
        Step(name="transmissivity_rule", equation=RULES[air.rule].equation, value=air.rule,
             unit=""),
    ]  # fmt: skip
    tip = math.radians(flame.elevation_deg)
    middle_x = flame.flame_length_m / 2.0 * math.cos(tip)
    middle_z = flame.height_m + flame.flame_length_m / 2.0 * max(math.sin(tip), 0.0)

    def field(x: Array, y: Array) -> Array:
        straight = np.sqrt((x - middle_x) ** 2 + y**2 + middle_z**2)
        path = np.maximum(straight - flame.tip_width_m / 2.0, 0.0)
        return np.asarray(power * flame.view_factor(x, y) * air.transmissivity(path))

    def middle(away: Array) -> Array:
        return np.asarray(air.transmissivity(away) * radiated_kw / (4.0 * math.pi * away**2))

    return Flame(
        length_m=flame.flame_length_m,
        field=field,
        middle=middle,
        steps=tuple(steps),
        values={
            "flame_length_m": flame.flame_length_m,
            "lift_off_m": flame.lift_off_m,
            "flame_elevation_deg": flame.elevation_deg,
            "frustum_length_m": flame.frustum_length_m,
            "base_width_m": flame.base_width_m,
            "tip_width_m": flame.tip_width_m,
            "emissive_power_kw_m2": power,
        },
    )


_FRUSTUM_STEPS = (
    ("source_diameter_m", "Ds = √(4 ṁ/(π ρa uj))", "m"),
    ("calm_length_m",
     "Lb0 = Y Ds, 0.024 (g Ds/uj²)^⅓ Y^(5/3) + 0.2 Y^(2/3) = (2.85/W)^(2/3), "
     "W = M/(15.816 M + 0.0395)", "m"),
    ("flame_length_m", "Lb = Lb0 (0.51 e^(−0.4 u) + 0.49)(1 − 0.00607 (θj − 90))", "m"),
    ("wind_ratio", "R = u/uj", "1"),
    ("richardson", "Ri = Lb0 (g/(Ds² uj²))^⅓", "1"),
    ("axis_deg",
     "α = (θj − 90)(1 − e^(−25.6 R)) + 8000 R/Ri, over R 0.05 (134 + 1726 √(R − 0.026))/Ri",
     "deg"),
    ("lift_off_m", "b = Lb sin(K α)/sin α, K = 0.185 e^(−20 R) + 0.015", "m"),
    ("frustum_length_m", "RL = √(Lb² − b² sin² α) − b cos α", "m"),
    ("base_width_m",
     "W1 = Ds (13.5 e^(−6R) + 1.5)(1 − (1 − √(ρa/ρj)/15) e^(−70 Ri(Ds)^(C R))), "
     "C = 1000 e^(−100 R) + 0.8", "m"),
    ("tip_width_m", "W2 = Lb (0.18 e^(−1.5 R) + 0.31)(1 − 0.47 e^(−25 R))", "m"),
    ("area_m2", "A = π/4 (W1² + W2²) + π/2 (W1 + W2) √(RL² + ((W2 − W1)/2)²)", "m2"),
)  # fmt: skip
