"""Archives of base maps into a backup, and out of it: a restored site has its map again."""

from __future__ import annotations

import hashlib
import os
import tarfile
from pathlib import Path
from typing import IO

from sqlalchemy.orm import Session

from layers.basemaps.register import contents
from layers.errors import DamagedError

FOLDER = "basemaps"
_SUFFIX = ".pmtiles"
_CHUNK = 1 << 20


def held(session: Session, folder: Path) -> tuple[list[str], list[str]]:
    """Return the archives on record: those that lie in `folder`, and those missing."""
    named = contents(session)
    there = [sha256 for sha256 in named if (folder / f"{sha256}{_SUFFIX}").is_file()]
    return there, sorted(set(named) - set(there))


def pack(archive: tarfile.TarFile, folder: Path, sha256s: list[str]) -> None:
    """Add archives of base maps to a backup."""
    for sha256 in sha256s:
        archive.add(folder / f"{sha256}{_SUFFIX}", f"{FOLDER}/{sha256}")


def unpack(source: Path, folder: Path, *, expected: int) -> None:
    """Put a backup's archives where they belong; what lies there already stays.

    Raises
    ------
    DamagedError
        One is not what its name says, or some are missing.
    """
    found = 0
    with tarfile.open(source, "r:") as backup:
        for member in backup:
            parent, _, sha256 = member.name.partition("/")
            content = backup.extractfile(member) if parent == FOLDER else None
            if content is None:
                continue
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            _keep(content, folder, sha256, source)
            found += 1
    if found != expected:
        raise DamagedError(f"the backup holds {found} base maps instead of {expected}")


def _keep(content: IO[bytes], folder: Path, sha256: str, source: Path) -> None:
    """Write an archive beside its place, and put it there if it is what its name says."""
    beside = folder / f".restoring-{os.getpid()}"
    digest = hashlib.sha256()
    try:
        with beside.open("wb") as file:
            while chunk := content.read(_CHUNK):
                digest.update(chunk)
                file.write(chunk)
            os.fsync(file.fileno())
        if digest.hexdigest() != sha256:
            raise DamagedError(f"{source} is damaged: a base map is not what its name says")
        beside.chmod(0o600)
        beside.replace(folder / f"{sha256}{_SUFFIX}")
    finally:
        beside.unlink(missing_ok=True)
