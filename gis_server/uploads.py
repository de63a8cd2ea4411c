"""Uploaded files while they wait: one folder a batch, under names that the server made.

A file's own name is kept in the batch for people to read and is never a path here.
"""

from __future__ import annotations

import shutil
import time
import uuid
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path, PurePath

from werkzeug.datastructures import FileStorage

from gis_server.config import Config
from layers.errors import InvalidInputError

PARTS = (".shp", ".shx", ".dbf", ".prj", ".cpg")
# Indexes and descriptions that other programs put beside a Shapefile; they say nothing we read.
_IGNORED = (".sbn", ".sbx", ".qix", ".fix", ".qpj", ".qmd", ".ain", ".aih", ".atx", ".ixs", ".mxs")
_DAY_S = 86_400


def file_of(config: Config, batch_id: uuid.UUID) -> Path:
    """Return where a batch's uploaded file waits: a file, or a folder of a Shapefile's parts."""
    folder = folder_of(config, batch_id)
    parts = folder / "parts"
    return parts if parts.is_dir() else folder / "file"


def folder_of(config: Config, batch_id: uuid.UUID) -> Path:
    """Return a batch's own folder."""
    return config.uploads_dir / str(batch_id)


def forget_file(config: Config, batch_id: uuid.UUID) -> None:
    """Delete a batch's uploaded file, and what was made of it."""
    shutil.rmtree(folder_of(config, batch_id), ignore_errors=True)


def name_of(files: Sequence[FileStorage]) -> str:
    """Return how people call an upload: its file's name, or that of the Shapefile's .shp.

    Raises
    ------
    InvalidInputError
        No file was sent (`no_file`), or several that are not the parts of one Shapefile
        (`several_files`).
    """
    names = [file.filename or "" for file in files]
    if not names or not all(names):
        raise InvalidInputError("no file was sent", code="no_file", field="file")
    if len(names) == 1:
        return names[0]
    stems = {_stem(name) for name in names}
    endings = [_ending(name) for name in names if _ending(name) in PARTS]
    if len(stems) > 1 or len(set(endings)) < len(endings) or ".shp" not in endings:
        raise InvalidInputError(
            f"several files that are not the parts of one Shapefile: {', '.join(names)[:400]}",
            code="several_files",
            got=[name[:100] for name in names[:10]],
            wanted=", ".join(PARTS),
        )
    return next(name for name in names if _ending(name) == ".shp")


def store(config: Config, batch_id: uuid.UUID, files: Sequence[FileStorage]) -> None:
    """Save an upload that `name_of` has named."""
    folder = folder_of(config, batch_id)
    folder.mkdir(parents=True, mode=0o700)
    if len(files) == 1:
        files[0].save(folder / "file")
        return
    parts = folder / "parts"
    parts.mkdir(mode=0o700)
    for file in files:
        ending = _ending(file.filename or "")
        if ending in PARTS:
            file.save(parts / f"part{ending}")


def forget_old(config: Config) -> list[uuid.UUID]:
    """Delete uploads that are older than the site keeps them; return whose they were."""
    oldest = time.time() - config.upload_days * _DAY_S
    gone = []
    with suppress(FileNotFoundError):  # nothing was uploaded yet, or another process was faster
        for folder in config.uploads_dir.iterdir():
            if folder.stat().st_mtime < oldest:
                batch_id = uuid.UUID(folder.name)
                forget_file(config, batch_id)
                gone.append(batch_id)
    return gone


def _ending(name: str) -> str:
    return PurePath(name.replace("\\", "/")).suffix.lower()


def _stem(name: str) -> str:
    """Return a part's name without its ending; `.shp.xml` is a part's ending too."""
    plain = PurePath(name.replace("\\", "/")).name.lower()
    plain = plain.removesuffix(".xml")
    return plain.removesuffix(_ending(plain)) if _ending(plain) in (*PARTS, *_IGNORED) else plain
