"""The part of a stored plan that a reader may see.

A plan lists and counts what its maker could see. Who may see less gets it without the features of
other regions, and with every count taken again over what is left: nobody learns by a count what
they may not see as a row. Zones, distances and points are geometry of the incident and stay.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from analysis.advice import next_to_fall
from analysis.scenario import Message
from layers import catalog
from layers.query import Scope
from layers.query.scope import visible

Plan = Mapping[str, Any]
Item = Mapping[str, Any]
Key = tuple[str, str]

FIRST = {"advice.first_team": "team", "advice.first_hospital": "resource"}
TALLIED = {"advice.evacuate": "evacuate", "advice.shelter": "shelter"}
CLOSURES = "road_closure"
DRAWN = frozenset({"zone", "drawn"})
FALLING = frozenset({"advice.domino", "advice.domino_timed"})


def stated(scope: Scope) -> list[str] | None:
    """Return a scope as a plan's body keeps it: None is the whole tree."""
    return None if scope.regions is None else list(scope.regions)


def seen_by(session: Session, plan: Plan, *, scope: Scope) -> Plan:
    """Return a plan as a reader may have it: whole, or what lies in the reader's regions.

    The lists of an excerpt are those of the plan without what was taken out, so where a list of
    the plan was cut short, its counts are of what is listed; `warnings` says that it is an excerpt.
    """
    made_under = plan.get("scope")
    if scope.regions is None or (made_under and all(map(scope.holds, made_under))):
        return plan
    return _excerpt(plan, visible_of(session, _keys(plan), scope=scope))


def visible_of(session: Session, keys: Iterable[Key], *, scope: Scope) -> frozenset[Key]:
    """Return which of some features (layer, id) a reader may see; one that is gone is not seen."""
    wanted = frozenset(keys)
    seen: set[Key] = set()
    for layer in catalog.layers(session):
        name = layer.name
        column = layer.column("id")
        ids = [uuid.UUID(id) for other, id in wanted if other == name]
        if not ids:
            continue
        rows = session.scalars(select(column).where(column.in_(ids), visible(layer, scope)))
        seen.update((name, str(id)) for id in rows)
    return frozenset(seen)


def unseen_of(session: Session, keys: Iterable[Key], *, scope: Scope) -> frozenset[Key]:
    """Return which of some features (layer, id) a reader may not see."""
    if scope.regions is None:
        return frozenset()
    named = frozenset(keys)
    return named - visible_of(session, named, scope=scope)


def _keys(plan: Plan) -> frozenset[Key]:
    exposure = plan.get("exposure", {})
    items: list[Item] = [*exposure.get("targets", ()), *plan.get("nearest", ())]
    for zone in exposure.get("by_zone", ()):
        for held in zone["layers"].values():
            items += held["features"]
    items += (plan.get("domino") or {}).get("units", ())
    items += [route["properties"] for route in plan.get("routes", {}).get("features", ())]
    met = {(CLOSURES, each["id"]) for item in items for each in _closures(item)}
    called = ((line["layer"], line["feature_id"]) for line in plan.get("calls", ()))
    return frozenset([*map(_key, items), *called, *met])


def _key(item: Item) -> Key:
    return item["layer"], item["id"]


def _excerpt(plan: Plan, seen: frozenset[Key]) -> Plan:
    nearest = [_untold(entry, seen) for entry in plan.get("nearest", ()) if _key(entry) in seen]
    exposure = _exposure(plan.get("exposure", {}), seen)
    chain = _domino(plan.get("domino"), seen)
    routes = plan.get("routes", {})
    said = Message(code="plan_is_an_excerpt").to_json()
    return {
        **plan,
        "exposure": exposure,
        "casualties": _casualties(plan.get("casualties"), exposure),
        "domino": chain,
        "nearest": nearest,
        "routes": {
            **routes,
            "features": [
                {**route, "properties": _untold(route["properties"], seen)}
                for route in routes.get("features", ())
                if _key(route["properties"]) in seen
            ],
        },
        "calls": [c for c in plan.get("calls", ()) if (c["layer"], c["feature_id"]) in seen],
        "advice": list(_advice(plan.get("advice", ()), exposure, nearest, chain)),
        # How many came by line or through smoke is a count of forces; each row says its own.
        "warnings": [
            said, *(line for line in plan.get("warnings", ()) if "count" not in line["params"]),
        ],
    }  # fmt: skip


def _closures(item: Item) -> Iterable[Item]:
    """Yield the closures of the register that an arrival avoids."""
    for each in item.get("avoided", ()):
        if each["kind"] not in DRAWN and each["id"] is not None:
            yield each


def _untold(item: Item, seen: frozenset[Key]) -> Item:
    """Return an arrival without the names of closures out of sight; that there are some stays."""
    hidden = {each["id"] for each in _closures(item) if (CLOSURES, each["id"]) not in seen}
    if not hidden:
        return item
    told = [
        {**each, "id": None, "name": None} if each["id"] in hidden else each
        for each in item["avoided"]
    ]
    return {**item, "avoided": told}


def _exposure(exposure: Mapping[str, Any], seen: frozenset[Key]) -> dict[str, Any]:
    targets = [target for target in exposure.get("targets", ()) if _key(target) in seen]
    actions = exposure.get("by_action", {})
    return {
        **exposure,
        "by_zone": [_zone(zone, seen) for zone in exposure.get("by_zone", ())],
        "targets": targets,
        "target_count": len(targets),
        "by_action": {action: _tally(targets, action) for action in actions},
        **_people(targets),
    }


def _casualties(estimate: Item | None, exposure: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return an estimate summed again over the targets that are left in the exposure."""
    if estimate is None:
        return None
    rows = [
        (target["level"], target["people"], *estimate["by_target"][target["id"]])
        for target in exposure["targets"]
        if target["id"] in estimate["by_target"]
    ]
    people = exposure["people"]
    return {
        **estimate,
        "fatalities": _range(rows) if rows else None,
        "by_level": [
            {**line, "people": sum(row[1] for row in here), **_range(here)}
            for line in estimate["by_level"]
            if (here := [row for row in rows if row[0] == line["level"]])
        ],
        "by_target": {
            target["id"]: estimate["by_target"][target["id"]]
            for target in exposure["targets"]
            if target["id"] in estimate["by_target"]
        },
        "people": people,
        "people_unknown": exposure["people_unknown"],
        "not_estimated": people - sum(row[1] for row in rows),
    }


def _range(rows: Sequence[tuple[Any, ...]]) -> dict[str, int]:
    names = ("low", "central", "high")
    return {name: round(sum(row[2 + i] for row in rows)) for i, name in enumerate(names)}


def _domino(chain: Item | None, seen: frozenset[Key]) -> dict[str, Any] | None:
    """Return the chain without units out of sight; what one of them set off has no cause shown."""
    if chain is None:
        return None
    units = [unit for unit in chain["units"] if _key(unit) in seen]
    known = {unit["id"] for unit in units}
    shown = [
        unit if unit["triggered_by"] in known else {**unit, "triggered_by": None} for unit in units
    ]
    return {**chain, "units": shown, "count": len(shown)}


def _zone(zone: Mapping[str, Any], seen: frozenset[Key]) -> dict[str, Any]:
    layers: dict[str, dict[str, Any]] = {}
    for name, held in zone["layers"].items():
        left = [item for item in held["features"] if _key(item) in seen]
        if left:
            layers[name] = {"count": len(left), "features": left}
    targets = layers.get("protection_target", {"features": []})["features"]
    return {**zone, "layers": layers, **_people(targets)}


def _people(targets: Sequence[Item]) -> dict[str, int]:
    return {
        "people": sum(target["people"] or 0 for target in targets),
        "people_unknown": sum(target["people"] is None for target in targets),
    }


def _tally(targets: Sequence[Item], action: str) -> dict[str, Any]:
    chosen = [target for target in targets if target["action"] == action]
    first = (chosen[0]["name"] or chosen[0]["kind"]) if chosen else None
    return {"count": len(chosen), "first": first, **_people(chosen)}


def _advice(
    lines: Iterable[Item],
    exposure: Mapping[str, Any],
    nearest: Sequence[Item],
    chain: Mapping[str, Any] | None,
) -> Iterable[Item]:
    """Yield the advice, counted again; what names somebody out of sight is left out."""
    for line in lines:
        code = line["code"]
        if code in TALLIED:
            tally = exposure["by_action"].get(TALLIED[code], {"count": 0})
            if tally["count"]:
                yield {**line, "params": tally}
        elif code in FALLING:
            yield from (message.to_json() for message in next_to_fall(chain))
        elif code not in FIRST or any(
            (entry["layer"], entry["name"]) == (FIRST[code], line["params"]["name"])
            for entry in nearest
        ):
            yield line
