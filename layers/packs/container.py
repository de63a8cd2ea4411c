"""The file of a pack: a ZIP whose entries are stored as they are, so that parts are read in place.

It is written in one form only: no time, no extra field, no comment, no gap, names of plain ASCII,
less than 4 GiB. So a reader can make every byte that is not a part's own again from names, sizes
and check sums, and compare: nothing in the file escapes the signature.

Format: PKWARE APPNOTE 6.3.10, sections 4.3.7 (local header), 4.3.12 (directory), 4.3.16 (end).
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Protocol

from layers.errors import DamagedError, TooLargeError

MAX_BYTES = 0xFFFF_FFFF - 1
MAX_ENTRIES = 2_000
COPY_BYTES = 1 << 20

_LOCAL = struct.Struct("<4s5H3L2H")
_CENTRAL = struct.Struct("<4s6H3L5H2L")
_END = struct.Struct("<4s4H2LH")
_VERSION = 20
_DATE = (1 << 5) | 1  # 1 January 1980, the first day that the format knows
_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]*(/[A-Za-z0-9_][A-Za-z0-9._-]*)*", re.ASCII)


@dataclass(frozen=True)
class Entry:
    """One stored file: its name, its size in bytes and the CRC-32 of its content."""

    name: str
    size: int
    crc: int


@dataclass(frozen=True)
class Held:
    """An entry as a file holds it; `start` is where its content begins."""

    entry: Entry
    start: int


class Target(Protocol):
    """Where a pack is written to."""

    def write(self, piece: bytes, /) -> int:
        """Write a piece; return its length."""


def is_name(name: str) -> bool:
    """Tell whether a part may have a name: relative, plain, no way up or out of a folder."""
    return len(name) <= 200 and _NAME.fullmatch(name) is not None


def header(entry: Entry) -> bytes:
    """Return what stands before an entry's content."""
    name = entry.name.encode("ascii")
    fixed = (_VERSION, 0, 0, 0, _DATE, entry.crc, entry.size, entry.size, len(name), 0)
    return _LOCAL.pack(b"PK\x03\x04", *fixed) + name


def directory(entries: Sequence[Entry]) -> bytes:
    """Return what stands after the last entry's content: the directory and the end."""
    lines, offset = [], 0
    for entry in entries:
        name = entry.name.encode("ascii")
        fixed = (_VERSION, _VERSION, 0, 0, 0, _DATE, entry.crc, entry.size, entry.size, len(name))
        lines.append(_CENTRAL.pack(b"PK\x01\x02", *fixed, 0, 0, 0, 0, 0, offset) + name)
        offset += len(header(entry)) + entry.size
    listed = b"".join(lines)
    count = len(entries)
    return listed + _END.pack(b"PK\x05\x06", 0, 0, count, count, len(listed), offset, 0)


def size_of(entries: Sequence[Entry]) -> int:
    """Return how many bytes a file of these entries has."""
    return sum(len(header(entry)) + entry.size for entry in entries) + len(directory(entries))


def write(target: Target, contents: Iterable[tuple[Entry, bytes | Path]]) -> None:
    """Write a whole file; a content is bytes or where they lie.

    Raises
    ------
    TooLargeError
        4 GiB or more.
    DamagedError
        A content has not the size that its entry says.
    """
    known = list(contents)
    entries = [entry for entry, _ in known]
    # The directory cannot even be written of a file that is too large.
    if (held := sum(len(header(e)) + 46 + len(e.name) + e.size for e in entries)) > MAX_BYTES:
        raise TooLargeError(
            f"the pack would have {held} bytes, at most {MAX_BYTES} fit into one file",
            code="pack_too_large", got=held, wanted=MAX_BYTES,
        )  # fmt: skip
    for entry, content in known:
        target.write(header(entry))
        if isinstance(content, bytes):
            written = target.write(content)
        else:
            with content.open("rb") as source:
                written = _copied(source, target)
        if written != entry.size:
            raise DamagedError(
                f"{entry.name} changed while it was packed", code="pack_part", part=entry.name
            )
    target.write(directory(entries))


def _copied(source: IO[bytes], target: Target) -> int:
    written = 0
    while piece := source.read(COPY_BYTES):
        written += target.write(piece)
    return written


def read(file: IO[bytes]) -> list[Held]:
    """Return the entries of a file, in the order of its directory; contents are not read.

    Raises
    ------
    DamagedError
        It is no ZIP (`pack_no_zip`), is cut short (`pack_cut`), or an entry is compressed
        (`pack_compressed`), has a name that leads out of the folder (`pack_name`) or that another
        one has (`pack_doubled`), or does not lie where and as long as it says (`pack_size`).
    """
    length = file.seek(0, 2)
    if length < _END.size:
        raise DamagedError("the file is too short for a pack", code="pack_no_zip")
    file.seek(length - _END.size)
    mark, *numbers = _END.unpack(file.read(_END.size))
    file.seek(0)
    if mark != b"PK\x05\x06":
        began = file.read(4) == b"PK\x03\x04"
        code = "pack_cut" if began else "pack_no_zip"
        raise DamagedError("the file does not end as a pack does", code=code)
    count, listed, start = numbers[3], numbers[4], numbers[5]
    longest = MAX_ENTRIES * (_CENTRAL.size + 200)
    if count > MAX_ENTRIES or listed > longest or start + listed + _END.size != length:
        raise DamagedError("the directory does not lie where the end says", code="pack_cut")
    file.seek(start)
    found = _listed(file.read(listed), count)
    return [_located(file, entry, offset, start) for entry, offset in found]


def _listed(raw: bytes, count: int) -> list[tuple[Entry, int]]:
    """Return the directory's entries, each with where its header lies."""
    found: list[tuple[Entry, int]] = []
    names: set[str] = set()
    at = 0
    for _ in range(count):
        if len(raw) - at < _CENTRAL.size or raw[at : at + 4] != b"PK\x01\x02":
            raise DamagedError("the directory is cut short", code="pack_cut")
        fields = _CENTRAL.unpack_from(raw, at)
        method, crc, packed, size, long = fields[4], *fields[7:10], fields[10]
        name = raw[at + _CENTRAL.size : at + _CENTRAL.size + long].decode("latin-1")
        _check(name, method, packed, size, names)
        names.add(name.lower())
        found.append((Entry(name, size, crc), fields[16]))
        at += _CENTRAL.size + long + fields[11] + fields[12]
    return found


def _check(name: str, method: int, packed: int, size: int, names: set[str]) -> None:
    """Refuse an entry that no pack has."""
    shown = name[:200]
    if not is_name(name):
        raise DamagedError(f"{shown!r} is no name of a part", code="pack_name", part=shown)
    if name.lower() in names:
        raise DamagedError(f"{shown} is there twice", code="pack_doubled", part=shown)
    if method != 0:
        raise DamagedError(f"{shown} is compressed", code="pack_compressed", part=shown)
    if packed != size:
        raise _lying(shown)


def _located(file: IO[bytes], entry: Entry, offset: int, end: int) -> Held:
    """Return where an entry's content lies; refuse one that says otherwise of itself there."""
    file.seek(offset)
    raw = file.read(_LOCAL.size)
    if len(raw) < _LOCAL.size or raw[:4] != b"PK\x03\x04":
        raise _lying(entry.name)
    fields = _LOCAL.unpack(raw)
    method, packed, size, long, extra = fields[3], *fields[7:11]
    name = file.read(long).decode("latin-1")
    start = offset + _LOCAL.size + long + extra
    if method != 0:
        raise DamagedError(f"{entry.name} is compressed", code="pack_compressed", part=entry.name)
    if (name, packed, size) != (entry.name, entry.size, entry.size) or start + size > end:
        raise _lying(entry.name)
    return Held(entry, start)


def _lying(name: str) -> DamagedError:
    return DamagedError(
        f"{name} does not lie where and as long as the directory says", code="pack_size", part=name
    )
