"""How much of each road is driven within some time: exactly, from both of its ends."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from analysis.roads.closures import Closures
from analysis.roads.network import RoadNetwork
from analysis.roads.places import Place

Direction = Literal["from", "to"]
NOTHING = 1e-9


@dataclass(frozen=True)
class Spans:
    """Stretches of road (p) from share `low` to `high`, and when their ends are reached.

    `low_s` and `high_s` are the seconds at which one stands at either end and may go on along the
    stretch from there, infinite where one may not; `along_s` is what the whole stretch takes.
    """

    edge: NDArray[np.int64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    low_s: NDArray[np.float64]
    high_s: NDArray[np.float64]
    along_s: NDArray[np.float64]

    def within(self, limit_s: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return how much of each stretch is reached in time, from its low and its high end.

        Shares of the stretch that sum to 1 at most: where both meet, each counts once.
        """
        meet = np.full(len(self.edge), 0.5)
        low, high = np.isfinite(self.low_s), np.isfinite(self.high_s)
        both = low & high
        apart = (self.high_s[both] - self.low_s[both]) / self.along_s[both]
        meet[both] = np.clip((1.0 + apart) / 2.0, 0.0, 1.0)
        meet[low & ~high], meet[high & ~low] = 1.0, 0.0
        from_low = np.clip((limit_s - self.low_s) / self.along_s, 0.0, meet)
        from_high = np.clip((limit_s - self.high_s) / self.along_s, 0.0, 1.0 - meet)
        return from_low, from_high

    def time_s(self, row: NDArray[np.int64], share: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return when points at shares (q) of some stretches (q) are reached."""
        along = self.along_s[row]
        by_low = self.low_s[row] + share * along
        by_high = self.high_s[row] + (1.0 - share) * along
        soonest: NDArray[np.float64] = np.minimum(by_low, by_high)
        return soonest

    def length_m(self, network: RoadNetwork) -> NDArray[np.float64]:
        """Return the lengths of the stretches."""
        length: NDArray[np.float64] = (self.high - self.low) * network.edge_length_m[self.edge]
        return length


def spans(
    network: RoadNetwork,
    place: Place,
    node_s: NDArray[np.float64],
    *,
    direction: Direction,
    closed: Closures | None,
    edges: NDArray[np.int64] | None = None,
) -> Spans:
    """Return when the roads around a place are reached, from the times of their nodes (n).

    The place's own road is two stretches, one on each side of it. A closed road is never reached,
    not even before what closes it. `edges` limits which roads are looked at.
    """
    edge = np.arange(len(network.edge_tail)) if edges is None else edges
    along = network.edge_forward[edge], network.edge_backward[edge]
    by_tail, by_head = along if direction == "from" else along[::-1]
    low_s = np.where(by_tail, node_s[network.edge_tail[edge]], np.inf)
    high_s = np.where(by_head, node_s[network.edge_head[edge]], np.inf)
    if closed is not None:
        low_s[closed.edges[edge]] = high_s[closed.edges[edge]] = np.inf
    own = np.flatnonzero(edge == place.edge)
    rest = np.flatnonzero(edge != place.edge)
    shut = closed is not None and bool(closed.edges[place.edge])
    here = np.array([0.0 if by_tail[i] and not shut else np.inf for i in own])
    back = np.array([0.0 if by_head[i] and not shut else np.inf for i in own])
    at = np.full(len(own), place.fraction)
    low = np.concatenate([np.zeros(len(rest)), np.zeros(len(own)), at])
    high = np.concatenate([np.ones(len(rest)), at, np.ones(len(own))])
    rows = np.concatenate([rest, own, own])
    found = Spans(
        edge=edge[rows],
        low=low,
        high=high,
        low_s=np.concatenate([low_s[rest], low_s[own], here]),
        high_s=np.concatenate([high_s[rest], back, high_s[own]]),
        along_s=np.maximum((high - low) * network.edge_time_s[edge[rows]], NOTHING),
    )
    return _kept(found, found.high > found.low)


def _kept(found: Spans, which: NDArray[np.bool_]) -> Spans:
    return Spans(
        found.edge[which], found.low[which], found.high[which], found.low_s[which],
        found.high_s[which], found.along_s[which],
    )  # fmt: skip


def reached(found: Spans) -> Spans:
    """Return the stretches that are reached at all."""
    return _kept(found, np.isfinite(np.minimum(found.low_s, found.high_s)))
