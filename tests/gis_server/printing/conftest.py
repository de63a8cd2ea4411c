"""Servers of this machine that a print may meet: its own, and one that nobody may reach."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from gis_server.config import Config

Reply = tuple[int, dict[str, str], bytes]


@dataclass
class Listener:
    """A server that answers by path and remembers who asked for what."""

    address: str = ""
    asked: list[str] = field(default_factory=list)
    seen: list[dict[str, str]] = field(default_factory=list)
    answers: dict[str, Reply | list[Reply]] = field(default_factory=dict)
    """By path; of several, each once, the last from then on."""

    def answer(self, path: str) -> Reply:
        found = self.answers.get(path.partition("?")[0], (404, {}, b""))
        if isinstance(found, list):
            return found.pop(0) if len(found) > 1 else found[0]
        return found


@pytest.fixture
def config(tmp_path: Path) -> Config:
    return Config(var=tmp_path, print_limit_s=300)


@pytest.fixture
def listen() -> Iterator[Callable[[], Listener]]:
    servers = []

    def begin() -> Listener:
        held = Listener()

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                held.asked.append(f"{self.command} {self.path}")
                held.seen.append(dict(self.headers))
                status, headers, body = held.answer(self.path)
                self.send_response(status)
                for name, value in ({"Content-Length": str(len(body))} | headers).items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                pass

        for method in ("POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "HEAD"):
            setattr(Handler, f"do_{method}", Handler.do_GET)
        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        servers.append((server, thread))
        held.address = f"http://127.0.0.1:{server.server_port}"
        return held

    yield begin
    for server, thread in servers:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def canary(listen: Callable[[], Listener]) -> Listener:
    """Give a listener of this machine that nobody may reach."""
    return listen()
