"""The quickest way out of a closed area, for those who start inside it."""

from __future__ import annotations

import numpy as np

from analysis.roads.closures import Closures
from analysis.roads.network import RoadNetwork
from analysis.roads.route import WayIn, way_in_by


def way_out(network: RoadNetwork, closed: Closures, onward: WayIn) -> WayIn:
    """Search on the closed roads alone towards the nodes outside, for all who start inside.

    Least time in the danger comes first, not least time to the approach. Ends are the outer nodes
    from which `onward` goes on; where none does, every outer node, for out is better than in.
    """
    ends = np.flatnonzero(closed.edges)
    nodes = np.unique(np.concatenate([network.edge_tail[ends], network.edge_head[ends]]))
    outer = nodes[~closed.holds(network.node_lonlat[nodes])]
    useful = outer[np.isfinite(onward.tree.time_s[outer])]
    chosen = useful if len(useful) else outer
    inside_s = np.where(closed.edges[network.arc_edge], network.arc_time_s, np.inf)
    return way_in_by(network, chosen, np.zeros(len(chosen)), cost_s=inside_s)
