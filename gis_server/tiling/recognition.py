"""Who has been recognised lately: so that a tile is not three questions to the database first.

What is remembered is the answer of `signin.recognise`, by the hash of the token, for `AGE_S`, and
never beyond the end of the session or of a grant. A sign-out, a disabled user and a right taken
back drop everything at once (the triggers of sql/0005/20_recognition.sql tell `Watch`). Where the
database is away nobody can be asked: who was recognised within `AWAY_S` is served what was made
before, and nobody new is let in.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from dataclasses import dataclass

from gis_server.signin import Identity, Known, digest

AGE_S = 30.0
AWAY_S = 15 * 60.0
_MOST = 10_000


@dataclass(frozen=True, slots=True)
class _Memory:
    """Who it is, when that was found out, and when it ends whatever happens (monotonic)."""

    identity: Identity
    since: float
    ends: float


class Recognition:
    """The tokens that were recognised lately, by one process."""

    def __init__(self) -> None:
        self._known: OrderedDict[bytes, _Memory] = OrderedDict()
        self._lock = threading.Lock()
        self._generation = 0

    @property
    def mark(self) -> int:
        """The number of times that everything was dropped: read it before asking the database."""
        return self._generation

    def keep(self, token: str, known: Known, *, mark: int) -> None:
        """Remember an answer, unless something changed since it was asked for."""
        now = time.monotonic()
        memory = _Memory(known.identity, now, now + known.ends_in_s)
        with self._lock:
            if mark != self._generation:
                return
            self._known[digest(token)] = memory
            while len(self._known) > _MOST:
                self._known.popitem(last=False)

    def recall(self, token: str, *, age_s: float = AGE_S) -> Identity | None:
        """Return who was recognised by a token within so many seconds, and still is."""
        memory = self._known.get(digest(token))
        now = time.monotonic()
        if memory is None or now >= memory.ends or now >= memory.since + age_s:
            return None
        return memory.identity

    def drop(self) -> None:
        """Forget everybody: somebody's session, rights or account changed."""
        with self._lock:
            self._generation += 1
            self._known.clear()
