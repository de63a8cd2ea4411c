"""A part of a road network to take along: two Parquet tables, as `onemap roads` reads them back.

One row a direction: a two-way road is two arcs. Whole roads are taken, so that the network hangs
together at the border of the area. Names, classes and limits are beside what the reader needs.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import shapely
from numpy.typing import NDArray

from analysis.roads.edges import RoadEdges


@dataclass(frozen=True)
class Tables:
    """The two files, and what is in them; `left_out` are roads that nobody drives."""

    arcs: Path
    nodes: Path
    roads: int
    arc_count: int
    node_count: int
    left_out: int


def write(edges: RoadEdges, folder: Path, *, stem: str) -> Tables | None:
    """Write roads as `<stem>_edges.parquet` and `<stem>_nodes.parquet`; None where none is driven.

    Arcs have u, v, length_m, highway, street and wkb, as `analysis.roads.source.arc_tables` reads
    them, and name, ref, speed_kph, access, bridge, tunnel, max_height_m, max_weight_t besides.
    """
    # Who reads the tables takes every arc for a road: a path for feet would become one.
    driven = edges.access != "foot"
    forward = np.flatnonzero(edges.forward & driven)
    backward = np.flatnonzero(edges.backward & driven)
    road = np.concatenate([forward, backward])
    if not len(road):
        return None
    turned = np.concatenate([np.zeros(len(forward), np.bool_), np.ones(len(backward), np.bool_)])
    order = np.argsort(road, kind="stable")
    arcs = _arcs(edges, road[order], turned[order])
    nodes = _nodes(edges, np.unique(road))
    into, places = (folder / f"{stem}_{kind}.parquet" for kind in ("edges", "nodes"))
    pq.write_table(arcs, into, compression="zstd")
    pq.write_table(nodes, places, compression="zstd")
    roads = len(np.unique(road))
    return Tables(into, places, roads, len(arcs), len(nodes), len(edges) - roads)


def _arcs(edges: RoadEdges, road: NDArray[np.int64], turned: NDArray[np.bool_]) -> pa.Table:
    lines = edges.lines()[road]
    lines[turned] = shapely.reverse(lines[turned])
    u, v = edges.u[road], edges.v[road]
    columns = {
        "u": np.where(turned, v, u),
        "v": np.where(turned, u, v),
        "length_m": edges.length_m[road],
        "highway": edges.class_[road],
        "street": edges.way[road],
        "wkb": shapely.to_wkb(lines),
        "name": edges.name[road],
        "ref": edges.ref[road],
        "speed_kph": edges.speed_kph[road],
        "access": edges.access[road],
        "bridge": edges.bridge[road],
        "tunnel": edges.tunnel[road],
        "max_height_m": edges.max_height_m[road],
        "max_weight_t": edges.max_weight_t[road],
    }
    kinds = {"name": pa.string(), "ref": pa.string(), "wkb": pa.binary()}
    arrays = {
        name: pa.array(values, kinds.get(name), from_pandas=True)
        for name, values in columns.items()
    }
    return pa.table(arrays)


def _nodes(edges: RoadEdges, roads: NDArray[np.int64]) -> pa.Table:
    """Return the ends of some roads, each once, where the roads' lines have them."""
    first, last = edges.offset[roads], edges.offset[roads + 1] - 1
    ids, at = np.unique(np.concatenate([edges.u[roads], edges.v[roads]]), return_index=True)
    lonlat = edges.lonlat[np.concatenate([first, last])[at]]
    return pa.table({"id": ids, "lon": lonlat[:, 0], "lat": lonlat[:, 1]})
