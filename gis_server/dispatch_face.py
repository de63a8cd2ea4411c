"""A dispatch between the wire and the analysis: what is asked, the networks, the answer's shape."""

from __future__ import annotations

import datetime as dt
import threading
import uuid
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from analysis.dispatch.answer import answered
from analysis.dispatch.case import Case
from analysis.dispatch.demand import Answer, Assignment, Demand, Met, Place
from analysis.dispatch.problem import Weights
from analysis.roads.approach import Approach
from gis_server import closures as closing
from gis_server.closures import Closed
from gis_server.incident_face import find_incident
from gis_server.wire.dispatch import AskingIncident, DispatchBody
from layers.errors import BusyError, InvalidInputError
from layers.models import Incident
from layers.query import Scope

SOLVES_AT_ONCE = 2
"""A solver uses its threads for its whole time; more at once would only wait for each other."""

WAIT_S = 5.0
_SOLVES = threading.BoundedSemaphore(SOLVES_AT_ONCE)


def places(
    session: Session, body: DispatchBody, *, now: dt.datetime, scope: Scope
) -> tuple[list[Place], frozenset[uuid.UUID]]:
    """Return the incidents that ask, and those of them that are an exercise: all or none.

    Raises
    ------
    NotFoundError
        One of them does not exist, or not for this reader.
    InvalidInputError
        `code="dispatch_closed_incident"` or `"dispatch_mixed_exercise"`: an exercise never takes
        from a real incident, nor the other way round.
    """
    rows = [find_incident(session, one.id, scope=scope) for one in body.incidents]
    for number, row in enumerate(rows):
        if row.status == "closed":
            raise InvalidInputError(
                f"incident {row.id} is closed; nobody is sent there", field=f"incidents.{number}",
                code="dispatch_closed_incident", got=str(row.id), wanted="an open incident",
            )  # fmt: skip
    played = frozenset(row.id for row in rows if row.exercise)
    if played and len(played) < len(rows):
        raise InvalidInputError(
            "exercise and real incidents are not answered together", field="incidents",
            code="dispatch_mixed_exercise", got=len(played), wanted=f"0 or {len(rows)}",
        )  # fmt: skip
    avoid = closing.drawn(body.avoid)
    found = []
    for row, one in zip(rows, body.incidents, strict=True):
        closed = closing.of_question(session, incident=row.id, at=now, scope=scope)
        found.append(_place(session, row, one, closed, avoid))
    return found, played


def _place(
    session: Session, row: Incident, asked: AskingIncident, closed: Closed, avoid: Closed
) -> Place:
    lon, lat = session.execute(
        select(func.ST_X(Incident.geom), func.ST_Y(Incident.geom)).where(Incident.id == row.id)
    ).one()
    return Place(
        id=str(row.id),
        lon=lon,
        lat=lat,
        priority=asked.priority,
        closed=(*closed.parts, *avoid.parts),
        zones=zones_of(closed),
        wind_from_deg=closed.wind_from_deg,
        demand=tuple(
            Demand(
                id=one.id or str(number),
                what=one.what,
                name=one.name,
                amount=one.amount,
                unit=one.in_unit,
            )
            for number, one in enumerate(asked.demand)
        ),
    )


def zones_of(closed: Closed) -> BaseGeometry | None:
    """Return the union of every hazard zone, those that only warn too."""
    areas = [part.area for part in closed.parts if part.kind == "zone"]
    areas += [closed.warn] if closed.warn is not None else []
    return shapely.union_all(areas) if areas else None


def weights(body: DispatchBody) -> Weights:
    """Return the weights of a body."""
    return Weights(**body.weights.model_dump())


def solved(case: Case, body: DispatchBody) -> Answer:
    """Solve a case; few at once, so that solvers leave a worker room to answer.

    Raises
    ------
    BusyError
        As many solvers as are allowed have been under way for `WAIT_S`.
    """
    if body.solve == "greedy":
        return answered(case)
    if not _SOLVES.acquire(timeout=WAIT_S):
        raise BusyError("too many dispatches are being solved at once", retry_after_s=5)
    try:
        return answered(case, by="optimal")
    finally:
        _SOLVES.release()


def shown(case: Case, answer: Answer) -> dict[str, Any]:
    """Return an answer as the wire carries it; its messages still without words."""
    return {
        "at": case.now.isoformat(),
        "incidents": [
            {
                "id": place.id,
                "lon": place.lon,
                "lat": place.lat,
                "priority": place.priority,
                "approach": _approach(answer.approaches.get(place.id)),
            }
            for place in case.places
        ],
        "assignments": [_assignment(one) for one in answer.assignments],
        "demands": [_demand(one) for one in answer.demands],
        "unmet": [_demand(one) for one in answer.demands if one.missing > 0],
        "cover_lost": [
            {**asdict(each), "stations": [{"id": i, "name": name} for i, name in each.stations]}
            for each in answer.cover_lost
        ],
        "cover_minutes": case.cover_minutes,
        "solved": asdict(answer.solved),
        "weights": asdict(case.problem.weights),
        "messages": [message.to_json() for message in answer.messages],
    }


def _approach(goal: Approach | None) -> dict[str, Any] | None:
    if goal is None:
        return None
    return {
        "lon": goal.lon,
        "lat": goal.lat,
        "inside_zone": goal.inside_zone,
        "reason": goal.reason,
        "distance_m": round(goal.distance_m, 1),
    }


def _assignment(one: Assignment) -> dict[str, Any]:
    names = (
        "incident", "demand", "layer", "id", "name", "name_en", "kind", "what", "item", "amount",
        "unit", "vehicle", "by", "lon", "lat", "travel_time_s", "stock_id",
    )  # fmt: skip
    return {
        **{name: getattr(one, name) for name in names},
        "arrives_at": one.arrives_at and one.arrives_at.isoformat(),
        "why": _messages(one.why),
    }


def _demand(one: Met) -> dict[str, Any]:
    return {
        "incident": one.incident,
        "demand": one.demand.id,
        "what": one.demand.what,
        "name": one.demand.name,
        "amount": one.demand.amount,
        "unit": one.demand.unit,
        "matched": list(one.matched),
        "met": one.met,
        "missing": one.missing,
        "first_s": one.first_s,
        "full_s": one.full_s,
        "reasons": _messages(one.reasons),
    }


def _messages(messages: Sequence[Any]) -> list[dict[str, Any]]:
    return [message.to_json() for message in messages]
