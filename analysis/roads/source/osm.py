"""From an OpenStreetMap extract (`.osm.pbf`, `.osm.gz`, `.osm`) to roads between junctions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from analysis.roads.edges import RoadEdges
from analysis.roads.source import osm_split
from analysis.roads.source.osm_restrictions import bans
from analysis.roads.source.osm_scan import scan
from layers.errors import InvalidInputError


@dataclass(frozen=True)
class Extract:
    """The roads of a file, and what was counted on the way: `told` has a number for each word."""

    edges: RoadEdges
    told: Mapping[str, int]


def read(path: Path, *, progress: Callable[[int], None] | None = None) -> RoadEdges:
    """Read the roads of an extract; see `extract`."""
    return extract(path, progress=progress).edges


def extract(path: Path, *, progress: Callable[[int], None] | None = None) -> Extract:
    """Read the roads, paths and ferries of an extract, split where they meet, and banned turns.

    `progress` is called with the number of ways read so far, every 10,000 ways.

    Raises
    ------
    InvalidInputError
        The file cannot be read as OpenStreetMap data, or it holds no drivable road.
    """
    found = scan(path, progress=progress)
    edges = osm_split.roads(found) if found.ways else None
    if edges is None or not (edges.forward | edges.backward).any():
        raise InvalidInputError(
            f"{path.name} holds no drivable road", code="extract_without_roads", file=path.name
        )
    turns = bans(edges, found.relations, found.told)
    return Extract(replace(edges, turns=turns), dict(found.told))
