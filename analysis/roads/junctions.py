"""What a route meets at each junction: how it turns, the other exits, roundabouts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from analysis.roads.network import RoadNetwork
from analysis.roads.pieces import points_at
from analysis.roads.plane import from_plane
from analysis.roads.route import Step

# The direction of a road at its end is that of so many metres: its very last bend means nothing.
LOOK_M = 20.0
RING_M = 800.0
RING_ROADS = 60
LINK = "_link"
FAST = ("motorway", "trunk")


@dataclass(frozen=True)
class Course:
    """A route step by step (s): its roads, lengths, times, and directions of travel.

    `lonlat` (s, 2) is where a step begins, `leaving_deg` the direction there, `arriving_deg` the
    direction at its end. `node` is the junction where it begins.
    """

    edge: NDArray[np.int64]
    node: NDArray[np.int64]
    lonlat: NDArray[np.float64]
    length_m: NDArray[np.float64]
    time_s: NDArray[np.float64]
    leaving_deg: NDArray[np.float64]
    arriving_deg: NDArray[np.float64]
    name: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.edge)

    def turned_deg(self, step: int) -> float:
        """Return the change of direction before a step: right is positive, -180 to 180."""
        return float(wrapped(self.leaving_deg[step] - self.arriving_deg[step - 1]))

    def link(self, network: RoadNetwork, step: int) -> bool:
        """Tell whether a step is a slip road."""
        return network.road_class(int(self.edge[step])).endswith(LINK)

    def fast(self, network: RoadNetwork, step: int) -> bool:
        """Tell whether a step is on a road where lanes must be chosen early."""
        return network.road_class(int(self.edge[step])).removesuffix(LINK) in FAST


def wrapped(degrees: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return angles between -180 and 180 degrees."""
    turned: NDArray[np.float64] = (degrees + 180.0) % 360.0 - 180.0
    return turned


def course(network: RoadNetwork, steps: Sequence[Step]) -> Course:
    """Return what the steps of a route are driven like; at least one step."""
    edge = np.array([step.edge for step in steps], np.int64)
    begin = np.array([step.begin for step in steps])
    end = np.array([step.end for step in steps])
    share = np.abs(end - begin)
    length_m = share * network.edge_length_m[edge]
    leaving, here = _heading(network, edge, begin, end)
    arriving, _ = _heading(network, edge, end, begin)
    arriving = (arriving + 180.0) % 360.0
    name = network.edge_name[edge].astype(np.int64)
    for step in np.flatnonzero(length_m <= 0.0).tolist():
        # A gate has no length: one drives through it as one came, on the same road.
        leaving[step] = arriving[step] = arriving[step - 1] if step else 0.0
        name[step] = name[step - 1] if step else name[step]
    return Course(
        edge=edge,
        node=np.where(end >= begin, network.edge_tail[edge], network.edge_head[edge]),
        lonlat=from_plane(here),
        length_m=length_m,
        time_s=share * network.edge_time_s[edge],
        leaving_deg=leaving,
        arriving_deg=arriving,
        name=name,
    )


def _heading(
    network: RoadNetwork,
    edge: NDArray[np.int64],
    begin: NDArray[np.float64],
    end: NDArray[np.float64],
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the directions in which roads leave from `begin` towards `end`, and these points."""
    look = LOOK_M / np.maximum(network.edge_length_m[edge], LOOK_M)
    there = begin + np.sign(end - begin) * np.minimum(look, np.abs(end - begin))
    here_xy, there_xy = points_at(network, edge, begin), points_at(network, edge, there)
    # The index plane keeps angles.
    x, y = (there_xy - here_xy).T
    return np.degrees(np.arctan2(x, y)) % 360.0, here_xy


@dataclass(frozen=True)
class Exits:
    """The other roads (e) that leave the junctions of a route: before which step, how far off.

    `turned` is the angle from the direction in which the junction was reached; `way` the road's;
    `link` whether it is a slip road.
    """

    step: NDArray[np.int64]
    turned: NDArray[np.float64]
    way: NDArray[np.int64]
    link: NDArray[np.bool_]

    def turned_deg(self, step: int) -> NDArray[np.float64]:
        """Return the angles of the other exits at the junction before a step."""
        first, last = np.searchsorted(self.step, [step, step + 1])
        return self.turned[first:last]

    def links(self, step: int) -> bool:
        """Tell whether all other exits at the junction before a step are slip roads."""
        first, last = np.searchsorted(self.step, [step, step + 1])
        return bool(self.link[first:last].all())

    def ways(self, step: int) -> NDArray[np.int64]:
        """Return the ways of the other exits at the junction before a step."""
        first, last = np.searchsorted(self.step, [step, step + 1])
        return self.way[first:last]


def exits(network: RoadNetwork, way: Course) -> Exits:
    """Return every road by which one could have left each junction, but for turning round."""
    passed = np.zeros(len(network.node_id), np.bool_)
    passed[way.node[1:]] = True
    arcs = np.flatnonzero(passed[network.arc_tail] & np.isfinite(network.arc_time_s))
    order = np.argsort(network.arc_tail[arcs], kind="stable")
    arcs = arcs[order]
    first, last = np.searchsorted(
        network.arc_tail[arcs], np.stack([way.node[1:], way.node[1:] + 1])
    )
    step = np.repeat(np.arange(1, len(way)), last - first)
    offset = np.repeat(first - (np.cumsum(last - first) - (last - first)), last - first)
    found = arcs[np.arange(len(step)) + offset]
    edge = network.arc_edge[found].astype(np.int64)
    other = (edge != way.edge[step]) & (edge != way.edge[step - 1])
    other &= network.edge_length_m[edge] > 0.0
    step, edge, found = step[other], edge[other], found[other]
    ahead = network.edge_tail[edge] == network.arc_tail[found]
    begin = np.where(ahead, 0.0, 1.0)
    bearing, _ = _heading(network, edge, begin, 1.0 - begin)
    turned = wrapped(bearing - way.arriving_deg[step - 1])
    slip = np.array([name.endswith(LINK) for name in network.classes], np.bool_)
    return Exits(step, turned, network.edge_way[edge], slip[network.edge_class[edge]])


@dataclass(frozen=True)
class Ring:
    """A roundabout that a route drives from step `begin` to before `end`, leaving by `exit`."""

    begin: int
    end: int
    exit: int


def rings(network: RoadNetwork, way: Course, open_exits: Exits) -> Iterator[Ring]:
    """Yield the roundabouts that a route enters and leaves again.

    A roundabout is a one-way way of at most 800 m that comes back to where it was entered.
    """
    ways = network.edge_way[way.edge]
    one_way = network.edge_forward[way.edge] != network.edge_backward[way.edge]
    changes = np.flatnonzero(np.diff(ways)) + 1
    bounds = [*changes.tolist(), len(way)]
    for begin, end in pairwise(bounds):
        if end == len(way) or not one_way[begin] or way.length_m[begin:end].sum() > RING_M:
            continue
        goes_on = bool((open_exits.ways(end) == ways[begin]).any())
        if goes_on and _comes_back(network, int(ways[begin])):
            leaving = [
                bool((open_exits.ways(step) != ways[begin]).any())
                for step in range(begin + 1, end)
            ]  # fmt: skip
            yield Ring(begin, end, 1 + sum(leaving))


def _comes_back(network: RoadNetwork, way: int) -> bool:
    """Tell whether the roads of a one-way way are a short ring."""
    edges = np.flatnonzero(network.edge_way == way)
    forward, backward = network.edge_forward[edges], network.edge_backward[edges]
    if len(edges) > RING_ROADS or not (forward != backward).all():
        return False
    tail, head = network.edge_tail[edges], network.edge_head[edges]
    begins, ends = np.where(forward, tail, head), np.where(forward, head, tail)
    once = len(np.unique(begins)) == len(edges)
    same = bool((np.sort(begins) == np.sort(ends)).all())
    return once and same and float(network.edge_length_m[edges].sum()) <= RING_M
