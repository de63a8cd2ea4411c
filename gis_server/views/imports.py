"""Imports: upload, analysis, adjusting, faults, and a person's decision."""

from __future__ import annotations

import uuid
from dataclasses import asdict
from typing import Any

from flask import Response, jsonify
from sqlalchemy import ColumnElement, false, func, not_, or_, select, true
from sqlalchemy.dialects.postgresql import array

from gis_server import jobs, uploads
from gis_server.auth import permission, scope, who
from gis_server.errors import reader_language
from gis_server.faults import in_words
from gis_server.state import config, db
from gis_server.views.blueprint import api, spoken
from gis_server.wire.base import NoQuery
from gis_server.wire.batch import (
    BatchPath,
    BatchQuery,
    ChangeQuery,
    CheckBody,
    Decision,
    FaultQuery,
    NoBody,
    PreviewQuery,
    SourcePath,
    TakeBack,
    Upload,
)
from layers.catalog import find
from layers.definition import hidden
from layers.errors import BusyError, ConflictError, NotFoundError, PermissionError_
from layers.intake import pipeline, remembered, staging
from layers.intake.batches import found
from layers.intake.load import has_turn
from layers.intake.options import stored
from layers.intake.pipeline import Options
from layers.intake.preview import preview as look
from layers.models import Batch

bp = api("imports")
ROWS_AT_ONCE = 20_000  # are published within a request: about a second


@bp.get("/imports")
@permission("imports.write")
def every(query: BatchQuery) -> dict[str, Any]:
    """List imports, newest first: all of them, or one's own where one's regions are limited.

    Without their analysis, which each tells by itself.
    """
    found = db().scalars(
        select(Batch.id).where(_readable()).order_by(Batch.created_at.desc()).limit(query.limit)
    )
    return {"imports": [{**_shown(id), "analysis": None} for id in found]}


@bp.post("/imports")
@permission("imports.write")
def upload(form: Upload) -> Response:
    """Take a file, or the loose parts of a Shapefile; it is read off the request. 202.

    With `layer` or `map` it is checked and staged by itself, else it waits at `analysed`.
    """
    name = uploads.name_of(form.file)
    options = Options(
        layer=form.layer or None,
        crs=form.crs or None,
        encoding=form.encoding or None,
        map_text=form.map or None,
        source_layer=form.source_layer or None,
        source=form.source or None,
        timezone=config().timezone,
        regions=_regions(),
    )
    batch_id = pipeline.start(db(), name, options, actor=who().name)
    uploads.store(config(), batch_id, form.file)
    return _accepted(batch_id)


@bp.get("/imports/<id>")
@permission("imports.write")
def one(path: BatchPath) -> dict[str, Any]:
    """Tell how far an import is, and its report."""
    refuse_strangers(path.id)
    return _shown(path.id)


@bp.get("/imports/<id>/preview")
@permission("imports.write")
def preview(path: BatchPath, query: PreviewQuery) -> dict[str, Any]:
    """Show the first rows of an uploaded file, and where its first places would lie."""
    refuse_strangers(path.id)
    options = stored(found(db(), path.id, lock=False).options)
    file = uploads.file_of(config(), path.id)
    if not file.exists():
        raise ConflictError("the uploaded file is not kept any more", code="upload_gone")
    return look(
        file,
        source_layer=query.source_layer or options.source_layer,
        crs=query.crs or options.crs,
        encoding=query.encoding or options.encoding,
        place=options.place,
    )


@bp.get("/imports/<id>/changes")
@permission("imports.write")
def changes(path: BatchPath, query: ChangeQuery) -> dict[str, Any]:
    """Compare a staged file with what is stored: new, changed, unchanged, gone; page by page."""
    refuse_strangers(path.id)
    batch = found(db(), path.id, ("staged",), lock=False)
    if query.kind == "gone":
        _refuse_partial_scope()
    counted = batch.report["layers"]
    layer = find(query.layer or next(iter(counted)), db())
    page = staging.changes(db(), path.id, layer, query.kind, query.limit, query.cursor)
    kinds = ("new", "changed", "unchanged", "gone")
    return {
        "layer": layer.name,
        "counts": {name: {kind: each.get(kind, 0) for kind in kinds}
                   for name, each in counted.items()},
        "changes": page.changes,
        "next_cursor": page.next_cursor,
    }  # fmt: skip


@bp.get("/imports/<id>/faults")
@permission("imports.write")
def faults(path: BatchPath, query: FaultQuery) -> dict[str, Any]:
    """List faults: row, field, rule, got, wanted, severity; page by page."""
    refuse_strangers(path.id)
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


@bp.post("/imports/<id>/check")
@permission("imports.write")
def check(path: BatchPath, body: CheckBody) -> Response:
    """Say how a file is to be read and where its rows go, with cells mended by hand; 202.

    It is checked off the request, again if it was before.
    """
    refuse_strangers(path.id)
    if not uploads.file_of(config(), path.id).exists():
        raise ConflictError("the uploaded file is not kept any more", code="upload_gone")
    if body.new_layer is not None and "layers.write" not in who().permissions:
        raise PermissionError_(f"{who().name} lacks layers.write", permission="layers.write")
    pipeline.settle(db(), path.id, {**body.said(), "regions": _regions()})
    return _accepted(path.id)


@bp.post("/imports/<id>/publish")
@permission("imports.write")
def publish(path: BatchPath, body: Decision) -> Response:
    """Load everything into the official layers, or the good rows alone; all or nothing.

    A small batch is published at once (200); a large one, and one that would have to wait for
    another load, off the request (202, `publishing`).
    """
    refuse_strangers(path.id)
    decision = body.model_dump()
    batch = found(db(), path.id)
    _refuse_other_regions(batch)
    if body.remove_gone:
        _refuse_partial_scope()
    if batch.status == "staged" and (_rows(batch) > ROWS_AT_ONCE or not has_turn(db())):
        pipeline.order(db(), path.id, by=who().name, **decision)
        return _accepted(path.id)
    jobs.publish(db(), path.id, **decision)
    uploads.forget_file(config(), path.id)
    return jsonify(_shown(path.id))


@bp.post("/imports/<id>/reject")
@permission("imports.write")
def reject(path: BatchPath, body: NoBody) -> dict[str, Any]:
    """Throw a batch away; its faults stay as its account."""
    refuse_strangers(path.id)
    pipeline.reject(db(), path.id)
    uploads.forget_file(config(), path.id)
    return _shown(path.id)


@bp.post("/imports/<id>/take-back")
@permission("imports.write")
def take_back(path: BatchPath, body: TakeBack) -> dict[str, Any]:
    """Take a published batch back whole; 409 with the rows that were edited since."""
    refuse_strangers(path.id)
    if not has_turn(db()):
        raise BusyError("another load is at work", retry_after_s=5)
    return asdict(pipeline.take_back(db(), path.id, keep_edited=body.keep_edited))


@bp.get("/import-sources")
@permission("imports.write")
def sources(query: NoQuery) -> dict[str, Any]:
    """List how files of each source were read before; one's own where regions are limited."""
    kept = hidden(db())
    listed = remembered.listed(db(), used_by=_only_mine())
    return {"sources": [source for source in listed if source["layer"] not in kept]}


@bp.delete("/import-sources/<id>")
@permission("imports.write")
def forget(path: SourcePath) -> Response:
    """Forget how files of a source were read."""
    remembered.forget(db(), path.id, used_by=_only_mine())
    return Response(status=204)


def _only_mine() -> str | None:
    return None if scope().regions is None else who().name


def _accepted(batch_id: uuid.UUID) -> Response:
    response = jsonify(_shown(batch_id))
    response.status_code = 202
    response.headers["Location"] = f"/api/v1/imports/{batch_id}"
    return response


def _shown(batch_id: uuid.UUID) -> dict[str, Any]:
    status = pipeline.status(db(), batch_id)
    status["options"].pop("map_text", None)
    running = jobs.progress_of(config(), batch_id) if status["status"] in pipeline.MOVING else {}
    status["progress"] = running or {k: v for k, v in status["progress"].items() if k == "attempts"}
    return dict(spoken(status))


def _readable() -> ColumnElement[bool]:
    """Return which batches may be seen: a file holds rows, and faults values, of any region.

    One for a restricted layer is for its maker and for whom the layer is for.
    """
    mine = Batch.created_by == who().name
    if scope().regions is not None:
        return mine
    if not (kept := hidden(db())):
        return true()
    into = func.coalesce(Batch.report["layers"].has_any(array(kept)), false())
    asked = func.coalesce(Batch.options["layer"].astext.in_(kept), false())
    made = func.coalesce(Batch.options["made"].astext.in_(kept), false())
    return or_(mine, not_(or_(into, asked, made)))


def refuse_strangers(batch_id: uuid.UUID) -> None:
    """Raise NotFoundError where there is no such batch, or none for the one who asks."""
    if db().scalar(select(Batch.id).where(Batch.id == batch_id, _readable())) is None:
        raise NotFoundError(
            f"there is no import {batch_id}", code="unknown_import", id=str(batch_id)
        )


def _regions() -> list[str] | None:
    """Return outside which regions the one who asks may not write; None is the whole tree."""
    regions = scope().regions
    return None if regions is None else list(regions)


def _refuse_other_regions(batch: Batch) -> None:
    """Refuse whoever may write in some regions, where the check was made for others."""
    mine = _regions()
    if mine is not None and mine != batch.options.get("regions"):
        raise ConflictError("your regions changed since the check", code="regions_changed")


def _refuse_partial_scope() -> None:
    """Refuse whoever may not write everywhere: what a file no longer holds may lie anywhere."""
    if scope().regions is not None:
        raise PermissionError_(
            "what is gone may lie in every region; yours are limited", code="outside_regions",
            region=None, regions=list(scope().regions or ()),
        )  # fmt: skip


def _rows(batch: Batch) -> int:
    return sum(counted["rows"] for counted in batch.report["layers"].values())
