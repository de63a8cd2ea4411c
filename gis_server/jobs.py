"""Imports off the request: the batch row is the queue, a child process does one batch.

Why not procrastinate: there is one kind of job, and its state must be the batch that a person
sees; a second table of job states would be a second truth, with a schema and rights of its own.
Every server process has one thread that looks for batches in a moving state (`reading`,
`checking`, `publishing`) that nobody works on, and runs each in a child of its own
(`python -m gis_server.jobs ID`), so that neither a crash nor a long check touches requests. The
child holds an advisory lock on the batch for as long as it works; the lock dies with it, so a
batch that was cut short is found and taken again (twice; then it is failed, with the reason).
"""

from __future__ import annotations

import datetime as dt
import json
import logging
import sys
import time
import uuid
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, func, select, text
from sqlalchemy.orm import Session

from gis_server.background import Background, run_child
from gis_server.config import Config
from gis_server.signin import reader_named
from gis_server.uploads import file_of, folder_of, forget_file, forget_old
from layers import documents, plots, user_layers
from layers.catalog import set_reader
from layers.database import set_actor
from layers.errors import OneMapError
from layers.intake import pipeline
from layers.intake.batches import found
from layers.intake.pipeline import MOVING
from layers.models import Batch
from layers.site import credit

log = logging.getLogger(__name__)

LOCK_CLASS = 0x6F6E656D
POLL_S = 0.5
ATTEMPTS = 2
SWEEP_S = 3600.0
OSM_CREDIT = "© OpenStreetMap contributors"


class Runner(Background):
    """Runs waiting batches, one at a time in this process."""

    name = "imports"
    every_s = POLL_S

    def __init__(self, config: Config, engine: Engine, url: str) -> None:
        super().__init__()
        self._config = config
        self._engine = engine
        self._url = url
        self._swept_at = -SWEEP_S

    def look(self) -> None:
        """Run the oldest batch that waits; sweep every hour."""
        if time.monotonic() - self._swept_at > SWEEP_S:
            self._swept_at = time.monotonic()
            sweep(self._engine, self._config)
        batch_id = next_batch(self._engine, self._config)
        if batch_id is not None:
            run_child(self._config, self._url, "gis_server.jobs", str(batch_id))


def next_batch(engine: Engine, config: Config) -> uuid.UUID | None:
    """Return the oldest upload that waits or was cut short, or None.

    A batch without an uploaded file is the command line's, which does its own work; one that was
    ordered to be published needs its file no more.
    """
    with Session(engine) as session:
        waiting = session.execute(
            select(Batch.id, Batch.status)
            .where(Batch.status.in_(MOVING))
            .order_by(Batch.created_at)
        ).all()
        for batch_id, status in waiting:
            ready = status == "publishing" or file_of(config, batch_id).exists()
            if ready and not _held(session, batch_id):
                return batch_id
    return None


def run(engine: Engine, config: Config, batch_id: uuid.UUID) -> None:
    """Take a batch as far as it goes by itself; whatever happens, the batch says so afterwards."""
    with engine.connect() as keeper:
        key = _key(batch_id)
        if not keeper.execute(select(func.pg_try_advisory_lock(LOCK_CLASS, key))).scalar_one():
            return
        keeper.commit()
        try:
            if _attempt(engine, batch_id):
                _advance(engine, config, batch_id)
        finally:
            keeper.execute(select(func.pg_advisory_unlock(LOCK_CLASS, key)))
            keeper.commit()


def sweep(engine: Engine, config: Config) -> int:
    """Delete uploads that are too old, and end the batches that waited with one; return how many.

    What is staged can still be published: it needs no file any more. Contents that no document
    names go too, operations on plots of incidents that were closed long ago, and layers of users'
    own that were removed long ago.
    """
    gone = forget_old(config)
    for batch_id in gone:
        with Session(engine) as session, session.begin():
            batch = session.get(Batch, batch_id, with_for_update=True)
            if batch is not None and batch.status in ("reading", "analysed"):
                expired = OneMapError(
                    f"the file waited {config.upload_days} days and was deleted",
                    code="upload_expired", days=config.upload_days,
                )  # fmt: skip
                pipeline.fail(session, batch_id, expired)
    with Session(engine) as session:
        documents.sweep(session, documents.Store(config.documents_dir))
    with Session(engine) as session, session.begin():
        plots.forget(session, dt.datetime.now(dt.UTC))
    with Session(engine) as session, session.begin():
        set_actor(session, "onemap")
        user_layers.purge(session)
    return len(gone)


def _attempt(engine: Engine, batch_id: uuid.UUID) -> bool:
    """Count one more attempt; what took its worker down twice is failed, not tried again."""
    with Session(engine) as session, session.begin():
        batch = session.get(Batch, batch_id, with_for_update=True)
        if batch is None or batch.status not in MOVING:
            return False
        tried = int(batch.progress.get("attempts", 0))
        if tried >= ATTEMPTS:
            crash = OneMapError("the check ended unexpectedly twice", code="import_crashed")
            pipeline.fail(session, batch_id, crash)
            return False
        batch.progress = {**batch.progress, "attempts": tried + 1}
        return True


def _advance(engine: Engine, config: Config, batch_id: uuid.UUID) -> None:
    """Do the steps that need no person, each in a transaction of its own."""
    step = {"reading": _look, "checking": _check, "publishing": _publish}
    try:
        while (status := _status(engine, batch_id)) in step:
            with Session(engine) as session, session.begin():
                # No step may tell or touch a layer that is kept from whoever handed the file in.
                maker = found(session, batch_id, lock=False).created_by
                set_reader(session, reader_named(session, maker))
                step[status](session, config, batch_id)
            if status == "publishing":
                forget_file(config, batch_id)  # not before it is true
    except OneMapError as error:
        with Session(engine) as session, session.begin():
            if found(session, batch_id).status in MOVING:  # not what was rejected meanwhile
                pipeline.fail(session, batch_id, error)


def _status(engine: Engine, batch_id: uuid.UUID) -> str:
    with Session(engine) as session:
        return found(session, batch_id, lock=False).status


def _look(session: Session, config: Config, batch_id: uuid.UUID) -> None:
    path, tell = file_of(config, batch_id), teller(config, batch_id)
    pipeline.look(session, batch_id, path, titles=words(), progress=tell)


def _check(session: Session, config: Config, batch_id: uuid.UUID) -> None:
    path, tell = file_of(config, batch_id), teller(config, batch_id)
    pipeline.check(session, batch_id, path, titles=words(), progress=tell)


def _publish(session: Session, config: Config, batch_id: uuid.UUID) -> None:
    decision = dict(found(session, batch_id).progress["decision"])
    by = decision.pop("by")
    set_actor(session, by)
    set_reader(session, reader_named(session, by))
    teller(config, batch_id)("loading", 0)
    publish(session, batch_id, **decision)


def publish(session: Session, batch_id: uuid.UUID, **decision: bool) -> dict[str, Any]:
    """Publish a batch, and credit whom its data must credit; return what each layer got."""
    loaded = pipeline.publish(session, batch_id, **decision)
    if found(session, batch_id).report.get("format") == "osm_pbf":
        credit(session, OSM_CREDIT)
    return {name: vars(done) for name, done in loaded.items()}


def words() -> tuple[dict[str, str], ...]:
    """Return the words of fields and values in every language, as headers of files use them."""
    from gis_server.text import LANGUAGES, catalogue

    return tuple(dict(catalogue(language)) for language in LANGUAGES)


def progress_of(config: Config, batch_id: uuid.UUID) -> dict[str, Any]:
    """Return how far a batch's check has come: `step` and `count`; empty when it is not running."""
    try:
        return dict(json.loads(_progress_file(config, batch_id).read_text()))
    except (FileNotFoundError, NotADirectoryError):
        return {}


def teller(config: Config, batch_id: uuid.UUID) -> pipeline.Progress:
    """Return a function that tells progress in a file: the job's row is locked by its step."""
    path = _progress_file(config, batch_id)
    path.parent.mkdir(parents=True, mode=0o700, exist_ok=True)

    def tell(step: str, count: int) -> None:
        fresh = path.with_suffix(".new")
        fresh.write_text(json.dumps({"step": step, "count": count}))
        fresh.replace(path)

    return tell


def _progress_file(config: Config, batch_id: uuid.UUID) -> Path:
    return folder_of(config, batch_id) / "progress.json"


def _held(session: Session, batch_id: uuid.UUID) -> bool:
    """Say whether some process works on a batch now."""
    key = _key(batch_id)
    held: bool = session.execute(
        text(
            "SELECT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' "
            "AND classid = :class AND objid = :key AND objsubid = 2 "
            "AND database = (SELECT oid FROM pg_database WHERE datname = current_database()))"
        ),
        {"class": LOCK_CLASS, "key": key},
    ).scalar_one()
    return held


def _key(batch_id: uuid.UUID) -> int:
    """Return 31 bits of a batch's id; the last ones, as the first are its time."""
    return batch_id.int & 0x7FFFFFFF


def main(batch_id: str) -> None:
    """Run one batch; the entry of the child process."""
    from layers.database import create_engine

    config = Config()
    if config.database_url is None:
        raise SystemExit("ONEMAP_DATABASE_URL names the database to work on")
    engine = create_engine(config.database_url, pool_size=4)
    run(engine, config, uuid.UUID(batch_id))
    engine.dispose()


if __name__ == "__main__":
    main(sys.argv[1])
