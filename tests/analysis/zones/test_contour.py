"""Contours of a field: true to the area, with holes and parts, ended where the window ends."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.hazard.gaussian_plume import Plume
from analysis.hazard.physics.gaussian.sigma import PLUME_SETS
from analysis.zones.contour import footprints, snapshot

WITHIN = 0.02


@dataclass(frozen=True)
class Painted:
    """A cloud whose field is any function of place."""

    field: Callable
    label: str = "painted"
    x_min_m: float = 0.0
    x_max_m: float = 2000.0
    upwind_m: float = 0.0
    speed_m_s: float = 1.0

    def peak(self, x_m, y_m, z_m=0.0):
        return self.field(x_m, y_m)

    def at(self, x_m, y_m, z_m, time_s):
        return np.where(np.asarray(x_m) <= time_s * self.speed_m_s, self.field(x_m, y_m), 0.0)


def disc(x0, y0, radius):
    """Return a field that is 1 on a circle, and more within."""
    return lambda x, y: np.exp(1.0 - np.hypot(x - x0, np.abs(y) - y0) ** 2 / radius**2)


def counted(field, threshold, west, east, half, cells=1500):
    """Return the area by counting the cells of a fine grid: the second way to it."""
    x = west + (np.arange(cells) + 0.5) * (east - west) / cells
    y = (np.arange(cells) + 0.5) * half / cells
    over = field(x[:, None], y[None, :]) >= threshold
    return 2.0 * over.sum() * (east - west) / cells * half / cells


def true_area(plume, threshold, limit):
    """Return twice the integral of the exact half width, on distances packed to both ends."""
    x = np.unique(np.concatenate([np.geomspace(1.0, limit, 60_001), np.linspace(1, limit, 60_001)]))
    return 2.0 * np.trapezoid(plume.half_width_m(x, threshold), x)


@settings(max_examples=120, derandomize=True, deadline=None)
@given(
    rate=st.floats(0.001, 500.0),
    wind=st.floats(1.0, 15.0),
    stability=st.sampled_from("ABCDEF"),
    name=st.sampled_from(["briggs_rural", "briggs_urban", "tno"]),
    height=st.sampled_from([0.0, 0.0, 5.0, 30.0]),
    log_threshold=st.floats(-8.0, -2.0),
)
def test_a_plumes_area_is_that_of_its_exact_half_width(
    rate, wind, stability, name, height, log_threshold
):
    plume = Plume(
        release_kg_s=rate,
        wind_speed_m_s=wind,
        stability=stability,
        dispersion=PLUME_SETS[name],
        height_m=height,
    )
    threshold = 10.0**log_threshold
    (found,) = footprints(plume, [threshold])
    exact = true_area(plume, threshold, plume.x_max_m)
    if exact < 1.0:
        assert found.area.area == pytest.approx(exact, abs=1.0)
        return
    assert found.area.is_valid
    assert found.area.area == pytest.approx(exact, rel=0.005)
    assert found.cut == (plume.half_width_m(np.array([plume.x_max_m]), threshold)[0] > 0.0)


@pytest.mark.parametrize(
    ("field", "parts", "holes"),
    [
        (disc(600.0, 0.0, 200.0), 1, 0),
        (disc(600.0, 0.0, 25.0), 1, 0),
        (disc(900.0, 300.0, 120.0), 2, 0),
        (lambda x, y: np.maximum(disc(200, 0, 90)(x, y), disc(1200, 0, 300)(x, y)), 2, 0),
        (lambda x, y: np.exp(1.0 - (np.hypot(x - 900.0, y) - 400.0) ** 2 / 1e4), 1, 1),
    ],
    ids=["disc", "small disc", "two discs abreast", "two discs in line", "ring"],
)
def test_parts_and_holes_of_any_field_are_kept_and_their_area_is_that_of_counted_cells(
    field, parts, holes
):
    (found,) = footprints(Painted(field), [1.0])
    assert found.area.is_valid
    assert len(found.area.geoms) == parts
    assert sum(len(part.interiors) for part in found.area.geoms) == holes
    assert found.area.area == pytest.approx(counted(field, 1.0, 0.0, 2000.0, 1000.0), rel=WITHIN)


def test_a_cloud_that_lies_upwind_too_is_drawn_on_both_sides_of_its_source():
    (found,) = footprints(Painted(disc(0.0, 0.0, 300.0), upwind_m=500.0), [1.0])
    assert found.area.area == pytest.approx(math.pi * 300.0**2, rel=WITHIN)
    assert (found.first_m, found.last_m) == pytest.approx((-300.0, 300.0), rel=1e-3)


def test_nothing_is_drawn_beyond_the_window():
    (found,) = footprints(Painted(disc(500.0, 0.0, 400.0)), [1.0], until_m=600.0)
    assert found.cut
    assert found.area.bounds[2] == pytest.approx(600.0)
    (whole,) = footprints(Painted(disc(500.0, 0.0, 400.0)), [1.0])
    assert not whole.cut


def test_a_threshold_that_is_reached_nowhere_is_an_empty_area_and_not_a_guess():
    (found,) = footprints(Painted(disc(500.0, 0.0, 100.0)), [10.0])
    assert found.is_empty and not found.cut


def test_the_area_at_a_moment_ends_at_the_front_and_lies_in_the_whole():
    cloud = Painted(disc(500.0, 0.0, 400.0))
    (whole,) = footprints(cloud, [1.0])
    now = snapshot(cloud, 1.0, 450.0, whole)
    assert now.bounds[2] == pytest.approx(450.0, abs=1.0)
    assert shapely.difference(now, whole.area).area < 1e-3 * now.area
    assert snapshot(cloud, 1.0, 50.0, whole).is_empty


def test_the_same_field_is_drawn_the_same_to_the_last_bit():
    first, second = (footprints(Painted(disc(700.0, 0.0, 250.0)), [1.0, 2.0]) for _ in range(2))
    assert [each.area.wkb for each in first] == [each.area.wkb for each in second]
