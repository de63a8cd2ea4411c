"""Ways become roads between junctions, and barriers become roads of length 0 of their own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analysis.roads.edges import RoadEdges, Turns, lengths_m
from analysis.roads.source.cutting import Pieces, pieces
from analysis.roads.source.osm_access import FERRY_RANGE_KPH
from analysis.roads.source.osm_barriers import Barrier, Parted, parted
from analysis.roads.source.osm_scan import (
    NODE_LIMIT,
    TEXT_TAGS,
    UNITS_PER_DEGREE,
    Points,
    Scan,
    WayTags,
)

# The copy of a node beyond a barrier has the node's number and this much more.
COPY = 2 * NODE_LIMIT
PASSED: Mapping[str, Any] = {
    "class_": np.str_, "access": np.str_, "forward": np.bool_, "backward": np.bool_,
    "walk": np.bool_, "hgv": np.bool_, "hazmat": np.bool_, "max_height_m": np.float64,
    "max_weight_t": np.float64, "ferry": np.bool_,
}  # fmt: skip


def source_node(node: int) -> int:
    """Return the source's number of a node, whichever side of a barrier is meant."""
    return node - COPY if node >= NODE_LIMIT else node


def _cut(points: Points, *, at: NDArray[np.int64]) -> Pieces:
    """Cut ways at junctions, and where the file lacks a node; `way` is a place in `Scan.ways`."""
    known = points.known
    new = np.ones(len(known), np.bool_)
    new[1:] = (points.way[1:] != points.way[:-1]) | ~known[:-1]
    lonlat = np.column_stack([points.x[known], points.y[known]]) / UNITS_PER_DEGREE
    chain = np.cumsum(new, dtype=np.int64)[known]
    return pieces(points.way[known], chain, points.node[known], lonlat, at=at)


def roads(scan: Scan) -> RoadEdges:
    """Return every road of a file, in the order of their ways, without bans of turns."""
    points = scan.points()
    cut = _cut(points, at=np.array(sorted(scan.barriers), np.int64))
    columns = _columns(scan.ways, cut)
    driven = columns["forward"] | columns["backward"]
    gaps, passed_over = parted(scan.barriers, cut.u, cut.v, driven)
    scan.told["barriers"], scan.told["barriers_at_junctions"] = len(gaps), passed_over
    return _ordered(_with_barriers(columns, gaps, scan.barriers))


def _columns(ways: list[WayTags], cut: Pieces) -> dict[str, Any]:
    """Return the columns of the pieces; what the tags say is looked up once a way."""
    used, of = np.unique(cut.way, return_inverse=True)
    kept = [ways[index] for index in used.tolist()]

    def column(dtype: Any, values: list[Any]) -> Any:
        return np.array(values, dtype)[of]

    text = [column(object, [way.text[index] for way in kept]) for index in range(len(TEXT_TAGS))]
    length_m = lengths_m(cut.lonlat, cut.offset)
    seconds = np.array([way.passage.duration_s for way in kept])
    return {
        **{name: column(dtype, [getattr(way.passage, name) for way in kept])
           for name, dtype in PASSED.items()},
        "speed_kph": _speeds(
            np.array([way.passage.speed_kph for way in kept]), seconds, length_m, of
        ),
        "u": cut.u, "v": cut.v, "way": column(np.int64, [way.id for way in kept]),
        "name": text[0], "name_en": text[1], "ref": text[2], "length_m": length_m,
        "bridge": column(np.bool_, [way.bridge for way in kept]),
        "tunnel": column(np.bool_, [way.tunnel for way in kept]),
        "level": column(np.int16, [way.level for way in kept]),
        "barrier": np.full(len(cut.u), None, object),
        "offset": cut.offset, "lonlat": cut.lonlat,
    }  # fmt: skip


def _speeds(speed_kph: Any, duration_s: Any, length_m: Any, of: Any) -> Any:
    """Return the speed of each piece; a ferry that tells its time goes as fast as that says."""
    whole_m = np.bincount(of, weights=length_m)
    timed = np.clip(3.6 * whole_m / duration_s, *FERRY_RANGE_KPH)
    return np.where(np.isnan(duration_s), speed_kph, timed)[of]


def _with_barriers(
    columns: dict[str, Any], gaps: list[Parted], barriers: Mapping[int, Barrier]
) -> dict[str, Any]:
    """Move the far road of each barrier to a copy of the node, and bridge the two."""
    if not gaps:
        return columns
    far = np.array([gap.far for gap in gaps])
    node = np.array([gap.node for gap in gaps], np.int64)
    at_head = np.array([gap.far_is_head for gap in gaps])
    columns["v"][far[at_head]] += COPY
    columns["u"][far[~at_head]] += COPY
    kind = [barriers[gap.node] for gap in gaps]
    at = np.where(at_head, columns["offset"][far + 1] - 1, columns["offset"][far])
    driven = np.array([each.access != "foot" for each in kind])
    own = {
        "u": node, "v": node + COPY, "length_m": np.zeros(len(gaps)),
        "access": np.array([each.access for each in kind]),
        "forward": driven, "backward": driven,
        "walk": np.array([each.walk for each in kind]),
        "hgv": np.ones(len(gaps), np.bool_), "hazmat": np.ones(len(gaps), np.bool_),
        "ferry": np.zeros(len(gaps), np.bool_),
        "max_height_m": np.array([each.max_height_m for each in kind]),
        "max_weight_t": np.array([each.max_weight_t for each in kind]),
        "barrier": np.array([each.kind for each in kind], object),
        "lonlat": np.repeat(columns["lonlat"][at], 2, axis=0),
        "offset": columns["offset"][-1] + 2 * np.arange(1, len(gaps) + 1),
    }  # fmt: skip
    return {
        name: np.concatenate([column, own[name] if name in own else column[far]])
        for name, column in columns.items()
    }


def _ordered(columns: dict[str, Any]) -> RoadEdges:
    order = np.argsort(columns["way"], kind="stable")
    offset, lonlat = columns.pop("offset"), columns.pop("lonlat")
    size = np.diff(offset)[order]
    start = np.append(0, np.cumsum(size))
    which = np.arange(start[-1]) + np.repeat(offset[:-1][order] - start[:-1], size)
    return RoadEdges(
        **{name: column[order] for name, column in columns.items()},
        offset=start, lonlat=lonlat[which], turns=Turns.none(),
    )  # fmt: skip
