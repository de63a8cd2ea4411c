"""Speeds of road networks by the hour, as the site says them."""

from __future__ import annotations

from typing import Any

from gis_server.auth import permission
from gis_server.state import db
from gis_server.views.blueprint import api
from gis_server.wire.speed import SpeedsBody, SpeedsQuery
from layers import speeds

bp = api("speeds")


@bp.get("/speeds")
@permission("analysis.run")
def said(query: SpeedsQuery) -> dict[str, Any]:
    """Show what is said of a network's speeds, by whom, and until when its tracks are measured."""
    until = speeds.measured_until(db(), query.network)
    return {
        "network": query.network,
        "speeds": speeds.said(db(), query.network),
        "measured_until": None if until is None else until.isoformat(),
    }


@bp.put("/speeds")
@permission("roads.manage")
def say(body: SpeedsBody) -> dict[str, Any]:
    """Put speeds by the hour in the place of those that were said; all of them or none."""
    count = speeds.replace(db(), body.network, body.speeds, source=body.source)
    return {"network": body.network, "rows": count}
