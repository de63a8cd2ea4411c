"""What enters a grade is read from the rows as they are, measured on the Earth."""

from __future__ import annotations

import datetime as dt
import math
import random
import uuid

import pytest
from pyproj import Geod
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from layers import grading
from layers.models import Enterprise, Grading, HazardSource, JournalRow, ProtectionTarget, Tank

LON, LAT = 121.5, 29.9
NOW = dt.datetime(2026, 5, 4, tzinfo=dt.UTC)
GEOD = Geod(ellps="WGS84")


def at(distance_m: float, bearing_deg: float = 90.0, *, lon: float = LON, lat: float = LAT) -> str:
    east, north, _ = GEOD.fwd(lon, lat, bearing_deg, distance_m)
    return f"SRID=4326;POINT({east} {north})"


def source(session: Session, *, lon: float = LON, lat: float = LAT, **fields: object) -> uuid.UUID:
    row = HazardSource(name="氯罐区", geom=at(0, lon=lon, lat=lat), **fields)
    session.add(row)
    session.flush()
    return row.id


def target(session: Session, geom: str, **fields: object) -> None:
    values = {"kind": "housing", "people_day": 10, "people_night": 30} | fields
    session.add(ProtectionTarget(geom=geom, **values))
    session.flush()


def unit(session: Session, id: uuid.UUID) -> grading.Unit:
    (only,) = grading.units(session, [id])
    return only


@pytest.mark.parametrize("lat", [0.0, 29.9, -62.0, 78.0])
def test_targets_within_500_m_are_those_that_the_geodesic_says(
    session: Session, lat: float
) -> None:
    chance = random.Random(500)
    inside = 0
    for _ in range(60):
        distance_m = chance.uniform(0, 1000)
        target(session, at(distance_m, chance.uniform(0, 360), lat=lat))
        inside += distance_m <= 500
    found = unit(session, source(session, lat=lat)).nearby
    assert len(found) == inside
    distances = [near.distance_m for near in found]
    assert distances == sorted(distances)


def test_a_target_counts_with_the_greater_of_its_days_and_nights(session: Session) -> None:
    target(session, at(100), people_day=80, people_night=3)
    target(session, at(200), people_day=None, people_night=7)
    target(session, at(300), people_day=None, people_night=None)
    assert [near.people for near in unit(session, source(session)).nearby] == [80, 7, None]


def square(half_m: float) -> str:
    corners = [GEOD.fwd(LON, LAT, b, half_m * math.sqrt(2))[:2] for b in (45, 135, 225, 315, 45)]
    return "SRID=4326;POLYGON((" + ", ".join(f"{x} {y}" for x, y in corners) + "))"


def test_the_plants_border_counts_where_it_holds_the_unit(session: Session) -> None:
    plant = Enterprise(name="厂", geom=square(300))
    session.add(plant)
    session.flush()
    key = source(session, enterprise_id=plant.id)
    target(session, at(750))  # 450 m from the border, 750 m from the tanks
    target(session, at(850))
    target(session, at(100))  # inside the plant
    found = unit(session, key)
    assert found.boundary == "enterprise"
    assert [round(near.distance_m, -1) for near in found.nearby] == [450]
    alone = unit(session, source(session))
    assert alone.boundary == "unit"
    assert [round(near.distance_m, -1) for near in alone.nearby] == [100]


def test_a_plant_elsewhere_or_known_by_a_point_gives_no_border(session: Session) -> None:
    far = Enterprise(name="总部", geom="SRID=4326;POLYGON((0 0, 0 1, 1 1, 0 0))")
    point = Enterprise(name="点", geom=at(10))
    session.add_all([far, point])
    session.flush()
    for plant in (far, point):
        key = source(session, enterprise_id=plant.id)
        assert unit(session, key).boundary == "unit"


def test_where_no_target_is_on_record_nobody_has_looked(session: Session) -> None:
    key = source(session)
    assert not unit(session, key).surveyed
    target(session, at(4_900))
    assert unit(session, key).surveyed
    assert unit(session, key).nearby == ()


def test_tanks_come_with_their_unit(session: Session) -> None:
    key = source(session, substance="氯", quantity_t=50.0, grade="3", people_500m=12)
    for name, tonnes in (("V-2", None), ("V-1", 25.0)):
        session.add(Tank(name=name, hazard_source_id=key, quantity_t=tonnes, geom=at(5)))
    session.add(Tank(name="stray", geom=at(5)))
    session.flush()
    found = unit(session, key)
    assert [(tank.name, tank.quantity_t) for tank in found.tanks] == [("V-1", 25.0), ("V-2", None)]
    assert (found.own.substance, found.own.quantity_t) == ("氯", 50.0)
    assert (found.filed_grade, found.filed_people) == ("3", 12)


def test_a_unit_that_is_gone_is_left_out(session: Session) -> None:
    assert grading.units(session, [uuid.uuid4()]) == []


@pytest.mark.parametrize("lat", [0.0, 29.9, 78.0])
def test_a_change_of_a_target_names_every_unit_that_it_may_concern(
    session: Session, lat: float
) -> None:
    near = source(session, *(), lat=lat)
    for bearing in range(0, 360, 45):
        lon_there, lat_there, _ = GEOD.fwd(LON, lat, bearing, 499.0)
        shape = f'{{"type": "Point", "coordinates": [{lon_there}, {lat_there}]}}'
        assert near in grading.near_targets(session, [shape])
    lon_there, lat_there, _ = GEOD.fwd(LON, lat, 90, 20_000.0)
    shape = f'{{"type": "Point", "coordinates": [{lon_there}, {lat_there}]}}'
    assert grading.near_targets(session, [shape]) == []


def keep(session: Session, key: uuid.UUID, digest: str) -> int:
    row = {
        "hazard_source_id": key, "region": None, "level": "3", "s": 2.0, "r_low": 10.0,
        "r_high": 10.0, "people_500m": 3, "working": {"rows": []}, "inputs_sha256": digest,
        "computed_at": NOW,
    }  # fmt: skip
    return grading.keep(session, [row])


def test_a_grade_is_kept_once_for_the_same_inputs_and_journalled(session: Session) -> None:
    key = source(session)
    assert [keep(session, key, digest) for digest in ("a", "a", "b")] == [1, 0, 1]
    assert grading.digests(session, [key]) == {key: "b"}
    assert grading.keep(session, []) == 0
    ops = session.scalars(
        select(JournalRow.op).where(JournalRow.layer == "grading").order_by(JournalRow.entry)
    ).all()
    assert ops == ["insert", "update"]
    assert session.scalar(select(func.count()).select_from(Grading)) == 1


def test_a_grade_goes_with_its_unit(session: Session) -> None:
    key = source(session)
    keep(session, key, "a")
    session.delete(session.get_one(HazardSource, key))
    session.flush()
    assert session.scalar(select(func.count()).select_from(Grading)) == 0
