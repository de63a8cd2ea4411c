"""The event stream: each sealed change of the journal, to every screen that may see it.

A stream reads what it missed from the journal and then what the hub hands on, so that nothing is
lost between the two. The `id` of an event is its seq; a heartbeat says how far the stream has come,
also past changes that its reader may not see, and the database's epoch: after a restore it is
another, and a seq from before means nothing. A screen that did not keep up is told so (`behind`)
before its stream ends; it dials again and gets what it missed.
"""

from __future__ import annotations

import datetime as dt
import random
import time
import uuid
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from gis_server.changes import changes_after
from gis_server.live import Subscription
from gis_server.signin import Identity
from gis_server.telling import Batch, event
from gis_server.whereabouts import Round
from layers import journal

RETRY_MS = (1_000, 4_000)
"""After how long a browser dials again: each its own, or a restart meets all screens at once."""


MISSED_MAX = 2_000
"""Who missed more than so many changes is told to read everything again: that is less for both."""


@dataclass(frozen=True, kw_only=True)
class Stream:
    """One reader's stream.

    `recognise` says who the reader is now, None once the session has ended; it is asked again
    every `recheck_s`, so that a grant taken back takes the stream along within a minute. Who signs
    out is cut off at once, by the hub.
    `positions` adds `latest` events: where who has moved is now, without id, lossy.
    """

    engine: Engine
    recognise: Callable[[Session], Identity | None]
    heartbeat_s: float = 15.0
    recheck_s: float = 30.0
    positions: bool = True

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
        oldest = max(first - 1, last - MISSED_MAX)
        if foreign or (since is not None and not oldest <= since <= last):
            yield event("reset", last, {"seq": last, "oldest": first, "epoch": str(present)})
            since = last
        seq = last if since is None else since
        yield f"retry: {random.randint(*RETRY_MS)}\n" + _beat(seq, str(present))
        seq = yield from self._missed(seq, reader)
        yield from self._follow(subscription, seq, reader, str(present))

    def _missed(self, seq: int, reader: Identity) -> Generator[str, None, int]:
        """Yield what happened before the stream began; return how far it came."""
        while True:
            with Session(self.engine) as session:
                changes = changes_after(session, seq)
            if not changes:
                return seq
            if told := Batch(changes).told(reader, seq):
                yield told
            seq = changes[-1].seq

    def _told(
        self, batch: Batch | None, moved: Round | None, seq: int, reader: Identity
    ) -> Generator[str, None, int]:
        """Yield a batch and who has moved, each in one piece; return how far the stream is."""
        if batch is not None and batch.first > seq + 1:
            # Seqs have no gaps, so the hub missed something (it was cut off): read it all.
            seq = yield from self._missed(seq, reader)
        elif batch is not None and batch.last > seq:
            if told := batch.told(reader, seq):
                yield told
            seq = batch.last
        if self.positions and moved is not None and (latest := moved.told(reader)):
            yield latest
        return seq

    def _follow(
        self, subscription: Subscription, seq: int, reader: Identity, epoch: str
    ) -> Iterator[str]:
        checked = beaten = time.monotonic()
        while subscription.open:
            due = min(beaten + self.heartbeat_s, checked + self.recheck_s) - time.monotonic()
            batch = subscription.take(max(due, 0.01))
            seq = yield from self._told(batch, subscription.moved(), seq, reader)
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
                    yield event("reset", last, {"seq": last, "epoch": present})
                    return
                if last > seq:
                    seq = yield from self._missed(seq, known)
                reader = known
        if subscription.behind:
            yield event("behind", seq, {"seq": seq})


def _beat(seq: int, epoch: str) -> str:
    now = dt.datetime.now(dt.UTC).isoformat()
    return event("heartbeat", seq, {"seq": seq, "now": now, "epoch": epoch})
