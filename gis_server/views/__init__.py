"""One blueprint a noun: parse, call, serialise."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask_openapi import OpenAPI


def register(app: OpenAPI) -> None:
    """Register every noun."""
    from gis_server.views import (
        assessments,
        docs,
        events,
        features,
        health,
        imports,
        incidents,
        layers,
        models,
        observations,
        pages,
        places,
        roads,
        session,
        tiles,
    )

    for noun in (
        health, session, layers, features, places, roads, models, incidents, assessments,
        observations, imports, events, tiles,
    ):  # fmt: skip
        app.register_api(noun.bp)
    docs.register(app)
    pages.register(app)
