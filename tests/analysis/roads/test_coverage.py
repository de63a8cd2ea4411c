"""The first station of every place is the one that networkx finds, and nobody is counted twice."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import networkx as nx
import numpy as np
import pytest
import shapely

from analysis.roads.bands import bands
from analysis.roads.closures import closures
from analysis.roads.coverage import cover, served
from analysis.roads.edges import Turns
from analysis.roads.network import RoadNetwork, compiled
from analysis.roads.places import Place, Places, snap
from analysis.roads.route import way_in
from analysis.roads.source.exchange import to_networkx
from tests.analysis.roads.street_grid import Street, grid_streets, place, table


@pytest.fixture(scope="module")
def town() -> RoadNetwork:
    """Give a grid of which many streets are one-way."""
    rng = np.random.default_rng(5)
    nodes, streets = grid_streets(9)
    kept = [s._replace(backward=bool(rng.random() < 0.6)) for s in streets if rng.random() < 0.9]
    return compiled(table(nodes, [*kept, *(s for s in streets if 0 in (s.u, s.v))]))


def _points(network: RoadNetwork, count: int, seed: int) -> np.ndarray:
    west, south, east, north = network.extent
    return np.random.default_rng(seed).uniform((west, south), (east, north), (count, 2))


@pytest.mark.parametrize("direction", ["from", "to"])
def test_times_and_first_stations_at_nodes_are_those_of_networkx(
    helsinki: RoadNetwork, direction: str
) -> None:
    graph = to_networkx(helsinki)
    graph = graph if direction == "from" else graph.reverse()
    rng = np.random.default_rng(11)
    ends = rng.choice(np.flatnonzero(helsinki.edge_core), 6, replace=False)
    nodes = helsinki.edge_tail[ends]
    stations = Places(ends, np.zeros(6), helsinki.node_lonlat[nodes], np.zeros(6))
    found = cover(helsinki, stations, direction=direction)  # type: ignore[arg-type]
    each = [
        nx.single_source_dijkstra_path_length(graph, int(n), weight="travel_time") for n in nodes
    ]
    for node in range(len(helsinki.node_id)):
        times = [lengths.get(node, np.inf) for lengths in each]
        assert found.time_s[node] == pytest.approx(min(times), abs=1e-6)
        if np.isfinite(min(times)):
            assert times[int(found.first[node])] == pytest.approx(min(times), abs=1e-6)
        else:
            assert found.first[node] == -1


@pytest.mark.parametrize("closed_middle", [None, (4.0, 4.0), (2.5, 6.0)])
@pytest.mark.parametrize("direction", ["from", "to"])
def test_a_place_has_the_time_of_the_fastest_route(
    town: RoadNetwork, direction: str, closed_middle: tuple[float, float] | None
) -> None:
    area = None if closed_middle is None else shapely.Point(place(*closed_middle)).buffer(0.006)
    shut = closures(town, area)
    stations = snap(town, *_points(town, 7, 1).T)
    places = snap(town, *_points(town, 150, 2).T)
    found = cover(town, stations, closed=shut, direction=direction)  # type: ignore[arg-type]
    time_s, first = found.at(places)
    if direction == "to":
        each = np.array(
            [way_in(town, stations[i], closed=shut).time_s(places) for i in range(len(stations))]
        )
    else:
        each = np.array(
            [way_in(town, places[i], closed=shut).time_s(stations) for i in range(len(places))]
        ).T
    assert np.isfinite(each).any()
    # A search begins with a nanosecond.
    assert time_s == pytest.approx(each.min(axis=0), abs=1e-6)
    for index in np.flatnonzero(np.isfinite(time_s)).tolist():
        assert each[first[index], index] == pytest.approx(time_s[index], abs=1e-6)
    assert (first[~np.isfinite(time_s)] == -1).all()


def _with_bans(seed: int) -> RoadNetwork:
    """Return a grid in which many turns are banned."""
    rng = np.random.default_rng(seed)
    edges = table(*grid_streets(7))
    meeting: dict[int, list[tuple[int, int]]] = {}
    for way, (u, v) in enumerate(zip(edges.u.tolist(), edges.v.tolist(), strict=True)):
        meeting.setdefault(u, []).append((way, v))
        meeting.setdefault(v, []).append((way, u))
    ways, nodes = [], []
    for via, roads in meeting.items():
        for came, start in roads:
            for goes, end in roads:
                if came != goes and rng.random() < 0.35:
                    ways += [came, goes]
                    nodes += [start, via, end]
    count = len(ways) // 2
    turns = Turns(
        way=np.array(ways), node=np.array(nodes), offset=np.arange(count + 1) * 2,
        binds=np.full(count, "all"),
    )  # fmt: skip
    return compiled(replace(edges, turns=turns))


@pytest.mark.parametrize("direction", ["from", "to"])
@pytest.mark.parametrize("seed", range(3))
def test_banned_turns_are_obeyed_to_the_last_road(seed: int, direction: str) -> None:
    network = _with_bans(seed)
    stations = snap(network, *_points(network, 3, 1).T)
    places = snap(network, *_points(network, 120, 2).T)
    time_s, first = cover(network, stations, direction=direction).at(places)  # type: ignore[arg-type]
    if direction == "to":
        each = np.array([way_in(network, s).time_s(places) for s in _each(stations)])
    else:
        each = np.array([way_in(network, p).time_s(stations) for p in _each(places)]).T
    assert time_s == pytest.approx(each.min(axis=0), abs=1e-6)
    for index in np.flatnonzero(np.isfinite(time_s)).tolist():
        assert each[first[index], index] == pytest.approx(time_s[index], abs=1e-6)


def _each(places: Places) -> list[Place]:
    return [places[index] for index in range(len(places))]


def test_a_station_without_a_road_or_inside_the_zone_covers_nothing(town: RoadNetwork) -> None:
    middle = place(4.0, 4.0)
    shut = closures(town, shapely.Point(middle).buffer(0.004))
    inside = snap(town, *middle)
    nowhere = snap(town, 0.0, 0.0)
    for stations in (inside, nowhere, inside.take(np.empty(0, np.int64))):
        found = cover(town, stations, closed=shut)
        assert np.isinf(found.time_s).all() and (found.first == -1).all()
        time_s, first = found.at(snap(town, *_points(town, 20, 3).T))
        assert np.isinf(time_s).all() and (first == -1).all()


def test_a_place_on_the_road_of_a_station_beyond_a_closure_is_reached_around_it() -> None:
    network = compiled(table(*grid_streets(3)))
    station, near, beyond = (snap(network, *place(c, 0)) for c in (0.2, 0.3, 0.8))
    assert station.edge[0] == near.edge[0] == beyond.edge[0]
    shut = closures(network, shapely.Point(place(0.5, 0)).buffer(0.0005))
    found = cover(network, station, closed=shut)
    free_s = cover(network, station).at(beyond)[0][0]
    assert found.at(near)[0][0] == pytest.approx(cover(network, station).at(near)[0][0])
    assert found.at(beyond)[0][0] > 3 * free_s
    assert found.at(beyond)[0][0] == pytest.approx(
        way_in(network, beyond[0], closed=shut).time_s(station)[0], abs=1e-6
    )


def test_nobody_is_served_by_a_ferry() -> None:
    nodes, streets = grid_streets(3)
    edges = table(nodes | {900: place(2, -3)}, [*streets, Street(2, 900, name="Ferry")])
    edges.ferry[-1] = True
    found = served(compiled(edges), np.array([place(2, -1.5)]))
    assert found.edge[0] >= 0 and found.edge[0] != len(streets)


def test_a_limit_leaves_out_what_is_later(town: RoadNetwork) -> None:
    station = snap(town, *place(1.0, 1.0))
    free, cut = cover(town, station), cover(town, station, limit_s=200.0)
    soon = free.time_s <= 200.0
    assert soon.any() and not soon.all()
    assert cut.time_s[soon] == pytest.approx(free.time_s[soon])
    assert np.isinf(cut.time_s[~soon]).all()


def test_bands_do_not_overlap_and_together_hold_every_road(town: RoadNetwork) -> None:
    found = cover(town, snap(town, *place(1.0, 1.0)))
    drawn = bands(found, (2.0, 4.0, 8.0), within=shapely.box(*town.extent))
    assert [band.until_s for band in drawn] == [120.0, 240.0, 480.0, np.inf]
    assert [band.after_s for band in drawn] == [0.0, 120.0, 240.0, 480.0]
    for one, other in pairwise(drawn):
        assert one.area.is_valid and one.area.intersection(other.area).area < 1e-12
    whole = shapely.union_all([band.area for band in drawn])
    assert all(whole.buffer(1e-9).covers(shapely.LineString(town.line(e))) for e in range(20))
    assert sum(band.road_length_m for band in drawn) == pytest.approx(town.edge_length_m.sum())


def test_each_node_lies_in_its_band_or_a_sooner_one(town: RoadNetwork) -> None:
    found = cover(town, snap(town, *place(1.0, 1.0)))
    drawn = bands(found, (2.0, 4.0, 8.0), within=shapely.box(*town.extent))
    for node, time_s in enumerate(found.time_s.tolist()):
        sooner = shapely.union_all([band.area for band in drawn if band.after_s < time_s + 20.0])
        assert sooner.buffer(1e-9).intersects(shapely.Point(town.node_lonlat[node]))


def test_no_band_lies_in_the_zone(town: RoadNetwork) -> None:
    area = shapely.Point(place(4.0, 4.0)).buffer(0.01)
    shut = closures(town, area)
    drawn = bands(
        cover(town, snap(town, *place(1.0, 1.0)), closed=shut), (5.0,),
        within=shapely.box(*town.extent),
    )  # fmt: skip
    assert all(band.area.intersection(area).area < 1e-15 for band in drawn)


def test_a_lane_that_nothing_joins_serves_nobody_who_has_a_street_near() -> None:
    nodes, streets = grid_streets(3)
    nodes |= {
        900: place(0.5, 0.30),
        901: place(0.6, 0.30),
        910: place(9.0, 9.0),
        911: place(9.1, 9),
    }
    yards = [Street(900, 901, name="Yard"), Street(910, 911, name="Island")]
    network = compiled(table(nodes, [*streets, *yards]))
    found = served(network, np.array([place(0.55, 0.29), place(9.05, 9.001), place(40.0, 40.0)]))
    names = [network.road_name(e) if e >= 0 else None for e in found.edge.tolist()]
    assert names == ["Row 0", "Island", None]
