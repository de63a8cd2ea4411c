"""What one closed road or junction cuts off (网络韧性), ranked by the people behind it.

Roads count in both directions here: a bridge is the only road between two parts, whoever may drive
it which way. Parallel roads are no cut. Bans of turns are not looked at. Who is cut off by the
directions of roads is told by `analysis.roads.traps`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from analysis.roads.closures import Closures
from analysis.roads.footing import usable
from analysis.roads.lowlink import Forest, forest
from analysis.roads.memo import Memo
from analysis.roads.network import RoadNetwork

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Load:
    """What stands on the roads: `edge` (p) its road, -1 for none; `amount` (p, q).

    The first `ranking` columns each count people in a way of its own; they are never summed.
    """

    edge: Ints
    amount: Floats
    ranking: int = 1


@dataclass(frozen=True)
class Cut:
    """One road (with those in series with it) or junction without which a part comes loose.

    `edges` are the roads, the outermost first; none for a junction. `node` is the junction, or the
    road's end on the near side. `nodes`, `road_length_m` and `amount` (q) are what comes loose,
    `spans` its places in the forest. `only_now`: it is one under the closures in force alone.
    """

    kind: Literal["road", "junction"]
    edges: tuple[int, ...]
    node: int
    nodes: int
    road_length_m: float
    amount: Floats
    spans: tuple[tuple[int, int], ...]
    only_now: bool = False


@dataclass(frozen=True)
class Structure:
    """The parts of a network as a forest: `place` (m) is a road's deeper end, -1 where closed.

    `bridges` (b) are places of the forest, `bridge_edge` (b) the roads above them; `length_m` (n)
    the roads whose two ends lie below each place.
    """

    network: RoadNetwork
    forest: Forest
    place: Ints
    bridges: Ints
    bridge_edge: Ints
    length_m: Floats

    def below(self, load: Load) -> tuple[Floats, Ints]:
        """Return what stands below each place (n, q), and how many things that is (n).

        Who lives on the road that is cut is cut off with what lies behind it.
        """
        on = load.edge >= 0
        place = np.where(on, self.place[load.edge], -1)
        on = place >= 0
        count = len(self.forest.node)
        amounts = np.zeros((count, load.amount.shape[1]))
        np.add.at(amounts, place[on], load.amount[on])
        # Rounded, for a difference of sums is off in its last bits.
        each = np.bincount(place[on], minlength=count).astype(np.float64)
        things = np.rint(self.forest.below(each[:, None])[:, 0]).astype(np.int64)
        return np.round(self.forest.below(amounts), 6), things

    def loose(self, cut: Cut, edges: Ints) -> NDArray[np.bool_]:
        """Return which of some roads (p; -1 is none) a cut leaves without the rest."""
        place = np.where(edges >= 0, self.place[edges], -1)
        inside = [(place >= low) & (place < high) for low, high in cut.spans]
        found: NDArray[np.bool_] = np.logical_or.reduce(inside)
        return found


_WHOLE: Memo[Structure] = Memo(limit=8)


def structure(network: RoadNetwork, *, closed: Closures | None = None) -> Structure:
    """Return the parts, bridges and cut points of what a vehicle may use and nothing closes."""
    network = network.for_vehicle(network.profile)
    if closed is None:
        return _WHOLE.of(network, None, lambda: _structure(network, usable(network)))
    return _structure(network, usable(network) & ~closed.edges)


def _structure(network: RoadNetwork, open_roads: NDArray[np.bool_]) -> Structure:
    edges = np.flatnonzero(open_roads)
    tail = network.edge_tail[edges].astype(np.int64)
    head = network.edge_head[edges].astype(np.int64)
    count = len(network.node_id)
    found = forest(tail, head, count)
    upper = np.minimum(found.place[tail], found.place[head])
    lower = np.maximum(found.place[tail], found.place[head])
    place = np.full(len(open_roads), -1, np.int64)
    place[edges] = lower
    above = np.full(count, -1, np.int64)
    to_parent = found.parent[lower] == upper
    above[lower[to_parent]] = edges[to_parent]
    length_m: Floats = np.zeros((count, 1))
    np.add.at(length_m[:, 0], upper, network.edge_length_m[edges])
    bridges = found.bridges
    return Structure(network, found, place, bridges, above[bridges], found.below(length_m)[:, 0])


def road_cuts(whole: Structure, load: Load, *, k: int) -> list[Cut]:
    """Return the k bridges that cut off the most people, then the most roads.

    Roads one behind the other that cut off the same are one cut.
    """
    amount, things = whole.below(load)
    bridges, sizes = whole.bridges, whole.forest.size
    outer = _outermost(bridges, sizes, things)
    heads = np.flatnonzero(outer == np.arange(len(bridges)))
    order = _ranked(amount[bridges[heads]], whole.length_m[bridges[heads]], load.ranking)[:k]
    usual = structure(whole.network)
    found = []
    for head in heads[order].tolist():
        at = int(bridges[head])
        series = np.flatnonzero(outer == head) if things[at] else np.array([head])
        edges = whole.bridge_edge[series]
        found.append(
            Cut(
                kind="road",
                edges=tuple(edges.tolist()),
                node=int(whole.forest.node[whole.forest.parent[at]]),
                nodes=int(sizes[at]),
                road_length_m=float(whole.length_m[at]),
                amount=amount[at],
                spans=((at, at + int(sizes[at])),),
                only_now=not bool(np.isin(edges[:1], usual.bridge_edge)[0]),
            )
        )
    return found


def _outermost(bridges: Ints, sizes: Ints, things: Ints) -> Ints:
    """Return for each bridge the first of those around it behind which the same things stand."""
    outer = np.arange(len(bridges))
    around: list[int] = []
    places, ends = bridges.tolist(), (bridges + sizes[bridges]).tolist()
    for index, place in enumerate(places):
        while around and ends[around[-1]] <= place:
            around.pop()
        if around and things[places[around[-1]]] == things[place]:
            outer[index] = outer[around[-1]]
        around.append(index)
    return outer


def _ranked(amount: Floats, length_m: Floats, ranking: int) -> Ints:
    people = amount[:, :ranking].max(axis=1, initial=0.0)
    order: Ints = np.lexsort((-length_m, -amount.sum(axis=1), -people))
    return order


def junction_cuts(whole: Structure, load: Load, *, k: int) -> list[Cut]:
    """Return the k junctions that cut off the most people, where no single road does so.

    The part with the most nodes that is left is the rest; all others come loose. A junction behind
    a bridge, or with nothing behind it but one bridge, is told by that bridge.
    """
    tree = whole.forest
    branches = tree.branches
    points, owner = np.unique(tree.parent[branches], return_inverse=True)
    amount, _ = whole.below(load)
    values = np.column_stack([amount, whole.length_m, tree.size])
    behind = np.zeros((len(points), values.shape[1]))
    np.add.at(behind, owner, values[branches])
    largest = _largest(owner, tree.size[branches])
    most = tree.size[branches[largest]]
    rest_stays = tree.part_size[points] - 1 - behind[:, -1] >= most
    part = values[tree.root[points]]
    loose = np.where(rest_stays[:, None], behind, part - values[branches[largest]])
    is_bridge = np.zeros(len(tree.node), np.bool_)
    is_bridge[whole.bridges] = True
    only_bridge = (np.bincount(owner) == 1) & is_bridge[branches[largest]]
    free = np.flatnonzero(~(rest_stays & (is_bridge[points] | only_bridge)))
    order = _ranked(loose[free, :-2], loose[free, -2], load.ranking)[:k]
    usual = structure(whole.network).forest
    known = set(usual.node[usual.parent[usual.branches]].tolist())
    found = []
    for index in free[order].tolist():
        hanging = branches[owner == index]
        kept = int(branches[largest[index]])
        node = int(tree.node[points[index]])
        found.append(
            Cut(
                kind="junction",
                edges=(),
                node=node,
                nodes=int(loose[index, -1]) - int(not rest_stays[index]),
                road_length_m=float(loose[index, -2]),
                amount=loose[index, :-2],
                spans=tuple(_spans(tree, hanging) if rest_stays[index] else _around(tree, kept)),
                only_now=node not in known,
            )
        )
    return found


def _largest(owner: Ints, size: Ints) -> Ints:
    """Return for each owner the index of its largest branch, the first of several."""
    order = np.lexsort((np.arange(len(owner)), -size, owner))
    _, first = np.unique(owner[order], return_index=True)
    chosen: Ints = order[first]
    return chosen


def _spans(tree: Forest, places: Ints) -> Iterator[tuple[int, int]]:
    for place in places.tolist():
        yield place, place + int(tree.size[place])


def _around(tree: Forest, place: int) -> Iterator[tuple[int, int]]:
    """Yield the places of a part without those below one of them."""
    root = int(tree.root[place])
    yield root, place
    yield place + int(tree.size[place]), root + int(tree.part_size[place])
