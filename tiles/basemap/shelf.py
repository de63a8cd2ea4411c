"""Which archive the base map is served from: a pointer beside the archives, and no database.

`var/basemaps` holds the archive of each region and, where there are several, one that joins them,
all named by their SHA-256. `served.json` names the one that is served and the regions in it; it is
replaced in one step, so every process changes over between two tiles and none sees half a change.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Any, Final

from layers.errors import DamagedError, NotFoundError
from tiles.archive import Archive
from tiles.basemap.make import Progress, held, join

POINTER: Final = "served.json"
ARCHIVE: Final = ".pmtiles"


@dataclass(frozen=True)
class Served:
    """What is served now: the archive, its SHA-256, and the SHA-256 of each region in it."""

    archive: Archive
    sha256: str
    regions: tuple[str, ...]

    @property
    def label(self) -> str:
        """The archive's name in addresses of tiles: another archive has another one."""
        return f"{self.sha256[:8]}-{int(self.sha256[8:20], 16)}"


class Shelf:
    """The folder of archives; for many threads."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._lock = Lock()
        self._seen: tuple[int, int] | None = None
        self._served: Served | None = None
        self._failure: str | None = None

    def path(self, sha256: str) -> Path:
        """Return where an archive lies, or would."""
        return self.folder / f"{sha256}{ARCHIVE}"

    def served(self) -> Served | None:
        """Return what is served now; None where nothing is, or where it cannot be read."""
        try:
            stat = (self.folder / POINTER).stat()
            seen = (stat.st_ino, stat.st_mtime_ns)
        except OSError:
            seen = None
        if seen != self._seen:
            with self._lock:
                if seen != self._seen:
                    self._failure = None
                    self._served = self._open() if seen else None
                    self._seen = seen
        return self._served

    def failure(self) -> str | None:
        """Return why what should be served is not, in words for a log; None where all is well."""
        self.served()
        return self._failure

    def missing(self, sha256s: Iterable[str]) -> list[str]:
        """Return which archives are not here."""
        return [sha256 for sha256 in sha256s if not self.path(sha256).is_file()]

    @contextmanager
    def changing(self) -> Iterator[None]:
        """Let nobody else change what is on the shelf: an archive is swept before it is on record.

        Raises
        ------
        BusyError
            Somebody else is at it (`basemap_busy`).
        """
        with held(self.folder, ".change"):
            yield

    def prepare(
        self, regions: Sequence[str], *, metadata: Mapping[str, Any], progress: Progress
    ) -> str | None:
        """Make sure that there is one archive of all regions; return its SHA-256.

        Nothing that is served changes: that is `serve`'s. None of no regions.

        Raises
        ------
        NotFoundError
            The archive of a region is not here (`basemap_file_missing`).
        DamagedError
            One of them cannot be read.
        """
        if gone := self.missing(regions):
            raise NotFoundError(
                f"{len(gone)} of the site's base maps are not in {self.folder}",
                code="basemap_file_missing", files=gone,
            )  # fmt: skip
        if len(regions) < 2:
            return regions[0] if regions else None
        files = [self.path(sha256) for sha256 in sorted(regions)]
        return join(files, self.folder, metadata=metadata, progress=progress).sha256

    def serve(self, sha256: str | None, regions: Sequence[str]) -> None:
        """Serve an archive from now on, in every process; None serves none."""
        pointer = self.folder / POINTER
        if sha256 is None:
            pointer.unlink(missing_ok=True)
            return
        Archive(self.path(sha256)).close()
        beside = self.folder / f".{POINTER}.{os.getpid()}"
        with beside.open("w", encoding="utf-8") as file:
            json.dump({"archive": sha256, "regions": sorted(regions)}, file)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(pointer)

    def sweep(self, kept: Iterable[str]) -> list[str]:
        """Remove every archive but those named and the one that is served; return which."""
        now = self.served()
        stay = {*kept, *((now.sha256,) if now else ())}
        gone = [path for path in self.folder.glob(f"*{ARCHIVE}") if path.stem not in stay]
        for path in gone:
            path.unlink(missing_ok=True)
        return [path.stem for path in gone]

    def _open(self) -> Served | None:
        """Open what the pointer names."""
        try:
            told = json.loads((self.folder / POINTER).read_bytes())
            sha256, regions = told["archive"], tuple(told["regions"])
            return Served(Archive(self.path(sha256)), sha256, regions)
        except (OSError, ValueError, KeyError, TypeError, NotFoundError, DamagedError) as error:
            # Told by `failure`, in /api/v1/ground and by `onemap basemap --list`.
            self._failure = str(error) or type(error).__name__
            return None
