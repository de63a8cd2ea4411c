"""What officers draw in an incident: operations, versions, one-key plot, files."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable
from typing import Any

from flask import Response, jsonify

from gis_server import excerpt, incident_face
from gis_server.auth import permission, scope, who
from gis_server.errors import reader_language
from gis_server.plot_words import in_words, ordered_ways
from gis_server.state import db
from gis_server.views.blueprint import api
from gis_server.wire.incident import IncidentPath
from gis_server.wire.plot import PlotOps, PlotPath, PlotsQuery, Press, RemovedQuery, VersionsQuery
from layers import plots
from layers.database import set_actor
from layers.errors import NotFoundError
from layers.models import Incident
from layers.plots import PRESS, Author, Desk, deeds
from layers.response.plan import plan_of

bp = api("plots")


@bp.get("/incidents/<id>/plots")
@permission("incidents.read")
def every(path: IncidentPath, query: PlotsQuery) -> dict[str, Any]:
    """List an incident's plots in drawing order; `after` a seq only what changed, `at` one as then.

    Each has its open conflicts (`conflict`); `conflicts` are those of plots that were removed.
    After a seq, `deleted` are the plots that went, `conflicts` those that came up and `settled`
    those that somebody has decided. `seq` is what to ask `after` next.
    """
    incident = incident_face.find_incident(db(), path.id, scope=scope())
    if query.at is not None:
        return {"plots": plots.as_of(db(), incident.id, query.at), "at": query.at}
    if query.after is not None:
        return plots.changes(db(), incident.id, after=query.after)
    return plots.listed(db(), incident.id)


@bp.post("/incidents/<id>/plots")
@permission("plots.write")
def draw(path: IncidentPath, body: PlotOps) -> Response:
    """Do some operations, all or none; each once, however often it is sent.

    An edit of fields that others left alone is merged; of a field that another changed since
    `base`, theirs stands and this one is kept as a conflict. A roadblock closes its road in the
    same transaction. An error names the operation in `details.op`.
    """
    incident = to_draw_in(path.id)
    desk = desk_of(incident, body.client)
    done = plots.apply(desk, [op.asked() for op in body.ops])
    told = [{**each, "current": done.plots.get(each["plot"])} for each in done.results]
    return jsonify(results=told)


@bp.get("/incidents/<id>/plots/removed")
@permission("incidents.read")
def removed(path: IncidentPath, query: RemovedQuery) -> dict[str, Any]:
    """List the plots that were taken off, the last first, with who did it and when."""
    incident = incident_face.find_incident(db(), path.id, scope=scope())
    found, more = plots.taken_off(db(), incident.id, limit=query.limit)
    return {"removed": found, "more": more}


@bp.get("/incidents/<id>/plots/<plot>/versions")
@permission("incidents.read")
def versions(path: PlotPath, query: VersionsQuery) -> dict[str, Any]:
    """List the versions of a plot, newest first, also of one that was removed."""
    incident = incident_face.find_incident(db(), path.id, scope=scope())
    found = plots.versions(db(), incident.id, path.plot, before=query.before, limit=query.limit + 1)
    return {"versions": found[: query.limit], "more": len(found) > query.limit}


@bp.post("/incidents/<id>/plots/situation")
@permission("plots.write")
def situation(path: IncidentPath, body: Press) -> Response:
    """Draw the plan in force: zones as cordons, its places, who comes, the wind, a legend.

    Pressed again it brings up to date what it drew; what a person changed stays as they left it,
    what they took off stays off (`left_out`). `not_drawn` says why a part could not be drawn.
    `drawn`, `changed` and `taken_off` are the ids of what this press did; an edit that takes it
    back names the press in `undoes`, and is then no person's own.
    """
    incident = to_draw_in(path.id)
    desk = desk_of(incident, body.client)
    done = deeds.done(desk, body.id, op=PRESS, digest=b"") or _pressed(desk, body.id)
    shown = plots.some(db(), incident.id, [uuid.UUID(id) for id in done["drawn"] + done["changed"]])
    return jsonify(id=str(body.id), plots=list(shown.values()), **done)


def _pressed(desk: Desk, id: uuid.UUID) -> dict[str, Any]:
    incident = desk.incident
    plan = plan_of(db(), incident.id)
    if plan is None:
        raise NotFoundError(
            f"incident {incident.id} has no plan yet", code="plot_no_plan", id=str(incident.id)
        )
    body = excerpt.seen_by(db(), plan.body, scope=scope())
    wanted = in_words(plots.parts(body, ordered_ways(db(), incident.id)), reader_language())
    done = plots.press(desk, plan.id, wanted)
    result = {
        "assessment": str(plan.id), "added": len(done.added), "updated": len(done.updated),
        "kept": len(done.kept), "removed": len(done.removed), "not_drawn": done.not_drawn,
        "left_out": listed(done.left_out), "drawn": listed(done.added),
        "changed": listed(done.updated), "taken_off": listed(done.removed),
    }  # fmt: skip
    return deeds.remember(desk, id, op=PRESS, digest=b"", result=result)


def listed(ids: Iterable[uuid.UUID]) -> list[str]:
    """Return ids as the wire carries them."""
    return [str(id) for id in ids]


def to_draw_in(id: uuid.UUID) -> Incident:
    """Return the incident in which a request draws, and tell the journal."""
    incident = incident_face.find_incident(db(), id, scope=scope())
    set_actor(db(), who().name, incident=incident.id)
    return incident


def desk_of(incident: Incident, client: uuid.UUID | None) -> Desk:
    """Return where and by whom something is drawn; `client` is the tab of the browser."""
    return Desk(
        session=db(),
        incident=incident,
        by=Author(who().name, None if client is None else str(client)),
        roads=who().scope("roads.close"),
        now=dt.datetime.now(dt.UTC),
    )
