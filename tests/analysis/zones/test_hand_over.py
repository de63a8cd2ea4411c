"""Where a cloud becomes heavy another model answers, and no zone may shrink for it."""

import datetime as dt
import itertools

import pytest

from analysis.scenario import Release, Scenario, Weather
from analysis.zones import zones
from layers.substances import find

START = dt.datetime(2024, 6, 1, 3, tzinfo=dt.UTC)


def drawn(word, release, wind):
    weather = Weather(
        wind_speed_m_s=wind, wind_from_deg=270.0, stability="D", terrain="rural",
        temperature_c=20.0, humidity_pct=50.0,
    )  # fmt: skip
    found = zones(
        Scenario(
            kind="toxic_release", lon=113.6, lat=34.7, occurred_at=START,
            at=START + dt.timedelta(hours=1), substance=find(word), release=release,
            weather=weather,
        ),
        moving=False,
    )  # fmt: skip
    return {zone.level: zone for zone in found.zones if zone.basis == "model"}, found


@pytest.mark.parametrize(
    ("word", "wind", "rates"),
    [("氨", 8.0, (0.44, 0.5, 0.6, 0.9)), ("氯", 11.9, (0.005, 0.01, 0.03, 0.1, 0.3))],
)
def test_a_zone_does_not_shrink_where_the_cloud_becomes_heavy(word, wind, rates):
    areas = []
    engines = set()
    for rate in rates:
        found, _ = drawn(word, Release(rate_kg_s=rate, duration_s=1800.0), wind)
        areas.append({level: zone.area_m2 for level, zone in found.items()})
        engines |= {zone.model.partition("/")[0] for zone in found.values()}
    assert {"finite_release", "slab"} <= engines
    for less, more in itertools.pairwise(areas):
        for level, area in less.items():
            assert more[level] >= 0.98 * area, level


def test_the_plan_says_that_a_lighter_cloud_holds_the_zone():
    _, found = drawn("氨", Release(rate_kg_s=0.5, duration_s=1800.0), 8.0)
    assert "hazard.choice_no_smaller" in {reason.code for reason in found.reasons}
