"""Zip files from strangers: judged by the central directory first, then by counted bytes."""

from __future__ import annotations

import shutil
import stat
import zipfile
import zlib
from pathlib import Path, PurePosixPath
from typing import Any

from layers.errors import InvalidInputError

ENTRIES_MAX = 200
INFLATED_MAX_BYTES = 512 * 1024 * 1024
RATIO_MAX = 100
# Small files of repeated text pass 100 : 1 honestly; only what unfolds to more than this is judged.
RATIO_FREE_BYTES = 4 * 1024 * 1024
_CENTRAL_DIRECTORY_MAX_BYTES = 1024 * 1024
_DIRECTORY_ENTRY_BYTES = 46
_NAME_MAX_CHARACTERS = 255
_CHUNK_BYTES = 1024 * 1024


class ArchiveError(InvalidInputError):
    """A zip file that is broken or made to harm."""

    code = "unsafe_archive"


def _refuse(reason: str, why: str, **params: Any) -> ArchiveError:
    """Return the error; the zh/en text of the reason is `archive.<reason>`."""
    got = {"code": f"archive.{reason}", "params": params}
    return ArchiveError(f"the zip file cannot be used: {why}", got=got)


def entries(path: Path) -> list[zipfile.ZipInfo]:
    """Return a zip file's entries after every one was judged; nothing is unpacked.

    Raises
    ------
    ArchiveError
        Broken, encrypted, over the caps, or with a name that leads out of a folder.
    """
    _check_directory_size(path)
    try:
        with zipfile.ZipFile(path) as archive:
            found = archive.infolist()
    except (
        zipfile.BadZipFile, UnicodeDecodeError, NotImplementedError, OSError, ValueError,
    ) as error:  # fmt: skip
        said = str(error)[:120]
        raise _refuse("damaged", f"it is damaged or cut off ({said})", detail=said) from None
    if len(found) > ENTRIES_MAX:
        raise _too_many(len(found))
    for entry in found:
        _check_entry(entry)
    names = [entry.filename for entry in found]
    if len(set(names)) != len(names):
        raise _refuse("doubled", "two entries have one name")
    _check_sizes(found, path.stat().st_size)
    return found


def _too_many(count: int) -> ArchiveError:
    return _refuse(
        "entries", f"{count} entries, at most {ENTRIES_MAX}", count=count, most=ENTRIES_MAX
    )


def _check_directory_size(path: Path) -> None:
    """Refuse a directory of a million entries before Python makes an object of each."""
    size = path.stat().st_size
    with path.open("rb") as file:
        file.seek(max(0, size - 65_557))
        tail = file.read()
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or len(tail) < at + 22:
        raise _refuse("damaged", "it is damaged or cut off", detail="no central directory")
    count = int.from_bytes(tail[at + 10 : at + 12], "little")
    length = int.from_bytes(tail[at + 12 : at + 16], "little")
    if count > ENTRIES_MAX or length > _CENTRAL_DIRECTORY_MAX_BYTES:
        raise _too_many(max(count, length // _DIRECTORY_ENTRY_BYTES))


def _check_entry(entry: zipfile.ZipInfo) -> None:
    name = entry.filename
    parts = PurePosixPath(name.replace("\\", "/"))
    if parts.is_absolute() or ".." in parts.parts or "\x00" in name or ":" in name:
        raise _refuse("outside", f"the entry {name[:60]!r} leads out of the folder", name=name[:60])
    if len(name) > _NAME_MAX_CHARACTERS:
        raise _refuse("name", f"the entry {name[:60]!r} has a name too long", name=name[:60])
    if stat.S_ISLNK(entry.external_attr >> 16):
        raise _refuse("link", f"the entry {name[:60]!r} is a link", name=name[:60])
    if entry.flag_bits & 0x1:
        raise _refuse("encrypted", "it is encrypted")
    if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise _refuse(
            "method", f"compression method {entry.compress_type}; wanted deflate",
            method=entry.compress_type,
        )  # fmt: skip


def _check_sizes(found: list[zipfile.ZipInfo], size: int) -> None:
    total = sum(entry.file_size for entry in found)
    if total > INFLATED_MAX_BYTES:
        raise _refuse(
            "large", f"{total} bytes unpacked, at most {INFLATED_MAX_BYTES}",
            bytes=total, most=INFLATED_MAX_BYTES,
        )  # fmt: skip
    if total > RATIO_FREE_BYTES and total > RATIO_MAX * size:
        times = total // max(size, 1)
        raise _refuse(
            "ratio", f"it unfolds {times} times, at most {RATIO_MAX}", times=times, most=RATIO_MAX
        )
    if sum(entry.compress_size for entry in found) > size:
        raise _refuse("overlap", "entries overlap")


def extract(path: Path, entry: zipfile.ZipInfo, target: Path) -> None:
    """Write one entry to `target`; zipfile gives no more bytes than the size that was judged.

    Raises
    ------
    ArchiveError
        It is damaged, or larger than its directory says: then its checksum is wrong.
    """
    try:
        with (
            zipfile.ZipFile(path) as archive,
            archive.open(entry) as source,
            target.open("wb") as file,
        ):
            shutil.copyfileobj(source, file, _CHUNK_BYTES)
    except (
        zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error, EOFError, OSError,
        NotImplementedError, RuntimeError, ValueError,
    ) as error:  # fmt: skip
        raise _refuse(
            "entry_damaged", f"{entry.filename[:60]!r} is damaged ({error})",
            name=entry.filename[:60], detail=str(error)[:120],
        ) from None  # fmt: skip
