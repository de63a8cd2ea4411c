"""Walls: what each shows, driven from a desk; and what a wall at rest tells."""

from __future__ import annotations

import datetime as dt
import secrets
import uuid
from dataclasses import asdict
from typing import Any
from zoneinfo import ZoneInfo

from flask import Response, jsonify
from sqlalchemy import select

from gis_server import excerpt, incident_face, signin
from gis_server.auth import may, permission, scope, who
from gis_server.state import config, db
from gis_server.views.blueprint import api
from gis_server.views.features import wanted_version
from gis_server.wire.base import NoQuery
from gis_server.wire.hall import (
    AtRiskQuery,
    LatelyQuery,
    WallBody,
    WallKeyBody,
    WallKeyPath,
    WallPath,
)
from layers import hall
from layers.errors import NotFoundError, PermissionError_
from layers.models import Incident
from layers.response.plan import plan_of

bp = api("walls")

WEATHER_KEPT = dt.timedelta(hours=3)
"""A value older than this says nothing of now: it is not shown at all."""


@bp.get("/walls")
@permission("layers.read")
def every(query: NoQuery) -> dict[str, Any]:
    """List the walls that somebody has driven or made a key for."""
    own = who().wall
    return {"walls": [_told(one) for one in hall.walls(db()) if own in (None, one["name"])]}


@bp.get("/walls/<name>")
@permission("layers.read")
def one(path: WallPath, query: NoQuery) -> Response:
    """Tell what a wall shows; one that nobody has driven is at version 0 and follows incidents."""
    _refuse_other(path.name)
    return _answer(hall.wall(db(), path.name))


@bp.put("/walls/<name>")
@permission("hall.control")
def drive(path: WallPath, body: WallBody) -> Response:
    """Show something on a wall; every screen of that name follows within a second.

    What is left out stays. `If-Match` names the version that was seen, 0 for a new wall; 409 with
    `theirs` where somebody was faster, 403 where the wall is of a region that one does not hold.
    """
    second = None if body.second is None else body.second.incident
    for asked in (body.incident, second):
        if asked is not None:
            _check_incident(asked)
    stored = body.model_dump(mode="json", exclude_none=True)
    kept = {"incident": body.incident, "at": body.at}
    given = {name: kept.get(name, stored.get(name)) for name in body.model_fields_set}
    now = dt.datetime.now(dt.UTC)
    shown = hall.show(db(), path.name, given, version=wanted_version(), now=now, scope=scope())
    return _answer(shown)


@bp.get("/walls/<name>/keys")
@permission("hall.control")
def keys(path: WallPath, query: NoQuery) -> dict[str, Any]:
    """List the keys with which screens open this wall, also those taken back."""
    hall.refuse_outside(db(), path.name, scope=scope())
    return {"keys": hall.keys(db(), path.name)}


@bp.post("/walls/<name>/keys")
@permission("hall.control")
def add_key(path: WallPath, body: WallKeyBody) -> tuple[dict[str, Any], int]:
    """Make a key for a screen of this wall; `key` and `page` are told this once only.

    A screen with it only reads, this wall alone, with the regions in which its maker may drive
    walls, until the key ends, is taken back, or its maker can sign in no more.
    """
    hall.held(db(), path.name, scope=scope())
    token = secrets.token_urlsafe(32)
    asker = who()
    row = hall.add_key(
        db(), path.name, title=body.title, token_sha256=signin.digest(token),
        user_id=asker.user_id, by=asker.name, lasts=dt.timedelta(days=body.days),
    )  # fmt: skip
    # After the `#` it is told to no server, so it stands in no log.
    page = f"/hall?kiosk=1&wall={path.name}#key={token}"
    return hall.key_shown(row) | {"key": token, "page": page}, 201


@bp.delete("/walls/<name>/keys/<id>")
@permission("hall.control")
def revoke_key(path: WallKeyPath, query: NoQuery) -> Response:
    """Take a key back: its screen is signed out at once."""
    hall.refuse_outside(db(), path.name, scope=scope())
    hall.revoke_key(db(), path.name, path.id, by=who().name)
    return Response(status=204)


@bp.get("/hall/lately")
@permission("features.read")
def lately(query: LatelyQuery) -> dict[str, Any]:
    """Tell what changed today by layer, and the weather that the stations saw last."""
    now = dt.datetime.now(dt.UTC)
    found = hall.lately(db(), scope=scope(), since=query.since or _midnight(now), without=_BESIDE)
    return {
        "as_of": now.isoformat(),
        "since": found.since.isoformat(),
        "changes": list(found.changes),
        "cut": found.cut,
        "weather": hall.weather_now(db(), scope=scope(), since=now - WEATHER_KEPT),
    }


@bp.get("/hall/at-risk")
@permission("incidents.read")
def at_risk(query: AtRiskQuery) -> dict[str, Any]:
    """Tell how many people the plan in force puts at risk in which district, by level.

    `cut` where the plan lists fewer places than it counts: then these are at least so many.
    """
    incident = incident_face.find_incident(db(), query.incident, scope=scope())
    plan = plan_of(db(), incident.id)
    body = {} if plan is None else excerpt.seen_by(db(), plan.body, scope=scope())
    exposure = body.get("exposure", {})
    targets = exposure.get("targets", ())
    districts, more = hall.at_risk(db(), targets)
    return {
        "incident": str(incident.id),
        "assessment": None if plan is None else str(plan.id),
        "districts": [asdict(one) for one in districts],
        "more": more,
        "cut": exposure.get("target_count", 0) > len(targets),
    }


_BESIDE = frozenset({"incident"})
"""Incidents are told one by one."""


def _refuse_other(name: str) -> None:
    """Refuse a screen that asks for another wall than the one of its key."""
    own = who().wall
    if own not in (None, name):
        raise PermissionError_(f"a key of wall {own} opens no other", code="other_wall", wall=own)


def _midnight(now: dt.datetime) -> dt.datetime:
    local = now.astimezone(ZoneInfo(config().timezone))
    return local.replace(hour=0, minute=0, second=0, microsecond=0)


def _check_incident(id: uuid.UUID) -> None:
    """Refuse an incident that the one who drives may not see: a wall must not name it."""
    found = db().execute(select(Incident.id, Incident.region).where(Incident.id == id)).first()
    if found is None or not may("incidents.read", found.region):
        raise NotFoundError(f"there is no incident {id}", code="no_incident", id=str(id))


def _told(shown: dict[str, Any]) -> dict[str, Any]:
    """Say of a wall whether the one who asks may drive it."""
    asker = who()
    may_drive = "hall.control" in asker.permissions and not asker.read_only
    made = shown.pop("made")
    held = not made or asker.scope("hall.control").holds(shown["region"])
    return shown | {"can_drive": may_drive and held}


def _answer(shown: dict[str, Any]) -> Response:
    response = jsonify(_told(shown))
    response.headers["ETag"] = f'"{shown["version"]}"'
    return response
