"""Writing a PMTiles archive: tiles as they come, the directories last, the same bytes each time.

The first 16,384 bytes are kept free for the header and the root directory, so no tile is written
twice, whatever the size of the archive.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import os
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from pmtiles.tile import (
    Compression,
    Entry,
    TileType,
    serialize_directory,
    serialize_header,
    tileid_to_zxy,
)

from layers.errors import InvalidInputError
from tiles.archive.index import HEADER_BYTES, ROOT_END

_LEAF_ENTRIES = 4096
_PACKING = 6
_REPEATED_BYTES = 1024


class ArchiveWriter:
    """An archive under way: `put` tiles in order of their id, then `finish`.

    Left without `finish`, or by an error, the file is removed.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file = path.open("wb")
        self._file.seek(ROOT_END)
        self._entries: list[Entry] = []
        self._places: dict[bytes, tuple[int, int]] = {}
        self._end = 0
        self._contents = 0
        self._addressed = 0
        self._done = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:  # fmt: skip
        self._file.close()
        if not self._done:
            self.path.unlink(missing_ok=True)

    @property
    def tiles(self) -> int:
        """How many tiles there are."""
        return self._addressed

    def put(self, tile_id: int, body: bytes, *, run: int = 1) -> None:
        """Add an uncompressed tile for `run` tiles from `tile_id` on; the same again takes no room.

        Raises
        ------
        ValueError
            Not after the one before.
        """
        last = self._entries[-1] if self._entries else None
        if last is not None and tile_id < last.tile_id + last.run_length:
            raise ValueError(f"tile {tile_id} comes after {last.tile_id}")
        offset, length = self._place(body)
        self._addressed += run
        if last is not None and last.offset == offset and last.tile_id + last.run_length == tile_id:
            last.run_length += run
        else:
            self._entries.append(Entry(tile_id, offset, length, run))

    def _place(self, body: bytes) -> tuple[int, int]:
        """Return where a tile lies; small ones, which come again, are looked for first."""
        digest = hashlib.sha256(body).digest() if len(body) <= _REPEATED_BYTES else b""
        if digest in self._places:
            return self._places[digest]
        packed = gzip.compress(body, _PACKING, mtime=0)
        self._file.write(packed)
        place = (self._end, len(packed))
        self._end += len(packed)
        self._contents += 1
        if digest:
            self._places[digest] = place
        return place

    def finish(
        self, metadata: Mapping[str, Any], *, bounds: tuple[float, float, float, float]
    ) -> None:
        """Write the directories, the metadata and the header; `bounds` in degrees.

        Raises
        ------
        InvalidInputError
            There is no tile.
        """
        if not self._entries:
            raise InvalidInputError("an archive without a tile", code="archive_empty")
        root, leaves = _directories(self._entries)
        told = gzip.compress(json.dumps(metadata, ensure_ascii=False).encode(), _PACKING, mtime=0)
        self._file.write(told)
        self._file.write(leaves)
        end = ROOT_END + self._end
        west, south, east, north = (round(value * 1e7) for value in bounds)
        self._file.seek(0)
        self._file.write(serialize_header({
            "version": 3, "root_offset": HEADER_BYTES, "root_length": len(root),
            "metadata_offset": end, "metadata_length": len(told),
            "leaf_directory_offset": end + len(told), "leaf_directory_length": len(leaves),
            "tile_data_offset": ROOT_END, "tile_data_length": self._end,
            "addressed_tiles_count": self._addressed, "tile_entries_count": len(self._entries),
            "tile_contents_count": self._contents, "clustered": True,
            "internal_compression": Compression.GZIP, "tile_compression": Compression.GZIP,
            "tile_type": TileType.MVT, "min_zoom": tileid_to_zxy(self._entries[0].tile_id)[0],
            "max_zoom": tileid_to_zxy(self._last_id())[0],
            "min_lon_e7": west, "min_lat_e7": south, "max_lon_e7": east, "max_lat_e7": north,
            "center_zoom": 0, "center_lon_e7": (west + east) // 2,
            "center_lat_e7": (south + north) // 2,
        }))  # fmt: skip
        self._file.write(root)
        self._file.flush()
        os.fsync(self._file.fileno())
        self._done = True

    def _last_id(self) -> int:
        last = self._entries[-1]
        return last.tile_id + last.run_length - 1


def _directories(entries: list[Entry]) -> tuple[bytes, bytes]:
    """Return the root directory, within its bound, and the leaves that it points to."""
    root = serialize_directory(entries)
    if len(root) <= ROOT_END - HEADER_BYTES:
        return root, b""
    size = _LEAF_ENTRIES
    while True:
        parts = [entries[at : at + size] for at in range(0, len(entries), size)]
        pointers, leaves = [], bytearray()
        for part in parts:
            leaf = serialize_directory(part)
            pointers.append(Entry(part[0].tile_id, len(leaves), len(leaf), 0))
            leaves += leaf
        root = serialize_directory(pointers)
        if len(root) <= ROOT_END - HEADER_BYTES:
            return root, bytes(leaves)
        size *= 2
