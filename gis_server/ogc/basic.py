"""HTTP Basic at the doors for desktop GIS (RFC 7617): QGIS and GDAL know no session.

Only `/ogc` and `/wmts` take it, and only to read. It opens no session and sets no cookie. A
password is checked as at signing in, with the same count of failures; who was let in is
remembered for five minutes by a keyed digest, so that a map of hundreds of tiles costs one hash of
40 ms. The user's row is read at every request: a disabled user or a changed password is out at
once. In demo mode everybody is signed in, and names and passwords are not looked at.
"""

from __future__ import annotations

import hashlib
import secrets
import time
import uuid
from collections import OrderedDict
from dataclasses import dataclass, field
from threading import Lock

from flask import Response, current_app, request
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from gis_server import signin
from gis_server.signin import Identity
from layers.errors import NotSignedInError

DOORS = ("/ogc", "/wmts")
KEPT_S = 300.0
KEPT_AT_MOST = 1000
_EXTENSION = "onemap.basic"


@dataclass
class Remembered:
    """Who was let in lately: digest of name and password to user, their hash, and when."""

    key: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    _entries: OrderedDict[bytes, tuple[uuid.UUID, str | None, float]] = field(
        default_factory=OrderedDict
    )
    _lock: Lock = field(default_factory=Lock)

    def digest(self, name: str, password: str) -> bytes:
        """Return what stands for a name and a password in this process only."""
        text = f"{name.strip().casefold()}\0{password}".encode("utf-8", "replace")
        return hashlib.blake2b(text, key=self.key, digest_size=32).digest()

    def find(self, digest: bytes, now: float) -> tuple[uuid.UUID, str | None] | None:
        """Return whose digest it is and the password's hash then; None where it is not kept."""
        with self._lock:
            user_id, stored, since = self._entries.get(digest, (None, None, 0.0))
        return None if user_id is None or now - since > KEPT_S else (user_id, stored)

    def keep(self, digest: bytes, user_id: uuid.UUID, stored: str | None, now: float) -> None:
        """Remember a digest; the oldest one goes where there are too many."""
        with self._lock:
            self._entries[digest] = (user_id, stored, now)
            self._entries.move_to_end(digest)
            while len(self._entries) > KEPT_AT_MOST:
                self._entries.popitem(last=False)


def at_door() -> bool:
    """Tell whether this request is for one of the doors."""
    return any(request.path == door or request.path.startswith(f"{door}/") for door in DOORS)


def names_somebody() -> bool:
    """Tell whether this request is for a door and brings a name and a password."""
    given = request.authorization
    return at_door() and given is not None and given.type == "basic"


def recognise(session: Session, engine: Engine) -> Identity:
    """Return who a request names by Basic.

    Raises
    ------
    NotSignedInError
        A wrong name or password.
    TooManyError
        Too many failures; see `signin.sign_in`.
    """
    given = request.authorization
    name, password = (given.username or "", given.password or "") if given else ("", "")
    remembered: Remembered = current_app.extensions.setdefault(_EXTENSION, Remembered())
    digest, now = remembered.digest(name, password), time.monotonic()
    found = remembered.find(digest, now)
    if found is not None:
        known = signin.known_user(session, found[0])
        if known is not None and known[1] == found[1]:
            return known[0]
    address = request.remote_addr or ""
    user_id = signin.check(engine, name=name, password=password, address=address)
    known = signin.known_user(session, user_id)
    if known is None:
        raise NotSignedInError("the name or the password is wrong", code="wrong_password")
    remembered.keep(digest, user_id, known[1], now)
    return known[0]


def challenge(response: Response) -> Response:
    """Say in a 401 of a door that Basic is taken."""
    if response.status_code == 401 and at_door():
        response.headers["WWW-Authenticate"] = 'Basic realm="onemap", charset="UTF-8"'
    return response
