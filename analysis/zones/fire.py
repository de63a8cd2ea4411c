"""Zones of heat: pool fire and jet fire by flux, fireball by dose."""

from __future__ import annotations

from typing import Any

from analysis.hazard import fireball as fireball_model
from analysis.hazard import jet_fire as jet_model
from analysis.hazard import pool_fire as pool_model
from analysis.hazard.physics.constants import ATMOSPHERE_PA
from analysis.hazard.physics.fire.pool_heat import burning
from analysis.scenario import Message, Scenario, Zone
from analysis.zones import burning_pool, criteria, heat, outflow, tables
from analysis.zones.ledger import Ledger
from analysis.zones.toxic import flammable_substance
from layers.substances import Substance

POOL_SETS = ("solid_flame", "point_source")


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
    inputs = burning_pool.inputs(scenario, substance, ledger) | {"thresholds_kw_m2": levels}
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
    fires = [burning(read, pool_model.MODEL.coefficients(name)) for name in names]
    drawn = heat.outlines(fires, levels)
    return [
        heat.leaning(scenario, table, line, drawn[line.value], toward_deg=toward,
                     model=f"pool_fire/{name}")
        for line, name in zip(table.lines, longest, strict=True)
    ]  # fmt: skip


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
        **burning_pool.air(scenario, ledger),
    }
    pressure = scenario.release.pressure_pa
    if flow.phase == "gas" and pressure is not None and pressure > ATMOSPHERE_PA * 1.01:
        inputs |= {
            "storage_pressure_pa": pressure,
            "storage_temperature_k": flow.stored_k,
            "molar_mass_kg_mol": outflow.constant(substance, "molar_mass", ledger).value,
            "gamma": outflow.constant(substance, "gamma", ledger).value,
            "wind_speed_m_s": burning_pool.wind_m_s(scenario, ledger),
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
        **burning_pool.air(scenario, ledger),
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
