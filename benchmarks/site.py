"""A site to measure: its own database in a folder that is thrown away, and a real server."""

from __future__ import annotations

import http.client
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from layers import cluster, database

_ONEMAP = [sys.executable, "-c", "from gis_server.cli import main; main()"]
_START_S = 60


class Site:
    """A database under `var` and, once started, a server in demo mode on a local port."""

    def __init__(self, var: Path, engine: Engine, port: int) -> None:
        self.var = var
        self.engine = engine
        self.port = port
        self._server: subprocess.Popen[bytes] | None = None

    def onemap(self, *arguments: str) -> None:
        """Run one of the program's own commands on this site."""
        subprocess.run([*_ONEMAP, *arguments], env=self._environment(), check=True,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # fmt: skip

    def weighed(self, *arguments: str) -> tuple[float, float]:
        """Run a command and return its seconds and the peak of its memory, MB.

        The peak is what the kernel says of the program itself, looked at every 20 ms: what it says
        of a child that has ended counts this process too, which the child was a copy of.
        """
        start = time.perf_counter()
        child = subprocess.Popen([*_ONEMAP, *arguments], env=self._environment(),
                                 stdout=subprocess.DEVNULL)  # fmt: skip
        peak_mb = 0.0
        while child.poll() is None:
            peak_mb = max(peak_mb, _peak_mb(child.pid))
            time.sleep(0.02)
        if child.returncode:
            raise RuntimeError(f"onemap {' '.join(arguments)}: exit code {child.returncode}")
        return time.perf_counter() - start, peak_mb

    def analyze(self) -> None:
        """Let the planner know the tables as they are now, as autovacuum would in a minute."""
        with cluster.running(self.var) as urls:
            engine = database.create_engine(urls.migrator, statement_timeout_ms=0)
            with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                connection.execute(text("VACUUM ANALYZE"))
            engine.dispose()

    def session(self) -> Session:
        """Return a session on the site's database."""
        return Session(self.engine)

    def start(self) -> Client:
        """Start the server and return a connection to it.

        Raises
        ------
        RuntimeError
            It does not answer within a minute.
        """
        log = (self.var / "server.log").open("wb")
        command = [*_ONEMAP, "serve", "--demo", "--port", str(self.port)]
        self._server = subprocess.Popen(command, env=self._environment(), stdout=log, stderr=log)
        for _ in range(_START_S * 10):
            time.sleep(0.1)
            try:
                client = Client(self.port)
                if client.get("/healthz")[0] == 200:
                    return client
            except OSError:
                if self._server.poll() is not None:
                    break
        said = (self.var / "server.log").read_text(errors="replace")[-2000:]
        raise RuntimeError(f"the server does not answer on port {self.port}:\n{said}")

    def stop(self) -> None:
        """Stop the server."""
        if self._server is not None:
            self._server.terminate()
            self._server.wait(timeout=30)

    def _environment(self) -> dict[str, str]:
        return {**os.environ, "ONEMAP_VAR": str(self.var)}


class Client:
    """One connection that stays open, as a browser keeps it."""

    def __init__(self, port: int) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)

    def get(self, path: str) -> tuple[int, bytes]:
        """GET a path; return status and body."""
        return self._ask("GET", path, None)

    def post(self, path: str, body: Any) -> Any:
        """POST JSON; return the answer, RuntimeError where it is an error."""
        status, answer = self._ask("POST", path, json.dumps(body))
        if status >= 400:
            raise RuntimeError(f"{path}: {status} {answer[:500].decode(errors='replace')}")
        return json.loads(answer)

    def _ask(self, method: str, path: str, body: str | None) -> tuple[int, bytes]:
        headers = {"X-Requested-With": "onemap", "Accept-Language": "en"}
        if body is not None:
            headers["Content-Type"] = "application/json"
        self._connection.request(method, path, body=body, headers=headers)
        response = self._connection.getresponse()
        return response.status, response.read()


def _peak_mb(pid: int) -> float:
    """Return the most memory that a running process has held, MB; 0 when it has just ended."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return 0.0
    held = next((line.split()[1] for line in status.splitlines() if "VmHWM" in line), "0")
    return int(held) / 1024


@contextmanager
def site(*, port: int) -> Iterator[Site]:
    """Give an empty site for as long as the block lasts, and leave nothing of it behind."""
    var = Path(tempfile.mkdtemp(prefix="onemap-bench-"))
    var.chmod(0o711)  # PostgreSQL's own account must get through
    try:
        with cluster.running(var) as urls:
            database.migrate(urls.migrator)
            engine = database.create_engine(urls.app, statement_timeout_ms=0, idle_timeout_ms=0)
            made = Site(var, engine, port)
            try:
                yield made
            finally:
                made.stop()
                engine.dispose()
    finally:
        shutil.rmtree(var)
