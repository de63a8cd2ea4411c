"""The register of closures: who closed which road, from when until when, and for whom."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

import shapely
from geoalchemy2.shape import from_shape
from shapely.geometry.base import BaseGeometry
from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from layers import catalog
from layers.closures.picking import pick
from layers.district import district_of
from layers.errors import (
    ConflictError,
    InvalidInputError,
    NotFoundError,
    PermissionError_,
    TooLargeError,
)
from layers.models import Incident, RoadClosure
from layers.query.rows import feature_columns, to_feature
from layers.query.scope import Scope

MOST_IN_FORCE = 2_000
"""More at once is no map of closures any more; each costs every search a little."""

MOST_POINTS_IN_FORCE = 100_000
"""Of all their lines together: every search looks at them."""


def in_force(at: dt.datetime, incidents: Sequence[uuid.UUID] = ()) -> ColumnElement[bool]:
    """Return the condition of closures that hold at a moment, for everybody and some incidents.

    An exercise is an incident: what it closes holds for it alone, and it closes nothing for others.
    """
    row = RoadClosure
    return and_(
        or_(row.incident_id.is_(None), row.incident_id.in_(list(incidents))),
        row.since <= at,
        or_(row.until.is_(None), row.until > at),
        or_(row.lifted_at.is_(None), row.lifted_at > at),
    )


def close(
    session: Session,
    geometry: BaseGeometry,
    *,
    kind: str,
    by: str,
    scope: Scope,
    now: dt.datetime,
    incident: Incident | None = None,
    since: dt.datetime | None = None,
    until: dt.datetime | None = None,
    id: uuid.UUID | None = None,
    told: Mapping[str, str | None] | None = None,
) -> RoadClosure:
    """Close what a geometry (EPSG:4326) means; `told` has name, reason and source.

    Raises
    ------
    InvalidInputError
        A point lies on no road, or the end is not after the beginning.
    PermissionError_
        It lies outside the regions of who closes.
    TooLargeError
        `MOST_IN_FORCE` are in force already.
    """
    words = dict(told or {})
    _check_times(since or now, until)
    _check_room(session, geometry, now)
    picked = None
    if isinstance(geometry, shapely.Point):
        picked = pick(session, geometry, bridge=kind == "bridge")
    place = from_shape(picked.point if picked else geometry, srid=4326)
    row = RoadClosure(
        id=id,
        kind=kind,
        name=words.get("name") or (picked.road if picked else None),
        reason=words.get("reason"),
        source=words.get("source"),
        incident_id=incident.id if incident else None,
        since=since or now,
        until=until,
        closed_by=by,
        ways=list(picked.ways) if picked else [],
        region=_region(session, place, incident, scope),
        geom=place,
    )
    session.add(row)
    session.flush()
    session.refresh(row)
    return row


def change(
    session: Session, row: RoadClosure, patch: Mapping[str, Any], *, version: int
) -> RoadClosure:
    """Change kind, name, reason or end of a closure that was read at a version.

    Raises
    ------
    ConflictError
        Somebody changed it since, or lifted it: it is over.
    InvalidInputError
        The end is not after the beginning.
    """
    session.refresh(row, with_for_update=True)
    if row.lifted_at is not None:
        raise ConflictError(
            f"the closure was lifted at {row.lifted_at:%Y-%m-%d %H:%M}", code="closure_over",
            lifted_at=row.lifted_at.isoformat(),
        )  # fmt: skip
    if row.version != version:
        raise ConflictError(
            f"the closure is at version {row.version}, the change was made on {version}",
            mine=dict(patch), theirs=shown(session, row.id),
        )  # fmt: skip
    _check_times(row.since, patch.get("until", row.until))
    for name, value in patch.items():
        setattr(row, name, value)
    session.flush()
    session.refresh(row)
    return row


def lift(session: Session, row: RoadClosure, *, by: str, now: dt.datetime) -> RoadClosure:
    """Open the road again; who was first stays, so lifting twice changes nothing."""
    session.refresh(row, with_for_update=True)
    if row.lifted_at is None:
        row.lifted_at, row.lifted_by = now, by
        session.flush()
        session.refresh(row)
    return row


def find(session: Session, id: uuid.UUID, *, scope: Scope) -> RoadClosure:
    """Return a closure; `NotFoundError` where there is none, or none in the reader's regions."""
    row = session.scalar(
        select(RoadClosure).where(RoadClosure.id == id, scope.clause(RoadClosure.region.expression))
    )
    if row is None:
        raise NotFoundError(f"there is no closure {id}", code="no_closure", id=str(id))
    return row


def shown(session: Session, id: uuid.UUID) -> dict[str, Any]:
    """Return a closure as a GeoJSON feature."""
    return next(iter(listed(session, RoadClosure.id == id, limit=1)))


def listed(session: Session, *wanted: ColumnElement[bool], limit: int) -> list[dict[str, Any]]:
    """Return closures as GeoJSON features, the newest first, with `ways`."""
    layer = catalog.find(RoadClosure.__tablename__)
    ways = layer.column("ways").label("ways")
    statement = (
        select(*feature_columns(layer), ways)
        .where(*wanted)
        .order_by(layer.column("since").desc(), layer.column("fid").desc())
        .limit(limit)
    )
    rows = session.execute(statement).mappings()
    return [to_feature(layer, row, ways=row["ways"]) for row in rows]


def _check_times(since: dt.datetime, until: dt.datetime | None) -> None:
    if until is not None and until <= since:
        raise InvalidInputError(
            f"until: got {until.isoformat()}, wanted later than {since.isoformat()}",
            code="closure_times", field="until", got=until.isoformat(), wanted="later than since",
            since=since.isoformat(),
        )  # fmt: skip


def _check_room(session: Session, geometry: BaseGeometry, now: dt.datetime) -> None:
    row = RoadClosure
    counted, points = session.execute(
        select(func.count(), func.coalesce(func.sum(func.ST_NPoints(row.geom)), 0))
        .select_from(row)
        .where(row.lifted_at.is_(None), or_(row.until.is_(None), row.until > now))
    ).one()
    if counted >= MOST_IN_FORCE:
        raise TooLargeError(
            f"{counted} closures are in force, at most {MOST_IN_FORCE} are taken",
            code="closures_full", got=counted, wanted=MOST_IN_FORCE,
        )  # fmt: skip
    points += shapely.get_num_coordinates(geometry)
    if points > MOST_POINTS_IN_FORCE:
        raise TooLargeError(
            f"the closures in force would have {points} points, at most {MOST_POINTS_IN_FORCE} "
            f"are taken", code="closures_too_fine", got=int(points), wanted=MOST_POINTS_IN_FORCE,
        )  # fmt: skip


def _region(session: Session, place: Any, incident: Incident | None, scope: Scope) -> str | None:
    """Return the district of a closure, else its incident's, else the writer's own."""
    region = district_of(session, place)
    if region is None and incident is not None:
        region = incident.region
    if region is None:
        return scope.regions[0] if scope.regions else None
    if not scope.holds(region):
        raise PermissionError_(
            f"the closure lies in region {region}, outside {', '.join(scope.regions or ())}",
            code="outside_region", region=region, regions=list(scope.regions or ()),
        )  # fmt: skip
    return region
