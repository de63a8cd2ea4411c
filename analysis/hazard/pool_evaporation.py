"""Evaporation of a pool below its boiling point (液池蒸发), in three published forms."""

from __future__ import annotations

import math
from typing import Any

from analysis.hazard.model import CoefficientSet, Input, Model, Outcome, Receptors
from analysis.hazard.physics.constants import ATMOSPHERE_PA, R_GAS


def _casal(i: dict[str, Any]) -> float:
    vapour = i["vapour_pressure_pa"]
    driving = math.log1p(vapour / (ATMOSPHERE_PA - vapour))
    density = i["molar_mass_kg_mol"] * ATMOSPHERE_PA / (R_GAS * i["temperature_k"])
    return float(
        2e-3 * i["wind_speed_m_s"] ** 0.78 * i["pool_radius_m"] ** -0.11 * density * driving
    )


def _epa(i: dict[str, Any]) -> float:
    """Return the EPA form in kg/m²/s: QR lb/min = 0.284 U^0.78 MW^(2/3) A(ft²) VP/(82.05 T)."""
    mmhg = i["vapour_pressure_pa"] / 133.322368
    weight = i["molar_mass_kg_mol"] * 1000.0
    pound_min_ft2 = 0.284 * i["wind_speed_m_s"] ** 0.78 * weight ** (2.0 / 3.0) * mmhg
    pound_min_ft2 /= 82.05 * i["temperature_k"]
    return float(pound_min_ft2 * 0.45359237 / 60.0 / 0.09290304)


def _hj169(i: dict[str, Any]) -> float:
    n, alpha = _HJ169[i["stability"]]
    wind = i["wind_speed_m_s"] ** ((2.0 - n) / (2.0 + n))
    whole = alpha * i["vapour_pressure_pa"] * i["molar_mass_kg_mol"] / (R_GAS * i["temperature_k"])
    whole *= wind * i["pool_radius_m"] ** ((4.0 + n) / (2.0 + n))
    return float(whole / (math.pi * i["pool_radius_m"] ** 2))


_HJ169 = {
    **dict.fromkeys("AB", (0.2, 3.846e-3)),
    **dict.fromkeys("CD", (0.25, 4.685e-3)),
    **dict.fromkeys("EF", (0.3, 5.285e-3)),
}
_FORMS = {"casal": _casal, "epa_rmp": _epa, "hj169": _hj169}


def _formula(inputs: dict[str, Any], chosen: CoefficientSet, receptors: Receptors) -> Outcome:
    area = math.pi * inputs["pool_radius_m"] ** 2
    flux = _FORMS[chosen.name](inputs)
    return Outcome(
        values={"flux_kg_m2_s": flux, "rate_kg_s": flux * area},
        intermediates={"pool_area_m2": area},
    )


MODEL = Model(
    name="pool_evaporation",
    version="1",
    group="release",
    inputs=(
        Input(name="wind_speed_m_s", unit="m/s", minimum=0.1, maximum=60.0),
        Input(name="pool_radius_m", unit="m", minimum=0.05, maximum=500.0),
        Input(name="vapour_pressure_pa", unit="Pa", minimum=0.0, maximum=95_000.0),
        Input(name="molar_mass_kg_mol", unit="kg/mol", minimum=0.001, maximum=1.0),
        Input(name="temperature_k", unit="K", minimum=150.0, maximum=600.0),
        Input(name="stability", unit="class", choices=("A", "B", "C", "D", "E", "F"), default="D"),
    ),
    formula=_formula,
    coefficient_sets=(
        CoefficientSet(
            name="casal", values={}, source="Casal, eq. 2.56 (OpenSRANE)", certainty="sourced"
        ),
        CoefficientSet(
            name="epa_rmp",
            values={},
            source="EPA RMP offsite consequence guidance, annex D",
            certainty="mem 90%",
        ),
        CoefficientSet(name="hj169", values={}, source="HJ 169-2018 annex F", certainty="mem 90%"),
    ),
    sources=("mass transfer from a pool in wind",),
)
run = MODEL.run
