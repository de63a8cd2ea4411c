"""Zones of a cloud: a toxic release by AEGL levels, a flammable one by LFL and half of it."""

from __future__ import annotations

from analysis.scenario import Level, Message, Scenario, Zone
from analysis.zones import cloud, outflow, source, tables
from analysis.zones.ledger import Ledger
from analysis.zones.outline import Line
from layers.errors import InvalidInputError
from layers.substances import MOLAR_VOLUME_25C_L, Substance

NEUTRAL_ENGINES = frozenset({"gaussian_plume", "finite_release", "gaussian_puff"})
"""Engines that know nothing of a cloud's weight."""

LEVEL_OF: dict[int, Level] = {3: "red", 2: "orange", 1: "yellow"}


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
    lines = _lines(scenario, substance, ledger)
    if not lines:
        ledger.warn("hazard.no_threshold", name_zh=substance.name_zh, name_en=substance.name_en)
        return by_table

    def compute() -> list[Zone]:
        return _beside_table(scenario, substance, lines, by_table, ledger, hazard="toxic")

    return tables.unless_refused(by_table, compute, ledger)


def flash_fire(scenario: Scenario, ledger: Ledger) -> list[Zone]:
    """Return the cloud that can burn: red to the lower flammable limit, orange to half of it."""
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


def flammable_lines(substance: Substance) -> list[Line]:
    """Return the lines of the lower flammable limit and of half of it."""
    lfl = substance.constant("lfl")
    kg_m3 = lfl.value * substance.constant("molar_mass").value * 1000.0 / MOLAR_VOLUME_25C_L
    levels: tuple[tuple[Level, float, str], ...] = (("red", 1.0, "LFL"), ("orange", 0.5, "LFL/2"))
    return [
        Line(
            level=level,
            kg_m3=kg_m3 * share,
            value=lfl.value * share * 100.0,
            unit="%",
            name=name,
            source=f"{lfl.source} [{lfl.certainty}]",
            action=Message(code="hazard.action_no_ignition"),
        )
        for level, share, name in levels
    ]


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


def _lines(scenario: Scenario, substance: Substance, ledger: Ledger) -> list[Line]:
    """Return the lines of the scheme that was chosen; where it has none, those of the rule."""
    scheme = scenario.choices.threshold_scheme
    found = toxic_lines(substance, scheme)
    if scheme is None or found:
        return found
    names = {"name_zh": substance.name_zh, "name_en": substance.name_en}
    ledger.warn("hazard.no_threshold_of_scheme", scheme=scheme, **names)
    return toxic_lines(substance)


def toxic_lines(substance: Substance, scheme: str | None = None) -> list[Line]:
    """Return the lines of a scheme, the worst first: AEGL (60 min), else ERPG, else PAC."""
    return [
        Line(
            level=LEVEL_OF[threshold.severity],
            kg_m3=substance.kg_m3(threshold),
            value=threshold.value or 0.0,
            unit=threshold.unit,
            name=threshold.name,
            source=f"{threshold.source}, {threshold.date} [{threshold.certainty}]",
            averaging_s=threshold.averaging_s,
            action=Message(
                code=f"hazard.action_toxic_{threshold.severity}", source=threshold.source
            ),
        )
        for threshold in substance.levels(scheme)
    ]


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
