"""Who falls by heat and blast, in which order, and where the chain ends."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest
import shapely
from geoalchemy2.shape import from_shape

from analysis import domino, effect_curve
from analysis.hazard.escalation import EQUIPMENT
from analysis.local import LocalPlane
from analysis.scenario import Release, Scenario, Weather
from analysis.zones import zones
from layers import substances
from layers.models import HazardSource, Tank
from layers.query import Scope

LON, LAT = 121.9, 30.8
PLANE = LocalPlane(LON, LAT)
NOON = dt.datetime(2026, 6, 1, 12, 0, tzinfo=dt.timezone(dt.timedelta(hours=8)))
WEATHER = Weather(wind_speed_m_s=3.0, wind_from_deg=270.0, temperature_c=25.0, humidity_pct=50.0)
EVERYBODY = Scope(None)


def accident(kind: str, word: str, tonnes: float, **release: float) -> Scenario:
    return Scenario(
        kind=kind, lon=LON, lat=LAT, occurred_at=NOON, at=NOON, weather=WEATHER,
        substance=substances.find(word),
        release=Release(**{"mass_kg": tonnes * 1000.0, **release}),
    )  # fmt: skip


EXPLOSION = accident("explosion", "propane", 20.0)


@pytest.fixture
def put(session):
    def add(name: str, east_m: float, word: str | None, tonnes: float | None, **more):
        place = PLANE.to_lonlat(shapely.Point(east_m, 0.0))
        row = HazardSource(
            name=name, substance=word, quantity_t=tonnes, geom=from_shape(place, srid=4326), **more
        )
        session.add(row)
        session.flush()
        return row

    return add


def found(session, scenario: Scenario, scope: Scope = EVERYBODY):
    answer = domino.find(session, scenario, zones(scenario), scope=scope)
    return answer, {unit["name"]: unit for unit in answer["units"]}


def reach_m(scenario: Scenario, threshold: float) -> float:
    """Return the reach by the curve, asked for by bisection: an independent way back."""
    curves = effect_curve.curves(zones(scenario))
    near, far = 0.1, 1e5
    for _ in range(200):
        middle = (near + far) / 2.0
        over = max(curve.at(middle) for curve in curves) >= threshold
        near, far = (middle, far) if over else (near, middle)
    return near


def test_a_curve_gives_back_the_thresholds_of_the_zones_it_came_from():
    drawn = zones(EXPLOSION)
    (curve,) = effect_curve.curves(drawn)
    for zone in drawn.zones:
        assert curve.at(zone.distance_m) == pytest.approx(zone.threshold, rel=0.02)
    assert curve.at(1e6) == 0.0


def test_a_vessel_falls_where_the_effect_reaches_the_threshold_of_its_kind(session, put):
    """Cozzani et al. 2006: atmospheric 22 kPa, pressurised 16 kPa."""
    edge = {kind: reach_m(EXPLOSION, EQUIPMENT[kind].overpressure_pa / 1000.0)
            for kind in ("atmospheric", "pressurised")}  # fmt: skip
    assert edge["atmospheric"] < edge["pressurised"]
    put("tank in", edge["atmospheric"] * 0.98, "diesel", None, container="tank")
    put("tank out", edge["atmospheric"] * 1.02, "diesel", None, container="tank")
    put("sphere in", edge["pressurised"] * 0.98, "ammonia", None, container="sphere")
    put("sphere out", edge["pressurised"] * 1.02, "ammonia", None, container="sphere")
    answer, units = found(session, EXPLOSION)
    assert set(units) == {"tank in", "sphere in"}
    assert answer["count"] == 2
    for unit in units.values():
        assert unit["cause"] == "overpressure" and unit["unit"] == "kPa"
        assert unit["level"] >= unit["threshold"]
        assert 0.0 <= unit["probability"] <= 1.0 and unit["triggered_by"] is None


def test_a_chain_goes_on_from_vessel_to_vessel_and_names_what_set_off_what(session, put):
    reach = reach_m(EXPLOSION, 16.0)
    put("first", reach * 0.9, "propane", 20.0, container="sphere")
    put("second", reach * 1.7, "propane", 20.0, container="sphere")
    put("far", reach * 6.0, "propane", 20.0, container="sphere")
    answer, units = found(session, EXPLOSION)
    assert [unit["name"] for unit in answer["units"]] == ["first", "second"]
    assert (units["first"]["depth"], units["second"]["depth"]) == (1, 2)
    assert units["second"]["triggered_by"] == units["first"]["id"]
    assert units["first"]["then"] == "explosion" and units["first"]["ends"] is None


def test_a_ring_of_vessels_ends_and_each_falls_once(session, put):
    reach = reach_m(EXPLOSION, 16.0)
    for number in range(1, 9):
        put(f"v{number}", reach * 0.6 * number, "propane", 20.0, container="sphere")
    answer, units = found(session, EXPLOSION)
    assert len(units) == len(answer["units"])
    assert max(unit["depth"] for unit in answer["units"]) <= domino.DEPTH
    depths = [unit["depth"] for unit in answer["units"]]
    assert depths == sorted(depths)


def test_what_is_not_known_ends_a_chain_and_says_so(session, put):
    reach = reach_m(EXPLOSION, 16.0) * 0.5
    put("nameless", reach, None, 50.0, container="sphere")
    put("unmeasured", reach, "propane", None, container="sphere")
    put("poison", reach, "chlorine", 50.0, container="sphere")
    put("nitrogen", reach, "nitrogen", 50.0, container="sphere")
    _, units = found(session, EXPLOSION)
    assert {name: unit["ends"]["code"] for name, unit in units.items()} == {
        "nameless": "domino.substance_unknown",
        "unmeasured": "domino.quantity_unknown",
        "poison": "domino.toxic",
        "nitrogen": "domino.harmless",
    }
    assert units["poison"]["then"] == "toxic_release"


def test_the_tanks_of_a_unit_count_where_the_unit_itself_has_no_quantity(session, put):
    row = put("farm", reach_m(EXPLOSION, 16.0) * 0.5, "propane", None, container="sphere")
    session.add_all(
        Tank(name=f"V-{n}", hazard_source_id=row.id, quantity_t=30.0, geom=row.geom)
        for n in range(2)
    )
    session.flush()
    assert found(session, EXPLOSION)[1]["farm"]["ends"] is None


def test_heat_breaks_a_tank_after_the_time_that_landucci_gives(session, put):
    fire = accident("pool_fire", "gasoline", 50.0, pool_diameter_m=30.0)
    near = reach_m(fire, 15.0) * 0.97
    put("tank", near, "diesel", None, container="tank")
    put("sphere", near, "propane", None, container="sphere")  # 15 kW/m² is under its 45
    _, units = found(session, fire)
    assert set(units) == {"tank"}
    assert units["tank"]["cause"] == "thermal"
    assert 500.0 < units["tank"]["time_to_failure_s"] < 1500.0


def test_the_vessel_where_it_happens_is_not_set_off_by_itself(session, put):
    put("own", 0.0, "propane", 20.0, container="sphere")
    assert found(session, EXPLOSION)[0]["count"] == 0


def test_a_reader_of_another_region_sees_no_vessel_fall(session, put):
    put("sphere", reach_m(EXPLOSION, 16.0) * 0.5, "propane", 20.0, container="sphere")
    assert found(session, EXPLOSION, Scope(("99",)))[0]["count"] == 0


def test_a_toxic_cloud_breaks_no_vessel(session, put):
    put("sphere", 50.0, "propane", 20.0, container="sphere")
    answer, _ = found(session, accident("toxic_release", "chlorine", 1.0, rate_kg_s=1.0))
    assert answer["units"] == [] and answer["count"] == 0


def test_at_the_edge_of_a_pool_the_strongest_heat_that_reaches_it_counts():
    curve = effect_curve.Curve(
        hazard="thermal", model="test", thresholds=np.array([4.0, 37.5, 100.0]),
        reaches_m=np.array([60.0, 10.0, 10.0]),
    )  # fmt: skip
    assert curve.at([5.0, 9.99]) == pytest.approx([100.0, 100.0])
    assert curve.at([60.0]) == pytest.approx([4.0])
