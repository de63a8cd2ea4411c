"""An import that is killed at any moment, or its database: all or nothing, and the next one whole.

Six moments here; `ONEMAP_NIGHTLY=1` tries fifty, with fifty thousand rows.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session
from sqlalchemy.pool import NullPool

from layers import cluster
from layers import database as db
from layers.intake import pipeline
from layers.intake.pipeline import Options

NIGHTLY = os.environ.get("ONEMAP_NIGHTLY") == "1"
ROWS, MOMENTS = (50_000, 50) if NIGHTLY else (3_000, 6)
IMPORTER = """
import sys, uuid
from pathlib import Path
from sqlalchemy.orm import Session
from layers import database
from layers.intake import pipeline
engine = database.create_engine(sys.argv[1], statement_timeout_ms=0)
batch, path = uuid.UUID(sys.argv[2]), Path(sys.argv[3])
with Session(engine) as session:
    status = pipeline.status(session, batch)["status"]
print("go", flush=True)
if status in ("reading", "checking"):
    with Session(engine) as session, session.begin():
        pipeline.analyse(session, batch, path)
with Session(engine) as session, session.begin():
    pipeline.publish(session, batch)
print("done", flush=True)
"""


@dataclass
class Place:
    """A site whose database may be killed, and the folder for temporary files of its importers."""

    var: Path
    url: str
    temporary: Path

    def importer(self, batch: uuid.UUID, path: Path) -> subprocess.Popen[str]:
        """Start an import in a process of its own; return once it has begun."""
        environment = os.environ | {
            "PYTHONPATH": str(Path(__file__).parents[3]), "TMPDIR": str(self.temporary),
        }  # fmt: skip
        child = subprocess.Popen(
            [sys.executable, "-c", IMPORTER, self.url, str(batch), str(path)],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=environment,
        )  # fmt: skip
        assert child.stdout is not None
        assert child.stdout.readline() == "go\n"
        return child

    def engine(self) -> Engine:
        return create_engine(db.normal_url(self.url), poolclass=NullPool)

    def ask(self, sql: str, **values: object) -> list[object]:
        """Return the first column of an answer, waiting for the database to come back."""
        for _ in range(600):
            try:
                with self.engine().connect() as connection:
                    return list(connection.execute(text(sql), values).scalars())
            except DBAPIError:
                time.sleep(0.1)
        raise AssertionError("the database did not come back")


@pytest.fixture(scope="module")
def place() -> Iterator[Place]:
    with tempfile.TemporaryDirectory(prefix="onemap-kill-") as name:
        var, temporary = Path(name) / "var", Path(name) / "tmp"
        Path(name).chmod(0o711)
        var.mkdir(mode=0o711)
        temporary.mkdir(mode=0o755)
        with cluster.running(var) as urls:
            db.migrate(urls.migrator)
            yield Place(var, urls.app, temporary)


def start(place: Place, folder: Path, number: int) -> tuple[uuid.UUID, Path]:
    """Write a file of its own rows and start a batch."""
    path = folder / f"{number}.csv"
    random = np.random.default_rng(number)
    lines = (
        f"P{number}-{i},town,{x:.6f},{y:.6f}"
        for i, (x, y) in enumerate(random.uniform((100, 20), (120, 40), (ROWS, 2)))
    )
    path.write_text("name,kind,lon,lat\n" + "\n".join(lines) + "\n")
    options = Options(layer="place", crs="4326", source=f"run {number}")
    with Session(place.engine()) as session, session.begin():
        return pipeline.start(session, path.name, options), path


def kill_importer(place: Place, child: subprocess.Popen[str]) -> None:
    child.send_signal(signal.SIGKILL)


def kill_backend(place: Place, child: subprocess.Popen[str]) -> None:
    sql = "SELECT pid FROM pg_stat_activity WHERE application_name = 'onemap' AND pid <> :mine"
    for pid in place.ask(sql, mine=0):
        with suppress(ProcessLookupError):
            os.kill(int(str(pid)), signal.SIGKILL)


def kill_postmaster(place: Place, child: subprocess.Popen[str]) -> None:
    pid = cluster.place(place.var).pid()
    if pid is not None:
        os.kill(pid, signal.SIGKILL)


VICTIMS: tuple[Callable[[Place, subprocess.Popen[str]], None], ...] = (
    kill_importer, kill_backend, kill_postmaster,
)  # fmt: skip


@pytest.mark.timeout(7200 if NIGHTLY else 300)
def test_whatever_is_killed_at_whatever_moment_a_batch_is_loaded_whole_or_not_at_all(
    place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # What a killed importer leaves in its folder for temporary files, the next one sweeps away.
    monkeypatch.setattr(tempfile, "tempdir", str(place.temporary))
    batch, path = start(place, tmp_path, 0)
    begun = time.perf_counter()
    with place.importer(batch, path) as child:
        assert child.wait(timeout=300) == 0
    whole_s = time.perf_counter() - begun
    moments = np.random.default_rng(20).uniform(0.0, 1.0, MOMENTS)
    states = set()
    for number, moment in enumerate(moments, start=1):
        batch, path = start(place, tmp_path, number)
        with place.importer(batch, path) as child:
            time.sleep(moment * whole_s)
            VICTIMS[number % len(VICTIMS)](place, child)
            child.wait(timeout=300)
        states.add(_looked_at(place, batch, number))
        _finished(place, batch, path, number)
    assert "published" not in states or len(states) > 1, "every kill came too late"
    assert place.ask("SELECT count(*) FROM pg_class WHERE relnamespace = 'onemap_staging'::"
                     "regnamespace AND relkind = 'r'") == [0]  # fmt: skip
    assert list(place.temporary.iterdir()) == []


def _looked_at(place: Place, batch: uuid.UUID, number: int) -> str:
    """Hold that a batch's rows are all there or none, and that its state says which."""
    _settle(place)
    (count,) = place.ask("SELECT count(*) FROM place WHERE source = :source",
                         source=f"run {number}")  # fmt: skip
    (status,) = place.ask("SELECT status FROM import_batch WHERE id = :id", id=batch)
    assert count == (ROWS if status == "published" else 0)
    waiting = place.ask("SELECT relname FROM pg_class WHERE relname LIKE :name AND relkind = 'r'",
                        name=f"s_{batch.hex}_%")  # fmt: skip
    assert len(waiting) == (1 if status == "staged" else 0)
    return str(status)


def _settle(place: Place) -> None:
    """Wait until the killed process's backend is gone."""
    sql = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'onemap'"
    for _ in range(600):
        if place.ask(sql) == [0]:
            return
        time.sleep(0.1)
    raise AssertionError("a backend of the killed importer is still there")


def _finished(place: Place, batch: uuid.UUID, path: Path, number: int) -> None:
    """Run the import again, twice: it ends, and the second time does nothing."""
    engine = db.create_engine(place.url, statement_timeout_ms=0)
    for _ in range(2):
        with Session(engine) as session, session.begin():
            if pipeline.status(session, batch)["status"] in ("reading", "checking"):
                pipeline.analyse(session, batch, path)
        with Session(engine) as session, session.begin():
            pipeline.publish(session, batch)
        count = "SELECT count(*) FROM place WHERE source = :source"
        assert place.ask(count, source=f"run {number}") == [ROWS]
    engine.dispose()
    loads = "SELECT count(*) FROM journal WHERE batch = :batch"
    assert place.ask(loads, batch=batch) == [1]
