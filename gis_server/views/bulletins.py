"""Bulletins of an incident (首报 续报 终报): written in one click, worded, signed, printed."""

from __future__ import annotations

import datetime as dt
from typing import Any

from flask import Response, jsonify

from gis_server import bulletins as written
from gis_server import duty_document, incident_face
from gis_server.auth import may, permission, scope, who
from gis_server.bulletins import Edit
from gis_server.errors import reader_language
from gis_server.sheets import canonical
from gis_server.state import config, db
from gis_server.text import LANGUAGES, say
from gis_server.views.blueprint import PREFIX, api
from gis_server.views.features import wanted_version
from gis_server.wire.base import NoQuery
from gis_server.wire.bulletin import BulletinChange, BulletinPath, NewBulletin, SignBulletin
from gis_server.wire.incident import IncidentPath
from layers.database import set_actor
from layers.errors import NotFoundError
from layers.incidents import bulletins, corrections
from layers.models import Bulletin, Incident

bp = api("bulletins")
ADDRESS = "/incidents/<id>/bulletins"
ONE = f"{ADDRESS}/<bulletin>"


@bp.get(ADDRESS)
@permission("incidents.read")
def every(path: IncidentPath, query: NoQuery) -> dict[str, Any]:
    """List the bulletins of an incident, newest first."""
    incident = incident_face.find_incident(db(), path.id, scope=scope())
    stale = _stale(incident)
    found = bulletins.of_incident(db(), incident.id)
    return {"bulletins": [_head(each, stale=each.row.id in stale) for each in found]}


@bp.post(ADDRESS)
@permission("incidents.write")
def write(path: IncidentPath, body: NewBulletin) -> Response:
    """Write a bulletin from what is known now; 201, or 200 where it was written before."""
    incident = incident_face.find_incident(db(), path.id, scope=scope())
    if body.id is not None and db().get(Bulletin, body.id) is not None:
        return _answer(bulletins.find(db(), incident.id, body.id), 200)
    bulletins.check_order(db(), incident.id, body.kind)
    set_actor(db(), who().name, incident=incident.id)
    text = written.composed(_facts(incident), kind=body.kind, zone=config().zone)
    row = bulletins.make(
        db(), incident, body.kind, body=text, body_hash=canonical.sha256(text),
        actor=who().name, id=body.id,
    )  # fmt: skip
    return _answer(row, 201)


@bp.get(ONE)
@permission("incidents.read")
def one(path: BulletinPath, query: NoQuery) -> Response:
    """Read a bulletin with its items; `ETag` is its version."""
    return _answer(_found(path)[1], 200)


@bp.patch(ONE)
@permission("incidents.write")
def word(path: BulletinPath, body: BulletinChange) -> Response:
    """Word items of a draft; 409 where somebody was faster, or where it is signed."""
    incident, row = _found(path, version=wanted_version())
    edits = [Edit(**item.model_dump()) for item in body.items]
    text = written.edited(row.body, edits, actor=who().name, now=dt.datetime.now(dt.UTC))
    set_actor(db(), who().name, incident=incident.id)
    bulletins.rewrite(db(), row, body=text, body_hash=canonical.sha256(text))
    return _answer(row, 200)


@bp.post(f"{ONE}/renew")
@permission("incidents.write")
def renew(path: BulletinPath) -> Response:
    """Write a draft anew from what is known now; what a person worded stays."""
    incident, row = _found(path, version=wanted_version())
    text = written.renewed(row.body, _facts(incident), kind=row.kind, zone=config().zone)
    set_actor(db(), who().name, incident=incident.id)
    bulletins.rewrite(db(), row, body=text, body_hash=canonical.sha256(text), anew=True)
    return _answer(row, 200)


@bp.delete(ONE)
@permission("incidents.write")
def drop(path: BulletinPath) -> Response:
    """Remove a draft; the journal keeps its words."""
    incident, row = _found(path, version=wanted_version())
    set_actor(db(), who().name, incident=incident.id)
    db().delete(row)
    db().flush()
    return Response(status=204)


@bp.post(f"{ONE}/sign")
@permission("reports.sign")
def sign(path: BulletinPath, body: SignBulletin) -> Response:
    """Sign a bulletin (签发): it gets its number, and nothing of it changes any more."""
    incident, row = _found(path)
    year = dt.datetime.now(config().zone).year
    set_actor(db(), who().name, incident=incident.id)
    bulletins.sign(
        db(), row, body_hash=body.body_hash, year=year, user=who().name, name=who().title
    )
    return _answer(row, 201)


@bp.get(f"{ONE}.html")
@permission("incidents.read")
def page(path: BulletinPath, query: NoQuery) -> Response:
    """Answer a bulletin as a page to print; nothing in it comes from elsewhere."""
    return _document(path, "html")


@bp.get(f"{ONE}.docx")
@permission("incidents.read")
def document(path: BulletinPath, query: NoQuery) -> Response:
    """Answer a bulletin as a DOCX document."""
    return _document(path, "docx")


@bp.get(f"{ONE}.pdf")
@permission("incidents.read")
def paper(path: BulletinPath, query: NoQuery) -> Response:
    """Answer a bulletin as a PDF."""
    return _document(path, "pdf")


def _found(path: BulletinPath, *, version: int | None = None) -> tuple[Incident, Bulletin]:
    incident = incident_face.find_incident(db(), path.id, scope=scope())
    return incident, bulletins.find(db(), incident.id, path.bulletin, version=version)


def _facts(incident: Incident) -> written.Facts:
    return written.gathered(
        db(), incident, now=dt.datetime.now(dt.UTC),
        since=bulletins.last_signed(db(), incident.id),
    )  # fmt: skip


def _document(path: BulletinPath, form: duty_document.Form) -> Response:
    _, row = _found(path)
    blocks, head = written.document(
        row, language=reader_language(), zone=config().zone, site=duty_document.this_site(),
        contacts=may("contacts.read", row.region),
    )  # fmt: skip
    return duty_document.answer(blocks, head, form=form, name=f"bulletin-{row.kind}-{row.id}")


def _stale(incident: Incident) -> frozenset[Any]:
    found = corrections.corrections(db(), incident.id)
    return frozenset(corrections.all_affected(found).bulletins)


def _answer(row: Bulletin, status: int) -> Response:
    incident = db().get(Incident, row.incident_id)
    if incident is None:
        raise NotFoundError(f"there is no bulletin {row.id}", code="no_bulletin", id=str(row.id))
    response = jsonify(_shown(row, stale=row.id in _stale(incident)))
    response.status_code = status
    response.headers["ETag"] = f'"{row.version}"'
    if status == 201:
        response.headers["Location"] = _address(row)
    return response


def _head(each: bulletins.Listed, *, stale: bool) -> dict[str, Any]:
    """Return what a list tells of a bulletin."""
    row = each.row
    address = _address(row)
    return {
        "id": str(row.id),
        "incident": str(row.incident_id),
        "kind": row.kind,
        "state": "draft" if row.signed_at is None else "signed",
        "exercise": row.exercise,
        "title": each.title,
        "number": written.number(row),
        "ordinal": row.ordinal,
        "as_of": each.as_of,
        "made_at": row.made_at.isoformat(),
        "made_by": row.made_by,
        "signed_at": row.signed_at and row.signed_at.isoformat(),
        "signed_by": row.signed_by,
        "signer": row.signer,
        "body_hash": row.body_hash,
        "version": row.version,
        "open": each.missing,
        "stale": stale,
        "links": {form: f"{address}.{form}" for form in ("html", "docx", "pdf")},
    }


def _shown(row: Bulletin, *, stale: bool) -> dict[str, Any]:
    """Return a whole bulletin, as far as its reader may see people."""
    content = written.opened(row.body, contacts=may("contacts.read", row.region))
    title = {name: content["pages"][name]["title"] for name in LANGUAGES}
    missing = sum(item["missing"] for item in content["items"])
    told = _head(bulletins.Listed(row, title, content["as_of"], missing), stale=stale)
    told["items"] = [
        {**item, "title": {name: say(name, f"duty.item.{item['key']}") for name in LANGUAGES}}
        for item in content["items"]
    ]
    return told


def _address(row: Bulletin) -> str:
    return f"{PREFIX}/incidents/{row.incident_id}/bulletins/{row.id}"
