"""Closed roads: list those in force, close, change, open again."""

from __future__ import annotations

import datetime as dt
from typing import Any

from flask import Response, jsonify

from gis_server import incident_face
from gis_server.auth import permission, scope, who
from gis_server.closures import place_of
from gis_server.state import db
from gis_server.views.blueprint import api
from gis_server.views.features import wanted_version
from gis_server.wire.base import NoQuery
from gis_server.wire.closure import ClosureChange, ClosurePath, ClosureQuery, NewClosure
from layers import closures
from layers.database import set_actor
from layers.models import RoadClosure
from layers.query import boxes

bp = api("closures")


@bp.get("/closures")
@permission("features.read")
def every(query: ClosureQuery) -> dict[str, Any]:
    """List closures as GeoJSON, the newest first: those in force for everybody and an incident.

    Properties: `kind`, `name` (the road's, where a point closes one), `reason`, `incident_id`,
    `since`, `until`, `closed_by`, `lifted_at`, `lifted_by`, `ways`, `version`. `more` says that
    `limit` cut the list short.
    """
    mine = [] if query.incident is None else [query.incident]
    for incident in mine:
        incident_face.find_incident(db(), incident, scope=scope())
    row = RoadClosure
    wanted = [scope().clause(row.region.expression)]
    if query.state == "in_force":
        wanted.append(closures.in_force(query.at or dt.datetime.now(dt.UTC), mine))
    elif mine:
        wanted.append(row.incident_id.is_(None) | row.incident_id.in_(mine))
    box = query.box()
    if box is not None:
        wanted.append(boxes.intersects(RoadClosure.__table__.c.geom, boxes.boxes(box)))
    found = closures.listed(db(), *wanted, limit=query.limit + 1)
    return {
        "type": "FeatureCollection",
        "features": found[: query.limit],
        "more": len(found) > query.limit,
    }


@bp.post("/closures")
@permission("roads.close")
def close(body: NewClosure) -> Response:
    """Close roads; 201 with the closure. Sent twice with one `id` it is stored once.

    A point picks the nearest road within 30 m (a bridge where `kind` is bridge) and is moved onto
    it; farther away it is refused with `distance_m`.
    """
    if body.id is not None and db().get(RoadClosure, body.id) is not None:
        return _answer(closures.find(db(), body.id, scope=scope()), 200)
    place = place_of(body.geometry)
    incident = None
    if body.incident is not None:
        incident = incident_face.find_incident(db(), body.incident, scope=scope())
        set_actor(db(), who().name, incident=incident.id)
    row = closures.close(
        db(), place, kind=body.kind, by=who().name, scope=scope(), now=dt.datetime.now(dt.UTC),
        incident=incident, since=body.since, until=body.until, id=body.id,
        told={"name": body.name, "reason": body.reason, "source": body.source},
    )  # fmt: skip
    return _answer(row, 201)


@bp.get("/closures/<id>")
@permission("features.read")
def one(path: ClosurePath, query: NoQuery) -> Response:
    """Read one closure; `ETag` is its version."""
    return _answer(closures.find(db(), path.id, scope=scope()), 200)


@bp.patch("/closures/<id>")
@permission("roads.close")
def change(path: ClosurePath, body: ClosureChange) -> Response:
    """Change kind, name, reason or end; 409 where somebody was faster or it is lifted already."""
    row = closures.find(db(), path.id, scope=scope())
    patch = {name: getattr(body, name) for name in body.model_fields_set}
    return _answer(closures.change(db(), row, patch, version=wanted_version()), 200)


@bp.post("/closures/<id>/lift")
@permission("roads.close")
def lift(path: ClosurePath) -> Response:
    """Open the road again; who lifted it first, and when, stays."""
    row = closures.find(db(), path.id, scope=scope())
    return _answer(closures.lift(db(), row, by=who().name, now=dt.datetime.now(dt.UTC)), 200)


def _answer(row: RoadClosure, status: int) -> Response:
    response = jsonify(closures.shown(db(), row.id))
    response.status_code = status
    response.mimetype = "application/geo+json"
    response.headers["ETag"] = f'"{row.version}"'
    if status == 201:
        response.headers["Location"] = f"/api/v1/closures/{row.id}"
    return response
