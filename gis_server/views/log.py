"""The log of an incident: read line by line, or taken out as a document."""

from __future__ import annotations

import datetime as dt
from typing import Any

from flask import Response

from gis_server import duty_document, incident_face, log_page
from gis_server.auth import permission, scope
from gis_server.errors import reader_language
from gis_server.state import config, db
from gis_server.views.blueprint import api, spoken
from gis_server.wire.base import NoQuery
from gis_server.wire.incident import IncidentPath, LogQuery

bp = api("log")


@bp.get("/incidents/<id>/log")
@permission("incidents.read")
def told(path: IncidentPath, query: LogQuery) -> dict[str, Any]:
    """List every change made for an incident, from the journal, in order."""
    incident = incident_face.find_incident(db(), path.id, scope=scope())
    rows = log_page.seen(db(), incident, after=query.after, limit=query.limit)
    return {"log": [{**row, "said": spoken(row["said"])} for row in rows]}


@bp.get("/incidents/<id>/log.html")
@permission("incidents.read")
def page(path: IncidentPath, query: NoQuery) -> Response:
    """Answer the log as a page to print."""
    return _document(path, "html")


@bp.get("/incidents/<id>/log.docx")
@permission("incidents.read")
def document(path: IncidentPath, query: NoQuery) -> Response:
    """Answer the log as a DOCX document."""
    return _document(path, "docx")


@bp.get("/incidents/<id>/log.pdf")
@permission("incidents.read")
def paper(path: IncidentPath, query: NoQuery) -> Response:
    """Answer the log as a PDF."""
    return _document(path, "pdf")


def _document(path: IncidentPath, form: duty_document.Form) -> Response:
    incident = incident_face.find_incident(db(), path.id, scope=scope())
    made, head = log_page.document(
        db(), incident, language=reader_language(), zone=config().zone,
        site=duty_document.this_site(), now=dt.datetime.now(dt.UTC),
    )  # fmt: skip
    return duty_document.answer(made, head, form=form, name=f"log-{path.id}")
