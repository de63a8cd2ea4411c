"""Road networks to and from what other tools use: networkx and osmnx graphs, Parquet tables."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import networkx as nx
import numpy as np
import shapely
from numpy.typing import NDArray

from analysis.roads.edges import RoadEdges, unlimited
from analysis.roads.network import RoadNetwork
from analysis.roads.source.arc_tables import UNKNOWN_SPEED_KPH, Arcs, from_nodes_edges, paired
from analysis.roads.source.tags import ADMITTED_SPEED_KPH, CLASS_SPEED_KPH, access, speed_kph
from layers.errors import InvalidInputError

__all__ = ["from_graphml", "from_networkx", "from_nodes_edges", "to_networkx"]

_SPEEDS = {**ADMITTED_SPEED_KPH, **CLASS_SPEED_KPH}


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


def from_graphml(path: Path) -> RoadEdges:
    """Read a graph that osmnx saved (`ox.save_graphml`).

    Raises
    ------
    InvalidInputError
        It is no such graph; see `from_networkx`.
    """
    import osmnx as ox

    try:
        graph = ox.load_graphml(path)
    except (ValueError, KeyError, TypeError, SyntaxError, nx.NetworkXError) as error:
        raise InvalidInputError(
            f"{path.name} cannot be read as a graph of osmnx: {error}",
            code="graph_unreadable", file=path.name, reason=str(error)[:200],
        ) from error  # fmt: skip
    return from_networkx(graph)


def from_networkx(graph: nx.MultiDiGraph[int]) -> RoadEdges:
    """Return the roads of a graph as osmnx makes one: `x`, `y` on nodes, `length` on arcs.

    Two arcs of one way between the same nodes in opposite directions become one two-way road.
    `highway`, `maxspeed`, `name`, `ref`, `access`, `bridge`, `tunnel` and `geometry` are used where
    they are there; of several classes that osmnx merged into one arc the slowest counts, of several
    limits the lowest. Such a graph knows no turn bans, barriers or limits of height and weight.

    Raises
    ------
    InvalidInputError
        The graph is not in degrees (`to_crs`), its nodes have no whole numbers as names, or an arc
        has no usable length.
    """
    if "4326" not in str(graph.graph.get("crs", "EPSG:4326")):
        raise _refused(f"its coordinate system is {graph.graph['crs']}, wanted EPSG:4326")
    arcs = list(graph.edges(data=True))
    if not arcs:
        raise InvalidInputError("a road network needs at least one road", code="network_empty")
    try:
        ids = np.array(sorted(graph.nodes), np.int64)
        lonlat = np.array([(graph.nodes[node]["x"], graph.nodes[node]["y"]) for node in ids])
        length_m = np.array([float(data["length"]) for _, _, data in arcs])
    except (TypeError, ValueError, KeyError) as error:
        raise _refused(f"{type(error).__name__}: {error}") from error
    if not (np.isfinite(length_m) & (length_m >= 0.0)).all() or not np.isfinite(lonlat).all():
        raise _refused("an arc without a usable length, or a node without a position")
    groups: dict[tuple[int, ...], int] = {}
    tail = np.searchsorted(ids, [u for u, _, _ in arcs])
    head = np.searchsorted(ids, [v for _, v, _ in arcs])
    street = np.array([groups.setdefault(_ways(d), len(groups)) for _, _, d in arcs], np.int64)
    classes = np.array([_class(data) for _, _, data in arcs], np.str_)
    kept, two_way = paired(Arcs(tail, head, length_m, street, classes, None))
    ways = np.array([(_ways(data) or (0,))[0] for _, _, data in arcs], np.int64)
    order = np.argsort(ways[kept], kind="stable")
    kept, two_way = kept[order], two_way[order]
    said = [arcs[index][2] for index in kept.tolist()]
    offset, points = _lines(lonlat, tail[kept], head[kept], said)
    return RoadEdges(
        u=ids[tail[kept]], v=ids[head[kept]], way=ways[kept], class_=classes[kept],
        name=_texts(said, "name"), name_en=_texts(said, "name:en"), ref=_texts(said, "ref"),
        access=np.array([_access(data) for data in said], np.str_),
        forward=np.ones(len(kept), np.bool_), backward=two_way,
        speed_kph=np.array([_speed(data) for data in said]), length_m=length_m[kept],
        bridge=np.array([_is_set(data, "bridge") for data in said]),
        tunnel=np.array([_is_set(data, "tunnel") for data in said]),
        level=np.zeros(len(kept), np.int16), offset=offset, lonlat=points,
        **unlimited(len(kept)),
    )  # fmt: skip


def _refused(reason: str) -> InvalidInputError:
    return InvalidInputError(
        f"the graph cannot be used: {reason}",
        code="graph_unreadable", file="graph", reason=reason[:200],
    )  # fmt: skip


def _values(data: dict[str, Any], key: str) -> list[Any]:
    value = data.get(key)
    return [] if value is None else list(value) if isinstance(value, list | tuple) else [value]


def _ways(data: dict[str, Any]) -> tuple[int, ...]:
    return tuple(sorted({int(way) for way in _values(data, "osmid")}))


def _class(data: dict[str, Any]) -> str:
    kinds = [str(kind) for kind in _values(data, "highway")] or ["road"]
    return min(kinds, key=lambda kind: (_SPEEDS.get(kind, UNKNOWN_SPEED_KPH), kind))


def _speed(data: dict[str, Any]) -> float:
    said = speed_kph(";".join(map(str, _values(data, "maxspeed"))))
    return said or _SPEEDS.get(_class(data), UNKNOWN_SPEED_KPH)


def _access(data: dict[str, Any]) -> str:
    found = [access({"access": str(value)}) for value in _values(data, "access")]
    return "private" if "private" in found else "open"


def _is_set(data: dict[str, Any], key: str) -> bool:
    return any(str(value) != "no" for value in _values(data, key))


def _texts(said: list[dict[str, Any]], key: str) -> NDArray[np.object_]:
    texts = ["; ".join(map(str, _values(data, key))) or None for data in said]
    return np.array([*texts, None], object)[:-1]


def _lines(
    lonlat: NDArray[np.float64], tail: Any, head: Any, said: list[dict[str, Any]]
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    lines = list(_points(lonlat, tail, head, said))
    offset = np.append(0, np.cumsum([len(line) for line in lines])).astype(np.int64)
    return offset, np.vstack(lines)


def _points(
    lonlat: NDArray[np.float64], tail: Any, head: Any, said: list[dict[str, Any]]
) -> Iterator[NDArray[np.float64]]:
    for start, end, data in zip(tail, head, said, strict=True):
        line = data.get("geometry")
        if line is None:
            yield lonlat[[start, end]]
        else:
            points = shapely.get_coordinates(line)
            turned = (
                np.abs(points[0] - lonlat[start]).sum() > np.abs(points[-1] - lonlat[start]).sum()
            )
            yield points[::-1] if turned else points
