"""Who should go where: teams and stock for several incidents, people of the zones to shelters."""

from __future__ import annotations

import datetime as dt
from functools import cache
from typing import Any

from analysis.dispatch.case import gather
from analysis.dispatch.evacuation import COACH
from analysis.dispatch.times import Networks
from analysis.roads.moment import roads_at
from analysis.roads.network import RoadNetwork
from analysis.roads.profile import PROFILES, Profile
from gis_server import closures as closing
from gis_server import dispatch_face, evacuating, excerpt
from gis_server import evacuation_face as face
from gis_server.auth import permission, scope
from gis_server.incident_face import find_incident
from gis_server.state import commit, config, db
from gis_server.views.blueprint import api, spoken
from gis_server.wire.dispatch import DispatchBody, EvacuationBody
from gis_server.wire.incident import IncidentPath
from layers.errors import InvalidInputError, NoRouteError, NotFoundError
from layers.models import Assessment, Incident
from layers.response.plan import assessment_of, plan_of

bp = api("dispatch")

PROFILES_BY_NAME = {**PROFILES, COACH.name: COACH}


@bp.post("/dispatch")
@permission("analysis.run")
def dispatch(body: DispatchBody) -> dict[str, Any]:
    """Propose who goes to each of several incidents, why, and when they arrive.

    `solve=greedy` answers at once; `solve=optimal` asks a solver for at most two seconds, says how
    far from the best possible the answer can be, and has the same shape. Nothing is ordered: a
    proposal becomes tasks by `POST /incidents/{id}/tasks` with some of its `assignments`.
    """
    now = dt.datetime.now(dt.UTC)
    asked, played = dispatch_face.places(db(), body, now=now, scope=scope())
    case = gather(
        db(), asked, networks=networks(now), scope=scope(), now=now, exercise=played,
        weights=dispatch_face.weights(body), cover_minutes=body.cover_minutes,
    )  # fmt: skip
    commit()  # No transaction idles while a solver thinks.
    return dict(spoken(dispatch_face.shown(case, dispatch_face.solved(case, body))))


@bp.post("/incidents/<id>/evacuation")
@permission("analysis.run")
def evacuate(path: IncidentPath, body: EvacuationBody) -> dict[str, Any]:
    """Propose which shelter the people of an incident's zones go to, by which road, in which order.

    Nobody is sent to a shelter that the zones reach when the wind turns by 45 degrees, nor through
    a zone that is worse than the one they are in. Who stays, and why, is told too.
    """
    now = dt.datetime.now(dt.UTC)
    incident = find_incident(db(), path.id, scope=scope())
    closed = closing.of_question(
        db(), incident=incident.id, assessment=body.assessment, avoid=body.avoid, at=now,
        scope=scope(),
    )  # fmt: skip
    plan = _plan(incident, body)
    case = evacuating.asked(db(), incident, plan, closed, scope=scope())
    if case is None:
        return dict(spoken(face.shown(None, None, face.messages(plan, None))))
    network = _network(plan["lon"], plan["lat"], PROFILES_BY_NAME[body.vehicle], now)
    commit()  # No transaction idles while the roads are searched.
    answer = case.solve(network, now=now)
    return dict(spoken(face.shown(answer, case.offered, face.messages(plan, answer))))


def _plan(incident: Incident, body: EvacuationBody) -> excerpt.Plan:
    """Return the assessment that is meant, or the one in force, as the reader may see it."""
    if body.assessment is not None:
        row: Assessment | None = assessment_of(db(), incident.id, body.assessment)
    else:
        row = plan_of(db(), incident.id)
    if row is None:
        raise NotFoundError(
            "there is no such assessment; assess the incident first", code="no_assessment",
            id=str(incident.id),
        )  # fmt: skip
    return excerpt.seen_by(db(), row.body, scope=scope())


def _network(lon: float, lat: float, profile: Profile, at: dt.datetime) -> RoadNetwork:
    """Return the roads of a place for a vehicle, with the speeds of the hour."""
    found = roads_at(db(), lon, lat, cache_dir=config().networks_dir, at=at, profile=profile)
    return found.network


def networks(at: dt.datetime) -> Networks:
    """Return the networks of this request by place and vehicle; None where there is none.

    Nor is there one for a vehicle that may use no road of it.
    """

    @cache
    def of(lon: float, lat: float, vehicle: str) -> RoadNetwork | None:
        try:
            return _network(lon, lat, PROFILES_BY_NAME[vehicle], at)
        except (NoRouteError, InvalidInputError):
            return None

    return of
