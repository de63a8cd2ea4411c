"""What a turning wind would cover, and how far it may turn."""

from __future__ import annotations

import math

import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import affinity
from shapely.geometry import Point, Polygon

from analysis.zones.bearing import by_class_deg, swept

LENS = Polygon([(0, 0), (400, 60), (900, 40), (1000, 0), (900, -40), (400, -60)])


@settings(max_examples=40, derandomize=True, deadline=None)
@given(half_angle=st.floats(0.0, 179.0), share=st.floats(-1.0, 1.0))
def test_the_swept_area_holds_the_area_at_every_angle_on_the_way(half_angle, share):
    whole = swept(LENS, half_angle)
    turned = affinity.rotate(LENS, half_angle * share, origin=(0.0, 0.0))
    assert whole.is_valid
    assert shapely.difference(turned, whole).area < 2e-3 * LENS.area


@pytest.mark.parametrize("half_angle", [10.0, 37.0, 120.0])
def test_the_swept_area_is_little_more_than_what_the_turning_area_covers(half_angle):
    steps = [half_angle * n / 400.0 for n in range(-400, 401)]
    exact = shapely.union_all([affinity.rotate(LENS, a, origin=(0.0, 0.0)) for a in steps])
    assert swept(LENS, half_angle).area == pytest.approx(exact.area, rel=0.01)


def test_a_wind_from_anywhere_covers_the_disc():
    assert swept(LENS, 180.0).area == pytest.approx(math.pi * 1000.0**2, rel=2e-3)


def test_an_area_that_does_not_hold_the_source_leaves_it_out_when_it_turns():
    away = affinity.translate(LENS, xoff=500.0)
    assert not swept(away, 30.0).intersects(Point(0.0, 0.0))


def test_a_neutral_wind_stays_within_twenty_degrees_and_a_weak_one_within_forty():
    """1.96 sigma-theta: 10 degrees in class D (EPA-454/R-99-005 table 6-8a); 0.5/u at 1.5 m/s."""
    assert by_class_deg("D", 8.0) == pytest.approx(19.6)
    assert by_class_deg("F", 1.5) == pytest.approx(1.96 * math.degrees(0.5 / 1.5))
    assert by_class_deg("F", 0.0) == 180.0
