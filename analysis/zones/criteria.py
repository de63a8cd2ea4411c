"""The tables of heat and overpressure that zones are drawn by: which threshold is which colour."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from analysis.scenario import Level, Message


@dataclass(frozen=True, kw_only=True)
class Line:
    """One threshold of a table, with the colour it draws and what to do within it."""

    level: Level
    value: float
    action: str


@dataclass(frozen=True, kw_only=True)
class Table:
    """A table of thresholds: its unit, its lines, the worst first, and its source."""

    unit: str
    lines: tuple[Line, ...]
    source: str

    def action(self, line: Line) -> Message:
        """Return what to do within a line."""
        params = {"threshold": f"{line.value:g} {self.unit}"}
        code = f"hazard.action_{line.action}"
        plain = "_thermal_" in code or "_blast_" in code
        return Message(code=code, params={} if plain else params, source=self.source)


def _table(unit: str, source: str, *lines: tuple[Level, float, str]) -> Table:
    found = tuple(Line(level=level, value=value, action=action) for level, value, action in lines)
    return Table(unit=unit, source=source, lines=found)


HEAT: Mapping[str, Table] = {
    "aqt3046": _table(
        "kW/m2",
        "AQ/T 3046-2013, thermal radiation criteria [mem 95%]",
        ("red", 37.5, "thermal_red"),
        ("orange", 12.5, "thermal_orange"),
        ("yellow", 4.0, "thermal_yellow"),
        ("blue", 1.6, "thermal_blue"),
    ),
    "order404": _table(
        "kW/m2",
        "Order 404 of MChS of Russia 2009, annex 4",
        ("red", 10.5, "heat_10_5"),
        ("orange", 7.0, "heat_7"),
        ("yellow", 4.2, "heat_4_2"),
        ("blue", 1.4, "heat_1_4"),
    ),
    "epa_rmp": _table("kW/m2", "40 CFR 68.22: 5 kW/m2 for 40 s", ("orange", 5.0, "heat_5")),
}
DOSE: Mapping[str, Table] = {
    "aqt3046": _table(
        "kJ/m2",
        "dose for death, serious and slight injury, China practice [mem 88%]",
        ("red", 592.0, "thermal_red"),
        ("orange", 392.0, "dose_392"),
        ("yellow", 172.0, "dose_172"),
    ),
    "order404": _table(
        "kJ/m2",
        "Order 404 of MChS of Russia 2009, annex 4",
        ("red", 320.0, "dose_320"),
        ("orange", 220.0, "dose_220"),
        ("yellow", 120.0, "dose_120"),
    ),
    "epa_rmp": _table(
        "kJ/m2",
        "40 CFR 68.22: 5 kW/m2 for 40 s, as their product",
        ("orange", 200.0, "dose_200"),
    ),
}
BLAST: Mapping[str, Table] = {
    "china_people": _table(
        "kPa", "overpressure on people, China practice, 0.1/0.05/0.03/0.02 MPa [mem 90%]",
        ("red", 100.0, "blast_red"), ("orange", 50.0, "blast_orange"),
        ("yellow", 30.0, "blast_yellow"), ("blue", 20.0, "blast_blue"),
    ),
    "china_vce": _table(
        "kPa", "vapour cloud explosion, serious and slight injury, China practice [mem 90%]",
        ("orange", 44.0, "blast_orange"), ("yellow", 17.0, "blast_blue"),
    ),
    "china_building": _table(
        "kPa", "overpressure on buildings, China practice [mem 90%]",
        ("red", 70.0, "walls_fall"), ("orange", 40.0, "walls_crack"),
        ("yellow", 15.0, "frames_break"), ("blue", 5.0, "glass_breaks"),
    ),
    "gbt37243": _table(
        "kPa", "GB/T 37243-2019, limits for protection targets [mem 80%]",
        ("orange", 9.0, "target_third"), ("yellow", 5.0, "target_second"),
        ("blue", 2.0, "target_first"),
    ),
    "order404": _table(
        "kPa", "Order 404 of MChS of Russia 2009, annex 4",
        ("red", 53.0, "building_half"), ("orange", 28.0, "building_medium"),
        ("yellow", 12.0, "building_moderate"), ("blue", 5.0, "person_limit"),
    ),
    "epa_rmp": _table("kPa", "40 CFR 68.22: 1 psi", ("yellow", 6.894757, "one_psi")),
}  # fmt: skip
EXPLOSION_SETS = (
    "vapour_cloud_china",
    "vapour_cloud_hyram",
    "vapour_cloud_epa",
    "vapour_cloud_explosion",
    "deflagration",
)
"""How a cloud's explosion is computed: a yield of the model `blast`, or another model."""
