"""What moves beside the zones: the cloud at its moments, and the line that a turning wind draws."""

from __future__ import annotations

import datetime as dt

import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import Point

from analysis.scenario import Choices, Release, Scenario, Weather
from analysis.zones import zones
from analysis.zones.place import GEOD, area_m2
from analysis.zones.slices import LONGEST_S, MOMENTS, moments_s
from layers.substances import find

CST = dt.timezone(dt.timedelta(hours=8))
START = dt.datetime(2024, 6, 1, 3, tzinfo=CST)
PLACE = (113.6254, 34.7466)
WIND = {"wind_speed_m_s": 3.0, "wind_from_deg": 0.0, "stability": "D", "terrain": "rural"}


def scenario(release, *, weather=WIND, word="一氧化碳", minutes=60, at=PLACE, kind="toxic_release"):
    return Scenario(
        kind=kind,
        lon=at[0],
        lat=at[1],
        occurred_at=START,
        at=START + dt.timedelta(minutes=minutes),
        substance=find(word),
        release=Release(**release),
        weather=Weather(**weather),
    )


def model_zones(found):
    return {zone.threshold_name: zone for zone in found.zones if zone.basis == "model"}


def outside_share(inner, outer):
    outside = shapely.difference(inner, outer)
    return 0.0 if outside.is_empty else area_m2(outside) / area_m2(inner)


RELEASES = st.one_of(
    st.fixed_dictionaries({"rate_kg_s": st.floats(0.05, 100.0)}),
    st.fixed_dictionaries(
        {"rate_kg_s": st.floats(0.05, 100.0), "duration_s": st.floats(30.0, 7200.0)}
    ),
    st.fixed_dictionaries({"leak": st.just("rupture"), "mass_kg": st.floats(10.0, 1e5)}),
    st.fixed_dictionaries({"leak": st.sampled_from(["small", "medium", "large"])}),
)
AIR = st.fixed_dictionaries(
    {
        "wind_speed_m_s": st.floats(0.0, 12.0),
        "wind_from_deg": st.floats(0.0, 360.0),
        "stability": st.sampled_from("ABCDEF"),
    }
)


@settings(max_examples=40, derandomize=True, deadline=None)
@given(release=RELEASES, weather=AIR, word=st.sampled_from(["一氧化碳", "氯", "氨", "硫化氢"]))
def test_no_moment_of_a_cloud_leaves_the_area_that_its_peak_covers(release, weather, word):
    found = zones(scenario(release, weather=weather, word=word, minutes=600))
    drawn = model_zones(found)
    for each in found.slices:
        assert each.geometry.is_valid
        assert 0.0 < each.time_s <= LONGEST_S
        zone = drawn[each.threshold_name]
        assert each.level == zone.level
        # What one moment adds lies at its simplified edge.
        assert outside_share(each.geometry, zone.geometry) < 0.05 or area_m2(each.geometry) < 100.0


@settings(max_examples=30, derandomize=True, deadline=None)
@given(release=RELEASES, weather=AIR)
def test_the_confidence_line_holds_its_zone_and_the_zone_of_every_wind_within_it(release, weather):
    weather = {**weather, "wind_from_uncertainty_deg": 25.0}
    found = zones(scenario(release, weather=weather))
    turned = {**weather, "wind_from_deg": (weather["wind_from_deg"] + 20.0) % 360.0}
    also = model_zones(zones(scenario(release, weather=turned)))
    drawn = model_zones(found)
    assert all(line.role == "confidence" for line in found.confidence)
    for line in found.confidence:
        for zone in (drawn[line.threshold_name], also[line.threshold_name]):
            assert outside_share(zone.geometry, line.geometry) < 0.01


def test_where_nobody_knows_the_wind_there_is_no_line_to_turn_within():
    found = zones(scenario({"rate_kg_s": 5.0}, weather={**WIND, "wind_from_deg": None}))
    assert found.confidence == ()
    assert {zone.shape for zone in model_zones(found).values()} == {"circle"}
    for zone in model_zones(found).values():
        assert zone.geometry.buffer(1e-9).covers(Point(PLACE))


def test_a_cloud_comes_with_the_wind_and_its_moments_end_where_its_front_is():
    found = zones(scenario({"rate_kg_s": 5.0}))
    red = [each for each in found.slices if each.level == "orange"]
    for each in red[:4]:
        south = each.geometry.bounds[1]
        reach = GEOD.inv(*PLACE, PLACE[0], south)[2]
        assert reach == pytest.approx(3.0 * each.time_s, rel=0.02)


def test_a_release_that_ends_has_passed_and_one_that_goes_on_has_not():
    ends = model_zones(zones(scenario({"rate_kg_s": 5.0, "duration_s": 300.0})))
    goes_on = model_zones(zones(scenario({"rate_kg_s": 5.0})))
    for name, zone in ends.items():
        assert zone.arrives_s is not None and zone.passed_s is not None
        assert zone.passed_s > 300.0 and zone.passed_s > zone.arrives_s
        assert goes_on[name].passed_s is None


def test_a_cloud_stays_in_its_zone_at_least_as_long_as_it_is_released():
    """Not the seconds for which the threshold only just appears at the far end."""
    ends = model_zones(zones(scenario({"rate_kg_s": 5.0, "duration_s": 300.0})))
    for zone in ends.values():
        assert zone.stays_s is not None and zone.stays_s > 290.0
    goes_on = model_zones(zones(scenario({"rate_kg_s": 5.0})))
    assert {zone.stays_s for zone in goes_on.values()} == {None}


def test_a_release_that_ends_reaches_no_farther_than_one_that_goes_on():
    ends = model_zones(zones(scenario({"rate_kg_s": 5.0, "duration_s": 60.0})))
    goes_on = model_zones(zones(scenario({"rate_kg_s": 5.0})))
    for name, zone in ends.items():
        assert zone.distance_m <= goes_on[name].distance_m * 1.001


def test_a_high_source_leaves_the_ground_beside_it_out_of_its_zone():
    found = model_zones(zones(scenario({"rate_kg_s": 50.0, "height_m": 40.0})))
    assert found
    for zone in found.values():
        assert not zone.geometry.intersects(Point(PLACE))


def test_a_long_zone_holds_the_source_that_its_simplified_line_would_cut_off():
    air = {"wind_speed_m_s": 2.5, "wind_from_deg": 270.0}
    spill = {"mass_kg": 5000.0, "leak": "rupture"}
    found = model_zones(zones(scenario(spill, weather=air, word="丙烯醛", minutes=600)))
    assert found
    assert all(zone.geometry.covers(Point(PLACE)) for zone in found.values())


def test_what_moves_can_be_left_out():
    found = zones(scenario({"rate_kg_s": 5.0}), moving=False)
    assert found.zones and not found.slices and not found.confidence


def test_a_zone_over_all_winds_is_greater_and_as_far():
    plain = scenario({"rate_kg_s": 5.0})
    over = Scenario(**{**vars(plain), "choices": Choices(over_wind=True)})
    for name, zone in model_zones(zones(over)).items():
        single = model_zones(zones(plain))[name]
        assert zone.area_m2 > 1.5 * single.area_m2
        assert zone.distance_m == single.distance_m


def test_the_same_scenario_is_answered_the_same_to_the_last_bit():
    first, second = (zones(scenario({"rate_kg_s": 5.0, "duration_s": 300.0})) for _ in range(2))
    assert [z.to_feature() for z in first.zones] == [z.to_feature() for z in second.zones]
    assert [s.to_feature() for s in first.slices] == [s.to_feature() for s in second.slices]
    assert first.models == second.models and first.assumed == second.assumed


@pytest.mark.parametrize(
    ("passages", "last"),
    [
        ([(500.0, None)], 500.0),
        ([(4900.0, 5100.0), (4000.0, 6000.0)], 6000.0),
        ([(600.0, 90_000.0)], LONGEST_S),
    ],
)
def test_moments_run_until_the_cloud_is_steady_or_gone_and_no_longer_than_six_hours(passages, last):
    found = moments_s(passages)
    assert len(found) == MOMENTS
    assert found == sorted(found) and found[-1] == last


def test_a_cloud_that_never_comes_has_no_moments():
    assert moments_s([]) == [] and moments_s([(None, None)]) == []


@pytest.mark.parametrize("word", ["氯", "一氧化碳"])
def test_no_moment_of_a_cloud_lies_beyond_the_way_of_the_wind(word):
    release = {"rate_kg_s": 20.0, "duration_s": 3600.0}
    found = zones(scenario(release, word=word, weather={**WIND, "stability": "F"}))
    assert found.slices
    for each in found.slices:
        lat = shapely.get_coordinates(each.geometry)[:, 1]
        south = (PLACE[1] - lat).max() * 111_000.0  # the wind blows from the north
        assert south <= 3.0 * each.time_s * 1.02 + 30.0, each.time_s
