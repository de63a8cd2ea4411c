"""A reading from the scene against a plan: in the unit of its thresholds, inside or outside.

Concentrations convert through ppm at 25 °C and 1 atm: ppm = mg/m³ · 24.465 / M with M in g/mol,
the convention by which exposure limits are published (NIOSH Pocket Guide to Chemical Hazards,
"conversion factors", 24.45 L/mol [mem 90%]); a share of the lower explosive limit is that share of
the substance's LFL. A reading is never believed beyond what its unit can say: without a molar mass
there is no conversion, and no judgement.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import shapely
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from analysis.local import LocalPlane
from analysis.scenario import LEVELS, Level, Message
from layers.substances import MOLAR_VOLUME_25C_L, Substance

QUANTITIES: Mapping[str, tuple[str, ...]] = {
    "concentration": ("ppm", "ppb", "mg/m3", "ug/m3", "%vol", "%LEL"),
    "heat_flux": ("kW/m2", "W/m2"),
    "overpressure": ("kPa", "Pa", "mbar", "bar"),
}
"""What is judged against a plan, and the units that it may come in."""

HAZARDS: Mapping[str, tuple[str, ...]] = {
    "concentration": ("toxic", "flammable"),
    "heat_flux": ("thermal",),
    "overpressure": ("overpressure",),
}
_FACTORS = {
    ("W/m2", "kW/m2"): 1e-3,
    ("Pa", "kPa"): 1e-3,
    ("mbar", "kPa"): 0.1,
    ("bar", "kPa"): 100.0,
}
_LEVEL_OF: Mapping[int, Level] = {3: "red", 2: "orange", 1: "yellow"}

EDGE_M = 20.0
"""A place this near to a zone counts as in it: no receiver at the scene knows better."""


@dataclass(frozen=True, kw_only=True)
class Limit:
    """A threshold that draws, or would draw, a zone."""

    hazard: str
    level: Level
    value: float
    unit: str
    name: str


@dataclass(frozen=True, kw_only=True)
class Judged:
    """What a reading says against a plan.

    `level` is the worst threshold that it reaches, None where it reaches none; `inside` the worst
    zone of the hazard that it lies in. `limit` is the threshold reached, or the mildest one there
    is; `value` the reading in its unit, by `formula`.
    """

    level: Level | None
    inside: Level | None
    limit: Limit
    value: float
    formula: Message | None

    @property
    def outside(self) -> bool:
        """Say whether a threshold is reached outside the zone that it draws."""
        if self.level is None:
            return False
        return self.inside is None or LEVELS.index(self.level) < LEVELS.index(self.inside)

    def to_json(self) -> dict[str, Any]:
        """Return the shape of the wire, its message without words."""
        return {
            "level": self.level,
            "inside": self.inside,
            "outside": self.outside,
            "hazard": self.limit.hazard,
            "threshold": self.limit.value,
            "threshold_unit": self.limit.unit,
            "threshold_name": self.limit.name,
            "value": float(f"{self.value:.4g}"),
            "formula": self.formula and self.formula.to_json(),
        }


class Judge:
    """Holds a plan's zones ready to judge many readings against them."""

    def __init__(self, plan: Mapping[str, Any], substance: Substance | None) -> None:
        self._substance = substance
        self._plane = LocalPlane(plan["lon"], plan["lat"])
        features = plan.get("zones", {}).get("features", ())
        self._zones = [(f["properties"], shape(f["geometry"])) for f in features]
        self._wide: dict[int, BaseGeometry] = {}
        self._limits = _limits([said for said, _ in self._zones], substance)

    def judge(
        self, quantity: str, value: float, unit: str, *, lon: float, lat: float
    ) -> Judged | None:
        """Return what a reading says, of the worst hazard where it may be of two; None: nothing.

        Nothing is said of a quantity that no zone is drawn for, or in a unit that does not convert.
        """
        found = [
            judged
            for hazard in HAZARDS.get(quantity, ())
            if (judged := self._of(hazard, value, unit, lon, lat)) is not None
        ]
        return min(found, key=_badness, default=None)

    def _of(self, hazard: str, value: float, unit: str, lon: float, lat: float) -> Judged | None:
        limits = [limit for limit in self._limits if limit.hazard == hazard]
        if not limits:
            return None
        seen = [(limit, converted(value, unit, limit.unit, self._substance)) for limit in limits]
        reached = [(limit, got) for limit, got in seen if got and got[0] >= limit.value]
        known = [(limit, got) for limit, got in seen if got is not None]
        if not known:
            return None
        limit, got = min(reached, key=_by_level) if reached else max(known, key=_by_level)
        assert got is not None
        return Judged(
            level=limit.level if reached else None,
            inside=self._inside(hazard, lon, lat),
            limit=limit,
            value=got[0],
            formula=got[1],
        )

    def _inside(self, hazard: str, lon: float, lat: float) -> Level | None:
        place = shapely.Point(lon, lat)
        levels = [
            said["level"]
            for number, (said, _) in enumerate(self._zones)
            if said["hazard"] == hazard and self._widened(number).contains(place)
        ]
        return min(levels, key=LEVELS.index, default=None)

    def _widened(self, number: int) -> BaseGeometry:
        if number not in self._wide:
            flat = self._plane.to_plane(self._zones[number][1]).buffer(EDGE_M)
            self._wide[number] = self._plane.to_lonlat(flat)
            shapely.prepare(self._wide[number])
        return self._wide[number]


def converted(
    value: float, unit: str, target: str, substance: Substance | None
) -> tuple[float, Message | None] | None:
    """Return a value in another unit and the formula that did it; None where none can.

    The formula is None where nothing was converted.
    """
    if unit == target:
        return value, None
    if (unit, target) in _FACTORS:
        params = {"from": unit, "to": target, "factor": _FACTORS[unit, target]}
        return value * _FACTORS[unit, target], Message(code="reading.by_factor", params=params)
    ppm = _to_ppm(value, unit, substance)
    if ppm is None:
        return None
    if target == "ppm":
        return ppm, _formula(unit, target, substance)
    if target == "%":
        return ppm * 1e-4, _formula(unit, target, substance)
    mass = _molar_mass_g(substance)
    if target != "mg/m3" or mass is None:
        return None
    return ppm * mass / MOLAR_VOLUME_25C_L, _formula(unit, target, substance)


def _to_ppm(value: float, unit: str, substance: Substance | None) -> float | None:
    mass = _molar_mass_g(substance)
    if unit in ("ppm", "ppb", "%vol"):
        return value * {"ppm": 1.0, "ppb": 1e-3, "%vol": 1e4}[unit]
    if unit in ("mg/m3", "ug/m3") and mass is not None:
        return value * (1.0 if unit == "mg/m3" else 1e-3) * MOLAR_VOLUME_25C_L / mass
    if unit == "%LEL" and substance is not None and "lfl" in substance.constants:
        return value * 1e-2 * substance.constants["lfl"].value * 1e6
    return None


def _molar_mass_g(substance: Substance | None) -> float | None:
    if substance is None or "molar_mass" not in substance.constants:
        return None
    return substance.constants["molar_mass"].value * 1000.0


def _formula(unit: str, target: str, substance: Substance | None) -> Message:
    mass = _molar_mass_g(substance)
    lfl = substance.constants.get("lfl") if substance is not None else None
    params: dict[str, Any] = {"from": unit, "to": target}
    if unit == "%LEL":
        params["lfl_pct"] = lfl.value * 100.0 if lfl is not None else None
        return Message(code="reading.by_lfl", params=params)
    if "m3" in unit or "m3" in target:
        params |= {"molar_mass": mass, "molar_volume": MOLAR_VOLUME_25C_L}
        return Message(code="reading.by_molar_mass", params=params)
    return Message(code="reading.by_share", params=params)


def _limits(zones: Iterable[Mapping[str, Any]], substance: Substance | None) -> list[Limit]:
    """Return the thresholds of a plan's zones; where they have none, those of the substance.

    The circles of a first-minute table have no threshold: there the published limits of the
    substance for an hour say how bad a reading is.
    """
    found = [
        Limit(
            hazard=said["hazard"], level=said["level"], value=said["threshold"],
            unit=said["unit"], name=said["threshold_name"],
        )
        for said in zones
        if said.get("threshold") is not None and said.get("role", "zone") == "zone"
    ]  # fmt: skip
    if substance is None:
        return found
    if not any(limit.hazard == "toxic" for limit in found):
        found += [
            Limit(
                hazard="toxic", level=_LEVEL_OF[t.severity], value=t.value, unit=t.unit,
                name=t.name,
            )
            for t in substance.levels()
            if t.value is not None
        ]  # fmt: skip
    if "lfl" in substance.constants and not any(limit.hazard == "flammable" for limit in found):
        lfl = substance.constants["lfl"].value * 100.0
        shares: Sequence[tuple[Level, float, str]] = (("red", 1.0, "LFL"), ("orange", 0.5, "LFL/2"))
        found += [
            Limit(hazard="flammable", level=level, value=lfl * share, unit="%", name=name)
            for level, share, name in shares
        ]
    return found


def _by_level(pair: tuple[Limit, Any]) -> int:
    return LEVELS.index(pair[0].level)


def _badness(judged: Judged) -> tuple[bool, int]:
    level = LEVELS.index(judged.level) if judged.level is not None else len(LEVELS)
    return not judged.outside, level
