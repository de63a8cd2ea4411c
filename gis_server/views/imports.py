"""Imports: upload, progress, faults, and a person's decision."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Response, jsonify
from sqlalchemy import ColumnElement, select, true

from gis_server import jobs
from gis_server.auth import permission, scope, who
from gis_server.errors import reader_language
from gis_server.faults import in_words
from gis_server.state import config, db
from gis_server.views.blueprint import api, spoken
from gis_server.wire.batch import BatchPath, BatchQuery, Decision, FaultQuery, NoBody, Upload
from layers.errors import InvalidInputError, NotFoundError, PermissionError_
from layers.intake import pipeline
from layers.intake.pipeline import Options
from layers.models import Batch
from layers.site import credit

bp = api("imports")
OSM_CREDIT = "© OpenStreetMap contributors"


@bp.get("/imports")
@permission("imports.write")
def every(query: BatchQuery) -> dict[str, Any]:
    """List imports, newest first: all of them, or one's own where one's regions are limited."""
    found = db().scalars(
        select(Batch.id).where(_readable()).order_by(Batch.created_at.desc()).limit(query.limit)
    )
    return {"imports": [_shown(id) for id in found]}


@bp.post("/imports")
@permission("imports.write")
def upload(form: Upload) -> Response:
    """Take a file; it is read, checked and staged off the request. 202 with the batch."""
    _refuse_partial_scope()
    if not form.file.filename:
        raise InvalidInputError("no file was sent", code="no_file", field="file")
    options = Options(
        layer=form.layer or None,
        crs=form.crs or None,
        encoding=form.encoding or None,
        map_text=form.map or None,
        source_layer=form.source_layer or None,
        source=form.source or None,
        timezone=config().timezone,
    )
    batch_id = pipeline.start(db(), form.file.filename, options, actor=who().name)
    path = jobs.file_of(config(), batch_id)
    path.parent.mkdir(parents=True, mode=0o700)
    form.file.save(path)
    response = jsonify(_shown(batch_id))
    response.status_code = 202
    response.headers["Location"] = f"/api/v1/imports/{batch_id}"
    return response


@bp.get("/imports/<id>")
@permission("imports.write")
def one(path: BatchPath) -> dict[str, Any]:
    """Tell how far an import is, and its report."""
    _refuse_strangers(path.id)
    return _shown(path.id)


@bp.get("/imports/<id>/faults")
@permission("imports.write")
def faults(path: BatchPath, query: FaultQuery) -> dict[str, Any]:
    """List faults: row, field, rule, got, wanted, severity; page by page."""
    _refuse_strangers(path.id)
    page = pipeline.faults(
        db(),
        path.id,
        severities=query.severity.split(","),
        limit=query.limit + 1,
        offset=query.cursor,
    )
    more = len(page) > query.limit
    return {
        "faults": in_words(reader_language(), page[: query.limit]),
        "next_cursor": query.cursor + query.limit if more else None,
    }


@bp.post("/imports/<id>/publish")
@permission("imports.write")
def publish(path: BatchPath, body: Decision) -> dict[str, Any]:
    """Load everything into the official layers, or the good rows alone; all or nothing."""
    _refuse_partial_scope()
    pipeline.publish(db(), path.id, good_rows_only=body.good_rows_only)
    if pipeline.status(db(), path.id)["report"].get("format") == "osm_pbf":
        credit(db(), OSM_CREDIT)
    return _shown(path.id)


@bp.post("/imports/<id>/reject")
@permission("imports.write")
def reject(path: BatchPath, body: NoBody) -> dict[str, Any]:
    """Throw a batch away; its faults stay as its account."""
    _refuse_strangers(path.id)
    pipeline.reject(db(), path.id)
    jobs.forget_file(config(), path.id)
    return _shown(path.id)


def _shown(batch_id: uuid.UUID) -> dict[str, Any]:
    status = pipeline.status(db(), batch_id)
    status["options"].pop("map_text", None)
    status["progress"] = jobs.progress_of(config(), batch_id) or status["progress"]
    return dict(spoken(status))


def _readable() -> ColumnElement[bool]:
    """Return which batches may be seen: a file holds rows, and faults values, of any region."""
    return true() if scope().regions is None else Batch.created_by == who().name


def _refuse_strangers(batch_id: uuid.UUID) -> None:
    """Raise NotFoundError where there is no such batch, or none for the one who asks."""
    if db().scalar(select(Batch.id).where(Batch.id == batch_id, _readable())) is None:
        raise NotFoundError(
            f"there is no import {batch_id}", code="unknown_import", id=str(batch_id)
        )


def _refuse_partial_scope() -> None:
    """Refuse whoever may not write everywhere: a file may hold rows of any region."""
    if scope().regions is not None:
        raise PermissionError_(
            "an import writes to every region; yours are limited", code="outside_regions",
            region=None, regions=list(scope().regions or ()),
        )  # fmt: skip
