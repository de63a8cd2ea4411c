"""How well the roads serve: who is beyond so many minutes, what one cut isolates, a cordon."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import shapely
from geoalchemy2.shape import to_shape
from shapely.geometry.base import BaseGeometry

from analysis import points
from analysis.coverage import Terms
from analysis.coverage import coverage as covered
from analysis.isolation import isolation
from analysis.local import LocalPlane
from analysis.roads import store
from analysis.roads.arrival import Candidate
from analysis.roads.closures import closures
from analysis.roads.cordon import control_points, told
from analysis.roads.moment import roads_at
from analysis.roads.network import RoadNetwork
from analysis.roads.profile import PROFILES
from analysis.settlement import Inhabitants, inhabitants
from analysis.stations import Stations, stations, without
from gis_server import closures as closing
from gis_server.auth import permission, scope
from gis_server.closures import Closed
from gis_server.incident_face import find_incident
from gis_server.state import commit, config, db
from gis_server.views.blueprint import api
from gis_server.wire.resilience import (
    CordonBody,
    CoverageBody,
    CoverageQuery,
    NewStation,
    ResilienceBody,
    ResilienceQuery,
)
from layers import query as ask
from layers.errors import InvalidInputError, NotFoundError
from layers.models import Assessment
from layers.query import boxes

bp = api("resilience")

MOST_POSTS = 3000


@bp.get("/coverage")
@permission("analysis.run")
def coverage(query: CoverageQuery) -> dict[str, Any]:
    """Return who is within so many minutes of a station, who is not, and why."""
    return _coverage(query.body())


@bp.post("/coverage")
@permission("analysis.run")
def coverage_if(body: CoverageBody) -> dict[str, Any]:
    """Return the same with areas closed, and what a station more or less changes."""
    return _coverage(body)


@bp.get("/resilience")
@permission("analysis.run")
def resilience(query: ResilienceQuery) -> dict[str, Any]:
    """Return the roads and junctions that cut off the most people, and who is cut off already."""
    return _resilience(query.body())


@bp.post("/resilience")
@permission("analysis.run")
def resilience_if(body: ResilienceBody) -> dict[str, Any]:
    """Return the same with areas closed: what is the only way now."""
    return _resilience(body)


@bp.post("/cordon")
@permission("analysis.run")
def cordon(body: CordonBody) -> dict[str, Any]:
    """Return the control points of a cordon, grouped by road, most traffic first."""
    area, source = _cordoned(body)
    middle = area.representative_point()
    network = store.load_for(db(), middle.x, middle.y, cache_dir=config().networks_dir)
    swept = None
    if source is not None:
        plane = LocalPlane(*source)
        swept = plane.to_lonlat(points.keep_out(area, plane, rotate=True))
    features = control_points(network, area, swept=swept, most=MOST_POSTS)
    return {
        "cordon": shapely.geometry.mapping(area),
        "groups": told(features),
        "points": {"type": "FeatureCollection", "features": features},
    }


def _coverage(asked: CoverageBody) -> dict[str, Any]:
    closed = _closed(asked)
    network = _network(asked)
    known = stations(
        db(), scope=scope(), lon=asked.lon, lat=asked.lat, layer=asked.layer, kinds=asked.kinds,
        closed=closed.area, warn=closed.warn,
    )  # fmt: skip
    changed = bool(asked.exclude or asked.add)
    terms = Terms(
        where=_where(asked, network),
        minutes=tuple(sorted(set(asked.minutes))),
        within_min=asked.within_min,
        direction=asked.direction,
    )
    who = _who(asked, network, terms.where)
    return {"vehicle": asked.vehicle} | covered(
        network, who, _with(without(known, asked.exclude), asked.add, asked.layer), terms,
        closed=closures(network, closed.parts), usual=known.serving if changed else None,
    )  # fmt: skip


def _with(known: Stations, added: list[NewStation], layer: str) -> Stations:
    new = tuple(
        Candidate(layer=layer, id=f"new-{number}", name=each.name, kind=None, lon=each.lon,
                  lat=each.lat)
        for number, each in enumerate(added, start=1)
    )  # fmt: skip
    return Stations(known.serving + new, known.out)


def _resilience(asked: ResilienceBody) -> dict[str, Any]:
    closed = _closed(asked)
    network = _network(asked)
    who = _who(asked, network, _where(asked, network))
    return {"vehicle": asked.vehicle} | isolation(
        network, who, k=asked.k, closed=closures(network, closed.parts)
    )


def _who(
    asked: CoverageBody | ResilienceBody, network: RoadNetwork, where: BaseGeometry
) -> Inhabitants:
    """Return whom to count, the last that is asked of the database."""
    found = inhabitants(
        db(), network, where, scope=scope(), layers=tuple(dict.fromkeys(asked.layers)),
        period=asked.period,
    )  # fmt: skip
    commit()  # No transaction idles while the roads are searched.
    return found


def _closed(asked: CoverageBody | ResilienceBody) -> Closed:
    return closing.of_question(
        db(), incident=asked.incident, assessment=asked.assessment, avoid=asked.avoid,
        at=asked.at or dt.datetime.now(dt.UTC), scope=scope(),
    )  # fmt: skip


def _network(asked: CoverageBody | ResilienceBody) -> RoadNetwork:
    return roads_at(
        db(), asked.lon, asked.lat, cache_dir=config().networks_dir,
        at=asked.at or dt.datetime.now(dt.UTC), profile=PROFILES[asked.vehicle],
    ).network  # fmt: skip


def _where(asked: CoverageBody | ResilienceBody, network: RoadNetwork) -> BaseGeometry:
    """Return the area looked at: what is asked, within what the network reaches.

    Raises
    ------
    InvalidInputError
        It is no area, or lies beside the network.
    """
    extent = shapely.box(*network.extent)
    wanted: BaseGeometry = extent
    if asked.bbox is not None:
        wanted = shapely.union_all([shapely.box(*part) for part in boxes.boxes(asked.bbox)])
    elif asked.geometry is not None:
        wanted = _area(asked.geometry)
    found = wanted.intersection(extent)
    if found.area == 0.0:
        raise InvalidInputError(
            "the area lies beside the road network", code="area_beside_network", field="geometry",
            got=_corners(wanted), wanted=_corners(extent),
        )  # fmt: skip
    return found


def _area(geometry: Mapping[str, Any]) -> BaseGeometry:
    area = ask.area(db(), geometry=dict(geometry)).geometry
    if area is None or area.area == 0.0:
        got = str(geometry.get("type"))[:60]
        raise InvalidInputError(
            f"geometry: got {got}, wanted a polygon", code="geometry_unusable", field="geometry",
            reason=got, got=got, wanted="Polygon, MultiPolygon",
        )  # fmt: skip
    return area


def _corners(area: BaseGeometry) -> str:
    return ", ".join(f"{edge:.4f}" for edge in area.bounds)


def _cordoned(asked: CordonBody) -> tuple[BaseGeometry, tuple[float, float] | None]:
    """Return the area of a cordon and around what it turns with the wind, None where it does not.

    Raises
    ------
    NotFoundError
        The incident has no plan, or its plan no zone.
    """
    if asked.geometry is not None:
        source = None if asked.lon is None or asked.lat is None else (asked.lon, asked.lat)
        return _area(asked.geometry), source
    closed = closing.of_plan(
        db(), incident=asked.incident, assessment=asked.assessment, scope=scope()
    )
    zones = [part.area for part in closed.parts if part.kind == "zone"]
    zones = zones or ([closed.warn] if closed.warn is not None else [])
    if not zones:
        raise NotFoundError("the incident has no zone yet; assess it first", code="no_zones",
                            id=str(asked.incident or asked.assessment))  # fmt: skip
    return shapely.union_all(zones), None if closed.wind_from_deg is None else _source(asked)


def _source(asked: CordonBody) -> tuple[float, float]:
    incident = asked.incident
    if incident is None:
        plan = db().get(Assessment, asked.assessment)
        assert plan is not None  # its zones were read
        incident = plan.incident_id
    place = to_shape(find_incident(db(), incident, scope=scope()).geom)
    lon, lat = shapely.get_coordinates(place)[0].tolist()
    return lon, lat
