"""Asking a map service of others for an image: one host, bounded in time and size, never further.

Only the host that the administrator named is asked. An address that is not public is reached only
where it was typed as such or the service is marked as of the intranet. That is held against the
address of the connection itself: a name that is pointed elsewhere meanwhile reaches nothing.
"""

from __future__ import annotations

import io
import logging
import time
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Any, Final
from urllib.parse import urljoin, urlsplit

import urllib3
from PIL import Image, UnidentifiedImageError
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

from layers.errors import BusyError

MAX_BYTES: Final = 2 * 1024**2
MAX_SIDE_PX: Final = 1024
FORMATS: Final = {"PNG": "image/png", "JPEG": "image/jpeg", "WEBP": "image/webp",
                  "GIF": "image/gif"}  # fmt: skip
CONNECT_S: Final = 3.0
READ_S: Final = 6.0
WHOLE_S: Final = 10.0
_REDIRECTS: Final = 3
_CHUNK: Final = 64 * 1024
_RETRY_S: Final = 10
_BOMBS = (Image.DecompressionBombError, Image.DecompressionBombWarning)


class _PrivateAddressError(Exception):
    """A public name led to an address that is not public."""


@dataclass(frozen=True)
class Fetched:
    """An image as it was sent; b"" where the service says that it has none there."""

    body: bytes
    media_type: str


class Fetcher:
    """Connections to services of others, kept open; for many threads."""

    def __init__(self) -> None:
        # At DEBUG, and at WARNING where headers cannot be read, it writes whole addresses to the
        # log, and a key is a part of them.
        logging.getLogger("urllib3").setLevel(logging.ERROR)
        self._pools = {False: _manager(private=False), True: _manager(private=True)}

    def get(self, address: str, *, private: bool) -> Fetched:
        """Return the image at an address.

        Parameters
        ----------
        address
            Whole, key included; it is in no error.
        private
            Whether the host may have an address that is not public.

        Raises
        ------
        BusyError
            `external_away` (no connection, too slow), `external_refused` (401, 403, 429: the key),
            `external_failed` (another status, no image, too large, a redirect to another host).
        """
        host, ends = urlsplit(address).hostname or "", time.monotonic() + WHOLE_S
        for _ in range(_REDIRECTS + 1):
            answer = self._ask(address, host, private)
            try:
                if answer.status in (301, 302, 303, 307, 308):
                    address = _onward(address, answer.headers.get("Location", ""), host)
                    continue
                return _image(answer, host, ends)
            finally:
                answer.close()
                answer.release_conn()
        raise failed(host, "it redirects in a circle")

    def _ask(self, address: str, host: str, private: bool) -> urllib3.BaseHTTPResponse:
        literal = _literal(host)
        try:
            return self._pools[private or literal is not None or host == "localhost"].request(
                "GET", address, redirect=False, retries=False, preload_content=False,
                timeout=urllib3.Timeout(connect=CONNECT_S, read=READ_S),
                headers={"User-Agent": "onemap", "Accept": "image/*"},
            )  # fmt: skip
        except _PrivateAddressError:
            raise failed(
                host, "its name leads to an address that is not public; mark it as of the intranet"
            ) from None
        except (urllib3.exceptions.HTTPError, OSError, ValueError) as error:
            raise away(host, type(error).__name__) from None


def _manager(*, private: bool) -> urllib3.PoolManager:
    """Return connection pools that look at whom they are connected to."""

    def guarded(connection: Any) -> Any:
        class Guarded(connection):  # type: ignore[misc]
            def _new_conn(self) -> Any:
                made = super()._new_conn()
                if not _may(ip_address(made.getpeername()[0].partition("%")[0]), private):
                    made.close()
                    raise _PrivateAddressError
                return made

        return Guarded

    plain = type("Plain", (HTTPConnectionPool,), {"ConnectionCls": guarded(HTTPConnection)})
    secure = type("Secure", (HTTPSConnectionPool,), {"ConnectionCls": guarded(HTTPSConnection)})
    pools = urllib3.PoolManager(num_pools=20, maxsize=8, block=False)
    pools.pool_classes_by_scheme = {"http": plain, "https": secure}
    return pools


def _may(address: IPv4Address | IPv6Address, private: bool) -> bool:
    """Say whether an address may be connected to; that of a cloud's own data never is."""
    seen = getattr(address, "ipv4_mapped", None) or address
    if seen.is_link_local or seen.is_multicast or seen.is_unspecified:
        return False
    return bool(seen.is_global or private)


def _literal(host: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(host)
    except ValueError:
        return None


def _onward(address: str, location: str, host: str) -> str:
    """Return where a redirect leads, if that is the same host."""
    onward = urljoin(address, location)
    parts = urlsplit(onward)
    if parts.scheme not in ("http", "https") or parts.hostname != host:
        raise failed(host, "it redirects to another host")
    if urlsplit(address).scheme == "https" and parts.scheme == "http":
        raise failed(host, "it redirects to an address without encryption")
    return onward


def _image(answer: urllib3.BaseHTTPResponse, host: str, ends: float) -> Fetched:
    """Return the image of an answer, read within its bounds and decoded once."""
    if answer.status in (204, 404):
        return Fetched(b"", "image/png")
    if answer.status in (401, 403, 418, 429):
        raise BusyError(
            f"{host} refuses the key or the number of requests ({answer.status})",
            code="external_refused", host=host, status=answer.status, retry_after_s=60,
        )  # fmt: skip
    if answer.status != 200:
        raise failed(host, f"it answers with status {answer.status}")
    if not answer.headers.get("Content-Type", "").casefold().startswith("image/"):
        raise failed(host, "it answers with something that is no image")
    body = bytearray()
    try:
        # What has come so far, not a whole piece: of a slow service that would take for ever.
        while chunk := answer.read1(_CHUNK, decode_content=True):
            body += chunk
            if len(body) > MAX_BYTES:
                raise failed(host, f"its image has more than {MAX_BYTES} bytes")
            if time.monotonic() > ends:
                raise away(host, "too slow")
    except (urllib3.exceptions.HTTPError, OSError) as error:
        raise away(host, type(error).__name__) from None
    return Fetched(bytes(body), media_type(bytes(body), host))


def media_type(body: bytes, host: str) -> str:
    """Return what kind of image it is; decoded whole, whatever it was called.

    Raises
    ------
    BusyError
        `external_failed`: no image that a browser shows, cut short, or too many pixels.
    """
    try:
        with Image.open(io.BytesIO(body), formats=list(FORMATS)) as image:
            if max(image.size) > MAX_SIDE_PX:
                raise failed(host, f"its image is {image.size[0]} by {image.size[1]} pixels")
            image.load()
            return FORMATS[str(image.format)]
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, *_BOMBS):
        raise failed(host, "its image cannot be decoded") from None


def away(host: str, why: str) -> BusyError:
    """Return the error of a service that cannot be reached."""
    return BusyError(f"{host} cannot be reached ({why})", code="external_away", host=host,
                     reason=why, retry_after_s=_RETRY_S)  # fmt: skip


def failed(host: str, why: str) -> BusyError:
    """Return the error of a service that answers with what cannot be used."""
    return BusyError(f"{host}: {why}", code="external_failed", host=host, reason=why,
                     retry_after_s=_RETRY_S)  # fmt: skip
