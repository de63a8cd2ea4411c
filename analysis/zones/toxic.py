"""Zones of a cloud: a toxic release by AEGL levels, a flammable one by LFL and half of it."""

from __future__ import annotations

from analysis.scenario import Scenario, Zone
from analysis.zones import cloud, outflow, source, tables
from analysis.zones.ledger import Ledger
from analysis.zones.outline import Line
from analysis.zones.thresholds import chosen_lines, flammable_lines, for_exposure
from layers.errors import InvalidInputError
from layers.substances import Substance

NEUTRAL_ENGINES = frozenset({"gaussian_plume", "finite_release", "gaussian_puff"})
"""Engines that know nothing of a cloud's weight."""


def toxic(scenario: Scenario, ledger: Ledger) -> list[Zone]:
    """Return the zones of a toxic release: by table, by plume, or by both for a dense gas."""
    substance = scenario.substance
    spill = tables.spill_size(scenario, ledger)
    rows = tables.rows(scenario, spill)
    tables.list_rows(scenario, rows, ledger)
    by_table = tables.zones(scenario, rows[0], hazard="toxic")
    if substance is None:
        ledger.warn("hazard.substance_unknown")
        return by_table
    if not _sized(scenario, ledger):
        return by_table
    lines = chosen_lines(scenario, substance, ledger)
    if not lines:
        ledger.warn("hazard.no_threshold", name_zh=substance.name_zh, name_en=substance.name_en)
        return by_table

    def compute() -> list[Zone]:
        return _beside_table(scenario, substance, lines, by_table, ledger, hazard="toxic")

    return tables.unless_refused(by_table, compute, ledger)


def flash_fire(scenario: Scenario, ledger: Ledger) -> list[Zone]:
    """Return the cloud that can burn: red to the lower flammable limit, orange to half of it."""
    if scenario.substance is None:
        ledger.warn("hazard.substance_unknown")
        return tables.fire_disc(scenario, ledger)
    substance = flammable_substance(scenario)
    rows = tables.rows(scenario, tables.spill_size(scenario, ledger))
    tables.list_rows(scenario, rows, ledger)
    by_table = tables.zones(scenario, rows[0], hazard="flammable")
    if not _sized(scenario, ledger):
        return by_table

    def compute() -> list[Zone]:
        lines = flammable_lines(substance)
        return _beside_table(scenario, substance, lines, by_table, ledger, hazard="flammable")

    return tables.unless_refused(by_table, compute, ledger)


def flammable_substance(scenario: Scenario) -> Substance:
    """Return the scenario's substance; refuse when it is missing or does not burn."""
    substance = scenario.substance
    if substance is None:
        raise InvalidInputError(
            f"a {scenario.kind} needs a flammable substance",
            code="substance_missing",
            field="substance",
            wanted="flammable",
        )
    if not substance.flammable:
        raise InvalidInputError(
            f"{substance.name_en} does not burn",
            code="not_flammable",
            field="substance",
            got=substance.cas,
            name_zh=substance.name_zh,
            name_en=substance.name_en,
        )
    return substance


def _beside_table(
    scenario: Scenario,
    substance: Substance,
    lines: list[Line],
    by_table: list[Zone],
    ledger: Ledger,
    *,
    hazard: str,
) -> list[Zone]:
    """Return the cloud's zones, with the table's beside them where the model may not be enough.

    That is: for a cloud heavier than air, in calm, and where the model draws nothing.
    """
    young = source.find(scenario, substance, ledger)
    lines = for_exposure(scenario, substance, lines, young.duration_s, ledger)
    drawn, choice = cloud.zones(scenario, young, substance, lines, ledger, hazard=hazard)
    wind = scenario.weather.wind_speed_m_s
    if wind is None:
        ledger.warn("hazard.wind_unknown")
    elif wind < tables.CALM_M_S:
        ledger.warn("hazard.calm", wind_speed_m_s=wind)
    if young.dense:
        ratio = round(young.cloud_density_kg_m3 / young.air_density_kg_m3, 2)
        indicative = choice.engine in NEUTRAL_ENGINES
        ledger.warn(f"hazard.{'denser_than_air' if indicative else 'heavy_cloud'}", ratio=ratio)
    enough = drawn and not young.dense and tables.heading_deg(scenario) is not None
    return drawn if enough else [*by_table, *drawn]


def _sized(scenario: Scenario, ledger: Ledger) -> bool:
    """Say whether a source can be computed; warn where a rupture lacks what the vessel held."""
    if outflow.quantities_given(scenario):
        return True
    if scenario.release.leak == "rupture":
        ledger.warn("hazard.rupture_needs_mass")
    return False
