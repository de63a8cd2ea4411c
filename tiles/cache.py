"""Tiles that were made before: on disk for every process of the machine, the latest in memory.

A tile is one file, named by its key, written beside and renamed, so that a reader meets a whole
one or none, whenever a writer was killed. Its checksum covers everything in it: what a power cut
or a bad disk left is not a tile but a miss. The files lie in 256 folders by the first byte of the
key, each with its share of the room: who adds one looks through that folder alone and removes what
was used longest ago, so the whole stays within its bound without a word between processes.
"""

from __future__ import annotations

import gzip
import itertools
import logging
import os
import struct
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path

log = logging.getLogger(__name__)

KEY_BYTES = 32
PACKED_FROM_BYTES = 1024
"""Shorter tiles are not worth packing."""
MEMORY_BYTES = 32 * 1024**2

_FOLDERS = 256
_BLOCK_BYTES = 4096
_KEPT_SHARE = 0.9
_TOUCH_S = 600.0
_LEFT_S = 60.0
_SAY_S = 60.0
_GZIP_LEVEL = 5
_SLOT_BYTES = 512
_MAGIC = b"OMT1"
_HEAD = struct.Struct(f">4s{KEY_BYTES}sqd?I")
_CHECK_BYTES = 16
_numbers = itertools.count(1)


@dataclass(slots=True)
class Entry:
    """One tile as it is served.

    Attributes
    ----------
    body
        The bytes, gzip where `packed`; b"" is a tile that holds nothing.
    packed
        Whether the body is gzip.
    seq
        The journal's seq up to which the tile is known to be true; it may be raised.
    made_at
        When it was made, seconds since 1970.
    etag
        Names the content, whoever made it, and whichever way it is sent.
    """

    body: bytes
    packed: bool
    seq: int
    made_at: float
    etag: str

    @classmethod
    def of(
        cls, tile: bytes, *, seq: int, made_at: float | None = None, packs: bool = True
    ) -> Entry:
        """Return the entry of a tile's uncompressed bytes; pictures are dense: they do not pack."""
        packed = packs and len(tile) >= PACKED_FROM_BYTES
        body = gzip.compress(tile, _GZIP_LEVEL, mtime=0) if packed else tile
        return cls(body, packed, seq, time.time() if made_at is None else made_at, _etag(body))

    @property
    def plain(self) -> bytes:
        """The uncompressed bytes."""
        return gzip.decompress(self.body) if self.packed else self.body


def key(*parts: object) -> bytes:
    """Return the key of what an answer depends on: of parts that differ anywhere, another."""
    return blake2b(repr(parts).encode("utf-8", "surrogatepass"), digest_size=KEY_BYTES).digest()


class Cache:
    """A bounded store of tiles under a folder, and the latest of them in this process's memory.

    Parameters
    ----------
    folder
        Where the files lie; made when the first is written, for this account alone.
    max_bytes
        How much room the files may take in all, in blocks of 4 KiB as a disk counts. A tile that
        is larger than a folder's share (a 256th) is kept in memory alone. 0 keeps none on disk.
    memory_bytes
        How many bytes of bodies are kept in memory.
    """

    def __init__(self, folder: Path, *, max_bytes: int, memory_bytes: int = MEMORY_BYTES) -> None:
        self._folder = folder
        self._share = max_bytes // _FOLDERS
        self._memory_bytes = memory_bytes
        self._held: OrderedDict[bytes, tuple[Entry, float]] = OrderedDict()
        self._held_bytes = 0
        self._lock = threading.Lock()
        self._said_at = -_SAY_S

    def get(self, key: bytes, good: Callable[[Entry], bool]) -> Entry | None:
        """Return the tile of a key that is good, or None: in memory or, made by others, on disk."""
        with self._lock:
            slot = self._held.get(key)
            if slot is not None:
                self._held.move_to_end(key)
        if slot is not None and good(slot[0]):
            if time.monotonic() - slot[1] > _TOUCH_S:
                self._touch(key, slot[0])
            return slot[0]
        entry = self._read(key) if self._share else None
        if entry is None or not good(entry):
            return None
        self._hold(key, entry)
        return entry

    def put(self, key: bytes, entry: Entry) -> None:
        """Keep a tile; a disk that takes no more is no error for whoever reads."""
        self._hold(key, entry)
        if not self._share or _room(len(entry.body) + _HEAD.size + _CHECK_BYTES) > self._share:
            return
        try:
            self._write(key, entry)
        except OSError as error:
            self._say("a tile could not be kept: %s", error)

    def _hold(self, key: bytes, entry: Entry) -> None:
        """Keep a tile in memory, and let go of those that were asked for longest ago."""
        with self._lock:
            before = self._held.pop(key, None)
            self._held_bytes += _held_bytes(entry) - (_held_bytes(before[0]) if before else 0)
            self._held[key] = (entry, time.monotonic())
            while self._held_bytes > self._memory_bytes:
                _, (oldest, _) = self._held.popitem(last=False)
                self._held_bytes -= _held_bytes(oldest)

    def _path(self, key: bytes) -> Path:
        name = key.hex()
        return self._folder / name[:2] / name[2:]

    def _touch(self, key: bytes, entry: Entry) -> None:
        """Say of a tile that is read from memory that it is in use; another may have removed it."""
        with self._lock:
            if key in self._held:
                self._held[key] = (entry, time.monotonic())
        with suppress(OSError):
            os.utime(self._path(key))

    def _read(self, key: bytes) -> Entry | None:
        """Return the tile in a key's file; one that is damaged is removed."""
        path = self._path(key)
        try:
            with path.open("rb") as file:
                held = file.read()
                if time.time() - os.fstat(file.fileno()).st_mtime > _TOUCH_S:
                    os.utime(path)
        except FileNotFoundError:
            return None
        except OSError as error:
            self._say("a kept tile cannot be read: %s", error)
            return None
        entry = _unpacked(key, held)
        if entry is None:
            self._say("a kept tile was damaged and is made anew: %s", path.name)
            with suppress(OSError):
                path.unlink()
        return entry

    def _write(self, key: bytes, entry: Entry) -> None:
        """Write a tile beside its place and rename it there."""
        path = self._path(key)
        _private(self._folder)
        _private(path.parent)
        beside = path.parent / f".{os.getpid()}-{next(_numbers)}"
        number = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with open(number, "wb") as file:
                file.write(_stored(key, entry))
            beside.rename(path)
        except OSError:
            with suppress(OSError):
                beside.unlink()
            raise
        self._trim(path.parent)

    def _trim(self, folder: Path) -> None:
        """Remove what was used longest ago where a folder holds more than its share."""
        found: list[tuple[float, int, str]] = []
        now = time.time()
        with os.scandir(folder) as files:
            for file in files:
                with suppress(FileNotFoundError):  # another process trims too
                    said = file.stat(follow_symlinks=False)
                    if not file.name.startswith("."):
                        found.append((said.st_mtime, _room(said.st_size), file.path))
                    elif now - said.st_mtime > _LEFT_S:
                        os.unlink(file.path)  # its writer was killed
        room = sum(size for _, size, _ in found)
        if room <= self._share:
            return
        for _, size, path in sorted(found):
            if room <= self._share * _KEPT_SHARE:
                return
            with suppress(FileNotFoundError):
                os.unlink(path)
            room -= size

    def _say(self, words: str, *what: object) -> None:
        """Tell the log, once a minute at most: a full disk would fill it."""
        now = time.monotonic()
        if now - self._said_at >= _SAY_S:
            self._said_at = now
            log.warning(words, *what)


def _held_bytes(entry: Entry) -> int:
    """Return how many bytes of memory an entry takes, its place in the order included."""
    return len(entry.body) + _SLOT_BYTES


def _room(size: int) -> int:
    """Return how many bytes of a disk a file of a size takes."""
    return -(-max(size, 1) // _BLOCK_BYTES) * _BLOCK_BYTES


def _private(folder: Path) -> None:
    """Make a folder that no other account may look into."""
    if not folder.is_dir():
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder.chmod(0o700)


def _etag(body: bytes) -> str:
    """Return the name of a content, weak: packed or not, the tile is the same."""
    return f'W/"{blake2b(body, digest_size=12).hexdigest()}"'


def _stored(key: bytes, entry: Entry) -> bytes:
    """Return the file of a tile: a head, the body, and the checksum of both."""
    head = _HEAD.pack(_MAGIC, key, entry.seq, entry.made_at, entry.packed, len(entry.body))
    held = head + entry.body
    return held + blake2b(held, digest_size=_CHECK_BYTES).digest()


def _unpacked(key: bytes, held: bytes) -> Entry | None:
    """Return the tile in a file's bytes; None where they are not what was written for this key."""
    content, check = held[:-_CHECK_BYTES], held[-_CHECK_BYTES:]
    if len(content) < _HEAD.size or blake2b(content, digest_size=_CHECK_BYTES).digest() != check:
        return None
    magic, own, seq, made_at, packed, length = _HEAD.unpack_from(content)
    body = content[_HEAD.size :]
    if (magic, own, length) != (_MAGIC, key, len(body)):
        return None
    return Entry(body, packed, seq, made_at, _etag(body))
