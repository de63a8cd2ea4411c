"""Arrivals and alerts that positions give, and the areas that are watched for them."""

from __future__ import annotations

from typing import Any

from flask import Response, jsonify

from gis_server import incident_face
from gis_server.auth import permission, scope, who
from gis_server.state import db
from gis_server.views.blueprint import api
from gis_server.views.features import wanted_version
from gis_server.views.positions import sight
from gis_server.views.tracks import drawn
from gis_server.wire.base import NoQuery
from gis_server.wire.position import (
    AlertChange,
    AlertPath,
    AlertsQuery,
    ArrivalsQuery,
    NewWatchArea,
    WatchAreaPath,
)
from layers.models import WatchArea
from layers.tracking import alerts, areas, following

bp = api("alerts")


@bp.get("/alerts")
@permission("positions.read")
def every(query: AlertsQuery) -> dict[str, Any]:
    """List alerts, the newest first; an incident's are those of its tasks and watched areas."""
    found = alerts.listed(
        db(), sight=sight(), open=query.open, incident=query.incident, exercise=query.exercise,
        since=query.since, limit=query.limit,
    )  # fmt: skip
    return {"alerts": found}


@bp.patch("/alerts/<id>")
@permission("positions.read")
def change(path: AlertPath, body: AlertChange) -> Response:
    """Acknowledge an alert, or close it; needs `If-Match`. Who acknowledged it first stays."""
    shown = alerts.change(
        db(), path.id, sight=sight(), by=who().name, version=wanted_version(),
        acknowledged=body.acknowledged is True, closed=body.closed is True, note=body.note,
    )  # fmt: skip
    response = jsonify(shown)
    response.headers["ETag"] = f'"{shown["version"]}"'
    return response


@bp.get("/arrivals")
@permission("positions.read")
def arrivals(query: ArrivalsQuery) -> dict[str, Any]:
    """List who is on the way to an incident and when they arrive, the soonest first."""
    incident = incident_face.find_incident(db(), query.incident, scope=scope())
    found = following.arriving(db(), sight=sight(), incident=incident.id)
    return {"arrivals": found}


@bp.get("/watch-areas")
@permission("positions.read")
def watched(query: NoQuery) -> dict[str, Any]:
    """List the areas that are watched now, as GeoJSON."""
    rows = areas.listed(db(), scope=scope())
    return {"type": "FeatureCollection", "features": [areas.feature(row) for row in rows]}


@bp.post("/watch-areas")
@permission("incidents.write")
def watch(body: NewWatchArea) -> Response:
    """Watch an area: who comes in or goes out is told. Sent twice with one `id` it is one."""
    known = None if body.id is None else db().get(WatchArea, body.id)
    if known is not None and scope().holds(known.region):
        return _answer(known, 200)
    values = body.model_dump(exclude={"area", "incident", "id"})
    if body.id is not None:
        values["id"] = body.id
    if body.incident is not None:
        incident = incident_face.find_incident(db(), body.incident, scope=scope())
        values |= {"incident_id": incident.id, "exercise": incident.exercise}
        values["region"] = body.region or incident.region
    row = areas.add(db(), drawn(body.area, field="area"), values, by=who().name, scope=scope())
    return _answer(row, 201)


@bp.delete("/watch-areas/<id>")
@permission("incidents.write")
def unwatch(path: WatchAreaPath) -> Response:
    """Watch an area no longer; what it told stays."""
    areas.end(db(), path.id, scope=scope())
    return Response(status=204)


def _answer(row: WatchArea, status: int) -> Response:
    response = jsonify(areas.feature(row))
    response.status_code = status
    return response
