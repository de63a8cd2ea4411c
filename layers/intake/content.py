"""What a record says, as one number of 128 bits, for a million records at once.

Two records with the same values at the same place have the same number; it makes ids of records
that have no key of their own, and finds records that a file holds twice. Not a seal: whoever wants
two different records to meet can make them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import shapely
from numpy.typing import NDArray

from layers.intake.points import lon_lat

Lanes = NDArray[np.uint64]
_SEEDS = np.array([0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F], dtype=np.uint64)
_NOTHING = np.array([0x165667B19E3779F9, 0x27D4EB2F165667C5], dtype=np.uint64)


def numbers(columns: Sequence[pa.Array], geometry: NDArray[Any]) -> Lanes:
    """Return the number of each record, shape (n, 2): two independent lanes of 64 bits.

    Parameters
    ----------
    columns
        Arrow arrays, in an order that the caller keeps.
    geometry
        Shapely geometries or None, as many.
    """
    total = np.tile(_SEEDS, (len(geometry), 1))
    for column in columns:
        total = _mixed(total ^ _column(column))
    return _mixed(total ^ _places(geometry))


def uuids(lanes: Lanes, *, space: str) -> NDArray[np.void]:
    """Return numbers as UUIDs of version 8 (RFC 9562), 16 bytes each, different in each space."""
    seed = np.frombuffer(hashlib.blake2b(space.encode(), digest_size=16).digest(), dtype="<u8")
    made = _mixed(lanes ^ seed.astype(np.uint64)).astype(">u8").view(np.uint8).reshape(-1, 16)
    made[:, 6] = made[:, 6] & 0x0F | 0x80
    made[:, 8] = made[:, 8] & 0x3F | 0x80
    return np.ascontiguousarray(made).view("V16").reshape(-1)


def _mixed(lanes: Lanes) -> Lanes:
    """Return every lane stirred so that each bit reaches all others (the finish of SplitMix64)."""
    with np.errstate(over="ignore"):
        lanes = (lanes ^ (lanes >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        lanes = (lanes ^ (lanes >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        return (lanes ^ (lanes >> np.uint64(31))) + _SEEDS


def _column(column: pa.Array) -> Lanes:
    missing = column.is_null().to_numpy(zero_copy_only=False)
    if pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
        encoded = column.dictionary_encode()
        words = _texts([text.encode() for text in encoded.dictionary.to_pylist()])
        lanes = words[encoded.indices.fill_null(0).to_numpy(zero_copy_only=False)] \
            if len(words) else np.zeros((len(column), 2), dtype=np.uint64)  # fmt: skip
    elif pa.types.is_nested(column.type):
        lanes = _texts([repr(value).encode() for value in column.to_pylist()])
    else:
        lanes = _bits(column)
    lanes[missing] = _NOTHING
    return lanes


def _bits(column: pa.Array) -> Lanes:
    """Return numbers, times and truth values by the bits that they are stored as."""
    if pa.types.is_boolean(column.type):
        column = column.cast(pa.int8())
    if pa.types.is_temporal(column.type):
        column = column.cast(pa.int64() if column.type.bit_width == 64 else pa.int32())
    if pa.types.is_floating(column.type):
        held = column.cast(pa.float64()).fill_null(0.0).to_numpy(zero_copy_only=False) + 0.0
    else:
        held = column.cast(pa.int64()).fill_null(0).to_numpy(zero_copy_only=False)
    return _mixed(held.view(np.uint64)[:, None] ^ _SEEDS)


def _texts(texts: Sequence[bytes]) -> Lanes:
    """Return texts by their hash: SHA-1 of OpenSSL is the fastest at hand, and not for secrecy."""
    digests = [hashlib.sha1(text, usedforsecurity=False).digest() for text in texts]
    held = np.frombuffer(b"".join(digests), dtype=np.uint8).reshape(-1, 20)[:, :16]
    return np.ascontiguousarray(held).view(np.uint64).copy()


def _places(geometry: NDArray[Any]) -> Lanes:
    if (held := lon_lat(geometry)) is not None:
        x, y, missing = held
        with np.errstate(over="ignore"):
            lon = _mixed((x + 0.0).view(np.uint64)[:, None] ^ _SEEDS)
            lat = (y + 0.0).view(np.uint64)[:, None] ^ _NOTHING
            lanes = _mixed(lon + lat)
    else:
        missing = np.asarray(shapely.is_missing(geometry))
        shapes = shapely.to_wkb(geometry)
        lanes = _texts([b"" if shape is None else shape for shape in shapes])
    lanes[missing] = _NOTHING
    return lanes
