"""From what was reported and what is on record to a scenario that can be computed."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

from sqlalchemy import and_, func, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session

from analysis import terrain
from analysis.scenario import Choices, Release, Scenario, Weather
from layers import substances
from layers.models import HazardSource, Incident, Observation, WeatherStation
from layers.response.readings import belongs

PLANNING_HORIZON_S = 1800.0
"""A plan looks at least this far past the start of the release: the distances of ERG 2024 are for
the first 30 minutes, and a cloud drawn only to where it is now hides whom it reaches next."""

STATION_LIMIT_M = 50_000.0
OBSERVATION_LIMIT_S = 3600.0
CLOCK_SKEW_S = 300.0
RUNNING_LIMIT_S = 6 * 3600.0

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
        report, what it leaves out stays. `choices` as `analysis.scenario.Choices`.
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
    start = incident.occurred_at
    at = changes.get("at") or max(now, start + dt.timedelta(seconds=PLANNING_HORIZON_S))
    # An old report, such as a drill's, is computed with the weather of its own hour.
    running = abs((now - start).total_seconds()) <= RUNNING_LIMIT_S
    when = changes.get("at") or (now if running else start)
    weather, weather_tags = _weather(session, incident, lon, lat, changes.get("weather"), when)
    named = incident.cas or incident.substance
    scenario = Scenario(
        kind=incident.kind,
        lon=lon,
        lat=lat,
        occurred_at=start,
        at=at,
        asked_at=changes.get("at") or max(now, start),
        substance=substances.find(named) if named else None,
        release=release,
        weather=weather,
        choices=Choices(**(changes.get("choices") or {})),
    )
    scenario = replace(scenario, ground=terrain.around(session, scenario))
    tags = release_tags | weather_tags
    if "at" not in changes:
        tags["time_since_release_s"] = ("assumed", "planning_horizon")
    return Situation(scenario, tags)


def latest(series: Any, at: dt.datetime) -> Mapping[str, Any]:
    """Return the entry of a weather record or series that holds at a moment.

    A series is a list of records with `at`; before its first entry the first one holds.
    """
    if isinstance(series, Mapping):
        return series
    start = dt.datetime.min.replace(tzinfo=dt.UTC)
    timed = [
        (dt.datetime.fromisoformat(entry["at"]) if entry.get("at") else start, entry)
        for entry in series or ()
    ]
    timed.sort(key=lambda pair: pair[0])
    held = [entry for since, entry in timed if since <= at]
    if held:
        return dict(held[-1])
    return dict(timed[0][1]) if timed else {}


def observed(
    session: Session,
    *,
    lon: float,
    lat: float,
    when: dt.datetime,
    incident: uuid.UUID | None = None,
) -> tuple[dict[str, float], str, dt.datetime] | None:
    """Return the values of the nearest station that measured the wind then, its name, their time.

    Only stations within `STATION_LIMIT_M` and values from the `OBSERVATION_LIMIT_S` before the
    moment count; None when there is none. What was told for another incident does not.
    """
    here = func.geography(func.ST_SetSRID(func.ST_MakePoint(lon, lat), 4326))
    place = func.geography(WeatherStation.geom)
    then = and_(
        Observation.at > when - dt.timedelta(seconds=OBSERVATION_LIMIT_S),
        Observation.at <= when + dt.timedelta(seconds=CLOCK_SKEW_S),
        belongs(incident),
    )
    windy = select(Observation.station_id).where(Observation.quantity == "wind_speed", then)
    station = session.execute(
        select(WeatherStation.id, WeatherStation.name)
        .where(WeatherStation.id.in_(windy), func.ST_DWithin(place, here, STATION_LIMIT_M))
        .order_by(func.ST_Distance(place, here))
        .limit(1)
    ).first()
    if station is None:
        return None
    rows = session.execute(
        select(Observation.quantity, Observation.value, Observation.at)
        .where(Observation.station_id == station.id, Observation.quantity.in_(_OBSERVED), then)
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
    when: dt.datetime,
) -> tuple[Weather, dict[str, tuple[str, str | None]]]:
    """Return the weather: what this run says, else what was reported, else what was measured."""
    known = {f.name for f in fields(Weather)} - {"tag", "source"}
    reported = {**latest(incident.weather, when), **latest(changed, when)}
    values = {k: v for k, v in reported.items() if k in known and v is not None}
    tags: dict[str, tuple[str, str | None]] = {f"weather.{k}": ("reported", None) for k in values}
    measured = observed(session, lon=lon, lat=lat, when=when, incident=incident.id)
    record, station, at = measured or ({}, None, when)
    lacking = {name: value for name, value in record.items() if name not in values}
    for name in lacking:
        tags[f"weather.{name}"] = ("measured", f"{station} {at.isoformat()}")
    weather = Weather(
        **{**values, **lacking},
        tag="measured" if "wind_speed_m_s" in lacking else "reported",
        source=station if "wind_speed_m_s" in lacking else None,
    )
    return weather, tags


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
