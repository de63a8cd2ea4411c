"""A province's own road layer (GeoPackage, Shapefile and what else the one door reads) as roads.

Lines meet where they share a vertex, and where an end comes within the tolerance of another end or
vertex. What merely crosses is a bridge, and is counted. Rows that cannot be used are listed; the
file is never mended.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from analysis.roads.edges import RoadEdges, Turns, lengths_m
from analysis.roads.source.cutting import Pieces, pieces
from analysis.roads.source.layer_columns import TEXTS, Cells, chosen, codes
from analysis.roads.source.layer_joints import crossings, joints, loose_ends
from analysis.roads.source.layer_words import WALKED_ONLY
from layers.errors import InvalidInputError
from layers.intake import files
from layers.intake.table import Fault, Table

TOLERANCE_M = 0.5
TOLERANCE_RANGE_M = (0.0, 20.0)
_LINES = (shapely.GeometryType.LINESTRING, shapely.GeometryType.MULTILINESTRING)
_NO_FOOT = ("motorway", "motorway_link")


@dataclass(frozen=True, kw_only=True)
class Choices:
    """What a person says of a layer: its system, its columns, its words.

    `columns` maps a field to a column (empty: to none), `codes` are (field, word, meaning).
    `class_` holds for rows that say no class.
    """

    crs: str | None = None
    encoding: str | None = None
    layer: str | None = None
    columns: Mapping[str, str] = field(default_factory=dict)
    codes: Sequence[tuple[str, str, str]] = ()
    class_: str | None = None
    tolerance_m: float = TOLERANCE_M


@dataclass(frozen=True, kw_only=True)
class LayerRoads:
    """A layer as roads; `faults` lists the rows that are not in `edges`, and warnings.

    `columns` says which column was taken for which field, `told` what was counted.
    """

    edges: RoadEdges
    crs: str
    columns: Mapping[str, str]
    told: Mapping[str, int | float]
    faults: tuple[Fault, ...]


def read(
    path: Path, choices: Choices, *, progress: Callable[[int], None] | None = None
) -> LayerRoads:
    """Read a layer of roads; it is opened by the confined reader (`layers.intake.files`).

    Raises
    ------
    InvalidInputError
        The file, its coordinate system, a column or a choice cannot be used, or no row can.
    """
    low, high = TOLERANCE_RANGE_M
    if not low <= choices.tolerance_m <= high:
        raise InvalidInputError(
            f"a tolerance of {choices.tolerance_m} m; wanted {low:g} to {high:g} m",
            code="tolerance", got=choices.tolerance_m, wanted=[low, high],
        )  # fmt: skip
    reading = files.read(
        path, crs=choices.crs, encoding=choices.encoding, layer=choices.layer, progress=progress
    )
    table = reading.tables[0]
    columns = chosen(table, given=choices.columns, class_=choices.class_)
    rows = _Rows(table, columns, choices)
    if not rows.good.any():
        raise InvalidInputError(
            f"{path.name} has no row that is a usable road",
            code="layer_without_roads", file=path.name,
            faults=[fault.to_json() for fault in rows.faults[:20]],
        )  # fmt: skip
    edges, told, warned = rows.roads(choices.tolerance_m)
    return LayerRoads(
        edges=edges, crs=reading.crs.name, columns=columns, told=told,
        faults=(*rows.faults, *warned),
    )  # fmt: skip


class _Rows:
    """The rows of a layer, read; `good` (r) marks those that are usable roads."""

    def __init__(self, table: Table, columns: Mapping[str, str], choices: Choices) -> None:
        cells = Cells(table, columns, codes(choices.codes))
        self._table = table
        classes = cells.classes(choices.class_)
        oneway = cells.values("oneway")
        limit = cells.values("speed")
        access = cells.values("access")
        self._text = {name: cells.texts(name) for name in TEXTS}
        self._flags = {
            name: np.array([bool(value) for value in cells.values(name)])
            for name in ("bridge", "tunnel", "hgv", "hazmat")
        }
        self._limits = {name: cells.numbers(name) for name in ("max_height", "max_weight")}
        self._level = np.array([value or 0 for value in cells.values("level")], np.int16)
        ids = cells.whole("id")
        self._way = table.rows if ids is None else ids
        self.faults = [*table.faults, *cells.faults, *_shape_faults(table)]
        bad = {fault.row for fault in self.faults if fault.severity == "error"}
        self.good = ~np.isin(table.rows, [row for row in bad if row is not None])
        self._class = np.array([meant.class_ if meant else "" for meant in classes])
        self._open = np.array([both or (False, False) for both in oneway])
        self._access = np.array([word or "open" for word in access])
        self._speed = np.array([
            given or (meant.speed_kph if meant else np.nan)
            for given, meant in zip(limit, classes, strict=True)
        ])  # fmt: skip

    def roads(
        self, tolerance_m: float
    ) -> tuple[RoadEdges, dict[str, int | float], list[Fault]]:  # fmt: skip
        """Return the good rows as roads, what was counted, and rows that vanished."""
        rows = np.flatnonzero(self.good)
        parts, part_row = shapely.get_parts(self._table.geometry[rows], return_index=True)
        lonlat, line = shapely.get_coordinates(parts, return_index=True)
        met = joints(lonlat, line, tolerance_m=tolerance_m)
        nothing = np.empty(0, np.int64)
        cut = pieces(rows[part_row[line]], line, met.node, lonlat, at=nothing)
        edges = self._edges(cut)
        lines = edges.lines()
        crossing = crossings(lines)
        over = edges.bridge | edges.tunnel | (edges.level != 0)
        told: dict[str, int | float] = {
            "rows": len(self._table), "rows_used": len(rows), "parts": len(parts),
            "roads": len(edges), "ends_joined": met.joined,
            "joined_over_m": round(met.farthest_m, 3), "crossings": len(crossing),
            "crossings_unexplained": int((~over[crossing].any(axis=1)).sum()),
            "ends_on_lines": _loose(cut, lines, tolerance_m),
            "rows_repeated": _repeated(parts),
        }  # fmt: skip
        gone = np.setdiff1d(rows, cut.way)
        warned = [
            Fault(int(self._table.rows[row]), None, "road_short", None,
                  f"longer than {tolerance_m:g} m", "warning")
            for row in gone.tolist()
        ]  # fmt: skip
        return edges, told, warned

    def _edges(self, cut: Pieces) -> RoadEdges:
        order = np.argsort(self._way[cut.way], kind="stable")
        size = np.diff(cut.offset)[order]
        offset = np.append(0, np.cumsum(size)).astype(np.int64)
        which = np.arange(offset[-1]) + np.repeat(cut.offset[:-1][order] - offset[:-1], size)
        lonlat, row = cut.lonlat[which], cut.way[order]
        class_ = self._class[row]
        walked = np.isin(class_, list(WALKED_ONLY))
        return RoadEdges(
            u=cut.u[order], v=cut.v[order], way=self._way[row], class_=class_,
            name=self._text["name"][row], name_en=self._text["name_en"][row],
            ref=self._text["ref"][row], access=np.where(walked, "foot", self._access[row]),
            forward=self._open[row, 0] & ~walked, backward=self._open[row, 1] & ~walked,
            speed_kph=self._speed[row], length_m=lengths_m(lonlat, offset),
            bridge=self._flags["bridge"][row], tunnel=self._flags["tunnel"][row],
            level=self._level[row], walk=~np.isin(class_, _NO_FOOT),
            hgv=self._flags["hgv"][row], hazmat=self._flags["hazmat"][row],
            max_height_m=self._limits["max_height"][row],
            max_weight_t=self._limits["max_weight"][row], ferry=class_ == "ferry",
            barrier=np.full(len(row), None, object), offset=offset, lonlat=lonlat,
            turns=Turns.none(),
        )  # fmt: skip


def _shape_faults(table: Table) -> list[Fault]:
    kinds = shapely.get_type_id(table.geometry)
    points = np.where(kinds < 0, 0, shapely.get_num_coordinates(table.geometry))
    length = shapely.length(table.geometry)
    bounds = np.abs(shapely.bounds(table.geometry))
    faults = []
    for at, row in enumerate(table.rows.tolist()):
        if kinds[at] < 0 or points[at] == 0:
            faults.append(Fault(row, None, "road_no_line", None, "a line"))
        elif kinds[at] not in _LINES:
            got = shapely.GeometryType(kinds[at]).name.lower()
            faults.append(Fault(row, None, "road_no_line", got, "a line"))
        elif not np.isfinite(length[at]) or not np.isfinite(bounds[at]).all():
            faults.append(Fault(row, None, "road_not_finite", "NaN", "finite numbers"))
        elif length[at] == 0.0:
            faults.append(Fault(row, None, "road_no_length", "0 m", "a length above 0"))
        elif (bounds[at][[0, 2]] > 180.0).any() or (bounds[at][[1, 3]] > 90.0).any():
            faults.append(Fault(row, None, "road_off_earth", str(bounds[at].max()), "lon, lat"))
    return faults


def _loose(cut: Pieces, lines: NDArray[Any], tolerance_m: float) -> int:
    ends = np.concatenate([cut.u, cut.v])
    _, inverse, count = np.unique(ends, return_inverse=True, return_counts=True)
    roads = np.arange(len(cut.u))
    places = np.vstack([cut.lonlat[cut.offset[:-1]], cut.lonlat[cut.offset[1:] - 1]])
    return loose_ends(
        lines, places, count[inverse] == 1, np.concatenate([roads, roads]), tolerance_m=tolerance_m
    )


def _repeated(parts: NDArray[Any]) -> int:
    """Return how many lines are drawn twice, in whichever direction."""
    seen = Counter(shapely.to_wkb(shapely.normalize(parts)).tolist())
    return len(parts) - len(seen)
