"""tipg, a tile and feature server over PostGIS, on the same database: MIT, from PyPI."""

from __future__ import annotations

import gzip
import http.client
import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Engine

from benchmarks import peers
from benchmarks.timing import timed
from layers.roles import conninfo
from tiles.grid import Tile

PACKAGES = ("tipg", "uvicorn")
START_S = 40


class Tipg:
    """A running tipg."""

    def __init__(self, port: int) -> None:
        self.port = port
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)

    @staticmethod
    def path(layer: str, tile: Tile) -> str:
        """Return the address of a tile."""
        return f"/collections/public.{layer}/tiles/WebMercatorQuad/{tile.z}/{tile.x}/{tile.y}"

    def measured(self, layer: str, tile: Tile) -> dict[str, Any]:
        """Return the milliseconds and bytes of one tile."""
        (status, body), ms = timed(lambda: self.get(self.path(layer, tile)))
        if status not in (200, 204):
            return {"tipg_ms": None, "tipg_bytes": 0}
        return {"tipg_ms": ms, "tipg_bytes": len(body)}

    def get(self, path: str) -> tuple[int, bytes]:
        """GET a path; return status and body."""
        self._connection.request("GET", path, headers={"Accept-Encoding": "identity"})
        response = self._connection.getresponse()
        body = response.read()
        packed = response.getheader("Content-Encoding") == "gzip"
        return response.status, gzip.decompress(body) if packed else body


@contextmanager
def serving(engine: Engine, *, port: int) -> Iterator[Tipg | None]:
    """Serve the database by tipg as long as the block lasts; None where it cannot be."""
    python = peers.environment("tipg", *PACKAGES)
    if python is None:
        yield None
        return
    url = conninfo(engine.url.render_as_string(hide_password=False))
    settings = {"ONEMAP_SOCKET_URL": url, "TIPG_MAX_FEATURES_PER_TILE": "10000"}
    command = [str(python), "-m", "uvicorn", "benchmarks.peer_tipg_app:app",
               "--host", "127.0.0.1", "--port", str(port), "--log-level", "error",
               "--timeout-keep-alive", "600"]  # fmt: skip
    server = subprocess.Popen(command, env={**os.environ, **settings}, cwd=peers.ROOT)
    try:
        yield _ready(port, server)
    finally:
        server.terminate()
        server.wait(timeout=20)


def _ready(port: int, server: subprocess.Popen[bytes]) -> Tipg | None:
    for _ in range(START_S * 5):
        time.sleep(0.2)
        if server.poll() is not None:
            break
        try:
            tipg = Tipg(port)
            if tipg.get("/healthz")[0] == 200:
                return tipg
        except OSError:
            continue
    print("tipg does not start here, no peer in this run")
    return None
