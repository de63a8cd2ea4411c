"""Plots as files: out as GeoJSON, KML and GeoPackage, in from what the confined reader reads."""

from __future__ import annotations

import hashlib
import tempfile
import threading
import uuid
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

from flask import Response, jsonify
from pydantic import ValidationError

from gis_server import incident_face
from gis_server.auth import permission, scope
from gis_server.errors import faults_of, reader_language
from gis_server.state import commit, db
from gis_server.text import say
from gis_server.views.blueprint import api
from gis_server.views.plots import desk_of, listed, to_draw_in
from gis_server.wire.base import NoQuery
from gis_server.wire.incident import IncidentPath
from gis_server.wire.plot import OPS_MAX, PlotFields, PlotFile, PlotFilePath
from layers import plots
from layers.errors import BusyError, TooLargeError
from layers.models import ExportLog
from layers.plots import TAKE, Desk, Op, deeds
from layers.plots.files import WRITERS, Head
from layers.plots.taking import BYTES_MAX, Row, read

bp = api("plot_files")

READS_AT_ONCE = 2
WAIT_S = 5.0
_READS = threading.BoundedSemaphore(READS_AT_ONCE)


@bp.get("/incidents/<id>/plots.<format>")
@permission("features.export")
def save(path: PlotFilePath, query: NoQuery) -> Response:
    """Take an incident's plots out as a file; one of an exercise is marked so."""
    incident = incident_face.find_incident(db(), path.id, scope=scope())
    word = say(reader_language(), "plot.exercise") if incident.exercise else None
    write, media_type = WRITERS[path.format]
    found = plots.listed(db(), incident.id)["plots"]
    db().add(
        ExportLog(layer="plot", format=path.format, crs="WGS 84", rows=len(found),
                  asked={"incident": str(incident.id)})
    )  # fmt: skip
    response = Response(write(found, Head(incident.title, word)), mimetype=media_type)
    response.headers["Content-Disposition"] = f'attachment; filename="plots.{path.format}"'
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Rows"] = str(len(found))
    return response


@bp.post("/incidents/<id>/plots/import")
@permission("plots.write")
def take(path: IncidentPath, form: PlotFile) -> Response:
    """Draw the shapes of a file; 201. Rows that cannot be drawn are left out, each with its reason.

    GeoJSON, KML, GeoPackage and whatever else the reader of imports knows. A file closes no road.
    Sent twice with one `id` it is drawn once; an edit that takes it back names it in `undoes`.
    """
    with closing(form.file):
        content = form.file.stream.read(BYTES_MAX + 1)
    if len(content) > BYTES_MAX:
        raise TooLargeError(f"the file has more than {BYTES_MAX} bytes", got=len(content),
                            wanted=BYTES_MAX)  # fmt: skip
    digest = hashlib.sha256(content).digest()
    done = deeds.done(_desk(path, form), form.id, op=TAKE, digest=digest)
    if done is None:
        commit()  # the file is read between two transactions
        rows = _rows(content)
        desk = _desk(path, form)
        done = deeds.done(desk, form.id, op=TAKE, digest=digest)
        done = done or deeds.remember(
            desk, form.id, op=TAKE, digest=digest, result=_drawn(desk, form.id, rows)
        )
    shown = plots.some(db(), path.id, [uuid.UUID(id) for id in done["drawn"]])
    response = jsonify(id=str(form.id), plots=list(shown.values()), **done)
    response.status_code = 201
    return response


def _desk(path: IncidentPath, form: PlotFile) -> Desk:
    return desk_of(to_draw_in(path.id), form.client)


def _rows(content: bytes) -> list[Row]:
    """Read a file; few at once, for a reader may take 2 GiB and half a minute.

    Raises
    ------
    BusyError
        `"plots_file_busy"`: as many files as are allowed have been read for `WAIT_S`.
    """
    if not _READS.acquire(timeout=WAIT_S):
        raise BusyError(f"{READS_AT_ONCE} files are being read", code="plots_file_busy",
                        retry_after_s=10)  # fmt: skip
    try:
        with tempfile.TemporaryDirectory(prefix="onemap-plots-") as folder:
            file = Path(folder) / "file"
            file.write_bytes(content)
            return read(file)
    finally:
        _READS.release()


def _drawn(desk: Desk, id: uuid.UUID, rows: Iterable[Row]) -> dict[str, Any]:
    left_out: list[dict[str, Any]] = []
    # Of this incident alone: an id that somebody used elsewhere draws its own plots here.
    ops = list(_ops(rows, left_out, of=uuid.uuid5(desk.incident.id, f"import:{id}")))
    for begin in range(0, len(ops), OPS_MAX):
        plots.apply(desk, ops[begin : begin + OPS_MAX])
    return {"added": len(ops), "left_out": left_out, "drawn": listed(op.plot for op in ops)}


def _ops(rows: Iterable[Row], left_out: list[dict[str, Any]], *, of: uuid.UUID) -> Iterator[Op]:
    """Yield what draws each row; the others are added to those that are left out."""
    for number, row in enumerate(rows):
        if row.fields is None:
            left_out.append({"row": row.number, "reason": row.reason})
            continue
        said = {name: value for name, value in row.fields.items() if name != plots.SHAPE}
        try:
            PlotFields.model_validate(said)
        except ValidationError as error:
            fault = faults_of(error)[0]
            left_out.append({"row": row.number, "reason": "invalid_fields", **fault})
            continue
        id = uuid.uuid5(of, f"op:{number}")
        digest = hashlib.sha256(id.bytes).digest()
        plot = uuid.uuid5(of, f"plot:{number}")
        yield Op(op_id=id, op="put", plot=plot, digest=digest, fields=row.fields)
