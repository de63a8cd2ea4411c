"""Calculation sheets (计算书): of an assessment, kept and signed; of one model's run, printed."""

from __future__ import annotations

import datetime as dt
from typing import Any

from flask import Response, jsonify

from gis_server import incident_face, model_face, sheet_of
from gis_server.auth import may, permission, scope, who
from gis_server.errors import reader_language
from gis_server.headers import page_policy
from gis_server.sheets import content, html, sheet, word
from gis_server.sheets.sheet import Sheet
from gis_server.state import config, db
from gis_server.views.assessments import assessment_of
from gis_server.views.blueprint import api
from gis_server.wire.base import NoQuery
from gis_server.wire.incident import AssessmentPath
from gis_server.wire.model import ModelPath, NewSignature, SheetBody, SheetOrder
from layers import sheets, site
from layers.database import set_actor
from layers.errors import ConflictError, NotFoundError, PermissionError_
from layers.models import Assessment, Incident

bp = api("sheets")
ADDRESS = "/incidents/<id>/assessments/<assessment>/sheet"


@bp.get(ADDRESS)
@permission("incidents.read")
def one(path: AssessmentPath, query: NoQuery) -> dict[str, Any]:
    """Tell the kept sheet of an assessment: its content as frozen, hashes, and who has signed."""
    _, row = _assessment(path)
    return sheet_of.shown(sheets.of_assessment(db(), row.id), body=True)


@bp.post(ADDRESS)
@permission("sheets.sign")
def keep(path: AssessmentPath, body: SheetOrder) -> Response:
    """Freeze the sheet of an assessment, to be signed; 201, or 200 where it was kept before."""
    incident, row = _assessment(path)
    set_actor(db(), who().name, incident=incident.id)
    kept, made = sheets.freeze(
        db(),
        row,
        sheet.frozen(_content(incident, row), zone=config().zone),
        region=incident.region,
        actor=who().name,
    )
    answer = jsonify(sheet_of.shown(kept))
    answer.status_code = 201 if made else 200
    answer.headers["Location"] = f"/api/v1/incidents/{incident.id}/assessments/{row.id}/sheet"
    return answer


@bp.post(f"{ADDRESS}/signatures")
@permission("sheets.sign")
def sign(path: AssessmentPath, body: NewSignature) -> tuple[dict[str, Any], int]:
    """Sign a kept sheet, in the order of the roles; who prepared it signs nothing else."""
    incident, row = _assessment(path)
    if body.role == "approved" and not may("sheets.approve", incident.region):
        raise PermissionError_(
            f"{who().name} lacks sheets.approve", permission="sheets.approve",
            roles=list(who().roles),
        )  # fmt: skip
    held = sheets.of_assessment(db(), row.id)
    if body.body_hash not in (None, held.sheet.body_hash):
        raise ConflictError(
            "the content that was read is not the one that is kept", code="sheet_other_body",
            got=body.body_hash, wanted=held.sheet.body_hash,
        )  # fmt: skip
    set_actor(db(), who().name, incident=incident.id)
    signed = sheets.sign(db(), held, body.role, user=who().name, name=who().title)
    return sheet_of.shown(signed), 201


@bp.get(f"{ADDRESS}.html")
@permission("incidents.read")
def page(path: AssessmentPath, query: NoQuery) -> Response:
    """Answer the sheet of an assessment as a page to print; nothing in it comes from elsewhere."""
    return _page(_sheet(path))


@bp.get(f"{ADDRESS}.docx")
@permission("incidents.read")
def document(path: AssessmentPath, query: NoQuery) -> Response:
    """Answer the sheet of an assessment as a DOCX document."""
    return _document(_sheet(path), name=f"sheet-{path.assessment}")


@bp.post("/models/<model>/sheet.html")
@permission("analysis.run")
def run_page(path: ModelPath, body: SheetBody) -> Response:
    """Run one model; answer its sheet as a page to print."""
    return _page(_run(path, body))


@bp.post("/models/<model>/sheet.docx")
@permission("analysis.run")
def run_document(path: ModelPath, body: SheetBody) -> Response:
    """Run one model; answer its sheet as a DOCX document."""
    return _document(_run(path, body), name=f"sheet-{path.model}")


def _assessment(path: AssessmentPath) -> tuple[Incident, Assessment]:
    incident = incident_face.find_incident(db(), path.id, scope=scope())
    return incident, assessment_of(incident, path.assessment)


def _content(incident: Incident, row: Assessment) -> content.Content:
    return content.of_plan(row.body, case=sheet_of.case(db(), incident))


def _sheet(path: AssessmentPath) -> Sheet:
    """Return the kept sheet of an assessment, else what would be kept now."""
    incident, row = _assessment(path)
    try:
        return sheet.stored(sheets.of_assessment(db(), row.id))
    except NotFoundError:
        return sheet.unsaved(_content(incident, row), zone=config().zone, now=row.created_at)


def _run(path: ModelPath, body: SheetBody) -> Sheet:
    result = model_face.ran(path.model, body)
    told = content.of_run(
        model_face.jsonable(result), title=body.title, receptors=body.receptors or ()
    )
    return sheet.unsaved(told, zone=config().zone, now=dt.datetime.now(dt.UTC))


def _page(printed: Sheet) -> Response:
    text = html.render(
        printed, language=reader_language(), zone=config().zone, fictional=_fictional()
    )
    response = Response(text, mimetype="text/html")
    response.headers["Content-Security-Policy"] = page_policy(html.style())
    return response


def _document(printed: Sheet, *, name: str) -> Response:
    written = word.render(
        printed, language=reader_language(), zone=config().zone, fictional=_fictional()
    )
    response = Response(written, mimetype=word.MEDIA_TYPE)
    response.headers.set("Content-Disposition", "attachment", filename=f"{name}.docx")
    return response


def _fictional() -> bool:
    return bool(site.describe(db())["fictional"])
