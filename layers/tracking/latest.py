"""Where everybody is now, and how old that is."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Row, Subquery, and_, exists, func, or_, select, union
from sqlalchemy.orm import Session

from layers.models import PositionLatest, Task, TaskItem, Tracker
from layers.query import boxes
from layers.tracking.judgement import Flag
from layers.tracking.sight import Sight

STALE_S = 30.0
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
        pairs = serving(Task.incident_id == incident, Task.state.in_(_UNDER_WAY))
        wanted.append(Tracker.number.in_(select(pairs.c.number)))
    # Columns, not objects: all of some thousand are read twice a second by as many as look.
    rows = session.execute(
        select(*_COLUMNS, func.clock_timestamp().label("now"))
        .join(PositionLatest, PositionLatest.tracker == Tracker.number)
        .where(*wanted)
        .order_by(PositionLatest.at.desc().nulls_last(), Tracker.device)
        .limit(limit)
    )
    return [shown(row) for row in rows]


def serving(*wanted: ColumnElement[bool]) -> Subquery:
    """Return pairs (`task_id`, `number`) of tasks and the trackers that are on them.

    A task names its vehicle, or is its team's and names none: a team's task that names vehicles is
    those vehicles' alone. Two joins and no condition with "or", which would try every pair.
    """
    item = TaskItem
    pair = select(Task.id.label("task_id"), Tracker.number.label("number"))
    by_vehicle = (
        pair.select_from(Task)
        .join(item, item.task_id == Task.id)
        .join(Tracker, Tracker.vehicle_id == item.vehicle_id)
        .where(*wanted)
    )
    named = exists().where(item.task_id == Task.id, item.vehicle_id.is_not(None))
    by_team = (
        pair.select_from(Task)
        .join(Tracker, Tracker.team_id == Task.feature_id)
        .where(*wanted, Task.layer == "team", ~named)
    )
    return union(by_vehicle, by_team).subquery()


def shown(row: Any) -> dict[str, Any]:
    """Return a tracker and its place, a row of `_COLUMNS` and `now`, as the wire carries them.

    `age_s` counts by the server's clock from the earlier of what the device said and when it was
    received, so that a device whose clock is ahead looks no fresher than it is. `delay_s` is
    between the two. `held` says that it reported a place that is not believed yet.
    """
    body = named(row)
    age_s = None
    if row.at is not None:
        age_s = max(0.0, (row.now - min(row.at, row.received_at)).total_seconds())
        body |= {
            "lon": row.lon,
            "lat": row.lat,
            "at": row.at.isoformat(),
            "received_at": row.received_at.isoformat(),
            "speed_m_s": row.speed_m_s,
            "heading_deg": row.heading_deg,
            "accuracy_m": row.accuracy_m,
            "delay_s": round((row.received_at - row.at).total_seconds(), 3),
        }
    return body | {
        "age_s": None if age_s is None else round(age_s, 1),
        "stale": age_s is None or age_s > STALE_S,
        "flags": Flag(row.flags).words() if row.flags else [],
        "held": row.held_at is not None,
    }


_COLUMNS = (
    Tracker.device, Tracker.kind, Tracker.name, Tracker.plate, Tracker.team_id, Tracker.vehicle_id,
    Tracker.profile, Tracker.region, Tracker.exercise, PositionLatest.at,
    PositionLatest.received_at, PositionLatest.lon, PositionLatest.lat, PositionLatest.speed_m_s,
    PositionLatest.heading_deg, PositionLatest.accuracy_m, PositionLatest.flags,
    PositionLatest.held_at,
)  # fmt: skip


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
