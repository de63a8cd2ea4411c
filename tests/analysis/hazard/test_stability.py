"""The sun against almanac times, stability against the table."""

import datetime as dt
import math

import pytest

from analysis.hazard import MODELS, stability, wind_profile
from analysis.hazard.physics.sun import insolation_w_m2, is_day, solar_elevation_deg
from analysis.hazard.stability import pasquill

CST = dt.timezone(dt.timedelta(hours=8))
BEIJING, SHANGHAI, URUMQI = (116.391, 39.906), (121.474, 31.230), (87.617, 43.826)
SYDNEY = (151.209, -33.868)


def minutes_apart(place, day, rising, printed):
    """Return how far sunrise or sunset lies from the printed minute, by bisection."""
    low = dt.datetime.combine(day, dt.time(0 if rising else 12), tzinfo=printed.tzinfo)
    steps = [low + dt.timedelta(minutes=m) for m in range(12 * 60)]
    turned = next(at for at in steps if is_day(*place, at) is rising)
    return abs((turned - printed).total_seconds()) / 60.0


@pytest.mark.parametrize(
    ("place", "rising", "printed"),
    [
        (BEIJING, True, dt.datetime(2024, 6, 21, 4, 46, tzinfo=CST)),
        (BEIJING, False, dt.datetime(2024, 6, 21, 19, 46, tzinfo=CST)),
        (BEIJING, True, dt.datetime(2024, 12, 21, 7, 33, tzinfo=CST)),
        (BEIJING, False, dt.datetime(2024, 12, 21, 16, 53, tzinfo=CST)),
    ],
)
def test_sunrise_and_sunset_agree_with_the_almanac(place, rising, printed):
    assert minutes_apart(place, printed.date(), rising, printed) <= 3


def test_western_china_sees_the_sun_two_hours_later_by_the_same_clock():
    at = dt.datetime(2024, 3, 20, 7, 30, tzinfo=CST)
    assert is_day(*SHANGHAI, at)
    assert not is_day(*URUMQI, at)


def test_the_south_has_its_summer_in_december():
    noon = dt.datetime(2024, 12, 21, 2, tzinfo=dt.UTC)
    assert solar_elevation_deg(*SYDNEY, noon) == pytest.approx(90 - 33.868 + 23.44, abs=1.5)


def spencer_elevation(lon, lat, at):
    """Return the sun's elevation by NOAA's general equations (Spencer's series, about 0.5 deg)."""
    hour = at.hour + at.minute / 60.0
    g = 2 * math.pi / 365 * (at.timetuple().tm_yday - 1 + (hour - 12) / 24)
    minutes = 229.18 * (
        0.000075
        + 0.001868 * math.cos(g)
        - 0.032077 * math.sin(g)
        - 0.014615 * math.cos(2 * g)
        - 0.040849 * math.sin(2 * g)
    )
    declination = (
        0.006918
        - 0.399912 * math.cos(g)
        + 0.070257 * math.sin(g)
        - 0.006758 * math.cos(2 * g)
        + 0.000907 * math.sin(2 * g)
        - 0.002697 * math.cos(3 * g)
        + 0.00148 * math.sin(3 * g)
    )
    angle = math.radians((hour * 60 + minutes + 4 * lon) / 4 - 180)
    phi = math.radians(lat)
    return math.degrees(
        math.asin(
            math.sin(phi) * math.sin(declination)
            + math.cos(phi) * math.cos(declination) * math.cos(angle)
        )
    )


def test_the_suns_elevation_agrees_with_a_second_series():
    for hours in range(0, 2 * 8766, 101):
        at = dt.datetime(2024, 1, 1, tzinfo=dt.UTC) + dt.timedelta(hours=hours)
        for place in (BEIJING, URUMQI, SYDNEY, (-149.9, 61.2)):
            assert solar_elevation_deg(*place, at) == pytest.approx(
                spencer_elevation(*place, at), abs=0.7
            )


@pytest.mark.parametrize(
    ("wind", "elevation", "cloud", "letter"),
    [
        (1.5, -20.0, 0.0, "F"),
        (2.5, -20.0, 8.0, "E"),
        (4.0, -20.0, 2.0, "E"),
        (5.5, -20.0, 2.0, "D"),
        (1.5, 70.0, 0.0, "A"),
        (1.5, 45.0, 0.0, "B"),
        (2.5, 45.0, 0.0, "B"),
        (4.0, 25.0, 0.0, "C"),
        (7.0, 70.0, 0.0, "C"),
        (2.0, 70.0, 10.0, "D"),
        (2.0, -20.0, 10.0, "D"),
        (2.0, 5.0, 0.0, "D"),
    ],
)
def test_pasquill_classes(wind, elevation, cloud, letter):
    assert pasquill(wind_speed_m_s=wind, elevation_deg=elevation, cloud_tenths=cloud) == letter


def test_clouds_and_a_low_sun_take_from_the_insolation():
    clear = insolation_w_m2(60.0, 0.0)
    assert clear == pytest.approx(1111 * (math.sin(math.radians(60)) - 0.1))
    assert insolation_w_m2(60.0, 10.0) == pytest.approx(clear * 0.29)
    assert insolation_w_m2(-10.0, 0.0) == 0.0


def test_the_model_answers_what_the_function_answers():
    values = stability.run({"wind_speed_m_s": 1.0, "elevation_deg": -5.0, "cloud_tenths": 0})
    assert values["values"] == {"stability": "F", "stability_printed": "F", "night": True}


def test_wind_grows_with_height_by_the_power_law():
    run = {"wind_speed_10m_m_s": 3.0, "height_m": 100.0, "stability": "D"}
    assert wind_profile.run(run, "irwin_rural")["values"]["wind_speed_m_s"] == pytest.approx(
        3.0 * 10**0.15
    )
    assert wind_profile.run({**run, "height_m": 10.0})["values"]["wind_speed_m_s"] == 3.0


def test_every_model_is_listed_by_its_own_name_with_units_and_sources():
    for name, model in MODELS.items():
        assert model.name == name
        assert model.sources and model.coefficient_sets
        assert all(entry.unit for entry in (*model.inputs, *model.receptor_inputs))
        assert all(each.source and each.certainty for each in model.coefficient_sets)
