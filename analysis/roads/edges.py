"""Roads as a table: what an extract or the database gives before it is compiled."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

EARTH_RADIUS_M = 6_371_008.8  # IUGG mean radius R1


Ban = tuple[tuple[int, ...], tuple[int, ...], str]


@dataclass(frozen=True, kw_only=True)
class Turns:
    """Forbidden sequences of roads (禁止转向), b of them.

    A ban of k roads is the path over the ways `way[offset[i] : offset[i + 1]]` and the k + 1 nodes
    of `nodes_of(i)`, which are junctions: ends `u`, `v` of roads. `offset` has b + 1 entries over
    `way`; `node` holds one node more for each ban. `binds` (b) says whom: "all", "hgv" (lorries),
    "hazmat" (dangerous goods) or "not_emergency" (all but vehicles on an emergency run).
    """

    way: NDArray[np.int64]
    node: NDArray[np.int64]
    offset: NDArray[np.int64]
    binds: NDArray[np.str_]

    def __len__(self) -> int:
        return len(self.binds)

    @classmethod
    def none(cls) -> Turns:
        """Return no bans."""
        return cls.of(())

    @classmethod
    def of(cls, bans: Iterable[Ban]) -> Turns:
        """Return bans given as (ways, nodes, binds), each once, in an order of their own."""
        known = sorted(set(bans))
        counts = [len(ways) for ways, _, _ in known]
        return cls(
            way=np.array([way for ways, _, _ in known for way in ways], np.int64),
            node=np.array([node for _, nodes, _ in known for node in nodes], np.int64),
            offset=np.append(0, np.cumsum(counts)).astype(np.int64),
            binds=np.array([binds for _, _, binds in known], np.str_),
        )

    def ways_of(self, ban: int) -> NDArray[np.int64]:
        """Return the ways (k) that a ban runs over."""
        return self.way[self.offset[ban] : self.offset[ban + 1]]

    def nodes_of(self, ban: int) -> NDArray[np.int64]:
        """Return the nodes (k + 1) that a ban passes, its first and last included."""
        return self.node[self.offset[ban] + ban : self.offset[ban + 1] + ban + 1]

    def same_as(self, other: Turns) -> bool:
        """Return whether both hold the same bans."""
        names = ("way", "node", "offset", "binds")
        return all(np.array_equal(getattr(self, n), getattr(other, n)) for n in names)


@dataclass(frozen=True, kw_only=True)
class RoadEdges:
    """Roads between junctions, one row each, drawn from node `u` to node `v`.

    All arrays have length m. `offset` (m + 1) cuts `lonlat` (n, 2; EPSG:4326) into lines.
    `u`, `v` are the source's node ids, `way` the way that a road is part of. `walk`, `hgv` and
    `hazmat` say who else may use it, `forward` and `backward` how it is driven. `max_height_m` and
    `max_weight_t` are NaN where nothing limits. A `barrier` is a road of length 0 between two
    copies of a node; elsewhere it is None. Who passes it is said by the same columns as of any road
    (`access`, `forward`, `walk`, limits); its kind only tells what stands there and costs time.
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
    walk: NDArray[np.bool_]
    hgv: NDArray[np.bool_]
    hazmat: NDArray[np.bool_]
    max_height_m: NDArray[np.float64]
    max_weight_t: NDArray[np.float64]
    ferry: NDArray[np.bool_]
    barrier: NDArray[np.object_]
    offset: NDArray[np.int64]
    lonlat: NDArray[np.float64]
    turns: Turns

    def __len__(self) -> int:
        return len(self.u)

    def lines(self) -> NDArray[np.object_]:
        """Return the roads as shapely lines in EPSG:4326."""
        which = np.repeat(np.arange(len(self)), np.diff(self.offset))
        lines: NDArray[np.object_] = np.asarray(shapely.linestrings(self.lonlat, indices=which))
        return lines

    def same_as(self, other: RoadEdges) -> bool:
        """Return whether both tables hold the same roads and bans, to the last bit."""
        names = [f.name for f in fields(self) if f.name != "turns"]
        return self.turns.same_as(other.turns) and all(
            _same(getattr(self, name), getattr(other, name)) for name in names
        )


def _same(one: NDArray[Any], other: NDArray[Any]) -> bool:
    return np.array_equal(one, other, equal_nan=one.dtype.kind == other.dtype.kind == "f")


def unlimited(count: int) -> dict[str, Any]:
    """Return the columns of roads about whose limits, barriers and turns nothing is known."""
    return {
        "walk": np.ones(count, np.bool_),
        "hgv": np.ones(count, np.bool_),
        "hazmat": np.ones(count, np.bool_),
        "max_height_m": np.full(count, np.nan),
        "max_weight_t": np.full(count, np.nan),
        "ferry": np.zeros(count, np.bool_),
        "barrier": np.full(count, None, object),
        "turns": Turns.none(),
    }


def lengths_m(lonlat: NDArray[np.float64], offset: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return the great-circle length of each line, in metres (haversine on the mean sphere)."""
    lon, lat = np.radians(lonlat[:, 0]), np.radians(lonlat[:, 1])
    half_lat, half_lon = np.diff(lat) / 2.0, np.diff(lon) / 2.0
    chord = np.sin(half_lat) ** 2 + np.cos(lat[:-1]) * np.cos(lat[1:]) * np.sin(half_lon) ** 2
    step_m = 2.0 * EARTH_RADIUS_M * np.arcsin(np.sqrt(np.clip(chord, 0.0, 1.0)))
    walked_m = np.concatenate([[0.0], np.cumsum(step_m)])
    length: NDArray[np.float64] = walked_m[offset[1:] - 1] - walked_m[offset[:-1]]
    return length
