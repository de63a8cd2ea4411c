"""Toxic limits are for the time that people are exposed: an hour, unless it is longer or said."""

from __future__ import annotations

import datetime as dt

import pytest

from analysis.scenario import Choices, Release, Scenario, Weather
from analysis.zones import zones
from layers.errors import OutOfRangeError
from layers.substances import find

START = dt.datetime(2024, 6, 1, 3, tzinfo=dt.UTC)
WEATHER = Weather(wind_speed_m_s=3.0, wind_from_deg=0.0, stability="D", terrain="rural")


def red(duration_s=None, exposure_s=None, word="氯", scheme=None):
    """Return the worst zone of a release of 1 kg/s."""
    found = zones(
        Scenario(
            kind="toxic_release",
            lon=113.6,
            lat=34.7,
            occurred_at=START,
            at=START + dt.timedelta(hours=10),
            substance=find(word),
            release=Release(rate_kg_s=1.0, duration_s=duration_s),
            weather=WEATHER,
            choices=Choices(exposure_s=exposure_s, threshold_scheme=scheme),
        ),
        moving=False,
    )
    return next(zone for zone in found.zones if zone.basis == "model" and zone.level == "red")


@pytest.mark.parametrize(
    ("duration_s", "exposure_s", "ppm", "averaging_s"),
    [
        (None, None, 20.0, 3600.0),
        (600.0, None, 20.0, 3600.0),
        (600.0, 600.0, 50.0, 600.0),
        (600.0, 1800.0, 28.0, 1800.0),
        (10_000.0, None, 10.0, 14_400.0),
        (100_000.0, None, 7.1, 28_800.0),
    ],
)
def test_chlorine_is_judged_by_the_aegl_3_of_the_exposure(duration_s, exposure_s, ppm, averaging_s):
    """EPA final AEGL-3 of chlorine: 50, 28, 20, 10, 7.1 ppm for 10 min to 8 h."""
    zone = red(duration_s, exposure_s)
    assert zone.threshold == pytest.approx(ppm)
    assert zone.averaging_s == averaging_s


def test_a_longer_release_is_never_a_smaller_zone():
    reaches = [red(hours * 3600.0).distance_m for hours in (0.2, 0.5, 1.0, 2.0, 4.0, 8.0, 20.0)]
    assert reaches == sorted(reaches)


def test_another_scheme_keeps_its_own_time():
    zone = red(14_400.0, scheme="ERPG")
    assert zone.threshold_name.startswith("ERPG") and zone.averaging_s == 3600.0


@pytest.mark.parametrize("exposure_s", [0.0, 599.0, 28_801.0, float("nan")])
def test_an_exposure_that_no_aegl_is_for_is_refused(exposure_s):
    with pytest.raises(OutOfRangeError) as caught:
        red(exposure_s=exposure_s)
    assert caught.value.details["field"] == "choices.exposure_s"
