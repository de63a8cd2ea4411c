"""A route in words: where to turn, into which road, and how far it is to the next turn.

Codes and parameters only (`step.left`, the road's name); the words are in the zh/en catalogue. The
angles at which a bend becomes a turn are this product's own choice.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.roads.junctions import Course, Exits, Ring, course, exits, rings
from analysis.roads.network import RoadNetwork
from analysis.roads.route import Route
from analysis.scenario import Message

TURNS: tuple[tuple[float, str], ...] = (
    (20.0, "straight"), (50.0, "slight"), (120.0, "turn"), (160.0, "sharp"),
)  # fmt: skip
"""Up to so many degrees a change of direction is called so; beyond the last it is a U-turn."""

A_TURN_DEG = 40.0
FORK_DEG = 50.0
COMPASS = ("n", "ne", "e", "se", "s", "sw", "w", "nw")
OFF_ROAD_M = 30.0


@dataclass(frozen=True)
class Direction:
    """One instruction and how far it leads: what is done at `lon`, `lat`, then `distance_m` along.

    `bearing_deg` is the direction of travel after it, degrees from north; `road` is the name or
    number of the road that it leads along.
    """

    message: Message
    lon: float
    lat: float
    bearing_deg: float
    distance_m: float
    time_s: float
    road: str | None


def directions(
    network: RoadNetwork, route: Route, *, access_m: float = 0.0
) -> tuple[Direction, ...]:
    """Return a route's instructions, from "depart" to "arrive"; their lengths sum to the route's.

    Parameters
    ----------
    access_m : float
        How far the destination lies off the road; from 30 m on the last line says so.
    """
    way = course(network, route.steps)
    messages = _messages(network, way)
    starts = sorted(messages)
    ends = [*starts[1:], len(way)]
    found = [
        Direction(
            messages[begin],
            float(way.lonlat[begin, 0]),
            float(way.lonlat[begin, 1]),
            float(way.leaving_deg[begin]),
            float(way.length_m[begin:end].sum()),
            float(way.time_s[begin:end].sum()),
            _main_road(network, way, begin, end),
        )
        for begin, end in zip(starts, ends, strict=True)
    ]
    lon, lat = route.lonlat[-1].tolist()
    bearing_deg = float(way.arriving_deg[-1])
    return (*found, Direction(_arrival(access_m), lon, lat, bearing_deg, 0.0, 0.0, None))


def _messages(network: RoadNetwork, way: Course) -> dict[int, Message]:
    """Return what is said before which step."""
    open_exits = exits(network, way)
    found_rings = {ring.begin: ring for ring in rings(network, way, open_exits)}
    inside = {at for ring in found_rings.values() for at in range(ring.begin, ring.end + 1)}
    messages = {0: _departure(network, way)}
    for step in range(1, len(way)):
        message: Message | None
        if step in found_rings:
            message = _round(network, way, found_rings[step])
        elif step in inside:
            message = None
        else:
            message = _turn(network, way, step, open_exits)
        if message is not None:
            messages[step] = message
    return messages


def _departure(network: RoadNetwork, way: Course) -> Message:
    sector = COMPASS[round(float(way.leaving_deg[0]) / 45.0) % 8]
    params = {"heading": _code(f"compass.{sector}"), "road": _name(network, way, 0)}
    return Message(code="step.depart", params=params)


def _arrival(access_m: float) -> Message:
    if access_m < OFF_ROAD_M:
        return Message(code="step.arrive")
    return Message(code="step.arrive_off_road", params={"distance_m": round(access_m)})


def _round(network: RoadNetwork, way: Course, ring: Ring) -> Message:
    road = _name(network, way, ring.end) if ring.end < len(way) else None
    return Message(code="step.roundabout", params={"exit": ring.exit, "road": road})


def _turn(network: RoadNetwork, way: Course, step: int, open_exits: Exits) -> Message | None:
    """Return what is said at the junction before a step; None where one simply drives on."""
    turned = way.turned_deg(step)
    others = open_exits.turned_deg(step)
    params = {"turn": _code(_turn_code(turned)), "road": _name(network, way, step)}
    ferry, before = (bool(network.edge_ferry[way.edge[at]]) for at in (step, step - 1))
    if ferry or before:
        if ferry and before:
            return None
        return Message(code="step.ferry" if ferry else "step.ashore", params=params)
    if network.barrier(int(way.edge[step])) is not None:
        return Message(code="step.gate")
    if abs(turned) > TURNS[-1][0]:
        return Message(code="step.uturn", params=params)
    ramp = _ramp(network, way, step, turned, others, params)
    if ramp is not None:
        return ramp
    same = way.name[step] == way.name[step - 1]
    if not len(others):
        renamed = not same and params["road"]
        return Message(code="step.continue", params=params) if renamed else None
    if abs(turned) >= A_TURN_DEG:
        return Message(code="step.stay" if same and params["road"] else "step.turn", params=params)
    if _forks(network, way, step, turned, open_exits):
        side = "left" if turned < float(others[np.argmin(np.abs(others - turned))]) else "right"
        return Message(code=f"step.keep_{side}", params=params)
    if same or not params["road"]:
        return None
    straight = _turn_code(turned) == "turn.straight"
    return Message(code="step.continue" if straight else "step.turn", params=params)


def _ramp(
    network: RoadNetwork,
    way: Course,
    step: int,
    turned: float,
    others: NDArray[np.float64],
    params: Mapping[str, object],
) -> Message | None:
    """Return what is said where a slip road begins or ends."""
    onto = way.link(network, step) and not way.link(network, step - 1)
    off = way.link(network, step - 1) and not way.link(network, step)
    if onto and len(others):
        nearest = float(others[np.argmin(np.abs(others))])
        return Message(code=f"step.ramp_{'left' if turned < nearest else 'right'}", params=params)
    if off and abs(turned) < A_TURN_DEG:
        return Message(code="step.merge", params=params)
    return None


def _forks(network: RoadNetwork, way: Course, step: int, turned: float, open_exits: Exits) -> bool:
    """Tell whether one must choose a lane of a fast road; driving past an exit one need not."""
    stays = way.name[step] == way.name[step - 1] and not way.link(network, step)
    if not way.fast(network, step - 1) or (stays and open_exits.links(step)):
        return False
    return bool((np.abs(open_exits.turned_deg(step) - turned) < FORK_DEG).any())


def _turn_code(turned: float) -> str:
    """Return "turn.left", "turn.slight_right" and so on for a change of direction in degrees."""
    word = next((word for limit, word in TURNS if abs(turned) <= limit), "uturn")
    if word in ("straight", "uturn"):
        return f"turn.{word}"
    side = "left" if turned < 0 else "right"
    return f"turn.{side}" if word == "turn" else f"turn.{word}_{side}"


def _name(network: RoadNetwork, way: Course, step: int) -> str | None:
    return network.road_name(int(way.edge[step]))


def _main_road(network: RoadNetwork, way: Course, begin: int, end: int) -> str | None:
    """Return the name that most of a stretch bears; None where most of it has none."""
    names, which = np.unique(way.name[begin:end], return_inverse=True)
    length = np.bincount(which, weights=way.length_m[begin:end])
    return network.names[int(names[np.argmax(length)])] or None


def _code(code: str) -> dict[str, object]:
    return {"code": code, "params": {}}


def said(found: Sequence[Direction]) -> list[dict[str, object]]:
    """Return instructions as the wire carries them; the server adds `text`."""
    return [
        {
            "code": each.message.code,
            "params": dict(each.message.params),
            "lon": round(each.lon, 7),
            "lat": round(each.lat, 7),
            "bearing_deg": round(each.bearing_deg, 1),
            "distance_m": round(each.distance_m, 1),
            "time_s": round(each.time_s, 1),
            "road": each.road,
        }
        for each in found
    ]
