"""What the scene says against the plan in force: read it, run it, dismiss it."""

from __future__ import annotations

import datetime as dt
from typing import Any

from flask import Response, jsonify

from gis_server import assessing, excerpt, incident_face
from gis_server.auth import permission, scope, who
from gis_server.state import config, db
from gis_server.views import assessments
from gis_server.views.blueprint import api, spoken
from gis_server.wire.incident import IncidentPath
from gis_server.wire.response_room import NothingMore, ProposalPath, ProposalsQuery, Struck
from layers import sheets
from layers.database import set_actor
from layers.models import Incident, Proposal
from layers.response import proposals
from layers.response.plan import plan_of

bp = api("proposals")


@bp.get("/incidents/<id>/proposals")
@permission("incidents.read")
def every(path: IncidentPath, query: ProposalsQuery) -> dict[str, Any]:
    """List what was proposed for an incident, newest first; `exposes` names who is in it anew.

    `full` names the reasons for which nothing more is proposed for now: the list is to be worked
    off, and the next reading looked at by hand.
    """
    incident = incident_face.find_incident(db(), path.id, scope=scope())
    found = proposals.listed(db(), incident.id, state=query.state, limit=query.limit)
    plan = plan_of(db(), incident.id)
    full = [] if plan is None else proposals.full(db(), plan.id, now=dt.datetime.now(dt.UTC))
    return {"proposals": [_shown(each) for each in found], "full": full}


@bp.post("/incidents/<id>/proposals/<proposal>/run")
@permission("incidents.write")
def run(path: ProposalPath, body: NothingMore) -> Response:
    """Compute the plan with the proposal's inputs; the old one is kept. 201."""
    incident, proposal = _named(path)
    proposals.lock_open(db(), proposal)
    row = assessing.run(
        db(), incident, proposal.body["inputs"], now=dt.datetime.now(dt.UTC), scope=scope(),
        actor=who().name, cache_dir=config().networks_dir,
        because={"proposal": str(proposal.id), "reason": proposal.reason},
    )  # fmt: skip
    proposals.taken_up(db(), proposal, row, actor=who().name)
    held = sheets.of_incident(db(), incident.id)
    answer = jsonify(proposal=_shown(proposal), assessment=assessments.shown(row, incident, held))
    answer.status_code = 201
    answer.headers["Location"] = f"/api/v1/incidents/{incident.id}/assessments/{row.id}"
    return answer


@bp.post("/incidents/<id>/proposals/<proposal>/dismiss")
@permission("incidents.write")
def dismiss(path: ProposalPath, body: Struck) -> dict[str, Any]:
    """Dismiss a proposal and say why; the same cause is not proposed again."""
    _, proposal = _named(path)
    proposals.dismiss(db(), proposal, actor=who().name, reason=body.reason)
    return _shown(proposal)


def _named(path: ProposalPath) -> tuple[Incident, Proposal]:
    incident = incident_face.find_incident(db(), path.id, scope=scope())
    proposal = proposals.proposal_of(db(), incident.id, path.proposal)
    assessing.refuse_closed(incident)
    set_actor(db(), who().name, incident=incident.id)
    return incident, proposal


def _shown(proposal: Proposal) -> dict[str, Any]:
    """Return a proposal as the reader may have it: who is exposed in the reader's regions."""
    body = proposal.body
    exposes = body["exposes"]
    if scope().regions is not None:
        keys = {(each["layer"], each["id"]) for each in exposes}
        seen = excerpt.visible_of(db(), keys, scope=scope())
        exposes = [each for each in exposes if (each["layer"], each["id"]) in seen]
    title = {"code": f"proposal.{proposal.reason}", "params": body["values"]}
    return {
        "id": str(proposal.id),
        "incident": str(proposal.incident_id),
        "plan": str(proposal.plan_id),
        "reason": proposal.reason,
        "state": proposal.state,
        "title": spoken(title) | {"params": {}},
        "made_at": proposal.made_at.isoformat(),
        "values": body["values"],
        "inputs": body["inputs"],
        "basis": spoken(body["basis"]),
        "zones": body["zones"],
        "exposes": exposes,
        "exposes_count": len(exposes),
        "people": sum(each["people"] or 0 for each in exposes),
        "people_unknown": sum(each["people"] is None for each in exposes),
        "closed_by": proposal.closed_by,
        "closed_at": proposal.closed_at and proposal.closed_at.isoformat(),
        "closed_why": proposal.closed_why,
        "assessment": proposal.assessment_id and str(proposal.assessment_id),
        "version": proposal.version,
    }
