"""The lines that a cloud is drawn at: toxic limits for the time of exposure, flammable limits."""

from __future__ import annotations

from analysis.scenario import Level, Message, Scenario
from analysis.zones.ledger import Ledger
from analysis.zones.outline import Line
from layers.errors import OutOfRangeError
from layers.substances import MOLAR_VOLUME_25C_L, Substance, Threshold

HOUR_S = 3600.0
PUBLISHED_S = (HOUR_S, 4.0 * HOUR_S, 8.0 * HOUR_S)
"""The exposures of an hour and more that AEGL are published for."""
LEVEL_OF: dict[int, Level] = {3: "red", 2: "orange", 1: "yellow"}


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


def chosen_lines(scenario: Scenario, substance: Substance, ledger: Ledger) -> list[Line]:
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
    return [_line(substance, threshold) for threshold in substance.levels(scheme)]


def for_exposure(
    scenario: Scenario,
    substance: Substance,
    lines: list[Line],
    duration_s: float | None,
    ledger: Ledger,
) -> list[Line]:
    """Return the lines of AEGL for the time that people are exposed; other lines as they are.

    Unless a person says for how long: an hour, and for a release that lasts longer the next
    published exposure, eight hours at most; one that goes on is warned of. A short release is
    never judged more mildly than by the hour.
    """
    if not all(line.name.startswith("AEGL") for line in lines):
        return lines
    exposure = ledger.take(
        "choices.exposure_s",
        scenario.choices.exposure_s,
        default=next((t for t in PUBLISHED_S if (duration_s or HOUR_S) <= t), PUBLISHED_S[-1]),
        unit="s",
        source=None,
        reason=Message(code="hazard.why_exposure"),
    )
    if duration_s is None and scenario.choices.exposure_s is None:
        ledger.warn("hazard.exposure_of_an_hour")
    if exposure == HOUR_S:
        return lines
    try:
        return [
            _line(substance, substance.aegl(threshold.severity, float(exposure)))
            for threshold in substance.levels("AEGL")
        ]
    except OutOfRangeError:
        ledger.warn("hazard.aegl_of_an_hour", exposure_min=round(float(exposure) / 60.0))
        return lines


def _line(substance: Substance, threshold: Threshold) -> Line:
    return Line(
        level=LEVEL_OF[threshold.severity],
        kg_m3=substance.kg_m3(threshold),
        value=threshold.value or 0.0,
        unit=threshold.unit,
        name=threshold.name,
        source=f"{threshold.source}, {threshold.date} [{threshold.certainty}]",
        averaging_s=threshold.averaging_s,
        action=Message(code=f"hazard.action_toxic_{threshold.severity}", source=threshold.source),
    )
