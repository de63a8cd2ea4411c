"""The event stream: each sealed change of the journal, to every screen that may see it.

One thread of a process listens; a stream reads what it missed from the journal and then what the
thread hands on, so that nothing is lost between the two. The `id` of an event is its seq; a
heartbeat says how far the stream has come, also past changes that its reader may not see, and the
database's epoch: after a restore it is another, and a seq from before means nothing.
"""

from __future__ import annotations

import datetime as dt
import json
import logging
import threading
import time
import uuid
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from queue import Empty, Full, Queue
from typing import Any

import psycopg
from sqlalchemy import Engine, String, cast, select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from gis_server.signin import Identity
from layers import catalog, journal
from layers.errors import BusyError
from layers.models import JournalRow
from layers.roles import conninfo

log = logging.getLogger(__name__)

QUEUE_LENGTH = 200
PAGE = 500
LISTEN_S = 1.0
RETRY_S = 1.0

NEEDED = {
    "assessment": "incidents.read",
    "call": "incidents.read",
    "incident": "incidents.read",
    "contact": "contacts.read",
    "user_account": "users.read",
    "role_grant": "users.read",
}
"""Permission to hear of a table's changes; `features.read` where it is not named."""


@dataclass(frozen=True, slots=True)
class Change:
    """One sealed change, without the row itself: who may see it fetches it."""

    seq: int
    layer: str
    feature: str | None
    op: str
    version: int | None
    incident: str | None
    at: dt.datetime
    actor: str | None
    count: int | None
    region: str | None
    left: str | None
    """The region before an update: who sees only that one sees the feature go."""

    def shown_to(self, reader: Identity) -> dict[str, Any] | None:
        """Return the event's data as a reader may have it, or None where it is not theirs."""
        needed = NEEDED.get(self.layer, "features.read")
        if needed not in reader.permissions:
            return None
        scope = reader.scope(needed)
        op = self.op
        if not (self.op == "load" or self.layer in _ground() or scope.holds(self.region)):
            if self.op != "update" or not scope.holds(self.left):
                return None
            op = "delete"
        return {
            "seq": self.seq,
            "layer": self.layer,
            "feature": self.feature,
            "op": op,
            "version": self.version,
            "incident": self.incident,
            "at": self.at.isoformat(),
            "actor": self.actor,
            "revision": self.seq,
            # How many rows a load held is a count over all regions.
            "count": self.count if scope.regions is None else None,
        }


def changes_after(session: Session, seq: int, *, limit: int = PAGE) -> list[Change]:
    """Return the sealed changes after a seq, in order; the rows' contents stay in the database."""
    row = JournalRow
    fields: tuple[Any, ...] = (
        row.seq, row.layer, cast(row.feature, String), row.op, row.version,
        cast(row.incident, String), row.at, row.actor, row.count, row.region,
        row.before.op("->>")("region"),
    )  # fmt: skip
    statement = select(*fields).where(row.seq > seq).order_by(row.seq).limit(limit)
    return [Change(*found) for found in session.execute(statement)]


class Subscription:
    """One stream's place at the hub: a bounded queue; `open` is false once it has been dropped."""

    def __init__(self) -> None:
        self._queue: Queue[Sequence[Change]] = Queue(QUEUE_LENGTH)
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

    def start(self) -> None:
        """Begin to listen, in a thread of its own; the database may come later."""
        self._thread = threading.Thread(target=self._run, name="live", daemon=True)
        self._thread.start()

    def join(self) -> None:
        """Wait until the thread has ended."""
        if self._thread is not None:
            self._thread.join()

    def stop(self) -> None:
        """End every stream and let the thread end; safe in a signal handler."""
        self._done.set()
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


@dataclass(frozen=True, kw_only=True)
class Stream:
    """One reader's stream.

    `recognise` says who the reader is now, None once the session has ended; it is asked again
    every `recheck_s`, so that a grant taken back takes the stream along within a minute.
    """

    engine: Engine
    recognise: Callable[[Session], Identity | None]
    heartbeat_s: float = 15.0
    recheck_s: float = 30.0

    def events(
        self, subscription: Subscription, since: int | None, *, epoch: uuid.UUID | None = None
    ) -> Iterator[str]:
        """Yield the stream from a seq (of an epoch, where it is known) on; None is from now on.

        The place at the hub is taken before anything is read, so nothing falls between.
        """
        with Session(self.engine) as session:
            reader = self.recognise(session)
            first, last = journal.oldest(session), journal.high_water(session)
            present = journal.epoch(session)
        if reader is None:
            return
        foreign = epoch not in (None, present)
        if foreign or (since is not None and not first - 1 <= since <= last):
            yield _event("reset", last, {"seq": last, "oldest": first, "epoch": str(present)})
            since = last
        seq = last if since is None else since
        yield _beat(seq, str(present))
        seq = yield from self._missed(seq, reader)
        yield from self._follow(subscription, seq, reader, str(present))

    def _missed(self, seq: int, reader: Identity) -> Generator[str, None, int]:
        """Yield what happened before the stream began; return how far it came."""
        while True:
            with Session(self.engine) as session:
                changes = changes_after(session, seq)
            if not changes:
                return seq
            yield from _told(changes, seq, reader)
            seq = changes[-1].seq

    def _follow(
        self, subscription: Subscription, seq: int, reader: Identity, epoch: str
    ) -> Iterator[str]:
        checked = beaten = time.monotonic()
        while subscription.open:
            due = min(beaten + self.heartbeat_s, checked + self.recheck_s) - time.monotonic()
            changes = subscription.take(max(due, 0.01))
            if changes and changes[0].seq > seq + 1:
                # Seqs have no gaps, so the hub missed something (it was cut off): read it all.
                seq = yield from self._missed(seq, reader)
            elif changes:
                yield from _told(changes, seq, reader)
                seq = max(seq, changes[-1].seq)
            now = time.monotonic()
            if now >= beaten + self.heartbeat_s:
                beaten = now
                yield _beat(seq, epoch)
            if now >= checked + self.recheck_s:
                checked = now
                with Session(self.engine) as session, session.begin():
                    known = self.recognise(session)
                    last, present = journal.high_water(session), str(journal.epoch(session))
                if known is None:
                    return
                if present != epoch:
                    yield _event("reset", last, {"seq": last, "epoch": present})
                    return
                if last > seq:
                    seq = yield from self._missed(seq, known)
                reader = known


def _told(changes: Sequence[Change], seq: int, reader: Identity) -> Iterator[str]:
    for change in changes:
        if change.seq > seq and (data := change.shown_to(reader)) is not None:
            yield _event("change", change.seq, data)


def _beat(seq: int, epoch: str) -> str:
    now = dt.datetime.now(dt.UTC).isoformat()
    return _event("heartbeat", seq, {"seq": seq, "now": now, "epoch": epoch})


def _event(name: str, seq: int, data: dict[str, Any]) -> str:
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return f"event: {name}\nid: {seq}\ndata: {text}\n\n"


@cache
def _ground() -> frozenset[str]:
    return frozenset(layer.name for layer in catalog.layers() if layer.group == "ground")
