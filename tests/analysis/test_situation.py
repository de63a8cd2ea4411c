"""What is known of the weather and the vessel at the moment that a plan is for."""

from __future__ import annotations

import datetime as dt

import pytest
import shapely
from geoalchemy2.shape import from_shape

from analysis import situation as situations
from layers.models import HazardSource, Incident, Observation, WeatherStation

NOW = dt.datetime(2026, 6, 1, 6, 0, tzinfo=dt.UTC)


def incident(session, *, at: dt.datetime = NOW, lon: float = 10.0, lat: float = 70.0, **more):
    row = Incident(
        kind="toxic_release", title="t", occurred_at=at,
        geom=from_shape(shapely.Point(lon, lat), srid=4326),
        **{"substance": "氯", "weather": {}, "release": {}, **more},
    )  # fmt: skip
    session.add(row)
    session.flush()
    session.refresh(row)
    return row


def station(session, name: str, lon: float, lat: float, wind: float, at: dt.datetime = NOW) -> None:
    row = WeatherStation(name=name, geom=from_shape(shapely.Point(lon, lat), srid=4326))
    session.add(row)
    session.flush()
    for quantity, value in (("wind_speed", wind), ("wind_from", 90.0)):
        session.add(
            Observation(
                kind="weather", station_id=row.id, quantity=quantity, value=value, unit="x", at=at
            )
        )
    session.flush()


def known(session, row, **more):
    return situations.situation(session, row, now=NOW, **more)


def test_a_series_is_read_by_moments_not_by_their_spelling():
    series = [
        {"at": "2026-06-01T05:00:00+00:00", "wind_speed_m_s": 1.0},
        {"at": "2026-06-01T12:00:00+08:00", "wind_speed_m_s": 2.0},
    ]
    assert situations.latest(series, NOW)["wind_speed_m_s"] == 1.0
    before = situations.latest(series, NOW - dt.timedelta(hours=1, minutes=30))
    assert before["wind_speed_m_s"] == 2.0


def test_the_nearest_station_is_nearest_on_the_ground_also_in_the_north(session):
    station(session, "east", 10.6, 70.0, 5.0)
    station(session, "north", 10.0, 70.4, 9.0)
    assert known(session, incident(session)).scenario.weather.wind_speed_m_s == 5.0


def test_a_value_from_the_future_is_nobodys_wind(session):
    station(session, "s", 10.1, 70.0, 5.0)
    station(session, "t", 10.0, 70.0, 50.0, at=NOW + dt.timedelta(days=400))
    assert known(session, incident(session)).scenario.weather.wind_speed_m_s == 5.0


def test_an_old_report_is_not_given_todays_wind(session):
    station(session, "s", 10.1, 70.0, 5.0)
    row = incident(session, at=NOW - dt.timedelta(days=90))
    assert known(session, row).scenario.weather.wind_speed_m_s is None


def test_a_reported_wind_speed_is_completed_with_the_measured_direction(session):
    station(session, "s", 10.1, 70.0, 5.0)
    result = known(session, incident(session, weather={"wind_speed_m_s": 2.0}))
    assert result.scenario.weather.wind_speed_m_s == 2.0
    assert result.scenario.weather.wind_from_deg == 90.0
    assert result.tags["weather.wind_speed_m_s"][0] == "reported"
    assert result.tags["weather.wind_from_deg"][0] == "measured"


def test_the_vessel_on_record_completes_the_release_and_bounds_it(session):
    tank = HazardSource(
        name="V1", quantity_t=50.0, pressure_pa=8e5, temperature_k=290.0,
        geom=from_shape(shapely.Point(10, 70), srid=4326),
    )  # fmt: skip
    session.add(tank)
    session.flush()
    result = known(session, incident(session, hazard_source_id=tank.id, release={"leak": "small"}))
    release = result.scenario.release
    assert (release.inventory_kg, release.pressure_pa, release.mass_kg) == (50_000.0, 8e5, None)
    assert result.tags["release.inventory_kg"] == ("reported", "V1")


def test_a_plan_looks_half_an_hour_ahead_unless_it_is_asked_for_a_moment(session):
    row = incident(session)
    assert known(session, row).scenario.at == NOW + dt.timedelta(minutes=30)
    asked = NOW + dt.timedelta(minutes=5)
    assert known(session, row, changes={"at": asked}).scenario.at == asked


def test_people_can_be_warned_when_somebody_asks_not_when_the_plan_looks_ahead_to(session):
    assert known(session, incident(session)).scenario.asked_at == NOW
    earlier = incident(session, at=NOW - dt.timedelta(hours=2))
    assert known(session, earlier).scenario.asked_at == NOW
    asked = NOW + dt.timedelta(minutes=5)
    assert known(session, earlier, changes={"at": asked}).scenario.asked_at == asked


def test_an_unknown_substance_is_refused_with_its_name(session):
    with pytest.raises(situations.substances.NotFoundError, match="kryptonite"):
        known(session, incident(session, substance="kryptonite"))
