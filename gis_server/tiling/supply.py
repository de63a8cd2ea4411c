"""Where a tile comes from: what was made before and still holds, else the rows, made once.

`warm` asks nothing of the database and needs a `Watch` that is in step. `answer` may ask; where
the database is away it answers what was made last, marked, and never an empty tile in its place.
"""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass

from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.orm import Session

from gis_server.config import Config
from gis_server.tiling.address import Asked
from gis_server.tiling.touched import Touched
from gis_server.tiling.watch import HANGS_ON, Watch
from layers import catalog, journal
from layers.errors import BusyError
from layers.query import cql2
from layers.query.scope import Scope
from tiles import basemap, vector
from tiles.cache import MEMORY_BYTES, Cache, Entry

WAIT_S = 10.0
AWAY_RETRY_S = 2
_FILTERED_SHARE = 8
_GONE = frozenset({"57P01", "57P02", "57P03"})
"""SQLSTATEs of a server that stops, has crashed, or is starting."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A tile to send.

    `for_ever` says that it may be kept under the address that it was asked by; `stale_since`, where
    the database is away, since when (seconds since 1970) nothing is known of newer changes.
    """

    entry: Entry
    for_ever: bool
    stale_since: float | None = None


class Supply:
    """The tiles of one process.

    Parameters
    ----------
    cache, filtered
        Where tiles are kept; filtered and past ones apart, so that they never crowd out the rest.
    at_once
        How many are made at a time: the other connections of the process are for edits.
    """

    def __init__(self, cache: Cache, filtered: Cache, *, at_once: int) -> None:
        self._cache = cache
        self._filtered = filtered
        self._makers = threading.BoundedSemaphore(at_once)
        self._making: dict[bytes, Future[Entry]] = {}
        self._lock = threading.Lock()
        self.watch: Watch | None = None

    def warm(self, asked: Asked, scope: Scope) -> Answer | None:
        """Return the tile if it can be answered without a question to the database."""
        known = self._known(asked)
        if known is None:
            return None
        epoch, touched, seq = known
        entry = self._held(asked, asked.key(epoch, scope), touched, seq)
        return None if entry is None else _answer(asked, entry, epoch, touched, seq)

    def answer(
        self, asked: Asked, scope: Scope, session: Callable[[], Session], leave: Callable[[], None]
    ) -> Answer:
        """Return the tile, made where it was not.

        `session` gives the request's session, `leave` hands its connection back: who waits for a
        tile that another makes, or for a turn, holds none meanwhile.

        Raises
        ------
        BusyError
            Too many are being made, or the database is away and this one was never made.
        """
        if self.watch is not None and self.watch.away:
            return self._stale(asked, scope)
        try:
            known = self._known(asked) or _asked_for(session(), asked)
            return self._fresh(asked, scope, known, session, leave)
        except DBAPIError as error:
            if not away(error):
                raise
            session().rollback()
            return self._stale(asked, scope)

    def kept(self, key: bytes, *, plain: bool) -> Entry | None:
        """Return what was made under a key, however long ago."""
        return self._shelf(plain).get(key, lambda entry: True)

    def made(self, key: bytes, make: Callable[[], Entry], *, plain: bool, seq: int = 0) -> Entry:
        """Return what is made under a key: once for all who ask together, some at a time; kept.

        Raises
        ------
        BusyError
            Too many are being made.
        """
        return self._once(key, seq, lambda: self._in_turn(key, make, plain=plain))

    def _known(self, asked: Asked) -> tuple[uuid.UUID, Touched, int] | None:
        """Return what the watch knows, if that is as new as what the one who asks was told."""
        watch = self.watch
        if watch is None or not watch.in_step or watch.known is None:
            return None
        epoch, touched = watch.known
        seq = touched.seq
        told = asked.revision if asked.epoch in (None, epoch.hex[:8]) else 0
        return None if max(told, asked.at or 0) > seq else (epoch, touched, seq)

    def _held(self, asked: Asked, key: bytes, touched: Touched, seq: int) -> Entry | None:
        """Return the tile that was made before, if nothing has touched it since."""

        def holds(entry: Entry) -> bool:
            if asked.at is not None:
                return True  # the past is as it was
            if touched.since(asked.names, asked.tile, entry.seq):
                return False
            entry.seq = max(entry.seq, seq)
            return True

        return self._shelf(asked.plain).get(key, holds)

    def _fresh(
        self,
        asked: Asked,
        scope: Scope,
        known: tuple[uuid.UUID, Touched, int],
        session: Callable[[], Session],
        leave: Callable[[], None],
    ) -> Answer:
        """Return the tile as it is now: held, being made by another, or made here."""
        epoch, touched, seq = known
        key = asked.key(epoch, scope)
        entry = self._held(asked, key, touched, seq)
        if entry is None:
            leave()
            # The seq is older than the rows: they hold at least all that was sealed up to it.
            entry = self.made(
                key, lambda: Entry.of(_rows(asked, scope, session()), seq=seq), seq=seq,
                plain=asked.plain,
            )  # fmt: skip
        return _answer(asked, entry, epoch, touched, seq)

    def _once(self, key: bytes, seq: int, make: Callable[[], Entry]) -> Entry:
        """Return a tile that is as new as a seq, made by one of those who ask for it together."""
        while True:
            with self._lock:
                future = self._making.get(key)
                if mine := future is None:
                    future = self._making[key] = Future()
            if not mine:
                try:
                    entry = future.result(WAIT_S)
                except TimeoutError:
                    raise BusyError("the tile takes too long to make", retry_after_s=2) from None
                if entry.seq >= seq:
                    return entry
                continue  # begun before what this one must show
            try:
                entry = make()
                future.set_result(entry)
            except BaseException as error:
                future.set_exception(error)
                raise
            finally:
                with self._lock:
                    del self._making[key]
            return entry

    def _in_turn(self, key: bytes, make: Callable[[], Entry], *, plain: bool) -> Entry:
        """Make a tile when it is its turn, and keep it."""
        if not self._makers.acquire(timeout=WAIT_S):
            raise BusyError("too many tiles are being made", retry_after_s=2)
        try:
            entry = make()
        finally:
            self._makers.release()
        self._shelf(plain).put(key, entry)
        return entry

    def _stale(self, asked: Asked, scope: Scope) -> Answer:
        """Return what was made last, while the database is away."""
        watch = self.watch
        entry = None
        if watch is not None and watch.known is not None:
            key = asked.key(watch.known.epoch, scope)
            entry = self.kept(key, plain=asked.plain)
        if watch is None or entry is None:
            raise unreachable()
        return Answer(entry, for_ever=False, stale_since=watch.synced_at)

    def _shelf(self, plain: bool) -> Cache:
        return self._cache if plain else self._filtered


def supply_of(config: Config) -> Supply:
    """Return a process's supply: caches below the site's folder, half the connections for tiles."""
    room = config.tile_cache_mb * 1024**2
    return Supply(
        Cache(config.tiles_dir / "plain", max_bytes=room - room // _FILTERED_SHARE),
        Cache(
            config.tiles_dir / "filtered",
            max_bytes=room // _FILTERED_SHARE,
            memory_bytes=MEMORY_BYTES // _FILTERED_SHARE,
        ),
        at_once=max(1, config.pool_size // 2),
    )


def unreachable() -> BusyError:
    """Return the refusal of what only the database could tell, while it is away."""
    return BusyError("the database cannot be reached", retry_after_s=AWAY_RETRY_S)


def away(error: DBAPIError) -> bool:
    """Tell whether an error says that the database cannot be reached, whatever was asked of it."""
    state = getattr(error.orig, "sqlstate", None) or ""
    lost = error.connection_invalidated or isinstance(error, OperationalError)
    return state[:2] == "08" or state in _GONE or (lost and not state)


def _rows(asked: Asked, scope: Scope, session: Session) -> bytes:
    """Return the tile of the rows, uncompressed."""
    place = (asked.tile.z, asked.tile.x, asked.tile.y)
    if asked.basemap:
        return basemap.tile(session, *place)
    where = {
        layer.name: cql2.clause(layer, asked.where[layer.name])
        for layer in asked.layers
        if layer.name in asked.where
    }
    return vector.tile(session, asked.layers, *place, scope=scope, where=where, at=asked.at)


def _asked_for(session: Session, asked: Asked) -> tuple[uuid.UUID, Touched, int]:
    """Ask the database what a watch would know; of each layer, when anything of it changed last.

    Asked before the rows, so that these are at least as new.
    """
    epoch, seq = journal.epoch(session), journal.high_water(session)
    hung = {table: layer for table, layer in HANGS_ON.items() if layer in asked.names}
    revisions = catalog.revisions(session, [*asked.names, *hung])
    for table, layer in hung.items():
        revisions[layer] = max(revisions[layer], revisions.pop(table))
    return epoch, Touched(revisions, seq=seq), seq


def _answer(asked: Asked, entry: Entry, epoch: uuid.UUID, touched: Touched, seq: int) -> Answer:
    """Return the answer: to be kept for ever if nothing has touched the tile since its revision."""
    named = asked.epoch == epoch.hex[:8] and asked.revision <= seq
    return Answer(
        entry, for_ever=named and not touched.since(asked.names, asked.tile, asked.revision)
    )
