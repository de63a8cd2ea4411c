"""Other good ways between two places: different enough, not much longer, and without detours.

Via-node alternatives after Abraham, Delling, Goldberg, Werneck 2013, "Alternative routes in road
networks", ACM JEA 18, doi:10.1145/2444016.2444019: a way over a node v is admissible if it shares
at most gamma of the best way, is at most epsilon longer, and is locally optimal, which a plateau of
alpha of the best way around v proves (a stretch on which the trees from the start and to the
destination run over the same roads).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from analysis.roads.places import Place
from analysis.roads.route import Route, WayIn, joined, way_in_by
from analysis.roads.wayfrom import way_from

GAMMA_SHARED = 0.8
EPSILON_LONGER = 0.25
ALPHA_PLATEAU = 0.25
"""The paper's own values."""

TIED_S = 1e-6
MOST_TRIED = 12


@dataclass(frozen=True)
class Alternative:
    """Another way; `shared` is the share of its time on roads of the ways before it."""

    route: Route
    shared: float


def alternatives(
    inbound: WayIn, start: Place, best: Route, *, count: int
) -> tuple[Alternative, ...]:
    """Return up to `count` alternatives to the best way from a place to a root, the best first.

    Parameters
    ----------
    inbound : WayIn
        The whole search towards the destination, under the closures that hold.
    best : Route
        Its way from `start`.
    """
    longest_s = (1.0 + EPSILON_LONGER) * best.time_s
    onward = way_from(inbound.network, start, closed=inbound.closed, limit_s=longest_s)
    from_start_s = onward.tree.time_s
    found: list[Alternative] = []
    used = {step.edge for step in best.steps}
    tried = 0
    for via in _plateaus(inbound, from_start_s, best.time_s, longest_s):
        if len(found) == count or tried == MOST_TRIED:
            break
        tried += 1
        route = _over(inbound, start, via, float(from_start_s[via]))
        if route is None or route.time_s > longest_s + TIED_S or _turns_round(route):
            continue
        shared_s = _time_on(inbound, route, used)
        if shared_s > GAMMA_SHARED * best.time_s:
            continue
        found.append(Alternative(route, shared_s / route.time_s))
        used |= {step.edge for step in route.steps}
    return tuple(found)


def _plateaus(
    inbound: WayIn, from_start_s: NDArray[np.float64], best_s: float, longest_s: float
) -> list[int]:
    """Return a node on each plateau that is long enough, the most promising first."""
    network = inbound.network
    to_goal_s = inbound.tree.time_s
    over_s = from_start_s + to_goal_s
    near = over_s <= longest_s
    arcs = np.flatnonzero(near[network.arc_tail] & near[network.arc_head])
    tail, head = network.arc_tail[arcs], network.arc_head[arcs]
    along_s = network.arc_time_s[arcs]
    with np.errstate(invalid="ignore"):
        tight = np.abs(from_start_s[tail] + along_s - from_start_s[head]) < TIED_S
        tight &= np.abs(to_goal_s[head] + along_s - to_goal_s[tail]) < TIED_S
    if inbound.closed is not None:
        tight &= ~inbound.closed.edges[network.arc_edge[arcs]]
    nodes, pair = np.unique(np.stack([tail[tight], head[tight]]), return_inverse=True)
    if not len(nodes):
        return []
    first, last = pair.reshape(2, -1)
    graph = csr_array((np.ones(len(first)), (first, last)), shape=(len(nodes), len(nodes)))
    _, chain = connected_components(graph, directed=False)
    begin_s, end_s = np.full(chain.max() + 1, np.inf), np.full(chain.max() + 1, -np.inf)
    np.minimum.at(begin_s, chain, from_start_s[nodes])
    np.maximum.at(end_s, chain, from_start_s[nodes])
    plateau_s = end_s - begin_s
    middle_s = np.abs(from_start_s[nodes] - ((begin_s + end_s) / 2.0)[chain])
    order = np.lexsort((middle_s, chain))
    _, place = np.unique(chain[order], return_index=True)
    via = nodes[order[place]]
    # The paper's order of merit, without the sharing, which is judged way by way.
    merit = 2.0 * over_s[via] - plateau_s
    good = (plateau_s >= ALPHA_PLATEAU * best_s) & (over_s[via] > best_s + TIED_S)
    chosen = np.flatnonzero(good)
    listed: list[int] = via[chosen[np.argsort(merit[chosen], kind="stable")]].tolist()
    return listed


def _over(inbound: WayIn, start: Place, via: int, limit_s: float) -> Route | None:
    """Return the way over a node, or None where it is not reached after all."""
    network = inbound.network
    first = way_in_by(
        network, np.array([via], np.int32), np.zeros(1), closed=inbound.closed,
        limit_s=limit_s + 1.0,
    )  # fmt: skip
    steps = first.steps(start)
    if not steps:
        return None
    return joined(network, [*steps, *inbound.steps_from_node(via)])


def _turns_round(route: Route) -> bool:
    """Tell whether a way drives any road twice: out and back again."""
    edges = [step.edge for step in route.steps]
    return len(set(edges)) < len(edges)


def _time_on(inbound: WayIn, route: Route, edges: set[int]) -> float:
    shared = [
        abs(step.end - step.begin) * float(inbound.network.edge_time_s[step.edge])
        for step in route.steps
        if step.edge in edges
    ]
    return sum(shared)
