"""The road network of the sample city as a table of roads between junctions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from data_samples.city.blocks import Fabric
from data_samples.city.frame import Frame
from data_samples.city.interchanges import bridged, make_expressways
from data_samples.city.network import (
    Key,
    Link,
    join_chains,
    largest_part,
    node_lines,
    prune_stubs,
)
from data_samples.city.shape import Land
from data_samples.city.skeleton import Skeleton

SPEED_KPH = {
    "motorway": 80.0, "motorway_link": 40.0, "trunk": 70.0, "primary": 60.0, "secondary": 50.0,
    "tertiary": 40.0, "unclassified": 35.0, "residential": 25.0,
}  # fmt: skip
EARTH_RADIUS_M = 6_371_008.8  # IUGG mean radius, as the road part measures


@dataclass(frozen=True)
class Roads:
    """Roads between junctions, one row each; the columns of `analysis.roads.edges.RoadEdges`.

    `offset` (m + 1) cuts `lonlat` (n, 2; EPSG:4326) into lines drawn from node `u` to node `v`.
    """

    u: NDArray[np.int64]
    v: NDArray[np.int64]
    way: NDArray[np.int64]
    class_: NDArray[np.str_]
    name: NDArray[np.object_]
    name_en: NDArray[np.object_]
    ref: NDArray[np.object_]
    access: NDArray[np.str_]
    forward: NDArray[np.bool_]
    backward: NDArray[np.bool_]
    speed_kph: NDArray[np.float64]
    length_m: NDArray[np.float64]
    bridge: NDArray[np.bool_]
    tunnel: NDArray[np.bool_]
    level: NDArray[np.int16]
    offset: NDArray[np.int64]
    lonlat: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.u)


def draw(skeleton: Skeleton, fabric: Fabric, land: Land) -> list[Link]:
    """Return every road between two junctions, in paper metres."""
    ground = node_lines([*skeleton.ways, *fabric.streets])
    ground = largest_part(prune_stubs(join_chains(ground)))
    ground = bridged(join_chains(ground), land)
    return ground + make_expressways(skeleton, ground, land)


def _lengths_m(lonlat: NDArray[np.float64], offset: NDArray[np.int64]) -> NDArray[np.float64]:
    lon, lat = np.radians(lonlat).T
    chord = (
        np.sin(np.diff(lat) / 2.0) ** 2
        + np.cos(lat[:-1]) * np.cos(lat[1:]) * np.sin(np.diff(lon) / 2.0) ** 2
    )
    walked_m = np.concatenate([[0.0], np.cumsum(2.0 * EARTH_RADIUS_M * np.arcsin(np.sqrt(chord)))])
    length: NDArray[np.float64] = walked_m[offset[1:] - 1] - walked_m[offset[:-1]]
    return length


def _texts(values: list[str | None]) -> NDArray[Any]:
    column = np.empty(len(values), dtype=object)
    column[:] = values
    return column


def tabulate(links: list[Link], frame: Frame) -> Roads:
    """Return the drawn roads as arrays on the globe; node ids are 1, 2, ... from south to north."""
    node: dict[Key, int] = {
        key: number
        for number, key in enumerate(
            sorted({key for link in links for key in link.ends}, key=lambda k: (k[1], k[0])),
            start=1,
        )
    }
    lines = shapely.simplify(frame.globe(np.array([link.line for link in links])), 8e-6)
    lonlat, which = shapely.get_coordinates(lines, return_index=True)
    offset = np.concatenate([[0], np.cumsum(np.bincount(which, minlength=len(links)))])
    start, end = zip(*(link.ends for link in links), strict=True)
    ways = [link.way for link in links]
    classes = np.array([way.road_class for way in ways])
    count = len(links)
    return Roads(
        u=np.array([node[key] for key in start], dtype=np.int64),
        v=np.array([node[key] for key in end], dtype=np.int64),
        way=np.arange(1, count + 1, dtype=np.int64),
        class_=classes,
        name=_texts([way.name for way in ways]),
        name_en=_texts([way.name_en for way in ways]),
        ref=_texts([None] * count),
        access=np.full(count, "yes"),
        forward=np.ones(count, dtype=np.bool_),
        backward=np.array([not way.oneway for way in ways]),
        speed_kph=np.array([SPEED_KPH[value] for value in classes]),
        length_m=_lengths_m(lonlat, offset),
        bridge=np.array([way.bridge for way in ways]),
        tunnel=np.zeros(count, dtype=np.bool_),
        level=np.array([int(way.bridge or way.flying) for way in ways], dtype=np.int16),
        offset=offset,
        lonlat=lonlat,
    )
