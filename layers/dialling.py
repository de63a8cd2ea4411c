"""How often a process dials a database that does not answer: a failure stands for a while.

Without this every request of every thread dials anew while the database is away, and all of them
at once when it comes back and is busiest.
"""

from __future__ import annotations

import threading
import time
from typing import Any

import psycopg
from sqlalchemy import Engine, event
from sqlalchemy.engine import Dialect
from sqlalchemy.pool import ConnectionPoolEntry

STANDS_S = 0.25


def calm(engine: Engine, *, stands_s: float = STANDS_S) -> Engine:
    """Let an engine dial a database that did not answer at most once in `stands_s`.

    Who asks meanwhile is told at once what the last attempt was told.
    """
    line = _Line(stands_s)
    event.listen(engine, "do_connect", line.dial)
    return engine


class _Line:
    """The last failure, and until when it stands."""

    def __init__(self, stands_s: float) -> None:
        self._stands_s = stands_s
        self._until = 0.0
        self._said = ""
        self._lock = threading.Lock()

    def dial(self, dialect: Dialect, _entry: ConnectionPoolEntry, args: Any, options: Any) -> Any:
        """Connect, or say what the last attempt was told."""
        with self._lock:
            if time.monotonic() < self._until:
                raise psycopg.OperationalError(self._said)
            if self._said:
                # One dials for all until it is known that the database is back.
                return self._attempt(dialect, args, options)
        return self._attempt(dialect, args, options)

    def _attempt(self, dialect: Dialect, args: Any, options: Any) -> Any:
        try:
            connection = dialect.connect(*args, **options)
        except psycopg.OperationalError as error:
            self._said = str(error) or "the database does not answer"
            self._until = time.monotonic() + self._stands_s
            raise
        self._said = ""
        return connection
