"""Ways to one place: the time from every other place at once, and the line of any of them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from analysis.roads.closures import Closures
from analysis.roads.network import RoadNetwork
from analysis.roads.places import AT_JUNCTION_M, Leg, Place, Places, is_open, legs, piece, snap_one
from analysis.roads.plane import from_plane
from analysis.roads.search import Tree, tree
from layers.errors import NoRouteError

NOWHERE = Place(-1, 0.0, float("nan"), float("nan"), float("inf"))


class Step(NamedTuple):
    """A road, driven from one fraction of its length to another (`end` < `begin`: backwards)."""

    edge: int
    begin: float
    end: float


@dataclass(frozen=True)
class Route:
    """A drivable way: its points (p, 2; EPSG:4326), length, time and roads."""

    lonlat: NDArray[np.float64]
    length_m: float
    time_s: float
    steps: tuple[Step, ...]


@dataclass(frozen=True)
class WayIn:
    """The tree of every shortest way to `root` under closures (a search towards the root)."""

    network: RoadNetwork
    root: Place
    root_legs: tuple[Leg, ...]
    cost_s: NDArray[np.float64]
    closed: Closures | None
    tree: Tree

    def time_s(self, places: Places) -> NDArray[np.float64]:
        """Return the seconds from each place to the root; infinite where there is no way."""
        time_s = np.full(len(places), np.inf)
        on_road = np.flatnonzero(places.edge >= 0)
        edge, at = places.edge[on_road], places.fraction[on_road]
        time_s[on_road] = self._by_nodes(edge, at)
        special = edge == self.root.edge
        if self.closed is not None:
            special |= self.closed.edges[edge]
        for index in on_road[special]:
            time_s[index] = self._best(places[int(index)])[0]
        return time_s

    def _by_nodes(self, edge: NDArray[np.int64], at: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the times by way of a road's ends, as if its own pieces were open."""
        network = self.network
        along_s, length_m = network.edge_time_s[edge], network.edge_length_m[edge]
        to_head = network.edge_forward[edge] | ((1.0 - at) * length_m <= AT_JUNCTION_M)
        to_tail = network.edge_backward[edge] | (at * length_m <= AT_JUNCTION_M)
        by_head = self.tree.time_s[network.edge_head[edge]] + (1.0 - at) * along_s
        by_tail = self.tree.time_s[network.edge_tail[edge]] + at * along_s
        fastest: NDArray[np.float64] = np.minimum(
            np.where(to_head, by_head, np.inf), np.where(to_tail, by_tail, np.inf)
        )
        return fastest

    def _best(self, place: Place) -> tuple[float, Leg | None]:
        """Return the least time and the leg that begins it; no leg means along the root's road."""
        options: list[tuple[float, Leg | None]] = [
            (float(self.tree.time_s[leg.node]) + leg.cost_s, leg)
            for leg in legs(self.network, place, arriving=False, closed=self.closed)
        ]
        straight_s = self._straight_s(place)
        if straight_s is not None:
            options.append((straight_s, None))
        return min(options, key=lambda option: option[0], default=(np.inf, None))

    def _straight_s(self, place: Place) -> float | None:
        """Return the seconds along one road where place and root share it, or None."""
        edge, begin, end = place.edge, place.fraction, self.root.fraction
        if edge != self.root.edge:
            return None
        allowed = self.network.edge_forward if begin <= end else self.network.edge_backward
        between = Leg(-1, 0.0, min(begin, end), max(begin, end))
        if not allowed[edge] or not is_open(self.network, self.closed, between, edge):
            return None
        return abs(end - begin) * float(self.network.edge_time_s[edge])

    def route(self, place: Place) -> Route | None:
        """Return the fastest way from a place to the root, or None where there is none."""
        steps = self.steps(place)
        return joined(self.network, steps) if steps else None

    def steps(self, place: Place) -> list[Step]:
        """Return the roads from a place to the root; empty where there is no way."""
        time_s, leg = self._best(place)
        if not np.isfinite(time_s):
            return []
        if leg is None:
            return [Step(place.edge, place.fraction, self.root.fraction)]
        end = leg.low if leg.high == place.fraction else leg.high
        return [Step(place.edge, place.fraction, end), *self.steps_from_node(leg.node)]

    def last_node(self, place: Place) -> int | None:
        """Return the last node before the root on the way from a place, or None."""
        time_s, leg = self._best(place)
        return self.tree.nodes(leg.node)[-1] if leg and np.isfinite(time_s) else None

    def steps_from_node(self, node: int) -> list[Step]:
        """Return the roads from a node to the root; the node must reach it."""
        nodes = self.tree.nodes(node)
        taken = self._taken(nodes)
        at_last = [leg for leg in self.root_legs if leg.node == nodes[-1]]
        if not at_last:
            return taken
        last = min(at_last, key=lambda leg: leg.cost_s)
        begin = last.low if last.high == self.root.fraction else last.high
        return [*taken, Step(self.root.edge, begin, self.root.fraction)]

    def _taken(self, nodes: list[int]) -> list[Step]:
        """Return the roads between nodes that follow each other on a shortest way."""
        if len(nodes) < 2:
            return []
        way = np.array(nodes, np.int64)
        arcs = self.network.toward.arcs(way[1:], way[:-1], self.cost_s)
        edges = self.network.arc_edge[arcs]
        # A road whose ends are one node never lies on a shortest way, so the tail tells.
        drawn = self.network.edge_tail[edges] == way[:-1]
        pairs = zip(edges.tolist(), drawn.tolist(), strict=True)
        return [Step(edge, 0.0, 1.0) if ahead else Step(edge, 1.0, 0.0) for edge, ahead in pairs]


def way_in(
    network: RoadNetwork,
    root: Place,
    *,
    closed: Closures | None = None,
    limit_s: float = np.inf,
) -> WayIn:
    """Search towards a place; one search, however many places will ask for their time.

    Whatever is more than `limit_s` away counts as out of reach; a tight limit saves most of it.
    """
    arriving = tuple(legs(network, root, arriving=True, closed=closed))
    nodes = np.array([leg.node for leg in arriving], np.int32)
    cost_s = np.array([leg.cost_s for leg in arriving])
    found = way_in_by(network, nodes, cost_s, closed=closed, limit_s=limit_s)
    return replace(found, root=root, root_legs=arriving)


def way_in_by(
    network: RoadNetwork,
    nodes: NDArray[np.int32],
    seconds: NDArray[np.float64],
    *,
    closed: Closures | None = None,
    cost_s: NDArray[np.float64] | None = None,
    limit_s: float = np.inf,
) -> WayIn:
    """Search towards whichever of several nodes is soonest, each some `seconds` before the end.

    Its routes end at that node; those of `way_in` end on the root's road.
    """
    if cost_s is None:
        cost_s = network.arc_time_s if closed is None else closed.cost_s(network)
    found = tree(network.toward, cost_s, nodes, seconds, limit_s=limit_s)
    return WayIn(network, NOWHERE, (), cost_s, closed, found)


def joined(network: RoadNetwork, steps: list[Step]) -> Route:
    """Return the roads driven one after another as one route; at least one step."""
    driven = [step for step in steps if step.begin != step.end] or steps[:1]
    share = np.array([abs(step.end - step.begin) for step in driven])
    edges = np.array([step.edge for step in driven])
    return Route(
        lonlat=_line([_points(network, step) for step in driven]),
        length_m=float(share @ network.edge_length_m[edges]),
        time_s=float(share @ network.edge_time_s[edges]),
        steps=tuple(driven),
    )


def _points(network: RoadNetwork, step: Step) -> NDArray[np.float64]:
    if (step.begin, step.end) == (0.0, 1.0):
        return network.line(step.edge)
    if (step.begin, step.end) == (1.0, 0.0):
        return network.line(step.edge)[::-1]
    return from_plane(np.array(piece(network, step.edge, step.begin, step.end).coords))


def _line(parts: list[NDArray[np.float64]]) -> NDArray[np.float64]:
    points = np.concatenate(parts)
    moved = np.ones(len(points), np.bool_)
    moved[1:] = np.abs(np.diff(points, axis=0)).max(axis=1) > 1e-9
    kept = points[moved]
    # GeoJSON wants two positions in a line, even where start and end are one place.
    return kept if len(kept) > 1 else np.repeat(kept, 2, axis=0)


def route(
    network: RoadNetwork,
    begin: tuple[float, float],
    end: tuple[float, float],
    *,
    closed: Closures | None = None,
) -> Route:
    """Return the fastest drivable way between two points, lon lat each.

    Raises
    ------
    NoRouteError
        A point has no road near it, or no open way joins them.
    """
    start, goal = snap_one(network, *begin), snap_one(network, *end)
    found = way_in(network, goal, closed=closed).route(start)
    if found is None:
        raise NoRouteError(
            "no drivable way joins the two places" + (" outside the closed area" if closed else ""),
            code="no_path",
        )
    return found
