"""Who lies in each zone is what plain geometry says, by the civil time of the place."""

from __future__ import annotations

import dataclasses
import datetime as dt

import numpy as np
import pytest
import shapely
from geoalchemy2.shape import from_shape

from analysis import advice, exposure, protective_action
from analysis.local import LocalPlane
from analysis.scenario import Message, Release, Scenario, Weather, Zone
from layers.models import (
    Incident,
    Park,
    ProtectionTarget,
    Reservoir,
    SensitivePlace,
    TailingsPond,
    Tank,
)
from layers.query import Scope

LON, LAT = 121.9, 30.8
PLANE = LocalPlane(LON, LAT)
NOON = dt.datetime(2026, 6, 1, 12, 0, tzinfo=dt.timezone(dt.timedelta(hours=8)))
THREE = NOON.replace(hour=3)


def zone(level: str, radius_m: float, hazard: str = "toxic") -> Zone:
    area = PLANE.to_lonlat(shapely.Point(0, 0).buffer(radius_m, quad_segs=64))
    return Zone(
        level=level, hazard=hazard, threshold=1.0, unit="ppm", threshold_name="T",
        threshold_source="test", model="test", distance_m=radius_m, area_m2=1.0, geometry=area,
        action=Message(code="x"),
    )  # fmt: skip


def scenario(at: dt.datetime = NOON, **weather: float) -> Scenario:
    return Scenario(
        kind="toxic_release", lon=LON, lat=LAT, occurred_at=at, at=at, weather=Weather(**weather)
    )


@pytest.fixture
def targets(session):
    """Two hundred schools at random, and a polygon that only its corner brings into the zone."""
    random = np.random.default_rng(11)
    plane = random.uniform(-3000, 3000, (200, 2))
    rows = []
    for index, (x, y) in enumerate(plane):
        point = PLANE.to_lonlat(shapely.Point(x, y))
        rows.append(
            ProtectionTarget(
                name=f"S{index}", kind="school", people_day=10 + index, people_night=0,
                geom=from_shape(point, srid=4326),
            )
        )  # fmt: skip
    corner = PLANE.to_lonlat(shapely.box(950, -100, 2500, 1500))
    rows.append(
        ProtectionTarget(
            name="corner", kind="housing", people_day=None, people_night=7,
            geom=from_shape(corner, srid=4326),
        )
    )  # fmt: skip
    session.add_all(rows)
    session.flush()
    return plane


ZONES = (zone("red", 1000.0), zone("orange", 2000.0))


def test_each_zone_counts_exactly_the_features_that_touch_it(session, targets):
    result = exposure.expose(session, scenario(), ZONES, scope=Scope(None))
    for entry, radius in zip(result["by_zone"], (1000.0, 2000.0), strict=True):
        inside = np.hypot(*targets.T) <= radius
        listed = entry["layers"]["protection_target"]
        assert listed["count"] == inside.sum() + 1
        assert entry["people"] == (np.flatnonzero(inside) + 10).sum()
        assert entry["people_unknown"] == 1


def test_a_school_is_empty_at_three_in_the_morning(session, targets):
    result = exposure.expose(session, scenario(THREE), ZONES, scope=Scope(None))
    assert result["period"] == "night"
    assert result["people"] == 7


def test_the_hour_is_that_of_the_place_not_of_the_report(session):
    ohio_at_noon = dt.datetime(2026, 6, 1, 16, 0, tzinfo=dt.UTC)
    assert exposure.period(ohio_at_noon, lon=-83.0, lat=40.0) == "day"
    assert exposure.period(ohio_at_noon, lon=121.9, lat=30.8) == "night"


def test_each_target_is_listed_once_at_its_worst_level_in_order_of_arrival(session, targets):
    result = exposure.expose(session, scenario(wind_speed_m_s=2.0), ZONES, scope=Scope(None))
    listed = result["targets"]
    assert len({t["id"] for t in listed}) == len(listed)
    arrivals = [t["arrival_s"] for t in listed]
    assert arrivals == sorted(arrivals)
    by_name = {t["name"]: t for t in listed}
    assert by_name["corner"]["level"] == "red"
    assert by_name["corner"]["arrival_s"] == pytest.approx(950 / 2.0, rel=0.01)


def test_a_cloud_that_comes_first_means_shelter_and_one_that_comes_late_means_evacuate(
    session, targets
):
    fast = exposure.expose(session, scenario(wind_speed_m_s=5.0), ZONES, scope=Scope(None))
    assert {t["action"] for t in fast["targets"]} == {"shelter"}
    slow = exposure.expose(session, scenario(wind_speed_m_s=1.0), ZONES, scope=Scope(None))
    late = [t for t in slow["targets"] if t["arrival_s"] >= protective_action.EVACUATION_S]
    assert late and {t["action"] for t in late} == {"evacuate"}


def test_evacuate_or_shelter_is_the_smaller_load_where_the_cloud_is_timed(session, targets):
    """A cloud of 20 min at 2 m/s: who can be gone before it leaves, everybody else stays in."""
    timed = scenario(wind_speed_m_s=1.0)
    zones = [dataclasses.replace(each, stays_s=1200.0) for each in ZONES]
    listed = exposure.expose(session, timed, zones, scope=Scope(None))["targets"]
    assert {t["action"] for t in listed} == {"shelter", "evacuate"}
    for target in listed:
        shelter, leave = target["shelter_share"], target["evacuation_share"]
        assert target["action"] == ("shelter" if shelter < leave else "evacuate")
        assert 0.0 < shelter < 0.5  # one room, one air change an hour, 20 min of cloud
        if target["arrival_s"] >= protective_action.EVACUATION_S:
            assert leave == 0.0 and target["action"] == "evacuate"
        if target["arrival_s"] == 0.0:
            assert leave > shelter
        assert target["reason"]["code"] == f"action.computed_{target['action']}"


def test_the_time_that_a_model_gives_counts_before_the_time_that_a_spill_takes():
    """A minute's spill makes a pool that gives off vapour for an hour."""
    spill = dataclasses.replace(scenario(wind_speed_m_s=1.0), release=Release(duration_s=60.0))
    drawn = dataclasses.replace(ZONES[0], stays_s=3600.0)
    table = dataclasses.replace(ZONES[0], basis="table")
    assert protective_action.passage_s(spill, drawn) == 3600.0
    assert protective_action.passage_s(spill, table) == 60.0


def test_people_who_are_warned_late_have_less_time_to_leave(session, targets):
    early = scenario(wind_speed_m_s=1.0)
    zones = [dataclasses.replace(each, stays_s=3600.0) for each in ZONES]
    late = dataclasses.replace(early, at=NOON + dt.timedelta(minutes=20))
    shares = [
        {t["id"]: t["evacuation_share"] for t in found["targets"]}
        for found in (exposure.expose(session, s, zones, scope=Scope(None)) for s in (early, late))
    ]
    assert all(shares[1][id] >= shares[0][id] for id in shares[0])
    assert sum(shares[1].values()) > sum(shares[0].values())


def test_a_plan_that_looks_ahead_does_not_warn_people_later(session, targets):
    early = scenario(wind_speed_m_s=1.0)
    ahead = dataclasses.replace(early, at=NOON + dt.timedelta(minutes=30), asked_at=NOON)
    now, later = (exposure.expose(session, s, ZONES, scope=Scope(None)) for s in (early, ahead))
    assert [t["reason"] for t in later["targets"]] == [t["reason"] for t in now["targets"]]


def test_a_ring_of_discomfort_makes_nobody_leave(session, targets):
    (only,) = (zone("yellow", 2000.0),)
    found = exposure.expose(session, scenario(wind_speed_m_s=1.0), (only,), scope=Scope(None))
    assert {t["action"] for t in found["targets"]} == {"shelter"}
    assert {t["reason"]["code"] for t in found["targets"]} == {"action.discomfort_only"}


def test_heat_and_blast_are_left_at_once(session, targets):
    zones = (zone("red", 1000.0, hazard="thermal"),)
    result = exposure.expose(session, scenario(), zones, scope=Scope(None))
    assert {t["action"] for t in result["targets"]} == {"evacuate"}
    assert {t["arrival_s"] for t in result["targets"]} == {0.0}


def test_a_reader_of_another_region_sees_nobody(session, targets):
    result = exposure.expose(session, scenario(), ZONES, scope=Scope(("99",)))
    assert result["people"] == 0 and result["targets"] == []


def test_waters_tanks_and_dams_in_a_zone_are_told(session, targets):
    here = from_shape(shapely.Point(LON, LAT), srid=4326)
    river = from_shape(shapely.LineString([(LON - 1, LAT), (LON + 1, LAT)]), srid=4326)
    far = from_shape(shapely.Point(LON + 1, LAT), srid=4326)
    session.add_all([
        SensitivePlace(name="江", kind="river", geom=river), Tank(name="V-1", geom=here),
        Tank(name="V-2", geom=far), Park(name="园", geom=here), Reservoir(name="库", geom=here),
        TailingsPond(name="尾", geom=here),
    ])  # fmt: skip
    session.flush()
    red, _ = exposure.expose(session, scenario(), ZONES, scope=Scope(None))["by_zone"]
    found = {name: [f["name"] for f in held["features"]] for name, held in red["layers"].items()}
    assert found["sensitive_place"] == ["江"]
    assert found["tank"] == ["V-1"]
    assert (found["park"], found["reservoir"], found["tailings_pond"]) == (["园"], ["库"], ["尾"])
    assert red["layers"]["sensitive_place"]["features"][0]["kind"] == "river"


def test_an_incident_is_not_a_thing_exposed():
    assert Incident.__tablename__ not in exposure.EXPOSED_LAYERS


def test_the_advice_counts_everyone_also_beyond_what_is_listed(session):
    point = from_shape(shapely.Point(LON, LAT), srid=4326)
    session.add_all(
        ProtectionTarget(name=f"S{i}", kind="school", people_day=10, geom=point) for i in range(600)
    )
    session.flush()
    result = exposure.expose(session, scenario(), ZONES, scope=Scope(None))
    assert len(result["targets"]) == exposure.LISTED_PER_LAYER
    lines = advice.advice(scenario(), None, result, [])
    counted = [line.params for line in lines if line.code in ("advice.evacuate", "advice.shelter")]
    assert sum(params["count"] for params in counted) == 600
    assert sum(params["people"] for params in counted) == 6000
