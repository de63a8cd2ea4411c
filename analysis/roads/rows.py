"""Roads as rows of the `road` layer: written with COPY, read back to the same table of roads.

Both ways go in batches through Arrow, so that beside the arrays themselves only one batch is held.
"""

from __future__ import annotations

import io
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import psycopg
import pyarrow as pa
import shapely
import sqlalchemy as sa
from numpy.typing import NDArray
from psycopg import sql
from pyarrow import csv
from shapely.geometry.base import BaseGeometry
from sqlalchemy.orm import Session

from analysis.roads.edges import RoadEdges, Turns
from layers.models import RoadTurn

TYPES: dict[str, pa.DataType] = {
    "u": pa.int64(), "v": pa.int64(), "way": pa.int64(), "class": pa.string(), "name": pa.string(),
    "name_en": pa.string(), "ref": pa.string(), "access": pa.string(), "forward": pa.bool_(),
    "backward": pa.bool_(), "speed_kph": pa.float64(), "length_m": pa.float64(),
    "bridge": pa.bool_(), "tunnel": pa.bool_(), "level": pa.int16(), "walk": pa.bool_(),
    "hgv": pa.bool_(), "hazmat": pa.bool_(), "max_height_m": pa.float64(),
    "max_weight_t": pa.float64(), "ferry": pa.bool_(), "barrier": pa.string(),
}  # fmt: skip
# Kept as words of fixed width; other texts may be None.
WORDS = ("class", "access")
BATCH = 20_000
BLOCK_BYTES = 1 << 22

Tell = Callable[[int], None]


def write(
    session: Session,
    edges: RoadEdges,
    *,
    network_id: uuid.UUID,
    core: NDArray[np.bool_],
    source: str | None,
    progress: Tell | None = None,
) -> None:
    """Add the roads of a network; `core` (m) marks the largest strongly connected part."""
    columns = (*TYPES, "core", "geom", "network_id", "source")
    into = sql.SQL(", ").join(map(sql.Identifier, columns))
    statement = sql.SQL("COPY road ({}) FROM STDIN (FORMAT csv)").format(into)
    with _cursor(session) as cursor, cursor.copy(statement) as copy:
        for start in range(0, len(edges), BATCH):
            part = slice(start, min(start + BATCH, len(edges)))
            constants = (pa.scalar(str(network_id)), pa.scalar(source, pa.string()))
            copy.write(_lines(edges, core, part, constants))
            if progress:
                progress(part.stop)
    turns = edges.turns
    into_turns = "COPY road_turn (network_id, ways, nodes, binds) FROM STDIN"
    with _cursor(session) as cursor, cursor.copy(into_turns) as copy:
        for ban, binds in enumerate(turns.binds.tolist()):
            copy.write_row(
                (network_id, turns.ways_of(ban).tolist(), turns.nodes_of(ban).tolist(), binds)
            )


def _lines(
    edges: RoadEdges, core: NDArray[np.bool_], part: slice, constants: tuple[pa.Scalar, ...]
) -> bytes:
    """Return some roads as lines of CSV."""
    count = part.stop - part.start
    arrays = [
        pa.array(getattr(edges, attribute(name))[part], kind, from_pandas=True)
        for name, kind in TYPES.items()
    ]
    arrays += [pa.array(core[part]), pa.array(_shapes(edges, part), pa.string())]
    arrays += [pa.repeat(constant, count) for constant in constants]
    out = io.BytesIO()
    table = pa.Table.from_arrays(arrays, names=[str(index) for index in range(len(arrays))])
    csv.write_csv(table, out, csv.WriteOptions(include_header=False))
    return out.getvalue()


def _shapes(edges: RoadEdges, part: slice) -> NDArray[Any]:
    offset = edges.offset[part.start : part.stop + 1]
    which = np.repeat(np.arange(len(offset) - 1), np.diff(offset))
    lines = shapely.linestrings(edges.lonlat[offset[0] : offset[-1]], indices=which)
    return np.asarray(shapely.to_wkb(shapely.set_srid(lines, 4326), hex=True, include_srid=True))


def attribute(column: str) -> str:
    """Return the name of a column in `RoadEdges`: the same but for the reserved word."""
    return "class_" if column == "class" else column


def read(
    session: Session, network_id: uuid.UUID, *, within: BaseGeometry | None = None
) -> RoadEdges | None:
    """Return the roads of a network in the order of their ways, or None where it has none.

    `within` (EPSG:4326) takes only roads that meet an area, whole; bans are those of all.
    """
    met: sql.Composable = sql.SQL("true")
    if within is not None:
        area = sql.Literal(
            shapely.to_wkb(shapely.set_srid(within, 4326), hex=True, include_srid=True)
        )
        met = sql.SQL("ST_Intersects(geom, {}::geometry)").format(area)
    names = sql.SQL(", ").join(map(sql.Identifier, TYPES))
    statement = sql.SQL(
        "COPY (SELECT {}, encode(ST_AsBinary(geom), 'hex') FROM road WHERE network_id = {} "
        "AND u IS NOT NULL AND v IS NOT NULL AND {} ORDER BY way, fid) TO STDOUT (FORMAT csv)"
    ).format(names, sql.Literal(network_id), met)
    gathered = _Gathered()
    with _cursor(session) as cursor, cursor.copy(statement) as copy:
        for batch in _batches(copy):
            gathered.add(batch)
    if not gathered.count:
        return None
    return RoadEdges(**gathered.columns(), turns=read_turns(session, network_id))


def _batches(copy: psycopg.Copy) -> Iterator[pa.RecordBatch]:
    """Parse what the server sends as it comes."""
    stream = pa.PythonFile(_Sent(copy), mode="r")
    names = (*TYPES, "shape")
    try:
        reader = csv.open_csv(
            stream,
            csv.ReadOptions(column_names=names, use_threads=False, block_size=BLOCK_BYTES),
            csv.ParseOptions(newlines_in_values=True),
            csv.ConvertOptions(
                column_types={**TYPES, "shape": pa.string()},
                true_values=["t"], false_values=["f"], null_values=[""],
                strings_can_be_null=True, quoted_strings_can_be_null=False,
            ),
        )  # fmt: skip
    except pa.ArrowInvalid:
        if stream.read(1):  # not that there is nothing to read
            raise
        return
    yield from reader


class _Sent(io.RawIOBase):
    """What a COPY sends, as a file."""

    def __init__(self, copy: psycopg.Copy) -> None:
        self._copy = copy
        self._left = memoryview(b"")

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        """Return at most `size` bytes, fewer only at the end."""
        parts: list[bytes] = []
        wanted = size
        while wanted:
            if not self._left:
                self._left = memoryview(self._copy.read())
                if not self._left:
                    break
            part = self._left if wanted < 0 else self._left[:wanted]
            parts.append(bytes(part))
            self._left = self._left[len(part) :]
            wanted -= len(part) if wanted > 0 else 0
        return b"".join(parts)


class _Gathered:
    """Batches of rows on their way to arrays; a text that repeats is kept once."""

    def __init__(self) -> None:
        self.count = 0
        self._parts: dict[str, list[Any]] = {name: [] for name in TYPES}
        self._lonlat: list[NDArray[np.float64]] = []
        self._sizes: list[NDArray[np.int64]] = []
        self._known: dict[str, str] = {}

    def add(self, batch: pa.RecordBatch) -> None:
        """Take a batch over."""
        self.count += batch.num_rows
        for name in TYPES:
            self._parts[name].append(self._values(name, batch.column(name)))
        lines = shapely.from_wkb(batch.column("shape").to_numpy(zero_copy_only=False))
        self._lonlat.append(shapely.get_coordinates(lines))
        self._sizes.append(shapely.get_num_coordinates(lines).astype(np.int64))

    def _values(self, name: str, column: pa.Array) -> Any:
        if not pa.types.is_string(column.type):
            return column.to_numpy(zero_copy_only=False)
        coded = column.dictionary_encode()
        words = [self._known.setdefault(word, word) for word in coded.dictionary.to_pylist()]
        places = coded.indices.fill_null(len(words)).to_numpy(zero_copy_only=False)
        return np.array([*words, None] if name not in WORDS else words, _kind(name))[places]

    def columns(self) -> dict[str, Any]:
        """Return the arrays of the table, letting go of the batches one column at a time."""
        made = {attribute(name): np.concatenate(self._parts.pop(name)) for name in TYPES}
        sizes = np.concatenate(self._sizes)
        made["offset"] = np.append(0, np.cumsum(sizes)).astype(np.int64)
        made["lonlat"] = np.concatenate(self._lonlat)
        self._lonlat.clear()
        return made


def _kind(name: str) -> Any:
    return np.str_ if name in WORDS else object


def read_turns(session: Session, network_id: uuid.UUID) -> Turns:
    """Return the bans of a network."""
    columns = (RoadTurn.ways, RoadTurn.nodes, RoadTurn.binds)
    found = session.execute(sa.select(*columns).where(RoadTurn.network_id == network_id))
    return Turns.of((tuple(ways), tuple(nodes), binds) for ways, nodes, binds in found)


@contextmanager
def _cursor(session: Session) -> Iterator[psycopg.Cursor[Any]]:
    """Give a cursor of the session's own connection, and so of its transaction."""
    connection = session.connection().connection.driver_connection
    assert isinstance(connection, psycopg.Connection)
    with connection.cursor() as cursor:
        yield cursor


@contextmanager
def unhurried(session: Session) -> Iterator[None]:
    """Lift the limits on a statement and on idling: a province takes longer than a request may."""
    limits = ("statement_timeout", "idle_in_transaction_session_timeout")
    before = {name: session.scalar(sa.select(sa.func.current_setting(name))) for name in limits}
    _limit(session, dict.fromkeys(limits, "0"))
    yield
    # After an error the transaction is over, and these settings with it.
    _limit(session, before)


def _limit(session: Session, values: dict[str, str | None]) -> None:
    for name, value in values.items():
        session.execute(sa.select(sa.func.set_config(name, value, True)))
