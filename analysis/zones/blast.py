"""Zones of an explosion: what the overpressure does to people."""

from __future__ import annotations

from analysis.hazard import blast as blast_model
from analysis.scenario import Level, Message, Scenario, Zone
from analysis.zones import draw, outflow, tables
from analysis.zones.fire import mass_kg
from analysis.zones.ledger import Ledger
from layers.errors import InvalidInputError
from layers.substances import Substance

PEOPLE_KPA: tuple[tuple[Level, float], ...] = (
    ("red", 100.0),
    ("orange", 50.0),
    ("yellow", 30.0),
    ("blue", 20.0),
)
PEOPLE_SOURCE = "overpressure on people, China practice, 0.1/0.05/0.03/0.02 MPa [mem 90%]"
# Also answered, not drawn: serious and slight injury by a vapour cloud (China), EPA's 1 psi.
LISTED_KPA = (44.0, 17.0, 6.895)


def explosion(scenario: Scenario, ledger: Ledger) -> list[Zone]:
    """Return the zones of an explosion; without a mass, the distance of the table."""
    substance = scenario.substance
    if substance is None:
        raise InvalidInputError(
            "an explosion needs the substance", code="substance_missing", field="substance"
        )
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
    return tables.unless_refused(
        by_table, lambda: _rings(scenario, substance, mass, ledger), ledger
    )


def _rings(scenario: Scenario, substance: Substance, mass: float, ledger: Ledger) -> list[Zone]:
    solid = substance.state == "explosive"
    coefficients = "tnt" if solid else "vapour_cloud_china"
    inputs = {
        "mass_kg": mass,
        "heat_j_kg": outflow.constant(substance, "heat_of_combustion", ledger).value,
    }
    if not solid:
        ledger.note(
            "yield_share",
            0.04,
            unit="1",
            tag="assumed",
            source="China practice, 0.0002-0.149",
            reason=Message(code="hazard.why_cloud_yield"),
        )
    for pressure in LISTED_KPA:
        ledger.run(blast_model.MODEL, {**inputs, "threshold_kpa": pressure}, coefficients)
    return [
        draw.disc(
            scenario,
            ledger.run(blast_model.MODEL, {**inputs, "threshold_kpa": kpa}, coefficients)[
                "reach_m"
            ],
            level=level,
            hazard="overpressure",
            threshold=kpa,
            unit="kPa",
            threshold_name=f"{kpa:g} kPa",
            threshold_source=PEOPLE_SOURCE,
            model=f"blast/{coefficients}",
            action=Message(code=f"hazard.action_blast_{level}", source=PEOPLE_SOURCE),
        )
        for level, kpa in PEOPLE_KPA
    ]
