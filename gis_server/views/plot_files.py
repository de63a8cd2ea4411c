"""Plots as files: out as GeoJSON, KML and GeoPackage, in from what the confined reader reads."""

from __future__ import annotations

import hashlib
import tempfile
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
from gis_server.views.plots import desk_of, to_draw_in
from gis_server.wire.base import NoQuery
from gis_server.wire.incident import IncidentPath
from gis_server.wire.plot import OPS_MAX, PlotFields, PlotFile, PlotFilePath
from layers import plots
from layers.errors import TooLargeError
from layers.models import ExportLog
from layers.plots import Op
from layers.plots.files import WRITERS, Head
from layers.plots.taking import BYTES_MAX, Row, read

bp = api("plot_files")


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
    """
    to_draw_in(path.id)
    commit()  # the file is read between two transactions
    with closing(form.file):
        content = form.file.stream.read(BYTES_MAX + 1)
    if len(content) > BYTES_MAX:
        raise TooLargeError(f"the file has more than {BYTES_MAX} bytes", got=len(content),
                            wanted=BYTES_MAX)  # fmt: skip
    with tempfile.TemporaryDirectory(prefix="onemap-plots-") as folder:
        file = Path(folder) / "file"
        file.write_bytes(content)
        rows = read(file)
    left_out: list[dict[str, Any]] = []
    ops = list(_ops(rows, left_out))
    desk = desk_of(to_draw_in(path.id))
    drawn: list[dict[str, Any]] = []
    for begin in range(0, len(ops), OPS_MAX):
        drawn += plots.apply(desk, ops[begin : begin + OPS_MAX]).plots.values()
    response = jsonify(added=len(ops), left_out=left_out, plots=drawn)
    response.status_code = 201
    return response


def _ops(rows: Iterable[Row], left_out: list[dict[str, Any]]) -> Iterator[Op]:
    """Yield what draws each row; the others are added to those that are left out."""
    for row in rows:
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
        id = uuid.uuid4()
        digest = hashlib.sha256(id.bytes).digest()
        yield Op(op_id=id, op="put", plot=uuid.uuid4(), digest=digest, fields=row.fields)
