"""Who is nearest by road: our one search beside networkx, on the same graph and closures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import networkx as nx
import numpy as np
import shapely

from analysis.roads import nearest as dispatch
from analysis.roads.closures import closures
from analysis.roads.nearest import Candidate, Dispatch
from analysis.roads.network import RoadNetwork
from analysis.roads.places import legs
from analysis.roads.source.exchange import to_networkx
from benchmarks.timing import timed

K = 5
ROOT = -1


@dataclass
class Ordinary:
    """A road network as most would keep it: a networkx graph, and its roads in geopandas."""

    graph: nx.DiGraph[int]
    backwards: nx.DiGraph[int]
    roads: gpd.GeoDataFrame
    network: RoadNetwork

    @classmethod
    def of(cls, network: RoadNetwork) -> Ordinary:
        """Load the graph, parallel arcs cut down to the quickest."""
        graph: nx.DiGraph[int] = nx.DiGraph()
        for tail, head, data in to_networkx(network).edges(data=True):
            arc = graph.get_edge_data(tail, head)
            if arc is None:
                graph.add_edge(tail, head, ways=[(data["edge"], data["travel_time"])])
            else:
                arc["ways"].append((data["edge"], data["travel_time"]))
        lines = [shapely.LineString(network.line(edge)) for edge in range(len(network.edge_tail))]
        roads = gpd.GeoDataFrame(geometry=lines, crs=4326)
        roads.sindex  # noqa: B018  built before the clock starts
        return cls(graph, graph.reverse(copy=True), roads, network)

    def closed_roads(self, area: Any) -> frozenset[int]:
        """Return the roads that touch an area, by geopandas' spatial index."""
        return frozenset(self.roads.sindex.query(area, predicate="intersects").tolist())

    def tree(self, place: Any, area: Any, nodes: Sequence[int]) -> list[float]:
        """Return each node's seconds to a place: one reversed search of the whole graph."""
        weight = _weight(self.closed_roads(area) if area is not None else frozenset())
        with _rooted(self.backwards, self._ends(place, area), towards=False) as graph:
            found = nx.single_source_dijkstra_path_length(graph, ROOT, weight=weight)
        return [found.get(node, float("inf")) for node in nodes]

    def one_by_one(self, place: Any, area: Any, nodes: Sequence[int]) -> list[float]:
        """Return the same by one search a team."""
        weight = _weight(self.closed_roads(area) if area is not None else frozenset())
        found = []
        with _rooted(self.graph, self._ends(place, area), towards=True) as graph:
            for node in nodes:
                try:
                    found.append(float(nx.dijkstra_path_length(graph, node, ROOT, weight=weight)))
                except nx.NetworkXNoPath:
                    found.append(float("inf"))
        return found

    def _ends(self, place: Any, area: Any) -> list[tuple[int, float]]:
        """Return the nodes beside a place on a road and the seconds from them to it."""
        shut = closures(self.network, area)
        arriving = legs(self.network, place, arriving=True, closed=shut)
        return [(leg.node, leg.cost_s) for leg in arriving]


def _weight(closed: frozenset[int]) -> Any:
    """Return networkx's weight function: the quickest open way, None where all are closed."""

    def weight(tail: int, head: int, arc: dict[str, Any]) -> float | None:
        return min((seconds for edge, seconds in arc["ways"] if edge not in closed), default=None)

    return weight


class _rooted:  # noqa: N801  used as a verb
    """A graph with the place put in as a node, and taken out again."""

    def __init__(
        self, graph: nx.DiGraph[int], ends: list[tuple[int, float]], *, towards: bool
    ) -> None:
        self.graph, self.ends, self.towards = graph, ends, towards

    def __enter__(self) -> nx.DiGraph[int]:
        for node, seconds in self.ends:
            pair = (node, ROOT) if self.towards else (ROOT, node)
            self.graph.add_edge(*pair, ways=[(-1, seconds)])
        return self.graph

    def __exit__(self, *_: object) -> None:
        self.graph.remove_node(ROOT)


@dataclass(frozen=True)
class Case:
    """One incident as the plan left it: where, what is closed, and the wind."""

    lon: float
    lat: float
    closed: Any
    wind_from_deg: float


def measure(
    network: RoadNetwork, teams: Sequence[int], cases: Sequence[Case], *, one_by_one: int
) -> dict[str, list[float]]:
    """Measure our road step and networkx's, and check that they say the same.

    Parameters
    ----------
    teams
        Nodes that the teams stand at.
    one_by_one
        In how many cases to try one search a team: each takes seconds.

    Raises
    ------
    RuntimeError
        The two disagree on a travel time by more than a millisecond.
    """
    ordinary = Ordinary.of(network)
    candidates = [
        Candidate(layer="team", id=str(node), name=None, kind="fire",
                  lon=float(network.node_lonlat[node, 0]), lat=float(network.node_lonlat[node, 1]))
        for node in teams
    ]  # fmt: skip
    # Both sides begin with graph, data and spatial indexes loaded.
    _ours(network, cases[0], candidates)
    took: dict[str, list[float]] = {"ours": [], "tree": [], "one by one": []}
    for number, case in enumerate(cases):
        plan, ours_ms = timed(lambda case=case: _ours(network, case, candidates))
        if plan.approach is None:
            continue
        took["ours"].append(ours_ms)
        place, area = plan.approach.place, case.closed
        times, tree_ms = timed(lambda p=place, a=area: ordinary.tree(p, a, teams))
        took["tree"].append(tree_ms)
        _compare(plan, dict(zip(map(str, teams), times, strict=True)), area, network)
        if number < one_by_one:
            singly, each_ms = timed(lambda p=place, a=area: ordinary.one_by_one(p, a, teams))
            took["one by one"].append(each_ms)
            if not np.allclose(singly, times, equal_nan=True):
                raise RuntimeError("networkx disagrees with itself")
    return took


def _ours(network: RoadNetwork, case: Case, candidates: Sequence[Candidate]) -> Dispatch:
    """Do the whole road step: closures, approach, searches with and without them, k routes."""
    return dispatch.nearest(
        network, lon=case.lon, lat=case.lat, closed=case.closed,
        wind_from_deg=case.wind_from_deg, candidates=candidates, k=K,
    )  # fmt: skip


def _compare(plan: Dispatch, times: dict[str, float], area: Any, network: RoadNetwork) -> None:
    """Check that our k are networkx's k with the same times, teams inside the area aside."""
    outside = {
        id: seconds
        for id, seconds in times.items()
        if area is None or not area.intersects(shapely.Point(network.node_lonlat[int(id)]))
    }
    best = sorted(seconds for seconds in outside.values() if np.isfinite(seconds))[:K]
    ours = [a.travel_time_s for a in plan.arrivals if not a.inside_zone and a.by == "road"]
    if len(ours) != len(best) or not np.allclose(ours, best, atol=1e-3):
        raise RuntimeError(f"networkx says {best}, we say {ours}")
    for arrival in plan.arrivals:
        mine = arrival.travel_time_s
        if mine is not None and not arrival.inside_zone and abs(times[arrival.id] - mine) > 1e-3:
            raise RuntimeError(f"team {arrival.id}: {times[arrival.id]} s, we say {mine} s")
