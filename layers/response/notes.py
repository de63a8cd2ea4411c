"""Notes of the log: written, changed as a new version, struck with a reason, never removed."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from layers.errors import ConflictError, InvalidInputError, NotFoundError
from layers.models import Document, Incident, Note
from layers.response.once import refuse_haste, stored
from layers.response.place import point, sane_time

NOTES_MAX = 20_000
"""Of one incident: a line every 40 seconds for nine days. Who leads it writes on after that."""
AN_HOUR_MAX = 300
"""Of one writer in one incident."""

FIELDS = ("kind", "text", "at")


def add(
    session: Session,
    incident: Incident,
    values: Mapping[str, Any],
    *,
    id: uuid.UUID | None,
    actor: str,
    leads: bool = False,
    now: dt.datetime,
) -> tuple[Note, bool]:
    """Write a note; return it, and whether it is new: the same id is stored once.

    Parameters
    ----------
    values
        `kind`, `text`, `at` (now where left out), `lon` and `lat`, `documents` (ids).
    leads
        Whether the writer leads the incident: no one else's notes shut its log to them.

    Raises
    ------
    InvalidInputError
        A document that is not the incident's, a time that has not come, or nothing said at all.
    ConflictError
        The id is another incident's note, or the incident's log is full.
    BusyError
        `"too_many_an_hour"`.
    """
    if id is not None:
        known = session.get(Note, id)
        if known is not None:
            return _same(known, incident), False
    refuse_haste(session, incident.id, Note, actor=actor, most=AN_HOUR_MAX)
    held = select(func.count()).select_from(Note).where(Note.incident_id == incident.id)
    if not leads and (session.scalar(held) or 0) >= NOTES_MAX:
        raise ConflictError(
            f"the log holds {NOTES_MAX} notes", code="log_full", wanted=str(NOTES_MAX)
        )
    documents = _documents(session, incident.id, values.get("documents") or ())
    note = Note(
        id=id,
        incident_id=incident.id,
        region=incident.region,
        kind=values.get("kind") or "note",
        text=values.get("text") or "",
        at=sane_time(values.get("at") or now, now=now),
        documents=documents,
        written_by=actor,
        geom=point(values.get("lon"), values.get("lat")),
    )
    _refuse_empty(note.text, documents)
    if not stored(session, note):
        return _same(session.get_one(Note, note.id), incident), False
    return note, True


def change(
    session: Session, note: Note, values: Mapping[str, Any], *, version: int, now: dt.datetime
) -> None:
    """Change what a note says; the version before stays in the journal.

    Raises
    ------
    ConflictError
        It was struck (`"note_struck"`), or changed meanwhile: carries mine and theirs.
    """
    _lock(session, note, version, dict(values))
    for name in FIELDS:
        if name in values:
            setattr(note, name, values[name])
    sane_time(note.at, now=now)
    if "documents" in values:
        note.documents = _documents(session, note.incident_id, values["documents"])
    if "lon" in values:
        note.geom = point(values["lon"], values["lat"])
    _refuse_empty(note.text, note.documents)
    session.flush()
    session.refresh(note)


def strike(session: Session, note: Note, *, reason: str, actor: str, version: int) -> None:
    """Strike a note: it stays in the log with who struck it, when and why."""
    _lock(session, note, version, {"reason": reason})
    now = session.scalar(select(func.clock_timestamp()))
    note.struck_by, note.struck_reason, note.struck_at = actor, reason, now
    session.flush()
    session.refresh(note)


def note_of(session: Session, incident: uuid.UUID, id: uuid.UUID) -> Note:
    """Return a note of an incident; NotFoundError where it is none of its."""
    note = session.get(Note, id)
    if note is None or note.incident_id != incident:
        raise NotFoundError(f"there is no note {id}", code="no_note", id=str(id))
    return note


def shown(session: Session, found: Sequence[Note]) -> list[dict[str, Any]]:
    """Return notes as the wire carries them, each with what its documents are."""
    ids = [uuid.UUID(id) for note in found for id in note.documents]
    files = {
        str(row.id): _file(row)
        for row in session.scalars(select(Document).where(Document.id.in_(ids)))
    }
    query = select(Note.id, func.ST_X(Note.geom), func.ST_Y(Note.geom))
    rows = session.execute(query.where(Note.id.in_([note.id for note in found])))
    places = {id: (lon, lat) for id, lon, lat in rows}
    return [_shown(note, *places[note.id], files) for note in found]


def _shown(
    note: Note, lon: float | None, lat: float | None, files: Mapping[str, Mapping[str, Any]]
) -> dict[str, Any]:
    struck = None
    if note.struck_at is not None:
        struck = {
            "by": note.struck_by, "at": note.struck_at.isoformat(), "reason": note.struck_reason,
        }  # fmt: skip
    return {
        "id": str(note.id),
        "incident": str(note.incident_id),
        "kind": note.kind,
        "text": note.text,
        "at": note.at.isoformat(),
        "lon": lon,
        "lat": lat,
        "documents": [files[id] for id in note.documents if id in files],
        "written_by": note.written_by,
        "created_at": note.created_at.isoformat(),
        "updated_at": note.updated_at.isoformat(),
        "struck": struck,
        "version": note.version,
    }


def _file(row: Document) -> dict[str, Any]:
    names = ("title", "file_name", "media_type", "size_bytes", "width_px", "height_px", "kind")
    return {
        "id": str(row.id),
        **{name: getattr(row, name) for name in names},
        "url": f"/api/v1/documents/{row.id}/content",
    }


def _documents(session: Session, incident: uuid.UUID, ids: Iterable[uuid.UUID]) -> list[str]:
    """Return the ids of documents as they are stored; each must be one of the incident's."""
    wanted = list(dict.fromkeys(ids))
    held = set(
        session.scalars(
            select(Document.id)
            .where(
                Document.id.in_(wanted),
                Document.layer == "incident",
                Document.feature_id == incident,
            )
            .with_for_update(key_share=True)
        )
    )
    for id in wanted:
        if id not in held:
            raise InvalidInputError(
                f"documents: {id} is no document of this incident", code="no_linked",
                field="documents", id=str(id),
            )  # fmt: skip
    return [str(id) for id in wanted]


def _refuse_empty(text: str, documents: Sequence[str]) -> None:
    if not text.strip() and not documents:
        raise InvalidInputError(
            "a note says something, or shows a document", code="invalid_fields", field="text",
            got="", wanted="text or documents",
        )  # fmt: skip


def _same(note: Note, incident: Incident) -> Note:
    if note.incident_id != incident.id:
        raise ConflictError(f"the id {note.id} is taken", code="already_exists", rule="note_pkey")
    return note


def _lock(session: Session, note: Note, version: int, mine: dict[str, Any]) -> None:
    session.refresh(note, with_for_update=True)
    if note.struck_at is not None:
        raise ConflictError(
            "a struck note stays as it is", code="note_struck", by=note.struck_by, id=str(note.id)
        )
    if note.version != version:
        raise ConflictError(
            f"the note is at version {note.version}, the change was made on {version}",
            mine={name: str(value) for name, value in mine.items()},
            theirs=shown(session, [note])[0],
        )
