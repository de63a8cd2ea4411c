"""The sample city while the site serves: its weather stays fresh, and it can be taken out."""

from __future__ import annotations

import datetime as dt
import threading
import time

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from analysis.roads import store
from analysis.roads.edges import RoadEdges, unlimited
from data_samples.city import City, make
from data_samples.load import load
from gis_server import weather
from gis_server.commands.sample import clear
from gis_server.config import Config
from gis_server.site import Site
from gis_server.weather import refresh_due
from layers import site
from layers.cluster import Urls
from layers.locks import Lock
from layers.models import Observation, Road

NOW = dt.datetime(2026, 5, 4, 3, 0, tzinfo=dt.UTC)


@pytest.fixture(scope="module")
def city() -> City:
    return make(7)


def test_the_weather_is_fresh_every_half_hour_and_only_while_fictional(
    session: Session, city: City
) -> None:
    load(session, city, now=NOW)
    assert refresh_due(session, now=NOW + dt.timedelta(minutes=29)) == 0
    later = NOW + dt.timedelta(minutes=30)
    assert refresh_due(session, now=later) == 6 * 5
    assert refresh_due(session, now=later) == 0
    site.name_site(session, name="real", name_en=None, fictional=False)
    session.expire_all()
    assert refresh_due(session, now=later + dt.timedelta(hours=2)) == 0


def test_one_worker_at_a_time_refreshes_the_weather(
    session: Session, engine: Engine, city: City
) -> None:
    load(session, city, now=NOW)
    with engine.connect() as other:
        other.execute(select(func.pg_advisory_xact_lock(Lock.SAMPLE_WEATHER)))
        assert refresh_due(session, now=NOW + dt.timedelta(hours=1)) == 0
    assert refresh_due(session, now=NOW + dt.timedelta(hours=1)) == 6 * 5


def _first(edges: RoadEdges, count: int) -> RoadEdges:
    end = int(edges.offset[count])
    whole = {"offset": edges.offset[: count + 1], "lonlat": edges.lonlat[:end]}
    columns = {
        name: values[:count] for name, values in vars(edges).items() if name != "turns"
    }  # fmt: skip
    return RoadEdges(**{**columns, **whole, "turns": edges.turns})


def test_taking_the_city_out_takes_its_roads_and_leaves_other_networks(
    database: Engine, urls: Urls, config: Config, city: City
) -> None:
    open_site = Site(config, urls, database)
    edges = _first(RoadEdges(**vars(city.roads), **unlimited(len(city.roads))), 40)
    kept = config.networks_dir / "kept"
    kept.mkdir(parents=True)
    with open_site.work("test") as session:
        ours = store.save(session, edges, name="sample", source=city.source)
        other = store.save(session, edges, name="real", source="real.osm.pbf")
        store.activate(session, ours)
        site.name_site(session, name="虚构", name_en=None, fictional=True)
    (config.networks_dir / f"{ours}-1-40").mkdir()
    clear(open_site)
    with Session(database) as session:
        assert [network["id"] for network in store.networks(session)] == [other]
        assert set(session.scalars(select(Road.network_id).distinct())) == {other}
        assert not site.describe(session)["fictional"]
    assert list(config.networks_dir.iterdir()) == [kept]


def test_the_weather_keeps_itself_fresh_until_it_is_stopped(database: Engine, city: City) -> None:
    with Session(database) as session, session.begin():
        load(session, city, now=NOW)
    keeper = weather.SampleWeather(database)
    keeper.every_s = 0.02
    keeper.start()
    newest = NOW
    for _ in range(1000):
        with Session(database) as session:
            newest = session.scalars(select(func.max(Observation.at))).one()
        if newest > NOW:
            break
        time.sleep(0.02)
    keeper.stop()
    assert newest > NOW
    assert keeper.name not in {thread.name for thread in threading.enumerate()}
