"""A road network as two Parquet tables: nodes with positions, and arcs between them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import shapely
from numpy.typing import NDArray

from analysis.roads.edges import RoadEdges, unlimited
from analysis.roads.source.tags import CLASS_SPEED_KPH
from layers.errors import InvalidInputError

NODE_COLUMNS = ("id", "lon", "lat")
ARC_COLUMNS = ("u", "v", "length_m")
OTHER_COLUMNS = ("highway", "street", "oneway", "wkb")
UNKNOWN_SPEED_KPH = 25.0
SHOWN_ROWS = 20


class Arcs(NamedTuple):
    """Arcs (a) as a table holds them; `tail`, `head` are places in the table of nodes."""

    tail: NDArray[np.int64]
    head: NDArray[np.int64]
    length_m: NDArray[np.float64]
    street: NDArray[np.int64] | None
    class_: NDArray[np.str_]
    wkb: NDArray[np.object_] | None

    def take(self, at: NDArray[np.int64]) -> Arcs:
        """Return some of the arcs."""
        columns: list[Any] = [None if column is None else column[at] for column in self]
        return Arcs(*columns)


def from_nodes_edges(nodes: Path, arcs: Path, *, class_: str | None = None) -> RoadEdges:
    """Read a graph stored as two Parquet tables: nodes (id, lon, lat) and arcs (u, v, length_m).

    Two arcs of one street between the same nodes in opposite directions become one two-way road.
    Speeds are those of the class. Arcs may have `highway` (the class), `street` (which arcs are one
    street) and `wkb` (a line; else the road is straight); other columns are not looked at.

    Parameters
    ----------
    class_
        The class of the roads, where the arcs have no `highway`.

    Raises
    ------
    InvalidInputError
        A column is missing (`details["missing"]` names it), or a value cannot be used: a position
        that is none, an arc to a node that is not there, a length below 0.
    """
    places, table = _read(nodes, NODE_COLUMNS), _read(arcs, ARC_COLUMNS)
    if "highway" not in table.column_names and class_ is None:
        raise _missing(["highway"])
    ids, lonlat = _places(places)
    found = _arcs(table, ids, class_ or "road")
    kept, two_way = paired(found)
    if found.street is not None:  # roads are stored in the order of their ways
        order = np.argsort(found.street[kept], kind="stable")
        kept, two_way = kept[order], two_way[order]
    return _edges(ids, lonlat, found.take(kept), two_way)


def _read(path: Path, wanted: Sequence[str]) -> pa.Table:
    try:
        names = pq.read_schema(path).names
        missing = [name for name in wanted if name not in names]
        if missing:
            raise _missing(missing)
        return pq.read_table(path, columns=[n for n in (*wanted, *OTHER_COLUMNS) if n in names])
    except (pa.ArrowException, OSError) as error:
        raise InvalidInputError(
            f"{path.name} cannot be read as Parquet: {error}",
            code="parquet_unreadable", file=path.name, reason=str(error)[:200],
        ) from error  # fmt: skip


def _missing(names: list[str]) -> InvalidInputError:
    return InvalidInputError(
        f"columns missing: {', '.join(names)}", code="columns_missing", missing=names
    )


def _numbers(table: pa.Table, name: str, dtype: Any) -> NDArray[Any]:
    try:
        column = table.column(name).combine_chunks()
        if column.null_count:
            empty = column.is_null().to_numpy(zero_copy_only=False)
            _refuse("table", name, empty, np.full(len(empty), "nothing"))
        return np.asarray(column.to_numpy(zero_copy_only=False)).astype(dtype)
    except (ValueError, TypeError) as error:
        raise InvalidInputError(
            f"column {name} holds no numbers: {error}", code="cells_not_numbers", field=name
        ) from error


def _refuse(table: str, field: str, wrong: NDArray[np.bool_], got: NDArray[Any]) -> None:
    rows = np.flatnonzero(wrong)
    if len(rows):
        first = [int(row) + 1 for row in rows[:SHOWN_ROWS]]
        raise InvalidInputError(
            f"{len(rows)} rows of the {table} have no usable {field}; "
            f"the first is row {first[0]} with {got[rows[0]]}",
            code="road_rows", field=field, count=len(rows), got=str(got[rows[0]]), rows=first,
        )  # fmt: skip


def _places(table: pa.Table) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Return the nodes sorted by id, and where they are."""
    ids = _numbers(table, "id", np.int64)
    lon, lat = _numbers(table, "lon", np.float64), _numbers(table, "lat", np.float64)
    _refuse("nodes", "lon", ~(np.abs(lon) <= 180.0), lon)
    _refuse("nodes", "lat", ~(np.abs(lat) <= 90.0), lat)
    order = np.argsort(ids, kind="stable")
    ids = ids[order]
    repeated = np.zeros(len(ids), np.bool_)
    repeated[order[1:]] = ids[1:] == ids[:-1]
    _refuse("nodes", "id", repeated, _numbers(table, "id", np.int64))
    return ids, np.column_stack([lon, lat])[order]


def _arcs(table: pa.Table, ids: NDArray[np.int64], class_: str) -> Arcs:
    ends = []
    for name in ("u", "v"):
        end = _numbers(table, name, np.int64)
        place = np.minimum(np.searchsorted(ids, end), len(ids) - 1)
        _refuse("arcs", name, ids[place] != end, end)
        ends.append(place)
    length_m = _numbers(table, "length_m", np.float64)
    _refuse("arcs", "length_m", ~((length_m >= 0.0) & (length_m < np.inf)), length_m)
    names = table.column_names
    if "highway" in names:
        words = table.column("highway").combine_chunks().fill_null(class_).dictionary_encode()
        kinds = np.array(words.dictionary.to_pylist(), np.str_)[words.indices.to_numpy()]
    else:
        kinds = np.full(len(length_m), class_)
    street = _numbers(table, "street", np.int64) if "street" in names else None
    wkb = table.column("wkb").to_numpy() if "wkb" in names else None
    return Arcs(ends[0], ends[1], length_m, street, kinds, wkb)


def paired(arcs: Arcs) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Return the arcs to keep, in the order of the table, and which of them go both ways.

    The n-th arc of a road in one direction pairs with the n-th in the other.
    """
    low, high = np.minimum(arcs.tail, arcs.head), np.maximum(arcs.tail, arcs.head)
    millimetres = np.round(arcs.length_m * 1000.0).astype(np.int64)
    road = [low, high, millimetres] + ([] if arcs.street is None else [arcs.street])
    # A road from a node back to it has no other direction to pair with.
    keys = [*road, _rank(*road, arcs.tail == low)]
    order = np.lexsort((np.arange(len(low)), *reversed(keys)))
    same = np.ones(len(order), np.bool_)
    for key in keys:
        same[1:] &= key[order][1:] == key[order][:-1]
    same[:1] = False
    first = order[~same]
    both = np.zeros(len(low), np.bool_)
    both[order[np.flatnonzero(same) - 1]] = True
    kept = np.sort(first)
    return kept, both[kept]


def _rank(*keys: NDArray[Any]) -> NDArray[np.int64]:
    """Return for each row how many equal ones come before it."""
    order = np.lexsort((np.arange(len(keys[0])), *reversed(keys)))
    new = np.zeros(len(order), np.bool_)
    for key in keys:
        new[1:] |= key[order][1:] != key[order][:-1]
    start = np.maximum.accumulate(np.where(new, np.arange(len(order)), 0))
    rank = np.empty(len(order), np.int64)
    rank[order] = np.arange(len(order)) - start
    return rank


def _edges(
    ids: NDArray[np.int64], lonlat: NDArray[np.float64], arcs: Arcs, two_way: NDArray[np.bool_]
) -> RoadEdges:
    count = len(arcs.tail)
    offset, points = _lines(lonlat, arcs)
    nothing: NDArray[np.object_] = np.full(count, None, object)
    kinds, which = np.unique(arcs.class_, return_inverse=True)
    speeds = np.array([CLASS_SPEED_KPH.get(kind, UNKNOWN_SPEED_KPH) for kind in kinds.tolist()])
    return RoadEdges(
        u=ids[arcs.tail],
        v=ids[arcs.head],
        way=np.arange(count, dtype=np.int64) if arcs.street is None else arcs.street,
        class_=arcs.class_,
        name=nothing,
        name_en=nothing,
        ref=nothing,
        access=np.full(count, "open"),
        forward=np.ones(count, np.bool_),
        backward=two_way,
        speed_kph=speeds[which],
        length_m=arcs.length_m,
        bridge=np.zeros(count, np.bool_),
        tunnel=np.zeros(count, np.bool_),
        level=np.zeros(count, np.int16),
        offset=offset,
        lonlat=points,
        **(unlimited(count) | {"walk": ~np.isin(arcs.class_, ["motorway", "motorway_link"])}),
    )


def _lines(lonlat: NDArray[np.float64], arcs: Arcs) -> tuple[NDArray[np.int64], Any]:
    """Return the points of each road, from its tail on."""
    start, end = lonlat[arcs.tail], lonlat[arcs.head]
    if arcs.wkb is None:
        points = np.empty((2 * len(start), 2))
        points[::2], points[1::2] = start, end
        return np.arange(0, len(points) + 1, 2), points
    lines = np.asarray(shapely.from_wkb(arcs.wkb, on_invalid="ignore"))
    _refuse("arcs", "wkb", shapely.get_type_id(lines) != shapely.GeometryType.LINESTRING, lines)
    begins = shapely.get_coordinates(shapely.get_point(lines, 0))
    ends = shapely.get_coordinates(shapely.get_point(lines, -1))
    turned = np.abs(begins - start).sum(axis=1) > np.abs(ends - start).sum(axis=1)
    lines = np.where(turned, shapely.reverse(lines), lines)
    offset = np.append(0, np.cumsum(shapely.get_num_coordinates(lines))).astype(np.int64)
    points = shapely.get_coordinates(lines)
    wild = ~np.logical_and.reduceat(np.isfinite(points).all(axis=1), offset[:-1])
    _refuse("arcs", "wkb", wild, lines)
    return offset, points
