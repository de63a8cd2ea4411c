"""Who can come: the teams, medical places and depots with the shortest road to the incident."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry
from sqlalchemy.orm import Session

from analysis.roads import nearest as dispatch
from analysis.roads.approach import Approach
from analysis.roads.nearest import Arrival, Candidate
from analysis.roads.network import RoadNetwork
from analysis.scenario import Message, Scenario, Zone
from layers import catalog, query
from layers.query import Scope

GROUPS: tuple[tuple[str, tuple[str, ...] | None], ...] = (
    ("team", None),
    ("resource", ("hospital", "clinic")),
    ("resource", ("depot", "equipment")),
)
"""Who is looked for by road: k of each, in this order."""

CANDIDATES_PER_GROUP = 1000
CLOSED_LEVELS = frozenset({"red", "orange"})


@dataclass(frozen=True, kw_only=True)
class Forces:
    """Arrivals sorted by time, their routes, the approach, and what must be said.

    Whoever comes by straight line only has no time and stands last.
    """

    nearest: tuple[dict[str, Any], ...]
    routes: tuple[dict[str, Any], ...]
    approach: dict[str, Any] | None
    messages: tuple[Message, ...]


def closed_area(zones: Sequence[Zone]) -> BaseGeometry | None:
    """Return the union of the red and orange zones, in which no road is used; None if none."""
    areas = [zone.geometry for zone in zones if zone.level in CLOSED_LEVELS]
    return shapely.union_all(areas) if areas else None


def find(
    session: Session,
    scenario: Scenario,
    zones: Sequence[Zone],
    network: RoadNetwork | None,
    *,
    scope: Scope,
    k: int,
) -> Forces:
    """Return who can come, k of each group.

    Without a network, or where the zones swallow it, they are listed by straight line and say so
    (`by` is "line", no time). A place of help inside any zone is a target, never offered.
    """
    closed = closed_area(zones)
    everywhere = shapely.union_all([zone.geometry for zone in zones]) if zones else None
    candidates = [
        candidate
        for layer, kinds in GROUPS
        for candidate in _candidates(session, scenario, layer, kinds, everywhere, scope=scope)
    ]
    plan = dispatch.nearest(
        network,
        lon=scenario.lon,
        lat=scenario.lat,
        closed=closed,
        warn=None if closed is None or everywhere is None else everywhere.difference(closed),
        wind_from_deg=scenario.weather.wind_from_deg,
        candidates=candidates,
        k=k,
    )
    return Forces(
        nearest=tuple(entry(arrival) for arrival in sorted(plan.arrivals, key=_soonest)),
        routes=tuple(route(arrival) for arrival in plan.arrivals if arrival.route),
        approach=None if plan.approach is None else _approach(plan.approach),
        messages=plan.messages,
    )


def _candidates(
    session: Session,
    scenario: Scenario,
    layer: str,
    kinds: tuple[str, ...] | None,
    zones: BaseGeometry | None,
    *,
    scope: Scope,
) -> list[Candidate]:
    """Return the places of a group by air; places of help inside a zone are left out."""
    rows = query.nearest_by_line(
        session,
        catalog.find(layer, session),
        scope=scope,
        lon=scenario.lon,
        lat=scenario.lat,
        k=CANDIDATES_PER_GROUP,
        kinds=kinds,
    )
    found = [
        Candidate(
            layer=row["layer"],
            id=str(row["id"]),
            name=row["name"],
            name_en=row["name_en"],
            kind=row["kind"],
            lon=row["lon"],
            lat=row["lat"],
            group="+".join((layer, *(kinds or ()))),
        )
        for row in rows
    ]
    if zones is None or layer == "team":
        return found
    # By their whole shape: a hospital whose grounds the zone touches is a target.
    touched = {
        str(row["id"])
        for row in query.inside(session, catalog.find(layer, session), zones, scope=scope)
    }
    return [candidate for candidate in found if candidate.id not in touched]


def _soonest(arrival: Arrival) -> tuple[bool, float, float]:
    time_s = arrival.travel_time_s
    return time_s is None, time_s or 0.0, arrival.distance_m


def entry(arrival: Arrival) -> dict[str, Any]:
    """Return an arrival as `nearest` lists it on the wire."""
    return {
        "layer": arrival.layer,
        "id": arrival.id,
        "name": arrival.name,
        "name_en": arrival.name_en,
        "kind": arrival.kind,
        "travel_time_s": _rounded(arrival.travel_time_s),
        "distance_m": _rounded(arrival.distance_m),
        "avoided_s": _rounded(arrival.avoided_s),
        "inside_zone": arrival.inside_zone,
        "way_out_s": _rounded(arrival.way_out_s),
        "crosses_warning": arrival.crosses_warning,
        "by": arrival.by,
        "lon": arrival.lon,
        "lat": arrival.lat,
    }


def route(arrival: Arrival) -> dict[str, Any]:
    """Return an arrival's road as a GeoJSON line."""
    place = ("lon", "lat", "by")
    return {
        "type": "Feature",
        "geometry": {"type": "LineString", "coordinates": arrival.route},
        "properties": {k: v for k, v in entry(arrival).items() if k not in place},
    }


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 1)


def _approach(approach: Approach) -> dict[str, Any]:
    return {
        "lon": approach.lon,
        "lat": approach.lat,
        "inside_zone": approach.inside_zone,
        "reason": approach.reason,
        "distance_m": round(approach.distance_m, 1),
        "bearing_deg": round(approach.bearing_deg, 1),
    }
