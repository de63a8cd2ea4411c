"""Decisions of an incident: drafted by one person, approved or refused by another."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

import shapely
from flask import Response, jsonify

from gis_server import assessing, closures, deciding, incident_face
from gis_server.auth import may, permission, scope, who
from gis_server.state import db
from gis_server.views.blueprint import api
from gis_server.wire.base import NoQuery
from gis_server.wire.incident import IncidentPath
from gis_server.wire.response_room import Approved, DecisionPath, NewDecision, Struck
from layers.database import set_actor
from layers.models import Decision, Incident
from layers.response import decisions
from layers.response.approvals import approves, unapproved_of
from layers.response.decisions import Outcome

bp = api("decisions")


@bp.get("/incidents/<id>/decisions")
@permission("incidents.read")
def every(path: IncidentPath, query: NoQuery) -> dict[str, Any]:
    """List the decisions of an incident, oldest first; `may` says what the reader may do now."""
    incident = incident_face.find_incident(db(), path.id, scope=scope())
    found = decisions.newest(db(), incident.id)
    return {"decisions": _shown(found, incident)}


@bp.post("/incidents/<id>/decisions")
@permission("incidents.write")
def draft(path: IncidentPath, body: NewDecision) -> Response:
    """Draft a decision; 201, or 200 where this id was stored before.

    Of a closed incident only what approves its end, or a level of it, afterwards.
    """
    incident = incident_face.find_incident(db(), path.id, scope=scope())
    _refuse_over(incident, body.kind, body.level)
    parts = closures.drawn(body.area).parts
    decision, fresh = decisions.draft(
        db(), incident, id=body.id, kind=body.kind, text=body.text, level=body.level,
        basis=body.basis.model_dump(mode="json", exclude_none=True),
        area=shapely.union_all([part.area for part in parts]) if parts else None,
        actor=who().name,
    )  # fmt: skip
    return _answer(decision, incident, 201 if fresh else 200)


@bp.post("/incidents/<id>/decisions/<decision>/approve")
@permission("decisions.approve")
def approve(path: DecisionPath, body: Approved) -> Response:
    """Approve a decision that another person has drafted.

    The response level, the warning level or the end of the incident that it decides is set with it;
    409 `level_changed` where that level is another than when it was drafted.
    """
    return _decided(path, "approved", body.reason)


@bp.post("/incidents/<id>/decisions/<decision>/reject")
@permission("decisions.approve")
def reject(path: DecisionPath, body: Struck) -> Response:
    """Refuse a decision that another person has drafted, and say why."""
    return _decided(path, "rejected", body.reason)


@bp.post("/incidents/<id>/decisions/<decision>/withdraw")
@permission("incidents.write")
def withdraw(path: DecisionPath, body: Struck) -> Response:
    """Take one's own draft back, and say why."""
    return _decided(path, "withdrawn", body.reason)


def _decided(path: DecisionPath, outcome: Outcome, reason: str | None) -> Response:
    incident = incident_face.find_incident(db(), path.id, scope=scope())
    decision = decisions.decision_of(db(), incident.id, path.decision)
    _refuse_over(incident, decision.kind, decision.level)
    set_actor(db(), who().name, incident=incident.id)
    decisions.decide(db(), decision, outcome, actor=who().name, reason=reason)
    if outcome == "approved":
        deciding.carry_out(db(), incident, decision, scope=scope(), now=dt.datetime.now(dt.UTC))
    return _answer(decision, incident, 200)


def _answer(decision: Decision, incident: Incident, status: int) -> Response:
    response = jsonify(_shown([decision], incident)[0])
    response.status_code = status
    response.headers["ETag"] = f'"{decision.version}"'
    return response


def _refuse_over(incident: Incident, kind: str, level: str | None) -> None:
    """Refuse what would still change a closed incident; what is so already may be approved."""
    if not approves(incident, unapproved_of(db(), incident.id), kind, level):
        assessing.refuse_closed(incident)


def _shown(found: Sequence[Decision], incident: Incident) -> list[dict[str, Any]]:
    """Return decisions with what the reader may do with each."""
    waiting = unapproved_of(db(), incident.id)
    return [
        {**shown, "may": _may(shown, incident, waiting)} for shown in decisions.shown(db(), found)
    ]


def _may(shown: dict[str, Any], incident: Incident, waiting: list[str]) -> dict[str, bool]:
    over = incident.status == "closed" and not approves(
        incident, waiting, shown["kind"], shown["level"]
    )
    waits = shown["state"] == "drafted" and not over
    own = shown["drafted_by"] == who().name
    return {
        "approve": waits and not own and may("decisions.approve", incident.region),
        "withdraw": waits and own and may("incidents.write", incident.region),
    }
