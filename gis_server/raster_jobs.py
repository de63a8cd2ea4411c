"""Raster files off the request: read, registered, and made ready to draw, in a child process.

The row of `raster_upload` is the queue; the child holds it locked while it works and says in the
same transaction what came of it, so that a crash leaves either a raster or an upload that waits.
Files to draw from that are missing (after a restore, on a second server) are made one by one.
"""

from __future__ import annotations

import datetime as dt
import logging
import sys
import time
import uuid
from collections.abc import Sequence
from pathlib import Path, PurePath
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session
from werkzeug.datastructures import FileStorage

from gis_server import jobs
from gis_server.background import Background, run_child
from gis_server.config import Config
from gis_server.uploads import folder_of, forget_file
from gis_server.wire.raster import RasterForm, sent_names
from layers import rasters
from layers.database import set_actor
from layers.errors import InvalidInputError, OneMapError
from layers.intake.load import allow_long
from layers.models import Raster, RasterUpload
from layers.rasters import cog, queue
from layers.rasters.told import Told

log = logging.getLogger(__name__)

POLL_S = 1.0
TIDY_S = 60.0
_YOUNG_S = 3600.0
_STEM = "raster"


class RasterRunner(Background):
    """Takes uploaded raster files in, one at a time in this process, and keeps drawing files."""

    name = "rasters"
    every_s = POLL_S

    def __init__(self, config: Config, engine: Engine, url: str) -> None:
        super().__init__()
        self._config = config
        self._engine = engine
        self._url = url
        self._tidied_at = -TIDY_S

    def look(self) -> None:
        """Take in the oldest file that waits; where there is none, tidy every minute."""
        if (upload_id := _next(self._engine)) is not None:
            self._child("take", upload_id)
        elif time.monotonic() - self._tidied_at > TIDY_S:
            self._tidied_at = time.monotonic()
            for raster_id in tidy(self._engine, self._config):
                self._child("prepare", raster_id)

    def _child(self, work: str, number: uuid.UUID) -> None:
        run_child(self._config, self._url, "gis_server.raster_jobs", work, str(number))


def told(form: RasterForm, names: Sequence[str], *, zone: ZoneInfo) -> Told:
    """Return what a form says of its file; a date is its midnight in the site's time zone."""
    return Told(
        kind=form.kind,
        name=form.name or main_name(names),
        source=form.source,
        unit=form.unit or None,
        source_date=form.source_date or None,
        licence=form.licence or None,
        period=form.period or None,
        region=form.region or None,
        crs=form.crs or None,
        band=form.band,
        taken_at=moment(form.taken_at, zone=zone),
    )


def moment(given: dt.date | None, *, zone: ZoneInfo) -> dt.datetime | None:
    """Return a time with its offset; one without is of the site's time zone."""
    if given is None:
        return None
    if not isinstance(given, dt.datetime):
        given = dt.datetime.combine(given, dt.time())
    return given if given.tzinfo else given.replace(tzinfo=zone)


def main_name(names: Sequence[str]) -> str:
    """Return how people call a sent raster: the last part of its file's name."""
    ending = sent_names(list(names))["raster"]
    name = next(name for name in names if name.lower().endswith(ending))
    return PurePath(name.replace("\\", "/")).name[:200]


def store(
    config: Config, upload_id: uuid.UUID, files: Sequence[FileStorage], roles: dict[str, str]
) -> None:
    """Save a sent raster and what lies beside it, under names that are ours."""
    folder = folder_of(config, upload_id)
    folder.mkdir(parents=True, mode=0o700)
    beside = {"raster": roles["raster"], "world": ".wld", "prj": ".prj"}
    by_ending = {ending: role for role, ending in roles.items()}
    for file in files:
        role = by_ending[PurePath((file.filename or "").replace("\\", "/")).suffix.lower()]
        file.save(folder / f"{_STEM}{beside[role]}")


def progress_of(config: Config, upload_id: str) -> dict[str, Any]:
    """Return how far the reading of a file has come: `step` and `count`; empty before it runs."""
    return jobs.progress_of(config, uuid.UUID(upload_id))


def take(engine: Engine, config: Config, upload_id: uuid.UUID) -> None:
    """Take an uploaded file in; whatever happens, its row says so afterwards."""
    if not _attempt(engine, upload_id):
        return
    try:
        with Session(engine) as session, session.begin():
            allow_long(session)
            row = queue.held(session, upload_id)
            if row is None:
                return
            raster_id = _register(session, config, row)
    except OneMapError as error:
        with Session(engine) as session, session.begin():
            if (row := queue.held(session, upload_id)) is not None:
                queue.fail(row, error)
        forget_file(config, upload_id)
        return
    forget_file(config, upload_id)  # not before it is true
    prepare(engine, config, raster_id)


def prepare(engine: Engine, config: Config, raster_id: uuid.UUID) -> None:
    """Make the file that a raster is drawn from, where it is not there."""
    with Session(engine) as session, session.begin():
        allow_long(session)
        row = session.get(Raster, raster_id)
        if row is not None:
            cog.file_of(session, row, config.rasters_dir)


def tidy(engine: Engine, config: Config) -> list[uuid.UUID]:
    """Delete files of rasters that are gone; return the rasters that lack theirs."""
    with Session(engine) as session:
        known = set(session.scalars(select(Raster.id)))
    folder = config.rasters_dir
    there: set[uuid.UUID] = set()
    oldest = time.time() - _YOUNG_S
    for file in folder.iterdir() if folder.is_dir() else ():
        raster_id = _named(file)
        if raster_id in known:
            if file.suffix == ".tif":
                there.add(raster_id)
        elif file.stat().st_mtime < oldest:
            file.unlink(missing_ok=True)
    return sorted(known - there)


def _named(file: Path) -> uuid.UUID | None:
    try:
        return uuid.UUID(file.stem)
    except ValueError:
        return None


def _next(engine: Engine) -> uuid.UUID | None:
    with Session(engine) as session:
        for upload_id in queue.moving(session):
            if queue.held(session, upload_id) is not None:
                return upload_id
    return None


def _attempt(engine: Engine, upload_id: uuid.UUID) -> bool:
    """Count one more attempt; what took its worker down twice is failed, not tried again."""
    with Session(engine) as session, session.begin():
        row = queue.held(session, upload_id)
        if row is None:
            return False
        if row.attempts >= queue.ATTEMPTS:
            queue.fail(row, OneMapError("the reading ended unexpectedly twice",
                                        code="raster_crashed"))  # fmt: skip
            return False
        row.attempts += 1
        row.status = "reading"
        return True


def _register(session: Session, config: Config, row: RasterUpload) -> uuid.UUID:
    set_actor(session, row.created_by)
    file = _waiting_file(config, row)
    tell = jobs.teller(config, row.id)
    made = rasters.add(session, file, queue.told_of(row), name=row.file_name, progress=tell)
    row.raster_id = uuid.UUID(made["id"])
    row.status = "done"
    return row.raster_id


def _waiting_file(config: Config, row: RasterUpload) -> Path:
    ending = PurePath(row.file_name).suffix.lower()
    file = folder_of(config, row.id) / f"{_STEM}{ending}"
    if not file.is_file():
        raise InvalidInputError("the uploaded file is not kept any more", code="upload_gone")
    return file


def main(work: str, number: str) -> None:
    """Do one piece of work; the entry of the child process."""
    from layers.database import create_engine

    config = Config()
    if config.database_url is None:
        raise SystemExit("ONEMAP_DATABASE_URL names the database to work on")
    engine = create_engine(config.database_url, pool_size=2)
    {"take": take, "prepare": prepare}[work](engine, config, uuid.UUID(number))
    engine.dispose()


if __name__ == "__main__":
    main(*sys.argv[1:])
