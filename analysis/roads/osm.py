"""From an OpenStreetMap extract (`.osm.pbf`, `.osm.gz`, `.osm`) to roads between junctions.

Not read yet: turn restrictions, barriers, ferries. The way id stays on every road for them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import osmium

from analysis.roads.edges import RoadEdges, lengths_m, unlimited
from analysis.roads.tags import Rules, rules
from layers.errors import InvalidInputError

TEXT_TAGS = ("name", "name:en", "ref")


class _Way(NamedTuple):
    id: int
    rules: Rules
    text: tuple[str | None, ...]
    bridge: bool
    tunnel: bool
    level: int
    chains: list[tuple[list[int], list[tuple[float, float]]]]


def read(path: Path, *, progress: Callable[[int], None] | None = None) -> RoadEdges:
    """Read the drivable roads of an extract, split where they meet.

    `progress` is called with the number of ways read so far, every 10,000 ways.

    Raises
    ------
    InvalidInputError
        The file cannot be read as OpenStreetMap data, or it holds no drivable road.
    """
    try:
        ways = _drivable(path, progress)
    except (RuntimeError, OSError) as error:
        raise InvalidInputError(
            f"{path.name} cannot be read as an OpenStreetMap extract: {error}",
            code="extract_unreadable", file=path.name, reason=str(error),
        ) from error  # fmt: skip
    if not ways:
        raise InvalidInputError(
            f"{path.name} holds no drivable road", code="extract_without_roads", file=path.name
        )
    return _split(ways)


def _drivable(path: Path, progress: Callable[[int], None] | None) -> list[_Way]:
    reader = (
        osmium.FileProcessor(str(path), osmium.osm.NODE | osmium.osm.WAY)
        .with_locations()
        .with_filter(osmium.filter.EntityFilter(osmium.osm.WAY))
        .with_filter(osmium.filter.KeyFilter("highway"))
    )
    ways: list[_Way] = []
    for count, way in enumerate(reader, start=1):
        if progress and count % 10_000 == 0:
            progress(count)
        tags = dict(way.tags)
        found = rules(tags)
        chains = _chains(way) if found else []
        if found and chains:
            ways.append(
                _Way(
                    way.id, found, tuple(tags.get(key) for key in TEXT_TAGS),
                    tags.get("bridge", "no") != "no", tags.get("tunnel", "no") != "no",
                    _level(tags.get("layer")), chains,
                )
            )  # fmt: skip
    ways.sort(key=lambda way: way.id)
    return ways


def _chains(way: Any) -> list[tuple[list[int], list[tuple[float, float]]]]:
    """Return the runs of nodes whose place is known; a clipped extract lacks some."""
    chains: list[tuple[list[int], list[tuple[float, float]]]] = [([], [])]
    for node in way.nodes:
        if not node.location.valid():
            chains.append(([], []))
        elif not chains[-1][0] or chains[-1][0][-1] != node.ref:
            chains[-1][0].append(node.ref)
            chains[-1][1].append((node.location.lon, node.location.lat))
    return [chain for chain in chains if len(chain[0]) > 1]


def _level(value: str | None) -> int:
    try:
        return max(-10, min(10, int(value or 0)))
    except ValueError:
        return 0


def _split(ways: list[_Way]) -> RoadEdges:
    seen: Counter[int] = Counter()
    for way in ways:
        for refs, _ in way.chains:
            seen.update(refs)
            seen.update((refs[0], refs[-1]))
    owner: list[_Way] = []
    ends: list[tuple[int, int]] = []
    points: list[tuple[float, float]] = []
    offset = [0]
    for way in ways:
        for refs, places in way.chains:
            start = 0
            for stop in range(1, len(refs)):
                if seen[refs[stop]] > 1:
                    owner.append(way)
                    ends.append((refs[start], refs[stop]))
                    points.extend(places[start : stop + 1])
                    offset.append(len(points))
                    start = stop
    return _table(owner, np.array(ends, np.int64), np.array(points), np.array(offset, np.int64))


def _table(owner: list[_Way], ends: Any, lonlat: Any, offset: Any) -> RoadEdges:
    def column(pick: Callable[[_Way], Any], dtype: Any) -> Any:
        return np.array([pick(way) for way in owner], dtype)

    return RoadEdges(
        u=ends[:, 0],
        v=ends[:, 1],
        way=column(lambda way: way.id, np.int64),
        class_=column(lambda way: way.rules.class_, np.str_),
        name=column(lambda way: way.text[0], object),
        name_en=column(lambda way: way.text[1], object),
        ref=column(lambda way: way.text[2], object),
        access=column(lambda way: way.rules.access, np.str_),
        forward=column(lambda way: way.rules.forward, np.bool_),
        backward=column(lambda way: way.rules.backward, np.bool_),
        speed_kph=column(lambda way: way.rules.speed_kph, np.float64),
        length_m=lengths_m(lonlat, offset),
        bridge=column(lambda way: way.bridge, np.bool_),
        tunnel=column(lambda way: way.tunnel, np.bool_),
        level=column(lambda way: way.level, np.int16),
        offset=offset,
        lonlat=lonlat,
        **unlimited(len(owner)),
    )
