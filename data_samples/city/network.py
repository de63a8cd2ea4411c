"""From drawn ways to a road network: junctions, classes, names, interchanges."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import shapely
from shapely import LineString, STRtree

from data_samples.city.skeleton import Way

GRID_M = 0.5
RANK = ("motorway", "motorway_link", "trunk", "primary", "secondary", "tertiary", "unclassified",
        "residential")  # fmt: skip

Key = tuple[float, float]


@dataclass(frozen=True)
class Link:
    """One road between two junctions, as drawn (paper metres)."""

    line: LineString
    way: Way

    @cached_property
    def ends(self) -> tuple[Key, Key]:
        """Return the junctions at both ends, known by their place to the centimetre."""
        return _ends(self.line)


def _ends(line: LineString) -> tuple[Key, Key]:
    points = shapely.get_coordinates(line)
    return (
        (round(float(points[0, 0]), 2), round(float(points[0, 1]), 2)),
        (round(float(points[-1, 0]), 2), round(float(points[-1, 1]), 2)),
    )


def node_lines(ways: list[Way]) -> list[Link]:
    """Cut ways where they meet; each piece keeps the most important way that it lies on."""
    ranked = sorted(ways, key=lambda way: RANK.index(way.road_class))
    drawn = np.array([way.line for way in ranked])
    pieces = shapely.get_parts(shapely.union_all(drawn, grid_size=GRID_M))
    pieces = pieces[shapely.length(pieces) > 0.0]
    middles = shapely.line_interpolate_point(pieces, 0.5, normalized=True)
    piece, way = STRtree(drawn).query(middles, predicate="dwithin", distance=2.0 * GRID_M)
    best = np.full(len(pieces), len(ranked))
    np.minimum.at(best, piece, way)
    return [
        Link(line, ranked[index])
        for line, index in zip(pieces, best, strict=True)
        if index < len(ranked)
    ]


def _like(a: Way, b: Way) -> bool:
    return (a.road_class, a.name, a.bridge) == (b.road_class, b.name, b.bridge)


def join_chains(links: list[Link]) -> list[Link]:
    """Join two links that meet where nothing else does, when they are one road."""
    at: dict[Key, list[int]] = defaultdict(list)
    lines: dict[int, Link] = dict(enumerate(links))
    for index, link in lines.items():
        for key in link.ends:
            at[key].append(index)
    for key in list(at):
        if len(at[key]) != 2 or at[key][0] == at[key][1]:
            continue
        keep, gone = at[key]
        one, two = lines[keep], lines[gone]
        if not _like(one.way, two.way):
            continue
        joined = shapely.line_merge(shapely.MultiLineString([one.line, two.line]))
        if joined.geom_type != "LineString" or joined.is_closed:
            continue
        lines[keep] = replace(one, line=joined)
        del lines[gone]
        far = next(end for end in two.ends if end != key)
        at[far] = [keep if index == gone else index for index in at[far]]
        at[key] = []
    return list(lines.values())


def largest_part(links: list[Link]) -> list[Link]:
    """Drop what cannot be reached from the bulk of the network."""
    parent: dict[Key, Key] = {}

    def root(key: Key) -> Key:
        parent.setdefault(key, key)
        while parent[key] != key:
            parent[key] = parent[parent[key]]
            key = parent[key]
        return key

    for link in links:
        a, b = link.ends
        parent[root(a)] = root(b)
    size: dict[Key, int] = defaultdict(int)
    for link in links:
        size[root(link.ends[0])] += 1
    main = max(size, key=lambda key: (size[key], key))
    return [link for link in links if root(link.ends[0]) == main]


def prune_stubs(links: list[Link], *, shorter_than_m: float = 35.0) -> list[Link]:
    """Drop dead ends too short to be a street."""
    degree: dict[Key, int] = defaultdict(int)
    for link in links:
        for key in link.ends:
            degree[key] += 1
    return [
        link
        for link in links
        if link.line.length >= shorter_than_m or min(degree[key] for key in link.ends) > 1
    ]


def piece(line: LineString, start_m: float, end_m: float) -> LineString:
    """Return the part of a line between two distances along it."""
    length_m = line.length
    inner = shapely.get_coordinates(line)
    at = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(inner, axis=0).T))])
    keep = inner[(at > start_m + 0.01) & (at < min(end_m, length_m) - 0.01)]
    first = shapely.get_coordinates(line.interpolate(start_m))
    last = shapely.get_coordinates(line.interpolate(end_m))
    return LineString(np.vstack([first, keep, last]))
