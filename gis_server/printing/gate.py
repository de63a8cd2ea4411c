"""The one way out of the printing browser: this server's own addresses, read only.

The browser itself reaches nothing: its proxy is a closed door and every request that it makes is
answered here. The reader's pass is added here too, so no page and no address ever holds it.
"""

from __future__ import annotations

import http.client
import threading
import time
from dataclasses import dataclass, field
from urllib.parse import urlsplit

TIMEOUT_S = 15
MAX_BYTES = 64 * 1024**2
METHODS = frozenset({"GET", "HEAD"})
TRIES = 3
PAUSE_S = 0.5
BUSY = frozenset({429, 502, 503, 504})
"""Answers of a server that will give another one soon."""
_STREAM = "/api/v1/events"
_DROPPED = frozenset({"connection", "keep-alive", "transfer-encoding", "content-length", "date"})


@dataclass(frozen=True)
class Answer:
    """What a request of the browser is answered with."""

    status: int
    headers: dict[str, str]
    body: bytes


@dataclass
class Gate:
    """Fetches for the browser from one origin."""

    origin: str
    cookie: str | None = None
    language: str = "zh"
    refused: list[str] = field(default_factory=list)
    """Addresses that were asked for and are not ours."""
    failed: set[str] = field(default_factory=set)
    """Addresses of ours that had no good answer at last: what was to be shown is not whole."""
    _lines: threading.local = field(default_factory=threading.local)
    _open: list[http.client.HTTPConnection] = field(default_factory=list)

    def allows(self, method: str, url: str) -> bool:
        """Tell whether a request may be answered: ours, reading, and one that ends."""
        asked, own = urlsplit(url), urlsplit(self.origin)
        ours = (asked.scheme, asked.netloc) == (own.scheme, own.netloc)
        if not ours:
            self.refused.append(url[:200])
        return ours and method in METHODS and asked.path != _STREAM

    def fetch(self, method: str, url: str) -> Answer:
        """Return this server's answer to an allowed request; a redirect is not followed.

        A busy server is asked again; `failed` holds what it has not given in the end.
        """
        if not self.allows(method, url):
            return Answer(403, {}, b"")
        answer = self._asked(method, url)
        for tried in range(1, TRIES):
            if answer.status not in BUSY:
                break
            time.sleep(PAUSE_S * tried)
            answer = self._asked(method, url)
        (self.failed.add if answer.status >= 500 else self.failed.discard)(url)
        return answer

    def _asked(self, method: str, url: str) -> Answer:
        """Ask once; a connection that the server has closed meanwhile is no answer of its own."""
        asked = urlsplit(url)
        target = asked.path + (f"?{asked.query}" if asked.query else "")
        headers = {"Accept-Language": self.language, "Accept-Encoding": "identity"}
        if self.cookie:
            headers["Cookie"] = self.cookie
        line = self._line()
        try:
            line.request(method, target or "/", headers=headers)
            said = line.getresponse()
            body = said.read(MAX_BYTES + 1)
        except (OSError, http.client.HTTPException) as error:
            line.close()
            return Answer(502, {"Content-Type": "text/plain"}, str(error)[:200].encode())
        if len(body) > MAX_BYTES or 300 <= said.status < 400:
            line.close()
            return Answer(403, {}, b"")
        kept = {name: value for name, value in said.getheaders() if name.lower() not in _DROPPED}
        kept.pop("Set-Cookie", None)
        return Answer(said.status, kept, body)

    def _line(self) -> http.client.HTTPConnection:
        """Return this thread's connection to the one server."""
        held: http.client.HTTPConnection | None = getattr(self._lines, "held", None)
        if held is None:
            own = urlsplit(self.origin)
            held = http.client.HTTPConnection(own.hostname or "", own.port, timeout=TIMEOUT_S)
            self._lines.held = held
            self._open.append(held)
        return held

    def close(self) -> None:
        """Close the connections of all threads."""
        for line in self._open:
            line.close()
