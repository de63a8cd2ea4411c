"""The sample city goes into PostGIS whole, twice without doubling, with wind to plan by."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from data_samples.city import City, make
from data_samples.load import load
from data_samples.weather import observe
from layers import catalog, site
from layers.models import Contact, Observation, Stock, WeatherStation

NOW = dt.datetime(2026, 5, 4, 3, 0, tzinfo=dt.UTC)


@pytest.fixture(scope="module")
def city() -> City:
    return make(7)


def test_every_row_is_loaded_and_a_second_load_adds_none(session: Session, city: City) -> None:
    first = load(session, city, now=NOW)
    second = load(session, city, now=NOW)
    for name, count in first.items():
        model = catalog.find(name).model
        assert session.scalar(select(func.count()).select_from(model)) == count
    assert first == second
    assert session.scalar(select(func.count()).select_from(Contact)) > 100
    assert session.scalar(select(func.count()).select_from(Stock)) > 10
    described = site.describe(session)
    assert described["fictional"]
    assert "虚构" in described["name"]


def test_stations_observe_now_and_real_stations_stay_silent(session: Session, city: City) -> None:
    load(session, city, now=NOW)
    real = WeatherStation(name="真实站", source="someone's own", geom="SRID=4326;POINT(123.4 30.9)")
    session.add(real)
    session.flush()
    later = NOW + dt.timedelta(hours=1)
    assert observe(session, now=later, seed=city.seed) == 6 * 5
    stations = session.scalars(select(Observation.station_id).where(Observation.at == later))
    assert real.id not in set(stations)
    winds = session.scalars(select(Observation.value).where(Observation.quantity == "wind_speed"))
    assert all(0.5 < wind < 12.0 for wind in winds)
