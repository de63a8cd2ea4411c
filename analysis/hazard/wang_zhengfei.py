"""Forest fire by Wang Zhengfei (王正非林火蔓延模型): R = R0 Kw Ks Kφ, with its constants open."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analysis.hazard.model import CoefficientSet, Input, Model, Outcome, Receptors, Step
from layers.errors import OutOfRangeError

Floats = NDArray[np.float64]

BEAUFORT_M_S = (0.0, 0.9, 2.5, 4.4, 6.7, 9.4, 12.3, 15.5, 19.0, 22.6, 26.4, 30.5, 34.8)
"""Middle wind speed of a Beaufort force; from 9 up [mem 90%]."""

FUEL_FACTORS = {
    "needle_forest": 0.4,
    "secondary_forest": 0.7,
    "flat_needle_litter": 0.8,
    "pine": 1.0,
    "leaf_litter": 1.2,
    "tall_grass": 1.6,
    "sedge_shrub": 1.8,
    "pasture": 2.0,
}
"""Ks of fuels (可燃物配置格局更正系数)."""

STEEPEST_DEG = 60.0
_OPEN = ("temperature_coefficient", "wind_coefficient", "humidity_coefficient", "constant")


def wind_factor(wind_m_s: Floats, angle_rad: Floats) -> Floats:
    """Return Kw: wind speed, m/s, and the angle between wind and spread."""
    factor: Floats = np.exp(0.1783 * wind_m_s * np.cos(angle_rad))
    return factor


def slope_factor(slope_tan: Floats) -> Floats:
    """Return Kφ of a slope along the spread; downhill, negative, it is the inverse."""
    factor: Floats = np.exp(3.533 * np.sign(slope_tan) * np.abs(slope_tan) ** 1.2)
    return factor


def force_of(wind_m_s: float) -> int:
    """Return the Beaufort force of a wind: that of the nearest middle speed."""
    return int(np.argmin(np.abs(np.array(BEAUFORT_M_S) - wind_m_s)))


def still_rate_m_min(inputs: dict[str, Any], chosen: CoefficientSet, force: float) -> float:
    """Return R0, m/min, by the chosen form with what the inputs override."""
    if chosen.name == "exponential_humidity":
        return float(1.0372 * math.exp(-0.057 * inputs["humidity_pct"]))
    a, b, c, d = (chosen.values[name] if inputs[name] is None else inputs[name] for name in _OPEN)
    dryness = 100.0 - inputs["humidity_pct"]
    return float(a * inputs["temperature_c"] + b * force + c * dryness + d)


def _formula(inputs: dict[str, Any], chosen: CoefficientSet, receptors: Receptors) -> Outcome:
    force, speed = inputs["wind_force"], inputs["wind_speed_m_s"]
    if force is None and speed is None:
        force = 0.0
    if speed is None:
        speed = BEAUFORT_M_S[round(force)]
    elif force is None:
        force = float(force_of(speed))
    still = still_rate_m_min(inputs, chosen, force)
    if still < 0.0:
        raise OutOfRangeError(
            f"R0 = {still:.3f} m/min is below 0: too cold and damp for {chosen.name}",
            field="humidity_pct",
            got=inputs["humidity_pct"],
            wanted="R0 >= 0 m/min",
        )
    fuel = inputs["fuel_factor"]
    fuel = FUEL_FACTORS[inputs["fuel"]] if fuel is None else fuel
    slope = math.tan(math.radians(inputs["slope_deg"]))
    by_wind = float(wind_factor(np.array(speed), np.array(math.radians(inputs["wind_angle_deg"]))))
    by_slope = float(slope_factor(np.array(slope)))
    rate = still * by_wind * fuel * by_slope
    rows = (
        ("wind_speed_m_s", "v, as given or of the force W", speed, "m/s"),
        ("wind_force", "W, as given or of the speed v", force, "Beaufort"),
        ("still_rate_m_min", chosen.values["form"], still, "m/min"),
        ("wind_factor", "Kw = e^(0.1783 v cos θ)", by_wind, "1"),
        ("fuel_factor", "Ks", fuel, "1"),
        ("slope_factor", "Kφ = e^(±3.533 |tan φ|^1.2)", by_slope, "1"),
        ("spread_rate_m_min", "R = R0 Kw Ks Kφ", rate, "m/min"),
        ("spread_rate_m_s", "R/60", rate / 60.0, "m/s"),
    )
    steps = tuple(Step(name=n, equation=e, value=v, unit=u) for n, e, v, u in rows)
    values = {step.name: step.value for step in steps[2:]}
    return Outcome(values=values, steps=steps)


def _linear(name: str, values: tuple[float, ...], source: str, certainty: str) -> CoefficientSet:
    form = "R0 = a T + b W + c (100 − RH) + d"
    named = dict(zip(_OPEN, values, strict=True)) | {"form": form}
    return CoefficientSet(name=name, values=named, source=source, certainty=certainty)


MODEL = Model(
    name="wang_zhengfei",
    version="1",
    group="spread",
    inputs=(
        Input(name="temperature_c", unit="degC", symbol="T", minimum=-40.0, maximum=60.0),
        Input(name="humidity_pct", unit="%", symbol="RH", minimum=0.0, maximum=100.0),
        Input(name="wind_force", unit="Beaufort", symbol="W", minimum=0.0, maximum=12.0,
              required=False),
        Input(name="wind_speed_m_s", unit="m/s", symbol="v", minimum=0.0, maximum=40.0,
              required=False),
        Input(name="wind_angle_deg", unit="deg", symbol="θ", minimum=-180.0, maximum=180.0,
              default=0.0),
        Input(name="slope_deg", unit="deg", symbol="φ", minimum=-STEEPEST_DEG,
              maximum=STEEPEST_DEG, default=0.0),
        Input(name="fuel", unit="fuel", choices=tuple(FUEL_FACTORS), default="pine"),
        Input(name="fuel_factor", unit="1", symbol="Ks", minimum=0.05, maximum=5.0,
              required=False),
        Input(name="temperature_coefficient", unit="m/min/K", symbol="a", minimum=-1.0,
              maximum=1.0, required=False),
        Input(name="wind_coefficient", unit="m/min", symbol="b", minimum=-1.0, maximum=1.0,
              required=False),
        Input(name="humidity_coefficient", unit="m/min/%", symbol="c", minimum=-1.0, maximum=1.0,
              required=False),
        Input(name="constant", unit="m/min", symbol="d", minimum=-5.0, maximum=5.0,
              required=False),
    ),
    formula=_formula,
    coefficient_sets=(
        _linear("wang", (0.03, 0.05, 0.01, -0.3),
                "Wang Zhengfei: a, b, c read in open programs, d = -0.3 from memory", "mem 80%"),
        _linear("temperature_wind", (0.053, 0.048, 0.0, -0.275),
                "R0 = 0.053 T + 0.048 W - 0.275, no humidity, read in an open program", "mem 70%"),
        CoefficientSet(
            name="exponential_humidity",
            values={"form": "R0 = 1.0372 e^(−0.057 RH)"},
            source="R0 = 1.0372 exp(-0.057 RH), read in an open program",
            certainty="mem 70%",
        ),
    ),
    sources=(
        "Wang Zhengfei: general forest fire spread, R = R0 Kw Ks Kφ; Kw, Ks and Kφ read in "
        "several open programs, the paper was not at hand",
    ),
    validity=("surface_fire", "slope_below_60", "one_direction"),
)  # fmt: skip
run = MODEL.run
