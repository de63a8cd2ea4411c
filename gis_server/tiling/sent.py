"""A tile as it goes over HTTP: its headers, packed or not, or nothing but that it is unchanged."""

from __future__ import annotations

import datetime as dt
import gzip
from typing import NamedTuple

from flask import Response, request

from gis_server.tiling.supply import Answer

MVT = "application/vnd.mapbox-vector-tile"
FOR_EVER = "private, max-age=31536000, immutable"
STALE = "X-Onemap-Stale"


class Sent(NamedTuple):
    """A status, headers besides those of every response, and a body."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes


def sent(answer: Answer, *, known: str | None, gzipped: bool, media_type: str = MVT) -> Sent:
    """Return what is sent of an answer.

    Parameters
    ----------
    known
        The header `If-None-Match`: what the one who asks holds already.
    gzipped
        Whether the one who asks reads gzip; else the body is unpacked here.
    """
    entry = answer.entry
    # Two people at one screen must not get each other's tiles.
    headers = [
        ("Cache-Control", FOR_EVER if answer.for_ever else "no-store"),
        ("ETag", entry.etag),
        ("Vary", "Cookie, Accept-Encoding"),
    ]
    if answer.stale_since is not None:
        since = dt.datetime.fromtimestamp(answer.stale_since, dt.UTC).isoformat(timespec="seconds")
        headers += [(STALE, f"since={since}"), ("Warning", '110 onemap "Response is Stale"')]
    if known is not None and _names(known, entry.etag):
        return Sent(304, headers, b"")
    headers.append(("Content-Type", media_type))
    if not entry.body:
        return Sent(204, headers, b"")
    body = entry.body
    if entry.packed and gzipped:
        headers.append(("Content-Encoding", "gzip"))
    elif entry.packed:
        body = gzip.decompress(body)
    headers.append(("Content-Length", str(len(body))))
    return Sent(200, headers, body)


def respond(answer: Answer, *, media_type: str = MVT) -> Response:
    """Return the response to the request that is being served."""
    gzipped = bool(request.accept_encodings["gzip"])
    known = request.headers.get("If-None-Match")
    out = sent(answer, known=known, gzipped=gzipped, media_type=media_type)
    response = Response(out.body, status=out.status)
    del response.headers["Content-Type"], response.headers["Content-Length"]
    response.headers.extend(out.headers)
    return response


def _names(known: str, etag: str) -> bool:
    """Tell whether `If-None-Match` names a tag, compared weakly (RFC 9110, 13.1.2)."""
    opaque = etag.removeprefix("W/")
    given = (one.strip().removeprefix("W/") for one in known.split(","))
    return any(one in (opaque, "*") for one in given)
