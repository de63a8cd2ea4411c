"""An evacuation between the wire and the analysis: people and zones of a plan, and the answer."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np
from shapely.geometry import shape

from analysis.dispatch.evacuation import Evacuation, Group, Left, Move, Shelter, shared_exits
from analysis.dispatch.shelters import Offered
from analysis.dispatch.wayaway import Area
from analysis.scenario import Message

GROUP = (
    "layer", "id", "name", "name_en", "kind", "lon", "lat", "people", "level", "hazard", "action",
    "arrival_s", "shelter_share", "evacuation_share",
)  # fmt: skip
COORDINATES = 7


def groups(plan: Mapping[str, Any]) -> list[Group]:
    """Return the people that a plan lists in its zones, as the reader may see them."""
    targets = plan.get("exposure", {}).get("targets", ())
    return [Group(**{name: target.get(name) for name in GROUP}) for target in targets]


def areas(plan: Mapping[str, Any]) -> list[Area]:
    """Return the zones of a plan."""
    features = plan.get("zones", {}).get("features", ())
    return [Area(f["properties"]["level"], shape(f["geometry"])) for f in features]


def turns(plan: Mapping[str, Any], wind_from_deg: float | None) -> bool:
    """Say whether any zone of a plan depends on a wind that is known."""
    features = plan.get("zones", {}).get("features", ())
    return wind_from_deg is not None and any(
        f["properties"].get("shape") != "circle" for f in features
    )


def messages(plan: Mapping[str, Any], answer: Evacuation | None) -> list[Message]:
    """Return what must be said of an evacuation as a whole."""
    exposure = plan.get("exposure", {})
    listed, count = len(exposure.get("targets", ())), exposure.get("target_count", 0)
    residents = exposure.get("residents") or {}
    found = []
    if answer is None:
        found.append(Message(code="evacuation.no_zones"))
    elif answer.short:
        params = {"people": answer.short, "places": answer.places}
        found.append(Message(code="evacuation.short", params=params))
    late = [move for move in (answer.moves if answer else ()) if not move.in_time]
    if late:
        people = sum(move.people for move in late)
        params = {"count": len({move.group.id for move in late}), "people": people}
        found.append(Message(code="evacuation.cloud_first", params=params))
    if count > listed:
        found.append(Message(code="evacuation.cut", params={"listed": listed, "count": count}))
    if residents.get("people"):
        counted = {"people": residents["people"], "source": residents.get("source")}
        found.append(Message(code="evacuation.residents", params=counted))
    return found


def shown(
    answer: Evacuation | None, offered: Offered | None, said: Sequence[Message]
) -> dict[str, Any]:
    """Return an evacuation as the wire carries it; its messages still without words."""
    moves = answer.moves if answer else ()
    return {
        "moves": [_move(move) for move in moves],
        "stay": [_left(each) for each in (answer.stay if answer else ())],
        "unplaced": [_left(each) for each in (answer.unplaced if answer else ())],
        "short": answer.short if answer else 0,
        "shelters": [_shelter(each, moves) for each in (offered.shelters if offered else ())],
        "excluded": list(offered.excluded) if offered else [],
        "shared_exits": shared_exits(moves),
        "routes": {"type": "FeatureCollection", "features": [_route(move) for move in moves]},
        "messages": [message.to_json() for message in said],
    }


def _move(move: Move) -> dict[str, Any]:
    return {
        "order": move.order,
        "from": _group(move.group),
        "layer": "resource",
        "id": move.shelter.id,
        "name": move.shelter.name,
        "name_en": move.shelter.name_en,
        "what": "people",
        "amount": move.people,
        "unit": "person",
        "split": move.split,
        "way_out_s": round(move.way_out_s, 1),
        "travel_time_s": round(move.travel_time_s, 1),
        "distance_m": round(move.route.length_m, 1),
        "in_time": move.in_time,
        "leave_by": _moment(move.leave_by),
        "exit": {
            "lon": move.exit_lonlat[0],
            "lat": move.exit_lonlat[1],
            "road": move.exit_road,
            "order": move.exit_order,
        },
    }


def _group(group: Group) -> dict[str, Any]:
    return {name: value for name, value in asdict(group).items() if not name.endswith("_share")}


def _left(each: Left) -> dict[str, Any]:
    return {
        "from": _group(each.group),
        "people": each.people,
        "reason": each.reason,
        "message": each.message.to_json(),
    }


def _shelter(shelter: Shelter, moves: Sequence[Move]) -> dict[str, Any]:
    taken = sum(move.people for move in moves if move.shelter.id == shelter.id)
    return {**asdict(shelter), "layer": "resource", "taken": taken, "left": shelter.places - taken}


def _route(move: Move) -> dict[str, Any]:
    line = np.round(move.route.lonlat, COORDINATES).tolist()
    return {
        "type": "Feature",
        "geometry": {"type": "LineString", "coordinates": line},
        "properties": {"order": move.order, "from": move.group.id, "to": move.shelter.id},
    }


def _moment(at: dt.datetime | None) -> str | None:
    return None if at is None else at.isoformat()
