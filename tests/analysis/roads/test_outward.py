"""Ways from one place to many: the same as one search towards each."""

import numpy as np
import pytest
import shapely

from analysis.roads.closures import closures
from analysis.roads.network import compiled
from analysis.roads.outward import steps_to
from analysis.roads.places import snap
from analysis.roads.route import joined, way_in
from analysis.roads.wayfrom import way_from
from tests.analysis.roads.street_grid import Street, place, table


@pytest.mark.parametrize("shut", [False, True])
def test_a_way_from_a_place_is_the_way_that_a_search_towards_its_end_finds(helsinki, shut):
    random = np.random.default_rng(11)
    lonlat = helsinki.node_lonlat[random.choice(np.flatnonzero(helsinki.node_core), 40)]
    places = snap(helsinki, *lonlat.T)
    middle = shapely.Point(np.median(helsinki.node_lonlat, axis=0)).buffer(0.001)
    closed = closures(helsinki, middle) if shut else None
    way = way_from(helsinki, places[0], closed=closed)
    reached = 0
    for index in range(1, len(places)):
        steps = steps_to(way, places[index])
        back = way_in(helsinki, places[index], closed=closed).route(places[0])
        assert bool(steps) == (back is not None)
        if back is None:
            continue
        found = joined(helsinki, steps)
        assert found.time_s == pytest.approx(back.time_s, abs=1e-6)
        assert found.time_s == pytest.approx(float(way.time_s(places)[index]), abs=1e-6)
        assert found.lonlat[0] == pytest.approx(back.lonlat[0], abs=1e-7)
        assert found.lonlat[-1] == pytest.approx(back.lonlat[-1], abs=1e-7)
        reached += 1
    assert reached > 20


def test_along_one_road_no_junction_is_passed():
    network = compiled(table({1: place(0, 0), 2: place(4, 0)}, [Street(1, 2)]))
    begin, end = (snap(network, *place(column, 0))[0] for column in (1, 3))
    found = joined(network, steps_to(way_from(network, begin), end))
    assert found.length_m == pytest.approx(2 * 481.5, rel=1e-3)
    assert found.lonlat.tolist() == [pytest.approx(place(1, 0)), pytest.approx(place(3, 0))]
