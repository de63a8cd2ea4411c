"""Everything that a dispatch needs to know, gathered once: what is asked, who has it, how far."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from sqlalchemy.orm import Session

from analysis.dispatch import cover, formulation, supply
from analysis.dispatch.cover import Covered, Stations
from analysis.dispatch.demand import Place, Source
from analysis.dispatch.formulation import Chance, Draft, Wanted
from analysis.dispatch.problem import Problem, Weights
from analysis.dispatch.times import Networks, Shut, Trips, grouped, trips
from analysis.dispatch.vehicles import vehicle_of
from analysis.exposure import period
from analysis.roads.approach import Approach
from analysis.roads.profile import FIRE_ENGINE
from analysis.scenario import Message
from layers.query import Scope


@dataclass(frozen=True, kw_only=True)
class Case:
    """A dispatch that is ready to be solved; nothing here needs the database any more.

    `possible` are all who have something, `trip` where each is found in `trips` and when it would
    be there: infinite where it cannot come. `draft` holds those that are weighed.
    """

    places: tuple[Place, ...]
    sources: tuple[Source, ...]
    asked: tuple[Wanted, ...]
    possible: tuple[Chance, ...]
    time_s: tuple[float, ...]
    reason: tuple[str, ...]
    by_line: frozenset[int]
    goals: Mapping[str, Approach | None]
    draft: Draft
    covered: tuple[Covered, ...]
    problem: Problem
    cover_minutes: float
    now: dt.datetime
    messages: tuple[Message, ...]


def gather(
    session: Session,
    places: Sequence[Place],
    *,
    networks: Networks,
    scope: Scope,
    now: dt.datetime,
    exercise: Collection[uuid.UUID] = (),
    weights: Weights | None = None,
    cover_minutes: float = cover.MINUTES,
) -> Case:
    """Read the supply, search the roads, and put the question into whole numbers.

    Parameters
    ----------
    networks
        Gives the network of a place for a vehicle; None has those who could come listed by air.
    exercise
        The incidents that are played together; none where it is real.
    cover_minutes
        Within how many minutes a station keeps a place covered.
    """
    sources, items = supply.sources(session, places, scope=scope, exercise=exercise)
    asked = formulation.wanted(places, sources, items)
    possible = formulation.chances(asked, sources)
    shut = Shut([closure for place in places for closure in place.closed])
    found = _searched(networks, places, asked, sources, possible, shut)
    draft = formulation.draft(places, asked, sources, possible, found.time_s)
    weighed = weights or Weights()
    covered = _covered(
        session, places, sources, draft, networks, shut,
        weights=weighed, minutes=cover_minutes, scope=scope, now=now,
    )  # fmt: skip
    return Case(
        places=tuple(places),
        sources=tuple(sources),
        asked=tuple(asked),
        possible=tuple(possible),
        time_s=found.time_s,
        reason=found.reason,
        by_line=found.by_line,
        goals=found.goals,
        draft=draft,
        covered=tuple(covered),
        problem=Problem(
            needs=draft.needs,
            pools=draft.pools,
            offers=draft.offers,
            covers=tuple(each.cover for each in covered),
            stays=draft.stays,
            weights=weighed,
        ),
        cover_minutes=cover_minutes,
        now=now,
        messages=found.messages,
    )


@dataclass(frozen=True, kw_only=True)
class _Found:
    """The trip of each chance, and where the roads of each incident end."""

    time_s: tuple[float, ...]
    reason: tuple[str, ...]
    by_line: frozenset[int]
    goals: dict[str, Approach | None]
    messages: tuple[Message, ...]


def _searched(
    networks: Networks,
    places: Sequence[Place],
    asked: Sequence[Wanted],
    sources: Sequence[Source],
    possible: Sequence[Chance],
    shut: Shut,
) -> _Found:
    """Search once for each incident and vehicle, for all who have something for it."""
    time_s, reason = np.full(len(possible), np.inf), [""] * len(possible)
    by_line: set[int] = set()
    goals: dict[str, Approach | None] = {}
    messages: dict[tuple[str, str], Message] = {}
    lonlat = np.array([[one.lon, one.lat] for one in sources], np.float64).reshape(-1, 2)
    for index, place in enumerate(places):
        mine = [i for i, chance in enumerate(possible) if asked[chance.wanted].place == index]
        for vehicle, which in grouped([possible[i].vehicle for i in mine]).items():
            who = [mine[i] for i in which.tolist()]
            trip: Trips = trips(
                networks,
                lonlat[[possible[i].source for i in who]],
                vehicle=vehicle,
                lon=place.lon,
                lat=place.lat,
                closed=shut,
                wind_from_deg=place.wind_from_deg,
            )
            time_s[who] = trip.time_s
            for i, why in zip(who, trip.reason, strict=True):
                reason[i] = why
            by_line.update(who if trip.by_line else ())
            # Fire engines come first where several vehicles stop at different gates.
            if vehicle == FIRE_ENGINE.name or place.id not in goals:
                goals[place.id] = trip.goal
            messages |= {(place.id, message.code): message for message in trip.messages}
    return _Found(
        time_s=tuple(time_s.tolist()),
        reason=tuple(reason),
        by_line=frozenset(by_line),
        goals=goals,
        messages=tuple(messages.values()),
    )


def _covered(
    session: Session,
    places: Sequence[Place],
    sources: Sequence[Source],
    draft: Draft,
    networks: Networks,
    shut: Shut,
    *,
    weights: Weights,
    minutes: float,
    scope: Scope,
    now: dt.datetime,
) -> list[Covered]:
    """Return what would lose its cover, for each kind of team of which somebody may be sent."""
    sendable = {pool.source for pool in draft.pools if sources[pool.source].layer == "team"}
    if not sendable or minutes <= 0.0:
        return []
    kinds: dict[str, list[int]] = defaultdict(list)
    for index, source in enumerate(sources):
        if source.layer == "team" and not source.inside_zone and _stands(source):
            kinds[source.kind].append(index)
    lonlat = np.array([[sources[i].lon, sources[i].lat] for i in sorted(sendable)])
    here = places[0]
    where = cover.spots(
        session, lonlat, minutes=minutes, scope=scope,
        period=period(now, lon=here.lon, lat=here.lat),
    )  # fmt: skip
    found: list[Covered] = []
    for kind, members in sorted(kinds.items()):
        if not sendable & set(members):
            continue
        vehicle = vehicle_of(sources[members[0]], kind)
        network = networks(here.lon, here.lat, vehicle)
        if network is None:
            continue
        stations = Stations(
            kind=kind,
            lonlat=np.array([[sources[i].lon, sources[i].lat] for i in members]),
            source=np.array(members, np.intp),
            sendable=np.array([i in sendable for i in members]),
        )
        found += cover.covers(
            network, stations, where, closed=shut.on(network), minutes=minutes, weights=weights
        )
    return found


def _stands(source: Source) -> bool:
    """Say whether a team has somebody, and something to drive, at its base now."""
    if source.people == 0:
        return False
    return source.whole or not source.vehicles or sum(source.vehicles.values()) > 0
