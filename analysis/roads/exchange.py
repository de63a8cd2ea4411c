"""Road networks to and from what other tools use: networkx and osmnx graphs, Parquet tables."""

from __future__ import annotations

import networkx as nx
import numpy as np

from analysis.roads.arc_tables import from_nodes_edges
from analysis.roads.network import RoadNetwork

__all__ = ["from_nodes_edges", "to_networkx"]


def to_networkx(network: RoadNetwork) -> nx.MultiDiGraph[int]:
    """Return a network as osmnx keeps one: `x`, `y` on nodes; `length`, `travel_time` on arcs.

    Nodes are numbered as in the network's arrays; each arc also carries `edge`, its road's number.
    Arcs that the network's vehicle may not use are left out, turn bans are not told.
    """
    graph: nx.MultiDiGraph[int] = nx.MultiDiGraph(crs="EPSG:4326")
    for node, (lon, lat) in enumerate(network.node_lonlat.tolist()):
        graph.add_node(node, x=lon, y=lat)
    length_m = network.edge_length_m[network.arc_edge]
    arcs = (network.arc_tail, network.arc_head, length_m, network.arc_time_s, network.arc_edge)
    usable = np.isfinite(network.arc_time_s)
    for tail, head, length, seconds, edge in zip(*(a[usable].tolist() for a in arcs), strict=True):
        graph.add_edge(tail, head, length=length, travel_time=seconds, edge=edge)
    return graph
