"""Columns to the text of COPY, a block at a time, without a Python object for a cell."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import shapely
from numpy.typing import NDArray

from layers.intake.points import lon_lat

BLOCK_ROWS = 50_000
_HEX = np.array([f"{byte:02X}" for byte in range(256)], dtype="S2").view(np.uint16)
_ESCAPED = (("\\", "\\\\"), ("\t", "\\t"), ("\n", "\\n"), ("\r", "\\r"))
# EWKB of a point with SRID 4326: little endian, type, SRID, then lon and lat.
_POINT = np.frombuffer(bytes.fromhex("0101000020E6100000"), dtype=np.uint8)


def blocks(columns: Mapping[str, pa.Array], geometry: NDArray[Any]) -> Iterator[bytes]:
    """Yield lines for `COPY (geom, *columns) FROM STDIN`.

    Parameters
    ----------
    columns
        Arrow arrays by name, in the order of the COPY.
    geometry
        Shapely geometries in EPSG:4326, or None.
    """
    for start in range(0, len(geometry), BLOCK_ROWS):
        cells = [_hex_shapes(geometry[start : start + BLOCK_ROWS])]
        cells += [_text(column.slice(start, BLOCK_ROWS)) for column in columns.values()]
        joined = pc.binary_join_element_wise(
            *cells, "\t", null_handling="replace", null_replacement="\\N"
        )
        lines = pc.binary_join_element_wise(joined, "", "\n")
        offsets = np.frombuffer(lines.buffers()[1], dtype=np.int32)
        yield memoryview(lines.buffers()[2])[: offsets[len(lines)]].tobytes()


def ahead(made: Iterator[bytes]) -> Iterator[bytes]:
    """Yield the same blocks, each made while the one before is being written."""
    with ThreadPoolExecutor(max_workers=1) as worker:
        coming = worker.submit(next, made, None)
        while (block := coming.result()) is not None:
            coming = worker.submit(next, made, None)
            yield block


def _text(column: pa.Array) -> pa.Array:
    """Return values as COPY reads them."""
    if pa.types.is_list(column.type):
        texts = [None if items is None else _array(items) for items in column.to_pylist()]
        column = pa.array(texts, type=pa.string())
    if pa.types.is_fixed_size_binary(column.type):
        return _hex_ids(column)
    if not (pa.types.is_string(column.type) or pa.types.is_large_string(column.type)):
        return column.cast(pa.string())
    column = column.cast(pa.string())
    if pc.any(pc.match_substring_regex(column, r"[\\\t\n\r]")).as_py():
        for plain, escaped in _ESCAPED:
            column = pc.replace_substring(column, plain, escaped)
    return column


def _array(items: Sequence[str]) -> str:
    """Return a list of texts as PostgreSQL writes an array."""
    quoted = ('"' + item.replace("\\", "\\\\").replace('"', '\\"') + '"' for item in items)
    return "{" + ",".join(quoted) + "}"


def _hex_ids(column: pa.Array) -> pa.Array:
    valid = column.is_valid().to_numpy(zero_copy_only=False)
    width = column.type.byte_width
    held = np.frombuffer(column.buffers()[1], dtype=np.uint8)
    start = column.offset * width
    return _from_hex(held[start : start + len(column) * width].reshape(-1, width), valid)


def _hex_shapes(geometry: NDArray[Any]) -> pa.Array:
    """Return geometries as hexadecimal EWKB."""
    if (given := lon_lat(geometry)) is None:
        shapes = shapely.to_wkb(shapely.set_srid(geometry, 4326), hex=True, include_srid=True)
        return pa.array(shapes.tolist(), type=pa.string())
    held = np.empty((len(geometry), 25), dtype=np.uint8)
    held[:, :9] = _POINT
    lon, lat, missing = given
    held[:, 9:17] = lon.astype("<f8").view(np.uint8).reshape(-1, 8)
    held[:, 17:] = lat.astype("<f8").view(np.uint8).reshape(-1, 8)
    return _from_hex(held, ~missing)


def _from_hex(held: NDArray[np.uint8], valid: NDArray[np.bool_]) -> pa.Array:
    """Return rows of bytes as hexadecimal text; null where they are not valid."""
    rows, width = held.shape
    text = _HEX[held]
    offsets = np.arange(rows + 1, dtype=np.int32) * (2 * width)
    made = pa.StringArray.from_buffers(rows, pa.py_buffer(offsets), pa.py_buffer(text))
    return made if valid.all() else pc.if_else(pa.array(valid), made, pa.scalar(None, pa.string()))
