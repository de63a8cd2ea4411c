"""Turn bans, beside a second telling of what they mean."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from analysis.roads.edges import Turns
from analysis.roads.network import RoadNetwork, compiled
from analysis.roads.places import Place, Places
from analysis.roads.profile import FIRE_ENGINE, PROFILES
from analysis.roads.route import route, way_in
from analysis.roads.search import tree
from analysis.roads.wayfrom import way_from
from layers.errors import InvalidInputError
from tests.analysis.roads.street_grid import Street, grid_streets, node, place, table
from tests.analysis.roads.turn_oracle import Arc, Ban, forbidden, searched, times


def _arcs(network: RoadNetwork) -> list[Arc]:
    columns = (network.arc_edge, network.arc_tail, network.arc_head, network.arc_time_s)
    return [Arc(*row) for row in zip(*(column.tolist() for column in columns), strict=True)]


def _drawn(number: int) -> tuple[RoadNetwork, list[Ban]]:
    """Draw a few streets, some one-way, doubled or loops, and bans along ways of two to four."""
    rng = np.random.default_rng(number)
    count = int(rng.integers(3, 7))
    nodes = {n: (120.0 + 0.01 * n, 30.0 + 0.003 * n * n) for n in range(count)}
    streets = []
    for u, v in rng.integers(0, count, (int(rng.integers(count, 14)), 2)).tolist():
        via = ((120.05, 30.1 + 0.001 * len(streets)),) if u == v else ()
        speed = float(rng.choice([18.0, 36.0]))
        streets.append(Street(u, v, True, bool(rng.random() < 0.7), speed, via=via))
    edges = table(nodes, streets)
    # Two roads now and then belong to one way.
    edges = replace(edges, way=edges.way // int(rng.choice([1, 1, 2])))
    plain = compiled(edges)
    arcs = _arcs(plain)
    bans: list[tuple[tuple[int, ...], tuple[int, ...], str]] = []
    for length in rng.integers(2, 5, int(rng.integers(0, 6))).tolist():
        walk = [int(rng.integers(len(arcs)))]
        while len(walk) < length:
            onward = [n for n, arc in enumerate(arcs) if arc.tail == arcs[walk[-1]].head]
            if not onward:
                break
            walk.append(int(rng.choice(onward)))
        if len(walk) > 1:
            path = [arcs[walk[0]].tail, *(arcs[n].head for n in walk)]
            ways = tuple(int(edges.way[arcs[n].edge]) for n in walk)
            bans.append((ways, tuple(int(plain.node_id[n]) for n in path), "all"))
    network = compiled(replace(edges, turns=Turns.of(bans)))
    return network, _meant(network, bans)


def _meant(
    network: RoadNetwork, bans: list[tuple[tuple[int, ...], tuple[int, ...], str]]
) -> list[Ban]:
    """Return every sequence of arcs that bans by way and node mean."""
    arcs = _arcs(network)
    meant: set[Ban] = set()
    for ways, nodes, _ in bans:
        found: list[Ban] = [()]
        for way, u, v in zip(ways, nodes[:-1], nodes[1:], strict=True):
            found = [
                (*begun, number)
                for begun in found
                for number, arc in enumerate(arcs)
                if network.edge_way[arc.edge] == way
                and network.node_id[arc.tail] == u and network.node_id[arc.head] == v
            ]  # fmt: skip
        meant |= set(found)
    return sorted(meant)


@pytest.mark.parametrize("tens", range(30))
def test_times_from_and_to_every_node_equal_a_search_over_sequences_of_roads(tens: int) -> None:
    for number in range(10 * tens, 10 * tens + 10):
        _check_nodes(*_drawn(number))


def _check_nodes(network: RoadNetwork, bans: list[Ban]) -> None:
    arcs, count = _arcs(network), len(network.node_id)
    expected = np.full((count, count), np.inf)
    for start in range(count):
        for goal, seconds in times(arcs, bans, start).items():
            expected[start, goal] = seconds
    nothing = np.zeros(1)
    for at in range(count):
        root = np.array([at], np.int32)
        onward = tree(network.onward, network.arc_time_s, root, nothing)
        toward = tree(network.toward, network.arc_time_s, root, nothing)
        np.testing.assert_allclose(onward.time_s, expected[at], atol=1e-6)
        np.testing.assert_allclose(toward.time_s, expected[:, at], atol=1e-6)


@pytest.mark.parametrize("tens", range(30))
def test_a_way_between_places_on_roads_drives_no_banned_sequence_and_takes_its_time(
    tens: int,
) -> None:
    for number in range(10 * tens, 10 * tens + 10):
        network, bans = _drawn(number)
        rng = np.random.default_rng(number + 10_000)
        pairs = rng.integers(0, len(network.edge_tail), (4, 2)).tolist()
        for begin, end in pairs:
            if begin != end:
                _check_places(network, bans, begin, end)


def _check_places(network: RoadNetwork, bans: list[Ban], begin: int, end: int) -> None:
    """Hold a way beside an oracle that splits both roads and drives a half as the whole."""
    start, goal = (Place(edge, 0.5, 0.0, 0.0, 0.0) for edge in (begin, end))
    inbound, outbound = way_in(network, goal), way_from(network, start)
    expected = _between(network, bans, begin, end)
    assert inbound.best(start)[0] == pytest.approx(expected, abs=1e-6)
    assert outbound.best(goal)[0] == pytest.approx(expected, abs=1e-6)
    at_once = Places(np.array([begin, end]), np.full(2, 0.5), np.zeros((2, 2)), np.zeros(2))
    assert inbound.time_s(at_once)[0] == pytest.approx(expected, abs=1e-6)
    assert outbound.time_s(at_once)[1] == pytest.approx(expected, abs=1e-6)
    found = inbound.route(start)
    assert (found is None) == np.isinf(expected)
    if found is not None:
        assert found.time_s == pytest.approx(expected, abs=1e-5)
        driven = _driven(network, found.steps)
        for ban in forbidden(_arcs(network), bans):
            width = len(ban)
            assert all(driven[i : i + width] != ban for i in range(len(driven) - width + 1))


def _driven(network: RoadNetwork, steps: tuple[tuple[int, float, float], ...]) -> tuple[int, ...]:
    return tuple(
        int(network.topology.edge_arcs[edge, 0 if begin < end else 1]) for edge, begin, end in steps
    )


def _between(network: RoadNetwork, bans: list[Ban], begin: int, end: int) -> float:
    """Return the least time from the middle of one road to the middle of another."""
    arcs = _arcs(network)
    extended = list(arcs)
    start, goal = len(network.node_id), len(network.node_id) + 1
    same: dict[int, int] = {}
    for number, arc in enumerate(arcs):
        if arc.edge == begin:
            same[len(extended)] = number
            extended.append(Arc(-1, start, arc.head, arc.seconds / 2))
        if arc.edge == end:
            same[len(extended)] = number
            extended.append(Arc(-2, arc.tail, goal, arc.seconds / 2))
    banned = forbidden(arcs, bans)
    halves: dict[int, list[int]] = {}
    for half, whole in same.items():
        halves.setdefault(whole, []).append(half)
    more = set(banned)
    for ban in banned:
        firsts = [ban[0], *(h for h in halves.get(ban[0], []) if extended[h].edge == -1)]
        lasts = [ban[-1], *(h for h in halves.get(ban[-1], []) if extended[h].edge == -2)]
        more |= {(first, *ban[1:-1], last) for first in firsts for last in lasts}
    return searched(extended, more, start).get(goal, float("inf"))


def _crossing(*bans: tuple[tuple[int, ...], tuple[int, ...], str]) -> RoadNetwork:
    """Return a grid of 3 by 3 crossings whose ways are numbered as its streets."""
    edges = table(*grid_streets(3))
    return compiled(replace(edges, turns=Turns.of(bans)))


def _way_between(network: RoadNetwork, u: int, v: int) -> int:
    ends = network.node_id[np.stack([network.edge_tail, network.edge_head])]
    return int(np.flatnonzero((ends.min(axis=0) == min(u, v)) & (ends.max(axis=0) == max(u, v)))[0])


def _left_turn(binds: str) -> RoadNetwork:
    """Return a grid where turning from the west street north at the middle is banned."""
    plain = _crossing()
    west, middle, north = node(0, 1), node(1, 1), node(1, 2)
    ways = (_way_between(plain, west, middle), _way_between(plain, middle, north))
    return _crossing((ways, (west, middle, north), binds))


@pytest.mark.parametrize(
    ("binds", "bound"),
    [
        ("all", {"fire_engine", "ambulance", "heavy_truck", "hazmat_truck"}),
        ("hgv", {"heavy_truck", "hazmat_truck"}),
        ("hazmat", {"hazmat_truck"}),
        ("not_emergency", {"heavy_truck", "hazmat_truck"}),
    ],
)
def test_a_ban_binds_those_whom_it_names_and_nobody_on_foot(binds: str, bound: set[str]) -> None:
    network = _left_turn(binds)
    for name, profile in PROFILES.items():
        found = route(network.for_vehicle(profile), place(0.5, 1), place(1, 1.5))
        assert (len(found.steps) > 2) == (name in bound), name


def test_a_ban_is_not_evaded_by_turning_round_just_beyond_the_junction() -> None:
    network = _left_turn("all")
    found = route(network, place(0.5, 1), place(1, 1.5))
    nodes = [step.edge for step in found.steps]
    assert len(set(nodes)) == len(nodes), "no road is driven forth and back"


def test_at_the_end_of_a_dead_end_one_may_turn_round() -> None:
    """West of the middle the turn south is banned; the stub to the north is a dead end."""
    nodes = {1: (120.0, 30.0), 2: (120.01, 30.0), 3: (120.01, 29.99), 4: (120.01, 30.001)}
    streets = [Street(1, 2), Street(2, 3), Street(2, 4)]
    edges = replace(table(nodes, streets), turns=Turns.of([((0, 1), (1, 2, 3), "all")]))
    found = route(compiled(edges), nodes[1], nodes[3])
    assert [step.edge for step in found.steps] == [0, 2, 2, 1]


def test_a_network_without_bans_has_no_states_beyond_its_nodes() -> None:
    network = _crossing()
    assert network.toward.state_count == len(network.node_id)


def test_a_ban_that_binds_nobody_known_is_refused() -> None:
    plain = _crossing()
    way = _way_between(plain, node(0, 1), node(1, 1))
    with pytest.raises(InvalidInputError, match="cyclists"):
        _crossing(((way, way), (node(0, 1), node(1, 1), node(0, 1)), "cyclists"))


def test_a_ban_that_nobody_can_drive_into_changes_nothing() -> None:
    network = _crossing(((77, 78), (1, 2, 3), "all"))
    assert network.toward.state_count == len(network.node_id)
    assert network.profile is FIRE_ENGINE
