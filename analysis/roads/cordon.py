"""Control points (管控点): where traffic into a cordon is stopped.

Closing every control point leaves no drivable way from outside the cordon into it: each road, in
the direction in which it first touches the cordon, has one, and so has every parallel road.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from shapely.geometry.base import BaseGeometry

from analysis.roads.approach import Gates, gates
from analysis.roads.closures import closures
from analysis.roads.network import RoadNetwork


def control_points(network: RoadNetwork, cordon: BaseGeometry) -> list[dict[str, Any]]:
    """Return a GeoJSON point for every drivable way into a cordon, outside of its line.

    Parameters
    ----------
    cordon : geometry in EPSG:4326

    Returns
    -------
    list of features
        Sorted by road name, then west to east. Properties: `role` "control", `road` (name or
        None), `class`, `edge` and `node` (the junction that traffic is turned back to).
    """
    shut = closures(network, cordon)
    if shut is None:
        return []
    found = gates(network, shut, within=np.flatnonzero(shut.edges))
    features = [_feature(network, found, index) for index in range(len(found))]
    return sorted(features, key=_by_road)


def _feature(network: RoadNetwork, found: Gates, index: int) -> dict[str, Any]:
    edge = int(found.edge[index])
    return {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": np.round(found.lonlat[index], 7).tolist()},
        "properties": {
            "role": "control",
            "road": network.road_name(edge),
            "class": network.road_class(edge),
            "edge": edge,
            "node": int(network.node_id[found.node[index]]),
        },
    }


def _by_road(feature: dict[str, Any]) -> tuple[str, list[float]]:
    return feature["properties"]["road"] or "\uffff", feature["geometry"]["coordinates"]
