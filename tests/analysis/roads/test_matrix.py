"""Times and lengths between many places, beside networkx and beside one route each."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pytest
import shapely

from analysis.roads.closures import closures
from analysis.roads.matrix import matrix
from analysis.roads.network import RoadNetwork, compiled
from analysis.roads.places import snap
from analysis.roads.route import way_in
from layers.errors import OutOfRangeError
from tests.analysis.roads.street_grid import grid_streets, place, table


def _lone(network: RoadNetwork, number: int, count: int) -> list[int]:
    """Return some nodes of the core that share their place with no other."""
    _, which, shared = np.unique(
        network.node_lonlat, axis=0, return_inverse=True, return_counts=True
    )
    core = np.flatnonzero(network.node_core & (shared[which] == 1))
    chosen: list[int] = np.random.default_rng(number).choice(core, count, replace=False).tolist()
    return chosen


@pytest.mark.parametrize("shape", [(12, 4), (4, 12)])
def test_times_and_lengths_equal_networkx_whichever_side_is_searched(
    helsinki: RoadNetwork, helsinki_graph: nx.MultiDiGraph[int], shape: tuple[int, int]
) -> None:
    nodes = _lone(helsinki, 3, sum(shape))
    sources, targets = nodes[: shape[0]], nodes[shape[0] :]
    found = matrix(helsinki, helsinki.node_lonlat[sources], helsinki.node_lonlat[targets])
    for row, source in enumerate(sources):
        time_s, ways = nx.single_source_dijkstra(helsinki_graph, source, weight="travel_time")
        for column, target in enumerate(targets):
            # A place half a metre from a junction is at it.
            assert found.time_s[row, column] == pytest.approx(time_s[target], abs=0.2)
            pairs = zip(ways[target], ways[target][1:], strict=False)
            arcs = [
                min(helsinki_graph[u][v].values(), key=lambda a: a["travel_time"]) for u, v in pairs
            ]
            length_m = sum(arc["length"] for arc in arcs)
            assert found.length_m[row, column] == pytest.approx(length_m, abs=1.0)


@pytest.mark.parametrize("shape", [(9, 5), (5, 9)])
def test_under_closures_and_bans_each_pair_is_its_own_route(
    helsinki_with_bans: RoadNetwork, shape: tuple[int, int]
) -> None:
    network = helsinki_with_bans
    rng = np.random.default_rng(8)
    west, south, east, north = network.extent
    lon, lat = rng.uniform(west, east, sum(shape)), rng.uniform(south, north, sum(shape))
    places = snap(network, lon, lat)
    sources, targets = (
        places.take(np.arange(shape[0])),
        places.take(np.arange(shape[0], sum(shape))),
    )
    middle = network.node_lonlat[_lone(network, 4, 1)[0]]
    shut = closures(network, shapely.Point(middle).buffer(0.002))
    found = matrix(network, sources, targets, closed=shut)
    for column in range(shape[1]):
        way = way_in(network, targets[column], closed=shut)
        for row in range(shape[0]):
            alone = way.route(sources[row])
            if alone is None:
                assert np.isinf(found.time_s[row, column]) and np.isinf(found.length_m[row, column])
                continue
            assert found.time_s[row, column] == pytest.approx(alone.time_s, abs=1e-6)
            assert found.length_m[row, column] == pytest.approx(alone.length_m, abs=0.5)


def test_along_one_road_the_length_is_the_piece_between() -> None:
    network = compiled(table(*grid_streets(3)))
    found = matrix(network, np.array([place(0.2, 0)]), np.array([place(0.7, 0), place(0.2, 0)]))
    assert found.length_m[0, 0] == pytest.approx(0.5 * network.edge_length_m[0], rel=1e-3)
    assert found.length_m[0, 1] == pytest.approx(0.0, abs=1e-6)


def test_a_place_without_a_road_has_no_times() -> None:
    network = compiled(table(*grid_streets(3)))
    found = matrix(network, np.array([place(0, 0), (100.0, 0.0)]), np.array([place(1, 1)]))
    assert np.isfinite(found.time_s[0, 0])
    assert np.isinf(found.time_s[1, 0]) and np.isinf(found.length_m[1, 0])


def test_no_places_give_an_empty_matrix_and_too_many_are_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    network = compiled(table(*grid_streets(3)))
    nobody = np.empty((0, 2))
    assert matrix(network, nobody, np.array([place(0, 0)])).time_s.shape == (0, 1)
    monkeypatch.setattr("analysis.roads.matrix.PAIRS_LIMIT", 3)
    some = np.array([place(0, 0), place(1, 1)])
    with pytest.raises(OutOfRangeError, match="2 by 2"):
        matrix(network, some, some)
