"""Where and when something is said to be."""

import datetime as dt

import pytest

from layers.errors import InvalidInputError
from layers.response.place import CLOCK_SKEW, point, sane_time

NOON = dt.datetime(2026, 3, 1, 4, tzinfo=dt.UTC)


def test_a_clock_may_be_five_minutes_fast_and_no_more():
    assert sane_time(NOON + CLOCK_SKEW, now=NOON) == NOON + CLOCK_SKEW
    with pytest.raises(InvalidInputError) as refused:
        sane_time(NOON + CLOCK_SKEW + dt.timedelta(microseconds=1), now=NOON, field="since")
    assert refused.value.details["field"] == "since"


def test_what_was_long_ago_may_be_said_now():
    assert sane_time(NOON - dt.timedelta(days=9), now=NOON) == NOON - dt.timedelta(days=9)


def test_half_a_place_is_none():
    assert point(120.0, None) is None
    assert point(None, 30.0) is None
    assert point(0.0, 0.0) is not None
