"""Domino (多米诺): which other hazard sources heat or blast can set off, link by link.

A unit falls where the effect on it reaches the threshold of its kind of equipment; then its own
accident is computed like any other, and may set off the next. Each unit falls once, at the
shortest chain; the depth is limited, and what is not known (quantity, substance) ends a chain
and is told.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry
from sqlalchemy.orm import Session

from analysis import effect_curve, vessels
from analysis.effect_curve import Curve
from analysis.hazard import escalation
from analysis.hazard.escalation import EQUIPMENT, FAILURE, SOURCE
from analysis.local import LocalPlane
from analysis.scenario import Message, Release, Scenario, ZoneSet
from analysis.vessels import Unit
from analysis.zones import zones as hazard_zones
from layers.errors import OneMapError
from layers.query import Scope

DEPTH = 3
MOST_COMPUTED = 20
"""Accidents of fallen units that are computed; a greater chain is told as cut."""
ORIGIN_M = 10.0
"""A unit this near is where the accident is, not one that it sets off."""


@dataclass(frozen=True, kw_only=True)
class Blow:
    """An accident that may break units: where it is, its curves, its place in the chain."""

    geometry: BaseGeometry
    curves: Sequence[Curve]
    depth: int
    unit_id: str | None


def find(
    session: Session, scenario: Scenario, zone_set: ZoneSet, *, scope: Scope
) -> dict[str, Any]:
    """Return the units that an accident can set off, the nearest link first.

    Returns
    -------
    dict
        `units`: `id`, `layer`, `name`, `substance`, `cas`, `lon`, `lat`, `distance_m` (from what
        sets it off), `cause` ("thermal" or "overpressure"), `model`, `level`, `threshold`,
        `unit`, `equipment`, `time_to_failure_s`, `probability`, `depth`, `triggered_by` (id or
        None), `then` (kind of its own accident) and `ends` (why the chain ends here, or None);
        `count`, `depth_limit`, `cut` (units beyond the limit of computing), `sources`.
    """
    first = effect_curve.curves(zone_set)
    answer: dict[str, Any] = {
        "units": [],
        "count": 0,
        "depth_limit": DEPTH,
        "cut": False,
        "sources": [SOURCE, FAILURE],
    }
    if not first:
        return answer
    plane = LocalPlane(scenario.lon, scenario.lat)
    standing = {
        unit.id: unit
        for unit in vessels.near(session, plane, scope=scope)
        if unit.geometry.distance(shapely.Point(0.0, 0.0)) > ORIGIN_M
    }
    blows = [Blow(geometry=shapely.Point(0.0, 0.0), curves=first, depth=0, unit_id=None)]
    fallen: list[dict[str, Any]] = []
    computed = 0
    while blows:
        hit = _hit(blows, standing)
        blows = []
        for entry in hit:
            unit = standing.pop(entry["id"])
            fallen.append(entry)
            if entry["depth"] >= DEPTH or entry["ends"] is not None:
                continue
            if computed >= MOST_COMPUTED:
                answer["cut"] = True
                continue
            computed += 1
            blow = _blow(scenario, unit, entry)
            if blow is not None:
                blows.append(blow)
    return {**answer, "units": fallen, "count": len(fallen)}


def _hit(blows: Sequence[Blow], standing: dict[str, Unit]) -> list[dict[str, Any]]:
    """Return who falls by one round of blows, each once: the surest, then the soonest."""
    best: dict[str, dict[str, Any]] = {}
    for blow in blows:
        for unit in standing.values():
            for entry in _entries(blow, unit):
                if unit.id not in best or _rank(entry) < _rank(best[unit.id]):
                    best[unit.id] = entry
    return sorted(best.values(), key=lambda e: (e["distance_m"], e["id"]))


def _rank(entry: dict[str, Any]) -> tuple[float, float, str]:
    failing = entry["time_to_failure_s"]
    return (-entry["probability"], failing if failing is not None else 0.0, entry["cause"])


def _entries(blow: Blow, unit: Unit) -> list[dict[str, Any]]:
    apart_m = float(blow.geometry.distance(unit.geometry))
    found = []
    for curve in blow.curves:
        level = float(curve.at(apart_m))
        heat = curve.hazard == "thermal"
        kind = EQUIPMENT[unit.equipment]
        threshold = kind.heat_kw_m2 if heat else kind.overpressure_pa / 1000.0
        if level < threshold:
            continue
        judged = _judged(unit, curve, level, heat=heat)
        if not judged["possible"]:
            continue
        found.append(
            {
                "id": unit.id,
                "layer": "hazard_source",
                "name": unit.name,
                "region": unit.region,
                "substance": unit.substance.name_zh if unit.substance else None,
                "cas": unit.substance.cas if unit.substance else None,
                "lon": unit.lon,
                "lat": unit.lat,
                "distance_m": round(apart_m, 1),
                "cause": curve.hazard,
                "model": curve.model,
                "level": round(level, 2),
                "threshold": threshold,
                "unit": "kW/m2" if heat else "kPa",
                "equipment": unit.equipment,
                "time_to_failure_s": judged["time_to_failure_s"],
                "probability": float(f"{judged['probability']:.2g}"),
                "depth": blow.depth + 1,
                "triggered_by": blow.unit_id,
                "then": _accident(unit),
                "ends": _ends(unit),
            }
        )
    return found


def _judged(unit: Unit, curve: Curve, level: float, *, heat: bool) -> dict[str, Any]:
    inputs: dict[str, Any] = {"equipment": unit.equipment}
    if heat:
        inputs |= {
            "heat_flux_kw_m2": level,
            "volume_m3": unit.volume_m3,
            "exposure_s": curve.duration_s,
        }
    else:
        inputs |= {"overpressure_pa": level * 1000.0}
    values: dict[str, Any] = escalation.run(inputs)["values"]
    return values


def _accident(unit: Unit) -> str | None:
    """Return the accident that a unit has when it breaks: by what it holds."""
    held = unit.substance
    if held is None:
        return None
    if held.state == "explosive" or (held.flammable and unit.equipment != "atmospheric"):
        return "explosion"
    if held.flammable:
        return "pool_fire" if held.state == "liquid" else "explosion"
    return "toxic_release" if held.toxic else None


def _ends(unit: Unit) -> dict[str, Any] | None:
    """Return why a chain ends at a unit; None where it may go on."""
    if unit.substance is None:
        return Message(code="domino.substance_unknown").to_json()
    kind = _accident(unit)
    if kind is None:
        return Message(code="domino.harmless").to_json()
    if kind == "toxic_release":
        return Message(code="domino.toxic").to_json()
    if unit.quantity_t is None or unit.quantity_t <= 0.0:
        return Message(code="domino.quantity_unknown").to_json()
    return None


def _blow(scenario: Scenario, unit: Unit, entry: dict[str, Any]) -> Blow | None:
    """Return the accident of a fallen unit; None, with the reason told, where none is computed."""
    mass = (unit.quantity_t or 0.0) * 1000.0
    own = replace(
        scenario,
        kind=entry["then"],
        lon=unit.lon,
        lat=unit.lat,
        substance=unit.substance,
        release=Release(mass_kg=mass, inventory_kg=mass),
    )
    try:
        found = effect_curve.curves(hazard_zones(own, moving=False))
    except OneMapError as error:
        details = {"reason": f"error.{error.code}"}
        entry["ends"] = Message(code="domino.not_computed", params=details).to_json()
        return None
    if not found:
        return None
    return Blow(geometry=unit.geometry, curves=found, depth=entry["depth"], unit_id=unit.id)
