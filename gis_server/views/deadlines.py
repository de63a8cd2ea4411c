"""Deadlines of reporting: of an incident, and the table that they follow."""

from __future__ import annotations

import datetime as dt
from typing import Any

from flask import Response, jsonify
from sqlalchemy import func, select

from gis_server import incident_face, intake
from gis_server.auth import permission, scope, who
from gis_server.state import config, db
from gis_server.views.blueprint import api, spoken
from gis_server.views.features import wanted_version
from gis_server.wire.base import NoQuery
from gis_server.wire.deadline import NewRule, Reported, RuleChange, RulePath
from gis_server.wire.incident import IncidentPath
from layers import region_code
from layers.database import set_actor
from layers.errors import (
    ConflictError,
    InvalidInputError,
    NotFoundError,
    PermissionError_,
    TooLargeError,
)
from layers.incidents import deadlines
from layers.incidents.deadlines import Standing
from layers.models import DeadlineRule

bp = api("deadlines")
MOST_RULES = 2000


@bp.get("/incidents/<id>/deadlines")
@permission("incidents.read")
def of_incident(path: IncidentPath, query: NoQuery) -> dict[str, Any]:
    """List what has to be reported when; what was missed, and what was sent."""
    incident = incident_face.find_incident(db(), path.id, scope=scope())
    now = dt.datetime.now(dt.UTC)
    standing = deadlines.of_incident(db(), incident, now=now, zone=config().zone)
    return {
        "deadlines": [_shown(each, now) for each in standing],
        "now": now.isoformat(),
        "received_at": (incident.received_at or incident.reported_at).isoformat(),
        "grade": incident.accident_grade,
    }


@bp.post("/incidents/<id>/deadlines")
@permission("incidents.write")
def reported(path: IncidentPath, body: Reported) -> tuple[dict[str, Any], int]:
    """Note that something was reported, as by telephone: the soonest open deadline is met."""
    incident = incident_face.find_incident(db(), path.id, scope=scope())
    now = dt.datetime.now(dt.UTC)
    intake.refuse_future(now, at=body.at)
    set_actor(db(), who().name, incident=incident.id)
    met = deadlines.met(
        db(), incident, (body.what, body.channel, body.addressee), at=body.at or now,
        by=who().name, note=body.note, now=now, zone=config().zone,
    )  # fmt: skip
    return _shown(met, now), 201


@bp.get("/deadline-rules")
@permission("incidents.read")
def rules(query: NoQuery) -> dict[str, Any]:
    """Show the table of deadlines: the nation's rules first, then by region."""
    row = DeadlineRule
    found = db().scalars(
        select(row)
        .where(row.ended_at.is_(None))
        .order_by(row.region.nulls_first(), row.what, row.grade.nulls_first(), row.channel, row.id)
    )
    return {"rules": [_rule(each) for each in found]}


@bp.post("/deadline-rules")
@permission("reports.sign")
def add(body: NewRule) -> Response:
    """Add a line to the table; it holds for incidents that are reported from now on."""
    if body.id is not None and (same := db().get(DeadlineRule, body.id)) is not None:
        return _answer(_allowed(same), 200)
    if body.region is not None and not region_code.is_code(body.region):
        raise InvalidInputError(
            f"region: {body.region!r} is no code", code="bad_value", field="region",
            got=body.region, wanted="330102",
        )  # fmt: skip
    held = select(func.count()).where(DeadlineRule.ended_at.is_(None))
    if (db().scalar(held) or 0) >= MOST_RULES:
        raise TooLargeError(f"{MOST_RULES} rules at most", code="too_many_rules", wanted=MOST_RULES)
    row = _allowed(DeadlineRule(**body.model_dump()))
    db().add(row)
    db().flush()
    db().refresh(row)
    return _answer(row, 201)


@bp.patch("/deadline-rules/<rule>")
@permission("reports.sign")
def change(path: RulePath, body: RuleChange) -> Response:
    """Say otherwise when something is due, or its source; 409 where somebody was faster.

    The line ends and the answer is another, of an id of its own: incidents that were reported
    before keep the one of their time.
    """
    row = _held(path)
    names = ("region", "grade", "channel", "what", "addressee", "minutes", "daily_at", "source")
    values = {name: getattr(row, name) for name in names}
    values |= body.model_dump(exclude_none=True)
    if body.minutes is not None:
        values["daily_at"] = None
    elif body.daily_at is not None:
        values["minutes"] = None
    _end(row)
    made = DeadlineRule(**values)
    db().add(made)
    db().flush()
    db().refresh(made)
    return _answer(made, 200)


@bp.delete("/deadline-rules/<rule>")
@permission("reports.sign")
def remove(path: RulePath) -> Response:
    """Take a line out of the table; it still holds for incidents that were reported before."""
    _end(_held(path))
    return Response(status=204)


def _end(row: DeadlineRule) -> None:
    row.ended_at = db().scalar(select(func.now()))
    db().flush()


def _held(path: RulePath) -> DeadlineRule:
    version = wanted_version()
    row = db().get(DeadlineRule, path.rule, with_for_update=True)
    if row is None:
        raise NotFoundError(
            f"there is no rule {path.rule}", code="no_deadline_rule", id=str(path.rule)
        )
    _allowed(row)
    if row.version != version:
        raise ConflictError(
            f"the rule is at version {row.version}, the change was made on {version}",
            mine={"version": version}, theirs=_rule(row),
        )  # fmt: skip
    if row.ended_at is not None:
        raise NotFoundError(
            f"the rule {path.rule} has ended", code="no_deadline_rule", id=str(path.rule)
        )
    return row


def _allowed(row: DeadlineRule) -> DeadlineRule:
    """Refuse a rule that holds beyond the regions of who sets it."""
    if not scope().holds(row.region):
        raise PermissionError_(
            f"the rule is of region {row.region}", code="outside_region", region=row.region or "",
            regions=list(scope().regions or ()),
        )  # fmt: skip
    return row


def _answer(row: DeadlineRule, status: int) -> Response:
    response = jsonify(_rule(row))
    response.status_code = status
    response.headers["ETag"] = f'"{row.version}"'
    return response


def _rule(row: DeadlineRule) -> dict[str, Any]:
    names = ("region", "grade", "channel", "what", "addressee", "minutes", "daily_at", "source",
             "version")  # fmt: skip
    return {
        "id": str(row.id),
        **{name: getattr(row, name) for name in names},
        "updated_at": row.updated_at.isoformat(),
    }


def _shown(standing: Standing, now: dt.datetime) -> dict[str, Any]:
    due = standing.due
    left = None if standing.done_at else round((due.due_at - now).total_seconds(), 1)
    named = {"to": {"code": f"duty.to.{due.addressee}", "params": {}}}
    said = spoken({"code": f"duty.due.{due.what}.{due.channel}", "params": named})
    return {
        "what": due.what,
        "channel": due.channel,
        "addressee": due.addressee,
        "title": said["text"],
        "due_at": due.due_at.isoformat(),
        "done_at": standing.done_at and standing.done_at.isoformat(),
        "done_by": standing.done_by,
        "missed": standing.missed,
        "left_s": left,
        "source": due.source,
        "note": standing.note,
    }
