"""What the road network answers: who is nearest, by which way, how far one comes."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
from flask import request

from analysis import forces
from analysis.forces import entry
from analysis.forces import route as line_of
from analysis.roads import nearest as dispatch
from analysis.roads.closures import closures
from analysis.roads.journey import journey
from analysis.roads.moment import Moment, roads_at, seen_by
from analysis.roads.nearest import Arrival, Candidate, Dispatch
from analysis.roads.network import RoadNetwork
from analysis.roads.profile import PROFILES, Profile
from analysis.roads.reach import reach as reached
from gis_server import closures as closing
from gis_server import ways
from gis_server.auth import permission, scope
from gis_server.closures import Closed
from gis_server.state import commit, config, db
from gis_server.views.blueprint import api, spoken
from gis_server.wire.road import (
    Conditions,
    MatrixBody,
    NearestBody,
    NearestQuery,
    ReachBody,
    ReachQuery,
    RouteBody,
    RouteQuery,
)
from layers import catalog
from layers import query as ask
from layers.errors import NoRouteError

bp = api("roads")

CANDIDATES = 1000


@bp.get("/nearest")
@permission("analysis.run")
def nearest(query: NearestQuery) -> Any:
    """List who is nearest, by travel time under an incident's closures, or by straight line."""
    return _nearest(query)


@bp.post("/nearest")
@permission("analysis.run")
def nearest_avoiding(body: NearestBody) -> Any:
    """List who is nearest without entering the area of `avoid`."""
    return _nearest(body)


@bp.get("/route")
@permission("analysis.run")
def route(query: RouteQuery) -> dict[str, Any]:
    """Return the fastest way between two places, with steps in words; see `gis_server.ways`."""
    return _route(query)


@bp.post("/route")
@permission("analysis.run")
def route_avoiding(body: RouteBody) -> dict[str, Any]:
    """Return the fastest way that does not enter the area of `avoid`."""
    return _route(body)


@bp.get("/reach")
@permission("analysis.run")
def reach(query: ReachQuery) -> dict[str, Any]:
    """Return the areas reached by road within some minutes, and the roads themselves."""
    minutes = ReachBody(
        lon=query.lon, lat=query.lat, minutes=[float(part) for part in query.minutes.split(",")]
    ).minutes
    return _reach(query, minutes)


@bp.post("/reach")
@permission("analysis.run")
def reach_avoiding(body: ReachBody) -> dict[str, Any]:
    """Return the areas reached by road without entering the area of `avoid`."""
    return _reach(body, body.minutes)


@bp.post("/matrix")
@permission("analysis.run")
def matrix(body: MatrixBody) -> dict[str, Any]:
    """Return travel times between many places and many others, under all closures.

    `travel_time_s` and `distance_m` have a row a source and a column a target, null where there is
    no way. `avoided_s` is what the closures cost each pair, null where nothing is closed on the
    roads; `avoided` are those closures. `source_access_m` and `target_access_m` say how far each
    place lies off the road, null where none is near. The network is that of the first target.
    """
    closed = _closed(body)
    found = _moment(body, *body.targets[0], body.vehicle)
    shut = closures(found.network, closed.parts)
    return ways.matrix(found, np.array(body.sources), np.array(body.targets), shut)


def _closed(asked: Conditions) -> Closed:
    return closing.of_question(
        db(),
        incident=asked.incident,
        assessment=asked.assessment,
        avoid=getattr(asked, "avoid", None),
        at=_at(asked),
        scope=scope(),
    )


def _at(asked: Conditions) -> dt.datetime:
    return asked.at or dt.datetime.now(dt.UTC)


def _nearest(asked: NearestQuery | NearestBody) -> Any:
    closed = _closed(asked)
    layer = catalog.find(asked.layer, db())
    kinds = asked.kind.split(",") if asked.kind else None
    by_road = asked.by == "road"
    rows = ask.nearest_by_line(
        db(),
        layer,
        scope=scope(),
        lon=asked.lon,
        lat=asked.lat,
        k=CANDIDATES if by_road else asked.k,
        kinds=kinds,
    )
    if not by_road:
        return [_by_line(row) for row in rows]
    found = _moment_or_none(asked)
    outward = asked.direction == "from" or (asked.direction is None and _medical(asked))
    plan, arrivals = _plan(
        asked, closed, found, [_candidate(asked, row) for row in rows], outward=outward
    )
    if "application/geo+json" in request.headers.get("Accept", ""):
        return {
            "type": "FeatureCollection",
            "features": [line_of(each, outward=outward) for each in arrivals],
        }
    said = spoken([line.to_json() for line in plan.messages])
    if said and not arrivals:
        raise NoRouteError(said[0]["text"], code="nobody_comes", reason=said[0]["text"])
    beside: dict[str, Any] = {"messages": said} if said else {}
    if found is not None:
        beside |= {"network": ways.travelled(found)["network"]}
    return [entry(arrival, outward=outward) | beside for arrival in arrivals]


def _candidate(asked: NearestQuery | NearestBody, row: dict[str, Any]) -> Candidate:
    return Candidate(
        layer=row["layer"],
        id=str(row["id"]),
        name=row["name"],
        name_en=row["name_en"],
        kind=row["kind"],
        lon=row["lon"],
        lat=row["lat"],
        vehicle=asked.vehicle or forces.vehicle_of(row["layer"], row["kind"]),
    )


def _plan(
    asked: NearestQuery | NearestBody,
    closed: Closed,
    found: Moment | None,
    candidates: list[Candidate],
    *,
    outward: bool,
) -> tuple[Dispatch, tuple[Arrival, ...]]:
    """Return the plan to one approach, and who comes to it or is reached from it."""
    network = None if found is None else found.network
    by_its_own = forces.each_by_its_own(network, lambda profile: _seen_by(found, profile))
    plan = dispatch.nearest(
        network,
        lon=asked.lon,
        lat=asked.lat,
        closed=closed.parts,
        warn=closed.warn,
        wind_from_deg=closed.wind_from_deg,
        candidates=() if outward else candidates,
        k=asked.k,
        networks=by_its_own,
    )
    if not outward:
        return plan, plan.arrivals
    return plan, forces.carried_to(
        plan, candidates, seen_by=by_its_own, closures=closed.parts, warn=closed.warn,
        lon=asked.lon, lat=asked.lat, k=asked.k, vehicle=asked.vehicle or "ambulance",
    )  # fmt: skip


def _medical(asked: NearestQuery | NearestBody) -> bool:
    kinds = set(asked.kind.split(",")) if asked.kind else set()
    return asked.layer == "resource" and bool(kinds) and kinds <= set(forces.MEDICAL)


def _by_line(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "layer": row["layer"],
        "id": str(row["id"]),
        "name": row["name"],
        "kind": row["kind"],
        "travel_time_s": None,
        "distance_m": row["distance_m"],
        "avoided_s": None,
        "by": "line",
        "lon": row["lon"],
        "lat": row["lat"],
    }


def _route(asked: RouteQuery | RouteBody) -> dict[str, Any]:
    closed = _closed(asked)
    found = _moment(asked, asked.to_lon, asked.to_lat, asked.vehicle)
    way = journey(
        found.network,
        (asked.from_lon, asked.from_lat),
        (asked.to_lon, asked.to_lat),
        closed=closures(found.network, closed.parts),
        wind_from_deg=closed.wind_from_deg,
        count=asked.alternatives,
    )
    return dict(spoken(ways.route_feature(found, way, steps=asked.steps)))


def _reach(asked: ReachQuery | ReachBody, minutes: list[float]) -> dict[str, Any]:
    closed = _closed(asked)
    found = _moment(asked, asked.lon, asked.lat, asked.vehicle)
    answer = reached(
        found.network,
        asked.lon,
        asked.lat,
        minutes=minutes,
        direction=asked.direction,
        closed=closures(found.network, closed.parts),
        lines=asked.lines,
    )
    said = ways.reach_collection(found, answer)
    # Coordinates hold no messages: they are not walked through.
    return said | {"messages": spoken(said["messages"])}


def _moment(asked: Conditions, lon: float, lat: float, vehicle: str) -> Moment:
    found = roads_at(
        db(), lon, lat, cache_dir=config().networks_dir, at=_at(asked), profile=PROFILES[vehicle]
    )
    commit()  # No transaction idles while the roads are searched.
    return found


def _seen_by(found: Moment | None, profile: Profile) -> RoadNetwork:
    assert found is not None  # there is a network, or nobody asks
    return seen_by(db(), found, profile)


def _moment_or_none(asked: NearestQuery | NearestBody) -> Moment | None:
    """Return the roads, or None where there are none: those who could come are still listed."""
    try:
        return _moment(asked, asked.lon, asked.lat, asked.vehicle or "fire_engine")
    except NoRouteError:
        return None
