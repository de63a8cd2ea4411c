"""Jet fire (喷射火): the flame's length, and the heat of points on its axis or of its frustum.

By coefficient set: "api" and "considine_grint" radiate from the middle of the flame, "china" from
a row of points along it, "chamberlain" from the surface of a frustum that the wind turns. A
receptor's distance is from the point under the hole; without a bearing it lies where the flame
points, and a horizontal jet is taken to blow with the wind.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from analysis.hazard.model import CoefficientSet, Input, Model, Outcome, Receptors, Step
from analysis.hazard.physics.jet_flame import Jet, expanded_speed, frustum, radiated_share
from analysis.hazard.physics.reach import Array, reach_of, reaches_of
from analysis.hazard.physics.transmission import RULES, Air
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
