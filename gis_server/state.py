"""What an application carries between requests, and the one transaction of a request."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast

from flask import Flask, current_app, g
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from gis_server.config import Config
from layers.catalog import Reader, set_reader

if TYPE_CHECKING:
    from gis_server.live import Hub
    from gis_server.tiling.supply import Supply

_KEY = "onemap"


@dataclass
class State:
    """The settings, the database, the tiles, the hub of the event stream, counts by layer."""

    config: Config
    engine: Engine
    supply: Supply
    hub: Hub | None = None
    counts: dict[tuple[str, tuple[str, ...] | None], tuple[int, int]] = field(default_factory=dict)


def attach(app: Flask, state: State) -> None:
    """Give an application its state, and close a request's transaction when the request ends."""
    app.extensions[_KEY] = state
    app.teardown_request(lambda _error: _close())


def state_of(app: Flask) -> State:
    """Return the state of an application."""
    return cast(State, app.extensions[_KEY])


def state() -> State:
    """Return the state of the application that serves this request."""
    return cast(State, current_app.extensions[_KEY])


def config() -> Config:
    """Return the settings of the application that serves this request."""
    return state().config


def db() -> Session:
    """Return this request's session; its transaction is committed when the view has answered."""
    if "session" not in g:
        g.session = Session(state().engine, expire_on_commit=False)
        # Nobody yet, unless the door has said who without a question to the database.
        set_reader(g.session, g.get("reader") or Reader())
    return cast(Session, g.session)


def read_as(reader: Reader) -> None:
    """Say who reads through this request's session, whether it has begun or will."""
    g.reader = reader
    if "session" in g:
        set_reader(g.session, reader)


def commit() -> None:
    """Make what the view wrote true; the only commit of a request."""
    if "session" in g:
        g.session.commit()


def _close() -> None:
    session = g.pop("session", None)
    if session is not None:
        session.close()
