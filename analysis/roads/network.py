"""A road network compiled into arrays: what is searched, and which arcs an area closes."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from analysis.roads.edges import RoadEdges
from analysis.roads.plane import to_plane
from analysis.roads.search import SHORTEST_STEP_S, Adjacency, adjacency, largest_strong_part
from layers.errors import InvalidInputError


@dataclass(frozen=True, kw_only=True)
class RoadNetwork:
    """One road network, ready to be searched. n nodes, m roads (edges), a arcs.

    A road that is open in both directions has two arcs. Arcs are sorted by head, then tail, then
    time. `node_core` and `edge_core` mark the largest strongly connected part. `lonlat` is cut into
    lines by `edge_offset` (m + 1). Everything is EPSG:4326, metres, seconds.
    """

    node_id: NDArray[np.int64]
    node_lonlat: NDArray[np.float64]
    node_core: NDArray[np.bool_]
    edge_tail: NDArray[np.int32]
    edge_head: NDArray[np.int32]
    edge_way: NDArray[np.int64]
    edge_length_m: NDArray[np.float64]
    edge_time_s: NDArray[np.float64]
    edge_forward: NDArray[np.bool_]
    edge_backward: NDArray[np.bool_]
    edge_core: NDArray[np.bool_]
    edge_class: NDArray[np.int16]
    edge_name: NDArray[np.int32]
    edge_offset: NDArray[np.int64]
    lonlat: NDArray[np.float64]
    arc_edge: NDArray[np.int32]
    arc_tail: NDArray[np.int32]
    arc_head: NDArray[np.int32]
    arc_time_s: NDArray[np.float64]
    classes: tuple[str, ...]
    names: tuple[str, ...]

    @cached_property
    def toward(self) -> Adjacency:
        """Arcs by head: for searches that end at the root."""
        return adjacency(self.arc_head, self.arc_tail, len(self.node_id))

    @cached_property
    def onward(self) -> Adjacency:
        """Arcs by tail: for searches that begin at the root."""
        return adjacency(self.arc_tail, self.arc_head, len(self.node_id))

    @cached_property
    def lines(self) -> NDArray[np.object_]:
        """Every road as a shapely line on the plane of `analysis.roads.plane`."""
        which = np.repeat(np.arange(len(self.edge_tail)), np.diff(self.edge_offset))
        lines: NDArray[np.object_] = np.asarray(
            shapely.linestrings(to_plane(self.lonlat), indices=which)
        )
        shapely.prepare(lines)
        return lines

    @cached_property
    def tree(self) -> shapely.STRtree:
        """Spatial index over `lines`."""
        return shapely.STRtree(self.lines)

    @cached_property
    def core_edges(self) -> NDArray[np.int64]:
        """The roads of the core."""
        return np.flatnonzero(self.edge_core)

    @cached_property
    def core_tree(self) -> shapely.STRtree:
        """Spatial index over the lines of `core_edges`."""
        return shapely.STRtree(self.lines[self.core_edges])

    @cached_property
    def standing(self) -> dict[tuple[float, float], tuple[float, ...]]:
        """Where points that do not move touch the roads; see `places.snap_standing`."""
        return {}

    @cached_property
    def extent(self) -> tuple[float, float, float, float]:
        """West, south, east, north of every road, in degrees."""
        west, south = self.lonlat.min(axis=0)
        east, north = self.lonlat.max(axis=0)
        return float(west), float(south), float(east), float(north)

    def road_name(self, edge: int) -> str | None:
        """Return the name of a road, or its number, or None."""
        return self.names[int(self.edge_name[edge])] or None

    def road_class(self, edge: int) -> str:
        """Return the class of a road, such as "primary"."""
        return self.classes[int(self.edge_class[edge])]

    def line(self, edge: int) -> NDArray[np.float64]:
        """Return the points of a road in drawing order, (p, 2), lon lat."""
        return self.lonlat[self.edge_offset[edge] : self.edge_offset[edge + 1]]

    def crossing(self, area: BaseGeometry) -> NDArray[np.bool_]:
        """Return which roads (m) touch an area on the index plane, by one index query."""
        touched = np.zeros(len(self.edge_tail), np.bool_)
        touched[self.tree.query(area, predicate="intersects")] = True
        return touched

    def closed(self, area: BaseGeometry) -> NDArray[np.bool_]:
        """Return which arcs (a) run on a road that touches an area in EPSG:4326, both ways."""
        mask: NDArray[np.bool_] = self.crossing(to_plane(area))[self.arc_edge]
        return mask


def compiled(edges: RoadEdges) -> RoadNetwork:
    """Compile a table of roads into a network; the same table gives the same arrays.

    Raises
    ------
    InvalidInputError
        The table is empty.
    """
    if not len(edges):
        raise InvalidInputError("a road network needs at least one road", code="network_empty")
    node_id, node = np.unique(np.concatenate([edges.u, edges.v]), return_inverse=True)
    tail, head = (part.astype(np.int32) for part in np.split(node, 2))
    time_s = np.maximum(edges.length_m / (edges.speed_kph / 3.6), SHORTEST_STEP_S)
    arcs = _arcs(tail, head, time_s, edges.forward, edges.backward)
    core = largest_strong_part(adjacency(arcs["arc_head"], arcs["arc_tail"], len(node_id)))
    classes, class_ = np.unique(edges.class_, return_inverse=True)
    label = [name or ref or "" for name, ref in zip(edges.name, edges.ref, strict=True)]
    names, name = np.unique(np.array(label), return_inverse=True)
    return RoadNetwork(
        node_id=node_id,
        node_lonlat=_node_lonlat(edges, tail, head, len(node_id)),
        node_core=core,
        edge_tail=tail,
        edge_head=head,
        edge_way=edges.way,
        edge_length_m=edges.length_m,
        edge_time_s=time_s,
        edge_forward=edges.forward,
        edge_backward=edges.backward,
        edge_core=core[tail] & core[head] & (edges.forward | edges.backward),
        edge_class=class_.astype(np.int16),
        edge_name=name.astype(np.int32),
        edge_offset=edges.offset,
        lonlat=edges.lonlat,
        classes=tuple(classes.tolist()),
        names=tuple(names.tolist()),
        **arcs,
    )


def _node_lonlat(edges: RoadEdges, tail: Any, head: Any, count: int) -> NDArray[np.float64]:
    lonlat = np.empty((count, 2))
    lonlat[head] = edges.lonlat[edges.offset[1:] - 1]
    lonlat[tail] = edges.lonlat[edges.offset[:-1]]
    return lonlat


def _arcs(tail: Any, head: Any, time_s: Any, forward: Any, backward: Any) -> dict[str, Any]:
    ahead, back = np.flatnonzero(forward), np.flatnonzero(backward)
    edge = np.concatenate([ahead, back]).astype(np.int32)
    arc_tail = np.concatenate([tail[ahead], head[back]])
    arc_head = np.concatenate([head[ahead], tail[back]])
    order = np.lexsort((edge, time_s[edge], arc_tail, arc_head))
    return {
        "arc_edge": edge[order],
        "arc_tail": arc_tail[order],
        "arc_head": arc_head[order],
        "arc_time_s": time_s[edge][order],
    }
