"""Two plans side by side: what another wind, amount or model changes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from analysis.scenario import LEVELS

Plan = Mapping[str, Any]
Key = tuple[str, str]

LISTED = 200
TARGET = (
    "id", "layer", "name", "name_en", "kind", "people", "level", "hazard", "arrival_s", "action",
    "lon", "lat",
)  # fmt: skip


def compared(a: Plan, b: Plan) -> dict[str, Any]:
    """Return what differs between two plans, in the wire shapes of an assessment.

    Returns
    -------
    dict
        `inputs`: each that differs, with both values; `zones`: each hazard and level with distance
        and area on both sides, None where there is none; `people` by level and `total`; `targets`:
        `gained` by `b`, `lost` by it, and `changed` in level or action (`was`), each with its
        count; `arrivals`: who is first of each layer and kind; `models`.
    """
    return {
        "inputs": _inputs(a, b),
        "zones": _zones(a, b),
        "people": _people(a, b),
        "total": {"a": _total(a), "b": _total(b)},
        "targets": _targets(a, b),
        "arrivals": _arrivals(a, b),
        "models": {"a": _models(a), "b": _models(b)},
    }


def exposed_anew(before: Plan, targets: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return the targets that a plan does not list, or lists in a milder zone; `was` says which."""
    held = {_key(target): target["level"] for target in _listed(before)}
    found = []
    for target in targets:
        was = held.get(_key(target))
        if was is None or _rank(target["level"]) < _rank(was):
            found.append({**_target(target), "was": was})
    return found


def _inputs(a: Plan, b: Plan) -> list[dict[str, Any]]:
    sides = [{entry["field"]: entry for entry in plan.get("assumed", ())} for plan in (a, b)]
    rows = []
    for name in dict.fromkeys([*sides[0], *sides[1]]):
        left, right = (side.get(name) for side in sides)
        values = [entry["value"] if entry else None for entry in (left, right)]
        if values[0] != values[1]:
            unit = (left or right or {}).get("unit")
            tags = [entry["tag"] if entry else None for entry in (left, right)]
            rows.append({
                "field": name, "unit": unit, "a": values[0], "b": values[1],
                "a_tag": tags[0], "b_tag": tags[1],
            })  # fmt: skip
    return rows


def _zones(a: Plan, b: Plan) -> list[dict[str, Any]]:
    sides = [_by_line(plan) for plan in (a, b)]
    keys = sorted(sides[0].keys() | sides[1].keys(), key=lambda k: (k[0], _rank(k[1]), *k[2:]))
    return [
        {
            "hazard": hazard, "level": level, "threshold_name": name, "basis": basis,
            "a": sides[0].get((hazard, level, name, basis)),
            "b": sides[1].get((hazard, level, name, basis)),
        }
        for hazard, level, name, basis in keys
    ]  # fmt: skip


def _by_line(plan: Plan) -> dict[tuple[str, str, str, str], dict[str, Any]]:
    """Return a plan's zones by hazard, level, threshold and basis; the widest of doubles."""
    found: dict[tuple[str, str, str, str], dict[str, Any]] = {}
    for feature in plan.get("zones", {}).get("features", ()):
        said = feature["properties"]
        key = (said["hazard"], said["level"], said["threshold_name"], said["basis"])
        size = {name: said[name] for name in ("distance_m", "area_m2", "threshold", "unit")}
        if key not in found or size["area_m2"] > found[key]["area_m2"]:
            found[key] = size
    return found


def _people(a: Plan, b: Plan) -> list[dict[str, Any]]:
    """Return the people of each level, each target counted once, at its worst."""
    sides = [_tally(plan) for plan in (a, b)]
    return [
        {"level": level, "a": sides[0].get(level, 0), "b": sides[1].get(level, 0)}
        for level in LEVELS
        if level in sides[0] or level in sides[1]
    ]


def _tally(plan: Plan) -> dict[str, int]:
    counted: dict[str, int] = {}
    for target in _listed(plan):
        counted[target["level"]] = counted.get(target["level"], 0) + (target["people"] or 0)
    return counted


def _total(plan: Plan) -> dict[str, Any]:
    exposure = plan.get("exposure", {})
    residents = exposure.get("residents") or {}
    return {
        "people": exposure.get("people"),
        "people_unknown": exposure.get("people_unknown", 0),
        "targets": exposure.get("target_count", 0),
        "residents": residents.get("people"),
    }


def _targets(a: Plan, b: Plan) -> dict[str, Any]:
    before = {_key(target): target for target in _listed(a)}
    after = {_key(target): target for target in _listed(b)}
    gained = [_target(target) for key, target in after.items() if key not in before]
    lost = [_target(target) for key, target in before.items() if key not in after]
    changed = [
        {**_target(target), "was": {n: before[key][n] for n in ("level", "action")}}
        for key, target in after.items()
        if key in before and any(target[n] != before[key][n] for n in ("level", "action"))
    ]
    return {
        "gained": gained[:LISTED], "gained_count": len(gained),
        "lost": lost[:LISTED], "lost_count": len(lost),
        "changed": changed[:LISTED], "changed_count": len(changed),
    }  # fmt: skip


def _arrivals(a: Plan, b: Plan) -> list[dict[str, Any]]:
    sides = [_first(plan) for plan in (a, b)]
    return [
        {"layer": key[0], "kind": key[1], "a": sides[0].get(key), "b": sides[1].get(key)}
        for key in dict.fromkeys([*sides[0], *sides[1]])
    ]


def _first(plan: Plan) -> dict[tuple[str, str | None], dict[str, Any]]:
    """Return who is soonest of each layer and kind; `nearest` is sorted by time within one."""
    found: dict[tuple[str, str | None], dict[str, Any]] = {}
    for entry in plan.get("nearest", ()):
        key = (entry["layer"], entry.get("kind") if entry["layer"] == "resource" else None)
        time = entry.get("travel_time_s")
        held = found.get(key)
        if held is None or (time is not None and _sooner(time, held["travel_time_s"])):
            names = ("id", "name", "name_en", "travel_time_s", "distance_m")
            found[key] = {name: entry.get(name) for name in names}
    return found


def _sooner(time_s: float, than_s: float | None) -> bool:
    return than_s is None or time_s < than_s


def _models(plan: Plan) -> list[str]:
    return [model["name"] for model in plan.get("models", ())]


def _listed(plan: Plan) -> Sequence[Mapping[str, Any]]:
    listed: Sequence[Mapping[str, Any]] = plan.get("exposure", {}).get("targets", ())
    return listed


def _target(target: Mapping[str, Any]) -> dict[str, Any]:
    return {name: target.get(name) for name in TARGET}


def _key(target: Mapping[str, Any]) -> Key:
    return target["layer"], target["id"]


def _rank(level: str) -> int:
    return LEVELS.index(level) if level in LEVELS else len(LEVELS)
