"""The thread that seals the journal, in one program at a time of those that share a database."""

from __future__ import annotations

import logging
import threading
import time

import psycopg
from sqlalchemy import Engine

from layers.journal import WRITTEN
from layers.locks import Lock
from layers.roles import conninfo

log = logging.getLogger(__name__)

POLL_INTERVAL_S = 1.0
GATHER_S = 0.03
RETRY_S = 1.0
BATCH = 10_000


class Sealer:
    """Seals committed journal rows as they come, usually within 50 ms.

    Every program of a site may start one: an advisory lock picks which of them works, and when
    that one dies another takes over within a second. It waits for the trigger's NOTIFY and looks
    by itself once a second; when the database goes away, it comes back with it.
    """

    def __init__(self, engine: Engine) -> None:
        self._conninfo = conninfo(engine.url.render_as_string(hide_password=False))
        self._done = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin sealing in a thread of its own."""
        self._thread = threading.Thread(target=self._run, name="sealer", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Stop, and wait until the thread has ended."""
        self._done.set()
        if self._thread is not None:
            self._thread.join()

    def _run(self) -> None:
        while not self._done.is_set():
            try:
                with psycopg.connect(
                    self._conninfo, autocommit=True, application_name="onemap sealer"
                ) as connection:
                    if self._lead(connection):
                        self._work(connection)
            except psycopg.Error as error:
                log.warning("the sealer lost the database and will try again: %s", error)
            self._done.wait(RETRY_S)

    def _lead(self, connection: psycopg.Connection) -> bool:
        while not self._done.is_set():
            row = connection.execute("SELECT pg_try_advisory_lock(%s)", [Lock.SEALER]).fetchone()
            if row and row[0]:
                return True
            self._done.wait(RETRY_S)
        return False

    def _work(self, connection: psycopg.Connection) -> None:
        connection.execute(f"LISTEN {WRITTEN}")
        while not self._done.is_set():
            while self._seal(connection) == BATCH:
                pass
            sealed = time.monotonic()
            for _ in connection.notifies(timeout=POLL_INTERVAL_S, stop_after=1):
                pass  # as many as came together: one look is enough for all of them
            # A change that comes alone is sealed at once, those of a burst as one batch.
            self._done.wait(max(0.0, sealed + GATHER_S - time.monotonic()))

    def _seal(self, connection: psycopg.Connection) -> int:
        row = connection.execute("SELECT onemap_seal(%s)", [BATCH]).fetchone()
        return int(row[0]) if row else 0
