"""Assessments: run the response chain, keep its answer, compare two, accept one as the plan."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from typing import Any

from flask import Response, jsonify
from sqlalchemy.orm import defer

from analysis.comparison import compared
from gis_server import assessing, excerpt, incident_face, sheet_of
from gis_server.auth import may, permission, scope, who
from gis_server.contacts import masked
from gis_server.state import config, db
from gis_server.views.blueprint import api, spoken
from gis_server.wire.base import NoQuery
from gis_server.wire.incident import (
    Accept,
    AssessmentPath,
    AssessmentQuery,
    CompareQuery,
    IncidentPath,
    Rerun,
)
from layers import sheets
from layers.database import set_actor
from layers.models import Assessment, Incident
from layers.response import plan as plans
from layers.sheets import Signed

bp = api("assessments")
WHAT_IF = {"true": True, "false": False, "any": None}


@bp.get("/incidents/<id>/assessments")
@permission("incidents.read")
def every(path: IncidentPath, query: AssessmentQuery) -> dict[str, Any]:
    """List an incident's assessments: the plan of record, then the newest first."""
    incident = incident_face.find_incident(db(), path.id, scope=scope())
    wanted = plans.listed(incident.id, what_if=WHAT_IF[query.what_if]).limit(query.limit)
    if query.heads:
        rows = db().scalars(wanted.options(defer(Assessment.body)))
        return {"assessments": [head(row, incident) for row in rows]}
    held = sheets.of_incident(db(), incident.id)
    return {"assessments": [shown(row, incident, held) for row in db().scalars(wanted)]}


@bp.get("/incidents/<id>/assessments/<assessment>")
@permission("incidents.read")
def one(path: AssessmentPath, query: NoQuery) -> dict[str, Any]:
    """Read one assessment."""
    incident = incident_face.find_incident(db(), path.id, scope=scope())
    row = assessment_of(incident, path.assessment)
    return shown(row, incident, sheets.of_incident(db(), incident.id))


@bp.post("/incidents/<id>/assessments")
@permission("incidents.write")
def assess(path: IncidentPath, body: Rerun) -> Response:
    """Compute the plan with what is known now, or with other weather or release; 201.

    With `what_if` the answer is kept beside the plans and calls nobody. 409 `incident_over` where
    the incident is closed.
    """
    incident = incident_face.find_incident(db(), path.id, scope=scope())
    assessing.refuse_closed(incident)
    set_actor(db(), who().name, incident=incident.id)
    row = assessing.run(
        db(), incident, _changes(incident, body),
        now=dt.datetime.now(dt.UTC), scope=scope(), actor=who().name,
        cache_dir=config().networks_dir, what_if=body.what_if, label=body.label,
    )  # fmt: skip
    return created(row, incident)


@bp.get("/incidents/<id>/assessments/compare")
@permission("incidents.read")
def compare(path: IncidentPath, query: CompareQuery) -> dict[str, Any]:
    """Compare two assessments of an incident: zones, people, targets, arrivals, inputs."""
    incident = incident_face.find_incident(db(), path.id, scope=scope())
    first, second = (assessment_of(incident, id) for id in (query.a, query.b))
    seen = [excerpt.seen_by(db(), row.body, scope=scope()) for row in (first, second)]
    said = compared(*seen)
    return dict(spoken({"a": head(first, incident), "b": head(second, incident), **said}))


@bp.post("/incidents/<id>/assessments/<assessment>/accept")
@permission("incidents.write")
def accept(path: AssessmentPath, body: Accept) -> Response:
    """Make an assessment the plan of record, which stays in force whatever is computed later."""
    incident = incident_face.find_incident(db(), path.id, scope=scope())
    return _in_force(incident, assessment_of(incident, path.assessment), body)


@bp.post("/incidents/<id>/plan/release")
@permission("incidents.write")
def release(path: IncidentPath, body: Accept) -> Response:
    """Hold to no plan of record any more: the newest assessment is in force."""
    return _in_force(incident_face.find_incident(db(), path.id, scope=scope()), None, body)


def created(row: Assessment, incident: Incident) -> Response:
    """Return the answer of a run that was kept: 201, and where it is."""
    answer = jsonify(shown(row, incident, sheets.of_incident(db(), incident.id)))
    answer.status_code = 201
    answer.headers["Location"] = f"/api/v1/incidents/{incident.id}/assessments/{row.id}"
    return answer


def assessment_of(incident: Incident, id: uuid.UUID) -> Assessment:
    """Return an assessment of an incident; NotFoundError where it is none of its."""
    return plans.assessment_of(db(), incident.id, id)


def head(row: Assessment, incident: Incident) -> dict[str, Any]:
    """Return what tells one assessment from another."""
    return {
        "id": str(row.id),
        "incident": str(row.incident_id),
        "created_at": row.created_at.isoformat(),
        "created_by": row.created_by,
        "what_if": row.what_if,
        "label": row.label,
        "plan": row.id == incident.plan_id,
        "version": row.version,
    }


def shown(row: Assessment, incident: Incident, held: Sequence[Signed]) -> dict[str, Any]:
    """Return an assessment as the reader may have it, in the reader's language.

    Parameters
    ----------
    held
        The calculation sheets of the incident.
    """
    plan = dict(excerpt.seen_by(db(), row.body, scope=scope()))
    plan["sheet"], warned = sheet_of.beside(row, {"cas": incident.cas}, held)
    plan["warnings"] = [*warned, *plan.get("warnings", ())]
    if not may("contacts.read", incident.region):
        plan["calls"] = [masked(line) for line in plan.get("calls", ())]
    return head(row, incident) | dict(spoken(plan))


def _changes(incident: Incident, body: Rerun) -> dict[str, Any]:
    """Return the inputs that a run names, as the chain takes them, over those it is based on."""
    names = {"weather", "release", "choices"}
    named = body.model_dump(mode="json", exclude_none=True, include=names)
    if body.based_on is not None:
        base = assessment_of(incident, body.based_on).body.get("changes") or {}
        named = assessing.merged(base, named)
    return named | ({"at": body.at} if body.at is not None else {})


def _in_force(incident: Incident, row: Assessment | None, body: Accept) -> Response:
    assessing.refuse_closed(incident)
    set_actor(db(), who().name, incident=incident.id)
    before = (body.instead_of,) if "instead_of" in body.model_fields_set else None
    plans.accept(db(), incident, row, actor=who().name, instead_of=before)
    contacts = who().scope("contacts.read")
    answer = jsonify(incident_face.shown(db(), incident, contacts=contacts))
    answer.headers["ETag"] = f'"{incident.version}"'
    return answer
