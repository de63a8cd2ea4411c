"""The JSON door: every body is bounded and read strictly before anything else looks at it."""

from __future__ import annotations

from typing import Any, cast

from flask import Flask, Request, request

from gis_server.errors import MediaTypeError
from gis_server.state import config
from gis_server.strict_json import parse
from layers.errors import TooLargeError
from layers.plots.taking import BYTES_MAX

UPLOADS = frozenset({"imports.upload", "documents.upload", "rasters.upload", "plot_files.take"})
"""Endpoints that take files; every other body is JSON, and bounded as such."""

SMALL_UPLOADS = {"plot_files.take": BYTES_MAX}
"""Bytes of a file that is far smaller than an import: nothing more of it is received."""
FORM_BYTES = 64 * 1024
"""What a form says around its file."""


def register(app: Flask) -> None:
    """Bound every body before anything reads it."""
    app.before_request(_bound)


def _bound() -> None:
    # A chunked body has no Content-Length to look at: the stream itself must stop. It stops in
    # silence, so one byte more than is taken tells a body that is too long from a whole one.
    if request.endpoint not in UPLOADS:
        request.max_content_length = cast(GuardedRequest, request).json_limit + 1
    elif request.endpoint in SMALL_UPLOADS:
        request.max_content_length = SMALL_UPLOADS[request.endpoint] + FORM_BYTES


class GuardedRequest(Request):
    """A request whose JSON comes through `parse`, whoever asks for it."""

    @property
    def json_limit(self) -> int:
        """Return how many bytes of JSON this application takes."""
        return config().max_body_bytes

    def get_json(self, force: bool = False, silent: bool = False, cache: bool = True) -> Any:
        """Return the body's value; `silent` does not silence: a bad body is always an error."""
        if not self.is_json:
            if not self.content_length and "Transfer-Encoding" not in self.headers:
                return {}
            raise MediaTypeError(
                f"got Content-Type {self.mimetype or 'none'!r}, wanted application/json",
                got=self.mimetype or None,
                wanted="application/json",
            )
        if self.content_length is not None and self.content_length > self.json_limit:
            raise TooLargeError(
                f"the body has {self.content_length} bytes, at most {self.json_limit} are taken",
                got=self.content_length,
                wanted=self.json_limit,
            )
        raw = self.get_data(cache=True)
        return parse(raw, max_bytes=self.json_limit) if raw else {}
