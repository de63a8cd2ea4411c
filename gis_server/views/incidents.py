"""Incidents: report, list, read, change; their log and their call sheet."""

from __future__ import annotations

import datetime as dt
from typing import Any

from flask import Response, jsonify
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from gis_server import excerpt, intake, reports
from gis_server.auth import may, permission, scope, who
from gis_server.contacts import masked
from gis_server.errors import reader_language
from gis_server.state import db
from gis_server.views.blueprint import api, spoken
from gis_server.views.features import wanted_version
from gis_server.wire.base import NoQuery
from gis_server.wire.incident import (
    CallPath,
    CallResult,
    IncidentChange,
    IncidentPath,
    IncidentQuery,
    IncidentReport,
    LogQuery,
    NewCall,
)
from layers.database import set_actor
from layers.errors import NotFoundError
from layers.log import incident_log
from layers.models import Call, Incident

bp = api("incidents")

LOG_NEEDS = {
    "call": ("contacts.read",),
    "contact": ("contacts.read",),
    "alert": ("positions.read", "contacts.read"),
    "watch_area": ("positions.read",),
}
"""What of a log takes more than `incidents.read`; an alert may be of a person, and says where."""
UNIQUE_VIOLATION = "23505"


@bp.get("/incidents")
@permission("incidents.read")
def every(query: IncidentQuery) -> dict[str, Any]:
    """List incidents in the reader's regions, newest first."""
    wanted = [scope().clause(Incident.region.expression)]
    if query.status is not None:
        wanted.append(Incident.status == query.status)
    found = reports.rows(db(), *wanted, limit=query.limit, contacts=who().scope("contacts.read"))
    return {"incidents": list(found)}


@bp.post("/incidents")
@permission("incidents.report")
def report(body: IncidentReport) -> Response:
    """Report an incident; a place is enough. Sent twice with one `id` it is stored once."""
    if body.id is not None and db().get(Incident, body.id) is not None:
        return _answer(reports.find_incident(db(), body.id, scope=scope()), 200)
    incident = reports.incident_row(
        db(), body, scope=scope(), now=dt.datetime.now(dt.UTC), language=reader_language()
    )
    if not _stored(incident):
        return _answer(reports.find_incident(db(), incident.id, scope=scope()), 200)
    db().refresh(incident)
    return _answer(incident, 201)


@bp.get("/incidents/<id>")
@permission("incidents.read")
def one(path: IncidentPath, query: NoQuery) -> Response:
    """Read one incident; `ETag` is its version."""
    return _answer(reports.find_incident(db(), path.id, scope=scope()), 200)


@bp.patch("/incidents/<id>")
@permission("incidents.write")
def change(path: IncidentPath, body: IncidentChange) -> Response:
    """Change what is known of an incident; 409 with both versions where somebody was faster."""
    incident = reports.find_incident(db(), path.id, scope=scope())
    reports.change_row(
        db(), incident, body, version=wanted_version(), scope=scope(),
        now=dt.datetime.now(dt.UTC), contacts=who().scope("contacts.read"),
    )  # fmt: skip
    return _answer(incident, 200)


@bp.get("/incidents/<id>/log")
@permission("incidents.read")
def log(path: IncidentPath, query: LogQuery) -> dict[str, Any]:
    """List every change made for an incident, from the journal, in order."""
    incident = reports.find_incident(db(), path.id, scope=scope())
    without = [
        layer
        for layer, needed in LOG_NEEDS.items()
        if not all(may(name, incident.region) for name in needed)
    ]
    hidden = () if may("contacts.read", incident.region) else intake.PEOPLE
    return {
        "log": incident_log(
            db(), incident.id, after=query.after, limit=query.limit, without=without, hidden=hidden
        )
    }


@bp.get("/incidents/<id>/calls")
@permission("incidents.read")
def calls(path: IncidentPath, query: NoQuery) -> dict[str, Any]:
    """Show the call sheet with the result of each call; lines of other regions are left out."""
    incident = reports.find_incident(db(), path.id, scope=scope())
    lines = db().scalars(
        select(Call).where(Call.incident_id == incident.id).order_by(Call.rank, Call.id)
    )
    found = list(lines)
    if scope().regions is None:
        return {"calls": [_call(line) for line in found]}
    named = {(c.layer, str(c.feature_id)) for c in found if c.layer and c.feature_id}
    hidden = named - excerpt.visible_of(db(), named, scope=scope())
    return {"calls": [_call(c) for c in found if (c.layer, str(c.feature_id)) not in hidden]}


@bp.post("/incidents/<id>/calls")
@permission("incidents.write")
def add_call(path: IncidentPath, body: NewCall) -> tuple[dict[str, Any], int]:
    """Add a line to the call sheet."""
    incident = reports.find_incident(db(), path.id, scope=scope())
    line = Call(incident_id=incident.id, region=incident.region, **body.model_dump())
    db().add(line)
    db().flush()
    db().refresh(line)
    return _call(line), 201


@bp.post("/incidents/<id>/calls/<call>")
@permission("incidents.write")
def log_call(path: CallPath, body: CallResult) -> dict[str, Any]:
    """Note how a call went, by whom and when."""
    incident = reports.find_incident(db(), path.id, scope=scope())
    line = db().get(Call, path.call, with_for_update=True)
    if line is None or line.incident_id != incident.id:
        raise NotFoundError(f"there is no call {path.call}", code="no_call", id=str(path.call))
    set_actor(db(), who().name, incident=incident.id)
    line.result = body.result
    line.note = body.note if "note" in body.model_fields_set else line.note
    line.called_by = who().name
    line.called_at = db().scalar(select(func.clock_timestamp()))
    db().flush()
    db().refresh(line)
    return _call(line)


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
    response = jsonify(reports.shown(db(), incident, contacts=contacts))
    response.status_code = status
    response.headers["ETag"] = f'"{incident.version}"'
    if status == 201:
        response.headers["Location"] = f"/api/v1/incidents/{incident.id}"
    return response


def _call(line: Call) -> dict[str, Any]:
    names = ("layer", "feature_name", "name", "phone", "result", "note", "called_by", "version")
    shown: dict[str, Any] = {
        "id": str(line.id),
        "feature_id": line.feature_id and str(line.feature_id),
        **{name: getattr(line, name) for name in names},
        "called_at": line.called_at and line.called_at.isoformat(),
        "purpose": spoken({"code": line.purpose, "params": {}}),
    }
    return shown if may("contacts.read", line.region) else masked(shown)
