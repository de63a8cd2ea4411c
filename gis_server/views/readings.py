"""Readings from the scene of an incident, each judged against the plan in force."""

from __future__ import annotations

import datetime as dt
from typing import Any

from analysis.reading import Judge
from gis_server import incident_face
from gis_server.auth import permission, scope
from gis_server.proposing import judged_by, substance_of
from gis_server.state import db
from gis_server.views.blueprint import api, spoken
from gis_server.wire.incident import IncidentPath
from gis_server.wire.response_room import ReadingsQuery
from layers.response import readings
from layers.response.plan import plan_of
from layers.response.readings import Reading

bp = api("readings")


@bp.get("/incidents/<id>/readings")
@permission("incidents.read")
def every(path: IncidentPath, query: ReadingsQuery) -> dict[str, Any]:
    """List the newest readings about an incident as GeoJSON, newest first.

    `judged` says in the unit of the threshold which zone's threshold a reading reaches and in which
    zone it lies; `late` marks one that was told too long after it was measured.
    """
    incident = incident_face.find_incident(db(), path.id, scope=scope())
    since = dt.datetime.now(dt.UTC) - dt.timedelta(hours=query.hours)
    found = readings.readings(db(), incident, since=since, limit=query.limit, scope=scope())
    plan, own = plan_of(db(), incident.id), substance_of(incident)
    judge = Judge(plan.body, own) if plan is not None else None
    features = []
    for reading in found:
        judged = judged_by(judge, own, reading) if judge is not None else None
        said = judged.to_json() if judged is not None else None
        features.append(_feature(reading, said))
    return dict(spoken({"type": "FeatureCollection", "features": features}))


def _feature(reading: Reading, judged: dict[str, Any] | None) -> dict[str, Any]:
    names = ("id", "quantity", "value", "unit", "instrument", "station", "given_by", "late")
    return {
        "type": "Feature",
        "id": reading.id,
        "geometry": {"type": "Point", "coordinates": [reading.lon, reading.lat]},
        "properties": {
            **{name: getattr(reading, name) for name in names},
            "substance": reading.cas,
            "at": reading.at.isoformat(),
            "received_at": reading.received_at.isoformat(),
            "judged": judged,
        },
    }
