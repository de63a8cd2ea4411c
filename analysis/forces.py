"""Who can come: the teams and depots with the shortest road to the incident, and the hospitals.

Each is asked by its own vehicle. A hospital is where people are carried to, so its time is that of
the way from the approach to it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry
from sqlalchemy.orm import Session

from analysis.dispatch.vehicles import LIGHT_TEAMS
from analysis.roads import nearest as dispatch
from analysis.roads.approach import Approach
from analysis.roads.carried import carried
from analysis.roads.closures import Closure
from analysis.roads.closures import closures as closing
from analysis.roads.nearest import Arrival, Candidate, Dispatch
from analysis.roads.network import RoadNetwork
from analysis.roads.places import Place
from analysis.roads.profile import PROFILES, Profile
from analysis.scenario import Message, Scenario, Zone
from layers import catalog, query
from layers.query import Scope

COMING: tuple[tuple[str, tuple[str, ...] | None], ...] = (
    ("team", None),
    ("resource", ("depot", "equipment")),
)
"""Who is looked for by road towards the incident: k of each, in this order."""

MEDICAL = ("hospital", "clinic")
"""Where people are carried: looked for by road from the approach."""

Networks = Callable[[Profile], RoadNetwork]

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


def closures_of(zones: Sequence[Zone]) -> tuple[Closure, ...]:
    """Return the red and orange zones as what closes roads."""
    return tuple(
        Closure(area=zone.geometry, kind="zone", name=zone.hazard, level=zone.level)
        for zone in zones
        if zone.level in CLOSED_LEVELS
    )


def vehicle_of(layer: str, kind: str | None) -> str:
    """Return by which vehicle somebody comes, or is reached: a profile of `analysis.roads`."""
    if layer == "team":
        return "ambulance" if kind in LIGHT_TEAMS else "fire_engine"
    return "ambulance" if kind in MEDICAL else "heavy_truck"


def find(
    session: Session,
    scenario: Scenario,
    zones: Sequence[Zone],
    network: RoadNetwork | None,
    *,
    scope: Scope,
    k: int,
    closures: Sequence[Closure] = (),
    networks: Networks | None = None,
) -> Forces:
    """Return who can come, k of each group, and the k hospitals that are reached first.

    Without a network, or where the zones swallow it, they are listed by straight line and say so
    (`by` is "line", no time). A place of help inside any zone is a target, never offered.

    Parameters
    ----------
    network
        As a fire engine sees it.
    closures
        What closes roads besides the red and orange zones.
    networks
        From a vehicle to the network as it sees it at this moment; without, `network` is asked.
    """
    everywhere = shapely.union_all([zone.geometry for zone in zones]) if zones else None
    closed = closed_area(zones)
    shut = (*closures_of(zones), *closures)
    warn = None if closed is None or everywhere is None else everywhere.difference(closed)
    seen_by = each_by_its_own(network, networks)

    def of(layer: str, kinds: tuple[str, ...] | None) -> list[Candidate]:
        return _candidates(session, scenario, layer, kinds, everywhere, scope=scope)

    plan = dispatch.nearest(
        network,
        lon=scenario.lon,
        lat=scenario.lat,
        closed=shut,
        warn=warn,
        wind_from_deg=scenario.weather.wind_from_deg,
        candidates=[one for layer, kinds in COMING for one in of(layer, kinds)],
        k=k,
        networks=seen_by,
    )
    hospitals = carried_to(
        plan, of("resource", MEDICAL), seen_by=seen_by, closures=shut, warn=warn,
        lon=scenario.lon, lat=scenario.lat, k=k,
    )  # fmt: skip
    arrivals = [*plan.arrivals, *hospitals]
    outward = {one.id for one in hospitals}
    by_line = sum(one.by == "line" for one in hospitals) if plan.approach else 0
    return Forces(
        nearest=tuple(
            entry(arrival, outward=arrival.id in outward)
            for arrival in sorted(arrivals, key=_soonest)
        ),
        routes=tuple(
            route(arrival, outward=arrival.id in outward) for arrival in arrivals if arrival.route
        ),
        approach=None if plan.approach is None else _approach(plan.approach),
        messages=(
            *plan.messages,
            *([Message(code="dispatch_by_line", params={"count": by_line})] if by_line else ()),
        ),
    )


def each_by_its_own(
    network: RoadNetwork | None, networks: Networks | None
) -> Callable[[str], RoadNetwork] | None:
    """Return the function from a vehicle's name to the network as it sees it."""
    if network is None:
        return None

    def seen_by(name: str) -> RoadNetwork:
        if name == network.profile.name:
            return network
        profile = PROFILES[name]
        return network.for_vehicle(profile) if networks is None else networks(profile)

    return seen_by


def carried_to(
    plan: Dispatch,
    candidates: Sequence[Candidate],
    *,
    seen_by: Callable[[str], RoadNetwork] | None,
    closures: Sequence[Closure],
    warn: BaseGeometry | None,
    lon: float,
    lat: float,
    k: int,
    vehicle: str = "ambulance",
) -> tuple[Arrival, ...]:
    """Return the k places that are reached first from a plan's approach, by an ambulance."""
    if seen_by is None or plan.approach is None:
        return carried(None, Place(-1, 0.0, lon, lat, 0.0), candidates, k=k, shut=None)
    network = seen_by(vehicle)
    shut = closing(network, closures)
    return carried(network, plan.approach.place, candidates, k=k, shut=shut, warn=warn)


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
            vehicle=vehicle_of(row["layer"], row["kind"]),
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


def entry(arrival: Arrival, *, outward: bool = False) -> dict[str, Any]:
    """Return an arrival as `nearest` lists it on the wire; `outward`: it is reached, not coming."""
    return {
        "layer": arrival.layer,
        "id": arrival.id,
        "name": arrival.name,
        "name_en": arrival.name_en,
        "kind": arrival.kind,
        "travel_time_s": _rounded(arrival.travel_time_s),
        "distance_m": _rounded(arrival.distance_m),
        "avoided_s": _rounded(arrival.avoided_s),
        "avoided": told(arrival.avoided),
        "vehicle": arrival.vehicle,
        "direction": "from" if outward else "to",
        "ferry_m": _rounded(arrival.ferry_m),
        "barriers": list(arrival.barriers),
        "inside_zone": arrival.inside_zone,
        "way_out_s": _rounded(arrival.way_out_s),
        "crosses_warning": arrival.crosses_warning,
        "by": arrival.by,
        "lon": arrival.lon,
        "lat": arrival.lat,
    }


def told(closures: Iterable[Closure]) -> list[dict[str, Any]]:
    """Return closures as the wire names them; those out of sight have no id and no name."""
    return [
        {"kind": each.kind, "id": each.id, "name": each.name, "level": each.level}
        for each in closures
    ]


def route(arrival: Arrival, *, outward: bool = False) -> dict[str, Any]:
    """Return an arrival's road as a GeoJSON line."""
    place = ("lon", "lat", "by")
    return {
        "type": "Feature",
        "geometry": {"type": "LineString", "coordinates": arrival.route},
        "properties": {k: v for k, v in entry(arrival, outward=outward).items() if k not in place},
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
