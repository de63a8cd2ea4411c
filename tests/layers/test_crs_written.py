"""Coordinates as people write them."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from layers.crs import angle, position, written
from layers.errors import InvalidInputError

LAT, LON = 38 + 53 / 60 + 23.5 / 3600, 116 + 23 / 60 + 51 / 3600


@pytest.mark.parametrize(
    "text",
    [
        "38°53′23.5″N", "38°53'23.5\"N", "38 53 23.5", "38:53:23.5", "38-53-23.5N",
        "N38 53 23.5", "38度53分23.5秒", "北纬38度53分23.5秒", "北纬38°53′23.5″",
        "３８°５３＇２３．５＂", "38º53’23.5”", "38°53′23.5''", "lat 38°53′23.5″",
        "纬度：38°53′23.5″", "+38 53 23.5", "38° 53' 23.5\" N",
    ],
)  # fmt: skip
def test_one_latitude_in_each_usual_form(text) -> None:
    assert angle(text, axis="lat").value == pytest.approx(LAT, abs=1e-12)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("E116°23'", 116 + 23 / 60), ("116°23.5'E", 116 + 23.5 / 60), ("西经10°30′", -10.5),
        ("10.5W", -10.5), ("-116.3", -116.3), ("东经116.39", 116.39), (".5", 0.5),
    ],
)  # fmt: skip
def test_one_longitude_in_each_usual_form(text, value) -> None:
    assert angle(text, axis="lon").value == pytest.approx(value, abs=1e-12)


@pytest.mark.parametrize(
    "text",
    [
        "", "north", "385323.5", "38 61 2", "38 53 60", "-10W", "38.5 10", "38 53.5 10", "1e2",
        "181", "38,5", "E116N", "9" * 300, "38°53′23.5″N x", "nan", "+-3",
    ],
)  # fmt: skip
def test_what_is_no_angle_is_refused_and_shown(text) -> None:
    with pytest.raises(InvalidInputError) as caught:
        angle(text)
    assert caught.value.code == "angle"
    assert caught.value.details["got"] == text[:60]


def test_an_angle_of_the_other_axis_or_past_the_pole_is_refused() -> None:
    for text, axis in (("38°N", "lon"), ("91", "lat"), ("116°E", "lat")):
        with pytest.raises(InvalidInputError):
            angle(text, axis=axis)


@pytest.mark.parametrize(
    ("text", "order"),
    [
        ("116.3975, 38.889861111", "magnitude"), ("38.889861111, 116.3975", "magnitude"),
        ("N38°53′23.5″ E116°23′51″", "told"), ("38°53′23.5″N116°23′51″E", "told"),
        ("北纬38°53′23.5″，东经116°23′51″", "told"), ("lat=38.889861111 lon=116.3975", "told"),
        ("经度：116.3975；纬度：38.889861111", "told"), ("116 23 51 38 53 23.5", "magnitude"),
        ("POINT(116.3975 38.889861111)", "magnitude"), ("[116.3975, 38.889861111]", "magnitude"),
        ("geo:38.889861111,116.3975;u=35", "told"), ("116°23′51″ 38°53′23.5″", "magnitude"),
        ("坐标(116.3975,38.889861111)", "magnitude"),
    ],
)  # fmt: skip
def test_one_position_in_each_usual_form(text, order) -> None:
    found = position(text)
    assert (found.x, found.y) == pytest.approx((LON, LAT), abs=1e-8)
    assert (found.degrees, found.order) == (True, order)


def test_an_order_that_is_not_told_is_known_by_china_or_said_to_be_assumed() -> None:
    assert (position("43.8 87.6").x, position("43.8 87.6").order) == (87.6, "china")
    assert (position("9.5 47.1").x, position("9.5 47.1").order) == (9.5, "assumed")


def test_metres_come_as_they_are_written() -> None:
    found = position("X=3846545.057 Y=38465698.278")
    assert (found.x, found.y, found.degrees) == (3846545.057, 38465698.278, False)


@pytest.mark.parametrize(
    "text", ["116.3", "1,2,3", "N38 N39", "38N 181E", "a,b", "", "(,)", "1 2 3", "95N, 100E"]
)
def test_what_is_no_position_is_refused(text) -> None:
    with pytest.raises(InvalidInputError):
        position(text)


def test_an_angle_is_written_without_sixty_seconds() -> None:
    assert written(116.3975, "lon") == "116°23′51.00″E"
    assert written(-39.9999999999, "lat") == "40°00′00.00″S"
    assert written(5.0, "lat", seconds_digits=0) == "5°00′00″N"


@settings(derandomize=True, max_examples=200, deadline=None)
@given(st.floats(-180, 180))
def test_what_is_written_is_read_back(degrees) -> None:
    assert angle(written(degrees, "lon", seconds_digits=6)).value == pytest.approx(
        degrees, abs=1e-9
    )


@settings(derandomize=True, max_examples=300, deadline=None)
@given(st.text(alphabet="0123456789.°′″'\"NSEWnsew东经北纬度分秒 ,;:+-()xyYXlonat=", max_size=40))
def test_any_text_is_read_or_refused_in_no_time(text) -> None:
    for read in (angle, position):
        try:
            read(text)
        except InvalidInputError as error:
            assert error.code == "angle"
