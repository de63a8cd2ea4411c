"""Alerts: opened and closed by the program, acknowledged by a person; one of a kind at a time."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from layers.errors import ConflictError, NotFoundError
from layers.models import Alert, Tracker
from layers.tracking.sight import Sight


def raise_(
    session: Session,
    kind: str,
    tracker: Tracker,
    *,
    at: dt.datetime,
    lon: float | None,
    lat: float | None,
    task_id: uuid.UUID | None = None,
    incident_id: uuid.UUID | None = None,
    watch_area_id: uuid.UUID | None = None,
    details: Mapping[str, Any] | None = None,
    closed: bool = False,
) -> bool:
    """Open an alert unless one of its kind is open; say whether it is new.

    `at` is when it began. `closed` is for what is an event and no state: it is told and over.
    """
    statement = insert(Alert).values(
        kind=kind, tracker_id=tracker.id, task_id=task_id, incident_id=incident_id,
        watch_area_id=watch_area_id, region=tracker.region, exercise=tracker.exercise,
        opened_at=at, lon=lon, lat=lat, details=dict(details or {}),
        closed_at=func.clock_timestamp() if closed else None,
    )  # fmt: skip
    made = session.scalar(statement.on_conflict_do_nothing().returning(Alert.id))
    return made is not None


def lower(
    session: Session, kind: str, tracker: Tracker, *, task_id: uuid.UUID | None = None
) -> None:
    """Close the open alert of a kind, if there is one: what it told of is over."""
    _lower(session, kind, tracker, Alert.task_id.is_not_distinct_from(task_id))


def lower_area(session: Session, kind: str, tracker: Tracker, area: uuid.UUID) -> None:
    """Close the open alert of a kind about a watched area, if there is one."""
    _lower(session, kind, tracker, Alert.watch_area_id == area)


def _lower(session: Session, kind: str, tracker: Tracker, about: ColumnElement[bool]) -> None:
    row = session.scalar(
        select(Alert)
        .where(Alert.kind == kind, Alert.tracker_id == tracker.id, about, Alert.closed_at.is_(None))
        .with_for_update()
    )
    if row is not None:
        row.closed_at = _now(session)
        session.flush()


def listed(
    session: Session,
    *,
    sight: Sight,
    open: bool,
    incident: uuid.UUID | None = None,
    exercise: bool = False,
    since: dt.datetime | None = None,
    limit: int = 200,
) -> list[dict[str, Any]]:
    """Return alerts of trackers that the reader may see, the newest first."""
    wanted = [sight.clause()]
    if open:
        wanted.append(Alert.closed_at.is_(None))
    if incident is not None:
        wanted.append(Alert.incident_id == incident)
    else:
        wanted.append(Alert.exercise == exercise)
    if since is not None:
        wanted.append(Alert.opened_at >= since)
    rows = session.execute(
        select(Alert, Tracker)
        .join(Tracker, Tracker.id == Alert.tracker_id)
        .where(*wanted)
        .order_by(Alert.opened_at.desc(), Alert.id.desc())
        .limit(limit)
    )
    return [shown(alert, tracker) for alert, tracker in rows]


def change(
    session: Session,
    id: uuid.UUID,
    *,
    sight: Sight,
    by: str,
    version: int,
    acknowledged: bool,
    closed: bool,
    note: str | None,
) -> dict[str, Any]:
    """Acknowledge or close an alert; who acknowledged it first stays.

    Raises
    ------
    NotFoundError
        There is none, or none that the reader may see.
    ConflictError
        Somebody changed it first; `theirs` is what it is now.
    """
    found = session.execute(
        select(Alert, Tracker)
        .join(Tracker, Tracker.id == Alert.tracker_id)
        .where(Alert.id == id, sight.clause())
        .with_for_update(of=Alert)
    ).one_or_none()
    if found is None:
        raise NotFoundError(f"there is no alert {id}", code="no_alert", id=str(id))
    row, tracker = found
    if row.version != version:
        raise ConflictError(
            f"the alert is at version {row.version}, not {version}", theirs=shown(row, tracker),
            version=row.version,
        )  # fmt: skip
    now = _now(session)
    if row.acknowledged_at is None and (acknowledged or closed):
        row.acknowledged_at, row.acknowledged_by = now, by
    if closed and row.closed_at is None:
        row.closed_at = now
    if note is not None:
        row.details = {**row.details, "note": note}
    session.flush()
    session.refresh(row)
    return shown(row, tracker)


def shown(row: Alert, tracker: Tracker) -> dict[str, Any]:
    """Return an alert as the wire carries it."""
    return {
        "id": str(row.id),
        "kind": row.kind,
        "tracker": tracker.device,
        "tracker_kind": tracker.kind,
        "name": tracker.name,
        "plate": tracker.plate,
        "team_id": tracker.team_id and str(tracker.team_id),
        "task_id": row.task_id and str(row.task_id),
        "incident_id": row.incident_id and str(row.incident_id),
        "watch_area_id": row.watch_area_id and str(row.watch_area_id),
        "exercise": row.exercise,
        "opened_at": row.opened_at.isoformat(),
        "lon": row.lon,
        "lat": row.lat,
        "details": row.details,
        "acknowledged_at": row.acknowledged_at and row.acknowledged_at.isoformat(),
        "acknowledged_by": row.acknowledged_by,
        "closed_at": row.closed_at and row.closed_at.isoformat(),
        "version": row.version,
    }


def _now(session: Session) -> dt.datetime:
    now: dt.datetime = session.execute(select(func.clock_timestamp())).scalar_one()
    return now
