"""Evaporation of a pool below its boiling point: published forms, each with its own steps.

A form takes the inputs of `pool_evaporation` and gives its steps, the last one the flux in
kg/(m² s).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

from analysis.hazard.model import Step
from analysis.hazard.physics.constants import R_GAS

Inputs = Mapping[str, Any]
Form = Callable[[Inputs, Mapping[str, Any]], list[Step]]

STABILITY = {
    **dict.fromkeys("AB", (0.2, 3.846e-3)),
    **dict.fromkeys("CD", (0.25, 4.685e-3)),
    **dict.fromkeys("EF", (0.3, 5.285e-3)),
}
"""n and α of HJ 169 by stability; the standard names A and B, D, E and F: C is taken as D."""


def casal(i: Inputs, values: Mapping[str, Any]) -> list[Step]:
    """Return Casal eq. 2.56, with the logarithm of mass transfer through a still film."""
    p0 = i["ambient_pressure_pa"]
    pressure, around = i["vapour_pressure_pa"], i["ambient_vapour_pressure_pa"]
    driving = math.log1p((pressure - around) / (p0 - pressure))
    density = i["molar_mass_kg_mol"] * p0 / (R_GAS * i["temperature_k"])
    flux = 2e-3 * i["wind_speed_m_s"] ** 0.78 * i["pool_radius_m"] ** -0.11 * density * driving
    return [
        Step(
            name="reference_density_kg_m3", equation="ρ = M P0/(R T)", value=density, unit="kg/m3"
        ),
        Step(
            name="driving_force",
            equation="φ = ln(1 + (Pv − P∞)/(P0 − Pv))",
            value=driving,
            unit="1",
        ),
        _flux("G = 2e-3 u^0.78 r^−0.11 ρ φ", flux),
    ]


def epa_rmp(i: Inputs, values: Mapping[str, Any]) -> list[Step]:
    """Return the EPA form; in print QR lb/min = 0.284 u^0.78 MW^(2/3) A(ft²) VP(mmHg)/(82.05 T)."""
    mmhg = i["vapour_pressure_pa"] / 133.322368
    weight = i["molar_mass_kg_mol"] * 1000.0
    pound = 0.284 * i["wind_speed_m_s"] ** 0.78 * weight ** (2.0 / 3.0) * mmhg
    pound /= 82.05 * i["temperature_k"]
    flux = pound * 0.45359237 / 60.0 / 0.09290304
    equation = "G = 0.284 u^0.78 MW^(2/3) VP/(82.05 T) lb/(min ft²), MW g/mol, VP mmHg"
    return [_flux(equation, flux)]


def hj169(i: Inputs, values: Mapping[str, Any]) -> list[Step]:
    """Return HJ 169-2018 annex F, mass evaporation; Sutton's form by stability."""
    n, alpha = STABILITY[i["stability"]]
    radius = i["pool_radius_m"]
    vapour = i["vapour_pressure_pa"] * i["molar_mass_kg_mol"] / (R_GAS * i["temperature_k"])
    whole = alpha * vapour * i["wind_speed_m_s"] ** ((2.0 - n) / (2.0 + n))
    whole *= radius ** ((4.0 + n) / (2.0 + n))
    return [
        Step(name="wind_exponent_n", equation="n by stability", value=n, unit="1"),
        Step(name="alpha", equation="α by stability", value=alpha, unit="1"),
        _flux(
            "G = α Pv M/(R T) u^((2−n)/(2+n)) r^((4+n)/(2+n))/(π r²)", whole / (math.pi * radius**2)
        ),
    ]


def mackay_matsugu(i: Inputs, values: Mapping[str, Any]) -> list[Step]:
    """Return Mackay & Matsugu: km = c u^0.78 D^−0.11 Sc^−0.67, D the diameter."""
    sc = i["schmidt_number"]
    diffusivity = i["diffusivity_m2_s"]
    equation = "Sc (given)"
    if diffusivity is not None:
        sc, equation = i["air_viscosity_m2_s"] / diffusivity, "Sc = ν/D"
    transfer = values["constant"] * i["wind_speed_m_s"] ** 0.78
    transfer *= (2.0 * i["pool_radius_m"]) ** -0.11 * sc**-0.67
    return [
        Step(name="schmidt_number", equation=equation, value=sc, unit="1"),
        _transfer(f"km = {values['constant']:g} u^0.78 (2r)^−0.11 Sc^−0.67", transfer),
        _flux("G = km (Pv − P∞) M/(R T)", _driven(i, transfer)),
    ]


def still_air(i: Inputs, values: Mapping[str, Any]) -> list[Step]:
    """Return Crowl & Louvar's form: km of water, by the cube root of the molar masses."""
    transfer = values["water_transfer_m_s"] * (0.018 / i["molar_mass_kg_mol"]) ** (1.0 / 3.0)
    return [
        _transfer("km = 0.0083 (0.018/M)^(1/3)", transfer),
        _flux("G = km (Pv − P∞) M/(R T)", _driven(i, transfer)),
    ]


def sp12(i: Inputs, values: Mapping[str, Any]) -> list[Step]:
    """Return the Russian form: 1e-6 η √M Pv, M in g/mol, Pv in kPa."""
    eta = i["air_flow_coefficient"]
    root = math.sqrt(i["molar_mass_kg_mol"] * 1000.0)
    flux = 1e-6 * eta * root * i["vapour_pressure_pa"] / 1000.0
    return [_flux("G = 1e-6 η √M Pv, M g/mol, Pv kPa", flux)]


def _driven(i: Inputs, transfer: float) -> float:
    over = max(0.0, i["vapour_pressure_pa"] - i["ambient_vapour_pressure_pa"])
    return float(transfer * over * i["molar_mass_kg_mol"] / (R_GAS * i["temperature_k"]))


def _transfer(equation: str, value: float) -> Step:
    return Step(name="transfer_coefficient_m_s", equation=equation, value=value, unit="m/s")


def _flux(equation: str, value: float) -> Step:
    return Step(name="flux_kg_m2_s", equation=equation, value=float(value), unit="kg/(m2 s)")


FORMS: dict[str, Form] = {
    "casal": casal,
    "epa_rmp": epa_rmp,
    "hj169": hj169,
    "mackay_matsugu": mackay_matsugu,
    "yellow_book": mackay_matsugu,
    "crowl_louvar": still_air,
    "sp12_13130": sp12,
}
