"""Calm air: an answer all round, and never a smaller one than a breath of wind would make."""

import datetime as dt

import pytest

from analysis.scenario import Release, Scenario, Weather
from analysis.zones import zones
from layers.substances import find

NIGHT = dt.datetime(2024, 6, 1, 15, tzinfo=dt.UTC)


def reach(substance, wind, *, rate=1.0, stability="F"):
    weather = Weather(
        wind_speed_m_s=wind, wind_from_deg=270.0, stability=stability, terrain="rural",
        temperature_c=20.0, humidity_pct=50.0,
    )  # fmt: skip
    found = zones(
        Scenario(
            kind="toxic_release",
            lon=113.6,
            lat=34.7,
            occurred_at=NIGHT,
            at=NIGHT + dt.timedelta(hours=1),
            substance=find(substance),
            release=Release(rate_kg_s=rate, duration_s=1800.0),
            weather=weather,
        )
    )
    return {zone.level: zone for zone in found.zones if zone.basis == "model"}, found


@pytest.mark.parametrize("substance", ["氯", "氨", "一氧化碳"])
@pytest.mark.parametrize("rate", [0.03, 1.0, 30.0])
@pytest.mark.parametrize("stability", ["D", "F"])
def test_a_wind_read_as_calm_draws_no_less_than_the_lightest_wind(substance, rate, stability):
    heavy = substance != "一氧化碳"
    breath = 0.51 if heavy else 1.01
    calm, _ = reach(substance, breath - 0.02, rate=rate, stability=stability)
    light, _ = reach(substance, breath, rate=rate, stability=stability)
    for level, zone in light.items():
        # A hundredth of the wind's way is the difference of the two winds themselves.
        assert calm[level].distance_m >= 0.95 * zone.distance_m, level


def test_calm_zones_are_circles_that_say_why_they_reach_so_far():
    drawn, found = reach("一氧化碳", 0.3)
    assert drawn["orange"].shape == "circle"
    assert any(reason.code == "hazard.choice_drift" for reason in found.reasons)
    assert any(model["inputs"].get("wind_speed_m_s") == 1.0 for model in found.models)


def test_dead_calm_has_an_answer():
    drawn, _ = reach("氯", 0.0)
    assert set(drawn) == {"red", "orange", "yellow"}


def test_a_stable_class_in_a_strong_wind_is_warned_of():
    _, found = reach("一氧化碳", 8.0, stability="F")
    assert "hazard.stability_unlikely" in {warning.code for warning in found.warnings}
    _, plain = reach("一氧化碳", 8.0, stability="D")
    assert "hazard.stability_unlikely" not in {warning.code for warning in plain.warnings}


def test_a_release_that_goes_on_in_calm_air_is_not_taken_for_a_unit_mixed_up():
    weather = Weather(wind_speed_m_s=0.3, stability="F", temperature_c=20.0)
    found = zones(
        Scenario(
            kind="toxic_release",
            lon=113.6,
            lat=34.7,
            occurred_at=NIGHT,
            at=NIGHT + dt.timedelta(hours=1),
            substance=find("氨"),
            release=Release(rate_kg_s=1.0),
            weather=weather,
        )
    )
    assert "hazard.unusual_input" not in {warning.code for warning in found.warnings}
