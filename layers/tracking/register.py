"""Trackers as they are registered: added, changed, listed; devices that nobody has registered."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from layers.errors import ConflictError, InvalidInputError
from layers.models import Team, Tracker, TrackerSighting, Vehicle
from layers.query.scope import Scope
from layers.tracking.latest import named
from layers.tracking.sight import Sight, find

FIELDS = ("kind", "name", "plate", "team_id", "vehicle_id", "profile", "reporter", "region",
          "exercise", "active")  # fmt: skip


def add(session: Session, device: str, values: Mapping[str, Any], *, scope: Scope) -> Tracker:
    """Register a device; what it reported before is not known, what it reports now is.

    Where no region is given it is that of the team.

    Raises
    ------
    ConflictError
        It is registered already.
    InvalidInputError
        The region, the team or the vehicle is none of the writer's.
    """
    if session.scalar(select(Tracker.id).where(Tracker.device == device)):
        raise ConflictError(f"{device!r} is registered already", code="tracker_known", id=device)
    row = Tracker(device=device, **_checked(session, dict(values), scope))
    session.add(row)
    session.execute(delete(TrackerSighting).where(TrackerSighting.device == device))
    session.flush()
    session.refresh(row)
    return row


def change(
    session: Session,
    device: str,
    values: Mapping[str, Any],
    *,
    version: int,
    sight: Sight,
    scope: Scope,
) -> Tracker:
    """Change a part of what a tracker is.

    Raises
    ------
    ConflictError
        Somebody changed it first; `theirs` is what it is now.
    """
    find(session, device, sight=sight)
    row = session.scalars(select(Tracker).where(Tracker.device == device).with_for_update()).one()
    if row.version != version:
        raise ConflictError(
            f"tracker {device!r} is at version {row.version}, not {version}",
            mine=dict(values), theirs=shown(row), version=row.version,
        )  # fmt: skip
    if not scope.holds(row.region):
        raise InvalidInputError(
            f"region {row.region!r} is not yours", code="tracker_region", field="region",
            got=row.region,
        )  # fmt: skip
    kept = {name: getattr(row, name) for name in ("team_id", "vehicle_id", "region")}
    for name, value in _checked(session, kept | dict(values), scope).items():
        setattr(row, name, value)
    session.flush()
    session.refresh(row)
    return row


def listed(session: Session, *, sight: Sight, exercise: bool | None, limit: int) -> list[Tracker]:
    """Return the trackers that a reader may see, by name of the device."""
    wanted = [sight.clause()]
    if exercise is not None:
        wanted.append(Tracker.exercise == exercise)
    query = select(Tracker).where(*wanted).order_by(Tracker.device).limit(limit)
    return list(session.scalars(query))


def unregistered(session: Session, *, limit: int = 1_000) -> list[dict[str, Any]]:
    """Return devices that reported and are not registered, the newest first."""
    row = TrackerSighting
    query = select(row).order_by(row.last_at.desc(), row.device).limit(limit)
    return [
        {
            "id": one.device,
            "reported_by": one.reported_by,
            "first_at": one.first_at.isoformat(),
            "last_at": one.last_at.isoformat(),
            "reports": one.reports,
        }
        for one in session.scalars(query)
    ]


def shown(row: Tracker) -> dict[str, Any]:
    """Return a tracker as the wire carries it."""
    return named(row) | {
        "reporter": row.reporter,
        "active": row.active,
        "version": row.version,
    }


def _checked(session: Session, values: dict[str, Any], scope: Scope) -> dict[str, Any]:
    """Return values with the team's region where none is given; refuse what is not ours."""
    team = _team_region(session, values.get("team_id"), scope)
    vehicle: uuid.UUID | None = values.get("vehicle_id")
    if vehicle is not None:
        of_team = session.scalar(select(Vehicle.team_id).where(Vehicle.id == vehicle))
        if of_team is None or of_team != values.get("team_id", of_team):
            raise InvalidInputError(
                f"vehicle {vehicle} is not the team's", code="tracker_vehicle",
                field="vehicle_id", got=str(vehicle),
            )  # fmt: skip
        if "team_id" not in values:
            values["team_id"] = of_team
            team = _team_region(session, of_team, scope)
    if values.get("region") is None and team is not None:
        values["region"] = team
    if not scope.holds(values.get("region")):
        raise InvalidInputError(
            f"region {values.get('region')!r} is not yours", code="tracker_region",
            field="region", got=values.get("region"),
        )  # fmt: skip
    return values


def _team_region(session: Session, team: uuid.UUID | None, scope: Scope) -> str | None:
    if team is None:
        return None
    row = session.execute(
        select(Team.region, func.coalesce(scope.clause(Team.region.expression), False)).where(
            Team.id == team
        )
    ).one_or_none()
    if row is None or not row[1]:
        raise InvalidInputError(
            f"there is no team {team}", code="tracker_team", field="team_id", got=str(team)
        )
    region: str | None = row[0]
    return region
