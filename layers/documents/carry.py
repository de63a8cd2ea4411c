"""Contents of documents into a backup's archive, and out of it."""

from __future__ import annotations

import tarfile
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from layers.documents.store import Store
from layers.errors import DamagedError
from layers.models import Document

FOLDER = "documents"


def held(session: Session, folder: Path) -> tuple[list[str], list[str]]:
    """Return the contents that documents name: those that lie in `folder`, and those missing."""
    store = Store(folder)
    named = session.scalars(select(Document.sha256).distinct().order_by(Document.sha256)).all()
    there = [sha256 for sha256 in named if store.path(sha256).is_file()]
    return there, sorted(set(named) - set(there))


def pack(archive: tarfile.TarFile, folder: Path, contents: list[str]) -> None:
    """Add contents to an archive."""
    store = Store(folder)
    for sha256 in contents:
        archive.add(store.path(sha256), f"{FOLDER}/{sha256}")


def unpack(source: Path, folder: Path, *, expected: int) -> None:
    """Put an archive's contents where they belong; what lies there already stays.

    Raises
    ------
    DamagedError
        A content is not what its name says, or some are missing.
    """
    store, found = Store(folder), 0
    with tarfile.open(source, "r:") as archive:
        for member in archive:
            parent, _, sha256 = member.name.partition("/")
            content = archive.extractfile(member) if parent == FOLDER else None
            if content is None:
                continue
            received = store.receive(content, max_bytes=member.size)
            if store.digest(received) != sha256:
                received.unlink()
                raise DamagedError(f"{source} is damaged: {member.name} is not what its name says")
            store.keep(received)
            found += 1
    if found != expected:
        raise DamagedError(f"the backup holds {found} documents instead of {expected}")
