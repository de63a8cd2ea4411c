"""What stays passable under closures, beside costs that are worked out from nothing."""

from __future__ import annotations

import numpy as np
import pytest
import shapely

from analysis.roads.closures import Closures, closures
from analysis.roads.network import RoadNetwork, compiled
from analysis.roads.passable import passable
from analysis.roads.search import largest_strong_part, reached, tree_over
from tests.analysis.roads.street_grid import Street, table


def _shut(network: RoadNetwork, number: int) -> Closures:
    rng = np.random.default_rng(number)
    middle = network.node_lonlat[rng.integers(len(network.node_id))]
    found = closures(network, shapely.Point(middle).buffer(rng.uniform(0.0005, 0.006)))
    assert found is not None
    return found


@pytest.mark.parametrize("number", range(6))
def test_only_the_groups_that_closures_hit_cost_otherwise(
    helsinki_with_bans: RoadNetwork, number: int
) -> None:
    network = helsinki_with_bans
    shut = _shut(network, number)
    open_ways, cost_s = passable(network, shut), shut.cost_s(network)
    assert np.array_equal(open_ways.toward_s(), network.toward.cheapest(cost_s))
    assert np.array_equal(open_ways.onward_s(), network.onward.cheapest(cost_s))
    arcs = np.arange(len(network.arc_edge))
    assert np.array_equal(open_ways.arc_s(arcs), cost_s)


@pytest.mark.parametrize("number", range(6))
def test_the_part_that_stays_joined_is_the_largest_of_the_open_roads(
    helsinki_with_bans: RoadNetwork, number: int
) -> None:
    network = helsinki_with_bans
    shut = _shut(network, number)
    expected = largest_strong_part(network.toward, ~shut.edges[network.arc_edge])
    assert np.array_equal(passable(network, shut).nodes(), expected)


def test_the_same_closed_roads_are_worked_out_once(helsinki: RoadNetwork) -> None:
    assert passable(helsinki, _shut(helsinki, 1)) is passable(helsinki, _shut(helsinki, 1))
    assert passable(helsinki, _shut(helsinki, 1)) is not passable(helsinki, None)


@pytest.mark.parametrize("number", range(4))
def test_who_is_reached_at_all_is_who_has_a_finite_time(
    helsinki_with_bans: RoadNetwork, number: int
) -> None:
    network = helsinki_with_bans
    least_s = passable(network, _shut(network, number)).toward_s()
    seeds = np.array([int(np.flatnonzero(network.node_core)[number * 50])])
    times = tree_over(network.toward, least_s, seeds, np.zeros(1)).state_time_s
    assert np.array_equal(reached(network.toward, least_s, seeds), np.isfinite(times))


def test_of_parallel_roads_the_open_one_counts_whichever_is_closed() -> None:
    """Two roads join the same junctions; the longer one bends away to the north."""
    nodes = {1: (120.0, 30.0), 2: (120.01, 30.0)}
    network = compiled(table(nodes, [Street(1, 2), Street(1, 2, via=((120.005, 30.01),))]))
    areas = shapely.Point(120.005, 30.0), shapely.Point(120.005, 30.01)
    for closed_road, area in enumerate(areas):
        shut = closures(network, area.buffer(0.0005))
        open_ways = passable(network, shut)
        left_s = float(network.edge_time_s[1 - closed_road])
        assert open_ways.toward_s().tolist() == pytest.approx([left_s, left_s])
        assert open_ways.onward_s().tolist() == pytest.approx([left_s, left_s])
