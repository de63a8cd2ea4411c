"""Road questions answered by networkx, timed in its own environment: peer_networkx.py FOLDER.

Knows nothing of this program: a graph as osmnx keeps it (MultiDiGraph, every parallel arc), already
reversed, and the roads' lines in shapely's spatial index, both made before any clock starts.
"""

import json
import sys
import time
from pathlib import Path

import networkx as nx
import numpy as np
import shapely

ROOT = -1


def main() -> None:
    """Print for every question the durations, ms, and the answers."""
    folder = Path(sys.argv[1])
    cases = json.loads((folder / "cases.json").read_text())
    roads = Roads(np.load(folder / "network.npz"))
    found = {
        "tree": [roads.nearest(case) for case in cases["nearest"]],
        "one by one": [roads.one_by_one(case) for case in cases["nearest"] if case["few"]],
        "route": [roads.route(case) for case in cases["route"]],
        "reach": [roads.reach(case) for case in cases["reach"]],
        "matrix": [roads.matrix(case) for case in cases["matrix"]],
    }
    print(json.dumps({
        name: {"ms": [row[0] for row in rows], "answers": [row[1] for row in rows]}
        for name, rows in found.items()
    }))  # fmt: skip


def clocked(work):
    """Return how many milliseconds a piece of work took, and its answer."""

    def run(*arguments):
        start = time.perf_counter()
        answer = work(*arguments)
        return (time.perf_counter() - start) * 1000, answer

    return run


class Roads:
    """A reversed graph and its lines."""

    def __init__(self, arrays) -> None:
        names = ("arc_tail", "arc_head", "arc_time_s", "arc_edge")
        tail, head, time_s, edge = (arrays[name].tolist() for name in names)
        self.graph = nx.MultiDiGraph()
        self.graph.add_nodes_from(range(int(arrays["node_count"])))
        self.arcs = {}
        for a, b, seconds, road in zip(tail, head, time_s, edge, strict=True):
            self.graph.add_edge(b, a, key=road, travel_time=seconds)
            self.arcs.setdefault(road, []).append((b, a, road, seconds))
        which = np.repeat(np.arange(len(arrays["offset"]) - 1), np.diff(arrays["offset"]))
        self.tree = shapely.STRtree(shapely.linestrings(arrays["points"], indices=which))

    def nearest(self, case):
        """Search one whole tree towards the root on the open roads."""
        took, (times, shut) = clocked(self._nearest)(case)
        self._put_back(shut)
        return took, times

    def _nearest(self, case):
        shut = self._close(case)
        times = nx.single_source_dijkstra_path_length(self.graph, ROOT, weight="travel_time")
        return [times.get(team) for team in case["teams"]], shut

    def one_by_one(self, case):
        """Search once for each of a few teams."""
        shut = self._close(case)
        took, times = clocked(lambda: [self._one(team) for team in case["few"]])()
        self._put_back(shut)
        return took, times

    def _one(self, team):
        try:
            return nx.shortest_path_length(self.graph, ROOT, team, weight="travel_time")
        except nx.NetworkXNoPath:
            return None

    def _close(self, case):
        """Remove the roads that touch the zone, put the root in; return the roads removed."""
        shut = self.tree.query(shapely.Polygon(case["zone"]), predicate="intersects").tolist()
        for road in shut:
            self.graph.remove_edges_from([arc[:3] for arc in self.arcs.get(road, ())])
        for node, seconds in case["root"]:
            self.graph.add_edge(ROOT, node, travel_time=seconds)
        return shut

    def _put_back(self, shut) -> None:
        self.graph.remove_node(ROOT)
        for road in shut:
            for head, tail, key, seconds in self.arcs.get(road, ()):
                self.graph.add_edge(head, tail, key=key, travel_time=seconds)

    def route(self, case):
        """Search a route from both ends."""
        took, (seconds, _) = clocked(nx.bidirectional_dijkstra)(
            self.graph, case["end"], case["begin"], "travel_time"
        )
        return took, seconds

    def reach(self, case):
        """Search what reaches a node within some seconds."""
        took, times = clocked(
            lambda: nx.single_source_dijkstra_path_length(
                self.graph, case["node"], cutoff=case["seconds"], weight="travel_time"
            )
        )()
        return took, [len(times), sum(times.values())]

    def matrix(self, case):
        """Search one tree a target."""
        took, rows = clocked(lambda: [self._times(case, target) for target in case["targets"]])()
        return took, rows

    def _times(self, case, target):
        times = nx.single_source_dijkstra_path_length(self.graph, target, weight="travel_time")
        return [times.get(source) for source in case["sources"]]


main()
