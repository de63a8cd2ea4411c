"""Is it up: the process, and the database behind it."""

from __future__ import annotations

from typing import Any

from flask_openapi import APIBlueprint, Tag
from sqlalchemy import text

from gis_server import __version__
from gis_server.auth import permission
from gis_server.state import db

bp = APIBlueprint("health", __name__, abp_tags=[Tag(name="health")])


@bp.get("/healthz")
@permission("public")
def healthz() -> dict[str, Any]:
    """Say that the server and its database answer; 503 where the database does not."""
    db().execute(text("SELECT 1"))
    return {"status": "ok", "version": __version__}
