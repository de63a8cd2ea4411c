"""Prints of the map: asked for, looked after, fetched."""

from __future__ import annotations

from typing import Any

from flask import Response, jsonify, send_file

from gis_server import incident_face, print_jobs
from gis_server.auth import permission, who
from gis_server.errors import reader_language
from gis_server.headers import file_title
from gis_server.state import config, db
from gis_server.views.blueprint import api, spoken
from gis_server.wire.base import NoQuery
from gis_server.wire.print import NewPrint, PrintPath
from layers import prints
from layers.errors import NotFoundError, PermissionError_
from layers.models import PrintJob

bp = api("prints")
TYPES = {"pdf": "application/pdf", "png": "image/png"}


@bp.post("/prints")
@permission("features.read")
def make(body: NewPrint) -> Response:
    """Ask for a print of the map; 202 with its address, where its state and then its file are."""
    if body.incident is not None:
        _refuse_unseen(body)
    asked = body.model_dump(mode="json", exclude={"id"}) | {"language": reader_language()}
    job = prints.ask(db(), body.id, owner=who().name, asked=asked)
    response = jsonify(_shown(job))
    response.status_code = 202
    response.headers["Location"] = f"/api/v1/prints/{job.id}"
    return response


@bp.get("/prints/<id>")
@permission("features.read")
def one(path: PrintPath, query: NoQuery) -> dict[str, Any]:
    """Tell what was asked of one's own print, and what became of it."""
    return _shown(prints.find(db(), path.id, owner=who().name))


@bp.get("/prints/<id>/file")
@permission("features.read")
def file(path: PrintPath, query: NoQuery) -> Response:
    """Answer the print itself, for a day."""
    job = prints.find(db(), path.id, owner=who().name)
    there = print_jobs.file_of(config(), job)
    format, title = job.asked["format"], job.asked["title"] or "map"
    try:
        return send_file(
            there.resolve(), mimetype=TYPES[format], as_attachment=True,
            download_name=f"{file_title(title)}.{format}", max_age=0,
        )  # fmt: skip
    except FileNotFoundError as error:
        raise NotFoundError(
            f"the print is {job.status}; there is no file", code="print_no_file",
            id=str(job.id), status=job.status,
        ) from error  # fmt: skip


@bp.delete("/prints/<id>")
@permission("features.read")
def drop(path: PrintPath, query: NoQuery) -> Response:
    """Give up one's own print: one that waits is not made, one that is being made stops."""
    job = prints.drop(db(), path.id, owner=who().name)
    print_jobs.file_of(config(), job).unlink(missing_ok=True)
    return Response(status=204)


def _refuse_unseen(body: NewPrint) -> None:
    asker = who()
    if "incidents.read" not in asker.permissions:
        raise PermissionError_(
            f"{asker.name} lacks incidents.read", permission="incidents.read",
            roles=list(asker.roles),
        )  # fmt: skip
    if body.incident is not None:
        incident_face.find_incident(db(), body.incident, scope=asker.scope("incidents.read"))


def _shown(job: PrintJob) -> dict[str, Any]:
    done = job.status == "done"
    return {
        "id": str(job.id),
        "status": job.status,
        "asked": job.asked,
        "created_by": job.created_by,
        "created_at": job.created_at.isoformat(),
        "finished_at": job.finished_at.isoformat() if job.finished_at else None,
        "error": spoken(job.error),
        "file": f"/api/v1/prints/{job.id}/file" if done else None,
    }
