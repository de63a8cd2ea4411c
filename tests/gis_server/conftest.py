"""The application over a database of the test's own; clients that are signed in as somebody."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, event
from sqlalchemy.orm import Session

from gis_server import signin
from gis_server.app import Application, create_app
from gis_server.config import Config
from gis_server.live import Hub
from gis_server.state import state_of
from layers.journal import seal
from layers.models import Grant, User

HEADERS = {"X-Requested-With": "onemap", "Accept-Language": "en"}


class Client(FlaskClient):
    """A client that speaks like the web map: our header, and English."""

    def open(self, *args: Any, **kwargs: Any) -> Any:
        kwargs.setdefault("buffered", True)  # a file that is sent must be closed
        kwargs["headers"] = {**HEADERS, **dict(kwargs.get("headers") or {})}
        return super().open(*args, **kwargs)


@pytest.fixture
def config(tmp_path: Path) -> Config:
    return Config(var=tmp_path, heartbeat_s=0.2, recheck_s=0.2)


@pytest.fixture
def app(database: Engine, config: Config) -> Application:
    """Give the application; nobody listens for it unless a test takes `hub`."""
    app = create_app(config, database)
    app.test_client_class = Client
    return app


@pytest.fixture
def hub(app: Application, database: Engine) -> Iterator[Hub]:
    """Give the application's hub, running."""
    hub = Hub(database, max_streams=20)
    hub.start()
    state_of(app).hub = hub
    yield hub
    hub.stop()
    hub.join()


@pytest.fixture
def sign_in(app: Application, database: Engine) -> Callable[..., FlaskClient]:
    """Give a function: a client signed in as a new user with these (role, region) grants."""

    def client(*grants: tuple[str, str], name: str = "") -> FlaskClient:
        user_name = name or "-".join(f"{role}{region}" for role, region in grants) or "nobody"
        with Session(database) as session, session.begin():
            user = User(name=user_name)
            session.add(user)
            session.flush()
            session.add_all(Grant(user_id=user.id, role=r, region=g) for r, g in grants)
            token = signin.open_session(session, user.id, state_of(app).config)
        signed = app.test_client()
        signed.set_cookie("onemap_session", token)
        return signed

    return client


@pytest.fixture
def client(sign_in: Callable[..., FlaskClient]) -> FlaskClient:
    """Give a commander of the whole tree."""
    return sign_in(("commander", ""), name="commander")


@pytest.fixture
def var() -> Iterator[Path]:
    """Give a site's folder of its own, for tests of the whole program with its own database."""
    folder = Path(tempfile.mkdtemp(prefix="onemap-site-"))
    folder.chmod(0o711)  # PostgreSQL's own account must get through
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def sealed(database: Engine) -> Callable[[], int]:
    """Give a function that seals the journal, as the sealer would."""

    def run() -> int:
        with Session(database) as session, session.begin():
            return seal(session)

    return run


@pytest.fixture
def asked(app: Application) -> Iterator[list[str]]:
    """Give the list of what the application asks its database from now on."""
    statements: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        statements.append(statement)

    engine = state_of(app).engine
    event.listen(engine, "before_cursor_execute", note)
    yield statements
    event.remove(engine, "before_cursor_execute", note)
