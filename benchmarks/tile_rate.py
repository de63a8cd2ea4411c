"""How many warm tiles a second: our server, a bare view that answers the same bytes, and tipg."""

from __future__ import annotations

import json
import multiprocessing
import os
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks import peer_tipg
from benchmarks.site import Client, Site
from layers.layer import Layer
from tiles.grid import Tile

CONNECTIONS = 8
SECONDS = 5.0
ROUNDS = 3
TILES = 60
START_S = 30


def run(measured: Site, port: int, layer: Layer, asked: Sequence[Tile]) -> dict[str, Any]:
    """Measure each server in turn, three rounds, with the same client; print rates and ratios."""
    client = Client(port)
    revision = json.loads(client.get(f"/tiles/{layer.name}.json")[1])["tiles"][0].split("/")[-4]
    few = list(asked)[:: max(1, len(asked) // TILES)]
    ours = [f"/tiles/{layer.name}/{revision}/{t.z}/{t.x}/{t.y}.mvt" for t in few]
    bodies = {path: client.get(path)[1] for path in ours}
    ours = [path for path, body in bodies.items() if body]
    theirs = [peer_tipg.Tipg.path(layer.name, tile) for tile in few]
    folder = measured.var / "bare"
    folder.mkdir()
    _keep(folder, ours, port)
    rates: dict[str, list[float]] = {"ours": [], "bare": [], "tipg": []}
    with _Bare(folder, port + 2), peer_tipg.serving(measured.engine, port=port + 3) as tipg:
        for _ in range(ROUNDS):
            rates["ours"].append(_rate(port, ours))
            rates["bare"].append(_rate(port + 2, ours))
            if tipg is not None:
                rates["tipg"].append(_rate(port + 3, theirs))
    best = {name: max(found) for name, found in rates.items() if found}
    print("\nwarm tiles a second, permissions checked: " + ", ".join(
        f"{name} {rate:,.0f}" for name, rate in best.items()))  # fmt: skip
    print(
        f"  ours to a bare view of the same bytes {best['ours'] / best['bare']:.2f} (wanted 0.6)"
        + (f", to tipg {best['ours'] / best['tipg']:.1f} (wanted 15)" if "tipg" in best else "")
    )
    return {"rates": rates, "of_bare": best["ours"] / best["bare"]}


def _keep(folder: Path, paths: Sequence[str], port: int) -> None:
    """Keep what our server sends, as it sends it, for the bare view."""
    kept = {}
    for number, path in enumerate(paths):
        with socket.create_connection(("127.0.0.1", port)) as line:
            status, body = _answer(line, path)
        if status == 200:
            (folder / f"{number}.mvt").write_bytes(body)
            kept[path] = f"{number}.mvt"
    (folder / "index.json").write_text(json.dumps(kept))


class _Bare:
    """The bare view under the same gunicorn: as many workers and threads."""

    def __init__(self, folder: Path, port: int) -> None:
        from gis_server.config import Config

        settings = Config()
        self.port = port
        self._command = [
            sys.executable, "-m", "gunicorn", "--bind", f"127.0.0.1:{port}", "--worker-class",
            "gthread", "--workers", str(settings.workers), "--threads", str(settings.threads),
            "--log-level", "error", "benchmarks.bare_view:app",
        ]  # fmt: skip
        self._environment = {**os.environ, "BARE_VIEW": str(folder)}
        self._server: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> None:
        self._server = subprocess.Popen(self._command, env=self._environment)
        for _ in range(START_S * 10):
            time.sleep(0.1)
            try:
                socket.create_connection(("127.0.0.1", self.port)).close()
                return
            except OSError:
                continue
        raise RuntimeError("the bare view does not start")

    def __exit__(self, *_: object) -> None:
        if self._server is not None:
            self._server.terminate()
            self._server.wait(timeout=20)


def _rate(port: int, paths: Sequence[str]) -> float:
    """Return answers a second over several connections that stay open, of one client process."""
    with multiprocessing.get_context("fork").Pool(2) as pool:
        parts = [(port, list(paths), CONNECTIONS // 2, number) for number in range(2)]
        return float(sum(pool.starmap(_ask, parts)))


def _ask(port: int, paths: list[str], connections: int, seed: int) -> float:
    """Ask in turn over connections, one request on each at a time, for some seconds."""
    lines = [socket.create_connection(("127.0.0.1", port)) for _ in range(connections)]
    count, at, until = 0, seed, time.perf_counter() + SECONDS
    begun = time.perf_counter()
    while time.perf_counter() < until:
        for line in lines:
            line.sendall(_request(paths[at % len(paths)]))
            at += 1
        for line in lines:
            status, _ = _read(line)
            if status not in (200, 204):
                raise RuntimeError(f"status {status}")
            count += 1
    took = time.perf_counter() - begun
    for line in lines:
        line.close()
    return count / took


def _request(path: str) -> bytes:
    return f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept-Encoding: gzip\r\n\r\n".encode()


def _answer(line: socket.socket, path: str) -> tuple[int, bytes]:
    line.sendall(_request(path))
    return _read(line)


def _read(line: socket.socket) -> tuple[int, bytes]:
    """Read one answer; return its status and body as it came."""
    held = b""
    while b"\r\n\r\n" not in held:
        part = line.recv(262_144)
        if not part:
            raise ConnectionError("the server has closed the line")
        held += part
    head, _, body = held.partition(b"\r\n\r\n")
    lower = head.lower()
    status = int(head[9:12])
    if b"transfer-encoding: chunked" in lower:
        while not body.endswith(b"0\r\n\r\n"):
            body += line.recv(262_144)
        return status, body
    at = lower.find(b"content-length:")
    length = int(lower[at + 15 :].split(b"\r\n", 1)[0]) if at >= 0 else 0
    while len(body) < length:
        body += line.recv(262_144)
    return status, body
