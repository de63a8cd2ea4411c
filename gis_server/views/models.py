"""Hazard models by name, and the zones of a case that is not stored."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any

from pydantic import Field

from analysis.hazard import MODELS
from analysis.response import beside
from analysis.situation import situation
from analysis.zones import zones as hazard_zones
from gis_server import reports
from gis_server.auth import permission, scope
from gis_server.state import db
from gis_server.views.blueprint import api, spoken
from gis_server.wire.base import NoQuery, Wire
from gis_server.wire.incident import WhatIf
from layers.errors import NotFoundError
from layers.models import Incident

bp = api("models")


class ModelPath(Wire):
    """Which model."""

    model: Annotated[str, Field(min_length=1, max_length=64)]


class RunBody(Wire):
    """A run: inputs by name, a coefficient set by name, and places to compute at."""

    inputs: dict[str, Any] = Field(default_factory=dict)
    coefficients: Annotated[str, Field(max_length=64)] | None = None
    receptors: Annotated[list[dict[str, float]], Field(max_length=10_000)] | None = None


@bp.get("/models")
@permission("analysis.run")
def every(query: NoQuery) -> dict[str, Any]:
    """List the models: inputs with unit and range, coefficient sets, sources."""
    return {"models": [_shown(model) for model in MODELS.values()]}


@bp.post("/models/<model>")
@permission("analysis.run")
def run(path: ModelPath, body: RunBody) -> dict[str, Any]:
    """Run one model; the answer carries its intermediates, warnings and sources."""
    model = MODELS.get(path.model)
    if model is None:
        raise NotFoundError(
            f"there is no model {path.model!r}; there are {', '.join(MODELS)}",
            code="no_model_named", got=path.model, known=", ".join(MODELS),
        )  # fmt: skip
    return dict(spoken(model.run(body.inputs, body.coefficients, body.receptors)))


@bp.post("/zones")
@permission("analysis.run")
def zones(body: WhatIf) -> dict[str, Any]:
    """Compute the hazard zones of a case; nothing is stored."""
    now = dt.datetime.now(dt.UTC)
    report = body.model_copy(update={"id": None})
    incident: Incident = reports.incident_row(
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


def _shown(model: Any) -> dict[str, Any]:
    return {
        "name": model.name,
        "version": model.version,
        "inputs": [_input(entry) for entry in model.inputs],
        "receptors": [_input(entry) for entry in model.receptor_inputs],
        "coefficients": [
            {"name": entry.name, "source": entry.source, "certainty": entry.certainty}
            for entry in model.coefficient_sets
        ],
        "sources": list(model.sources),
    }


def _input(entry: Any) -> dict[str, Any]:
    # An open end of a range is left out: JSON has no infinity.
    bounds = {"minimum": entry.minimum, "maximum": entry.maximum}
    return {
        "name": entry.name,
        "unit": entry.unit,
        "required": entry.required,
        "default": entry.default,
        "choices": list(entry.choices),
        **{name: value for name, value in bounds.items() if abs(value) != float("inf")},
    }
