"""What officers draw in an incident: operations, versions, one-key plot, files."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from flask import Response, jsonify

from gis_server import reports
from gis_server.auth import permission, scope, who
from gis_server.state import db
from gis_server.views.blueprint import api
from gis_server.wire.incident import IncidentPath
from gis_server.wire.plot import PlotOps, PlotPath, PlotsQuery, VersionsQuery
from layers import plots
from layers.database import set_actor
from layers.models import Incident
from layers.plots import Author, Desk

bp = api("plots")


@bp.get("/incidents/<id>/plots")
@permission("incidents.read")
def every(path: IncidentPath, query: PlotsQuery) -> dict[str, Any]:
    """List an incident's plots in drawing order; `after` a seq only what changed, `at` one as then.

    Each has its open conflicts (`conflict`); `conflicts` are those of plots that were removed,
    after a seq all that are open. `seq` is what to ask `after` next.
    """
    incident = reports.find_incident(db(), path.id, scope=scope())
    if query.at is not None:
        return {"plots": plots.as_of(db(), incident.id, query.at), "at": query.at}
    if query.after is not None:
        return {**plots.changes(db(), incident.id, after=query.after), "more": False}
    return plots.listed(db(), incident.id)


@bp.post("/incidents/<id>/plots")
@permission("plots.write")
def draw(path: IncidentPath, body: PlotOps) -> Response:
    """Do some operations, all or none; each once, however often it is sent.

    An edit of fields that others left alone is merged; of a field that another changed since
    `base`, theirs stands and this one is kept as a conflict. A roadblock closes its road in the
    same transaction. An error names the operation in `details.op`.
    """
    incident = _to_draw_in(path.id)
    desk = _desk(incident, None if body.client is None else str(body.client))
    results = plots.apply(desk, [op.asked() for op in body.ops])
    current = plots.some(db(), incident.id, [uuid.UUID(each["plot"]) for each in results])
    return jsonify(results=[{**each, "current": current.get(each["plot"])} for each in results])


@bp.get("/incidents/<id>/plots/<plot>/versions")
@permission("incidents.read")
def versions(path: PlotPath, query: VersionsQuery) -> dict[str, Any]:
    """List the versions of a plot, newest first, also of one that was removed."""
    incident = reports.find_incident(db(), path.id, scope=scope())
    found = plots.versions(db(), incident.id, path.plot, before=query.before, limit=query.limit + 1)
    return {"versions": found[: query.limit], "more": len(found) > query.limit}


def _to_draw_in(id: uuid.UUID) -> Incident:
    incident = reports.find_incident(db(), id, scope=scope())
    set_actor(db(), who().name, incident=incident.id)
    return incident


def _desk(incident: Incident, client: str | None) -> Desk:
    return Desk(
        session=db(),
        incident=incident,
        by=Author(who().name, client),
        roads=who().scope("roads.close"),
        now=dt.datetime.now(dt.UTC),
    )
