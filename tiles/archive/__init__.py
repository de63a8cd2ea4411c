"""A PMTiles archive, read in place: one file of tiles, by many threads at once.

The package `pmtiles` has a reader too; it is not used for what may be a stranger's file or a hot
path: it unpacks without a bound, believes every length, and unpacks the directories anew for each
tile. Its writing side and its numbering of tiles are used. The file is read by `pread`, not through
a map of memory: a mapped file that is cut short beneath its reader ends the process (SIGBUS).
"""

from __future__ import annotations

import json
import os
from collections import OrderedDict
from collections.abc import Iterator
from pathlib import Path
from threading import Lock
from typing import Any, Final, Self

from pmtiles.tile import zxy_to_tileid

from layers.errors import NotFoundError, OutOfRangeError
from tiles.archive.index import (
    HEADER_BYTES,
    MAX_DIRECTORY_BYTES,
    Directory,
    Header,
    directory,
    header,
    refused,
    unpacked,
)

MAX_TILE_BYTES: Final = 1 << 24
MAX_METADATA_BYTES: Final = 1 << 22
_DEPTH = 4
_KEPT_ENTRIES = 2_000_000


class Archive:
    """An open archive; `header` is what it says of itself.

    Raises
    ------
    NotFoundError
        There is no such file.
    DamagedError
        It is no PMTiles archive of version 3, or damaged (`archive_invalid`).
    """

    def __init__(self, path: Path) -> None:
        self._file = -1
        try:
            self._file = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        except FileNotFoundError:
            raise NotFoundError(
                f"there is no archive {path}", code="archive_missing", file=path.name
            ) from None
        try:
            self.path = path
            self.bytes = os.fstat(self._file).st_size
            self.header: Header = header(
                os.pread(self._file, HEADER_BYTES, 0), file_bytes=self.bytes
            )
            self._root = self._directory(*self.header.root)
        except BaseException:
            self.close()
            raise
        self._leaves: OrderedDict[int, Directory] = OrderedDict()
        self._lock = Lock()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __del__(self) -> None:
        # An archive that another took the place of is closed when its last reader lets it go.
        self.close()

    def close(self) -> None:
        """Close the file; nobody may be reading."""
        if self._file >= 0:
            os.close(self._file)
            self._file = -1

    def tile(self, z: int, x: int, y: int) -> bytes:
        """Return a tile as it was before packing; b"" where the archive has none.

        Raises
        ------
        OutOfRangeError
            There is no such tile in the world.
        DamagedError
            What lies there is not what it should be.
        """
        stored = self.stored(z, x, y)
        return unpacked(stored, self.header.compression, most=MAX_TILE_BYTES) if stored else b""

    def stored(self, z: int, x: int, y: int) -> bytes:
        """Return a tile as it lies in the file, packed as the header says; b"" where none is."""
        if not self.header.min_zoom <= z <= self.header.max_zoom:
            return b""
        if not (0 <= x < 1 << z and 0 <= y < 1 << z):
            raise OutOfRangeError(
                f"tile {z}/{x}/{y}: x and y wanted 0 to {(1 << z) - 1}",
                code="no_tile", field="x" if not 0 <= x < 1 << z else "y",
                got=str(x if not 0 <= x < 1 << z else y), minimum=0, maximum=(1 << z) - 1,
            )  # fmt: skip
        tile_id, here = zxy_to_tileid(z, x, y), self._root
        for _ in range(_DEPTH):
            found = here.find(tile_id)
            if found is None:
                return b""
            run, offset, length = found
            if run:
                return self._read(self.header.tiles[0] + offset, length)
            here = self._leaf(offset, length)
        raise refused("its directories lie deeper than four levels, or in a circle")

    def metadata(self) -> dict[str, Any]:
        """Return the archive's own description.

        Raises
        ------
        DamagedError
            It is no JSON object.
        """
        raw = self._read(*self.header.metadata)
        text = unpacked(raw, self.header.internal, most=MAX_METADATA_BYTES) if raw else b"{}"
        try:
            told = json.loads(text)
        except (ValueError, RecursionError):
            told = None
        if not isinstance(told, dict):
            raise refused("its metadata is no JSON object")
        return told

    def entries(self) -> Iterator[tuple[int, int, bytes]]:
        """Give (tile id, how many tiles on from there, stored bytes) in order of tile id.

        Raises
        ------
        DamagedError
            A directory is damaged, or they lie in a circle.
        """
        last = -1
        for tile_id, run, offset, length in self._walk(self._root, _DEPTH):
            if tile_id <= last:
                raise refused("its directories give a tile twice")
            last = tile_id + run - 1
            yield tile_id, run, self._read(self.header.tiles[0] + offset, length)

    def _walk(self, here: Directory, depth: int) -> Iterator[tuple[int, int, int, int]]:
        if not depth:
            raise refused("its directories lie deeper than four levels, or in a circle")
        columns = (here.ids, here.runs, here.offsets, here.lengths)
        for tile_id, run, offset, length in zip(*(c.tolist() for c in columns), strict=True):
            if run:
                yield tile_id, run, offset, length
            else:
                leaf = self._directory(self.header.leaves[0] + offset, length)
                if int(leaf.ids[0]) < tile_id:
                    raise refused("a leaf directory begins before its entry")
                yield from self._walk(leaf, depth - 1)

    def _leaf(self, offset: int, length: int) -> Directory:
        with self._lock:
            if (known := self._leaves.get(offset)) is not None:
                self._leaves.move_to_end(offset)
                return known
        read = self._directory(self.header.leaves[0] + offset, length)
        with self._lock:
            self._leaves[offset] = read
            while sum(len(kept.ids) for kept in self._leaves.values()) > _KEPT_ENTRIES:
                self._leaves.popitem(last=False)
        return read

    def _directory(self, offset: int, length: int) -> Directory:
        if length > MAX_DIRECTORY_BYTES:
            raise refused(f"a directory of {length} bytes")
        return directory(self._read(offset, length), self.header)

    def _read(self, offset: int, length: int) -> bytes:
        if length > MAX_TILE_BYTES:
            raise refused(f"a part of {length} bytes, at most {MAX_TILE_BYTES} are taken")
        found = os.pread(self._file, length, offset)
        if len(found) != length:
            raise refused("the file ends within a part: it was cut short")
        return found
