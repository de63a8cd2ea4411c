"""Deaths are a range by named sets, never one number, and never more than the people there."""

from __future__ import annotations

import dataclasses
import datetime as dt

import numpy as np
import pytest

from analysis import casualties, effect_curve
from analysis.hazard import probit
from analysis.scenario import Message, Release, Scenario, Weather, Zone, ZoneSet
from analysis.zones import zones
from layers import substances

NOON = dt.datetime(2026, 6, 1, 12, 0, tzinfo=dt.timezone(dt.timedelta(hours=8)))
WEATHER = Weather(wind_speed_m_s=3.0, wind_from_deg=270.0, stability="D", terrain="rural")


def accident(kind: str, word: str, **release: float) -> Scenario:
    return Scenario(
        kind=kind, lon=121.9, lat=30.8, occurred_at=NOON, at=NOON, weather=WEATHER,
        substance=substances.find(word), release=Release(**release),
    )  # fmt: skip


def toxic_zone(level: str, threshold: float, reach_m: float) -> Zone:
    from shapely.geometry import Point

    return Zone(
        level=level, hazard="toxic", threshold=threshold, unit="ppm", threshold_name=level,
        threshold_source="test", model="test", distance_m=reach_m, area_m2=1.0,
        geometry=Point(0, 0).buffer(1), action=Message(code="x"), averaging_s=3600.0,
    )  # fmt: skip


def at(distance_m: float, *, zone: int = 0, level: str = "red", people: int | None = 1000):
    return {"id": f"{distance_m:g}", "people": people, "distance_m": distance_m, "level": level,
            "zones": [zone], "hazard": "toxic", "passage_s": None}  # fmt: skip


def estimate(scenario, drawn, targets, period="day"):
    return casualties.estimate(scenario, drawn, targets, period=period)


CHLORINE = accident("toxic_release", "chlorine", rate_kg_s=5.0, duration_s=1800.0)
CLOUD = ZoneSet(
    zones=(toxic_zone("red", 20.0, 1000.0), toxic_zone("orange", 2.0, 4000.0)),
    models=(), assumed=(),
)  # fmt: skip


def test_a_range_is_told_with_the_two_sets_that_span_it():
    found = estimate(CHLORINE, CLOUD, [at(100.0), at(900.0), at(3000.0, zone=1, level="orange")])
    deaths = found["fatalities"]
    assert 0 <= deaths["low"] < deaths["central"] < deaths["high"] <= 3000
    assert [each["name"] for each in found["sets"]] == ["purple_book_chlorine", "lees_chlorine"]
    assert all(each["source"] and each["certainty"] for each in found["sets"])
    assert {row["level"]: row["people"] for row in found["by_level"]} == {
        "red": 2000, "orange": 1000,
    }  # fmt: skip
    assert {each["field"] for each in found["assumed"]} >= {"indoors_share", "stay_min"}


def test_the_upper_end_is_what_the_worse_probit_gives_on_the_axis():
    """100 m from a source whose 20 ppm reach 1 km: 2,000 ppm on the axis, an hour, all outdoors."""
    target = {**at(100.0), "people": 10_000}
    found = estimate(CHLORINE, CLOUD, [target], period="night")["fatalities"]
    inputs = {"concentration_ppm": 2000.0, "exposure_min": 60.0, "molar_mass_kg_mol": 0.070906}
    outside = max(
        probit.run(inputs, name)["values"]["share"]
        for name in ("purple_book_chlorine", "lees_chlorine")
    )
    assert outside * 100 <= found["high"] <= outside * 10_000  # 1 % outdoors, 99 % in


def test_people_farther_away_die_less():
    distances = np.geomspace(20.0, 1000.0, 12)
    for which in ("low", "central", "high"):
        found = [
            estimate(CHLORINE, CLOUD, [{**at(d), "people": 10**6}])["fatalities"][which]
            for d in distances
        ]
        assert found == sorted(found, reverse=True), which


def test_unknown_numbers_of_people_are_told_and_not_taken_as_none():
    found = estimate(CHLORINE, CLOUD, [at(100.0, people=None), at(200.0)])
    assert (found["people"], found["people_unknown"]) == (1000, 1)


def test_a_substance_without_a_probit_gives_no_number_and_the_reason():
    styrene = accident("toxic_release", "styrene", rate_kg_s=5.0)
    found = estimate(styrene, CLOUD, [at(100.0)])
    assert found["fatalities"] is None
    assert found["not_estimated"] == 1000
    assert [reason["code"] for reason in found["reason"]] == ["casualties.no_probit"]


def test_distances_by_table_give_no_number():
    drawn = zones(accident("toxic_release", "chlorine"))
    assert {zone.basis for zone in drawn.zones} == {"table"}
    found = estimate(CHLORINE, drawn, [at(100.0)])
    assert found["fatalities"] is None and found["not_estimated"] == 1000
    assert [reason["code"] for reason in found["reason"]] == ["casualties.table_only"]


@pytest.mark.parametrize(
    ("kind", "release"),
    [("explosion", {"mass_kg": 20_000.0}), ("fireball", {"mass_kg": 20_000.0}),
     ("pool_fire", {"pool_diameter_m": 30.0})],
)  # fmt: skip
def test_heat_and_blast_kill_fewer_farther_off_and_more_by_a_greater_release(kind, release):
    word = "gasoline" if kind == "pool_fire" else "propane"

    def deaths(factor: float, distance: float):
        scenario = accident(kind, word, **{name: v * factor for name, v in release.items()})
        drawn = zones(scenario)
        curves = effect_curve.curves(drawn)
        assert curves
        worst = next(i for i, zone in enumerate(drawn.zones) if zone.basis == "model")
        target = {**at(distance, zone=worst), "people": 10**6}
        return estimate(scenario, drawn, [target])["fatalities"]

    off = 28.0 if kind == "pool_fire" else 150.0
    near, far = deaths(1.0, 20.0), deaths(1.0, off)
    greater = deaths(2.0, off)
    for which in ("low", "central", "high"):
        assert near[which] >= far[which]
        assert greater[which] >= far[which] * 0.999
    assert near["high"] > far["high"] > 0


def test_nobody_indoors_dies_of_heat_that_leaves_the_building_standing():
    fire = accident("pool_fire", "gasoline", pool_diameter_m=30.0)
    drawn = zones(fire)
    (curve, *_) = effect_curve.curves(drawn)
    edge = float(curve.reaches_m[list(curve.thresholds).index(12.5)])
    worst = next(i for i, zone in enumerate(drawn.zones) if zone.level == "orange")
    night = estimate(fire, drawn, [{**at(edge, zone=worst), "people": 10**6}], "night")
    assert 0 < night["fatalities"]["high"] <= 10**6 * 0.011


def test_no_people_is_no_death_and_no_division_by_nothing():
    found = estimate(CHLORINE, CLOUD, [])
    assert found["fatalities"] is None and found["people"] == 0


def test_zones_cut_at_one_distance_leave_the_strongest_on_the_axis():
    """A model's range ends at 10 km: what lies nearer is at least as strong as the worst zone."""
    cut = ZoneSet(
        zones=tuple(
            toxic_zone(level, ppm, 10_000.0)
            for level, ppm in (("red", 20.0), ("orange", 2.0), ("yellow", 0.5))
        ),
        models=(), assumed=(),
    )  # fmt: skip
    alone = dataclasses.replace(cut, zones=cut.zones[:1])
    found = estimate(CHLORINE, cut, [at(3000.0)])
    assert found["fatalities"] == estimate(CHLORINE, alone, [at(3000.0)])["fatalities"]
    assert found["fatalities"]["high"] > 0
