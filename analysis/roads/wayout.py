"""The quickest way out of a closed area, for those who start inside it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from analysis.roads.closures import Closure, Closures, closures
from analysis.roads.network import RoadNetwork
from analysis.roads.places import Place
from analysis.roads.route import WayIn, way_in_by
from analysis.scenario import LEVELS

UNKNOWN = -1  # a zone of no level may be worse than any


def driven_in(closed: Closures, lonlat: NDArray[np.float64], place: Place) -> frozenset[int]:
    """Return which of `closed.parts` somebody who wants out may drive in.

    Those that hold where one is (2; EPSG:4326) or where one takes the road, and of zones those that
    are no worse than the worst of these. Whatever else is closed, as a broken bridge, stays closed.
    """
    here = np.array([lonlat, (place.lon, place.lat)])
    holding = [id(each) for each in closed.holding(here)]
    on_bar = bool(closed.bars(np.array([place.edge]), here[1:])[0])
    held = {
        number
        for number, (each, roads) in enumerate(closed.parts)
        if id(each) in holding or (on_bar and not each.wide and place.edge in roads)
    }
    levels = [_rank(each) for number, (each, _) in enumerate(closed.parts) if number in held]
    worst = min((rank for rank in levels if rank is not None), default=len(LEVELS))
    no_worse = {
        number
        for number, (each, _) in enumerate(closed.parts)
        if (rank := _rank(each)) is not None and rank >= worst
    }
    return frozenset(held | no_worse)


def _rank(closure: Closure) -> int | None:
    """Return the place of a zone's level, the worst first; None of what is no zone."""
    if closure.kind != "zone":
        return None
    return LEVELS.index(closure.level) if closure.level in LEVELS else UNKNOWN


def way_out(
    network: RoadNetwork, closed: Closures, onward: WayIn, *, within: frozenset[int]
) -> WayIn:
    """Search on closed roads alone towards the nodes outside, for all who start inside.

    Least time in the danger comes first, not least time to the approach. Ends are the outer nodes
    from which `onward` goes on; where none does, every outer node, for out is better than in.
    `within` are the `closed.parts` that may be driven in (`driven_in`); the others stay closed.
    """
    parts = [each for number, (each, _) in enumerate(closed.parts) if number not in within]
    barred = closures(network, parts)
    inside = closed.edges if barred is None else closed.edges & ~barred.edges
    ends = np.flatnonzero(inside)
    nodes = np.unique(np.concatenate([network.edge_tail[ends], network.edge_head[ends]]))
    outer = nodes[~closed.holds(network.node_lonlat[nodes])]
    useful = outer[np.isfinite(onward.tree.time_s[outer])]
    chosen = useful if len(useful) else outer
    inside_s = np.where(inside[network.arc_edge], network.arc_time_s, np.inf)
    return way_in_by(network, chosen, np.zeros(len(chosen)), closed=barred, cost_s=inside_s)
