"""Who comes, by which road, and when: the nearest of each kind to one approach.

One search towards the approach gives the travel time from every road node at once, so two hundred
candidates cost what one costs (mechanism 4 of the architecture).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from analysis.roads.approach import INCIDENT_LIMIT_M, Approach, approach
from analysis.roads.arrival import Arrival, Candidate, Dispatch, Unreached
from analysis.roads.closures import Closures, closures
from analysis.roads.network import RoadNetwork
from analysis.roads.places import Places, snap, snap_standing
from analysis.roads.plane import distance_m
from analysis.roads.route import WayIn, joined, way_in
from analysis.roads.wayout import way_out
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
    closed: BaseGeometry | None = None,
    warn: BaseGeometry | None = None,
    wind_from_deg: float | None = None,
) -> Dispatch:
    """Find the k candidates of each group that reach the incident's approach first.

    Parameters
    ----------
    network : RoadNetwork or None
        None, or a network that the closed area swallows, gives the list by straight line, and a
        message that says so.
    lon, lat : float
        The incident, degrees, EPSG:4326.
    closed, warn : geometries in EPSG:4326
        Nobody is sent through `closed`; a route through `warn` is flagged.
    wind_from_deg : float, optional
        Where the wind comes from, degrees from north.

    Notes
    -----
    A place other than a team that lies in the closed area is a target and never a destination: it
    is listed under `unreached`. A group that has nobody by road is listed by straight line.
    """
    case = _case(candidates, lon, lat, closed, k)
    if network is None:
        return _by_line(case, Message(code="dispatch_no_network"))
    shut = closures(network, closed)
    places = snap_standing(network, case.lonlat)
    goal = approach(
        network, lon, lat, closed=shut, wind_from_deg=wind_from_deg,
        starts=places.take(np.flatnonzero(case.is_team & ~case.inside)),
    )  # fmt: skip
    if goal is None:
        return _by_line(case, _why_no_approach(network, lon, lat))
    return _by_road(case, network, places, goal, shut, warn)


@dataclass(frozen=True, kw_only=True)
class _Case:
    candidates: Sequence[Candidate]
    lonlat: NDArray[np.float64]
    air_m: NDArray[np.float64]
    inside: NDArray[np.bool_]
    is_team: NDArray[np.bool_]
    k: int

    def groups(self) -> list[list[int]]:
        """Return the candidates' indices by what is counted to k, in order of appearance."""
        groups: dict[str, list[int]] = defaultdict(list)
        for index, candidate in enumerate(self.candidates):
            groups[candidate.group or candidate.layer].append(index)
        return list(groups.values())

    def first(self, indices: list[int], by: NDArray[np.float64]) -> list[int]:
        """Return the k of `indices` with the least finite value; ids break ties."""
        able = [index for index in indices if np.isfinite(by[index])]
        return sorted(able, key=lambda i: (by[i], self.candidates[i].id))[: self.k]

    def soonest_out(
        self, indices: list[int], caught: NDArray[np.bool_], out_s: NDArray[np.float64]
    ) -> list[int]:
        """Return the k of the caught that are out soonest; who has no way out stands last."""
        inside = [index for index in indices if caught[index]]
        return sorted(inside, key=lambda i: (out_s[i], self.candidates[i].id))[: self.k]


def _case(
    candidates: Sequence[Candidate], lon: float, lat: float, closed: BaseGeometry | None, k: int
) -> _Case:
    lonlat = np.array([[one.lon, one.lat] for one in candidates], np.float64).reshape(-1, 2)
    inside = np.zeros(len(lonlat), np.bool_)
    if closed is not None and not closed.is_empty:
        shapely.prepare(closed)
        inside = shapely.intersects_xy(closed, lonlat[:, 0], lonlat[:, 1])
    return _Case(
        candidates=candidates,
        lonlat=lonlat,
        air_m=distance_m(lonlat, np.array([lon, lat])),
        inside=inside,
        is_team=np.array([one.layer == "team" for one in candidates], np.bool_),
        k=k,
    )


def _why_no_approach(network: RoadNetwork, lon: float, lat: float) -> Message:
    away_m = float(snap(network, lon, lat, limit_m=SEARCHED_M).access_m[0])
    if away_m <= INCIDENT_LIMIT_M:
        return Message(code="dispatch_zone_swallows_roads")
    if np.isfinite(away_m):
        return Message(code="dispatch_road_far", params={"distance_m": round(away_m)})
    return Message(code="dispatch_no_road", params={"limit_m": round(SEARCHED_M)})


def _by_line(case: _Case, message: Message) -> Dispatch:
    """List everyone by straight line to the incident; teams inside the closed area last."""
    arrivals: list[Arrival] = []
    for indices in case.groups():
        outside = [index for index in indices if not case.inside[index]]
        caught = [index for index in indices if case.inside[index] and case.is_team[index]]
        chosen = case.first(outside, case.air_m) + case.first(caught, case.air_m)
        arrivals += [_line_arrival(case, index) for index in chosen]
    shut_in = np.flatnonzero(case.inside & ~case.is_team)
    unreached = tuple(_unreached(case, int(index), "inside_zone") for index in shut_in)
    return Dispatch(
        approach=None, arrivals=tuple(arrivals), unreached=unreached, messages=(message,)
    )


def _fields(case: _Case, index: int) -> dict[str, Any]:
    one = case.candidates[index]
    return {part.name: getattr(one, part.name) for part in fields(Candidate)}


def _line_arrival(case: _Case, index: int) -> Arrival:
    return Arrival(
        **_fields(case, index),
        distance_m=float(case.air_m[index]),
        by="line",
        inside_zone=bool(case.inside[index]),
    )


def _unreached(case: _Case, index: int, reason: str) -> Unreached:
    return Unreached(**_fields(case, index), reason=reason, distance_m=float(case.air_m[index]))


@dataclass(frozen=True, kw_only=True)
class _Searched:
    """A case with its searches done: towards the approach, without closures, and out of them."""

    case: _Case
    places: Places
    inbound: WayIn
    time_s: NDArray[np.float64]
    free_s: NDArray[np.float64]
    out: WayIn | None
    warn: BaseGeometry | None

    def arrival(self, index: int) -> Arrival:
        """Return how one that the search reached comes."""
        route = self.inbound.route(self.places[index])
        assert route is not None  # its time is finite
        line = shapely.LineString(route.lonlat)
        return Arrival(
            **_fields(self.case, index),
            distance_m=route.length_m,
            by="road",
            travel_time_s=route.time_s,
            # Not below zero: the two sums differ in their last bits.
            avoided_s=max(0.0, float(self.time_s[index] - self.free_s[index])),
            access_m=float(self.places.access_m[index]),
            crosses_warning=self.warn is not None and bool(shapely.intersects(line, self.warn)),
            route=_pairs(route.lonlat),
        )

    def leaving(self, index: int) -> Arrival:
        """Return how a team that starts in the closed area gets out, and then to the approach."""
        place = self.places[index]
        steps = self.out.steps(place) if self.out else []
        if self.out is None or not steps:
            return _line_arrival(self.case, index)
        network = self.inbound.network
        way_out_s = joined(network, steps).time_s
        outer = self.out.last_node(place)
        goes_on = outer is not None and bool(np.isfinite(self.inbound.tree.time_s[outer]))
        if outer is not None and goes_on:
            steps = steps + self.inbound.steps_from_node(outer)
        route = joined(network, steps)
        return Arrival(
            **_fields(self.case, index),
            distance_m=route.length_m,
            by="road",
            travel_time_s=route.time_s if goes_on else None,
            access_m=place.access_m,
            inside_zone=True,
            way_out_s=way_out_s,
            route=_pairs(route.lonlat),
        )


def _by_road(
    case: _Case,
    network: RoadNetwork,
    places: Places,
    goal: Approach,
    shut: Closures | None,
    warn: BaseGeometry | None,
) -> Dispatch:
    inbound = way_in(network, goal.place, closed=shut)
    time_s = np.where(case.inside, np.inf, inbound.time_s(places))
    firsts = [case.first(indices, time_s) for indices in case.groups()]
    free_s = _free_s(network, places, goal, time_s, firsts) if shut else time_s
    caught = case.inside & case.is_team
    out = way_out(network, shut, inbound) if shut and caught.any() else None
    out_s = out.time_s(places) if out else np.full(len(case.lonlat), np.inf)
    search = _Searched(
        case=case, places=places, inbound=inbound, time_s=time_s, free_s=free_s, out=out, warn=warn
    )
    arrivals: list[Arrival] = []
    for indices, first in zip(case.groups(), firsts, strict=True):
        outside = [index for index in indices if not case.inside[index]]
        arrivals += [search.arrival(index) for index in first] or [
            _line_arrival(case, index) for index in case.first(outside, case.air_m)
        ]
        leaving = [search.leaving(index) for index in case.soonest_out(indices, caught, out_s)]
        arrivals += sorted(leaving, key=lambda one: (one.travel_time_s or np.inf, one.id))
    return Dispatch(
        approach=goal,
        arrivals=tuple(arrivals),
        unreached=tuple(_left_behind(case, places, time_s, {one.id for one in arrivals})),
        messages=tuple(_notes(goal, arrivals, caught=int(caught.sum()))),
    )


def _free_s(
    network: RoadNetwork,
    places: Places,
    goal: Approach,
    time_s: NDArray[np.float64],
    firsts: list[list[int]],
) -> NDArray[np.float64]:
    """Return the seconds without closures, for those that arrive; they are never more."""
    arriving = [index for first in firsts for index in first]
    slowest_s = float(time_s[arriving].max(initial=0.0))
    return way_in(network, goal.place, limit_s=slowest_s + 1.0).time_s(places)


def _pairs(lonlat: NDArray[np.float64]) -> tuple[tuple[float, float], ...]:
    # Seven decimals are a centimetre, and half the bytes on the wire.
    return tuple((lon, lat) for lon, lat in np.round(lonlat, 7).tolist())


def _left_behind(
    case: _Case, places: Places, time_s: NDArray[np.float64], listed: set[str]
) -> Iterator[Unreached]:
    for index in np.flatnonzero(~np.isfinite(time_s)).tolist():
        if case.candidates[index].id in listed:
            continue
        if case.inside[index]:
            yield _unreached(case, index, "inside_zone")
        else:
            yield _unreached(case, index, "no_path" if places.edge[index] >= 0 else "no_road_near")


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
