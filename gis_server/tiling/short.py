"""A warm tile for somebody who is known, before Flask: the one request that a screen makes most.

It takes a request only where nothing is left to decide: an address of layers with a revision, no
filter, a session that is remembered, layers and rows that are known to be as they were. Everything
else, every refusal among it, goes on to the application, whose door, checks and words are the only
ones. A test holds that both ways send the same headers, and that this one lets nobody in whom the
other refuses.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from gis_server import headers
from gis_server.signin import DEMO, Identity
from gis_server.state import State
from gis_server.tiling.address import Asked, split
from gis_server.tiling.sent import sent
from layers import catalog
from layers.catalog import Layer
from layers.query.scope import Scope
from tiles.grid import MAX_ZOOM, Tile

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication

NEEDED = "features.read"
COOKIE = "onemap_session"

_ADDRESS = re.compile(
    r"/tiles/([a-z0-9_,]{1,2000})/((?:[0-9a-f]{8}-)?[0-9]{1,18})"
    r"/([0-9]{1,2})/([0-9]{1,7})/([0-9]{1,7})\.mvt"
)
_QUERY = re.compile(r"(?:form=[A-Za-z0-9._-]{0,64})?")
_TOKEN = re.compile(r"[A-Za-z0-9_-]{16,200}")
_OWN_HOST = re.compile(r"(?:localhost|127\.0\.0\.1)(?::[0-9]{1,5})?")
_LOOPBACK = frozenset({"127.0.0.1", "::1"})
_PLAIN_GZIP = re.compile(r"(?:[a-z]+, ?)*gzip(?:, ?[a-z]+)*")
_STATUS = {code: f"{code} {HTTPStatus(code).phrase.upper()}" for code in (200, 204, 304)}


class ShortWay:
    """The application behind a door that answers warm tiles itself."""

    def __init__(self, application: WSGIApplication, state: State) -> None:
        self._application = application
        self._state = state

    def __call__(self, environ: dict[str, Any], start: StartResponse) -> Iterable[bytes]:
        """Answer, or hand on."""
        answer = self._warm(environ)
        if answer is None:
            return self._application(environ, start)
        status, told, body = answer
        start(_STATUS[status], told)
        return [body] if body and environ["REQUEST_METHOD"] != "HEAD" else []

    def _warm(self, environ: dict[str, Any]) -> tuple[int, list[tuple[str, str]], bytes] | None:
        """Return what to send, or None where it is not for the short way."""
        if environ["REQUEST_METHOD"] not in ("GET", "HEAD") or not _bodiless(environ):
            return None
        address = _ADDRESS.fullmatch(environ.get("PATH_INFO", ""))
        if address is None or _QUERY.fullmatch(environ.get("QUERY_STRING", "")) is None:
            return None
        asker = self._asker(environ)
        asked = None if asker is None else self._asked(asker, *address.groups())
        if asker is None or asked is None:
            return None
        answer = self._state.supply.warm(asked, _scope(asker.grants))
        accepted = environ.get("HTTP_ACCEPT_ENCODING", "")
        if answer is None or (accepted and _PLAIN_GZIP.fullmatch(accepted) is None):
            return None
        out = sent(answer, known=environ.get("HTTP_IF_NONE_MATCH"), gzipped=bool(accepted))
        secure = environ.get("wsgi.url_scheme") == "https"
        return out.status, [*out.headers, *headers.fixed(secure=secure)], out.body

    def _asker(self, environ: dict[str, Any]) -> Identity | None:
        """Return who asks, if that is known without a question and may see features somewhere."""
        watch, demo = self._state.supply.watch, self._state.config.demo
        if watch is None or not watch.in_step or (demo and not _from_here(environ)):
            return None
        if "HTTP_AUTHORIZATION" in environ:
            return None
        cookie = environ.get("HTTP_COOKIE", "")
        if not cookie:
            return DEMO if demo else None
        held = _token(cookie)
        known = None if held is None else watch.recognition.recall(held)
        return known if known is not None and NEEDED in known.permissions else None

    def _asked(
        self, asker: Identity, names: str, revision: str, z: str, x: str, y: str
    ) -> Asked | None:
        """Return what is asked for; None where that is not plain."""
        watch = self._state.supply.watch
        level, column, row = int(z), int(x), int(y)
        if watch is None or level > MAX_ZOOM or max(column, row) >= 1 << level:
            return None
        epoch, number = split(revision)
        if number > watch.touched.seq:
            return None  # asked before the definitions: these are then as new as the address
        layers: dict[str, Layer] = {}
        for name in names.split(","):
            layer = _product().get(name) or watch.own.get(name)
            if layer is None or name in layers or not _shown(layer, asker):
                return None
            layers[name] = layer
        return Asked(tuple(layers.values()), Tile(level, column, row), epoch, number, where={})


@lru_cache(1)
def _product() -> dict[str, Layer]:
    return {layer.name: layer for layer in catalog.layers()}


@lru_cache(1024)
def _scope(grants: tuple[tuple[str, str], ...]) -> Scope:
    """Return where grants open features; as `Identity.scope`, which this remembers."""
    return Identity("", grants=grants).scope(NEEDED)


def _shown(layer: Layer, asker: Identity) -> bool:
    defined = layer.definition
    return defined is None or asker.reader.may_read(layer.access, defined.owner, defined.readers)


def _bodiless(environ: dict[str, Any]) -> bool:
    return environ.get("CONTENT_LENGTH") in (None, "", "0") and (
        "HTTP_TRANSFER_ENCODING" not in environ
    )


def _from_here(environ: dict[str, Any]) -> bool:
    """Tell whether a request plainly came straight from this machine; of others the door judges."""
    return (
        environ.get("REMOTE_ADDR") in _LOOPBACK
        and _OWN_HOST.fullmatch(environ.get("HTTP_HOST", "")) is not None
        and not any(name in environ for name in ("HTTP_FORWARDED", "HTTP_VIA", "HTTP_X_REAL_IP"))
        and not any(name.startswith("HTTP_X_FORWARDED_") for name in environ)
    )


def _token(cookie: str) -> str | None:
    """Return the session token of a Cookie header; None where it is not plainly one."""
    pairs = (part.strip().partition("=") for part in cookie.split(";"))
    held = [value for name, _, value in pairs if name == COOKIE]
    return held[0] if len(held) == 1 and _TOKEN.fullmatch(held[0]) else None
