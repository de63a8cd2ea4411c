"""Processes of one site: applications over one database, each with a watch of its own."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import Engine, event
from sqlalchemy.orm import Session

from gis_server.app import Application, create_app
from gis_server.config import Config
from gis_server.state import state_of
from gis_server.tiling.watch import Watch
from layers import database as db
from layers import journal
from tests.gis_server.conftest import Client


def until(holds: Callable[[], bool], *, within_s: float = 10.0) -> None:
    """Wait until something holds; fail when it does not in time."""
    deadline = time.monotonic() + within_s
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.01)


@pytest.fixture
def worker(urls, tmp_path) -> Iterator[Callable[[], Application]]:
    """Give a function: one more process of the site, in step with the database."""
    made: list[tuple[Engine, Watch]] = []

    def start() -> Application:
        engine = db.create_engine(urls.app)
        app = create_app(Config(var=tmp_path), engine)
        app.test_client_class = Client
        watch = state_of(app).supply.watch = Watch(engine)
        watch.start()
        made.append((engine, watch))
        until(lambda: watch.in_step)
        return app

    yield start
    for engine, watch in made:
        watch.stop()
        engine.dispose()


@pytest.fixture
def visitor(sign_in) -> Callable[..., Client]:
    """Give a function: somebody with these grants, as a client of a process."""

    def client(app: Application, *grants: tuple[str, str], name: str = "") -> Client:
        cookie = sign_in(*grants, name=name).get_cookie("onemap_session")
        other = app.test_client()
        other.set_cookie("onemap_session", cookie.value)
        return other

    return client


@pytest.fixture
def settled(database) -> Callable[..., int]:
    """Give a function: seal what was written, wait for these processes, return the seq."""

    def run(*apps: Application) -> int:
        with Session(database) as session, session.begin():
            journal.seal(session)
            seq = journal.high_water(session)
        for app in apps:
            until(lambda app=app: state_of(app).supply.watch.touched.seq >= seq)
        return seq

    return run


@contextmanager
def statements(app: Application) -> Iterator[list[str]]:
    """Give the list of what an application asks its database meanwhile."""
    said: list[str] = []

    def note(_connection, _cursor, statement, *_rest):
        said.append(statement)

    engine = state_of(app).engine
    event.listen(engine, "before_cursor_execute", note)
    yield said
    event.remove(engine, "before_cursor_execute", note)
