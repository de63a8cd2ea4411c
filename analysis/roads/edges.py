"""Roads as a table: what an extract or the database gives before it is compiled."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
import shapely
from numpy.typing import NDArray

EARTH_RADIUS_M = 6_371_008.8  # IUGG mean radius R1


@dataclass(frozen=True, kw_only=True)
class RoadEdges:
    """Roads between junctions, one row each, drawn from node `u` to node `v`.

    All arrays have length m. `offset` (m + 1) cuts `lonlat` (n, 2; EPSG:4326) into lines.
    `u`, `v` are the source's node ids, `way` the way that a road is part of.
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

    def lines(self) -> NDArray[np.object_]:
        """Return the roads as shapely lines in EPSG:4326."""
        which = np.repeat(np.arange(len(self)), np.diff(self.offset))
        lines: NDArray[np.object_] = np.asarray(shapely.linestrings(self.lonlat, indices=which))
        return lines

    def same_as(self, other: RoadEdges) -> bool:
        """Return whether both tables hold the same roads, to the last bit."""
        return all(
            np.array_equal(getattr(self, f.name), getattr(other, f.name)) for f in fields(self)
        )


def lengths_m(lonlat: NDArray[np.float64], offset: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return the great-circle length of each line, in metres (haversine on the mean sphere)."""
    lon, lat = np.radians(lonlat[:, 0]), np.radians(lonlat[:, 1])
    half_lat, half_lon = np.diff(lat) / 2.0, np.diff(lon) / 2.0
    chord = np.sin(half_lat) ** 2 + np.cos(lat[:-1]) * np.cos(lat[1:]) * np.sin(half_lon) ** 2
    step_m = 2.0 * EARTH_RADIUS_M * np.arcsin(np.sqrt(np.clip(chord, 0.0, 1.0)))
    walked_m = np.concatenate([[0.0], np.cumsum(step_m)])
    length: NDArray[np.float64] = walked_m[offset[1:] - 1] - walked_m[offset[:-1]]
    return length
