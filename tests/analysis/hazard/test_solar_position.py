"""The sun against printed almanac values."""

import datetime as dt

import pytest

from analysis.hazard import solar_position
from analysis.hazard.physics.air.sun import gbt3840_sun_at, spencer_sun_at, sun_at

ZHENGZHOU = {"lon": 113.6, "lat": 34.7, "year": 2024.0}


def on(month, day, hour=12.0, year=2024, **place):
    date = dt.date(year, month, day)
    return {
        "lon": 0.0,
        "lat": 45.0,
        **place,
        "year": float(year),
        "day_of_year": float(date.timetuple().tm_yday),
        "utc_hour": hour,
    }


def test_the_worked_example_of_the_national_renewable_energy_laboratory():
    # Reda and Andreas, NREL/TP-560-34302, appendix A.5: 2003-10-17 12:30:30 at UTC−7, lon
    # −105.1786, lat 39.742476: zenith 50.11162°, azimuth 194.34024°, refraction included.
    run = on(10, 17, 19.508333, 2003, lon=-105.1786, lat=39.742476)
    values = solar_position.run(run)["values"]
    assert values["elevation_deg"] == pytest.approx(90.0 - 50.11162, abs=0.03)
    assert values["azimuth_deg"] == pytest.approx(194.34024, abs=0.03)


@pytest.mark.parametrize(
    ("month", "day", "minutes"), [(2, 11, -14.2), (5, 14, 3.7), (7, 26, -6.5), (11, 3, 16.4)]
)
@pytest.mark.parametrize("name", ["almanac", "spencer"])
def test_the_equation_of_time_has_its_four_extremes(month, day, minutes, name):
    # Astronomical Almanac: the extremes of apparent minus mean solar time.
    values = solar_position.run(on(month, day), name)["values"]
    assert values["equation_of_time_min"] == pytest.approx(minutes, abs=0.35)


@pytest.mark.parametrize(
    ("month", "day", "hour", "declination"),
    [(6, 20, 20.85, 23.44), (12, 21, 9.35, -23.44), (3, 20, 3.1, 0.0), (9, 22, 12.73, 0.0)],
)
def test_solstices_and_equinoxes_of_2024_are_at_their_hour(month, day, hour, declination):
    values = solar_position.run(on(month, day, hour))["values"]
    assert values["declination_deg"] == pytest.approx(declination, abs=0.01)


@pytest.mark.parametrize("name", ["almanac", "spencer", "gbt3840"])
def test_a_degree_of_longitude_is_four_minutes_earlier(name):
    # The sign trap: eastern places see noon earlier by UTC.
    east = solar_position.run(on(4, 15, lon=121.5), name)["values"]["noon_utc_hour"]
    west = solar_position.run(on(4, 15, lon=87.6), name)["values"]["noon_utc_hour"]
    assert (west - east) * 60.0 == pytest.approx(4.0 * (121.5 - 87.6))


@pytest.mark.parametrize("lon", [-179.5, -75.0, 0.0, 87.6, 113.6, 179.5])
@pytest.mark.parametrize("name", ["almanac", "spencer", "gbt3840"])
def test_the_sun_is_highest_at_noon_whatever_the_longitude(lon, name):
    noon = solar_position.run(on(8, 1, lon=lon), name)["values"]["noon_utc_hour"]
    around = [
        solar_position.run(on(8, 1, (noon + step) % 24.0, lon=lon), name)["values"]["elevation_deg"]
        for step in (-0.5, 0.0, 0.5)
    ]
    assert around[1] > max(around[0], around[2])
    assert around[0] == pytest.approx(around[2], abs=0.3)  # the date may turn between


def test_sunrise_and_sunset_of_beijing_agree_with_the_almanac():
    # 2024-06-21: 04:46 and 19:46, 2024-12-21: 07:33 and 16:53, Beijing time.
    for month, day, rise, sets in ((6, 21, 4.77, 19.77), (12, 21, 7.55, 16.88)):
        values = solar_position.run(on(month, day, 4.0, lon=116.391, lat=39.906))["values"]
        assert (values["sunrise_utc_hour"] + 8.0) % 24.0 == pytest.approx(rise, abs=0.06)
        assert (values["sunset_utc_hour"] + 8.0) % 24.0 == pytest.approx(sets, abs=0.06)


def test_the_pole_has_no_sunrise_in_summer_and_in_winter():
    summer = solar_position.run(on(6, 21, lat=80.0))["values"]
    winter = solar_position.run(on(12, 21, lat=80.0))["values"]
    assert summer["polar"] == "polar_day" and summer["sunrise_utc_hour"] is None
    assert winter["polar"] == "polar_night" and winter["day_length_h"] == 0.0
    assert not winter["day"] and winter["insolation_w_m2"] == 0.0


def test_the_three_series_differ_by_what_they_say():
    at = dt.datetime(2024, 2, 11, 6, tzinfo=dt.UTC)
    almanac = sun_at(113.6, 34.7, at)
    assert abs(spencer_sun_at(113.6, 34.7, at).elevation_deg - almanac.elevation_deg) < 0.5
    # GB/T 3840-91 knows no equation of time: 14 min are 3.5° of hour angle.
    assert 0.5 < abs(gbt3840_sun_at(113.6, 34.7, at).elevation_deg - almanac.elevation_deg) < 4.0


def test_the_same_inputs_give_the_same_answer():
    run = {**ZHENGZHOU, "day_of_year": 100.0, "utc_hour": 4.0}
    assert solar_position.run(run) == solar_position.run(run)
