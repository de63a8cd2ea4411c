"""Zones of an explosion: what the overpressure does, by the table that was chosen."""

from __future__ import annotations

from typing import Any

from analysis.hazard import blast as blast_model
from analysis.hazard import deflagration, vapour_cloud_explosion
from analysis.scenario import Message, Scenario, Zone
from analysis.zones import criteria, heat, outflow, tables
from analysis.zones.criteria import Line, Table
from analysis.zones.fire import mass_kg, unidentified
from analysis.zones.ledger import Ledger
from layers.errors import InvalidInputError
from layers.substances import Substance

# Also answered, not drawn: serious and slight injury by a vapour cloud (China), EPA's 1 psi.
LISTED_KPA = (44.0, 17.0, 6.895)
_OTHER_MODELS = {
    "vapour_cloud_explosion": (vapour_cloud_explosion.MODEL, "china"),
    "deflagration": (deflagration.MODEL, "rd03_409"),
}


def explosion(scenario: Scenario, ledger: Ledger) -> list[Zone]:
    """Return the zones of an explosion; without a mass, the distance of the table."""
    substance = scenario.substance
    if substance is None:
        return unidentified(scenario, ledger)
    solid = substance.state == "explosive"
    if not solid and not substance.flammable:
        raise InvalidInputError(
            f"{substance.name_en} does not explode by burning",
            code="not_flammable",
            field="substance",
            got=substance.cas,
            name_zh=substance.name_zh,
            name_en=substance.name_en,
        )
    by_table = tables.fire_disc(scenario, ledger)
    mass = mass_kg(scenario, ledger)
    if mass is None:
        ledger.warn("hazard.mass_needed")
        return by_table

    def compute() -> list[Zone]:
        return _rings(scenario, substance, mass, ledger) or by_table

    return tables.unless_refused(by_table, compute, ledger)


def _rings(scenario: Scenario, substance: Substance, mass: float, ledger: Ledger) -> list[Zone]:
    table = criteria.BLAST[scenario.choices.blast_criteria or "china_people"]
    solid = substance.state == "explosive"
    chosen = "tnt" if solid else scenario.choices.explosion_set or "vapour_cloud_china"
    inputs: dict[str, Any] = {
        "mass_kg": mass,
        "heat_j_kg": outflow.constant(substance, "heat_of_combustion", ledger).value,
    }
    if not solid:
        ledger.warn("hazard.cloud_may_drift")
    if chosen in _OTHER_MODELS:
        return _by_model(scenario, table, chosen, inputs, ledger)
    if not solid:
        ledger.note(
            "yield_share",
            blast_model.MODEL.coefficients(chosen).values["yield_share"],
            unit="1",
            tag="assumed",
            source="China practice, 0.0002-0.149",
            reason=Message(code="hazard.why_cloud_yield"),
        )
    for pressure in LISTED_KPA:
        ledger.run(blast_model.MODEL, {**inputs, "threshold_kpa": pressure}, chosen)
    found = []
    for line in table.lines:
        values = ledger.run(blast_model.MODEL, {**inputs, "threshold_kpa": line.value}, chosen)
        found.append(heat.disc(scenario, table, line, values["reach_m"], model=f"blast/{chosen}"))
    return found


def _by_model(
    scenario: Scenario, table: Table, chosen: str, inputs: dict[str, Any], ledger: Ledger
) -> list[Zone]:
    """Return the rings of a model that does not go by the mass of TNT."""
    model, coefficients = _OTHER_MODELS[chosen]
    found: list[Zone] = []
    missed: list[Line] = []
    for line in table.lines:
        values = ledger.run(model, {**inputs, "threshold_kpa": line.value}, coefficients)
        if values["reach_m"] is None:
            missed.append(line)
            continue
        found.append(
            heat.disc(scenario, table, line, values["reach_m"], model=f"{chosen}/{coefficients}")
        )
    for line in missed:
        ledger.warn("hazard.not_reached", threshold_name=f"{line.value:g} {table.unit}")
    return found
