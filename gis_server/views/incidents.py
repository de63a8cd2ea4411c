"""Incidents: report, list, read, change."""

from __future__ import annotations

import datetime as dt
from typing import Any

from flask import Response, jsonify
from sqlalchemy.exc import IntegrityError

from gis_server import incident_face, incident_rows
from gis_server.auth import permission, scope, who
from gis_server.errors import reader_language
from gis_server.state import db
from gis_server.views.blueprint import api
from gis_server.views.features import wanted_version
from gis_server.wire.base import NoQuery
from gis_server.wire.incident import (
    IncidentChange,
    IncidentPath,
    IncidentQuery,
    IncidentReport,
)
from layers.models import Incident

bp = api("incidents")

UNIQUE_VIOLATION = "23505"


@bp.get("/incidents")
@permission("incidents.read")
def every(query: IncidentQuery) -> dict[str, Any]:
    """List incidents in the reader's regions, newest first."""
    wanted = [scope().clause(Incident.region.expression)]
    if query.status is not None:
        wanted.append(Incident.status == query.status)
    found = incident_face.rows(
        db(), *wanted, limit=query.limit, contacts=who().scope("contacts.read")
    )
    return {"incidents": list(found)}


@bp.post("/incidents")
@permission("incidents.report")
def report(body: IncidentReport) -> Response:
    """Report an incident; a place is enough. Sent twice with one `id` it is stored once."""
    if body.id is not None and db().get(Incident, body.id) is not None:
        return _answer(incident_face.find_incident(db(), body.id, scope=scope()), 200)
    incident = incident_rows.incident_row(
        db(), body, scope=scope(), now=dt.datetime.now(dt.UTC), language=reader_language()
    )
    if not _stored(incident):
        return _answer(incident_face.find_incident(db(), incident.id, scope=scope()), 200)
    db().refresh(incident)
    return _answer(incident, 201)


@bp.get("/incidents/<id>")
@permission("incidents.read")
def one(path: IncidentPath, query: NoQuery) -> Response:
    """Read one incident; `ETag` is its version."""
    return _answer(incident_face.find_incident(db(), path.id, scope=scope()), 200)


@bp.patch("/incidents/<id>")
@permission("incidents.write")
def change(path: IncidentPath, body: IncidentChange) -> Response:
    """Change what is known of an incident; 409 with both versions where somebody was faster."""
    incident = incident_face.find_incident(db(), path.id, scope=scope())
    incident_rows.change_row(
        db(), incident, body, version=wanted_version(), scope=scope(),
        now=dt.datetime.now(dt.UTC), contacts=who().scope("contacts.read"),
    )  # fmt: skip
    return _answer(incident, 200)


def _stored(incident: Incident) -> bool:
    """Store a report; say no where the same one, sent at the same time, was stored first."""
    try:
        with db().begin_nested():
            db().add(incident)
    except IntegrityError as error:
        if getattr(error.orig, "sqlstate", None) != UNIQUE_VIOLATION or incident.id is None:
            raise
        return False
    return True


def _answer(incident: Incident, status: int) -> Response:
    contacts = who().scope("contacts.read")
    response = jsonify(incident_face.shown(db(), incident, contacts=contacts))
    response.status_code = status
    response.headers["ETag"] = f'"{incident.version}"'
    if status == 201:
        response.headers["Location"] = f"/api/v1/incidents/{incident.id}"
    return response
