"""Where vehicles and people are: reported, shown with their age; which trackers there are."""

from __future__ import annotations

import datetime as dt
from typing import Any

from flask import Response, jsonify

from gis_server import incident_face
from gis_server.auth import permission, scope, who
from gis_server.errors import reader_language
from gis_server.state import config, db
from gis_server.text import say
from gis_server.views.blueprint import api
from gis_server.views.features import wanted_version
from gis_server.wire.base import NoQuery
from gis_server.wire.position import (
    NewTracker,
    PositionReport,
    PositionsQuery,
    TrackerChange,
    TrackerPath,
    TrackersQuery,
)
from layers.models import Tracker
from layers.tracking import register
from layers.tracking.latest import latest
from layers.tracking.report import Receipt
from layers.tracking.report import report as take
from layers.tracking.sight import Sight, find

bp = api("positions")


def sight() -> Sight:
    """Return what the one who asks may see of trackers."""
    asker = who()
    return Sight(name=asker.name, scope=scope(), people=asker.scope("contacts.read"))


@bp.post("/positions")
@permission("positions.report")
def report(body: PositionReport) -> dict[str, Any]:
    """Take up to 5,000 positions; the answer says what became of each.

    `refused` lists rows that were not taken, with a reason; `doubled` rows that were known;
    `flagged` rows that are stored and not quite believed. Sent again, a report stores nothing
    twice. One bad row loses no other.
    """
    receipt = take(
        db(), body.root, reporter=who().name, scope=scope(), kept_days=config().position_days
    )
    return _receipt(receipt)


@bp.get("/positions")
@permission("positions.read")
def now(query: PositionsQuery) -> dict[str, Any]:
    """Show where trackers are now, with `age_s` by the server's clock; `stale` is over 60 s."""
    exercise = query.exercise
    if query.incident is not None:
        exercise = incident_face.find_incident(db(), query.incident, scope=scope()).exercise
    found = latest(
        db(), sight=sight(), bbox=query.box(), team=query.team, incident=query.incident,
        exercise=exercise, limit=query.limit,
    )  # fmt: skip
    return {"now": dt.datetime.now(dt.UTC).isoformat(), "positions": found}


@bp.get("/trackers")
@permission("positions.read")
def trackers(query: TrackersQuery) -> dict[str, Any]:
    """List the registered trackers that the reader may see."""
    rows = register.listed(db(), sight=sight(), exercise=query.exercise, limit=query.limit)
    return {"trackers": [register.shown(row) for row in rows]}


@bp.get("/trackers/unregistered")
@permission("features.write")
def unregistered(query: NoQuery) -> dict[str, Any]:
    """List devices that reported and are not registered; their positions were not taken."""
    if scope().regions is not None:
        # Nobody knows yet whose they are, so only who may register anywhere sees them.
        return {"trackers": []}
    return {"trackers": register.unregistered(db())}


@bp.post("/trackers")
@permission("features.write")
def add(body: NewTracker) -> Response:
    """Register a tracker; 201 with its address."""
    row = register.add(db(), body.id, body.values(), scope=scope())
    return _answer(row, 201)


@bp.get("/trackers/<id>")
@permission("positions.read")
def one(path: TrackerPath, query: NoQuery) -> Response:
    """Tell what a tracker is; `ETag` is its version."""
    return _answer(find(db(), path.id, sight=sight()), 200)


@bp.patch("/trackers/<id>")
@permission("features.write")
def change(path: TrackerPath, body: TrackerChange) -> Response:
    """Change a part of what a tracker is; needs `If-Match`."""
    values = body.model_dump(exclude_unset=True)
    row = register.change(
        db(), path.id, values, version=wanted_version(), sight=sight(), scope=scope()
    )
    return _answer(row, 200)


def _receipt(receipt: Receipt) -> dict[str, Any]:
    reasons = sorted({one.reason for one in receipt.refused})
    return {
        "received": receipt.received,
        "stored": receipt.stored,
        "doubled": list(receipt.doubled),
        "refused": [
            {"index": one.row, "id": one.device, "reason": one.reason, "field": one.field,
             "got": one.got}
            for one in receipt.refused
        ],
        "reasons": {code: say(reader_language(), f"position.{code}", {}) for code in reasons},
        "flagged": [
            {"index": row, "id": device, "flags": flags.words()}
            for row, device, flags in receipt.flagged
        ],
        "flags": receipt.flags(),
        "ignored_fields": list(receipt.ignored_fields),
        "now": receipt.now.isoformat(),
    }  # fmt: skip


def _answer(row: Tracker, status: int) -> Response:
    response = jsonify(register.shown(row))
    response.status_code = status
    response.headers["ETag"] = f'"{row.version}"'
    if status == 201:
        response.headers["Location"] = f"/api/v1/trackers/{row.device}"
    return response
