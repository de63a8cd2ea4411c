"""From files in a folder to one signed file: hashed, described, signed, put in place at once."""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from layers.errors import SetupError, TooLargeError
from layers.packs import container, manifest, signing
from layers.packs.container import COPY_BYTES, Entry
from layers.packs.manifest import MANIFEST, SIGNATURE, Part

_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_TIGHT_BYTES = 1 << 20


@dataclass(frozen=True)
class Made:
    """A part that lies in a folder as the file `path`, not yet in the pack."""

    path: Path
    name: str
    media_type: str
    role: str


@dataclass(frozen=True)
class Sealed:
    """A finished pack: where it lies, how large it is, the SHA-256 of the whole file."""

    path: Path
    size: int
    sha256: str


def seal(
    target: Path,
    made: Sequence[Made],
    said: Mapping[str, Any],
    *,
    key: Ed25519PrivateKey,
    site: str | None,
    max_bytes: int,
    progress: Callable[[str, int, int], None] = lambda step, done, whole: None,
) -> Sealed:
    """Write a pack of parts so that `target` is at every moment absent or whole.

    Parameters
    ----------
    said
        What the manifest says besides format, parts and signer.

    Raises
    ------
    TooLargeError
        The pack would have more than `max_bytes`.
    """
    described, entries = [], []
    for number, part in enumerate(made):
        progress("hashing", number, len(made))
        entry, digest = _hashed(part)
        entries.append(entry)
        described.append(Part(part.name, entry.size, digest, part.media_type, part.role))
    body = manifest.written(said, described, key=signing.public(key), site=site)
    signature = signing.sign(key, body)
    first = [Entry(MANIFEST, len(body), zlib.crc32(body)),
             Entry(SIGNATURE, len(signature), zlib.crc32(signature))]  # fmt: skip
    size = container.size_of([*first, *entries])
    if size > min(max_bytes, container.MAX_BYTES):
        raise too_large(size, max_bytes)
    progress("sealing", 0, size)
    contents: list[tuple[Entry, bytes | Path]] = [(first[0], body), (first[1], signature)]
    contents += [(entry, part.path) for entry, part in zip(entries, made, strict=True)]
    return _placed(target, contents)


def _placed(target: Path, contents: Sequence[tuple[Entry, bytes | Path]]) -> Sealed:
    fresh = target.with_name(f".{target.name}.new")
    try:
        with fresh.open("wb") as file:
            hashed = _Hashing(file)
            container.write(hashed, contents)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(target)
    finally:
        fresh.unlink(missing_ok=True)
    return Sealed(target, hashed.size, hashed.digest.hexdigest())


class _Hashing:
    """A file being written, with the hash of what went into it."""

    def __init__(self, file: Any) -> None:
        self._file = file
        self.digest = hashlib.sha256()
        self.size = 0

    def write(self, piece: bytes) -> int:
        """Write a piece; return its length."""
        self.digest.update(piece)
        self.size += len(piece)
        written: int = self._file.write(piece)
        return written


def _hashed(part: Made) -> tuple[Entry, str]:
    digest, crc, size = hashlib.sha256(), 0, 0
    with part.path.open("rb") as file:
        while piece := file.read(COPY_BYTES):
            digest.update(piece)
            crc = zlib.crc32(piece, crc)
            size += len(piece)
    return Entry(part.name, size, crc), digest.hexdigest()


@contextmanager
def workshop(folder: Path, name: str) -> Iterator[Path]:
    """Give an empty folder to make a pack in; it is gone afterwards, whatever happened.

    Raises
    ------
    SetupError
        The disk is full (`disk_full`).
    """
    place = folder / f".{name}.making"
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(mode=0o700, parents=True)
    try:
        yield place
    except OSError as error:
        if error.errno not in _FULL:
            raise
        raise full(folder) from error
    except Exception as error:
        # GDAL and SQLite have no error number; a disk without room explains theirs.
        if shutil.disk_usage(folder).free >= _TIGHT_BYTES or not _of_a_writer(error):
            raise
        raise full(folder) from error
    finally:
        shutil.rmtree(place, ignore_errors=True)


def _of_a_writer(error: Exception) -> bool:
    return type(error).__module__.partition(".")[0] in ("pyogrio", "sqlite3", "pyarrow")


def full(folder: Path, *, wanted: int | None = None) -> SetupError:
    """Return the error of a disk that has no room for the pack."""
    free = shutil.disk_usage(folder).free
    return SetupError(
        f"there is no room for the pack in {folder}: {free} bytes are free"
        + (f", about {wanted} are wanted" if wanted else ""),
        code="disk_full", free=free, wanted=wanted,
    )  # fmt: skip


def too_large(got: int, wanted: int) -> TooLargeError:
    """Return the refusal of a pack of more bytes than are made."""
    return TooLargeError(
        f"the pack would have {got} bytes, at most {wanted} are made; take a smaller area, fewer "
        "zooms or fewer parts",
        code="pack_too_large", got=got, wanted=wanted,
    )  # fmt: skip
