"""The sun against almanac times, stability against the table."""

import datetime as dt
import math

import pytest

from analysis.hazard import stability
from analysis.hazard.physics.air.sun import insolation_w_m2, is_day, solar_elevation_deg
from analysis.hazard.stability import pasquill
from layers.errors import InvalidInputError, OutOfRangeError

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


PLACE = {"lon": 113.6, "lat": 34.7, "day_of_year": 172.0, "utc_hour": 4.0, "year": 2024.0}


@pytest.mark.parametrize(
    ("wind", "sun", "total", "low", "printed"),
    [
        # GB/T 3840-91 (tables B1 and B2 of HJ/T 2.2-93), cell by cell.
        (1.0, 70.0, 0.0, 0.0, "A"),
        (1.0, 50.0, 4.0, 4.0, "A-B"),
        (1.0, 30.0, 4.0, 0.0, "B"),
        (1.0, 10.0, 4.0, 0.0, "E"),
        (1.0, 10.0, 6.0, 0.0, "D"),
        (1.0, -10.0, 3.0, 0.0, "F"),
        (1.0, -10.0, 6.0, 2.0, "E"),
        (1.0, -10.0, 9.0, 3.0, "E"),
        (1.0, -10.0, 9.0, 9.0, "D"),
        (2.5, 70.0, 0.0, 0.0, "A-B"),
        (2.5, -10.0, 0.0, 0.0, "F"),
        (4.0, 70.0, 0.0, 0.0, "B"),
        (4.0, 50.0, 0.0, 0.0, "B-C"),
        (4.0, -10.0, 0.0, 0.0, "E"),
        (5.5, 50.0, 0.0, 0.0, "C-D"),
        (5.5, -10.0, 0.0, 0.0, "D"),
        (7.0, 70.0, 0.0, 0.0, "D"),
        (2.5, 70.0, 8.0, 6.0, "C"),
        (2.5, 70.0, 9.0, 9.0, "D"),
        (2.5, 50.0, 9.0, 0.0, "C"),
    ],
)
def test_the_classes_of_gbt3840(wind, sun, total, low, printed):
    inputs = {
        "wind_speed_m_s": wind,
        "elevation_deg": sun,
        "cloud_tenths": total,
        "low_cloud_tenths": low,
    }
    assert stability.run(inputs, "gbt3840")["values"]["stability_printed"] == printed


@pytest.mark.parametrize(
    ("wind", "sun", "cloud", "ceiling", "letter"),
    [
        # EPA-454/R-99-005 tables 6-4 to 6-6, cell by cell.
        (0.5, 70.0, 0.0, 9000.0, "A"),
        (2.0, 70.0, 0.0, 9000.0, "A"),
        (2.0, 50.0, 0.0, 9000.0, "B"),
        (2.0, 30.0, 0.0, 9000.0, "C"),
        (2.0, 10.0, 0.0, 9000.0, "D"),
        (4.0, 50.0, 5.0, 9000.0, "C"),
        (5.7, 70.0, 0.0, 9000.0, "C"),
        (6.5, 70.0, 0.0, 9000.0, "C"),
        (6.5, 50.0, 0.0, 9000.0, "D"),
        (1.0, 70.0, 8.0, 1500.0, "B"),
        (1.0, 70.0, 8.0, 3000.0, "B"),
        (2.0, 70.0, 8.0, 1500.0, "C"),
        (2.0, 70.0, 8.0, 3000.0, "B"),
        (2.0, 70.0, 10.0, 1500.0, "D"),
        (2.0, 70.0, 10.0, 9000.0, "B"),
        (1.0, -20.0, 2.0, 9000.0, "F"),
        (2.0, -20.0, 2.0, 9000.0, "F"),
        (2.0, -20.0, 8.0, 9000.0, "E"),
        (4.0, -20.0, 2.0, 9000.0, "E"),
        (4.0, -20.0, 8.0, 9000.0, "D"),
        (5.7, -20.0, 0.0, 9000.0, "D"),
        (1.0, -20.0, 10.0, 1000.0, "D"),
    ],
)
def test_the_classes_of_turner(wind, sun, cloud, ceiling, letter):
    inputs = {
        "wind_speed_m_s": wind,
        "elevation_deg": sun,
        "cloud_tenths": cloud,
        "ceiling_m": ceiling,
    }
    assert stability.run(inputs, "turner")["values"]["stability"] == letter


def test_what_the_sky_hides_is_taken_as_the_more_stable_and_told():
    night = {"wind_speed_m_s": 2.0, "elevation_deg": -20.0, "cloud_tenths": 10.0}
    for name, field in (("gbt3840", "low_cloud_tenths"), ("turner", "ceiling_m")):
        result = stability.run(night, name)
        assert result["values"]["stability"] == "E"
        (warning,) = result["warnings"]
        assert warning["code"] == "hazard.more_stable_taken"
        assert warning["params"]["field"]["code"] == f"model.input.{field}"
    clear = stability.run({**night, "cloud_tenths": 0.0}, "gbt3840")
    assert clear["values"]["stability"] == "F" and clear["warnings"] == []


def test_the_less_stable_side_is_a_set_of_its_own():
    inputs = {"wind_speed_m_s": 1.0, "elevation_deg": 50.0, "cloud_tenths": 0.0}
    stable = stability.run(inputs, "pasquill")["values"]
    unstable = stability.run(inputs, "pasquill_unstable")["values"]
    assert (stable["stability"], unstable["stability"]) == ("B", "A")
    assert stable["stability_printed"] == "A-B"


@pytest.mark.parametrize("name", ["pasquill", "gbt3840", "turner"])
def test_the_sun_is_found_from_place_and_time(name):
    weather = {"wind_speed_m_s": 1.5, "cloud_tenths": 0.0}
    noon = stability.run({**weather, **PLACE}, name)["values"]
    midnight = stability.run({**weather, **PLACE, "utc_hour": 16.0}, name)["values"]
    assert noon["stability"] in ("A", "B") and not noon["night"]
    assert midnight["stability"] == "F" and midnight["night"]


@pytest.mark.parametrize("name", ["pasquill", "gbt3840", "turner"])
@pytest.mark.parametrize("hour", [0.0, 6.0, 12.0, 18.0])
def test_the_polar_night_is_night_at_every_hour(name, hour):
    pole = {"lon": 15.6, "lat": 78.2, "day_of_year": 355.0, "utc_hour": hour}
    weather = {"wind_speed_m_s": 1.5, "cloud_tenths": 0.0}
    assert stability.run({**weather, **pole}, name)["values"]["stability"] == "F"
    summer = {**pole, "day_of_year": 172.0, "lon": -155.0}
    assert stability.run({**weather, **summer}, name)["values"]["night"] is False


def test_turners_night_lasts_an_hour_past_sunrise():
    # Zhengzhou at midsummer: sunrise about 21:13 UTC.
    early = {"wind_speed_m_s": 1.5, "cloud_tenths": 0.0, **PLACE, "utc_hour": 21.9}
    assert stability.run(early, "turner")["values"]["night"] is True
    assert stability.run(early, "pasquill")["values"]["night"] is False
    assert stability.run({**early, "utc_hour": 22.5}, "turner")["values"]["night"] is False


def test_neither_sun_nor_place_and_time_is_told_by_name():
    with pytest.raises(InvalidInputError) as caught:
        stability.run({"wind_speed_m_s": 1.5, "cloud_tenths": 0.0, "lon": 113.6})
    assert caught.value.code == "input_missing"
    assert caught.value.details["field"] == "lat"


def test_more_low_cloud_than_cloud_is_refused():
    inputs = {
        "wind_speed_m_s": 1.5,
        "cloud_tenths": 4.0,
        "low_cloud_tenths": 6.0,
        "elevation_deg": 10.0,
    }
    with pytest.raises(OutOfRangeError) as caught:
        stability.run(inputs, "gbt3840")
    assert caught.value.details["field"] == "low_cloud_tenths"


def test_the_366th_day_exists_in_leap_years_only():
    inputs = {"wind_speed_m_s": 1.5, "cloud_tenths": 0.0, **PLACE, "day_of_year": 366.0}
    stability.run(inputs)
    with pytest.raises(OutOfRangeError) as caught:
        stability.run({**inputs, "year": 2025.0})
    assert caught.value.details["wanted"] == "1 .. 365"
