"""Where the lines of a layer meet, and where they only cross."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import KDTree

from analysis.roads.edges import EARTH_RADIUS_M

# Vertices are one where they agree to this many parts of a degree (about a centimetre).
PER_DEGREE = 10_000_000


class Joints(NamedTuple):
    """The node of every vertex (p), how many ends were joined, and over how far at most."""

    node: NDArray[np.int64]
    joined: int
    farthest_m: float


def joints(lonlat: NDArray[np.float64], line: NDArray[np.int64], *, tolerance_m: float) -> Joints:
    """Return which vertices of lines are one node.

    Vertices at one place are one node. Ends of lines within `tolerance_m` of each other are one
    node too, and so is the vertex of another line that an end is that near to. The node's number is
    made of its place, so that another version of the layer gives it the same.

    Parameters
    ----------
    lonlat : array (p, 2), degrees
    line : array (p)
        The line of each vertex, in order.
    """
    node = _numbers(lonlat)
    if tolerance_m <= 0.0:
        return Joints(node, 0, 0.0)
    is_end = np.zeros(len(node), np.bool_)
    is_end[np.append(0, np.flatnonzero(np.diff(line)) + 1)] = True
    is_end[np.append(np.flatnonzero(np.diff(line)), len(line) - 1)] = True
    ends, first = np.unique(node[is_end], return_index=True)
    at = _ball(lonlat[is_end][first])
    tree = KDTree(at)
    pairs = np.asarray(tree.query_pairs(tolerance_m, output_type="ndarray"))
    reached, which = map(np.asarray, tree.query(_ball(lonlat), distance_upper_bound=tolerance_m))
    near = np.flatnonzero(np.isfinite(reached) & ~is_end)
    near = near[~_own_end(node, line, near, ends[which[near]])]
    places, place = np.unique(np.concatenate([ends, node]), return_inverse=True)
    end_place, node_place = place[: len(ends)], place[len(ends) :]
    links = np.vstack(
        [end_place[pairs], np.column_stack([node_place[near], end_place[which[near]]])]
    )
    moved = links[links[:, 0] != links[:, 1]]
    graph = coo_array(
        (np.ones(len(moved)), (moved[:, 0], moved[:, 1])), shape=(len(places), len(places))
    )
    _, group = connected_components(graph, directed=False)
    # Of a group the least number stands for all; `places` is sorted.
    least = np.full(group.max() + 1, len(places))
    np.minimum.at(least, group, np.arange(len(places)))
    one = places[least[group]]
    lengths = np.concatenate([
        np.linalg.norm(at[pairs[:, 0]] - at[pairs[:, 1]], axis=1) if len(pairs) else np.empty(0),
        reached[near],
    ])  # fmt: skip
    joined = int((one != places).sum())
    return Joints(one[node_place], joined, float(lengths.max(initial=0.0)))


def _numbers(lonlat: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return a number for the place of each vertex."""
    east = np.round((lonlat[:, 0] + 180.0) * PER_DEGREE).astype(np.int64)
    north = np.round((lonlat[:, 1] + 90.0) * PER_DEGREE).astype(np.int64)
    number: NDArray[np.int64] = (north << 32) | east
    return number


def _ball(lonlat: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return places as points of the sphere, in metres: a short chord is a distance."""
    lon, lat = np.radians(lonlat[:, 0]), np.radians(lonlat[:, 1])
    level = np.cos(lat)
    return EARTH_RADIUS_M * np.column_stack([level * np.cos(lon), level * np.sin(lon), np.sin(lat)])


def _own_end(
    node: NDArray[np.int64],
    line: NDArray[np.int64],
    near: NDArray[np.int64],
    end: NDArray[np.int64],
) -> NDArray[np.bool_]:
    """Return which vertices are near to an end of their own line, and to no other's."""
    breaks = np.flatnonzero(np.diff(line)) + 1
    starts, stops = np.append(0, breaks), np.append(breaks, len(line)) - 1
    rank = np.zeros(len(line), np.int64)
    rank[breaks] = 1
    rank = np.cumsum(rank)[near]
    own: NDArray[np.bool_] = (node[starts[rank]] == end) | (node[stops[rank]] == end)
    return own


def crossings(
    lines: NDArray[np.object_],
) -> NDArray[np.int64]:
    """Return the pairs (c, 2) of lines that cross between their ends without a shared vertex.

    Roads are cut where they share one, so what still crosses is a bridge, or a junction that the
    layer does not have.
    """
    shapely.prepare(lines)
    found: NDArray[np.int64] = shapely.STRtree(lines).query(lines, predicate="crosses").T
    return found[found[:, 0] < found[:, 1]]


def loose_ends(
    lines: NDArray[np.object_],
    ends: NDArray[np.float64],
    alone: NDArray[np.bool_],
    owner: NDArray[np.int64],
    *,
    tolerance_m: float,
) -> int:
    """Return how many lone ends (e, 2) touch the middle of another line without a vertex there."""
    at = np.flatnonzero(alone)
    if not len(at) or tolerance_m <= 0.0:
        return 0
    # Degrees of longitude shrink with the latitude: the widest reach, cut exactly below.
    shrink = np.cos(np.radians(np.clip(ends[at, 1], -89.0, 89.0)))
    reach = np.degrees(tolerance_m / EARTH_RADIUS_M) / shrink.min()
    points = np.asarray(shapely.points(ends[at]))
    who, which = shapely.STRtree(lines).query(points, predicate="dwithin", distance=reach)
    other = which != owner[at][who]
    who, which = who[other], which[other]
    foot = shapely.line_interpolate_point(
        lines[which], shapely.line_locate_point(lines[which], points[who])
    )
    gap_m = np.linalg.norm(_ball(shapely.get_coordinates(foot)) - _ball(ends[at][who]), axis=1)
    return len(np.unique(who[gap_m <= tolerance_m]))
