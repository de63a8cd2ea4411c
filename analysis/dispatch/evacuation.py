"""People of the zones to shelters: who leaves, where to, by which road, in which order.

Who is told to shelter in place (`analysis.protective_action`) stays. So does who cannot be out
before the cloud comes, unless leaving was computed to be the smaller load all the same.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np

from analysis.dispatch.flow import shared
from analysis.dispatch.wayaway import Area, Way, Ways, ways
from analysis.protective_action import (
    EVACUATION_S,
    MOVING_HAZARDS,
    VULNERABLE_EVACUATION_S,
    VULNERABLE_KINDS,
)
from analysis.roads.closures import Closure
from analysis.roads.network import RoadNetwork
from analysis.roads.profile import Profile
from analysis.roads.route import Route
from analysis.scenario import LEVELS, Message

COACH = Profile(name="coach", height_m=4.0, weight_t=18.0, top_speed_kph=80.0)
"""A coach at the limits of a two-axle one: 18 t and 4.0 m by GB 1589-2016 [mem 80%]."""

Reason = Literal[
    "told_to_shelter", "too_late", "no_road_near", "no_way_out", "people_unknown", "nobody",
    "no_place", "no_way_on",
]  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Group:
    """The people of one place in the zones, as a plan lists them; `arrival_s` from the release."""

    layer: str
    id: str
    name: str | None
    name_en: str | None
    kind: str | None
    lon: float
    lat: float
    people: int | None
    level: str
    hazard: str
    action: str
    arrival_s: float | None = None
    shelter_share: float | None = None
    evacuation_share: float | None = None

    @property
    def ready_s(self) -> float:
        """Return how long it takes to warn them and get them on the way."""
        return VULNERABLE_EVACUATION_S if self.kind in VULNERABLE_KINDS else EVACUATION_S

    @property
    def leaving_is_less(self) -> bool:
        """Say whether leaving was computed to be the smaller load, the cloud's coming included."""
        if self.evacuation_share is None or self.shelter_share is None:
            return False
        return self.evacuation_share <= self.shelter_share


@dataclass(frozen=True, kw_only=True)
class Shelter:
    """A shelter outside every zone, whichever way the wind turns; `places` are those left."""

    id: str
    name: str | None
    name_en: str | None
    lon: float
    lat: float
    places: int


@dataclass(frozen=True, kw_only=True)
class Move:
    """People of one group to one shelter, in the order in which they are to leave.

    `way_out_s` is the time on the road inside the zones, `travel_time_s` that of the whole way.
    `leave_by` is the latest moment to be on the road; None where nothing comes nearer. `split`: the
    group goes to more than one shelter. `exit_road` is where its way leaves the zones, `exit_order`
    its turn there.
    """

    order: int
    group: Group
    shelter: Shelter
    people: int
    split: bool
    way_out_s: float
    travel_time_s: float
    in_time: bool
    leave_by: dt.datetime | None
    exit_lonlat: tuple[float, float]
    exit_road: str | None
    exit_order: int
    route: Route


@dataclass(frozen=True, kw_only=True)
class Left:
    """People who do not leave, or have nowhere to go: all or a part of a group, and why."""

    group: Group
    people: int | None
    reason: Reason
    message: Message


@dataclass(frozen=True, kw_only=True)
class Evacuation:
    """The whole answer: who moves, who stays where they are, and who can leave to no shelter.

    `unplaced` find no place left ("no_place") or no open road to any shelter
    ("no_way_on"); `short` is how many people that is, `places` how many places there are.
    """

    moves: tuple[Move, ...]
    stay: tuple[Left, ...]
    unplaced: tuple[Left, ...]
    short: int
    places: int


def evacuation(
    network: RoadNetwork,
    groups: Sequence[Group],
    shelters: Sequence[Shelter],
    *,
    zones: Sequence[Area],
    closed: Sequence[Closure] = (),
    occurred_at: dt.datetime,
    now: dt.datetime,
) -> Evacuation:
    """Send the people of the zones to shelters.

    Parameters
    ----------
    network
        Of the vehicle that takes them, or of people on foot.
    shelters
        Only such as lie outside every zone.
    closed
        What closes roads beside the zones.
    """
    stay = [_left(each, "told_to_shelter") for each in groups if each.action != "evacuate"]
    leaving = [each for each in groups if each.action == "evacuate"]
    stay += [_left(each, "nobody") for each in leaving if each.people == 0]
    stay += [_left(each, "people_unknown") for each in leaving if each.people is None]
    leaving = [each for each in leaving if each.people]
    lonlat = np.array([[g.lon, g.lat] for g in leaving], np.float64).reshape(-1, 2)
    goals = np.array([[s.lon, s.lat] for s in shelters], np.float64).reshape(-1, 2)
    found = ways(network, lonlat, [g.level for g in leaving], goals, zones=zones, closed=closed)
    able: list[int] = []
    for index, group in enumerate(leaving):
        reason = _hindrance(group, found, index, occurred_at, now)
        if reason is None:
            able.append(index)
        else:
            stay.append(_left(group, reason, way=found.out[index]))
    moves, unplaced = _moves(leaving, able, shelters, found, occurred_at, now)
    return Evacuation(
        moves=tuple(moves),
        stay=tuple(stay),
        unplaced=tuple(unplaced),
        short=sum(each.people or 0 for each in unplaced),
        places=sum(shelter.places for shelter in shelters),
    )


def _hindrance(
    group: Group, found: Ways, index: int, occurred_at: dt.datetime, now: dt.datetime
) -> Reason | None:
    way = found.out[index]
    if way is None:
        return "no_road_near" if found.reason[index] == "no_road_near" else "no_way_out"
    if not _in_time(group, way, occurred_at, now) and not group.leaving_is_less:
        return "too_late"
    return None


def _in_time(group: Group, way: Way, occurred_at: dt.datetime, now: dt.datetime) -> bool:
    """Say whether people can be warned, on the road and out of the zones before the cloud comes.

    What does not move has no arrival; a cloud whose arrival nobody knows is no reason to stay here,
    for the choice to leave was made knowing that.
    """
    if group.hazard not in MOVING_HAZARDS or group.arrival_s is None:
        return True
    elapsed_s = max(0.0, (now - occurred_at).total_seconds())
    return elapsed_s + group.ready_s + way.out_s <= group.arrival_s


def _left(group: Group, reason: Reason, *, way: Way | None = None) -> Left:
    params: dict[str, Any] = {"name": group.name or group.name_en or group.kind or group.id}
    if reason == "too_late" and way is not None and group.arrival_s is not None:
        params["needed_min"] = round((group.ready_s + way.out_s) / 60)
        params["arrival_min"] = round(group.arrival_s / 60)
    message = Message(code=f"evacuation.{reason}", params=params)
    return Left(group=group, people=group.people, reason=reason, message=message)


def _moves(
    leaving: Sequence[Group],
    able: Sequence[int],
    shelters: Sequence[Shelter],
    found: Ways,
    occurred_at: dt.datetime,
    now: dt.datetime,
) -> tuple[list[Move], list[Left]]:
    """Return who goes where in the order of leaving, and those whom no shelter takes."""
    order = sorted(able, key=lambda index: _urgency(leaving[index]))
    people = [leaving[index].people or 0 for index in order]
    # The first to leave matters most where places are short.
    rank = list(range(len(order), 0, -1))
    flows = np.zeros((len(order), len(shelters)), np.int64)
    if order and shelters:
        flows = shared(people, [s.places for s in shelters], found.time_s[order], rank)
    moves: list[Move] = []
    unplaced: list[Left] = []
    turns: dict[tuple[float, float], int] = {}
    for row, index in enumerate(order):
        group, way = leaving[index], found.out[index]
        assert way is not None  # only those who have one are able
        spot = (way.place.lon, way.place.lat)
        for column in sorted(np.flatnonzero(flows[row]), key=lambda s: -flows[row, s]):
            route = found.route(index, int(column))
            assert route is not None  # its time is finite
            turns[spot] = turns.get(spot, 0) + 1
            in_time = _in_time(group, way, occurred_at, now)
            moves.append(
                Move(
                    order=len(moves) + 1,
                    group=group,
                    shelter=shelters[int(column)],
                    people=int(flows[row, column]),
                    split=bool((flows[row] > 0).sum() > 1),
                    way_out_s=way.out_s,
                    travel_time_s=way.out_s + float(found.time_s[index, column]),
                    in_time=in_time,
                    leave_by=_leave_by(group, way, occurred_at),
                    exit_lonlat=spot,
                    exit_road=way.road,
                    exit_order=turns[spot],
                    route=route,
                )
            )
        missing = people[row] - int(flows[row].sum())
        if missing:
            reached = not shelters or bool(np.isfinite(found.time_s[index]).any())
            left = _left(group, "no_place" if reached else "no_way_on")
            unplaced.append(replace(left, people=missing))
    return moves, unplaced


def _urgency(group: Group) -> tuple[float, int, int, str]:
    """Return whom the hazard reaches first, then the worse zone, then the more people."""
    arrival = group.arrival_s if group.hazard in MOVING_HAZARDS else 0.0
    level = LEVELS.index(group.level) if group.level in LEVELS else len(LEVELS)
    return np.inf if arrival is None else arrival, level, -(group.people or 0), group.id


def _leave_by(group: Group, way: Way, occurred_at: dt.datetime) -> dt.datetime | None:
    if group.hazard not in MOVING_HAZARDS or group.arrival_s is None:
        return None
    return occurred_at + dt.timedelta(seconds=group.arrival_s - way.out_s)


def shared_exits(moves: Sequence[Move]) -> list[Mapping[str, Any]]:
    """Return where several groups leave the zones by one road: how many, and how many people.

    How many a road can carry an hour is not said: nobody has measured it here.
    """
    found: dict[tuple[float, float], list[Move]] = {}
    for move in moves:
        found.setdefault(move.exit_lonlat, []).append(move)
    return [
        {
            "lon": spot[0],
            "lat": spot[1],
            "road": held[0].exit_road,
            "groups": len({move.group.id for move in held}),
            "people": sum(move.people for move in held),
        }
        for spot, held in found.items()
        if len({move.group.id for move in held}) > 1
    ]
