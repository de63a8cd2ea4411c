"""Zones of heat: pool fire and jet fire by flux, fireball by dose."""

from __future__ import annotations

import math
from typing import Any

from analysis.hazard import fireball as fireball_model
from analysis.hazard import jet_fire as jet_model
from analysis.hazard import pool_fire as pool_model
from analysis.hazard.model import Model
from analysis.hazard.physics.constants import ATMOSPHERE_PA, R_GAS
from analysis.hazard.physics.pool_flame import burning_rate_by_heat
from analysis.scenario import Level, Message, Scenario, Zone
from analysis.zones import draw, outflow, source, tables
from analysis.zones.ledger import Ledger
from analysis.zones.toxic import flammable_substance
from layers.errors import InvalidInputError
from layers.substances import Substance

FLUX_KW_M2: tuple[tuple[Level, float], ...] = (
    ("red", 37.5),
    ("orange", 12.5),
    ("yellow", 4.0),
    ("blue", 1.6),
)
FLUX_SOURCE = "AQ/T 3046-2013, thermal radiation criteria [mem 95%]"
DOSE_KJ_M2: tuple[tuple[Level, float], ...] = (("red", 592.0), ("orange", 392.0), ("yellow", 172.0))
DOSE_SOURCE = "dose for death, serious and slight injury, China practice [mem 88%]"
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


def pool_fire(scenario: Scenario, ledger: Ledger) -> list[Zone]:
    """Return the zones of a pool fire; with no size reported, beside the distance of the table.

    Of the two published ways, solid flame and point source, the longer reach is drawn, as a disc:
    the flame leans with the wind of the moment, and that turns.
    """
    substance = flammable_substance(scenario)
    by_table = tables.fire_disc(scenario, ledger)
    sized = scenario.release.pool_diameter_m is not None or outflow.quantities_given(scenario)

    def compute() -> list[Zone]:
        found = _pool_zones(scenario, substance, ledger)
        return found if sized else [*by_table, *found]

    return tables.unless_refused(by_table, compute, ledger)


def _pool_zones(scenario: Scenario, substance: Substance, ledger: Ledger) -> list[Zone]:
    diameter = _diameter_m(scenario, substance, ledger)
    inputs = {
        "pool_diameter_m": diameter,
        **_burning(substance, ledger),
        "heat_of_combustion_j_kg": outflow.constant(substance, "heat_of_combustion", ledger).value,
        "flame": _CLEAR_FLAMES.get(substance.cas, "sooty"),
        "wind_speed_m_s": _wind_m_s(scenario, ledger),
        "vapour_density_kg_m3": _vapour_density(substance),
        **_air(scenario, ledger),
    }
    found = []
    for level, flux in FLUX_KW_M2:
        asked = {**inputs, "threshold_kw_m2": flux}
        reaches = {
            name: ledger.run(pool_model.MODEL, asked, name)["reach_m"]
            for name in ("solid_flame", "point_source")
        }
        name = max(reaches, key=lambda key: reaches[key] or 0.0)
        reach = max(reaches[name] or 0.0, diameter / 2.0)  # in the pool one stands in the flame
        found.append(_flux_zone(scenario, level, flux, reach, f"pool_fire/{name}"))
    return found


def jet_fire(scenario: Scenario, ledger: Ledger) -> list[Zone]:
    """Return the zones of a jet fire: a disc, for the jet's direction is not reported."""
    substance = flammable_substance(scenario)
    by_table = tables.fire_disc(scenario, ledger)
    if not outflow.quantities_given(scenario):
        ledger.warn("hazard.size_needed")
        return by_table
    return tables.unless_refused(by_table, lambda: _jet_zones(scenario, substance, ledger), ledger)


def _jet_zones(scenario: Scenario, substance: Substance, ledger: Ledger) -> list[Zone]:
    inputs = {
        "rate_kg_s": outflow.find(scenario, substance, ledger).rate_kg_s,
        "heat_of_combustion_j_kg": outflow.constant(substance, "heat_of_combustion", ledger).value,
        **_air(scenario, ledger),
    }
    found = []
    for level, flux in FLUX_KW_M2:
        reach = ledger.run(jet_model.MODEL, {**inputs, "threshold_kw_m2": flux})["reach_m"]
        if reach is not None:
            found.append(_flux_zone(scenario, level, flux, reach, "jet_fire/api"))
    return found


def fireball(scenario: Scenario, ledger: Ledger) -> list[Zone]:
    """Return the zones of a fireball by dose; without a mass, the distance of the table."""
    substance = flammable_substance(scenario)
    by_table = tables.fire_disc(scenario, ledger)
    mass = mass_kg(scenario, ledger)
    if mass is None:
        ledger.warn("hazard.mass_needed")
        return by_table

    def compute() -> list[Zone]:
        return _ball_zones(scenario, substance, mass, ledger) or by_table

    return tables.unless_refused(by_table, compute, ledger)


def _ball_zones(
    scenario: Scenario, substance: Substance, mass: float, ledger: Ledger
) -> list[Zone]:
    ledger.note(
        "fireball_share",
        1.0,
        unit="1",
        tag="assumed",
        source="CCPS; other practice: 0.5 of one tank, 0.7 of two, 0.9 of more [mem 85%]",
        reason=Message(code="hazard.why_whole_in_ball"),
    )
    inputs = {
        "mass_kg": mass,
        "heat_of_combustion_j_kg": outflow.constant(substance, "heat_of_combustion", ledger).value,
        **_air(scenario, ledger),
    }
    found = []
    for level, dose in DOSE_KJ_M2:
        reach = _reach(ledger, fireball_model.MODEL, {**inputs, "threshold_kj_m2": dose})
        if not reach:
            ledger.warn("hazard.not_reached", threshold_name=f"{dose:g} kJ/m2")
            continue
        found.append(
            draw.disc(
                scenario,
                reach,
                level=level,
                hazard="thermal",
                threshold=dose,
                unit="kJ/m2",
                threshold_name=f"{dose:g} kJ/m2",
                threshold_source=DOSE_SOURCE,
                model="fireball/ccps",
                action=Message(code=f"hazard.action_thermal_{level}", source=DOSE_SOURCE),
            )
        )
    return found


def mass_kg(scenario: Scenario, ledger: Ledger) -> float | None:
    """Return the mass that takes part: what got out, else what the vessel held, else the leak's."""
    r = scenario.release
    for name in ("mass_kg", "inventory_kg"):
        value = getattr(r, name)
        if value is not None:
            ledger.note(f"release.{name}", value, unit="kg", tag="reported", source=None)
            return float(value)
    if r.rate_kg_s is not None and r.duration_s is not None:
        for name, unit in (("rate_kg_s", "kg/s"), ("duration_s", "s")):
            ledger.note(f"release.{name}", getattr(r, name), unit=unit, tag="reported", source=None)
        return r.rate_kg_s * r.duration_s
    return None


def _flux_zone(scenario: Scenario, level: Level, flux: float, reach_m: float, model: str) -> Zone:
    return draw.disc(
        scenario,
        reach_m,
        level=level,
        hazard="thermal",
        threshold=flux,
        unit="kW/m2",
        threshold_name=f"{flux:g} kW/m2",
        threshold_source=FLUX_SOURCE,
        model=model,
        action=Message(code=f"hazard.action_thermal_{level}", source=FLUX_SOURCE),
    )


def _reach(ledger: Ledger, model: Model, inputs: dict[str, Any]) -> float | None:
    reach = ledger.run(model, inputs)["reach_m"]
    return None if reach is None else float(reach)


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
    if scenario.release.mass_kg is not None and scenario.release.rate_kg_s is None:
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


def _wind_m_s(scenario: Scenario, ledger: Ledger) -> float:
    speed = ledger.take(
        "weather.wind_speed_m_s",
        scenario.weather.wind_speed_m_s,
        default=0.0,
        unit="m/s",
        source=None,
        reason=Message(code="hazard.why_upright_flame"),
    )
    return float(speed)


def _vapour_density(substance: Substance) -> float:
    """Return the vapour's density at the boiling point, kg/m³, for the flame's tilt."""
    boiling = substance.constant("boiling_point").value
    molar_mass = substance.constant("molar_mass").value
    return ATMOSPHERE_PA * molar_mass / (R_GAS * boiling)


def _air(scenario: Scenario, ledger: Ledger) -> dict[str, float]:
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
