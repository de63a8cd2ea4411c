"""Packs off the request: the register is the queue, a child process makes one pack at a time.

As with imports (`gis_server.jobs`), the row that a person sees is the state, and an advisory lock
says who works: it dies with the process, so what was cut short is found and taken again, twice;
then it is failed. A pack that is deleted while it is made stops within a second.
"""

from __future__ import annotations

import datetime as dt
import json
import logging
import shutil
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from gis_server.background import Background, run_child
from gis_server.config import Config
from gis_server.pack_owner import owner_named
from gis_server.packing import Asked, Label, make
from layers.database import set_actor
from layers.errors import OneMapError
from layers.locks import Lock
from layers.models import Pack
from layers.packs import register
from layers.packs.register import UNFINISHED

log = logging.getLogger(__name__)

POLL_S = 1.0
TELL_S = 0.5
SWEEP_S = 3600.0
ATTEMPTS = 2
ENDING = ".onemap"
_STALE_S = 24 * 3600.0


class StoppedError(Exception):
    """The pack was deleted while it was being made."""


class Packer(Background):
    """Makes packs that wait, one at a time of all processes; sweeps away those that expired."""

    name = "packs"
    every_s = POLL_S

    def __init__(self, config: Config, engine: Engine, url: str) -> None:
        super().__init__()
        self._config = config
        self._engine = engine
        self._url = url
        self._swept_at = -SWEEP_S

    def look(self) -> None:
        """Make the oldest pack that waits; sweep every hour."""
        if time.monotonic() - self._swept_at > SWEEP_S:
            self._swept_at = time.monotonic()
            sweep(self._engine, self._config)
        if (waiting := next_pack(self._engine)) is not None:
            run_child(self._config, self._url, "gis_server.pack_jobs", str(waiting))


def file_of(config: Config, pack_id: uuid.UUID) -> Path:
    """Return where a pack lies once it is made."""
    return config.packs_dir / f"{pack_id}{ENDING}"


def next_pack(engine: Engine) -> uuid.UUID | None:
    """Return the oldest pack that waits or was cut short; None where one is being made."""
    oldest = select(Pack.id).where(Pack.status.in_(UNFINISHED)).order_by(Pack.created_at).limit(1)
    with Session(engine) as session:
        waiting: uuid.UUID | None = session.scalar(oldest)
    if waiting is not None:
        with _alone(engine) as mine:
            return waiting if mine else None
    return None


def run(engine: Engine, config: Config, pack_id: uuid.UUID) -> None:
    """Make a pack; whatever happens, the register says so afterwards."""
    with _alone(engine) as mine:
        if not mine or not _attempt(engine, pack_id):
            return
        try:
            _make(engine, config, pack_id)
        except StoppedError:
            log.info("pack %s was deleted while it was made", pack_id)
        except OneMapError as error:
            with Session(engine) as session, session.begin():
                set_actor(session, "onemap")
                give_up(session, pack_id, error)
        finally:
            _progress_file(config, pack_id).unlink(missing_ok=True)


def forget(config: Config, pack_id: uuid.UUID) -> None:
    """Delete a pack's file."""
    file_of(config, pack_id).unlink(missing_ok=True)


def sweep(engine: Engine, config: Config) -> list[uuid.UUID]:
    """Delete the files of packs that expired or are on no register; return which expired."""
    with Session(engine) as session, session.begin():
        set_actor(session, "onemap")
        expired = register.expire(session, now=dt.datetime.now(dt.UTC))
    for pack_id in expired:
        forget(config, pack_id)
    if config.packs_dir.is_dir():
        with Session(engine) as session:
            known = set(session.scalars(select(Pack.id).where(Pack.status != "expired")))
        for path in config.packs_dir.iterdir():
            if not _wanted(path, known):
                shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
    return expired


def _wanted(path: Path, known: set[uuid.UUID]) -> bool:
    """Tell whether a file of the packs' folder is a pack on the register, or fresh."""
    if time.time() - path.stat().st_mtime < _STALE_S:
        return True  # somebody may be making it, or about to put it on the register
    try:
        return path.suffix == ENDING and uuid.UUID(path.stem) in known
    except ValueError:
        return False


def progress_of(config: Config, pack_id: uuid.UUID) -> dict[str, Any] | None:
    """Return how far a pack has come: `step`, `count` and `total`; None where nobody works."""
    try:
        return dict(json.loads(_progress_file(config, pack_id).read_text()))
    except FileNotFoundError:
        return None


def _make(engine: Engine, config: Config, pack_id: uuid.UUID) -> None:
    with Session(engine) as session:
        pack = register.find(session, pack_id)
        asked = Asked.of(pack.asked)
        owner = owner_named(session, pack.owner, demo=asked.demo)
        label = Label(id=pack.id, name=pack.name, expires_at=pack.expires_at)
    target = file_of(config, pack_id)
    tell = _teller(engine, config, pack_id)
    sealed, said = make(engine, config, asked, owner, label, target, progress=tell)
    with Session(engine) as session, session.begin():
        set_actor(session, owner.name or "onemap")
        pack_now = session.get(Pack, pack_id, with_for_update=True)
        if pack_now is None:
            target.unlink(missing_ok=True)
            return
        register.finish(session, pack_now, sealed, report=counted(said))


def counted(said: dict[str, Any]) -> dict[str, Any]:
    """Return what the register keeps of what a pack says of itself."""
    layers = {layer["name"]: layer["count"] for layer in said["layers"] if layer["count"]}
    return {"revision": said["revision"], "epoch": said["epoch"], "layers": layers,
            "bounds": said["bounds"]}  # fmt: skip


def _attempt(engine: Engine, pack_id: uuid.UUID) -> bool:
    """Count one more attempt; what took its worker down twice is failed, not tried again."""
    with Session(engine) as session, session.begin():
        pack = session.get(Pack, pack_id, with_for_update=True)
        if pack is None or pack.status not in UNFINISHED:
            return False
        set_actor(session, pack.owner or "onemap")
        if pack.attempts >= ATTEMPTS:
            register.fail(
                session, pack, code="pack_crashed",
                message="the making of the pack ended unexpectedly twice", params={},
            )  # fmt: skip
            return False
        pack.status, pack.attempts = "making", pack.attempts + 1
        return True


def give_up(session: Session, pack_id: uuid.UUID, error: BaseException) -> None:
    """Note on the register why a pack was not made."""
    pack = session.get(Pack, pack_id, with_for_update=True)
    if pack is None:
        return
    known = error if isinstance(error, OneMapError) else OneMapError(
        f"the making of the pack was stopped: {type(error).__name__}", code="pack_stopped"
    )  # fmt: skip
    params = json.loads(json.dumps(known.details, default=str))
    register.fail(session, pack, code=known.code, message=known.message, params=params)


def _teller(engine: Engine, config: Config, pack_id: uuid.UUID) -> Callable[[str, int, int], None]:
    """Return a function that tells progress in a file, and stops the work of a deleted pack."""
    path = _progress_file(config, pack_id)
    path.parent.mkdir(parents=True, exist_ok=True)
    told = -TELL_S

    def tell(step: str, done: int, whole: int) -> None:
        nonlocal told
        if time.monotonic() - told < TELL_S:
            return
        told = time.monotonic()
        fresh = path.with_suffix(".new")
        fresh.write_text(json.dumps({"step": step, "count": done, "total": whole}))
        fresh.replace(path)
        with Session(engine) as session:
            if session.scalar(select(Pack.id).where(Pack.id == pack_id)) is None:
                raise StoppedError(str(pack_id))

    return tell


def _progress_file(config: Config, pack_id: uuid.UUID) -> Path:
    return config.packs_dir / f".{pack_id}.progress"


@contextmanager
def _alone(engine: Engine) -> Iterator[bool]:
    """Tell whether nobody else makes a pack, and keep it so for as long as the block lasts."""
    with engine.connect() as keeper:
        mine = bool(keeper.scalar(select(func.pg_try_advisory_lock(Lock.PACKS))))
        keeper.commit()
        try:
            yield mine
        finally:
            if mine:
                keeper.execute(select(func.pg_advisory_unlock(Lock.PACKS)))
                keeper.commit()


def main(pack_id: str) -> None:
    """Make one pack; the entry of the child process."""
    from layers.database import create_engine

    config = Config()
    if config.database_url is None:
        raise SystemExit("ONEMAP_DATABASE_URL names the database to work on")
    engine = create_engine(config.database_url, pool_size=4)
    run(engine, config, uuid.UUID(pack_id))
    engine.dispose()


if __name__ == "__main__":
    main(sys.argv[1])
