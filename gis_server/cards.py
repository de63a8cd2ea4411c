"""One card a community in a zone: leave or stay in, why, which road, where to, whom to call.

A card says what its plan says. The road and the shelter are those of the whole evacuation, so that
two communities are not sent to the same last bed; where no road was found, it says away from the
cloud: across the wind, to the side on which the community lies.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from analysis.dispatch.evacuation import Evacuation, Left, Move
from analysis.local import GEOD
from analysis.scenario import Message
from gis_server import messages_short
from layers.models import Incident

Target = Mapping[str, Any]
MOVING = ("toxic", "flammable")
LIMITS = {"short": 70, "long": 300}
"""Characters: one SMS in UCS-2, and what a loudspeaker says in less than a minute."""


@dataclass(frozen=True, kw_only=True)
class Context:
    """What the cards of one plan share."""

    incident: Incident
    plan: Mapping[str, Any]
    substance: tuple[str, str] | None
    wind_from_deg: float | None
    zone: dt.tzinfo
    calls: Mapping[tuple[str, str], Sequence[Mapping[str, Any]]]


def cards(
    context: Context, answer: Evacuation | None, *, no_road: Message | None
) -> list[dict[str, Any]]:
    """Return the cards of a plan's listed targets, those first that the hazard reaches first.

    Parameters
    ----------
    answer
        The evacuation by road; None where there is no network, as `no_road` says.
    """
    moves: dict[str, list[Move]] = {}
    for move in answer.moves if answer else ():
        moves.setdefault(move.group.id, []).append(move)
    left: dict[str, Left] = {}
    for each in (*answer.stay, *answer.unplaced) if answer else ():
        left.setdefault(each.group.id, each)
    return [
        _card(context, target, moves.get(target["id"], []), left.get(target["id"]), no_road)
        for target in context.plan.get("exposure", {}).get("targets", ())
    ]


def away_deg(context: Context, target: Target) -> float:
    """Return the bearing on which a place gets out of a cloud soonest, degrees from north.

    Across the wind, to the side of the axis on which it lies; straight away from the source where
    the hazard does not move with the wind, or nobody knows the wind.
    """
    bearing, _, _ = GEOD.inv(context.plan["lon"], context.plan["lat"], target["lon"], target["lat"])
    if context.wind_from_deg is None or target["hazard"] not in MOVING:
        return float(bearing % 360.0)
    axis = (context.wind_from_deg + 180.0) % 360.0
    side = (bearing - axis + 180.0) % 360.0 - 180.0
    return float((axis + (90.0 if side >= 0 else -90.0)) % 360.0)


def _card(
    context: Context, target: Target, moves: Sequence[Move], left: Left | None,
    no_road: Message | None,
) -> dict[str, Any]:  # fmt: skip
    names = (
        "layer", "name", "name_en", "kind", "people", "level", "hazard", "lon", "lat", "action",
        "distance_m", "arrival_s",
    )  # fmt: skip
    best = max(moves, key=lambda move: move.people, default=None)
    # Told to leave, but not out before the cloud comes: then the roof is the better of the two.
    stays = target["action"] == "shelter" or (left is not None and left.reason == "too_late")
    bearing = away_deg(context, target)
    card = {
        "target": target["id"],
        **{name: target.get(name) for name in names},
        "action": "shelter" if stays else "evacuate",
        "why": _why(target, left if stays and target["action"] != "shelter" else None),
        "threshold": _threshold(context.plan, target),
        "arrives_at": _arrives(context.incident, target),
        "away": {
            "bearing_deg": round(bearing),
            "wind_from_deg": context.wind_from_deg,
            "compass": {"code": f"compass.{compass(bearing)}", "params": {}},
        },
        "road": None if stays or best is None else _road(best),
        "to": None if stays or best is None else _shelter(best),
        "split": len(moves) > 1,
        "no_road": None if stays or best is not None else _no_road(left, no_road),
        "calls": list(context.calls.get((target["layer"], target["id"]), ())),
        "exercise": context.incident.exercise,
    }
    texts = messages_short.Told(
        card=card, kind=context.incident.kind, substance=context.substance, zone=context.zone
    )
    return card | {
        size: {language: texts.say(size, language, limit) for language in ("zh", "en")}
        for size, limit in LIMITS.items()
    }


def compass(bearing_deg: float) -> str:
    """Return the one of eight winds that a bearing is nearest to."""
    names = ("n", "ne", "e", "se", "s", "sw", "w", "nw")
    return names[round(bearing_deg / 45.0) % 8]


def _why(target: Target, left: Left | None) -> dict[str, Any]:
    return left.message.to_json() if left is not None else dict(target["reason"])


def _threshold(plan: Mapping[str, Any], target: Target) -> dict[str, Any] | None:
    """Return the threshold of the worst zone that holds a target, where it has one."""
    found: Iterable[Mapping[str, Any]] = (
        plan["zones"]["features"][index]["properties"] for index in target.get("zones", ())
    )
    for said in found:
        if said["level"] == target["level"] and said.get("threshold") is not None:
            return {
                "name": said["threshold_name"], "value": said["threshold"], "unit": said["unit"],
            }  # fmt: skip
    return None


def _arrives(incident: Incident, target: Target) -> str | None:
    if target["arrival_s"] is None or target["hazard"] not in MOVING:
        return None
    return (incident.occurred_at + dt.timedelta(seconds=target["arrival_s"])).isoformat()


def _road(move: Move) -> dict[str, Any]:
    return {
        "name": move.exit_road,
        "exit": {"lon": move.exit_lonlat[0], "lat": move.exit_lonlat[1]},
        "leave_by": move.leave_by and move.leave_by.isoformat(),
        "travel_time_s": round(move.travel_time_s, 1),
        "distance_m": round(move.route.length_m, 1),
        "in_time": move.in_time,
        "line": np.round(move.route.lonlat, 6).tolist(),
    }


def _shelter(move: Move) -> dict[str, Any]:
    place = move.shelter
    return {
        "id": place.id, "name": place.name, "name_en": place.name_en, "lon": place.lon,
        "lat": place.lat, "people": move.people,
    }  # fmt: skip


def _no_road(left: Left | None, no_road: Message | None) -> dict[str, Any] | None:
    if left is not None:
        return left.message.to_json()
    return no_road.to_json() if no_road is not None else None
