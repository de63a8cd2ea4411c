"""Who comes, by which road, and when: the nearest of each kind to one approach.

One search towards the approach gives the travel time from every road node at once, so two hundred
candidates cost what one costs (mechanism 4 of the architecture). It looks no farther than it must:
a bound that holds k of each group gives the same answer as none, for nobody who is farther away
comes before them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from analysis.roads.approach import INCIDENT_LIMIT_M, Approach, approach
from analysis.roads.arrival import Arrival, Candidate, Dispatch, Unreached
from analysis.roads.case import Case, case
from analysis.roads.closures import Closure, Closures, closures
from analysis.roads.inbound import Inbound, inbound
from analysis.roads.network import RoadNetwork
from analysis.roads.places import Place, snap, snap_standing
from analysis.roads.plane import metres_per_unit, to_plane
from analysis.roads.profile import PROFILES
from analysis.roads.route import bounds_s
from analysis.roads.touch import touch
from analysis.roads.trips import Trips
from analysis.scenario import Message

__all__ = ["Arrival", "Candidate", "Dispatch", "Unreached", "nearest"]

OFF_ROAD_NOTE_M = 300.0
SEARCHED_M = 100_000.0


def nearest(
    network: RoadNetwork | None,
    *,
    lon: float,
    lat: float,
    candidates: Sequence[Candidate],
    k: int,
    closed: BaseGeometry | Sequence[Closure] | None = None,
    warn: BaseGeometry | None = None,
    wind_from_deg: float | None = None,
    networks: Callable[[str], RoadNetwork] | None = None,
) -> Dispatch:
    """Find the k candidates of each group that reach the incident's approach first.

    Parameters
    ----------
    network : RoadNetwork or None
        None, or a network that the closed area swallows, gives the list by straight line, and a
        message that says so.
    lon, lat : float
        The incident, degrees, EPSG:4326.
    closed, warn : geometries in EPSG:4326, or for `closed` a list of closures
        Nobody is sent through `closed`; a route through `warn` is flagged.
    wind_from_deg : float, optional
        Where the wind comes from, degrees from north.
    networks : function, optional
        From a vehicle's name to the network as it sees it. Without one, `network` serves its own
        vehicle and is asked (`for_vehicle`) for the others.

    Notes
    -----
    A place other than a team that lies in the closed area is a target and never a destination: it
    is listed under `unreached`. A group that has nobody by road is listed by straight line.
    """
    if network is None:
        listed = [closed] if isinstance(closed, BaseGeometry) else [c.area for c in closed or ()]
        who = case(candidates, lon, lat, closed=shapely.union_all(listed), k=k)
        return _by_line(who, Message(code="dispatch_no_network"))
    shut = closures(network, closed)
    who = case(candidates, lon, lat, closed=shut.area if shut else None, k=k)
    starts = snap_standing(network, who.lonlat)
    goal = approach(
        network, lon, lat, closed=shut, wind_from_deg=wind_from_deg,
        starts=starts.take(np.flatnonzero(who.is_team & ~who.inside)),
    )  # fmt: skip
    if goal is None:
        return _by_line(who, _why_no_approach(network, lon, lat))
    seen_by = networks or (lambda name: _seen_by(network, name))
    ways = []
    for name, which in who.by_vehicle().items():
        own = seen_by(name)
        place: Place | None = goal.place
        if not own.offered[goal.place.edge]:
            # Its own approach, from the same side of the wind: not any road that is near.
            other = approach(
                own, lon, lat, closed=shut, wind_from_deg=wind_from_deg,
                starts=snap_standing(own, who.lonlat[which]),
            )  # fmt: skip
            place = other.place if other else None
        ways.append(inbound(own, who.lonlat, which, place, shut))
    who = _with_roads_shut(who, ways, shut)
    afloat = _afloat(network, lon, lat, goal)
    return _by_road(who, ways, goal, shut, warn, [afloat] if afloat else [])


def _seen_by(network: RoadNetwork, vehicle: str) -> RoadNetwork:
    own = vehicle == network.profile.name
    return network if own else network.for_vehicle(PROFILES[vehicle])


def _with_roads_shut(who: Case, ways: Sequence[Inbound], shut: Closures | None) -> Case:
    """Count a team as inside that takes the road in the closed area: it needs a way out too."""
    if shut is None:
        return who
    inside = who.inside.copy()
    for way in ways:
        inside[way.which] |= shut.bars(way.places.edge, way.places.lonlat)
    return replace(who, inside=np.where(who.is_team, inside, who.inside))


def _why_no_approach(network: RoadNetwork, lon: float, lat: float) -> Message:
    away_m = float(snap(network, lon, lat, limit_m=SEARCHED_M).access_m[0])
    if away_m <= INCIDENT_LIMIT_M:
        return Message(code="dispatch_zone_swallows_roads")
    if np.isfinite(away_m):
        return Message(code="dispatch_road_far", params={"distance_m": round(away_m)})
    return Message(code="dispatch_no_road", params={"limit_m": round(SEARCHED_M)})


def _afloat(network: RoadNetwork, lon: float, lat: float, goal: Approach) -> Message | None:
    """Return what to say of an incident that is nearer to a ferry's line than to a road."""
    if goal.inside_zone or not network.edge_ferry.any():
        return None
    reach = np.array([goal.distance_m / float(metres_per_unit(lat))])
    here = to_plane(np.array([[lon, lat]]))
    if touch(network, here, among=network.edge_ferry, reach=reach).edge[0] < 0:
        return None
    return Message(code="dispatch_on_ferry", params={"distance_m": round(goal.distance_m)})


def _by_line(who: Case, message: Message) -> Dispatch:
    """List everyone by straight line to the incident; teams inside the closed area last."""
    arrivals: list[Arrival] = []
    for indices in who.groups():
        outside = [index for index in indices if not who.inside[index]]
        caught = [index for index in indices if who.inside[index] and who.is_team[index]]
        chosen = who.first(outside, who.air_m) + who.first(caught, who.air_m)
        arrivals += [who.by_line(index) for index in chosen]
    shut_in = np.flatnonzero(who.inside & ~who.is_team).tolist()
    unreached = tuple(who.unreached(index, "inside_zone") for index in shut_in)
    return Dispatch(
        approach=None, arrivals=tuple(arrivals), unreached=unreached, messages=(message,)
    )


def _by_road(
    who: Case,
    ways: Sequence[Inbound],
    goal: Approach,
    shut: Closures | None,
    warn: BaseGeometry | None,
    said: list[Message],
) -> Dispatch:
    time_s, may = _times(who, ways)
    firsts = [who.first(indices, time_s) for indices in who.groups()]
    slowest_s = max((float(time_s[first].max(initial=0.0)) for first in firsts), default=0.0)
    trips = Trips(who, ways, shut=shut, warn=warn, slowest_s=slowest_s)
    caught = who.inside & who.is_team
    out_s = trips.out_s(caught)
    arrivals: list[Arrival] = []
    for indices, first in zip(who.groups(), firsts, strict=True):
        outside = [index for index in indices if not who.inside[index]]
        arrivals += [trips.arrival(index) for index in first] or [
            who.by_line(index) for index in who.first(outside, who.air_m)
        ]
        leaving = [trips.leaving(index) for index in who.soonest_out(indices, caught, out_s)]
        arrivals += sorted(leaving, key=lambda one: (one.travel_time_s or np.inf, one.id))
    return Dispatch(
        approach=goal,
        arrivals=tuple(arrivals),
        unreached=tuple(_left_behind(who, ways, may, {one.id for one in arrivals})),
        messages=(*said, *_notes(goal, arrivals, caught=int(caught.sum()))),
    )


def _times(who: Case, ways: Sequence[Inbound]) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Return the seconds to the approach (n) of each group's k first at least, and who has any.

    Others of a group may have a way and no time: they were not looked for. Whoever stands in the
    closed area has neither.
    """
    may = _reachable(who, ways)
    time_s = np.full(len(who.candidates), np.inf)
    for limit_s in bounds_s(_air_m(who)):
        for way in ways:
            time_s[way.which] = way.time_s(limit_s)
        time_s[who.inside] = np.inf
        if _served(who, time_s, may):
            break
    return time_s, may


def _air_m(who: Case) -> float:
    """Return how far the k-th of every group is by straight line, at most."""
    farthest_m = 0.0
    for indices in who.groups():
        air_m = np.sort(who.air_m[[index for index in indices if not who.inside[index]]])
        farthest_m = max(farthest_m, float(air_m[: who.k].max(initial=0.0)))
    return farthest_m


def _reachable(who: Case, ways: Sequence[Inbound]) -> NDArray[np.bool_]:
    """Return who has a way to the approach at all (n)."""
    may = np.zeros(len(who.candidates), np.bool_)
    for way in ways:
        may[way.which] = way.reachable()
    return may & ~who.inside


def _served(who: Case, time_s: NDArray[np.float64], may: NDArray[np.bool_]) -> bool:
    """Return whether the k first of each group, or all that it has, are found."""
    found = np.isfinite(time_s)
    return all(
        found[indices].sum() >= min(who.k, int(may[indices].sum())) for indices in who.groups()
    )


def _left_behind(
    who: Case,
    ways: Sequence[Inbound],
    may: NDArray[np.bool_],
    listed: set[str],
) -> Iterator[Unreached]:
    on_road = np.zeros(len(who.candidates), np.bool_)
    for way in ways:
        on_road[way.which] = way.places.edge >= 0
    for index in np.flatnonzero(~may).tolist():
        if who.candidates[index].id in listed:
            continue
        if who.inside[index]:
            yield who.unreached(index, "inside_zone")
        else:
            yield who.unreached(index, "no_path" if on_road[index] else "no_road_near")


def _notes(goal: Approach, arrivals: Sequence[Arrival], *, caught: int) -> Iterator[Message]:
    if goal.reason in ("crosswind", "downwind"):
        yield Message(code=f"dispatch_approach_{goal.reason}")
    if not goal.inside_zone and goal.distance_m > OFF_ROAD_NOTE_M:
        yield Message(code="dispatch_last_leg", params={"distance_m": round(goal.distance_m)})
    counts = {
        "dispatch_by_line": sum(one.by == "line" for one in arrivals),
        "dispatch_inside_zone": caught,
        "dispatch_crosses_warning": sum(one.crosses_warning for one in arrivals),
    }
    for code, count in counts.items():
        if count:
            yield Message(code=code, params={"count": count})
