"""Where a tracker has been: its track, and its times in and out of an area."""

from __future__ import annotations

import datetime as dt
from typing import Any

import shapely
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from analysis.tracking.movement import Movement, movement, thinned
from analysis.tracking.stay import Visit, visits
from gis_server import closures, incident_face
from gis_server.auth import permission, scope
from gis_server.state import db
from gis_server.views.blueprint import api
from gis_server.views.positions import sight
from gis_server.wire.position import (
    StayBody,
    StayQuery,
    TrackerPath,
    TrackQuery,
    moments,
)
from layers import catalog
from layers import query as ask
from layers.errors import InvalidInputError, NotFoundError
from layers.models import Tracker
from layers.response.plan import plan_of
from layers.tracking.judgement import Flag
from layers.tracking.latest import named
from layers.tracking.sight import find
from layers.tracking.track import Track, track

bp = api("tracks")
MOMENT_S = 1e-3


@bp.get("/trackers/<id>/track")
@permission("positions.read")
def history(path: TrackerPath, query: TrackQuery) -> dict[str, Any]:
    """Show where a tracker has been: a GeoJSON feature, and its positions thinned to `points`.

    What could not have been driven is not part of the line and stands under `jumps`; where nothing
    was heard for five minutes the line is cut.
    """
    row = find(db(), path.id, sight=sight())
    whole = track(db(), row.number, begin=query.begin, end=query.end)
    moved = movement(whole)
    few, tolerance_m = thinned(moved.track, query.points)
    return {
        "type": "Feature",
        "geometry": _line(moved, few),
        "properties": {
            **named(row),
            **moments(query.begin, query.end),
            **_measured(moved),
            "received": len(whole),
            "cut": whole.cut,
            "tolerance_m": tolerance_m,
            "positions": [_position(few, index) for index in range(len(few))],
            "jumps": [_position(moved.jumps, n) for n in range(min(len(moved.jumps), 100))],
        },
    }


@bp.get("/trackers/<id>/stay")
@permission("positions.read")
def stay(path: TrackerPath, query: StayQuery) -> dict[str, Any]:
    """Tell when a tracker came into an area and left it, how long it stayed, how far it went."""
    row = find(db(), path.id, sight=sight())
    return _stay(row, query.begin, query.end, _area_of(query))


@bp.post("/trackers/<id>/stay")
@permission("positions.read")
def stay_in(path: TrackerPath, body: StayBody) -> dict[str, Any]:
    """Tell the same of an area that is drawn."""
    row = find(db(), path.id, sight=sight())
    return _stay(row, body.begin, body.end, drawn(body.area, field="area"))


def drawn(geojson: dict[str, Any], *, field: str) -> BaseGeometry:
    """Return an area that somebody drew, bounded as closures are."""
    area = closures.drawn(geojson).area
    if area is None or area.is_empty:
        raise InvalidInputError(f"{field}: got no area", code="geometry_unusable", field=field,
                                reason="empty", got=None, wanted="a polygon")  # fmt: skip
    return area


def _area_of(query: StayQuery) -> BaseGeometry:
    if query.incident is not None:
        return _zones(query)
    layer = catalog.find(str(query.layer), db())
    assert query.feature is not None  # the wire's own rule
    geometry = ask.feature(db(), layer, query.feature, scope=scope())["geometry"]
    area = None if geometry is None else shape(geometry)
    if area is None or shapely.get_dimensions(area) != 2:
        raise InvalidInputError(
            f"{layer.name} {query.feature} is no area", code="no_area", field="feature",
            got=None if area is None else area.geom_type, wanted="Polygon",
        )  # fmt: skip
    return area


def _zones(query: StayQuery) -> BaseGeometry:
    """Return the zones of an incident's plan, of one level where it is named."""
    assert query.incident is not None
    incident = incident_face.find_incident(db(), query.incident, scope=scope())
    row = plan_of(db(), incident.id)
    zones = [] if row is None else row.body.get("zones", {}).get("features", [])
    areas = [
        shape(zone["geometry"])
        for zone in zones
        if query.level in (None, zone["properties"]["level"])
    ]
    if not areas:
        raise NotFoundError(
            f"incident {incident.id} has no zone", code="no_zone", id=str(incident.id)
        )
    return shapely.union_all(areas)


def _stay(row: Tracker, begin: dt.datetime, end: dt.datetime, area: BaseGeometry) -> dict[str, Any]:
    whole = track(db(), row.number, begin=begin, end=end)
    moved = movement(whole)
    found = visits(moved, area)
    return {
        **named(row),
        **moments(begin, end),
        **_measured(moved),
        "received": len(whole),
        "cut": whole.cut,
        "visits": [_visit(visit) for visit in found],
        "stay_s": round(sum(visit.stay_s for visit in found), 3),
        "unseen_s": round(sum(visit.unseen_s for visit in found), 3),
        "mileage_inside_m": round(sum(visit.mileage_m for visit in found), 1),
    }


def _visit(visit: Visit) -> dict[str, Any]:
    return {
        "entered_at": visit.entered_at and visit.entered_at.isoformat(),
        "left_at": visit.left_at and visit.left_at.isoformat(),
        "first_at": visit.first_at.isoformat(),
        "last_at": visit.last_at.isoformat(),
        "stay_s": round(visit.stay_s, 3),
        "unseen_s": round(visit.unseen_s, 3),
        "mileage_m": round(visit.mileage_m, 1),
    }


def _measured(moved: Movement) -> dict[str, Any]:
    """Return how far a track goes, and what is not counted in it."""
    whole, at_s = moved.track, moved.track.at_s
    gaps = (moved.leg == "gap").nonzero()[0].tolist()
    return {
        "mileage_m": round(moved.mileage_m, 1),
        "coarse": moved.coarse,
        "jump_count": len(moved.jumps) + int((moved.leg == "jump").sum()),
        "jumped_m": round(moved.straight_m("jump"), 1),
        "gaps": [
            {
                "from": whole.moment(step).isoformat(),
                "to": whole.moment(step + 1).isoformat(),
                "seconds": float(at_s[step + 1] - at_s[step]),
            }
            for step in gaps[:1_000]
        ],
        "gap_count": len(gaps),
        "gap_m": round(moved.straight_m("gap"), 1),
    }


def _line(moved: Movement, few: Track) -> dict[str, Any] | None:
    """Return the thinned line, cut at gaps and jumps; None of nothing."""
    broken = moved.track.at_s[1:][moved.leg != "drive"]
    part = broken.searchsorted(few.at_s + MOMENT_S / 2)
    pieces: list[list[list[float]]] = []
    for index, point in enumerate(few.lonlat.round(7).tolist()):
        if index == 0 or part[index] != part[index - 1]:
            pieces.append([])
        pieces[-1].append(point)
    lines = [piece if len(piece) > 1 else piece * 2 for piece in pieces]
    return {"type": "MultiLineString", "coordinates": lines} if lines else None


def _position(some: Track, index: int) -> dict[str, Any]:
    lon, lat = some.lonlat[index].round(7).tolist()
    beside = {
        name: None if value != value else round(value, 2)
        for name, value in (
            ("speed_m_s", float(some.speed_m_s[index])),
            ("heading_deg", float(some.heading_deg[index])),
            ("accuracy_m", float(some.accuracy_m[index])),
        )
    }
    words = Flag(int(some.flags[index])).words()
    return {"lon": lon, "lat": lat, "at": some.moment(index).isoformat(), **beside, "flags": words}
