"""Zones of heat: pool fire and jet fire by flux, fireball by dose."""

from __future__ import annotations

import math
from typing import Any

from analysis.hazard import fireball as fireball_model
from analysis.hazard import jet_fire as jet_model
from analysis.hazard import pool_fire as pool_model
from analysis.hazard.physics.constants import ATMOSPHERE_PA, R_GAS
from analysis.hazard.physics.pool_flame import burning_rate_by_heat
from analysis.scenario import Message, Scenario, Zone
from analysis.zones import criteria, heat, outflow, source, tables
from analysis.zones.ledger import Ledger
from analysis.zones.toxic import flammable_substance
from layers.errors import InvalidInputError
from layers.substances import Substance

WIDEST_POOL_M = 300.0
AMBIENT_FOR_HEAT_K = 298.15
POOL_SETS = ("solid_flame", "point_source")
_CLEAR_FLAMES = {
    "8006-14-2": "lng",
    "74-82-8": "lng",
    "68476-85-7": "lpg",
    "74-98-6": "lpg",
    "106-97-8": "lpg",
    "75-28-5": "lpg",
}


def unidentified(scenario: Scenario, ledger: Ledger) -> list[Zone]:
    """Return the first-minute circle for a fire of nobody knows what."""
    ledger.warn("hazard.substance_unknown")
    return tables.fire_disc(scenario, ledger)


def pool_fire(scenario: Scenario, ledger: Ledger) -> list[Zone]:
    """Return the zones of a pool fire; with no size reported, beside the distance of the table.

    Of the two published ways, solid flame and point source, the longer reach counts at every
    bearing. With the wind's direction known the flame leans and is dragged with it, and the areas
    are the field's own; else they are discs of the reach downwind.
    """
    if scenario.substance is None:
        return unidentified(scenario, ledger)
    substance = flammable_substance(scenario)
    by_table = tables.fire_disc(scenario, ledger)
    sized = scenario.release.pool_diameter_m is not None or outflow.quantities_given(scenario)

    def compute() -> list[Zone]:
        found = _pool_zones(scenario, substance, ledger)
        return found if sized else [*by_table, *found]

    return tables.unless_refused(by_table, compute, ledger)


def _pool_zones(scenario: Scenario, substance: Substance, ledger: Ledger) -> list[Zone]:
    table = criteria.HEAT[scenario.choices.heat_criteria or "aqt3046"]
    levels = [line.value for line in table.lines]
    chosen = scenario.choices.pool_fire_set
    names = POOL_SETS if chosen is None else (chosen,)
    inputs = _pool_inputs(scenario, substance, ledger) | {"thresholds_kw_m2": levels}
    reaches: dict[str, list[float]] = {}
    for name in names:
        values = ledger.run(pool_model.MODEL, inputs, name)
        reaches[name] = [reach or 0.0 for reach in values["reaches_m"]]
        if values.get("flame_tilt_deg"):
            ledger.warn("hazard.flame_leans", tilt_deg=round(values["flame_tilt_deg"]))
    longest = [max(names, key=lambda name: reaches[name][i]) for i in range(len(levels))]
    toward = tables.heading_deg(scenario)
    radius = inputs["pool_diameter_m"] / 2.0
    if toward is None:
        return [
            # In the pool one stands in the flame.
            heat.disc(scenario, table, line, max(reaches[name][i], radius),
                      model=f"pool_fire/{name}")
            for i, (line, name) in enumerate(zip(table.lines, longest, strict=True))
        ]  # fmt: skip
    read = pool_model.MODEL.read(inputs)
    fires = [pool_model.burning(read, pool_model.MODEL.coefficients(name)) for name in names]
    drawn = heat.outlines(fires, levels)
    return [
        heat.leaning(scenario, table, line, drawn[line.value], toward_deg=toward,
                     model=f"pool_fire/{name}")
        for line, name in zip(table.lines, longest, strict=True)
    ]  # fmt: skip


def _pool_inputs(scenario: Scenario, substance: Substance, ledger: Ledger) -> dict[str, Any]:
    wind = _wind_m_s(scenario, ledger)
    inputs = {
        "pool_diameter_m": _diameter_m(scenario, substance, ledger),
        **_burning(substance, ledger),
        "heat_of_combustion_j_kg": outflow.constant(substance, "heat_of_combustion", ledger).value,
        "flame": _CLEAR_FLAMES.get(substance.cas, "sooty"),
        "wind_speed_m_s": wind,
        "vapour_density_kg_m3": _vapour_density(substance),
        "drag": "mudan" if wind > 0.0 else "none",
        **_air(scenario, ledger),
    }
    constants = substance.constants
    for name, own in (
        ("heat_of_vaporisation_j_kg", "heat_of_vaporisation"),
        ("liquid_heat_capacity_j_kg_k", "liquid_heat_capacity"),
        ("boiling_point_k", "boiling_point"),
    ):
        if scenario.choices.pool_fire_set == "epa_rmp" and own in constants:
            inputs[name] = outflow.constant(substance, own, ledger).value
    return inputs


def jet_fire(scenario: Scenario, ledger: Ledger) -> list[Zone]:
    """Return the zones of a jet fire: discs, for the jet's direction is not reported."""
    if scenario.substance is None:
        return unidentified(scenario, ledger)
    substance = flammable_substance(scenario)
    by_table = tables.fire_disc(scenario, ledger)
    if not outflow.quantities_given(scenario):
        ledger.warn("hazard.size_needed")
        return by_table
    return tables.unless_refused(by_table, lambda: _jet_zones(scenario, substance, ledger), ledger)


def _jet_zones(scenario: Scenario, substance: Substance, ledger: Ledger) -> list[Zone]:
    table = criteria.HEAT[scenario.choices.heat_criteria or "aqt3046"]
    name = scenario.choices.jet_fire_set or "api"
    flow = outflow.find(scenario, substance, ledger)
    ledger.note(
        "jet_direction", "horizontal", unit=None, tag="assumed", source=None,
        reason=Message(code="hazard.why_jet_horizontal"),
    )  # fmt: skip
    inputs: dict[str, Any] = {
        "rate_kg_s": flow.rate_kg_s,
        "heat_of_combustion_j_kg": outflow.constant(substance, "heat_of_combustion", ledger).value,
        "phase": {"gas": "gas", "liquefied": "vapour", "liquid": "liquid"}[flow.phase],
        "thresholds_kw_m2": [line.value for line in table.lines],
        **_air(scenario, ledger),
    }
    pressure = scenario.release.pressure_pa
    if flow.phase == "gas" and pressure is not None and pressure > ATMOSPHERE_PA * 1.01:
        inputs |= {
            "storage_pressure_pa": pressure,
            "storage_temperature_k": flow.stored_k,
            "molar_mass_kg_mol": outflow.constant(substance, "molar_mass", ledger).value,
            "gamma": outflow.constant(substance, "gamma", ledger).value,
            "wind_speed_m_s": _wind_m_s(scenario, ledger),
        }
    reaches = ledger.run(jet_model.MODEL, inputs, name)["reaches_m"]
    return [
        heat.disc(scenario, table, line, reach, model=f"jet_fire/{name}")
        for line, reach in zip(table.lines, reaches, strict=True)
        if reach is not None
    ]


def fireball(scenario: Scenario, ledger: Ledger) -> list[Zone]:
    """Return the zones of a fireball by dose; without a mass, the distance of the table."""
    if scenario.substance is None:
        return unidentified(scenario, ledger)
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
    rule = scenario.choices.fireball_mass
    name = scenario.choices.fireball_set or "ccps"
    ledger.take(
        "fireball_share",
        None if rule is None else fireball_model.MASS_RULES[rule],
        default=1.0,
        unit="1",
        source="CCPS; other practice: 0.5 of one tank, 0.7 of two, 0.9 of more [mem 85%]",
        reason=Message(code="hazard.why_whole_in_ball"),
    )
    inputs = {
        "mass_kg": mass,
        "mass_rule": rule or "all",
        "heat_of_combustion_j_kg": outflow.constant(substance, "heat_of_combustion", ledger).value,
        **_air(scenario, ledger),
    }
    table = criteria.DOSE[scenario.choices.heat_criteria or "aqt3046"]
    found = []
    for line in table.lines:
        values = ledger.run(fireball_model.MODEL, {**inputs, "threshold_kj_m2": line.value}, name)
        lasts, reach = values["duration_s"], values["reach_m"]
        ledger.warn("hazard.fireball_lasts", duration_s=round(lasts, 1))
        if not reach:
            ledger.warn("hazard.not_reached", threshold_name=f"{line.value:g} {table.unit}")
            continue
        found.append(
            heat.disc(scenario, table, line, reach, model=f"fireball/{name}", passed_s=lasts)
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
