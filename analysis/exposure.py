"""Who and what lies in each zone, how soon the hazard is there, and what they should do."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any, Literal
from zoneinfo import ZoneInfo

import shapely
from geoalchemy2 import Geography
from shapely.geometry.base import BaseGeometry
from sqlalchemy import ColumnElement, Row, case, cast, func, null, select
from sqlalchemy.orm import Session
from tzfpy import get_tz

from analysis import protective_action, residents
from analysis.protective_action import Place
from analysis.scenario import LEVELS, Scenario, Zone
from layers import catalog
from layers.query import Scope
from layers.query.scope import visible

EXPOSED_LAYERS = (
    "protection_target", "sensitive_place", "enterprise", "park", "hazard_source", "tank",
    "tailings_pond", "reservoir", "resource", "team", "fire_water",
)  # fmt: skip
LISTED_PER_LAYER = 500

DAY_HOURS = (8.0, 18.5)
"""Civil hours in which people are where they work and learn: 08:00 to 18:30 by the Purple Book,
CPR 18E (1999), section 5.3 [mem 85%]."""

Period = Literal["day", "night"]


def local_time(at: dt.datetime, *, lon: float, lat: float) -> dt.datetime:
    """Return a moment in the civil time of a place (time-zone polygons of tzfpy)."""
    return at.astimezone(ZoneInfo(get_tz(lon, lat) or "UTC"))


def period(at: dt.datetime, *, lon: float, lat: float) -> Period:
    """Say whether people are counted by day or by night at a place and moment."""
    local = local_time(at, lon=lon, lat=lat)
    hour = local.hour + local.minute / 60.0
    return "day" if DAY_HOURS[0] <= hour < DAY_HOURS[1] else "night"


def expose(
    session: Session, scenario: Scenario, zones: Sequence[Zone], *, scope: Scope
) -> dict[str, Any]:
    """Return what lies in each zone.

    Returns
    -------
    dict
        `by_zone`: one entry a zone, in the order of `zones`, counting all that it touches;
        `targets`: each protection target once, at its worst level, sorted by arrival, the first
        `LISTED_PER_LAYER` of them; `target_count` and `by_action` count all;
        `people`, `people_unknown`: over all zones, each target once; `period`, `local_time`;
        `residents`, in all and by zone: people by a population raster, which counts the same
        people in another way and is never added.
    """
    when = period(scenario.occurred_at, lon=scenario.lon, lat=scenario.lat)
    layers: dict[str, list[dict[str, Any]]] = {
        name: _touched(session, name, scenario, zones, scope=scope, when=when)
        for name in EXPOSED_LAYERS
    }
    targets = _advised(layers["protection_target"], scenario, zones)
    targets.sort(key=lambda t: (_or_inf(t["arrival_s"]), LEVELS.index(t["level"]), t["distance_m"]))
    return {
        "by_zone": [
            {**_zone_entry(index, zone, layers), "residents": counted}
            for index, (zone, counted) in enumerate(
                zip(zones, residents.in_zones(session, zones, period=when), strict=True)
            )
        ],
        "targets": targets[:LISTED_PER_LAYER],
        "target_count": len(targets),
        "by_action": {action: _tally(targets, action) for action in ("evacuate", "shelter")},
        **_people(targets),
        "period": when,
        "local_time": local_time(
            scenario.occurred_at, lon=scenario.lon, lat=scenario.lat
        ).isoformat(),
        "sheltering": protective_action.assumed(scenario),
        "residents": residents.everywhere(session, zones, period=when),
    }


def targets(
    session: Session, scenario: Scenario, zones: Sequence[Zone], *, scope: Scope
) -> list[dict[str, Any]]:
    """Return every protection target in the zones with its worst zone, arrival and action."""
    when = period(scenario.occurred_at, lon=scenario.lon, lat=scenario.lat)
    items = _touched(session, "protection_target", scenario, zones, scope=scope, when=when)
    return _advised(items, scenario, zones)


def _touched(
    session: Session,
    name: str,
    scenario: Scenario,
    zones: Sequence[Zone],
    *,
    scope: Scope,
    when: Period,
) -> list[dict[str, Any]]:
    """Return the features of a layer that any zone touches, nearest to the source first."""
    if not zones:
        return []
    layer = catalog.find(name)
    geom = layer.column("geom")
    anchor = func.ST_PointOnSurface(geom)
    distance = func.ST_Distance(_geography(geom), _geography(_source(scenario)))
    inside = [func.ST_Intersects(geom, _bound(zone.geometry)) for zone in zones]
    columns: list[ColumnElement[Any]] = [
        layer.column("id"),
        layer.column("name"),
        layer.column("name_en"),
        func.ST_X(anchor).label("lon"),
        func.ST_Y(anchor).label("lat"),
        distance.label("distance_m"),
        func.concat(*(case((hit, "1"), else_="0") for hit in inside)).label("flags"),
        (layer.column(layer.kind_field) if layer.kind_field else null()).label("kind"),
    ]
    has_people = name == "protection_target"
    if has_people:
        columns.append(layer.column(f"people_{when}").label("people"))
    everywhere = shapely.union_all([zone.geometry for zone in zones])
    rows = session.execute(
        select(*columns)
        .where(visible(layer, scope), func.ST_Intersects(geom, _bound(everywhere)))
        .order_by(distance)
    ).all()
    return [_item(name, row, has_people=has_people) for row in rows]


def _source(scenario: Scenario) -> ColumnElement[Any]:
    return func.ST_SetSRID(func.ST_MakePoint(scenario.lon, scenario.lat), 4326)


def _geography(geom: ColumnElement[Any]) -> ColumnElement[Any]:
    return cast(geom, Geography(srid=4326))


def _bound(geometry: BaseGeometry) -> ColumnElement[Any]:
    return func.ST_GeomFromWKB(shapely.to_wkb(geometry), 4326)


def _item(layer: str, row: Row[Any], *, has_people: bool) -> dict[str, Any]:
    flags = row.flags
    item = {
        "id": str(row.id),
        "layer": layer,
        "name": row.name,
        "name_en": row.name_en,
        "kind": row.kind,
        "lon": round(row.lon, 7),
        "lat": round(row.lat, 7),
        "distance_m": round(row.distance_m, 1),
        "zones": [index for index, flag in enumerate(flags) if flag == "1"],
    }
    if has_people:
        item["people"] = row.people
    return item


def _zone_entry(index: int, zone: Zone, layers: dict[str, list[dict[str, Any]]]) -> dict[str, Any]:
    here = {
        name: [item for item in items if index in item["zones"]] for name, items in layers.items()
    }
    targets = here["protection_target"]
    return {
        "zone": index,
        "level": zone.level,
        "hazard": zone.hazard,
        "basis": zone.basis,
        **_people(targets),
        "layers": {
            name: {"count": len(items), "features": items[:LISTED_PER_LAYER]}
            for name, items in here.items()
            if items
        },
    }


def _people(targets: Sequence[dict[str, Any]]) -> dict[str, int]:
    return {
        "people": sum(target["people"] or 0 for target in targets),
        "people_unknown": sum(target["people"] is None for target in targets),
    }


def _tally(targets: Sequence[dict[str, Any]], action: str) -> dict[str, Any]:
    """Return how many targets an action is for; `first` is whom the hazard reaches first."""
    chosen = [target for target in targets if target["action"] == action]
    first = chosen[0] if chosen else None
    return {
        "count": len(chosen),
        "first": (first["name"] or first["kind"]) if first else None,
        **_people(chosen),
    }


def _advised(
    items: Sequence[dict[str, Any]], scenario: Scenario, zones: Sequence[Zone]
) -> list[dict[str, Any]]:
    """Return targets with their worst zone, the hazard's arrival, and evacuate or shelter."""
    inside = [[zones[i] for i in item["zones"]] for item in items]
    worst = [_worst(each) for each in inside]
    clouds = [_worst([z for z in each if z.basis == "model"] or each) for each in inside]
    # People are warned when somebody asks, not at the moment that the plan looks ahead to.
    warned = scenario.asked_at or scenario.at
    places = [
        Place(
            kind=item["kind"],
            zone=zone,
            arrival_s=_arrival(scenario, item, zone),
            passage_s=protective_action.passage_s(scenario, cloud),
            elapsed_s=max(0.0, (warned - scenario.occurred_at).total_seconds()),
        )
        for item, zone, cloud in zip(items, worst, clouds, strict=True)
    ]
    advised = protective_action.advise(scenario, places)
    return [
        {
            **item,
            "level": place.zone.level,
            "hazard": place.zone.hazard,
            "arrival_s": place.arrival_s,
            "passage_s": place.passage_s,
            "action": advice.action,
            "reason": advice.reason.to_json(),
            "shelter_share": advice.shelter_share,
            "evacuation_share": advice.evacuation_share,
        }
        for item, place, advice in zip(items, places, advised, strict=True)
    ]


def _worst(zones: Sequence[Zone]) -> Zone:
    return min(zones, key=lambda zone: LEVELS.index(zone.level))


def _arrival(scenario: Scenario, item: dict[str, Any], zone: Zone) -> float | None:
    if zone.hazard not in protective_action.MOVING_HAZARDS:
        return 0.0
    return arrival(scenario, item["distance_m"])


def arrival(scenario: Scenario, distance_m: float) -> float | None:
    """Return when a cloud's front has gone a distance: distance over wind speed at 10 m, in s.

    None where the wind is unknown or calm (under 1 m/s): then nobody knows.
    """
    speed = scenario.weather.wind_speed_m_s
    if speed is None or speed < 1.0:
        return None
    return round(distance_m / speed, 1)


def _or_inf(value: float | None) -> float:
    return float("inf") if value is None else value
