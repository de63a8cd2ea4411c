"""Readings and winds from the scene, as they concern one incident.

What names an incident counts for that one alone. What names none counts for every real incident
near it; an exercise is given its own readings, for those of the real world are about no drill.
"""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import Any

from geoalchemy2 import Geography
from sqlalchemy import ColumnElement, Select, and_, cast, func, or_, select
from sqlalchemy.orm import Session, aliased

from layers.models import Incident, Observation, WeatherStation
from layers.query import Scope
from layers.response.place import CLOCK_SKEW

NEAR_M = 20_000.0
WIND_NEAR_M = 50_000.0
"""How far a station may be whose wind counts, as for the weather of a plan."""

LATE_AFTER = dt.timedelta(minutes=30)
"""A value told longer after it was measured is kept and marked: its clock is wrong, or the air has
changed since. It never moves a plan."""


@dataclass(frozen=True, kw_only=True)
class Reading:
    """One value at a place; `late` where it was told too long after it was measured."""

    id: int
    at: dt.datetime
    received_at: dt.datetime
    quantity: str
    value: float
    unit: str
    cas: str | None
    lon: float
    lat: float
    station: str | None
    instrument: str | None
    given_by: str | None

    @property
    def late(self) -> bool:
        """Say whether the value came too late to say anything about now."""
        return self.received_at - self.at > LATE_AFTER


@dataclass(frozen=True, kw_only=True)
class Wind:
    """The newest wind near an incident; the speed is None where nobody told it."""

    at: dt.datetime
    from_deg: float
    speed_m_s: float | None
    station: str | None
    distance_m: float


def readings(
    session: Session,
    incident: Incident,
    *,
    since: dt.datetime,
    limit: int,
    scope: Scope,
) -> list[Reading]:
    """Return the newest readings of an incident, newest first; of stations in the scope alone."""
    place = _place()
    statement = (
        _values(place)
        .where(
            Observation.kind == "reading",
            Observation.at >= since,
            _concerns(incident),
            or_(
                Observation.incident_id == incident.id,
                func.ST_DWithin(_geography(place), _geography(_here(incident)), NEAR_M),
            ),
            or_(
                Observation.station_id.is_(None),
                scope.clause(WeatherStation.region.expression),
            ),
        )
        .order_by(Observation.at.desc(), Observation.id.desc())
        .limit(limit)
    )
    names = (
        "id", "at", "received_at", "quantity", "value", "unit", "cas", "instrument", "given_by",
    )  # fmt: skip
    return [
        Reading(
            **{name: getattr(row.Observation, name) for name in names},
            lon=row.lon, lat=row.lat, station=row.station,
        )
        for row in session.execute(statement)
        if row.lon is not None
    ]  # fmt: skip


def newest_wind(session: Session, incident: Incident, *, since: dt.datetime) -> Wind | None:
    """Return the newest direction that the nearest station or person told since a moment.

    None where nobody did, and where it was told too late to be believed.
    """
    place = _place()
    away = func.ST_Distance(_geography(place), _geography(_here(incident)))
    near = func.ST_DWithin(_geography(place), _geography(_here(incident)), WIND_NEAR_M)
    told = and_(
        Observation.kind == "weather",
        Observation.at > since,
        Observation.received_at - Observation.at <= LATE_AFTER,
        _concerns(incident),
    )
    newest = session.execute(
        _values(place)
        .add_columns(away.label("distance_m"))
        .where(told, Observation.quantity == "wind_from", near)
        .order_by(away, Observation.at.desc(), Observation.id.desc())
        .limit(1)
    ).first()
    if newest is None:
        return None
    row: Observation = newest.Observation
    same = (
        Observation.station_id == row.station_id
        if row.station_id is not None
        else and_(Observation.station_id.is_(None), func.ST_Equals(Observation.geom, row.geom))
    )
    speed = session.scalar(
        select(Observation.value)
        .where(told, Observation.quantity == "wind_speed", same)
        .order_by(Observation.at.desc(), Observation.id.desc())
        .limit(1)
    )
    return Wind(
        at=row.at, from_deg=row.value % 360.0, speed_m_s=speed, station=newest.station,
        distance_m=newest.distance_m,
    )  # fmt: skip


def belongs(incident: uuid.UUID | None) -> ColumnElement[bool]:
    """Return the clause of observations that may speak for an incident's weather."""
    return or_(Observation.incident_id.is_(None), Observation.incident_id == incident)


def _concerns(incident: Incident) -> ColumnElement[bool]:
    """Return the clause of observations about an incident; weather is everybody's."""
    own = Observation.incident_id == incident.id
    free: ColumnElement[bool] = Observation.incident_id.is_(None)
    if incident.exercise:
        free = and_(free, Observation.kind == "weather")
    begun = Observation.at >= incident.occurred_at - CLOCK_SKEW
    return and_(or_(own, free), begun)


def _values(place: ColumnElement[Any]) -> Select[Any]:
    return (
        select(
            Observation,
            func.ST_X(place).label("lon"),
            func.ST_Y(place).label("lat"),
            func.coalesce(WeatherStation.name, WeatherStation.own_code).label("station"),
        )
        .select_from(Observation)
        .outerjoin(WeatherStation, WeatherStation.id == Observation.station_id)
    )


def _place() -> ColumnElement[Any]:
    """Return where a value was measured: its own place, else its station's."""
    return func.coalesce(Observation.geom, WeatherStation.geom)


def _here(incident: Incident) -> ColumnElement[Any]:
    row = aliased(Incident)
    return select(row.geom).where(row.id == incident.id).scalar_subquery()


def _geography(geom: ColumnElement[Any]) -> ColumnElement[Any]:
    return cast(geom, Geography(srid=4326))
