"""Times and lengths between many places and many others, by one search for each of the fewer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from analysis.roads.adjacency import Adjacency
from analysis.roads.closures import Closures
from analysis.roads.network import RoadNetwork
from analysis.roads.places import Ends, Leg, Place, Places, snap_standing
from analysis.roads.route import Seconds, WayIn, way_in
from analysis.roads.search import Tree
from analysis.roads.wayfrom import WayFrom, way_from
from layers.errors import OutOfRangeError

SEARCHES_LIMIT = 500
PAIRS_LIMIT = 250_000


class Matrix(NamedTuple):
    """Seconds and metres of the quickest ways from places (s) to places (t), both (s, t).

    Infinite where there is no way, or where a place has no road near it.
    """

    time_s: NDArray[np.float64]
    length_m: NDArray[np.float64]


def matrix(
    network: RoadNetwork,
    sources: Places | NDArray[np.float64],
    targets: Places | NDArray[np.float64],
    *,
    closed: Closures | None = None,
) -> Matrix:
    """Return the time and the length of the quickest way from each source to each target.

    Parameters
    ----------
    sources, targets : Places or arrays (s, 2) and (t, 2)
        Places on roads, or lon lat, EPSG:4326, which are snapped.

    Raises
    ------
    OutOfRangeError
        Both sides are longer than 500, or there are more than 250,000 pairs.
    """
    begins, ends = (_places(network, side) for side in (sources, targets))
    searches, pairs = min(len(begins), len(ends)), len(begins) * len(ends)
    if searches > SEARCHES_LIMIT or pairs > PAIRS_LIMIT:
        raise OutOfRangeError(
            f"a matrix of {len(begins)} by {len(ends)} places is too large",
            code="matrix_size", got=f"{len(begins)} x {len(ends)}",
            searches=SEARCHES_LIMIT, pairs=PAIRS_LIMIT,
        )  # fmt: skip
    shape = len(begins), len(ends)
    table = Matrix(np.full(shape, np.inf), np.full(shape, np.inf))
    if len(ends) <= len(begins):
        for column in np.flatnonzero(ends.edge >= 0).tolist():
            found = _towards(way_in(network, ends[column], closed=closed), begins)
            table.time_s[:, column], table.length_m[:, column] = found
    else:
        for row in np.flatnonzero(begins.edge >= 0).tolist():
            found = _onwards(way_from(network, begins[row], closed=closed), ends)
            table.time_s[row], table.length_m[row] = found
    return table


def _places(network: RoadNetwork, where: Places | NDArray[np.float64]) -> Places:
    if isinstance(where, Places):
        return where
    return snap_standing(network, np.asarray(where, np.float64).reshape(-1, 2))


def _towards(way: WayIn, places: Places) -> Matrix:
    """Return the times and lengths from some places to the root of a search."""
    ends = way.ends(places)
    chain = _Chain(way.network, way.network.toward, way.tree, way.seconds, way.last_legs)
    return Matrix(ends.time_s, chain.lengths_m(places, ends, way.root))


def _onwards(way: WayFrom, places: Places) -> Matrix:
    """Return the times and lengths from the root of a search to some places."""
    ends = way.ends(places)
    chain = _Chain(way.network, way.network.onward, way.tree, way.seconds, way.first_legs)
    return Matrix(ends.time_s, chain.lengths_m(places, ends, way.start))


@dataclass(frozen=True)
class _Chain:
    """A tree whose ways are measured; a piece that several ways share is walked once."""

    network: RoadNetwork
    graph: Adjacency
    tree: Tree
    seconds: Seconds
    root_legs: Mapping[int, Leg]

    def lengths_m(self, places: Places, ends: Ends, root: Place) -> NDArray[np.float64]:
        """Return the metres between each place and the root; infinite where there is no way."""
        own_m = ends.share * self.network.edge_length_m[np.maximum(places.edge, 0)]
        length_m = np.where(np.isfinite(ends.time_s), own_m, np.inf)
        joined = np.flatnonzero(np.isfinite(ends.time_s) & (ends.state >= 0))
        walked = self._walked(ends.state[joined].tolist(), root)
        length_m[joined] += [walked[state] for state in ends.state[joined].tolist()]
        return length_m

    def _walked(self, states: list[int], root: Place) -> dict[int, float]:
        """Return the metres between states and the root."""
        road_m = float(self.network.edge_length_m[root.edge])
        walked: dict[int, float] = {}
        order: list[tuple[int, int]] = []
        seen: set[int] = set()
        for state in states:
            chain = []
            while state not in seen:
                seen.add(state)
                following = int(self.tree.next_node[state])
                if following == self.tree.root:
                    leg = self.root_legs[state]
                    walked[state] = (leg.high - leg.low) * road_m
                    break
                chain.append((state, following))
                state = following
            order += reversed(chain)
        if order:
            pairs = np.array(order, np.int64)
            arcs = self.graph.arcs(pairs[:, 1], pairs[:, 0], self.seconds)
            step_m = self.network.edge_length_m[self.network.arc_edge[arcs]].tolist()
            for (state, following), metres in zip(order, step_m, strict=True):
                walked[state] = walked[following] + metres
        return walked
