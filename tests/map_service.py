"""A map service of others on this machine: draws into each tile where its pixels lie."""

from __future__ import annotations

import io
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import numpy as np
from PIL import Image

SIDE = 256


def drawn(x: int, y: int) -> bytes:
    """Return a tile whose pixels say where they are: red and green the column, blue and alpha ...

    Red is the pixel's column in the world modulo 256, green its row modulo 256, blue the tile's
    column and row modulo 16, so that every pixel near here can be told from every other.
    """
    columns = np.arange(SIDE, dtype=np.uint32) + x * SIDE
    rows = np.arange(SIDE, dtype=np.uint32) + y * SIDE
    pixels = np.zeros((SIDE, SIDE, 3), dtype=np.uint8)
    pixels[..., 0] = (columns % 256)[None, :]
    pixels[..., 1] = (rows % 256)[:, None]
    pixels[..., 2] = (x % 16) * 16 + y % 16
    out = io.BytesIO()
    Image.fromarray(pixels, "RGB").save(out, "PNG")
    return out.getvalue()


class Service:
    """What the service has been asked for, and how it is to misbehave."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.mode = "good"
        self.port = 0
        self.dripped = 0

    @property
    def root(self) -> str:
        """The service's address."""
        return f"http://127.0.0.1:{self.port}"

    def answer(self, path: str) -> tuple[int, dict[str, str], bytes]:
        """Return status, headers and body of a request."""
        self.asked.append(path)
        image = {"Content-Type": "image/png"}
        parts = urlsplit(path)
        match self.mode:
            case "html":
                return 200, {"Content-Type": "text/html"}, b"<html>log in first</html>"
            case "lying":
                return 200, image, b"<html>no image</html>"
            case "large":
                return 200, image, bytes(3 * 1024**2)
            case "bomb":
                out = io.BytesIO()
                Image.new("1", (20_000, 20_000)).save(out, "PNG")
                return 200, image, out.getvalue()
            case "away":
                return 302, {"Location": "http://localhost:1/elsewhere"}, b""
            case "circle":
                return 302, {"Location": path}, b""
            case "file":
                return 302, {"Location": "file:///etc/passwd"}, b""
            case "moved" if "moved" not in path:
                return 302, {"Location": f"{path}&moved=1"}, b""
            case "refused":
                return 403, {}, b"key"
            case "broken":
                return 500, {}, b""
            case "none":
                return 404, {}, b""
            case "slow":
                time.sleep(1.0)
        x, y = _place(parts.path, parse_qs(parts.query))
        return 200, image, drawn(x, y)


def _place(path: str, query: dict[str, list[str]]) -> tuple[int, int]:
    if "TILECOL" in query:
        return int(query["TILECOL"][0]), int(query["TILEROW"][0])
    if "BBOX" in query:
        return 1, 1
    *_, x, y = path.removesuffix(".png").split("/")
    return int(x), int(y)


@contextmanager
def running() -> Iterator[Service]:
    """Run a service on 127.0.0.1 at a free port."""
    service = Service()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            status, headers, body = service.answer(self.path)
            self.send_response(status)
            for name, value in {**headers, "Content-Length": str(len(body))}.items():
                self.send_header(name, value)
            if service.mode == "garbled":
                self.wfile.write(b"".join(self._headers_buffer) + b"no header at all\r\n\r\n")
                self._headers_buffer.clear()
            else:
                self.end_headers()
            try:
                for number in range(len(body)) if service.mode == "drip" else ():
                    self.wfile.write(body[number : number + 1])
                    service.dripped += 1
                    time.sleep(0.02)
                if service.mode != "drip":
                    self.wfile.write(body)
            except OSError:
                self.close_connection = True  # who asked has had enough

        def log_message(self, format: str, *args: Any) -> None:
            """Write nothing."""

    class Server(ThreadingHTTPServer):
        def handle_error(self, request: Any, client_address: Any) -> None:
            """Say nothing: who asked may close the connection as it likes."""

    server = Server(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    service.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield service
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
