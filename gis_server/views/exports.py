"""Features out as a file, in a chosen format and coordinate system."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

from flask import Response, send_file

from gis_server.auth import permission, scope
from gis_server.errors import reader_language
from gis_server.state import db
from gis_server.titles import field_title
from gis_server.views.blueprint import api, spoken
from gis_server.wire.export import ExportQuery
from gis_server.wire.feature import LayerPath
from layers import catalog
from layers.catalog import Layer
from layers.crs import parse_crs
from layers.export import Request, export

bp = api("exports")


@bp.get("/layers/<layer>/export")
@permission("features.export")
def one_layer(path: LayerPath, query: ExportQuery) -> Response:
    """Take a layer's features out as a file; `X-Rows` counts them, `X-Notes` says what was cut."""
    session = db()
    layer = catalog.find(path.layer, session)
    request = Request(
        format=query.format,
        crs=parse_crs(query.crs),
        encoding=query.encoding,
        area=query.area(session),
        filter=query.tree(),
        q=query.q,
        headings=_headings(layer) if query.headings == "titles" else {},
    )
    with tempfile.TemporaryDirectory(prefix="onemap-export-") as folder:
        made = export(session, layer, request, Path(folder), scope=scope())
        # The open file outlives its name: nothing is left behind, however the answer ends.
        file = made.path.open("rb")
    response = send_file(
        file, mimetype=made.media_type, as_attachment=True, download_name=made.path.name
    )
    response.call_on_close(file.close)
    response.headers["X-Rows"] = str(made.rows)
    if made.notes:
        response.headers["X-Notes"] = json.dumps(spoken(list(made.notes)))
    response.headers["Cache-Control"] = "no-store"
    return response


def _headings(layer: Layer) -> dict[str, str]:
    """Return what the columns are called in the reader's language."""
    language = reader_language()
    return {field.name: field_title(language, layer, field) for field in layer.fields}
