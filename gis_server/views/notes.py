"""Notes of an incident's log: write, read, change, strike; nothing is removed."""

from __future__ import annotations

import datetime as dt
from typing import Any

from flask import Response, jsonify
from sqlalchemy import select, tuple_

from gis_server import incident_face
from gis_server.auth import may, permission, scope, who
from gis_server.state import db
from gis_server.views.blueprint import api
from gis_server.views.features import wanted_version
from gis_server.wire.base import NoQuery
from gis_server.wire.incident import IncidentPath
from gis_server.wire.response_room import NewNote, NoteChange, NotePath, NotesQuery, Struck
from layers.database import set_actor
from layers.errors import PermissionError_
from layers.models import Note
from layers.response import notes

bp = api("notes")


@bp.get("/incidents/<id>/notes")
@permission("incidents.read")
def every(path: IncidentPath, query: NotesQuery) -> dict[str, Any]:
    """List the newest notes of an incident, oldest first; struck ones stay, struck.

    `more` says whether there are older ones: ask again with `before`, the first of these.
    """
    incident = incident_face.find_incident(db(), path.id, scope=scope())
    wanted = select(Note).where(Note.incident_id == incident.id)
    if query.before is not None:
        edge = notes.note_of(db(), incident.id, query.before)
        wanted = wanted.where(tuple_(Note.at, Note.id) < (edge.at, edge.id))
    newest = wanted.order_by(Note.at.desc(), Note.id.desc()).limit(query.limit + 1)
    found = list(db().scalars(newest))
    held = found[: query.limit][::-1]
    return {"notes": notes.shown(db(), held), "more": len(found) > query.limit}


@bp.post("/incidents/<id>/notes")
@permission("incidents.report")
def add(path: IncidentPath, body: NewNote) -> Response:
    """Write a note, of a closed incident too; 201, or 200 where this id was stored before."""
    incident = incident_face.find_incident(db(), path.id, scope=scope())
    note, fresh = notes.add(
        db(), incident, body.model_dump(exclude={"id"}), id=body.id, actor=who().name,
        leads=may("incidents.write", incident.region), now=dt.datetime.now(dt.UTC),
    )  # fmt: skip
    return _answer(note, 201 if fresh else 200)


@bp.get("/incidents/<id>/notes/<note>")
@permission("incidents.read")
def one(path: NotePath, query: NoQuery) -> Response:
    """Read one note, as old as it may be; `ETag` is its version."""
    incident = incident_face.find_incident(db(), path.id, scope=scope())
    return _answer(notes.note_of(db(), incident.id, path.note), 200)


@bp.patch("/incidents/<id>/notes/<note>")
@permission("incidents.report")
def change(path: NotePath, body: NoteChange) -> Response:
    """Change what a note says; its versions before stay in the journal. Needs `If-Match`."""
    note = _own(path)
    values = {name: getattr(body, name) for name in body.model_fields_set}
    values = {n: v for n, v in values.items() if v is not None or n in ("lon", "lat")}
    notes.change(db(), note, values, version=wanted_version(), now=dt.datetime.now(dt.UTC))
    return _answer(note, 200)


@bp.post("/incidents/<id>/notes/<note>/strike")
@permission("incidents.report")
def strike(path: NotePath, body: Struck) -> Response:
    """Strike a note and say why; it stays in the log. Needs `If-Match`."""
    note = _own(path)
    notes.strike(db(), note, reason=body.reason, actor=who().name, version=wanted_version())
    return _answer(note, 200)


def _own(path: NotePath) -> Note:
    """Return a note that the one who asks may change: their own, or any with incidents.write."""
    incident = incident_face.find_incident(db(), path.id, scope=scope())
    note = notes.note_of(db(), incident.id, path.note)
    if note.written_by != who().name and not may("incidents.write", incident.region):
        raise PermissionError_(
            f"{who().name} lacks incidents.write", permission="incidents.write",
            roles=list(who().roles),
        )  # fmt: skip
    set_actor(db(), who().name, incident=incident.id)
    return note


def _answer(note: Note, status: int) -> Response:
    response = jsonify(notes.shown(db(), [note])[0])
    response.status_code = status
    response.headers["ETag"] = f'"{note.version}"'
    return response
