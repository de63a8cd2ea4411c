"""The sample city goes into PostGIS whole, twice without doubling, with wind to plan by."""

from __future__ import annotations

import datetime as dt

import pytest
import shapely
from geoalchemy2.shape import from_shape
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from analysis.grading import grade as graded
from analysis.population import population
from data_samples.city import City, make
from data_samples.load import load, remove
from data_samples.weather import observe
from layers import catalog, rasters, site
from layers.grading import unit_ids, units
from layers.models import (
    Contact,
    Enterprise,
    HazardSource,
    JournalRow,
    Observation,
    RoadNetwork,
    Stock,
    Team,
    Vehicle,
    WeatherStation,
)

NOW = dt.datetime(2026, 5, 4, 3, 0, tzinfo=dt.UTC)
PLACE = "SRID=4326;POINT(123.4 30.9)"


@pytest.fixture(scope="module")
def city() -> City:
    return make(7)


def test_every_row_is_loaded_and_a_second_load_adds_none(session: Session, city: City) -> None:
    first = load(session, city, now=NOW)
    second = load(session, city, now=NOW)
    for name, count in first.items():
        table = catalog.find(name).table
        assert session.scalar(select(func.count()).select_from(table)) == count
    assert first == second
    assert session.scalar(select(func.count()).select_from(Contact)) > 100
    assert session.scalar(select(func.count()).select_from(Stock)) > 10
    assert session.scalar(select(func.sum(Vehicle.count))) == session.scalar(
        select(func.sum(Team.vehicles))
    )
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


def test_filed_grades_are_those_of_the_standard_but_for_a_few_outdated_ones(
    session: Session, city: City
) -> None:
    load(session, city, now=NOW)
    found = [graded(unit) for unit in units(session, unit_ids(session))]
    decided = [each for each in found if each.level is not None]
    assert len(decided) > 100
    differ = sum(bool(each.differs) for each in decided)
    assert 1 <= differ <= 0.12 * len(decided)
    undecided = [each for each in found if each.level is None]
    assert undecided
    assert all(each.missing for each in undecided)


def test_removing_the_city_leaves_only_what_is_real(session: Session, city: City) -> None:
    load(session, city, now=NOW)
    enterprise = session.scalars(select(Enterprise.id)).first()
    own = HazardSource(
        name="自有罐", substance="氯", enterprise_id=enterprise, source="own", geom=PLACE
    )
    station = WeatherStation(name="真实站", source=None, geom=PLACE)
    session.add_all([own, station])
    session.flush()
    session.add(Contact(layer="hazard_source", feature_id=own.id, phone="010"))
    site.credit(session, "© real people")
    session.flush()
    before = session.scalar(select(func.max(JournalRow.entry)))
    removed = remove(session)
    session.expire_all()
    assert removed == {name: len(rows) for name, rows in city.layers.items() if len(rows)}
    for layer in catalog.layers():
        rows = session.scalars(select(layer.table.c.id)).all()
        assert list(rows) == [row.id for row in (own, station) if row.__tablename__ == layer.name]
    assert own.enterprise_id is None
    assert session.scalars(select(Contact.feature_id)).all() == [own.id]
    for model in (Stock, Vehicle, Observation):
        assert session.scalar(select(func.count()).select_from(model)) == 0
    described = site.describe(session)
    assert (described["name"], described["fictional"]) == (None, False)
    assert described["attribution"] == ["© real people"]
    written = session.scalars(select(JournalRow).where(JournalRow.entry > before)).all()
    one_by_one = [(row.layer, row.op) for row in written if row.op != "load"]
    assert one_by_one == []
    assert remove(session) == {}


def test_a_real_network_is_where_the_map_opens_even_beside_the_sample(session: Session) -> None:
    def network(source: str | None, west: float, *, age_h: int) -> None:
        extent = from_shape(shapely.box(west, 30.0, west + 1.0, 31.0), srid=4326)
        created_at = NOW - dt.timedelta(hours=age_h)
        session.add(RoadNetwork(name=f"at {west}", source=source, active=True, node_count=2,
                                arc_count=1, extent=extent, created_at=created_at))  # fmt: skip
        session.flush()

    network(f"{site.FICTIONAL}, seed 7", 123.0, age_h=0)
    assert site.describe(session)["bbox"] == [123.0, 30.0, 124.0, 31.0]
    network("old.osm.pbf", 113.0, age_h=2)
    network(None, 103.0, age_h=1)
    assert site.describe(session)["bbox"] == [103.0, 30.0, 104.0, 31.0]


def test_the_city_stands_on_a_made_ground_with_its_people(session: Session, city: City) -> None:
    load(session, city, now=NOW)
    listed = {entry["kind"]: entry for entry in rasters.listed(session)}
    assert set(listed) == {"dem", "population"}
    assert all("fictional" in entry["source"] for entry in listed.values())
    assert listed["dem"]["minimum"] == 0.0
    assert 200.0 < listed["dem"]["maximum"] < 500.0
    regions = city.layers["region"]
    whole = regions.records[0]
    counted = population(session, regions.geometry[0])
    assert counted is not None and counted.count == pytest.approx(whole["people"], rel=0.005)
    load(session, city, now=NOW)
    assert {entry["id"] for entry in rasters.listed(session)} == {
        entry["id"] for entry in listed.values()
    }
    remove(session)
    assert rasters.listed(session) == []
