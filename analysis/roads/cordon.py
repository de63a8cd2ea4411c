"""Control points (管控点): where traffic into a cordon is stopped, one group a road.

Closing every control point leaves no drivable way from outside the cordon into it: each road, in
the direction in which it first touches the cordon, has one, and so has every parallel road.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components
from shapely.geometry.base import BaseGeometry

from analysis.roads.approach import Gates, gates
from analysis.roads.closures import closures
from analysis.roads.network import RoadNetwork
from analysis.roads.plane import metres_per_unit, to_plane
from analysis.roads.profile import Profile
from analysis.roads.setback import set_back
from layers.errors import TooLargeError

CLASSES = (
    "motorway", "trunk", "primary", "secondary", "tertiary", "unclassified", "residential",
    "living_street", "service", "track",
)  # fmt: skip
"""Classes by the traffic that they carry, most first; a link ranks just after what it leads to."""

ANYBODY = Profile(name="anybody", emergency=True, obeys_turns=False)
"""A cordon holds against whoever might drive in: below a bridge too low for a fire engine too."""

NAMELESS_APART_M = 200.0
SITE_APART_M = 60.0


@dataclass(frozen=True)
class Group:
    """The posts of one road: `posts` are their indices, `sites` how many places they stand at."""

    number: int
    road: str | None
    class_: str
    posts: tuple[int, ...]
    sites: int


def control_points(
    network: RoadNetwork,
    cordon: BaseGeometry,
    *,
    swept: BaseGeometry | None = None,
    most: int | None = None,
) -> list[dict[str, Any]]:
    """Return a GeoJSON point for every drivable way into a cordon, outside of its line.

    Parameters
    ----------
    cordon : geometry in EPSG:4326
    swept : geometry in EPSG:4326, optional
        What the cordon covers if the wind shifts. A post stands outside of it too where its road
        comes from there without a junction; where not, it stays, and `shift_clear` is False.
    most
        The most control points that are answered.

    Returns
    -------
    list of features
        Sorted by group, then west to east. Properties: `role` "control", `road` (name or None),
        `class`, `edge` and `node` (the road that is shut and the junction that traffic is turned
        back to), `group` (from 1, the road with most traffic first), `site` (from 1 in a group:
        posts of one crew), `shift_clear` (None where `swept` was not given).

    Raises
    ------
    TooLargeError
        More than `most` roads lead in.
    """
    network = network.for_vehicle(ANYBODY)
    shut = closures(network, cordon)
    if shut is None:
        return []
    found = gates(network, shut, within=np.flatnonzero(shut.edges))
    if most is not None and len(found) > most:
        raise TooLargeError(
            f"{len(found)} roads lead into the cordon, at most {most} are told",
            code="cordon_too_wide", field="geometry", got=len(found), wanted=most,
        )  # fmt: skip
    lonlat, clear = found.lonlat, [None] * len(found)
    if swept is not None and len(found):
        lonlat, moved_out = set_back(network, shut, found, swept)
        clear = moved_out.tolist()
    features = []
    for group in groups(network, found, lonlat):
        posts = np.array(group.posts)
        sites = _clusters(lonlat[posts], SITE_APART_M) + 1
        order = np.lexsort((lonlat[posts, 1], lonlat[posts, 0]))
        for at in order.tolist():
            feature = _feature(network, found, int(posts[at]), lonlat)
            feature["properties"] |= {
                "group": group.number, "site": int(sites[at]), "shift_clear": clear[posts[at]]
            }  # fmt: skip
            features.append(feature)
    return features


def told(features: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return one entry a group of control points, in order, with where its first post stands."""
    found: dict[int, list[dict[str, Any]]] = {}
    for feature in features:
        found.setdefault(feature["properties"]["group"], []).append(feature)
    return [
        {
            "group": number,
            "road": posts[0]["properties"]["road"],
            "class": min((post["properties"]["class"] for post in posts), key=_rank),
            "posts": len(posts),
            "sites": max(post["properties"]["site"] for post in posts),
            "shift_clear": _all_clear([post["properties"]["shift_clear"] for post in posts]),
            "lon": posts[0]["geometry"]["coordinates"][0],
            "lat": posts[0]["geometry"]["coordinates"][1],
        }
        for number, posts in found.items()
    ]


def _all_clear(clear: Sequence[bool | None]) -> bool | None:
    return None if None in clear else all(clear)


def groups(network: RoadNetwork, found: Gates, lonlat: NDArray[np.float64]) -> list[Group]:
    """Return gates grouped by road: by name, and the nameless by class where they are near."""
    members: dict[tuple[str, str, int], list[int]] = {}
    near = _clusters(lonlat, NAMELESS_APART_M)
    for index, edge in enumerate(found.edge.tolist()):
        name = network.road_name(edge)
        key = (name, "", 0) if name else ("", _trunk(network.road_class(edge)), int(near[index]))
        members.setdefault(key, []).append(index)
    ordered = sorted(
        (
            (
                _class_of(network, found, posts),
                name or "\uffff",
                float(lonlat[posts, 0].min()),
                posts,
            )
            for (name, _, _), posts in members.items()
        ),
        key=lambda each: (_rank(each[0]), *each[1:3]),
    )
    return [
        Group(
            number, None if name == "\uffff" else name, class_, tuple(posts),
            int(_clusters(lonlat[posts], SITE_APART_M).max()) + 1,
        )
        for number, (class_, name, _, posts) in enumerate(ordered, start=1)
    ]  # fmt: skip


def _class_of(network: RoadNetwork, found: Gates, posts: Sequence[int]) -> str:
    return min((network.road_class(int(found.edge[index])) for index in posts), key=_rank)


def _trunk(class_: str) -> str:
    return class_.removesuffix("_link")


def _rank(class_: str) -> tuple[int, bool, str]:
    base = _trunk(class_)
    place = CLASSES.index(base) if base in CLASSES else len(CLASSES)
    return place, base != class_, class_


def _clusters(lonlat: NDArray[np.float64], apart_m: float) -> NDArray[np.intp]:
    """Return for each point the number of its cluster: chains of points nearer than `apart_m`."""
    if len(lonlat) < 2:
        return np.zeros(len(lonlat), np.intp)
    points = np.asarray(shapely.points(to_plane(lonlat)))
    reach = apart_m / float(metres_per_unit(lonlat[:, 1].mean()))
    one, other = shapely.STRtree(points).query(points, predicate="dwithin", distance=reach)
    count = len(points)
    near = csr_array((np.ones(len(one)), (one, other)), shape=(count, count))
    _, label = connected_components(near, directed=False)
    numbers: NDArray[np.intp] = np.asarray(label, np.intp)
    return numbers


def _feature(
    network: RoadNetwork, found: Gates, index: int, lonlat: NDArray[np.float64]
) -> dict[str, Any]:
    edge = int(found.edge[index])
    return {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": np.round(lonlat[index], 7).tolist()},
        "properties": {
            "role": "control",
            "road": network.road_name(edge),
            "class": network.road_class(edge),
            "edge": edge,
            "node": int(network.node_id[found.node[index]]),
        },
    }
