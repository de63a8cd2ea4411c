"""Road networks to and from what other tools use: node and arc tables, networkx graphs."""

from __future__ import annotations

from pathlib import Path

import networkx as nx
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from analysis.roads.edges import RoadEdges, unlimited
from analysis.roads.network import RoadNetwork
from analysis.roads.tags import CLASS_SPEED_KPH
from layers.errors import InvalidInputError

NODE_COLUMNS = ("id", "lon", "lat")
ARC_COLUMNS = ("u", "v", "length_m", "highway", "street", "wkb")


def from_nodes_edges(nodes: Path, arcs: Path) -> RoadEdges:
    """Read a graph stored as two Parquet tables: nodes (id, lon, lat) and arcs (u, v, ...).

    Two arcs of one street between the same nodes in opposite directions become one two-way road.
    Speeds are those of the class. Arcs need `u`, `v`, `length_m`, `highway`, `street`, `wkb`.

    Raises
    ------
    InvalidInputError
        A column is missing; `details["missing"]` names it.
    """
    node_table, table = pd.read_parquet(nodes), pd.read_parquet(arcs)
    missing = [c for c in NODE_COLUMNS if c not in node_table]
    missing += [c for c in ARC_COLUMNS if c not in table]
    if missing:
        raise InvalidInputError(
            f"columns missing: {', '.join(missing)}", code="columns_missing", missing=missing
        )
    table = table.assign(low=table[["u", "v"]].min(axis=1), high=table[["u", "v"]].max(axis=1))
    table["ahead"] = table["u"] == table["low"]
    table["length"] = table["length_m"].round(3)
    road = ["low", "high", "street", "length"]
    # The n-th arc of a road in one direction pairs with the n-th in the other.
    table["rank"] = table.groupby([*road, "ahead"]).cumcount()
    pairs = table.groupby([*road, "rank"], sort=False)
    two_way = pairs["ahead"].transform("nunique") > 1
    first = pairs.cumcount() == 0
    return _edges(node_table, table[first], two_way[first].to_numpy())


def _edges(nodes: pd.DataFrame, kept: pd.DataFrame, two_way: NDArray[np.bool_]) -> RoadEdges:
    place = nodes.set_index("id")[["lon", "lat"]]
    lines = np.asarray(shapely.from_wkb(kept["wkb"].to_numpy()))
    start = place.loc[kept["u"]].to_numpy()
    begins = shapely.get_coordinates(shapely.get_point(lines, 0))
    ends = shapely.get_coordinates(shapely.get_point(lines, -1))
    turned = np.abs(begins - start).sum(axis=1) > np.abs(ends - start).sum(axis=1)
    lines = np.where(turned, shapely.reverse(lines), lines)
    count = len(kept)
    nothing: NDArray[np.object_] = np.full(count, None, object)
    return RoadEdges(
        u=kept["u"].to_numpy(np.int64),
        v=kept["v"].to_numpy(np.int64),
        way=kept["street"].to_numpy(np.int64),
        class_=kept["highway"].to_numpy(np.str_),
        name=nothing,
        name_en=nothing,
        ref=nothing,
        access=np.full(count, "open"),
        forward=np.ones(count, np.bool_),
        backward=two_way,
        speed_kph=np.array([CLASS_SPEED_KPH.get(word, 25.0) for word in kept["highway"]]),
        length_m=kept["length_m"].to_numpy(np.float64),
        bridge=np.zeros(count, np.bool_),
        tunnel=np.zeros(count, np.bool_),
        level=np.zeros(count, np.int16),
        offset=np.append(0, np.cumsum(shapely.get_num_coordinates(lines))).astype(np.int64),
        lonlat=shapely.get_coordinates(lines),
        **unlimited(count),
    )


def to_networkx(network: RoadNetwork) -> nx.MultiDiGraph[int]:
    """Return a network as osmnx keeps one: `x`, `y` on nodes; `length`, `travel_time` on arcs.

    Nodes are numbered as in the network's arrays; each arc also carries `edge`, its road's number.
    """
    graph: nx.MultiDiGraph[int] = nx.MultiDiGraph(crs="EPSG:4326")
    for node, (lon, lat) in enumerate(network.node_lonlat.tolist()):
        graph.add_node(node, x=lon, y=lat)
    length_m = network.edge_length_m[network.arc_edge]
    arcs = (network.arc_tail, network.arc_head, length_m, network.arc_time_s, network.arc_edge)
    for tail, head, length, seconds, edge in zip(*(a.tolist() for a in arcs), strict=True):
        graph.add_edge(tail, head, length=length, travel_time=seconds, edge=edge)
    return graph
