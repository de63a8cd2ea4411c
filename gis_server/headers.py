"""What every response carries besides its body: security headers, and gzip where it pays."""

from __future__ import annotations

import base64
import gzip
import hashlib
import re
from functools import cache

from flask import Flask, Response, request

POLICY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self'",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "font-src 'self' data:",
        "worker-src 'self' blob:",
        "connect-src 'self'",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)

HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "geolocation=(self), camera=(self), microphone=()",
}

TRANSPORT = ("Strict-Transport-Security", "max-age=31536000")

PACKED_TYPES = frozenset(
    {"application/json", "application/geo+json", "application/vnd.mapbox-vector-tile", "text/html",
     "text/javascript", "text/css", "image/svg+xml", "application/schema+json"}
)  # fmt: skip
PACKED_FROM_BYTES = 1024


_BREAKS = re.compile(r"[\x00-\x1f\x7f\x85\u2028\u2029]+")


def file_title(words: str) -> str:
    """Return what somebody typed as the beginning of a file's name in a header: one line."""
    return _BREAKS.sub(" ", words)[:60].strip()


@cache
def page_policy(style: str, *, pictures: bool = False) -> str:
    """Return the policy of a page with this style sheet in it, pictures in it, and nothing else."""
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    images = " img-src data:;" if pictures else ""
    return f"default-src 'none'; style-src 'sha256-{digest}';{images} frame-ancestors 'none'"


def register(app: Flask) -> None:
    """Add the headers to every response of an application."""
    app.after_request(_finish)


def fixed(*, secure: bool) -> tuple[tuple[str, str], ...]:
    """Return the headers of every response, over TLS or not."""
    return (*HEADERS.items(), *((TRANSPORT,) if secure else ()))


def _finish(response: Response) -> Response:
    for name, value in fixed(secure=request.is_secure):
        response.headers.setdefault(name, value)
    if request.path.startswith("/api/"):
        # What one person may see is never another's cached copy.
        response.headers.setdefault("Cache-Control", "private, no-store")
    return _packed(response)


def _packed(response: Response) -> Response:
    # A file of the web map is passed through but whole, a part of one (206) must stay as it is.
    whole_file = response.direct_passthrough and response.status_code == 200
    if response.mimetype not in PACKED_TYPES or (response.is_streamed and not whole_file):
        return response
    response.vary.add("Accept-Encoding")
    if "Content-Encoding" in response.headers or not request.accept_encodings["gzip"]:
        return response
    response.direct_passthrough = False
    body = response.get_data()
    if len(body) >= PACKED_FROM_BYTES:
        response.set_data(gzip.compress(body, 5, mtime=0))
        response.headers["Content-Encoding"] = "gzip"
    return response
