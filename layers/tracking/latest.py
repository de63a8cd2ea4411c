"""Where everybody is now, and how old that is."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, exists, func, or_, select
from sqlalchemy.orm import Session

from layers.models import PositionLatest, Task, TaskItem, Tracker
from layers.query import boxes
from layers.tracking.judgement import Flag
from layers.tracking.sight import Sight

STALE_S = 60.0
_UNDER_WAY = ("ordered", "accepted", "departed", "arrived")


def latest(
    session: Session,
    *,
    sight: Sight,
    bbox: Sequence[float] | None = None,
    team: uuid.UUID | None = None,
    incident: uuid.UUID | None = None,
    exercise: bool = False,
    limit: int = 5_000,
) -> list[dict[str, Any]]:
    """Return where trackers are, those heard of last first; who was never heard of has no place.

    Parameters
    ----------
    bbox
        West, south, east, north in degrees; a west beyond the east crosses 180 degrees.
    incident
        Only who is on a task of it.
    exercise
        Trackers of exercises, which are no part of what is real.
    """
    wanted = [sight.clause(), Tracker.active, Tracker.exercise == exercise]
    if bbox is not None:
        wanted.append(_in_boxes(boxes.boxes(bbox)))
    if team is not None:
        wanted.append(Tracker.team_id == team)
    if incident is not None:
        under_way = (Task.incident_id == incident, Task.state.in_(_UNDER_WAY))
        wanted.append(exists().where(*under_way, serves()))
    rows = session.execute(
        select(Tracker, PositionLatest, func.clock_timestamp().label("now"))
        .join(PositionLatest, PositionLatest.tracker == Tracker.number)
        .where(*wanted)
        .order_by(PositionLatest.at.desc().nulls_last(), Tracker.device)
        .limit(limit)
    )
    return [shown(tracker, place, now) for tracker, place, now in rows]


def serves() -> ColumnElement[bool]:
    """Return the condition that a tracker is on a task, of the two tables' rows.

    The task names its vehicle, or is its team's and names none: a team's task that names vehicles
    is those vehicles' alone.
    """
    item = TaskItem
    items = exists().correlate(Task, Tracker).where(item.task_id == Task.id)
    named = items.where(item.vehicle_id.is_not(None))
    mine = items.where(item.vehicle_id == Tracker.vehicle_id)
    return or_(mine, and_(Task.layer == "team", Task.feature_id == Tracker.team_id, ~named))


def shown(tracker: Tracker, place: PositionLatest, now: dt.datetime) -> dict[str, Any]:
    """Return a tracker and its place as the wire carries them.

    `age_s` counts by the server's clock from the earlier of what the device said and when it was
    received, so that a device whose clock is ahead looks no fresher than it is. `delay_s` is
    between the two. `held` says that it reported a place that is not believed yet.
    """
    body: dict[str, Any] = named(tracker)
    age_s = None
    if place.at is not None and place.received_at is not None:
        age_s = max(0.0, (now - min(place.at, place.received_at)).total_seconds())
        body |= {
            "lon": place.lon,
            "lat": place.lat,
            "at": place.at.isoformat(),
            "received_at": place.received_at.isoformat(),
            "speed_m_s": place.speed_m_s,
            "heading_deg": place.heading_deg,
            "accuracy_m": place.accuracy_m,
            "delay_s": round((place.received_at - place.at).total_seconds(), 3),
        }
    return body | {
        "age_s": None if age_s is None else round(age_s, 1),
        "stale": age_s is None or age_s > STALE_S,
        "flags": Flag(place.flags).words(),
        "held": place.held_at is not None,
    }


def named(tracker: Tracker | Row[Any]) -> dict[str, Any]:
    """Return what a tracker is, as the wire carries it."""
    return {
        "id": tracker.device,
        "kind": tracker.kind,
        "name": tracker.name,
        "plate": tracker.plate,
        "team_id": tracker.team_id and str(tracker.team_id),
        "vehicle_id": tracker.vehicle_id and str(tracker.vehicle_id),
        "profile": tracker.profile,
        "region": tracker.region,
        "exercise": tracker.exercise,
    }


def _in_boxes(parts: Sequence[boxes.Box]) -> ColumnElement[bool]:
    place = PositionLatest
    return or_(
        *(
            and_(place.lon.between(west, east), place.lat.between(south, north))
            for west, south, east, north in parts
        )
    )
