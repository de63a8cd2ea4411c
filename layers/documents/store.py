"""Where documents lie: one file for each content, named by its SHA-256, below `var/documents`."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from layers.errors import DamagedError, TooLargeError

CHUNK_BYTES = 1 << 20
INCOMING = "incoming"


class Store:
    """A folder of contents. A content that is there is whole: it is renamed into its place."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, sha256: str) -> Path:
        """Return where a content lies, or would."""
        return self.folder / sha256[:2] / sha256

    def open(self, sha256: str) -> IO[bytes]:
        """Open a content.

        Raises
        ------
        DamagedError
            It is not there: the folder was not restored together with the database.
        """
        try:
            return self.path(sha256).open("rb")
        except FileNotFoundError:
            raise DamagedError(
                f"the content {sha256} is missing in {self.folder}",
                code="document_missing",
                sha256=sha256,
            ) from None

    def receive(self, stream: IO[bytes], *, max_bytes: int) -> Path:
        """Write a stream to a file of its own that waits to be kept; it is the caller's.

        Raises
        ------
        TooLargeError
            The stream holds more than `max_bytes`; nothing stays.
        """
        incoming = self.folder / INCOMING
        incoming.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(dir=incoming)
        path, size = Path(name), 0
        with os.fdopen(descriptor, "wb") as file:
            while chunk := stream.read(CHUNK_BYTES):
                size += len(chunk)
                if size > max_bytes:
                    path.unlink()
                    raise TooLargeError(
                        f"the file has more than {max_bytes} bytes", got=size, wanted=max_bytes
                    )
                file.write(chunk)
        return path

    def keep(self, path: Path) -> str:
        """Move a received file to its place for ever; return its SHA-256."""
        sha256 = self.digest(path)
        with path.open("rb") as file:
            os.fsync(file.fileno())
        target = self.path(sha256)
        target.parent.mkdir(mode=0o700, exist_ok=True)
        path.chmod(0o600)
        path.replace(target)
        _sync(target.parent)
        return sha256

    def digest(self, path: Path) -> str:
        """Return the SHA-256 of a file."""
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()

    def contents(self) -> Iterator[str]:
        """Give the SHA-256 of every content that lies here."""
        for folder in self.folder.glob("[0-9a-f][0-9a-f]"):
            yield from (path.name for path in folder.iterdir() if len(path.name) == 64)


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
