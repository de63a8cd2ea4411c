"""Hazard models by name, and the zones of a case that is not stored."""

from __future__ import annotations

import datetime as dt
from typing import Any

from analysis.hazard import MODELS
from analysis.response import beside
from analysis.situation import situation
from analysis.zones import zones as hazard_zones
from gis_server import incident_rows
from gis_server.auth import permission, scope
from gis_server.errors import reader_language
from gis_server.model_face import described, jsonable, ran
from gis_server.state import db
from gis_server.views.blueprint import api, spoken
from gis_server.wire.base import NoQuery
from gis_server.wire.incident import WhatIf
from gis_server.wire.model import ModelPath, RunBody
from layers.models import Incident

bp = api("models")


@bp.get("/models")
@permission("analysis.run")
def every(query: NoQuery) -> dict[str, Any]:
    """List the models: group, inputs with symbol, unit and range, coefficient sets, sources."""
    language = reader_language()
    return {"models": [described(model, language) for model in MODELS.values()]}


@bp.post("/models/<model>")
@permission("analysis.run")
def run(path: ModelPath, body: RunBody) -> dict[str, Any]:
    """Run one model; the answer carries its steps, intermediates, warnings and sources."""
    result = ran(path.model, body)
    return dict(spoken(jsonable(result)))


@bp.post("/zones")
@permission("analysis.run")
def zones(body: WhatIf) -> dict[str, Any]:
    """Compute the hazard zones of a case; nothing is stored."""
    now = dt.datetime.now(dt.UTC)
    report = body.model_copy(update={"id": None})
    incident: Incident = incident_rows.incident_row(
        db(), report, scope=scope(), now=now, language="en", anywhere=True
    )
    known = situation(db(), incident, now=now, changes=_changes(body), place=(body.lon, body.lat))
    found = hazard_zones(known.scenario)
    return dict(
        spoken(
            {
                "kind": known.scenario.kind,
                "at": known.scenario.at.isoformat(),
                "zones": {
                    "type": "FeatureCollection",
                    "features": [zone.to_feature() for zone in found.zones],
                },
                **beside(found),
                "models": list(found.models),
                "assumed": list(found.assumed),
                "distances": list(found.distances),
                "warnings": [line.to_json() for line in found.warnings],
            }
        )
    )


def _changes(body: WhatIf) -> dict[str, Any]:
    """Return what the case adds to a report: the moment asked for, and what was chosen."""
    named = {"at": body.at, "choices": body.choices and body.choices.model_dump()}
    return {name: value for name, value in named.items() if value is not None}
