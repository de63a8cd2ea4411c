"""Workbooks of the intake: an empty template of a layer, the faulty rows of a batch."""

from __future__ import annotations

from io import BytesIO

from flask import Response, send_file

from gis_server.auth import permission
from gis_server.errors import reader_language
from gis_server.faults import in_words
from gis_server.state import db
from gis_server.text import catalogue
from gis_server.views.blueprint import api
from gis_server.views.imports import refuse_strangers
from gis_server.wire.base import NoQuery
from gis_server.wire.batch import BatchPath
from gis_server.wire.feature import LayerPath
from layers.catalog import find
from layers.errors import NotFoundError
from layers.intake.batches import as_message, found
from layers.intake.fault_sheet import Paper, fault_sheet
from layers.intake.places import PLACE_KEYS
from layers.intake.templates import template

bp = api("import_sheets")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@bp.get("/layers/<layer>/template.xlsx")
@permission("layers.read")
def empty(path: LayerPath, query: NoQuery) -> Response:
    """Give the layer's empty sheet to fill in: headers, drop-downs, what each column wants."""
    layer = find(path.layer, db())
    return _workbook(template(layer, catalogue(reader_language())), f"{layer.name}.xlsx")


@bp.get("/imports/<id>/faults.xlsx")
@permission("imports.write")
def faulty(path: BatchPath, query: NoQuery) -> Response:
    """Give the rows with faults as a workbook, bad cells marked, to be mended and handed in."""
    refuse_strangers(path.id)
    batch = found(db(), path.id, lock=False)
    counted = batch.report.get("layers", {})
    if not counted:
        raise NotFoundError("the import was not checked yet", code="not_checked")
    fields = {**(batch.analysis.get("proposed") or {}).get("fields", {}),
              **(batch.options.get("fields") or {})}  # fmt: skip
    language = reader_language()
    paper = Paper(
        words=catalogue(language),
        in_words=lambda stored: in_words(language, map(as_message, stored)),
        place=[fields[key] for key in PLACE_KEYS if key in fields],
    )
    layers = {find(name, db()): each["columns"] for name, each in counted.items()}
    return _workbook(fault_sheet(db(), path.id, layers, paper), f"faults-{path.id}.xlsx")


def _workbook(content: bytes, name: str) -> Response:
    return send_file(BytesIO(content), mimetype=XLSX, as_attachment=True, download_name=name)
