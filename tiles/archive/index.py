"""What a PMTiles archive says of where its tiles lie: the header and the directories.

Source: PMTiles version 3, https://github.com/protomaps/PMTiles/blob/main/spec/v3/spec.md (chapters
3 and 4). Everything is taken as a stranger's: nothing is believed before it is held against the
length of the file, and nothing is unpacked beyond a bound.
"""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass
from typing import Any, Final, cast

import numpy as np
from numpy.typing import NDArray

from layers.errors import DamagedError

HEADER_BYTES: Final = 127
ROOT_END: Final = 16_384
"""The header and the root directory lie within so many first bytes (spec, chapter 2)."""
MAX_DIRECTORY_BYTES: Final = 1 << 22
"""Of one directory, unpacked: a million entries; writers make leaves of some thousands."""
MAX_ZOOM: Final = 31
_COMPRESSIONS = {1: "none", 2: "gzip"}
_TYPES = {0: "unknown", 1: "mvt", 2: "png", 3: "jpeg", 4: "webp", 5: "avif", 6: "mlt"}
_LAYOUT = struct.Struct("<7sB11Q6B4iB2i")
_VARINT_BYTES = 9


@dataclass(frozen=True)
class Header:
    """The first 127 bytes; offsets and lengths in bytes from the start of the file.

    `bounds` are west, south, east, north in degrees. `compression` is that of tiles, `internal`
    that of directories and metadata: "none" or "gzip".
    """

    root: tuple[int, int]
    metadata: tuple[int, int]
    leaves: tuple[int, int]
    tiles: tuple[int, int]
    addressed: int
    clustered: bool
    internal: str
    compression: str
    tile_type: str
    min_zoom: int
    max_zoom: int
    bounds: tuple[float, float, float, float]


@dataclass(frozen=True)
class Directory:
    """Entries in order of tile id; a run of 0 points to a leaf directory."""

    ids: NDArray[np.int64]
    runs: NDArray[np.int64]
    lengths: NDArray[np.int64]
    offsets: NDArray[np.int64]

    def find(self, tile_id: int) -> tuple[int, int, int] | None:
        """Return (run, offset, length) of the entry that answers for a tile, or None."""
        at = int(np.searchsorted(self.ids, tile_id, side="right")) - 1
        if at < 0:
            return None
        run = int(self.runs[at])
        if run and tile_id - int(self.ids[at]) >= run:
            return None
        return run, int(self.offsets[at]), int(self.lengths[at])


def refused(why: str, **details: Any) -> DamagedError:
    """Return the error of an archive that is not what the specification wants."""
    return DamagedError(f"not a PMTiles archive that can be read: {why}", code="archive_invalid",
                        reason=why, **details)  # fmt: skip


def header(start: bytes, *, file_bytes: int) -> Header:
    """Return the header of a file's first bytes.

    Raises
    ------
    DamagedError
        Cut short, of another version, a section outside the file, an unknown compression, zooms or
        bounds that cannot be.
    """
    if len(start) < HEADER_BYTES:
        raise refused(f"it has {len(start)} bytes, a header has {HEADER_BYTES}")
    magic, version, *rest = _LAYOUT.unpack(start[:HEADER_BYTES])
    if magic != b"PMTiles":
        raise refused("it does not begin with the word PMTiles")
    if version != 3:
        raise refused(f"it is of version {version}, wanted 3")
    sections, (addressed, _, _), rest = rest[:8], rest[8:11], rest[11:]
    root, metadata, leaves, tiles = (
        (sections[at], sections[at + 1]) for at in range(0, len(sections), 2)
    )
    for name, (offset, length) in (
        ("root directory", root), ("metadata", metadata), ("leaf directories", leaves),
        ("tiles", tiles),
    ):  # fmt: skip
        if length and (offset < HEADER_BYTES or offset + length > file_bytes):
            raise refused(
                f"its {name} would lie at {offset} to {offset + length}, the file has "
                f"{file_bytes} bytes: it was cut short or changed"
            )
    if not root[1] or root[0] + root[1] > ROOT_END:
        raise refused(f"its root directory is not within the first {ROOT_END} bytes")
    clustered, internal, compression, tile_type, min_zoom, max_zoom = rest[:6]
    for what, value, known in (
        ("directories are packed", internal, _COMPRESSIONS),
        ("tiles are packed", compression, _COMPRESSIONS),
        ("tiles are", tile_type, _TYPES),
    ):
        if value not in known:
            raise refused(f"its {what} in a way (number {value}) that is not read here")
    if not min_zoom <= max_zoom <= MAX_ZOOM:
        raise refused(f"its zooms are {min_zoom} to {max_zoom}")
    return Header(
        root, metadata, leaves, tiles, addressed, bool(clustered), _COMPRESSIONS[internal],
        _COMPRESSIONS[compression], _TYPES[tile_type], min_zoom, max_zoom, _bounds(rest[6:10]),
    )  # fmt: skip


def _bounds(e7: list[int]) -> tuple[float, float, float, float]:
    west, south, east, north = (value / 1e7 for value in e7)
    if max(abs(west), abs(east)) > 180 or max(abs(south), abs(north)) > 90 or south > north:
        raise refused(f"its bounds {west}, {south}, {east}, {north} are not on the Earth")
    return west, south, east, north


def unpacked(packed: bytes, compression: str, *, most: int) -> bytes:
    """Return bytes as they were before packing, at most `most` of them.

    Raises
    ------
    DamagedError
        Not gzip, cut short, or longer than `most`: a bomb is stopped while it unfolds.
    """
    if compression == "none":
        if len(packed) > most:
            raise refused(f"a part of {len(packed)} bytes, at most {most} are taken")
        return packed
    unpack = zlib.decompressobj(wbits=31)
    try:
        whole = unpack.decompress(packed, most + 1)
    except zlib.error as error:
        raise refused(f"a packed part cannot be unpacked ({error})") from None
    if len(whole) > most:
        raise refused(f"a packed part unfolds to more than {most} bytes")
    if not unpack.eof:
        raise refused("a packed part is cut short")
    return whole


def directory(packed: bytes, told: Header) -> Directory:
    """Return the entries of a directory, each held against the sections and its neighbours.

    Raises
    ------
    DamagedError
        More entries than bytes, ids that do not grow, runs that overlap, an entry outside the
        section of tiles or of leaves.
    """
    raw = unpacked(packed, told.internal, most=MAX_DIRECTORY_BYTES)
    numbers = _varints(raw)
    count = int(numbers[0])
    if count < 1 or len(numbers) != 1 + 4 * count:
        raise refused(f"a directory promises {count} entries and has {len(numbers) - 1} numbers")
    steps, runs, lengths, stored = numbers[1:].reshape(4, count)
    # Summed as floats first: whole numbers would wrap round and look small again.
    if float(steps.sum(dtype=np.float64)) >= 2.0**63:
        raise refused("the tile numbers of a directory are too large")
    ids = np.cumsum(steps)
    if (steps[1:] < 1).any() or (lengths < 1).any():
        raise refused("a directory has entries out of order or without length")
    if (ids[:-1] + runs[:-1] > ids[1:])[runs[:-1] > 0].any() or int(runs.max()) > 1 << 62:
        raise refused("runs of a directory overlap")
    offsets = _offsets(stored, lengths)
    ends = np.where(runs > 0, told.tiles[1], told.leaves[1])
    # offset > end - length, not offset + length > end: the sum may not fit.
    if (offsets < 0).any() or (lengths > ends).any() or (offsets > ends - lengths).any():
        raise refused("an entry points outside its section")
    return Directory(ids, runs, lengths, offsets)


def _offsets(stored: NDArray[np.int64], lengths: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return offsets; a stored 0 is right behind the entry before, any other is one more."""
    if not stored[0]:
        raise refused("the first entry of a directory has no offset")
    at = np.arange(len(stored))
    given = np.maximum.accumulate(np.where(stored > 0, at, 0))
    before = np.concatenate(([0], np.cumsum(lengths[:-1], dtype=np.float64)))
    behind = before - before[given]
    found = (stored[given] - 1).astype(np.float64) + behind
    if (found >= 2.0**53).any():
        raise refused("an entry points outside its section")
    whole: NDArray[np.int64] = found.astype(np.int64)
    return whole


def _varints(raw: bytes) -> NDArray[np.int64]:
    """Return every variable-width number of a directory; at most 63 bits each."""
    octets = np.frombuffer(raw, dtype=np.uint8)
    ends = np.flatnonzero(octets < 0x80)
    if not len(ends) or ends[-1] != len(octets) - 1:
        raise refused("a directory ends within a number")
    starts = np.concatenate(([0], ends[:-1] + 1))
    if int((ends - starts).max()) >= _VARINT_BYTES:
        raise refused("a directory holds a number of more than 63 bits")
    place = np.arange(len(octets)) - np.repeat(starts, ends - starts + 1)
    parts = (octets & 0x7F).astype(np.int64) << (7 * place)
    numbers: Any = np.add.reduceat(parts, starts)
    return cast(NDArray[np.int64], numbers)
