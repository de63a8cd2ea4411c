"""Time: what happened when, how everything was then, and moments marked with a word."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from typing import Any

from gis_server import excerpt, incident_face, log_page, past
from gis_server.auth import may, permission, scope, who
from gis_server.changes import NEEDED
from gis_server.state import db
from gis_server.views.blueprint import api
from gis_server.wire.base import NoQuery
from gis_server.wire.replay import (
    BookmarkPath,
    BookmarksQuery,
    MarksQuery,
    NewBookmark,
    StateQuery,
)
from layers import replay
from layers.models import Incident
from layers.tracking.sight import Sight

bp = api("replay")

OF_INCIDENT = (
    "incident", "assessment", "task", "plot", "road_closure", "decision", "call", "note", "alert",
    "bulletin", "proposal", "observation", "print_job",
)  # fmt: skip
OF_SITE = ("incident", "assessment", "road_closure", "decision", "alert")
"""What is marked where no incident is chosen: the rest would be a line of thousands."""
SHOWN = ("task", "task_item", "plot", "road_closure", "decision", "call", "note")


@bp.get("/replay")
@permission("incidents.read")
def marks(query: MarksQuery) -> dict[str, Any]:
    """List what happened between two times: the newest `limit` of it; `more` says there was more.

    `layers` is a comma list of those to tell of. Without an incident it is incidents, plans,
    decisions, closed roads and alerts of the reader's regions.
    """
    region = _incident(query.incident).region if query.incident is not None else None
    known = OF_SITE if query.incident is None else OF_INCIDENT
    asked = known if query.layers is None else tuple(query.layers.split(","))
    begin, end = query.span
    found, more = replay.marks(
        db(), scope=scope(), incident=query.incident, begin=begin, end=end, limit=query.limit,
        layers=[name for name in known if name in asked and _may_hear(name, region)],
    )  # fmt: skip
    return {"marks": found, "more": more}


@bp.get("/replay/state")
@permission("incidents.read")
def state(query: StateQuery) -> dict[str, Any]:
    """Tell how everything was right after a seq, or at a time.

    `incidents` as they were; of the one that is named its `plan` (an assessment's id), `tasks`,
    `plots`, `decisions`, `calls` and `notes`; `closures` in force; `positions` where everybody was
    last known to be, by what had been received then. `cut`: the incident has more
    rows than are told; some that changed last by `cut_until` are left out.
    """
    then = replay.moment(db(), query.at)
    one = None if query.incident is None else _incident(query.incident)
    known = replay.incidents_at(db(), then.seq, then.at, scope=scope(), also=query.incident)
    roads = replay.roads_at(db(), then.seq, scope=who().scope("features.read"))
    answer: dict[str, Any] = {
        "seq": then.seq,
        "at": then.at.isoformat(),
        "now": then.at.isoformat(),
        "incidents": [past.incident(each) for each in known],
        "positions": _positions(then.at, one) if query.positions else [],
    }
    if one is not None:
        answer |= _of(one, then)
        roads += answer.pop("own_roads")
    answer["closures"] = [past.closure(row) for row in roads if _in_force(row, then.at)]
    return answer


@bp.get("/bookmarks")
@permission("incidents.read")
def bookmarks(query: BookmarksQuery) -> dict[str, Any]:
    """List marked moments in order of time."""
    found = replay.bookmarks(db(), scope=scope(), name=who().name, incident=query.incident)
    return {"bookmarks": found}


@bp.post("/bookmarks")
@permission("incidents.write")
def mark(body: NewBookmark) -> tuple[dict[str, Any], int]:
    """Mark a moment with a word; sent twice with one `id` it is stored once."""
    incident = None if body.incident is None else _incident(body.incident)
    row = replay.mark(
        db(), replay.moment(db(), body.at), title=body.title, name=who().name, scope=scope(),
        incident=incident, id=body.id,
    )  # fmt: skip
    return replay.shown(row), 201


@bp.delete("/bookmarks/<id>")
@permission("incidents.write")
def unmark(path: BookmarkPath, query: NoQuery) -> tuple[dict[str, Any], int]:
    """Remove a mark; the moment stays."""
    replay.unmark(db(), path.id, scope=scope(), name=who().name)
    return {}, 204


def _incident(id: uuid.UUID) -> Incident:
    return incident_face.find_incident(db(), id, scope=scope())


def _may_hear(layer: str, region: str | None) -> bool:
    """Tell whether the reader may know of a layer's changes, in a region or anywhere."""
    needed = (NEEDED.get(layer, "features.read"), *log_page.NEEDS.get(layer, ()))
    if region is None:
        whole = who().permissions
        return all(name in whole for name in needed) and (
            layer not in log_page.NEEDS or all(may(name, None) for name in needed)
        )
    return all(may(name, region) for name in needed)


def _of(incident: Incident, then: replay.Moment) -> dict[str, Any]:
    """Return what was known of an incident."""
    rows, cut_until = replay.rows_at(db(), incident.id, then.seq, layers=SHOWN)
    plan = replay.plan_at(db(), incident.id, then.seq)
    return {
        "plan": plan and str(plan),
        "tasks": past.tasks(rows["task"], rows["task_item"]),
        "plots": [past.plot(row) for row in rows["plot"]],
        "decisions": [past.shaped(row) for row in rows["decision"]],
        "calls": [past.call(row) for row in _seen(rows["call"])],
        "notes": [past.shaped(row) for row in rows["note"]],
        "own_roads": rows["road_closure"],
        "cut": cut_until is not None,
        "cut_until": cut_until and cut_until.isoformat(),
    }


def _seen(calls: Sequence[past.Document]) -> list[past.Document]:
    """Leave out lines of the call sheet whose feature the reader may not see, as now."""
    named = {(row["layer"], row["feature_id"]) for row in calls if row["feature_id"]}
    hidden = excerpt.unseen_of(db(), named, scope=scope())
    return [row for row in calls if (row["layer"], row["feature_id"]) not in hidden]


def _in_force(row: dict[str, Any], at: dt.datetime) -> bool:
    """Tell whether a closure, as it was known at a time, closed its road then."""

    def moment(name: str) -> dt.datetime | None:
        return dt.datetime.fromisoformat(row[name]) if row.get(name) else None

    since, until, lifted = (moment(name) for name in ("since", "until", "lifted_at"))
    begun = since is None or since <= at
    return begun and (until is None or until > at) and (lifted is None or lifted > at)


def _positions(at: dt.datetime, incident: Incident | None) -> list[dict[str, Any]]:
    asker = who()
    if "positions.read" not in asker.permissions:
        return []
    sight = Sight(
        name=asker.name,
        scope=asker.scope("positions.read"),
        people=asker.scope("contacts.read"),
    )
    exercise = incident is not None and incident.exercise
    return replay.positions_at(db(), at, sight=sight, exercise=exercise)
