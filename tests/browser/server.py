"""The program as its user starts it: a process with its own folder, stopped and reaped."""

from __future__ import annotations

import fcntl
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import IO

PORTS = range(8690, 8700)
START_S = 110
STOP_S = 30


class Server:
    """`onemap serve --demo --sample` on a free port of this machine."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port, self._claim = _claimed()
        self.address = f"http://127.0.0.1:{self.port}"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start, and wait until the site answers that it is well."""
        command = [sys.executable, "-c", "from gis_server.cli import main; main()", "serve"]
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [*command, "--demo", "--sample", "--port", str(self.port)],
                env={**os.environ, "ONEMAP_VAR": str(self.folder / "var")},
                stdout=log, stderr=subprocess.STDOUT, start_new_session=True,
            )  # fmt: skip
        due = time.monotonic() + START_S
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > due:
                self.stop()
                raise RuntimeError(f"onemap serve did not start:\n{self.log.read_text()}")
            time.sleep(0.1)

    def stop(self) -> None:
        """Stop as a person would, with SIGTERM, and wait for the end."""
        self._end(signal.SIGTERM)

    def release(self) -> None:
        """Stop, and leave the port to others."""
        self.stop()
        self._claim.close()

    def kill(self) -> None:
        """Kill the web process and its workers with SIGKILL, as a power cut would."""
        self._end(signal.SIGKILL)

    @property
    def log(self) -> Path:
        """Return where the program's own words go."""
        return self.folder / "serve.log"

    def _end(self, number: signal.Signals) -> None:
        process = self._process
        if process is None:
            return
        self._process = None
        if process.poll() is None:
            if number == signal.SIGKILL:
                os.killpg(process.pid, number)
            else:
                process.send_signal(number)
        process.wait(STOP_S)

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.address}/healthz", timeout=5) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            return False


def _claimed() -> tuple[int, IO[bytes]]:
    """Return a free port, with the lock that keeps another run of the tests from it.

    A port is free until the server listens, a minute later: two runs would take the same one, and
    each would believe the other's answers.
    """
    for n in range(len(PORTS)):
        port = PORTS[(os.getpid() + n) % len(PORTS)]
        claim = (Path(tempfile.gettempdir()) / f"onemap-browser-{port}.lock").open("wb")
        try:
            fcntl.flock(claim, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            claim.close()
            continue
        if _is_free(port):
            return port, claim
        claim.close()
    raise RuntimeError(f"no port of {PORTS} is free")


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
