"""The hub of the event stream: it listens, and hands each sealed change on to every stream."""

from __future__ import annotations

import logging
import threading
from collections.abc import Sequence
from contextlib import suppress
from queue import Empty, Full, Queue
from typing import Any

import psycopg
from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from gis_server.changes import Change, changes_after
from gis_server.whereabouts import Moved, Whereabouts
from layers import journal
from layers.errors import BusyError
from layers.roles import conninfo

log = logging.getLogger(__name__)

QUEUE_LENGTH = 200
LISTEN_S = 1.0
RETRY_S = 1.0


class Subscription:
    """One stream's place at the hub: a bounded queue; `open` is false once it has been dropped.

    Beside the changes lies where who has moved is now: the newest of each, so that it never grows
    beyond the number of trackers and never holds a change up.
    """

    def __init__(self) -> None:
        self._queue: Queue[Sequence[Change]] = Queue(QUEUE_LENGTH)
        self._moved: dict[int, Moved] = {}
        self._moving = threading.Lock()
        self.open = True

    def put(self, changes: Sequence[Change]) -> None:
        """Hand changes on; a reader that does not keep up is dropped and resumes by its id."""
        try:
            self._queue.put_nowait(changes)
        except Full:
            self.open = False

    def take(self, timeout_s: float) -> Sequence[Change]:
        """Return the next changes, or none when there are none in time."""
        try:
            return self._queue.get(timeout=timeout_s)
        except Empty:
            return ()

    def show(self, moved: Sequence[Moved]) -> None:
        """Lay out where who has moved is now, and wake the stream if it waits."""
        with self._moving:
            self._moved.update((one.number, one) for one in moved)
        if self._queue.empty():
            with suppress(Full):
                self._queue.put_nowait(())

    def moved(self) -> list[Moved]:
        """Take what has moved since the last time."""
        with self._moving:
            found, self._moved = list(self._moved.values()), {}
        return found


class Hub:
    """Hands each sealed change to every stream of this process."""

    def __init__(self, engine: Engine, *, max_streams: int) -> None:
        self._engine = engine
        self._max_streams = max_streams
        self._subscriptions: set[Subscription] = set()
        self._lock = threading.Lock()
        self._done = threading.Event()
        self._thread: threading.Thread | None = None
        self._seq: int | None = None
        self._whereabouts = Whereabouts(engine, self._open)

    def start(self) -> None:
        """Begin to listen, in threads of their own; the database may come later."""
        self._thread = threading.Thread(target=self._run, name="live", daemon=True)
        self._thread.start()
        self._whereabouts.start()

    def join(self) -> None:
        """Wait until the threads have ended."""
        self._whereabouts.join()
        if self._thread is not None:
            self._thread.join()

    def stop(self) -> None:
        """End every stream and let the thread end; safe in a signal handler."""
        self._done.set()
        self._whereabouts.stop()
        for subscription in tuple(self._subscriptions):
            subscription.open = False
            subscription.put(())

    def subscribe(self) -> Subscription:
        """Return a place for one more stream.

        Raises
        ------
        BusyError
            As many streams as this process can hold are open.
        """
        with self._lock:
            if len(self._subscriptions) >= self._max_streams:
                raise BusyError(f"{self._max_streams} streams are open", retry_after_s=10)
            subscription = Subscription()
            subscription.open = not self._done.is_set()
            self._subscriptions.add(subscription)
            return subscription

    def leave(self, subscription: Subscription) -> None:
        """Give a place back."""
        with self._lock:
            self._subscriptions.discard(subscription)

    def _open(self) -> list[Subscription]:
        with self._lock:
            return list(self._subscriptions)

    def _run(self) -> None:
        url = conninfo(self._engine.url.render_as_string(hide_password=False))
        while not self._done.is_set():
            try:
                with psycopg.connect(
                    url, autocommit=True, application_name="onemap live"
                ) as connection:
                    connection.execute(f"LISTEN {journal.SEALED}")
                    self._listen(connection)
            except (psycopg.OperationalError, OperationalError) as error:
                log.warning("the event stream lost the database and will try again: %s", error)
            except Exception:
                # Whatever it was, the screens must hear again as soon as the database does.
                log.exception("the event stream failed and will try again")
            self._done.wait(RETRY_S)

    def _listen(self, connection: psycopg.Connection[Any]) -> None:
        while not self._done.is_set():
            while self._hand_on():
                pass
            for _ in connection.notifies(timeout=LISTEN_S, stop_after=1):
                break

    def _hand_on(self) -> bool:
        """Hand a page of changes to every stream; say whether there was one."""
        with Session(self._engine) as session:
            if self._seq is None:
                self._seq = journal.high_water(session)
            changes = changes_after(session, self._seq)
            if not changes:
                # Less than before: the database was restored. Streams see it themselves.
                self._seq = min(self._seq, journal.high_water(session))
                return False
        with self._lock:
            for subscription in self._subscriptions:
                subscription.put(changes)
        self._seq = changes[-1].seq
        return True
