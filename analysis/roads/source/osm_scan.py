"""One pass over an OpenStreetMap file: ways, points, barriers and restrictions, as arrays.

Nodes are never objects of ours: osmium keeps all positions (16 bytes each), and only the points of
ways that somebody travels are copied out, as whole numbers of 1e-7 degrees.
"""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import osmium
from numpy.typing import NDArray

from analysis.roads.source.osm_access import Passage, passage
from analysis.roads.source.osm_barriers import Barrier, barrier
from layers.errors import InvalidInputError

RESTRICTION_KEYS = tuple(
    f"restriction{whom}{when}"
    for whom in ("", ":hgv", ":hazmat", ":motor_vehicle", ":motorcar", ":vehicle")
    for when in ("", ":conditional")
)
KEYS = ("highway", "route", "man_made", "barrier", *RESTRICTION_KEYS)
TEXT_TAGS = ("name", "name:en", "ref")
UNITS_PER_DEGREE = 1e7
# What the file does not say is 2**31 - 1, and so beyond both.
FARTHEST_EAST, FARTHEST_NORTH = 1_800_000_000, 900_000_000
NODE_LIMIT = 1 << 55
TOLD_EVERY = 10_000
LEVEL_LIMIT = 10


class Relation(NamedTuple):
    """A turn restriction as it is written: its tags, and its members as (type, id, role)."""

    id: int
    tags: dict[str, str]
    members: tuple[tuple[str, int, str], ...]


class WayTags(NamedTuple):
    """What is kept of a way beside its points."""

    id: int
    passage: Passage
    text: tuple[str | None, ...]
    bridge: bool
    tunnel: bool
    level: int


class Points(NamedTuple):
    """Every point of every way (p), in the order of the ways' ids and along each way.

    `way` is a place in `Scan.ways`; `x`, `y` are 1e-7 degrees, and mean nothing where `known` says
    that the file lacks the node's position, or gives one that is not on the Earth.
    """

    way: NDArray[np.int64]
    node: NDArray[np.int64]
    x: NDArray[np.int32]
    y: NDArray[np.int32]
    known: NDArray[np.bool_]


@dataclass
class Scan:
    """What one pass over a file found; `told` counts what was seen and what was left out."""

    ways: list[WayTags] = field(default_factory=list)
    barriers: dict[int, Barrier] = field(default_factory=dict)
    relations: list[Relation] = field(default_factory=list)
    told: Counter[str] = field(default_factory=Counter)
    _node: array[int] = field(default_factory=lambda: array("q"))
    _x: array[int] = field(default_factory=lambda: array("i"))
    _y: array[int] = field(default_factory=lambda: array("i"))
    _count: array[int] = field(default_factory=lambda: array("i"))

    def take_way(self, way: Any) -> None:
        """Keep a way that somebody may travel."""
        tags = dict(way.tags)
        found = passage(tags)
        if found is None:
            return
        nodes = way.nodes
        self._node.extend([node.ref for node in nodes])
        self._x.extend([node.x for node in nodes])
        self._y.extend([node.y for node in nodes])
        self._count.append(len(nodes))
        self.ways.append(
            WayTags(
                way.id, found, tuple(tags.get(key) for key in TEXT_TAGS),
                tags.get("bridge", "no") != "no", tags.get("tunnel", "no") != "no",
                _level(tags.get("layer")),
            )
        )  # fmt: skip

    def take_node(self, node: Any) -> None:
        """Keep a barrier."""
        found = barrier(dict(node.tags))
        if found is not None:
            self.barriers[node.id] = found

    def take_relation(self, relation: Any) -> None:
        """Keep a turn restriction."""
        tags = dict(relation.tags)
        if tags.get("type", "restriction").startswith("restriction"):
            members = tuple((one.type, one.ref, one.role) for one in relation.members)
            self.relations.append(Relation(relation.id, tags, members))

    def check(self) -> None:
        """Refuse numbers of nodes that no map has: beyond them lie the copies at barriers."""
        ends = max(self._node, default=0), min(self._node, default=0)
        if max(map(abs, ends)) >= NODE_LIMIT:
            raise ValueError(f"numbers of nodes beyond {NODE_LIMIT}")

    def points(self) -> Points:
        """Return the points; of a way that the file holds twice, the first is kept."""
        ids, first = np.unique([way.id for way in self.ways], return_index=True)
        self.told["ways_repeated"] = len(self.ways) - len(ids)
        rank = np.full(len(self.ways), -1, np.int64)
        rank[first] = np.arange(len(ids))
        owner = np.repeat(np.arange(len(self.ways)), np.array(self._count))
        at = np.flatnonzero(rank[owner] >= 0)
        at = at[np.argsort(rank[owner[at]], kind="stable")]
        node, x, y = (np.array(column)[at] for column in (self._node, self._x, self._y))
        known = (np.abs(x) <= FARTHEST_EAST) & (np.abs(y) <= FARTHEST_NORTH)
        self.told["points_missing"] = int((~known).sum())
        return Points(owner[at], node, x, y, known)


def scan(path: Path, *, progress: Callable[[int], None] | None = None) -> Scan:
    """Read a file once; `progress` is called with the ways seen so far, every 10,000.

    Raises
    ------
    InvalidInputError
        The file cannot be read as OpenStreetMap data.
    """
    found = Scan()
    try:
        _read(path, found, progress)
    except (RuntimeError, OSError, ValueError, osmium.InvalidLocationError) as error:
        raise InvalidInputError(
            f"{path.name} cannot be read as an OpenStreetMap extract: {error}",
            code="extract_unreadable", file=path.name, reason=str(error),
        ) from error  # fmt: skip
    return found


def _read(path: Path, found: Scan, progress: Callable[[int], None] | None) -> None:
    reader = (
        osmium.FileProcessor(str(path)).with_locations().with_filter(osmium.filter.KeyFilter(*KEYS))
    )
    seen = 0
    each: Any  # the class of each object says what it has
    for each in reader:
        if each.is_way():
            seen += 1
            if progress and seen % TOLD_EVERY == 0:
                progress(seen)
            found.take_way(each)
        elif each.is_node():
            found.take_node(each)
        elif each.is_relation():
            found.take_relation(each)
    found.told["ways_seen"] = seen
    found.check()


def _level(value: str | None) -> int:
    try:
        return max(-LEVEL_LIMIT, min(LEVEL_LIMIT, int(value or 0)))
    except ValueError:
        return 0
