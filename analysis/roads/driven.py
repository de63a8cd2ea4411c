"""Roads driven one after another: where a way runs, how long it is, what stands across it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from analysis.roads.network import RoadNetwork
from analysis.roads.pieces import cut


class Step(NamedTuple):
    """A road, driven from one fraction of its length to another (`end` < `begin`: backwards)."""

    edge: int
    begin: float
    end: float


@dataclass(frozen=True)
class Route:
    """A drivable way: its points (p, 2; EPSG:4326), length, time and roads.

    `ferry_m` of it are on the water; `barriers` are what stands across it, such as "gate".
    """

    lonlat: NDArray[np.float64]
    length_m: float
    time_s: float
    steps: tuple[Step, ...]
    ferry_m: float = 0.0
    barriers: tuple[str, ...] = ()


def joined(network: RoadNetwork, steps: list[Step]) -> Route:
    """Return the roads driven one after another as one route; at least one step."""
    driven = [step for step in steps if step.begin != step.end] or steps[:1]
    table = np.array(driven)
    edges, begin, end = table[:, 0].astype(np.int64), table[:, 1], table[:, 2]
    length_m = np.abs(end - begin) * network.edge_length_m[edges]
    barred = edges[network.edge_barrier[edges] != network.no_barrier]
    return Route(
        lonlat=_line(network, edges, begin, end),
        length_m=float(length_m.sum()),
        time_s=float(np.abs(end - begin) @ network.edge_time_s[edges]),
        steps=tuple(driven),
        ferry_m=float(length_m[network.edge_ferry[edges]].sum()),
        barriers=tuple(network.barriers[kind] for kind in network.edge_barrier[barred].tolist()),
    )


def _line(
    network: RoadNetwork,
    edges: NDArray[np.int64],
    begin: NDArray[np.float64],
    end: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Return the points of roads driven one after another, each between two fractions."""
    lonlat, first = cut(network, edges, np.minimum(begin, end), np.maximum(begin, end))
    # The place of each point in its piece, from the other end where the road is driven backwards.
    piece = np.repeat(np.arange(len(edges)), np.diff(first))
    at = np.arange(len(piece))
    turned = first[:-1][piece] + first[1:][piece] - 1 - at
    points = lonlat[np.where((end < begin)[piece], turned, at)]
    moved = np.ones(len(points), np.bool_)
    moved[1:] = np.abs(np.diff(points, axis=0)).max(axis=1) > 1e-9
    kept = points[moved]
    # GeoJSON wants two positions in a line, even where start and end are one place.
    return kept if len(kept) > 1 else np.repeat(kept, 2, axis=0)
