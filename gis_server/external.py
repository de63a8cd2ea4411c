"""Tiles of map services of others: kept on disk, asked for where they are not, marked where old."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from gis_server.config import Config
from layers.basemaps import external as register
from layers.basemaps.external import External
from layers.errors import BusyError, NotFoundError
from tiles import external
from tiles.cache import Cache, Entry, key
from tiles.external.fetch import Fetched, Fetcher, away
from tiles.grid import Tile

FRESH_S = 7 * 86_400.0
"""A tile is asked for again after a week; imagery and maps of services change by the month."""
AWAY_S = 10.0
"""For so long a service that could not be reached is not asked again."""
AT_ONCE = 16
WAIT_S = 4.0
TURN_S = 1.0
"""Who waits holds a thread that an edit may need."""
KNOWN_S = 10.0
_SHARE = 4
_MEMORY_BYTES = 16 * 1024**2
_MANY = 64


@dataclass(frozen=True)
class Sent:
    """An image to send; `stale_since` (seconds since 1970) where the service could not be asked."""

    body: bytes
    media_type: str
    etag: str
    stale_since: float | None = None


class Services:
    """The services of others of one process: what is known of them, and their tiles."""

    def __init__(self, kept: Cache, fetcher: Fetcher) -> None:
        self._kept = kept
        self._fetcher = fetcher
        self._turns = threading.BoundedSemaphore(AT_ONCE)
        self._lock = threading.Lock()
        self._known: OrderedDict[str, tuple[External, float]] = OrderedDict()
        self._away: dict[str, tuple[float, BusyError]] = {}
        self._asking: dict[bytes, Future[Entry]] = {}

    def known(self, name: str, session: Callable[[], Session]) -> External:
        """Return a service; for some seconds without a question to the database.

        Raises
        ------
        NotFoundError
            There is none of that name.
        DBAPIError
            The database is away and the service was not asked for lately.
        """
        held = self._known.get(name)
        if held is None or time.monotonic() - held[1] > KNOWN_S:
            try:
                held = (register.find(session(), name), time.monotonic())
            except DBAPIError:
                if held is None:
                    raise
                return held[0]  # the database is away, the service may well be there
            with self._lock:
                self._known[name] = held
                while len(self._known) > _MANY:
                    self._known.popitem(last=False)
        return held[0]

    def forget(self, name: str) -> None:
        """Know no more of a service: it was changed in this process."""
        with self._lock:
            self._known.pop(name, None)

    def tile(self, source: External, where: Tile) -> Sent:
        """Return a tile of a service, fresh, or marked where only an old one can be had.

        Raises
        ------
        NotFoundError
            Deeper than the service goes (`external_depth`).
        BusyError
            It cannot be had, and was never kept; its code and reason say why.
        """
        if where.z > source.max_zoom:
            raise NotFoundError(
                f"{source.name} has no tiles of zoom {where.z}", code="external_depth",
                got=where.z, maximum=source.max_zoom,
            )  # fmt: skip
        if where.z < source.min_zoom:
            return Sent(b"", "image/png", "")
        parts: list[float] = []

        def ask(z: int, x: int, y: int) -> Fetched:
            entry, stale = self._part(source, z, x, y)
            if stale:
                parts.append(entry.made_at)
            return Fetched(entry.plain, _media_type(entry.plain))

        if external.direct(source):
            return _sent(ask(where.z, where.x, where.y), parts)
        return self._assembled(source, where, ask, parts)

    def _assembled(
        self, source: External, where: Tile, ask: external.Ask, parts: list[float]
    ) -> Sent:
        """Return a tile put together of others, kept too while all of them are fresh."""
        name = _name(source, "ours", where.z, where.x, where.y)
        entry = self._kept.get(name, _fresh)
        if entry is not None:
            return _sent(Fetched(entry.plain, "image/png"), parts)
        made = external.tile(source, where, ask)
        if not parts:
            self._kept.put(name, _entry(made.body))
        return _sent(made, parts)

    def _part(self, source: External, z: int, x: int, y: int) -> tuple[Entry, bool]:
        """Return the service's own tile, and whether it is an old one that could not be renewed."""
        name = _name(source, "theirs", z, x, y)
        entry = self._kept.get(name, _fresh)
        if entry is not None:
            return entry, False
        try:
            return self._once(name, source, z, x, y), False
        except BusyError:
            old = self._kept.get(name, lambda _entry: True)
            if old is None:
                raise
            return old, True

    def _once(self, name: bytes, source: External, z: int, x: int, y: int) -> Entry:
        """Ask for a tile once, however many want it at the same time."""
        with self._lock:
            future = self._asking.get(name)
            if mine := future is None:
                future = self._asking[name] = Future()
        if not mine:
            try:
                return future.result(WAIT_S)
            except TimeoutError:
                raise away(source.host, "too slow") from None
        try:
            entry = self._asked(source, z, x, y)
            self._kept.put(name, entry)
            future.set_result(entry)
        except BaseException as error:
            future.set_exception(error)
            raise
        finally:
            with self._lock:
                del self._asking[name]
        return entry

    def _asked(self, source: External, z: int, x: int, y: int) -> Entry:
        until, why = self._away.get(source.name, (0.0, None))
        if why is not None and time.monotonic() < until:
            raise why
        if not self._turns.acquire(timeout=TURN_S):
            raise BusyError("too many tiles of other services are being fetched", retry_after_s=2)
        try:
            found = self._fetcher.get(external.address(source, z, x, y), private=source.intranet)
        except BusyError as error:
            if error.code in ("external_away", "external_refused"):
                self._away[source.name] = (time.monotonic() + AWAY_S, error)
            raise
        finally:
            self._turns.release()
        self._away.pop(source.name, None)
        return _entry(found.body)


def services(config: Config) -> Services:
    """Return the services of a site, one of them a process."""
    return _services(config.tiles_dir / "external", config.tile_cache_mb * 1024**2 // _SHARE)


@cache
def _services(folder: Path, max_bytes: int) -> Services:
    return Services(Cache(folder, max_bytes=max_bytes, memory_bytes=_MEMORY_BYTES), Fetcher())


def _name(source: External, whose: str, z: int, x: int, y: int) -> bytes:
    """Return what a tile is kept under: a service that is changed begins with none."""
    return key("external", source.id, source.version, whose, z, x, y)


def _entry(body: bytes) -> Entry:
    """Return the entry of an image, which is packed already."""
    made = Entry.of(b"", seq=0)
    return Entry(body, False, 0, time.time(), made.etag)


def _fresh(entry: Entry) -> bool:
    return time.time() - entry.made_at < FRESH_S


def _sent(image: Fetched, stale: list[float]) -> Sent:
    etag = key(image.body).hex()[:24] if image.body else ""
    return Sent(image.body, image.media_type, etag, min(stale) if stale else None)


def _media_type(body: bytes) -> str:
    """Return the kind of an image that was decoded when it came."""
    for start, name in ((b"\xff\xd8", "image/jpeg"), (b"RIFF", "image/webp"),
                        (b"GIF8", "image/gif")):  # fmt: skip
        if body.startswith(start):
            return name
    return "image/png"
