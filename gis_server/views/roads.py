"""What the road network answers: who is nearest, by which way, how far one comes."""

from __future__ import annotations

import datetime as dt
from typing import Any

from flask import request
from shapely.geometry import mapping

from analysis.forces import entry
from analysis.forces import route as line_of
from analysis.roads import nearest as dispatch
from analysis.roads import store
from analysis.roads.closures import closures
from analysis.roads.nearest import Candidate
from analysis.roads.network import RoadNetwork
from analysis.roads.reach import Reached
from analysis.roads.reach import reach as reached
from analysis.roads.route import route as fastest
from gis_server import closures as closing
from gis_server.auth import permission, scope
from gis_server.closures import Closed
from gis_server.state import config, db
from gis_server.views.blueprint import api, spoken
from gis_server.wire.road import (
    Avoid,
    Closures,
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
    return _nearest(query, _closed(query))


@bp.post("/nearest")
@permission("analysis.run")
def nearest_avoiding(body: NearestBody) -> Any:
    """List who is nearest without entering the area of `avoid`."""
    return _nearest(body, _closed(body))


@bp.get("/route")
@permission("analysis.run")
def route(query: RouteQuery) -> dict[str, Any]:
    """Return the fastest drivable way between two places."""
    return _route(query, _closed(query))


@bp.post("/route")
@permission("analysis.run")
def route_avoiding(body: RouteBody) -> dict[str, Any]:
    """Return the fastest drivable way that does not enter the area of `avoid`."""
    return _route(body, _closed(body))


@bp.get("/reach")
@permission("analysis.run")
def reach(query: ReachQuery) -> dict[str, Any]:
    """Return the areas reached by road within some minutes."""
    minutes = ReachBody(
        lon=query.lon, lat=query.lat, minutes=[float(part) for part in query.minutes.split(",")]
    ).minutes
    return _reach(query, minutes, _closed(query))


@bp.post("/reach")
@permission("analysis.run")
def reach_avoiding(body: ReachBody) -> dict[str, Any]:
    """Return the areas reached by road without entering the area of `avoid`."""
    return _reach(body, body.minutes, _closed(body))


def _closed(asked: Closures | Avoid) -> Closed:
    return closing.of_question(
        db(),
        incident=asked.incident,
        assessment=asked.assessment,
        avoid=asked.avoid if isinstance(asked, Avoid) else None,
        at=asked.at or dt.datetime.now(dt.UTC),
        scope=scope(),
    )


def _nearest(asked: NearestQuery | NearestBody, closed: Closed) -> Any:
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
    candidates = [
        Candidate(
            layer=layer.name, id=str(row["id"]), name=row["name"], kind=row["kind"],
            lon=row["lon"], lat=row["lat"],
        )
        for row in rows
    ]  # fmt: skip
    plan = dispatch.nearest(
        _network_or_none(asked.lon, asked.lat),
        lon=asked.lon,
        lat=asked.lat,
        closed=closed.area,
        warn=closed.warn,
        wind_from_deg=closed.wind_from_deg,
        candidates=candidates,
        k=asked.k,
    )
    if "application/geo+json" in request.headers.get("Accept", ""):
        return {"type": "FeatureCollection", "features": [line_of(a) for a in plan.arrivals]}
    said = spoken([line.to_json() for line in plan.messages])
    if said and not plan.arrivals:
        raise NoRouteError(said[0]["text"], code="nobody_comes", reason=said[0]["text"])
    return [entry(arrival) | ({"messages": said} if said else {}) for arrival in plan.arrivals]


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


def _route(asked: RouteQuery | RouteBody, closed: Closed) -> dict[str, Any]:
    network = _network(asked.to_lon, asked.to_lat)
    way = fastest(
        network,
        (asked.from_lon, asked.from_lat),
        (asked.to_lon, asked.to_lat),
        closed=closures(network, closed.parts),
    )
    return {
        "type": "Feature",
        "geometry": {"type": "LineString", "coordinates": way.lonlat.tolist()},
        "properties": {"distance_m": way.length_m, "travel_time_s": way.time_s},
    }


def _reach(asked: ReachQuery | ReachBody, minutes: list[float], closed: Closed) -> dict[str, Any]:
    network = _network(asked.lon, asked.lat)
    areas = reached(
        network,
        asked.lon,
        asked.lat,
        minutes=minutes,
        direction=asked.direction,
        closed=closures(network, closed.parts),
    )
    return {"type": "FeatureCollection", "features": [_feature(area) for area in areas]}


def _feature(area: Reached) -> dict[str, Any]:
    return {
        "type": "Feature",
        "geometry": mapping(area.area),
        "properties": {"minutes": area.minutes, "road_length_m": area.road_length_m},
    }


def _network(lon: float, lat: float) -> RoadNetwork:
    return store.load_for(db(), lon, lat, cache_dir=config().networks_dir)


def _network_or_none(lon: float, lat: float) -> RoadNetwork | None:
    """Return the network, or None where there is none: those who could come are still listed."""
    try:
        return _network(lon, lat)
    except NoRouteError:
        return None
