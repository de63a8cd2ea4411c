"""What burns in a pool: its size, rate and air, each given, taken from the tables or assumed."""

from __future__ import annotations

import math
from typing import Any

from analysis.hazard.physics.constants import ATMOSPHERE_PA, R_GAS
from analysis.hazard.physics.fire.pool_flame import burning_rate_by_heat
from analysis.scenario import Message, Scenario
from analysis.zones import outflow, source
from analysis.zones.ledger import Ledger
from layers.errors import InvalidInputError
from layers.substances import Substance

WIDEST_POOL_M = 300.0
AMBIENT_FOR_HEAT_K = 298.15
_CLEAR_FLAMES = {
    "8006-14-2": "lng",
    "74-82-8": "lng",
    "68476-85-7": "lpg",
    "74-98-6": "lpg",
    "106-97-8": "lpg",
    "75-28-5": "lpg",
}


def inputs(scenario: Scenario, substance: Substance, ledger: Ledger) -> dict[str, Any]:
    """Return the inputs of the model `pool_fire`, save its thresholds, each recorded."""
    wind = wind_m_s(scenario, ledger)
    found = {
        "pool_diameter_m": _diameter_m(scenario, substance, ledger),
        **_burning(substance, ledger),
        "heat_of_combustion_j_kg": outflow.constant(substance, "heat_of_combustion", ledger).value,
        "flame": _CLEAR_FLAMES.get(substance.cas, "sooty"),
        "wind_speed_m_s": wind,
        "vapour_density_kg_m3": _vapour_density(substance),
        "drag": "mudan" if wind > 0.0 else "none",
        **air(scenario, ledger),
    }
    constants = substance.constants
    for name, own in (
        ("heat_of_vaporisation_j_kg", "heat_of_vaporisation"),
        ("liquid_heat_capacity_j_kg_k", "liquid_heat_capacity"),
        ("boiling_point_k", "boiling_point"),
    ):
        if scenario.choices.pool_fire_set == "epa_rmp" and own in constants:
            found[name] = outflow.constant(substance, own, ledger).value
    return found


def wind_m_s(scenario: Scenario, ledger: Ledger) -> float:
    """Return the wind's speed; unknown is none, and the flame stands upright."""
    speed = ledger.take(
        "weather.wind_speed_m_s",
        scenario.weather.wind_speed_m_s,
        default=0.0,
        unit="m/s",
        source=None,
        reason=Message(code="hazard.why_upright_flame"),
    )
    return float(speed)


def air(scenario: Scenario, ledger: Ledger) -> dict[str, float]:
    """Return the humidity and temperature that the heat passes through."""
    humidity = ledger.take(
        "weather.humidity_pct",
        scenario.weather.humidity_pct,
        default=50.0,
        unit="%",
        source="HJ 169-2018 [mem 95%]",
        reason=Message(code="hazard.why_unfavourable_weather"),
    )
    return {
        "humidity_pct": float(humidity),
        "temperature_k": outflow.ambient_temperature_k(scenario, ledger),
    }


def _diameter_m(scenario: Scenario, substance: Substance, ledger: Ledger) -> float:
    """Return the pool's diameter: given, else spread of the mass, else where fire eats the flow."""
    given = scenario.release.pool_diameter_m
    if given is not None:
        ledger.note("release.pool_diameter_m", given, unit="m", tag="reported", source=None)
        return given
    flow = outflow.find(scenario, substance, ledger)
    if flow.phase == "gas":
        raise InvalidInputError(
            f"{substance.name_en} is kept as a gas and makes no pool",
            code="no_pool",
            name_zh=substance.name_zh,
            name_en=substance.name_en,
        )
    release = scenario.release
    burst = release.leak == "rupture" and release.inventory_kg is not None
    if (release.mass_kg is not None or burst) and release.rate_kg_s is None:
        return min(WIDEST_POOL_M, source.pool_diameter_m(scenario, substance, flow, ledger))
    limit = _burning(substance, ledger)["burning_rate_kg_m2_s"]
    steady = math.sqrt(4.0 * flow.rate_kg_s / (math.pi * limit))
    diameter = min(WIDEST_POOL_M, max(0.1, steady))
    ledger.note(
        "release.pool_diameter_m",
        diameter,
        unit="m",
        tag="assumed",
        source="Casal: burning rate equals outflow",
        reason=Message(code="hazard.why_pool_burns_flow"),
    )
    return diameter


def _burning(substance: Substance, ledger: Ledger) -> dict[str, Any]:
    """Return the burning rate and its k; by the heats where nobody has measured it."""
    if "burning_rate" in substance.constants:
        k = substance.constants.get("burning_rate_k")
        return {
            "burning_rate_kg_m2_s": outflow.constant(substance, "burning_rate", ledger).value,
            "burning_rate_k_per_m": None if k is None else k.value,
        }
    boiling = substance.constant("boiling_point").value
    rate = burning_rate_by_heat(
        heat_of_combustion=substance.constant("heat_of_combustion").value,
        heat_of_vaporisation=substance.constant("heat_of_vaporisation").value,
        sensible_heat=substance.constant("liquid_heat_capacity").value
        * (boiling - AMBIENT_FOR_HEAT_K),
    )
    ledger.note(
        "substance.burning_rate",
        rate,
        unit="kg/(m2 s)",
        tag="assumed",
        source="1e-3 Hc / (Hv + cp (Tb - Ta))",
        reason=None,
    )
    return {"burning_rate_kg_m2_s": rate, "burning_rate_k_per_m": None}


def _vapour_density(substance: Substance) -> float:
    """Return the vapour's density at the boiling point, kg/m³, for the flame's tilt."""
    boiling = substance.constant("boiling_point").value
    molar_mass = substance.constant("molar_mass").value
    return ATMOSPHERE_PA * molar_mass / (R_GAS * boiling)
