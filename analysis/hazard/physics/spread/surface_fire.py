"""What surface-fire models share: the inputs of fuel and moisture, and how they become a bed.

Units: the correlations are in lb, ft, Btu and minutes; the factors here turn them to SI.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from analysis.hazard.inputs import Input
from analysis.hazard.physics.spread.fire_ellipse import WIND_10M_OVER_20FT, wind_adjustment
from analysis.hazard.physics.spread.fuel_bed import Edition, FuelBed, Moisture, fuel_bed
from analysis.hazard.physics.spread.fuel_models import FUEL_MODELS, FuelModel
from layers.errors import InvalidInputError

M_PER_FT = 0.3048
KG_M2_PER_LB_FT2 = 0.45359237 / 0.09290304
KG_M3_PER_LB_FT3 = 0.45359237 / M_PER_FT**3
J_KG_PER_BTU_LB = 2326.0
KW_M2_PER_BTU_FT2_MIN = 1.05505585262 / 0.09290304 / 60.0
FT_MIN_PER_M_S = 60.0 / M_PER_FT

CUSTOM = "custom"
_LOADS = ("load_1h_kg_m2", "load_10h_kg_m2", "load_100h_kg_m2", "load_herb_kg_m2",
          "load_woody_kg_m2")  # fmt: skip
_SAVS = ("sav_1h_per_m", "sav_10h_per_m", "sav_100h_per_m", "sav_herb_per_m", "sav_woody_per_m")
_CUSTOM_NEEDS = ("fuel_depth_m", "extinction_pct", "load_1h_kg_m2", "sav_1h_per_m")
_BARE = FuelModel(
    code=CUSTOM,
    number=0,
    depth_ft=1.0,
    extinction=0.25,
    heat_btu_lb=8000.0,
    loads_lb_ft2=(0.0, 0.0, 0.0, 0.0, 0.0),
    sav_per_ft=(2000.0, 109.0, 30.0, 1500.0, 1500.0),
    dynamic=False,
)

MOISTURE_INPUTS = (
    Input(name="moisture_1h_pct", unit="%", symbol="M1", minimum=0.5, maximum=200.0,
          typical=(1.0, 40.0)),
    Input(name="moisture_10h_pct", unit="%", symbol="M10", minimum=0.5, maximum=200.0,
          required=False, typical=(1.0, 40.0)),
    Input(name="moisture_100h_pct", unit="%", symbol="M100", minimum=0.5, maximum=200.0,
          required=False, typical=(1.0, 40.0)),
    Input(name="moisture_herb_pct", unit="%", symbol="Mherb", minimum=1.0, maximum=400.0,
          default=60.0, typical=(30.0, 300.0)),
    Input(name="moisture_woody_pct", unit="%", symbol="Mwoody", minimum=1.0, maximum=400.0,
          default=90.0, typical=(50.0, 300.0)),
)  # fmt: skip
"""10-h and 100-h fuel left out are 1 and 2 points wetter than 1-h fuel; live fuel is half dry."""

FUEL_INPUTS = (
    Input(name="fuel_model", unit="model", choices=(*FUEL_MODELS, CUSTOM)),
    Input(name="fuel_depth_m", unit="m", symbol="δ", minimum=0.005, maximum=10.0, required=False),
    Input(name="extinction_pct", unit="%", symbol="Mx", minimum=5.0, maximum=100.0,
          required=False),
    Input(name="heat_content_j_kg", unit="J/kg", symbol="h", minimum=1e7, maximum=3e7,
          required=False),
    *(Input(name=name, unit="kg/m2", symbol="w0", minimum=0.0, maximum=50.0, required=False)
      for name in _LOADS),
    *(Input(name=name, unit="1/m", symbol="σ", minimum=30.0, maximum=25_000.0, required=False)
      for name in _SAVS),
    Input(name="particle_density_kg_m3", unit="kg/m3", symbol="ρp", minimum=100.0,
          maximum=1200.0, required=False),
    Input(name="mineral_total_pct", unit="%", symbol="ST", minimum=0.0, maximum=30.0,
          required=False),
    Input(name="mineral_effective_pct", unit="%", symbol="Se", minimum=0.1, maximum=30.0,
          required=False),
)  # fmt: skip
"""What a fuel model says may be overridden one by one; "custom" has nothing of its own."""

WIND_INPUTS = (
    Input(name="midflame_wind_speed_m_s", unit="m/s", symbol="U", minimum=0.0, maximum=30.0,
          required=False, typical=(0.0, 15.0)),
    Input(name="wind_speed_10m_m_s", unit="m/s", symbol="U10", minimum=0.0, maximum=60.0,
          required=False, typical=(0.0, 30.0)),
    Input(name="wind_from_deg", unit="deg", minimum=0.0, maximum=360.0, default=180.0),
    Input(name="canopy_cover_pct", unit="%", minimum=0.0, maximum=100.0, default=0.0),
    Input(name="canopy_height_m", unit="m", symbol="Hc", minimum=0.0, maximum=100.0, default=0.0),
    Input(name="crown_ratio", unit="1", symbol="CR", minimum=0.1, maximum=1.0, default=1.0),
    Input(name="wind_limit", unit="rule", choices=("none", "rothermel_1972", "andrews_2013"),
          default="none"),
    Input(name="ellipse", unit="rule", choices=("anderson_1983", "behave"),
          default="anderson_1983"),
)  # fmt: skip
"""The wind at mid-flame, or at 10 m and then brought down to the flame."""


def fuel_of(inputs: Mapping[str, Any]) -> FuelModel:
    """Return the fuel model of the inputs with what they override.

    Raises
    ------
    InvalidInputError
        `code="input_missing"`: a custom fuel without what it must have, or without any load.
    """
    named = inputs["fuel_model"]
    if named == CUSTOM:
        for name in _CUSTOM_NEEDS:
            if inputs[name] is None:
                raise InvalidInputError(
                    f"a custom fuel needs {name}", code="input_missing", field=name, wanted=name
                )
    base = _BARE if named == CUSTOM else FUEL_MODELS[named]
    fuel = replace(
        base,
        depth_ft=_given(inputs["fuel_depth_m"], 1.0 / M_PER_FT, base.depth_ft),
        extinction=_given(inputs["extinction_pct"], 0.01, base.extinction),
        heat_btu_lb=_given(inputs["heat_content_j_kg"], 1.0 / J_KG_PER_BTU_LB, base.heat_btu_lb),
        loads_lb_ft2=tuple(
            _given(inputs[name], 1.0 / KG_M2_PER_LB_FT2, load)
            for name, load in zip(_LOADS, base.loads_lb_ft2, strict=True)
        ),
        sav_per_ft=tuple(
            _given(inputs[name], M_PER_FT, sav)
            for name, sav in zip(_SAVS, base.sav_per_ft, strict=True)
        ),
        density_lb_ft3=_given(
            inputs["particle_density_kg_m3"], 1.0 / KG_M3_PER_LB_FT3, base.density_lb_ft3
        ),
        mineral_total=_given(inputs["mineral_total_pct"], 0.01, base.mineral_total),
        mineral_effective=_given(inputs["mineral_effective_pct"], 0.01, base.mineral_effective),
    )
    if sum(fuel.loads_lb_ft2[:3]) <= 0.0:
        raise InvalidInputError(
            "a fire needs dead fuel: every dead load is 0",
            field="load_1h_kg_m2",
            got="0",
            wanted="more than 0 kg/m2",
        )
    return fuel


def _given(value: float | None, factor: float, otherwise: float) -> float:
    return otherwise if value is None else value * factor


def moisture_of(inputs: Mapping[str, Any]) -> Moisture:
    """Return the moistures of the inputs."""
    fine = inputs["moisture_1h_pct"]
    medium = inputs["moisture_10h_pct"]
    coarse = inputs["moisture_100h_pct"]
    return Moisture(
        dead_1h=fine / 100.0,
        dead_10h=(fine + 1.0 if medium is None else medium) / 100.0,
        dead_100h=(fine + 2.0 if coarse is None else coarse) / 100.0,
        herb=inputs["moisture_herb_pct"] / 100.0,
        woody=inputs["moisture_woody_pct"] / 100.0,
    )


def bed_of(inputs: Mapping[str, Any], edition: Edition) -> tuple[FuelModel, FuelBed]:
    """Return the fuel and its bed."""
    fuel = fuel_of(inputs)
    return fuel, fuel_bed(fuel, moisture_of(inputs), edition)


def adjustment_of(inputs: Mapping[str, Any], depth_ft: float) -> float:
    """Return midflame wind over wind at 20 ft, for a fuel's depth and the canopy of the inputs."""
    return wind_adjustment(
        depth_ft,
        cover=inputs["canopy_cover_pct"] / 100.0,
        canopy_ft=inputs["canopy_height_m"] / M_PER_FT,
        crown_ratio=inputs["crown_ratio"],
    )


def midflame_wind_m_s(inputs: Mapping[str, Any], depth_ft: float) -> float:
    """Return the wind at mid-flame, given, or from the wind at 10 m.

    Raises
    ------
    InvalidInputError
        Neither or both are given.
    """
    midflame, at_10m = inputs["midflame_wind_speed_m_s"], inputs["wind_speed_10m_m_s"]
    if (midflame is None) == (at_10m is None):
        got = "neither" if midflame is None else "both"
        raise InvalidInputError(
            f"wind: got {got} of midflame_wind_speed_m_s and wind_speed_10m_m_s, wanted one",
            field="midflame_wind_speed_m_s",
            got=got,
            wanted="midflame_wind_speed_m_s | wind_speed_10m_m_s",
        )
    if at_10m is None:
        return float(midflame)
    return float(at_10m / WIND_10M_OVER_20FT * adjustment_of(inputs, depth_ft))
