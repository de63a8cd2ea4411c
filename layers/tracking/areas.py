"""Areas that are watched: drawn by a person, told of by alerts while they are active."""

from __future__ import annotations

import uuid
from typing import Any

from geoalchemy2.shape import from_shape, to_shape
from shapely.geometry import mapping
from shapely.geometry.base import BaseGeometry
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from layers.errors import InvalidInputError, NotFoundError, TooLargeError
from layers.models import WatchArea
from layers.query.scope import Scope

ACTIVE_MOST = 500


def add(
    session: Session, area: BaseGeometry, values: dict[str, Any], *, by: str, scope: Scope
) -> WatchArea:
    """Watch an area (polygons, EPSG:4326) from now on.

    Raises
    ------
    InvalidInputError
        The region is none of the writer's.
    TooLargeError
        As many as are followed at once are active.
    """
    if not scope.holds(values.get("region")):
        raise InvalidInputError(
            f"region {values.get('region')!r} is not yours", code="tracker_region",
            field="region", got=values.get("region"),
        )  # fmt: skip
    count = session.scalar(select(func.count()).where(WatchArea.active)) or 0
    if count >= ACTIVE_MOST:
        raise TooLargeError(
            f"{ACTIVE_MOST} areas are watched already", code="watch_areas_most", got=count + 1,
            wanted=ACTIVE_MOST,
        )  # fmt: skip
    row = WatchArea(**values, created_by=by, geom=from_shape(area, srid=4326))
    session.add(row)
    session.flush()
    session.refresh(row)
    return row


def end(session: Session, id: uuid.UUID, *, scope: Scope) -> None:
    """Watch an area no longer; what it told stays.

    Raises
    ------
    NotFoundError
        There is none, or none in the reader's regions.
    """
    row = session.scalar(
        select(WatchArea)
        .where(WatchArea.id == id, scope.clause(WatchArea.region.expression))
        .with_for_update()
    )
    if row is None:
        raise NotFoundError(f"there is no watched area {id}", code="no_watch_area", id=str(id))
    row.active = False
    session.flush()


def listed(session: Session, *, scope: Scope) -> list[WatchArea]:
    """Return the areas that are watched now, in the reader's regions."""
    query = select(WatchArea).where(WatchArea.active, scope.clause(WatchArea.region.expression))
    return list(session.scalars(query.order_by(WatchArea.id)))


def feature(row: WatchArea) -> dict[str, Any]:
    """Return a watched area as GeoJSON."""
    return {
        "type": "Feature",
        "id": str(row.id),
        "geometry": mapping(to_shape(row.geom)),
        "properties": {
            "name": row.name,
            "incident_id": row.incident_id and str(row.incident_id),
            "region": row.region,
            "kind": row.kind,
            "on_enter": row.on_enter,
            "on_leave": row.on_leave,
            "exercise": row.exercise,
            "created_by": row.created_by,
            "version": row.version,
        },
    }
