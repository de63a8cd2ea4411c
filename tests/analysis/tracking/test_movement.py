"""Distance and stay of a track: nothing that nobody drove, nothing unsaid."""

import datetime as dt
import math

import numpy as np
import pytest
import shapely
from pyproj import Geod

from analysis.tracking.movement import movement, thinned
from analysis.tracking.stay import visits
from layers.tracking.track import of_rows

GEOD = Geod(ellps="WGS84")
BEGIN = dt.datetime(2026, 3, 1, 8, tzinfo=dt.UTC)


def track(*points):
    """Return a track of (seconds, lon, lat[, accuracy])."""
    rows = [
        (BEGIN + dt.timedelta(seconds=s), lon, lat, None, None, more[0] if more else None, 0)
        for s, lon, lat, *more in points
    ]
    return of_rows(rows)


def straight(count, *, step_deg=0.001, every_s=10, begin_s=0, lon=120.0, lat=30.0):
    return [(begin_s + every_s * n, lon + step_deg * n, lat) for n in range(count)]


def geodesic_m(points):
    return GEOD.line_length([p[1] for p in points], [p[2] for p in points])


def test_the_mileage_of_a_drive_is_its_geodesic_length():
    points = straight(100)
    assert movement(track(*points)).mileage_m == pytest.approx(geodesic_m(points), abs=1e-6)


def test_a_winding_drive_is_as_long_as_pyproj_says():
    rng = np.random.default_rng(7)
    steps = rng.normal(0, 0.0008, (300, 2))
    lonlat = np.array([[120.0, 60.0]]) + np.cumsum(steps, axis=0)
    points = [(10 * n, *lonlat[n]) for n in range(300)]
    moved = movement(track(*points))
    # What is shorter than 15 m at a time is a receiver's wandering, and waits for the next.
    assert moved.mileage_m == pytest.approx(geodesic_m(points), rel=0.01)


def test_who_stands_for_hours_drives_nothing():
    rng = np.random.default_rng(1)
    noise = rng.normal(0, 3.0 / 111_195.0, (2000, 2))
    points = [(10 * n, 120 + dx, 30 + dy) for n, (dx, dy) in enumerate(noise)]
    moved = movement(track(*points))
    assert geodesic_m(points) > 8_000
    assert moved.mileage_m < 300


def test_a_single_error_adds_nothing_and_is_told():
    points = straight(20)
    wrong = (105, 121.0, 31.0)
    moved = movement(track(*sorted([*points, wrong])))
    assert moved.mileage_m == pytest.approx(geodesic_m(points), abs=1e-6)
    assert len(moved.jumps) == 1


def test_a_jump_that_stays_is_left_out_of_the_mileage_and_told():
    near, far = straight(10), straight(10, begin_s=100, lon=121.0, lat=31.0)
    moved = movement(track(*near, *far))
    assert moved.mileage_m == pytest.approx(geodesic_m(near) + geodesic_m(far), abs=1e-6)
    assert (moved.leg == "jump").sum() == 1
    assert moved.straight_m("jump") == pytest.approx(geodesic_m([near[-1], far[0]]), abs=1e-6)
    assert len(moved.jumps) == 0


def test_a_gap_is_no_mileage_and_is_told():
    first, second = straight(10), straight(10, begin_s=1000, lon=120.05)
    moved = movement(track(*first, *second))
    assert moved.mileage_m == pytest.approx(geodesic_m(first) + geodesic_m(second), abs=1e-6)
    assert moved.straight_m("gap") == pytest.approx(geodesic_m([first[-1], second[0]]), abs=1e-6)


def test_a_place_known_to_half_a_kilometre_only_is_counted_and_left_out():
    points = straight(20)
    moved = movement(track(*points[:10], (95, 120.0, 30.004, 500.0), *points[10:]))
    assert moved.coarse == 1
    assert moved.mileage_m == pytest.approx(geodesic_m(points), abs=1e-6)


@pytest.mark.parametrize("count", [0, 1, 2])
def test_a_track_of_nothing_or_one_place_has_no_mileage(count):
    moved = movement(track(*straight(count, step_deg=0)))
    assert moved.mileage_m == 0
    assert len(moved.leg) == max(count - 1, 0)


def test_a_thinned_track_keeps_its_ends_its_size_and_its_shape():
    rng = np.random.default_rng(3)
    lonlat = np.array([120.0, 30.0]) + np.cumsum(rng.normal(0, 0.0005, (5000, 2)), axis=0)
    whole = track(*[(n, *lonlat[n]) for n in range(5000)])
    few, tolerance_m = thinned(whole, 200)
    assert len(few) <= 200
    assert (few.at_s[0], few.at_s[-1]) == (whole.at_s[0], whole.at_s[-1])
    apart = shapely.LineString(whole.lonlat).hausdorff_distance(shapely.LineString(few.lonlat))
    assert apart * 111_195 <= tolerance_m * 1.2
    assert thinned(few, 200) == (few, 0.0)


AREA = shapely.box(120.0005, 29.9, 120.0095, 30.1)


def stays(points, area=AREA):
    return visits(movement(track(*points)), area)


def seconds(moment):
    return None if moment is None else (moment - BEGIN).total_seconds()


def test_the_moments_of_crossing_are_interpolated():
    (visit,) = stays(straight(20))
    assert seconds(visit.entered_at) == pytest.approx(5)
    assert seconds(visit.left_at) == pytest.approx(95)
    assert visit.stay_s == pytest.approx(90)
    inside_m = GEOD.line_length([120.0005, 120.0095], [30, 30])
    assert visit.mileage_m == pytest.approx(inside_m, abs=0.5)


def test_who_is_inside_at_both_ends_of_the_track_has_no_moments():
    (visit,) = stays([(s, lon, lat) for s, lon, lat in straight(5, lon=120.003)])
    assert (visit.entered_at, visit.left_at) == (None, None)
    assert visit.stay_s == pytest.approx(40)


def test_two_visits_are_two():
    there = straight(20)
    back = [(400 - s, lon, lat) for s, lon, lat in straight(20)]
    assert len(stays(sorted([*there, *back]))) == 2


def test_a_step_that_cuts_through_the_area_is_a_visit():
    (visit,) = stays([(0, 120.0, 30.0), (100, 120.01, 30.0)])
    assert (seconds(visit.entered_at), seconds(visit.left_at)) == (
        pytest.approx(5), pytest.approx(95),
    )  # fmt: skip


def test_a_gap_inside_is_unseen_and_no_stay():
    (visit,) = stays(
        [(0, 120.003, 30), (10, 120.0031, 30), (1000, 120.004, 30), (1010, 120.0041, 30)]
    )
    assert visit.stay_s == pytest.approx(20)
    assert visit.unseen_s == pytest.approx(990)


def test_who_is_lost_inside_and_found_outside_left_nobody_knows_when():
    (visit,) = stays(
        [(0, 120.003, 30), (10, 120.0031, 30), (1000, 120.02, 30), (1010, 120.0201, 30)]
    )
    assert visit.left_at is None
    assert seconds(visit.last_at) == pytest.approx(10)


def test_the_stays_of_a_random_walk_sum_up_as_counted_point_by_point():
    rng = np.random.default_rng(11)
    lonlat = np.array([120.005, 30.0]) + np.cumsum(rng.normal(0, 0.0004, (2000, 2)), axis=0)
    area = shapely.Point(120.005, 30.0).buffer(0.008)
    found = stays([(10 * n, *lonlat[n]) for n in range(2000)], area)
    fine = np.linspace(0, 1999, 199_901)
    xs = np.interp(fine, range(2000), lonlat[:, 0])
    ys = np.interp(fine, range(2000), lonlat[:, 1])
    inside_s = shapely.contains_xy(area, xs, ys).mean() * 19_990
    assert sum(visit.stay_s for visit in found) == pytest.approx(inside_s, rel=0.002)
    assert not any(math.isnan(visit.stay_s) for visit in found)
