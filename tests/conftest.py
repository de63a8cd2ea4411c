"""The chain every test of the database hangs on: cluster, template, engine, session.

`engine` and `session` share one database a run; `session` is rolled back. A test that must commit
takes `database`: its own copy of the migrated template. Both connect as the program's own role.
"""

from __future__ import annotations

import fcntl
import itertools
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import Engine
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session

from layers import cluster, roles
from layers import database as db
from layers.cluster import Urls

PREFIX = "onemap-test-"
YOUNG_S = 60
_copies = itertools.count(1)


@pytest.fixture(scope="session")
def var_dir() -> Iterator[Path]:
    """Give a folder for this run's cluster, after sweeping away those that killed runs left."""
    for old in Path(tempfile.gettempdir()).glob(PREFIX + "*"):
        _sweep(old)
    folder = Path(tempfile.mkdtemp(prefix=PREFIX))
    folder.chmod(0o711)  # PostgreSQL's own account must get through
    with (folder / "run.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield folder
        shutil.rmtree(folder)


def _sweep(folder: Path) -> None:
    with suppress(OSError):
        if time.time() - folder.stat().st_mtime < YOUNG_S:
            return  # its run may not have locked it yet
        with (folder / "run.lock").open("r+") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            cluster.place(folder, durable=False).stop()
            shutil.rmtree(folder)


@pytest.fixture(scope="session")
def template(var_dir: Path) -> Iterator[Urls]:
    """Give the URLs of the migrated database; nobody connects to it, it is copied."""
    with cluster.running(var_dir, durable=False) as urls:
        db.migrate(urls.migrator)
        yield urls


@pytest.fixture(scope="session")
def copy_database(template: Urls) -> Callable[[], Urls]:
    """Give a function that copies the template into a new database and returns its URLs."""

    def copy() -> Urls:
        name = f"test_{os.getpid()}_{next(_copies)}"
        server = make_url(template.superuser).set(database="postgres")
        info = roles.conninfo(server.render_as_string(hide_password=False))
        with psycopg.connect(info, autocommit=True) as connection:
            connection.execute(
                f"CREATE DATABASE {name} TEMPLATE {roles.DATABASE} OWNER {roles.MIGRATOR}"
            )
        folder = make_url(template.app).query["host"]
        return Urls.on_socket(Path(str(folder)), name)

    return copy


@pytest.fixture(scope="session")
def engine(copy_database: Callable[[], Urls]) -> Iterator[Engine]:
    """Give the run's shared database; tests that use it roll back."""
    engine = db.create_engine(copy_database().app)
    yield engine
    engine.dispose()


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    """Give a session whose work, commits included, is rolled back after the test."""
    with engine.connect() as connection:
        outer = connection.begin()
        with Session(connection, join_transaction_mode="create_savepoint") as session:
            yield session
        outer.rollback()


@pytest.fixture
def urls(copy_database: Callable[[], Urls]) -> Iterator[Urls]:
    """Give the URLs of a database of this test's own."""
    urls = copy_database()
    yield urls
    url = make_url(urls.superuser)
    info = roles.conninfo(url.set(database="postgres").render_as_string(hide_password=False))
    with psycopg.connect(info, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {url.database} (FORCE)")


@pytest.fixture
def database(urls: Urls) -> Iterator[Engine]:
    """Give an engine on a database of this test's own, for tests that commit."""
    engine = db.create_engine(urls.app, pool_size=20)
    yield engine
    engine.dispose()
