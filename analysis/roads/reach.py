"""How far one comes from a place, or to it, in so many minutes (等时圈)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from analysis.roads.closures import Closures
from analysis.roads.network import RoadNetwork
from analysis.roads.places import Place, legs, snap_one
from analysis.roads.plane import from_plane, metres_per_unit, to_plane
from analysis.roads.search import Tree, tree

CELL_M = 150.0
Direction = Literal["from", "to"]


@dataclass(frozen=True)
class Reached:
    """What is reached within `minutes`: an area in EPSG:4326 and the length of its roads."""

    minutes: float
    area: BaseGeometry
    road_length_m: float


def reach(
    network: RoadNetwork,
    lon: float,
    lat: float,
    *,
    minutes: Sequence[float] = (5.0, 10.0, 15.0, 30.0),
    direction: Direction = "from",
    closed: Closures | None = None,
) -> tuple[Reached, ...]:
    """Return what is reached by road within each of several times, shortest first.

    The area is drawn as cells of `CELL_M`: those that a reached piece of road runs through, and
    their neighbours. So it bridges no river and fills no empty quarter as a hull would, and says
    no more than "within two cells of a road that is reached".

    Raises
    ------
    NoRouteError
        The place has no road near it.
    """
    place = snap_one(network, lon, lat)
    begins = legs(network, place, arriving=direction == "to", closed=closed)
    found = tree(
        network.onward if direction == "from" else network.toward,
        network.arc_time_s if closed is None else closed.cost_s(network),
        np.array([leg.node for leg in begins], np.int32),
        np.array([leg.cost_s for leg in begins]),
        limit_s=60.0 * max(minutes),
    )
    pieces = _pieces(network, place, found, direction, closed)
    unit = CELL_M / float(metres_per_unit(place.lat))
    own = to_plane(np.array([[place.lon, place.lat]]))
    return tuple(
        Reached(
            minute,
            _area(np.vstack([own, pieces.points[pieces.time_s <= 60.0 * minute]]), unit),
            float(pieces.length_m[pieces.time_s <= 60.0 * minute].sum()),
        )
        for minute in sorted(minutes)
    )


class _Pieces(NamedTuple):
    """Roads in short pieces (p): middle on the index plane, when it is reached, length."""

    points: NDArray[np.float64]
    time_s: NDArray[np.float64]
    length_m: NDArray[np.float64]


def _pieces(
    network: RoadNetwork, place: Place, found: Tree, direction: Direction, closed: Closures | None
) -> _Pieces:
    tail_s, head_s = found.time_s[network.edge_tail], found.time_s[network.edge_head]
    if direction == "from":
        by_tail, by_head = network.edge_forward, network.edge_backward
    else:
        by_tail, by_head = network.edge_backward, network.edge_forward
    tail_s, head_s = np.where(by_tail, tail_s, np.inf), np.where(by_head, head_s, np.inf)
    usable = np.isfinite(np.minimum(tail_s, head_s))
    usable[place.edge] = True
    if closed is not None:
        usable &= ~closed.edges
    edges = np.flatnonzero(usable)
    counts = np.maximum(1, np.ceil(network.edge_length_m[edges] / (CELL_M / 3.0))).astype(np.int64)
    edge = np.repeat(edges, counts)
    first = np.repeat(np.cumsum(counts) - counts, counts)
    share = (np.arange(len(edge)) - first + 0.5) / np.repeat(counts, counts)
    along_s = network.edge_time_s[edge]
    middles = shapely.line_interpolate_point(network.lines[edge], share, normalized=True)
    time_s = np.minimum(tail_s[edge] + share * along_s, head_s[edge] + (1.0 - share) * along_s)
    # Along the place's own road no node is passed.
    ahead = share >= place.fraction
    open_way = np.where(ahead, by_tail[place.edge], by_head[place.edge])
    straight_s = np.abs(share - place.fraction) * along_s
    own = (edge == place.edge) & open_way
    return _Pieces(
        shapely.get_coordinates(middles),
        np.where(own, np.minimum(time_s, straight_s), time_s),
        network.edge_length_m[edge] / np.repeat(counts, counts),
    )


def _area(points: NDArray[np.float64], unit: float) -> BaseGeometry:
    """Return the cells of side `unit` that hold points, with their neighbours, in EPSG:4326."""
    cells = np.unique(np.floor(points / unit).astype(np.int64), axis=0)
    around = np.stack(np.meshgrid((-1, 0, 1), (-1, 0, 1)), axis=-1).reshape(-1, 2)
    grown = np.unique((cells[:, None, :] + around[None, :, :]).reshape(-1, 2), axis=0)
    low, high = grown, grown + 1
    boxes = shapely.box(low[:, 0], low[:, 1], high[:, 0], high[:, 1])
    outline = shapely.simplify(shapely.coverage_union_all(boxes), 0.0)
    return shapely.transform(outline, lambda corners: from_plane(corners * unit))
