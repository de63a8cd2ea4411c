"""Surface fire (林火地表火蔓延) by Rothermel: rate, intensity, flame and ellipse at one place."""

from __future__ import annotations

import math
from typing import Any, cast

import numpy as np

from analysis.hazard.model import CoefficientSet, Input, Model, Outcome, Receptors, Step
from analysis.hazard.physics.spread.fire_ellipse import Spread, spread
from analysis.hazard.physics.spread.fuel_bed import Edition, FuelBed
from analysis.hazard.physics.spread.surface_fire import (
    FT_MIN_PER_M_S,
    FUEL_INPUTS,
    KG_M3_PER_LB_FT3,
    KW_M2_PER_BTU_FT2_MIN,
    M_PER_FT,
    MOISTURE_INPUTS,
    WIND_INPUTS,
    bed_of,
    midflame_wind_m_s,
)

FLAME_M = 0.0775
"""Byram (1959) in SI: L = 0.0775 I^0.46, m and kW/m."""

_KJ_M3_PER_BTU_FT3 = 2.326 * KG_M3_PER_LB_FT3


def _formula(inputs: dict[str, Any], chosen: CoefficientSet, receptors: Receptors) -> Outcome:
    fuel, bed = bed_of(inputs, cast(Edition, chosen.name))
    wind = midflame_wind_m_s(inputs, fuel.depth_ft)
    slope = math.tan(math.radians(inputs["slope_deg"]))
    run = spread(
        bed,
        wind_ft_min=np.array(wind * FT_MIN_PER_M_S),
        toward_rad=np.array(math.radians(inputs["wind_from_deg"] + 180.0)),
        slope_tan=np.array(slope),
        upslope_rad=np.array(math.radians(inputs["aspect_deg"] + 180.0)),
        limit=inputs["wind_limit"],
        shape=inputs["ellipse"],
    )
    steps = (*_bed_steps(bed, wind), *_fire_steps(bed, run))
    warnings = []
    if bed.spread_rate_ft_min <= 0.0:
        warnings.append({"code": "spread.too_wet", "params": {}})
    if bool(run.limited):
        most = float(run.effective_wind_ft_min) / FT_MIN_PER_M_S
        warnings.append({"code": "spread.wind_limited", "params": {"limit_m_s": round(most, 2)}})
    by_name = {step.name: step.value for step in steps}
    values = {name: by_name[name] for name in _VALUES}
    return Outcome(values=values, steps=steps, warnings=tuple(warnings))


_VALUES = (
    "spread_rate_m_min", "spread_rate_m_s", "direction_deg", "fireline_intensity_kw_m",
    "flame_length_m", "reaction_intensity_kw_m2", "residence_time_s", "heat_per_area_kj_m2",
    "midflame_wind_m_s", "effective_wind_m_s", "length_to_width", "eccentricity",
    "flank_rate_m_min", "back_rate_m_min",
)  # fmt: skip


def _bed_steps(bed: FuelBed, wind_m_s: float) -> tuple[Step, ...]:
    per_m = 1.0 / M_PER_FT
    rows: tuple[tuple[str, str, float, str], ...] = (
        ("sav_per_m", "σ = Σi fi Σj fij σij", bed.sav_per_ft * per_m, "1/m"),
        ("packing_ratio", "β = Σ w0/(ρp δ)", bed.packing_ratio, "1"),
        ("relative_packing_ratio", "β/βop, βop = 3.348 σ^−0.8189 (σ in 1/ft)",
         bed.relative_packing_ratio, "1"),
        ("live_extinction_pct",
         "Mx,live = 2.9 W′ (1 − Mfine/Mx) − 0.226, W′ = Σdead w0 e^(−138/σ)/Σlive w0 e^(−500/σ)",
         bed.live_extinction * 100.0, "%"),
        ("reaction_velocity_per_min", "Γ′ = Γ′max (β/βop)^A exp(A (1 − β/βop))",
         bed.reaction_velocity_per_min, "1/min"),
        ("reaction_intensity_kw_m2", "IR = Γ′ Σi wn,i h ηM,i ηs,i",
         bed.reaction_intensity_btu_ft2_min * KW_M2_PER_BTU_FT2_MIN, "kW/m2"),
        ("propagating_flux_ratio",
         "ξ = exp((0.792 + 0.681 √σ)(β + 0.1))/(192 + 0.2595 σ) (σ in 1/ft)",
         bed.propagating_flux_ratio, "1"),
        ("bulk_density_kg_m3", "ρb = Σ w0/δ", bed.bulk_density_lb_ft3 * KG_M3_PER_LB_FT3, "kg/m3"),
        ("heat_sink_kj_m3",
         "ρb ε Qig = ρb Σi fi Σj fij e^(−138/σij) (250 + 1116 Mij) (Btu/lb)",
         bed.heat_sink_btu_ft3 * _KJ_M3_PER_BTU_FT3, "kJ/m3"),
        ("still_rate_m_min", "R0 = IR ξ/(ρb ε Qig)", bed.spread_rate_ft_min * M_PER_FT, "m/min"),
        ("midflame_wind_m_s", "U = U10/1.15 · WAF, or as given", wind_m_s, "m/s"),
    )  # fmt: skip
    return tuple(Step(name=n, equation=e, value=float(v), unit=u) for n, e, v, u in rows)


def _fire_steps(bed: FuelBed, run: Spread) -> tuple[Step, ...]:
    head = float(run.head_ft_min) * M_PER_FT
    reaction = bed.reaction_intensity_btu_ft2_min * KW_M2_PER_BTU_FT2_MIN
    residence_s = bed.residence_min * 60.0
    heat = reaction * residence_s
    line = heat * head / 60.0
    eccentricity = float(run.eccentricity)
    back = head * (1.0 - eccentricity) / (1.0 + eccentricity)
    ratio = float(run.length_to_width)
    rows: tuple[tuple[str, str, float, str], ...] = (
        ("wind_factor", "φw = C U^B (β/βop)^−E (U in ft/min)", float(run.wind_factor), "1"),
        ("slope_factor", "φs = 5.275 β^−0.3 tan²φ", float(run.slope_factor), "1"),
        ("direction_deg", "of the vector φw + φs", math.degrees(float(run.heading_rad)), "deg"),
        ("effective_wind_m_s", "U of |φw + φs|, at most the wind limit",
         float(run.effective_wind_ft_min) / FT_MIN_PER_M_S, "m/s"),
        ("spread_rate_m_min", "R = R0 (1 + |φw + φs|)", head, "m/min"),
        ("spread_rate_m_s", "R/60", head / 60.0, "m/s"),
        ("residence_time_s", "tr = 60 · 384/σ (σ in 1/ft)", residence_s, "s"),
        ("heat_per_area_kj_m2", "HA = IR tr", heat, "kJ/m2"),
        ("fireline_intensity_kw_m", "I = HA R/60", line, "kW/m"),
        ("flame_length_m", "L = 0.0775 I^0.46", FLAME_M * line**0.46, "m"),
        ("length_to_width",
         "LW = 0.936 e^(0.1147 U) + 0.461 e^(−0.0692 U) − 0.397 ≤ 8, or 1 + U/4 (U in mph)",
         ratio, "1"),
        ("eccentricity", "e = √(1 − LW^−2)", eccentricity, "1"),
        ("back_rate_m_min", "Rb = R (1 − e)/(1 + e)", back, "m/min"),
        ("flank_rate_m_min", "Rf = (R + Rb)/(2 LW)", (head + back) / (2.0 * ratio), "m/min"),
    )  # fmt: skip
    return tuple(Step(name=n, equation=e, value=v, unit=u) for n, e, v, u in rows)


MODEL = Model(
    name="rothermel",
    version="1",
    group="spread",
    inputs=(
        *FUEL_INPUTS[:1],
        *MOISTURE_INPUTS,
        *WIND_INPUTS,
        Input(name="slope_deg", unit="deg", symbol="φ", minimum=0.0, maximum=60.0, default=0.0),
        Input(name="aspect_deg", unit="deg", minimum=0.0, maximum=360.0, default=180.0),
        *FUEL_INPUTS[1:],
    ),
    formula=_formula,
    coefficient_sets=(
        CoefficientSet(
            name="albini_1976",
            values={"reaction_velocity_exponent": "133 σ^−0.7913", "net_load": "w0 (1 − ST)"},
            source="Rothermel 1972, INT-115, with the changes of Albini 1976, INT-30 (FIREMOD)",
            certainty="sourced",
        ),
        CoefficientSet(
            name="rothermel_1972",
            values={
                "reaction_velocity_exponent": "1/(4.774 σ^0.1 − 7.27)",
                "net_load": "w0/(1 + ST)",
            },
            source="Rothermel 1972, INT-115, equations 24, 39 and 67; live fuel by Albini 1976",
            certainty="mem 90%",
        ),
    ),
    sources=(
        "Rothermel 1972, USDA INT-115; Albini 1976, INT-30; Andrews 2018, RMRS-GTR-371, read "
        "through two independent programs",
        "Scott and Burgan 2005, RMRS-GTR-153; Anderson 1982, INT-122: fuel models",
        "Anderson 1983, INT-305: length to width; Byram 1959: flame length",
        "Albini and Baughman 1979; Andrews 2012, RMRS-GTR-266: wind at mid-flame",
    ),
    validity=("surface_fire", "uniform_fuel", "steady_fire"),
)
run = MODEL.run
