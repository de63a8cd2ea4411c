"""Assessments: run the response chain for an incident, keep its answer, read it again."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Mapping, Sequence
from functools import cache, partial
from typing import Any

from flask import Response, jsonify
from sqlalchemy import select

from analysis import response as chain
from analysis.roads.in_force import in_force
from analysis.roads.moment import Moment, roads_at, seen_by
from analysis.situation import situation
from gis_server import excerpt, reports, sheet_of
from gis_server.auth import may, permission, scope, who
from gis_server.contacts import masked
from gis_server.state import config, db
from gis_server.views.blueprint import api, spoken
from gis_server.wire.base import NoQuery
from gis_server.wire.incident import AssessmentPath, AssessmentQuery, IncidentPath, Rerun
from layers import sheets
from layers.database import set_actor
from layers.errors import NotFoundError
from layers.models import Assessment, Call, Enterprise, Incident
from layers.sheets import Signed

bp = api("assessments")


@bp.get("/incidents/<id>/assessments")
@permission("incidents.read")
def every(path: IncidentPath, query: AssessmentQuery) -> dict[str, Any]:
    """List an incident's assessments, newest first."""
    incident = reports.find_incident(db(), path.id, scope=scope())
    found = db().scalars(
        select(Assessment)
        .where(Assessment.incident_id == incident.id)
        .order_by(Assessment.created_at.desc(), Assessment.id.desc())
        .limit(query.limit)
    )
    held = sheets.of_incident(db(), incident.id)
    return {"assessments": [shown(row, incident, held) for row in found]}


@bp.get("/incidents/<id>/assessments/<assessment>")
@permission("incidents.read")
def one(path: AssessmentPath, query: NoQuery) -> dict[str, Any]:
    """Read one assessment."""
    incident = reports.find_incident(db(), path.id, scope=scope())
    row = assessment_of(incident, path.assessment)
    return shown(row, incident, sheets.of_incident(db(), incident.id))


@bp.post("/incidents/<id>/assessments")
@permission("incidents.write")
def assess(path: IncidentPath, body: Rerun) -> Response:
    """Compute the plan with what is known now, or with other weather or release; 201."""
    incident = reports.find_incident(db(), path.id, scope=scope())
    set_actor(db(), who().name, incident=incident.id)
    now = dt.datetime.now(dt.UTC)
    known = situation(db(), incident, now=now, changes=changes_of(body))
    place = known.scenario
    roads = cache(partial(_roads, place.lon, place.lat, now))
    plan = chain.assess(
        db(),
        known,
        network=lambda: roads().network,
        networks=lambda profile: seen_by(db(), roads(), profile),
        closures=in_force(db(), at=now, incidents=(incident.id,), scope=scope()),
        scope=scope(),
        enterprise=_enterprise(incident),
    )
    row = Assessment(
        incident_id=incident.id,
        region=incident.region,
        created_by=who().name,
        body=plan | {"scope": excerpt.stated(scope())},
    )
    _lock(incident)
    db().add(row)
    _extend_calls(incident, plan.get("calls", ()))
    db().flush()
    db().refresh(row)
    answer = jsonify(shown(row, incident, sheets.of_incident(db(), incident.id)))
    answer.status_code = 201
    answer.headers["Location"] = f"/api/v1/incidents/{incident.id}/assessments/{row.id}"
    return answer


def _roads(lon: float, lat: float, at: dt.datetime) -> Moment:
    return roads_at(db(), lon, lat, cache_dir=config().networks_dir, at=at)


def changes_of(body: Rerun) -> dict[str, Any]:
    """Return the inputs that a run names, as the chain takes them."""
    dumped = body.model_dump(mode="json", exclude_none=True)
    return dumped | ({"at": body.at} if body.at is not None else {})


def assessment_of(incident: Incident, id: uuid.UUID) -> Assessment:
    """Return an assessment of an incident; NotFoundError where it is none of its."""
    row = db().get(Assessment, id)
    if row is None or row.incident_id != incident.id:
        raise NotFoundError(f"there is no assessment {id}", code="no_assessment", id=str(id))
    return row


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
    head = {
        "id": str(row.id),
        "incident": str(row.incident_id),
        "created_at": row.created_at.isoformat(),
        "created_by": row.created_by,
        "version": row.version,
    }
    return head | dict(spoken(plan))


def _enterprise(incident: Incident) -> dict[str, Any] | None:
    if incident.enterprise_id is None:
        return None
    row = db().scalar(
        select(Enterprise).where(
            Enterprise.id == incident.enterprise_id, scope().clause(Enterprise.region.expression)
        )
    )
    return {"id": str(row.id), "name": row.name} if row else None


def _lock(incident: Incident) -> None:
    """Let one run at a time extend an incident's call sheet: two would each add every line."""
    db().execute(
        select(Incident.id).where(Incident.id == incident.id).with_for_update(key_share=True)
    )


def _extend_calls(incident: Incident, lines: Iterable[Mapping[str, Any]]) -> None:
    """Add to the call sheet whom it does not list yet; results noted before stay."""
    held = db().execute(
        select(Call.layer, Call.feature_id, Call.phone).where(Call.incident_id == incident.id)
    )
    known = {(layer, str(feature), phone) for layer, feature, phone in held}
    for rank, line in enumerate(lines, start=1):
        if (line["layer"], line["feature_id"], line["phone"]) in known:
            continue
        db().add(
            Call(
                incident_id=incident.id,
                region=incident.region,
                rank=rank,
                layer=line["layer"],
                feature_id=line["feature_id"],
                feature_name=line["feature_name"],
                name=line["name"],
                phone=line["phone"],
                purpose=line["purpose"]["code"],
            )
        )
