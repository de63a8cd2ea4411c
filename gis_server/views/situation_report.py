"""The situation report (处置方案报告) of an incident: a document, and one file with a map."""

from __future__ import annotations

import datetime as dt
import io
import json
from typing import Any

import shapely
from flask import Response, send_file
from sqlalchemy import func, select

from gis_server import incident_face, printing
from gis_server.auth import permission, scope, who
from gis_server.bulletins.wording import Wording
from gis_server.errors import reader_language
from gis_server.headers import file_title
from gis_server.sheets import official
from gis_server.situation_report import facts, leaf, sections
from gis_server.situation_report.facts import Facts
from gis_server.situation_report.words import Telling
from gis_server.state import commit, config, db
from gis_server.views.blueprint import api
from gis_server.wire.base import NoQuery
from gis_server.wire.incident import IncidentPath
from layers import catalog, plots
from layers.models import Road
from layers.query.scope import visible

bp = api("situation_report")
ROADS_AROUND_DEGREES = 0.08
MAX_ROADS = 4000


@bp.get("/incidents/<id>/report.html")
@permission("incidents.read")
def page(path: IncidentPath, query: NoQuery) -> Response:
    """Answer the report as one file that opens without any network, with a map to look around."""
    held, t = _gathered(path)
    ground = _roads(held)
    drawn = plots.listed(db(), path.id)["plots"]
    commit()  # nothing is held in the database while the report is written
    text = leaf.page(held, sections.report(held, t), t, ground=ground, plots=drawn)
    return _file(text.encode(), "text/html; charset=utf-8", "html", held, t)


@bp.get("/incidents/<id>/report.docx")
@permission("incidents.read")
def document(path: IncidentPath, query: NoQuery) -> Response:
    """Answer the report as a document for Word, laid out as an official one."""
    held, t = _gathered(path)
    commit()
    written = official.docx(sections.report(held, t), _head(held, t))
    return _file(written, official.MEDIA_TYPE, "docx", held, t)


@bp.get("/incidents/<id>/report.pdf")
@permission("incidents.read")
def printed(path: IncidentPath, query: NoQuery) -> Response:
    """Answer the report as PDF, laid out as an official document."""
    held, t = _gathered(path)
    commit()
    html = official.html(sections.report(held, t), _head(held, t))
    return _file(printing.pdf(html, config=config()), "application/pdf", "pdf", held, t)


def _gathered(path: IncidentPath) -> tuple[Facts, Telling]:
    incident = incident_face.find_incident(db(), path.id, scope=scope())
    held = facts.gather(
        db(), incident, scope=scope(), sight=who().scope("features.read"),
        now=dt.datetime.now(dt.UTC),
    )  # fmt: skip
    return held, Telling(reader_language(), config().zone)


def _head(held: Facts, t: Telling) -> official.Head:
    site = held.site
    named = (site.get("name_en") if t.language == "en" else None) or site["name"]
    return official.Head(
        language=t.language,
        organ=t("organ", site=named),
        title=t("title", title=held.incident["title"]),
        date=Wording(t.language, config().zone).dated(held.made_at),
        exercise=held.incident["exercise"],
        fictional=bool(site["fictional"]),
    )


def _roads(held: Facts) -> dict[str, Any]:
    """Return the roads around an incident, the larger ones first where there are too many."""
    lon, lat = held.incident["lon"], held.incident["lat"]
    reach = ROADS_AROUND_DEGREES
    box = func.ST_MakeEnvelope(lon - reach, lat - reach, lon + reach, lat + reach, 4326)
    layer = catalog.find("road")
    rows = db().scalars(
        select(func.ST_AsBinary(func.ST_Simplify(Road.geom, 1e-5)))
        .where(Road.geom.op("&&")(box), visible(layer, who().scope("features.read")))
        .order_by(func.ST_Length(Road.geom).desc())
        .limit(MAX_ROADS)
    )
    features = [
        {"type": "Feature", "properties": {}, "geometry": json.loads(shapely.to_geojson(line))}
        for line in shapely.from_wkb([bytes(row) for row in rows if row is not None])
        if line is not None and not line.is_empty
    ]
    return {"type": "FeatureCollection", "features": features}


def _file(body: bytes, media: str, ending: str, held: Facts, t: Telling) -> Response:
    name = f"{file_title(held.incident['title'])} {t('file')}.{ending}"
    response = send_file(
        io.BytesIO(body), mimetype=media, as_attachment=True, download_name=name, max_age=0
    )
    # Opened as a page of ours it could do nothing; saved, it is a file of its own.
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
