"""Prints of the map off the request: the register is the queue, a thread takes one at a time.

The browser that prints reads as the person who asked, through a pass: a session of its own that
only reads, ends with the print, and is known to the printing process alone (`printing.gate`).
"""

from __future__ import annotations

import datetime as dt
import json
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, delete
from sqlalchemy.orm import Session

from gis_server import printing, signin
from gis_server.background import Background
from gis_server.config import Config
from gis_server.printing import MapOrder, no_room, sheet
from gis_server.printing.places import WAIT_S
from layers import prints
from layers.errors import BusyError, OneMapError
from layers.models import PrintJob
from layers.models import Session as SessionRow

PAGE = "/print"
SUFFIXES = frozenset({".pdf", ".png", ".new"})
COOKIE = "onemap_session"
POLL_S = 0.5
RECOVER_S = 30.0
SWEEP_S = 600.0
SPARE_S = 30.0
_EVERYWHERE = {"0.0.0.0": "127.0.0.1", "": "127.0.0.1", "localhost": "127.0.0.1", "::": "::1"}  # noqa: S104


class Printer(Background):
    """Makes prints that wait, one at a time in this process; sweeps away those of yesterday."""

    name = "prints"
    every_s = POLL_S

    def __init__(self, config: Config, engine: Engine) -> None:
        super().__init__()
        self._config = config
        self._engine = engine
        self._due = {recover: 0.0, sweep: 0.0}

    def look(self) -> None:
        """Make the oldest print that waits; look after those cut short, and sweep now and then."""
        for work, every_s in ((recover, RECOVER_S), (sweep, SWEEP_S)):
            if time.monotonic() >= self._due[work]:
                self._due[work] = time.monotonic() + every_s
                work(self._engine, self._config)
        with Session(self._engine, expire_on_commit=False) as session, session.begin():
            job = prints.take(session)
        if job is not None:
            make(self._engine, self._config, job)


def make(engine: Engine, config: Config, job: PrintJob) -> None:
    """Make a print that was taken up; whatever happens, the register says so afterwards."""

    def wanted() -> bool:
        with Session(engine) as session:
            return prints.is_wanted(session, job.id)

    try:
        with reading_pass(engine, job.created_by, seconds=config.print_limit_s) as cookie:
            order = order_of(job, config, cookie=cookie)
            printed = printing.map_print(order, config=config, wanted=wanted)
        _store(file_of(config, job), printed)
    except BusyError as error:
        if error.code != "print_busy":
            _say(engine, job.id, error)
            return
        with Session(engine) as session, session.begin():
            prints.put_back(session, job.id)
    except OneMapError as error:
        _say(engine, job.id, error)
    except OSError as error:
        _say(engine, job.id, no_room(error))
        raise no_room(error) from error
    except Exception:
        _say(engine, job.id, OneMapError("the print failed", code="print_failed"))
        raise
    else:
        _say(engine, job.id, None)


def order_of(job: PrintJob, config: Config, *, cookie: str | None) -> MapOrder:
    """Return what the printing process is told of a print."""
    asked = job.asked
    language = asked["language"]
    return MapOrder(
        origin=origin(config),
        path=f"{PAGE}?job={job.id}&lang={language}",
        cookie=cookie,
        format=asked["format"],
        paper=sheet(asked["paper"], landscape=asked["orientation"] == "landscape"),
        language=language,
    )


def origin(config: Config) -> str:
    """Return where this server answers on its own machine."""
    host = _EVERYWHERE.get(config.host, config.host)
    return f"http://{f'[{host}]' if ':' in host else host}:{config.port}"


def file_of(config: Config, job: PrintJob) -> Path:
    """Return where a print lies once it is made."""
    return config.prints_dir / f"{job.id}.{job.asked['format']}"


@contextmanager
def reading_pass(engine: Engine, name: str, *, seconds: float) -> Iterator[str | None]:
    """Give a cookie that reads as somebody for as long as the block lasts; None for the demo."""
    if name == signin.DEMO.name:
        yield None
        return
    with Session(engine) as session, session.begin():
        token = signin.open_pass(session, name, seconds=seconds + WAIT_S + SPARE_S)
    try:
        yield f"{COOKIE}={token}"
    finally:
        with Session(engine) as session, session.begin():
            held = SessionRow.token_sha256 == signin.digest(token)
            session.execute(delete(SessionRow).where(held))


def recover(engine: Engine, config: Config) -> None:
    """Take up again what was being made when its server ended."""
    longest = dt.timedelta(seconds=config.print_limit_s + WAIT_S + SPARE_S)
    cut = OneMapError("the print was cut short", code="print_failed")
    with Session(engine) as session, session.begin():
        prints.recover(session, cut_short_after=longest, error=_told(cut))


def sweep(engine: Engine, config: Config) -> None:
    """Forget yesterday's prints, and files that no print names."""
    with Session(engine) as session, session.begin():
        prints.forget(session)
        known = {str(id) for id in prints.known(session)}
    if not config.prints_dir.is_dir():
        return
    for path in config.prints_dir.iterdir():
        if path.suffix in SUFFIXES and path.stem not in known:
            path.unlink(missing_ok=True)


def _say(engine: Engine, id: uuid.UUID, error: OneMapError | None) -> None:
    with Session(engine) as session, session.begin():
        prints.finish(session, id, error=None if error is None else _told(error))


def _told(error: OneMapError) -> dict[str, Any]:
    params = json.loads(json.dumps(error.details, default=str))
    return {"code": error.code, "message": error.message, "params": params}


def _store(path: Path, printed: bytes) -> None:
    path.parent.mkdir(parents=True, mode=0o700, exist_ok=True)
    fresh = path.with_suffix(".new")
    try:
        fresh.write_bytes(printed)
        fresh.replace(path)
    except OSError:
        fresh.unlink(missing_ok=True)
        raise
