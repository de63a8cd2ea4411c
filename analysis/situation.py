"""From what was reported and what is on record to a scenario that can be computed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session

from analysis.scenario import Release, Scenario, Weather
from layers import substances
from layers.models import HazardSource, Incident, Observation, WeatherStation

PLANNING_HORIZON_S = 1800.0
"""A plan looks at least this far past the start of the release: the distances of ERG 2024 are for
the first 30 minutes, and a cloud drawn only to where it is now hides whom it reaches next."""

STATION_LIMIT_M = 50_000.0
OBSERVATION_LIMIT_S = 3600.0

_OBSERVED = {
    "wind_speed": "wind_speed_m_s",
    "wind_from": "wind_from_deg",
    "temperature": "temperature_c",
    "humidity": "humidity_pct",
    "cloud": "cloud_tenths",
}


@dataclass(frozen=True)
class Situation:
    """A scenario and where each of its inputs came from: `tags[field] = (tag, source)`."""

    scenario: Scenario
    tags: Mapping[str, tuple[str, str | None]]


def situation(
    session: Session,
    incident: Incident,
    *,
    now: dt.datetime,
    changes: Mapping[str, Any] | None = None,
    place: tuple[float, float] | None = None,
) -> Situation:
    """Return the scenario of an incident as it is known now.

    Parameters
    ----------
    changes
        `weather`, `release` and `at` of a run with other inputs; what it names replaces the
        report, what it leaves out stays.
    now
        The moment of asking. Without `at` the answer is for `now`, but never for less than
        `PLANNING_HORIZON_S` after the start.
    place
        lon, lat of an incident that is not stored; a stored one's is read.

    Raises
    ------
    NotFoundError
        The substance is not known; carries near matches.
    """
    changes = changes or {}
    lon, lat = (
        place
        or session.execute(
            select(func.ST_X(Incident.geom), func.ST_Y(Incident.geom)).where(
                Incident.id == incident.id
            )
        ).one()
    )
    release, release_tags = _release(session, incident, changes.get("release"))
    weather, weather_tags = _weather(session, incident, lon, lat, changes.get("weather"), now)
    start = incident.occurred_at
    at = changes.get("at") or max(now, start + dt.timedelta(seconds=PLANNING_HORIZON_S))
    named = incident.cas or incident.substance
    scenario = Scenario(
        kind=incident.kind,
        lon=lon,
        lat=lat,
        occurred_at=start,
        at=at,
        substance=substances.find(named) if named else None,
        release=release,
        weather=weather,
    )
    return Situation(scenario, release_tags | weather_tags)


def latest(series: Any, at: dt.datetime) -> Mapping[str, Any]:
    """Return the entry of a weather record or series that holds at a moment.

    A series is a list of records with `at`; before its first entry the first one holds.
    """
    if isinstance(series, Mapping):
        return series
    entries: list[Mapping[str, Any]] = sorted(series or (), key=lambda e: str(e.get("at") or ""))
    held = [e for e in entries if not e.get("at") or dt.datetime.fromisoformat(e["at"]) <= at]
    if held:
        return held[-1]
    return entries[0] if entries else {}


def observed(
    session: Session, *, lon: float, lat: float, now: dt.datetime
) -> tuple[dict[str, float], str, dt.datetime] | None:
    """Return the latest values of the nearest station that has a wind, its name and their time.

    Only stations within `STATION_LIMIT_M` and values no older than `OBSERVATION_LIMIT_S` count;
    None when there is none.
    """
    here = func.ST_SetSRID(func.ST_MakePoint(lon, lat), 4326)
    fresh = select(Observation.station_id).where(
        Observation.quantity == "wind_speed",
        Observation.at > now - dt.timedelta(seconds=OBSERVATION_LIMIT_S),
        Observation.at <= now + dt.timedelta(minutes=5),
    )
    station = session.execute(
        select(WeatherStation.id, WeatherStation.name)
        .where(WeatherStation.id.in_(fresh))
        .where(
            func.ST_DWithin(
                func.geography(WeatherStation.geom), func.geography(here), STATION_LIMIT_M
            )
        )
        .order_by(WeatherStation.geom.op("<->")(here))
        .limit(1)
    ).first()
    if station is None:
        return None
    rows = session.execute(
        select(Observation.quantity, Observation.value, Observation.at)
        .where(Observation.station_id == station.id, Observation.quantity.in_(_OBSERVED))
        .where(Observation.at > now - dt.timedelta(seconds=OBSERVATION_LIMIT_S))
        .order_by(Observation.quantity, Observation.at.desc())
        .ext(distinct_on(Observation.quantity))
    ).all()
    values = {_OBSERVED[row.quantity]: row.value for row in rows}
    return values, station.name or str(station.id), max(row.at for row in rows)


def _weather(
    session: Session,
    incident: Incident,
    lon: float,
    lat: float,
    changed: Any,
    now: dt.datetime,
) -> tuple[Weather, dict[str, tuple[str, str | None]]]:
    """Return the weather: what this run says, else what was reported, else what was measured."""
    known = {f.name for f in fields(Weather)} - {"tag", "source"}
    reported = {**latest(incident.weather, now), **latest(changed, now)}
    values = {k: v for k, v in reported.items() if k in known and v is not None}
    tags: dict[str, tuple[str, str | None]] = {f"weather.{k}": ("reported", None) for k in values}
    source = None
    if "wind_speed_m_s" not in values:
        measured = observed(session, lon=lon, lat=lat, now=now)
        if measured is not None:
            record, source, at = measured
            for name, value in record.items():
                if name not in values:
                    values[name] = value
                    tags[f"weather.{name}"] = ("measured", f"{source} {at.isoformat()}")
    tag = "measured" if source else "reported"
    return Weather(**values, tag=tag, source=source), tags  # type: ignore[arg-type]


def _release(
    session: Session, incident: Incident, changed: Any
) -> tuple[Release, dict[str, tuple[str, str | None]]]:
    """Return the release: what this run says over the report, completed from the tank on record."""
    known = {f.name for f in fields(Release)}
    merged = {**(incident.release or {}), **(changed or {})}
    values = {k: v for k, v in merged.items() if k in known and v is not None}
    tags: dict[str, tuple[str, str | None]] = {f"release.{k}": ("reported", None) for k in values}
    release = Release(**values)
    if incident.hazard_source_id is None:
        return release, tags
    tank = session.get(HazardSource, incident.hazard_source_id)
    if tank is None:
        return release, tags
    record: dict[str, Any] = {"pressure_pa": tank.pressure_pa, "temperature_k": tank.temperature_k}
    if tank.quantity_t is not None:
        record["inventory_kg"] = tank.quantity_t * 1000.0
    for name, value in record.items():
        if value is not None and getattr(release, name) is None:
            release = replace(release, **{name: value})
            tags[f"release.{name}"] = ("reported", tank.source or tank.name)
    return release, tags
