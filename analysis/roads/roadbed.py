"""What lies on the ground, whoever travels on it: junctions, roads, their limits, their lines."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from analysis.roads.edges import RoadEdges, Turns
from analysis.roads.index import EdgeIndex, edge_index
from analysis.roads.plane import to_plane
from layers.errors import InvalidInputError

# Bits of `edge_marks`.
FORWARD, BACKWARD, WALK, HGV, HAZMAT, FERRY, BRIDGE, TUNNEL = (1 << bit for bit in range(8))
MARKED = {
    "forward": FORWARD, "backward": BACKWARD, "walk": WALK, "hgv": HGV, "hazmat": HAZMAT,
    "ferry": FERRY, "bridge": BRIDGE, "tunnel": TUNNEL,
}  # fmt: skip
LISTED_FAULTS = 20


@dataclass(frozen=True, kw_only=True, eq=False)
class Roadbed:
    """The part of a road network that all vehicles share. n nodes, m roads (edges).

    `lonlat` (EPSG:4326) is cut into lines by `edge_offset` (m + 1). `edge_marks` holds the bits of
    `MARKED`; `edge_class`, `edge_name`, `edge_access` and `edge_barrier` are places in the tuples
    of words. Limits are NaN where nothing limits. Metres, tonnes, km/h.
    """

    node_id: NDArray[np.int64]
    node_lonlat: NDArray[np.float64]
    edge_tail: NDArray[np.int32]
    edge_head: NDArray[np.int32]
    edge_way: NDArray[np.int64]
    edge_length_m: NDArray[np.float64]
    edge_speed_kph: NDArray[np.float64]
    edge_marks: NDArray[np.uint8]
    edge_class: NDArray[np.int16]
    edge_name: NDArray[np.int32]
    edge_access: NDArray[np.int16]
    edge_barrier: NDArray[np.int16]
    edge_max_height_m: NDArray[np.float64]
    edge_max_weight_t: NDArray[np.float64]
    edge_offset: NDArray[np.int64]
    lonlat: NDArray[np.float64]
    classes: tuple[str, ...]
    names: tuple[str, ...]
    accesses: tuple[str, ...]
    barriers: tuple[str, ...]
    index: EdgeIndex

    def marked(self, bit: int) -> NDArray[np.bool_]:
        """Return which roads (m) carry a mark, such as `FERRY`."""
        carries: NDArray[np.bool_] = (self.edge_marks & np.uint8(bit)) != 0
        return carries

    @cached_property
    def edge_ferry(self) -> NDArray[np.bool_]:
        """Which roads (m) are ferries."""
        return self.marked(FERRY)

    @cached_property
    def no_barrier(self) -> int:
        """The place in `barriers` that says that nothing stands across a road, or -1."""
        return self.barriers.index("") if "" in self.barriers else -1

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

    def barrier(self, edge: int) -> str | None:
        """Return what stands across a road, such as "gate", or None."""
        return self.barriers[int(self.edge_barrier[edge])] or None

    def line(self, edge: int) -> NDArray[np.float64]:
        """Return the points of a road in drawing order, (p, 2), lon lat."""
        return self.lonlat[self.edge_offset[edge] : self.edge_offset[edge + 1]]

    def points(self, edges: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """Return the points of some roads on the index plane: whose (p), in order, and where."""
        counts = self.edge_offset[edges + 1] - self.edge_offset[edges]
        whose = np.repeat(np.arange(len(edges)), counts)
        first = np.cumsum(counts) - counts
        at = np.arange(len(whose)) - first[whose] + self.edge_offset[edges][whose]
        return whose, to_plane(self.lonlat[at])

    def shapes(self, edges: NDArray[np.int64]) -> NDArray[np.object_]:
        """Return some roads as shapely lines on the index plane (`analysis.roads.plane`)."""
        if not len(edges):
            return np.empty(0, object)
        whose, points = self.points(edges)
        lines: NDArray[np.object_] = np.asarray(shapely.linestrings(points, indices=whose))
        return lines

    def crossing(self, area: Any) -> NDArray[np.bool_]:
        """Return which roads (m) touch a geometry on the index plane."""
        touched = np.zeros(len(self.edge_tail), np.bool_)
        touched[self.index.crossing(self, area)] = True
        return touched


def roadbed(edges: RoadEdges) -> tuple[Roadbed, Turns]:
    """Make the shared part of a network from a table of roads, and give back its turn bans.

    Raises
    ------
    InvalidInputError
        The table is empty; a speed or a length is no positive number (a length may be 0):
        `details["roads"]` lists the first of them with their way.
    """
    if not len(edges):
        raise InvalidInputError("a road network needs at least one road", code="network_empty")
    _refuse(edges, "speed_kph", ~(np.isfinite(edges.speed_kph) & (edges.speed_kph > 0.0)))
    _refuse(edges, "length_m", ~(np.isfinite(edges.length_m) & (edges.length_m >= 0.0)))
    node_id, node = np.unique(np.concatenate([edges.u, edges.v]), return_inverse=True)
    tail, head = (part.astype(np.int32) for part in np.split(node, 2))
    label = [name or ref or "" for name, ref in zip(edges.name, edges.ref, strict=True)]
    classes, class_ = _words(edges.class_)
    names, name = _words(label)
    accesses, access = _words(edges.access)
    barriers, barrier = _words([kind or "" for kind in edges.barrier.tolist()])
    marks = np.zeros(len(edges), np.uint8)
    for column, bit in MARKED.items():
        marks |= getattr(edges, column).astype(np.uint8) * np.uint8(bit)
    bed = Roadbed(
        node_id=node_id,
        node_lonlat=_node_lonlat(edges, tail, head, len(node_id)),
        edge_tail=tail,
        edge_head=head,
        edge_way=edges.way,
        edge_length_m=edges.length_m,
        edge_speed_kph=edges.speed_kph,
        edge_marks=marks,
        edge_class=class_.astype(np.int16),
        edge_name=name.astype(np.int32),
        edge_access=access.astype(np.int16),
        edge_barrier=barrier.astype(np.int16),
        edge_max_height_m=edges.max_height_m,
        edge_max_weight_t=edges.max_weight_t,
        edge_offset=edges.offset,
        lonlat=edges.lonlat,
        classes=classes,
        names=names,
        accesses=accesses,
        barriers=barriers,
        index=edge_index(edges.lonlat, edges.offset),
    )
    return bed, edges.turns


def _words(column: Any) -> tuple[tuple[str, ...], NDArray[np.intp]]:
    words, place = np.unique(np.asarray(column, np.str_), return_inverse=True)
    return tuple(words.tolist()), place


def _refuse(edges: RoadEdges, column: str, wrong: NDArray[np.bool_]) -> None:
    at = np.flatnonzero(wrong)
    if not len(at):
        return
    values = getattr(edges, column)
    roads = [
        {"way": int(edges.way[i]), "u": int(edges.u[i]), "v": int(edges.v[i]),
         "got": repr(float(values[i]))}
        for i in at[:LISTED_FAULTS].tolist()
    ]  # fmt: skip
    raise InvalidInputError(
        f"{len(at)} roads have no usable {column}; the first is way {roads[0]['way']} "
        f"with {roads[0]['got']}",
        code="road_value", field=column, count=len(at), got=roads[0]["got"], roads=roads,
        way=roads[0]["way"],
    )  # fmt: skip


def _node_lonlat(edges: RoadEdges, tail: Any, head: Any, count: int) -> NDArray[np.float64]:
    lonlat = np.empty((count, 2))
    lonlat[head] = edges.lonlat[edges.offset[1:] - 1]
    lonlat[tail] = edges.lonlat[edges.offset[:-1]]
    return lonlat
