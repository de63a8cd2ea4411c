"""The hub of the event stream: it listens, and hands each sealed change on to every stream."""

from __future__ import annotations

import logging
import threading
import time
from contextlib import suppress
from queue import Empty, Full, Queue
from typing import Any

import psycopg
from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from gis_server.changes import changes_after
from gis_server.signin import RECOGNITION, signed_out
from gis_server.telling import Batch
from gis_server.whereabouts import Round, Whereabouts, together
from layers import journal
from layers.errors import BusyError
from layers.roles import conninfo

log = logging.getLogger(__name__)

QUEUE_LENGTH = 200
ROUNDS_KEPT = 8
LISTEN_S = 1.0
RETRY_S = 1.0
PACE_S = (0.1, 1.0)
PACE_PER_STREAM_S = 0.001


class Subscription:
    """One stream's place at the hub: a bounded queue; `open` is false once it has been dropped.

    Beside the changes lies where who has moved is now: the newest of each, so that it never grows
    beyond the number of trackers and never holds a change up. `behind` says that it was dropped
    because its reader did not keep up. `session` is what the database knows of the reader's token;
    None has none that could end.
    """

    def __init__(self, session: bytes | None = None) -> None:
        self.session = session
        self._queue: Queue[Batch | None] = Queue(QUEUE_LENGTH)
        self._rounds: list[Round] = []
        self._moving = threading.Lock()
        self.open = True
        self.behind = False

    def put(self, batch: Batch | None) -> None:
        """Hand changes on; a reader that does not keep up is dropped and resumes by its id."""
        try:
            self._queue.put_nowait(batch)
        except Full:
            self.behind = self.behind or self.open
            self.open = False

    def end(self) -> None:
        """Let the stream end, also where it waits."""
        self.open = False
        with suppress(Full):
            self._queue.put_nowait(None)

    def take(self, timeout_s: float) -> Batch | None:
        """Return the next changes, or none when there are none in time."""
        try:
            return self._queue.get(timeout=timeout_s)
        except Empty:
            return None

    def show(self, moved: Round) -> None:
        """Lay out where who has moved is now, and wake the stream if it waits."""
        with self._moving:
            if len(self._rounds) >= ROUNDS_KEPT:
                self._rounds = [together(self._rounds)]
            self._rounds.append(moved)
        if self._queue.empty():
            with suppress(Full):
                self._queue.put_nowait(None)

    def moved(self) -> Round | None:
        """Take what has moved since the last time."""
        with self._moving:
            rounds, self._rounds = self._rounds, []
        return together(rounds) if rounds else None


class Hub:
    """Hands each sealed change to every stream of this process.

    Changes that come one by one are handed on at once; those that come faster go out together,
    every 100 ms to as many as a hundred streams and more seldom to more, up to a second: waking
    a stream costs the same whatever it is told, so the cost a second stays what it was.
    """

    def __init__(self, engine: Engine, *, max_streams: int) -> None:
        self._engine = engine
        self._max_streams = max_streams
        self._subscriptions: set[Subscription] = set()
        self._lock = threading.Lock()
        self._done = threading.Event()
        self._thread: threading.Thread | None = None
        self._seq: int | None = None
        self._handed = 0.0
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
            subscription.end()

    def subscribe(self, session: bytes | None = None) -> Subscription:
        """Return a place for one more stream; it ends with this session, where there is one.

        Raises
        ------
        BusyError
            As many streams as this process can hold are open.
        """
        with self._lock:
            if len(self._subscriptions) >= self._max_streams:
                raise BusyError(f"{self._max_streams} streams are open", retry_after_s=10)
            subscription = Subscription(session)
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
                    connection.execute(f"LISTEN {RECOGNITION}")
                    self._part()
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
            for note in connection.notifies(timeout=LISTEN_S, stop_after=1):
                if note.channel == RECOGNITION:
                    self._part()
            self._done.wait(max(0.0, self._handed + self._pace_s() - time.monotonic()))

    def _part(self) -> None:
        """End the streams of those who have signed out, in this process or another."""
        held = {each.session for each in self._open() if each.session is not None}
        if not held:
            return
        with Session(self._engine) as session:
            over = signed_out(session, held)
        for subscription in self._open():
            if subscription.session in over:
                subscription.end()

    def _pace_s(self) -> float:
        """Return how long streams rest between two batches."""
        least, most = PACE_S
        return min(most, max(least, PACE_PER_STREAM_S * len(self._subscriptions)))

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
        batch = Batch(changes)
        for subscription in self._open():
            subscription.put(batch)
        self._seq = batch.last
        self._handed = time.monotonic()
        return True
