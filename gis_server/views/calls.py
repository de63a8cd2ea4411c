"""The call sheet of an incident: whom to call next, how each try went, who is overdue."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, select

from gis_server import excerpt, incident_face
from gis_server.auth import may, permission, scope, who
from gis_server.contacts import masked
from gis_server.state import db
from gis_server.views.blueprint import api, spoken
from gis_server.wire.base import NoQuery
from gis_server.wire.incident import CallPath, CallResult, IncidentPath, NewCall
from layers.database import set_actor
from layers.errors import ConflictError, NotFoundError
from layers.models import Call, Incident
from layers.response import calls
from layers.response.once import stored

bp = api("calls")

CALLS_MAX = 2000


@bp.get("/incidents/<id>/calls")
@permission("incidents.read")
def sheet(path: IncidentPath, query: NoQuery) -> dict[str, Any]:
    """Show the call sheet with every try of each line; lines of other regions are left out.

    `due_at` is when a line that nobody answered is overdue, `order` whom to call next.
    """
    incident = incident_face.find_incident(db(), path.id, scope=scope())
    found = _seen(_lines(incident))
    return {"calls": _shown(found, incident, among=found)}


@bp.post("/incidents/<id>/calls")
@permission("incidents.write")
def add(path: IncidentPath, body: NewCall) -> tuple[dict[str, Any], int]:
    """Add a line to the call sheet; 201, or 200 where this id was stored before."""
    incident = incident_face.find_incident(db(), path.id, scope=scope())
    if body.id is not None and (held := db().get(Call, body.id)) is not None:
        return _again(held, incident)
    listed = select(func.count()).select_from(Call).where(Call.incident_id == incident.id)
    if (db().scalar(listed) or 0) >= CALLS_MAX:
        raise ConflictError(
            f"the call sheet holds {CALLS_MAX} lines", code="log_full", wanted=str(CALLS_MAX)
        )
    line = Call(incident_id=incident.id, region=incident.region, **body.model_dump())
    if not stored(db(), line):
        return _again(db().get_one(Call, line.id), incident)
    return _shown([line], incident, among=_lines(incident))[0], 201


def _again(line: Call, incident: Incident) -> tuple[dict[str, Any], int]:
    if line.incident_id != incident.id:
        raise ConflictError(f"the id {line.id} is taken", code="already_exists", rule="call_pkey")
    return _shown([line], incident, among=_lines(incident))[0], 200


@bp.post("/incidents/<id>/calls/<call>")
@permission("incidents.write")
def log_call(path: CallPath, body: CallResult) -> dict[str, Any]:
    """Note how a call went, by whom and when; the tries before it stay."""
    incident = incident_face.find_incident(db(), path.id, scope=scope())
    line = db().get(Call, path.call, with_for_update=True)
    if line is None or line.incident_id != incident.id or not _seen([line]):
        raise NotFoundError(f"there is no call {path.call}", code="no_call", id=str(path.call))
    set_actor(db(), who().name, incident=incident.id)
    now = db().scalar(select(func.clock_timestamp()))
    line.result = body.result
    line.note = body.note if "note" in body.model_fields_set else line.note
    line.called_by, line.called_at = who().name, now
    db().flush()
    db().refresh(line)
    return _shown([line], incident, among=_lines(incident))[0]


def _lines(incident: Incident) -> list[Call]:
    wanted = select(Call).where(Call.incident_id == incident.id).order_by(Call.rank, Call.id)
    return list(db().scalars(wanted))


def _seen(lines: Sequence[Call]) -> list[Call]:
    """Leave out the lines of places that the reader may not see."""
    named = {(line.layer, str(line.feature_id)) for line in lines if line.layer and line.feature_id}
    hidden = excerpt.unseen_of(db(), named, scope=scope())
    return [line for line in lines if (line.layer, str(line.feature_id)) not in hidden]


def _shown(
    lines: Sequence[Call], incident: Incident, *, among: Sequence[Call]
) -> list[dict[str, Any]]:
    tries, order = calls.tries(db(), lines), calls.next_first(among)
    return [
        _call(line, incident) | {"tries": tries[line.id], "order": order.get(line.id)}
        for line in lines
    ]


def _call(line: Call, incident: Incident) -> dict[str, Any]:
    names = (
        "rank", "layer", "feature_name", "name", "phone", "result", "note", "called_by", "version",
    )  # fmt: skip
    due = calls.due_at(line)
    shown: dict[str, Any] = {
        "id": str(line.id),
        "feature_id": line.feature_id and str(line.feature_id),
        **{name: getattr(line, name) for name in names},
        "created_at": line.created_at.isoformat(),
        "called_at": line.called_at and line.called_at.isoformat(),
        "due_at": due and due.isoformat(),
        "purpose": spoken({"code": line.purpose, "params": {}}),
    }
    return shown if may("contacts.read", incident.region) else masked(shown)
