"""Roads that are reached but not left, or left but not reached, are told as such."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pytest
import shapely

from analysis.roads.closures import closures
from analysis.roads.network import RoadNetwork, compiled
from analysis.roads.resilience import Load
from analysis.roads.traps import Access, parts, road_access
from tests.analysis.roads.street_grid import Street, grid_streets, place, table

NOBODY = Load(np.empty(0, np.int64), np.empty((0, 1)))


def _one_way_town(seed: int) -> RoadNetwork:
    rng = np.random.default_rng(seed)
    nodes, streets = grid_streets(6)
    left = [s._replace(backward=bool(rng.random() < 0.3)) for s in streets if rng.random() < 0.8]
    used = {end for s in left for end in (s.u, s.v)}
    return compiled(table({n: at for n, at in nodes.items() if n in used}, left))


@pytest.mark.parametrize("seed", range(8))
def test_access_is_that_of_networkx(seed: int) -> None:
    network = _one_way_town(seed)
    graph: nx.DiGraph[int] = nx.DiGraph()
    graph.add_nodes_from(range(len(network.node_id)))
    graph.add_edges_from(zip(network.arc_tail.tolist(), network.arc_head.tolist(), strict=True))
    middle = max(nx.strongly_connected_components(graph), key=lambda p: (len(p), -min(p)))
    start = next(iter(middle))
    reached, returns = nx.descendants(graph, start) | middle, nx.ancestors(graph, start) | middle
    for edge, access in enumerate(road_access(network).tolist()):
        arcs = np.flatnonzero(network.arc_edge == edge)
        gets_in = any(int(network.arc_tail[a]) in reached for a in arcs)
        gets_out = any(int(network.arc_head[a]) in returns for a in arcs)
        assert (
            access
            == {
                (True, True): Access.FULL,
                (True, False): Access.NO_WAY_BACK,
                (False, True): Access.NO_WAY_IN,
                (False, False): Access.CUT_OFF,
            }[gets_in, gets_out]
        )


def test_a_one_way_lane_into_nowhere_is_a_trap_and_a_zone_makes_islands() -> None:
    nodes, streets = grid_streets(4)
    nodes |= {900: place(4, 0), 901: place(5, 0)}
    lanes = [Street(node_, on, backward=False) for node_, on in ((3, 900), (900, 901))]
    network = compiled(table(nodes, [*streets, *lanes]))
    load = Load(np.array([len(streets) + 1, 0, -1]), np.array([[40.0], [7.0], [9.0]]))
    (trap,), count = parts(network, road_access(network), load, k=5)
    assert count == 1 and trap.access == Access.NO_WAY_BACK
    assert trap.nodes == 3 and trap.amount.tolist() == [40.0]
    assert trap.road_length_m == pytest.approx(network.edge_length_m[-2:].sum())
    shut = closures(network, shapely.box(*place(2.2, -1), *place(2.8, 5)))
    access = road_access(network, closed=shut)
    found, count = parts(network, access, load, k=1)
    assert count == 1 and found[0].access == Access.CUT_OFF
    assert (access == Access.CLOSED).sum() == 4


def test_a_network_in_one_piece_has_no_trap() -> None:
    network = compiled(table(*grid_streets(4)))
    assert parts(network, road_access(network), NOBODY, k=5) == ([], 0)


def test_a_road_that_this_vehicle_may_not_use_is_no_way_in() -> None:
    nodes, streets = grid_streets(3)
    nodes |= {900: place(3, 0), 901: place(4, 0)}
    edges = table(nodes, [*streets, Street(2, 900, name="Low"), Street(900, 901)])
    edges.max_height_m[-2] = 2.5
    access = road_access(compiled(edges))
    assert access[-2] == Access.UNUSABLE and access[-1] == Access.CUT_OFF
