"""The engine, the schema's migration, and what a transaction tells the journal."""

from __future__ import annotations

from uuid import UUID

import psycopg
import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from sqlalchemy import Engine
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.orm import Session
from sqlalchemy.pool import NullPool

from layers.errors import SetupError
from layers.locks import Lock


def normal_url(url: str) -> str:
    """Return a libpq or SQLAlchemy URL with the driver that this product uses."""
    return make_url(url).set(drivername="postgresql+psycopg").render_as_string(hide_password=False)


def create_engine(
    url: str,
    *,
    pool_size: int = 10,
    statement_timeout_ms: int = 5000,
    lock_timeout_ms: int = 2000,
    idle_timeout_ms: int = 10_000,
) -> Engine:
    """Return an engine whose sessions are bounded in time and speak UTC.

    Parameters
    ----------
    url
        SQLAlchemy or libpq URL.
    pool_size
        Connections kept and the most that are open at once.
    statement_timeout_ms, lock_timeout_ms, idle_timeout_ms
        Limits of one statement, of waiting for a lock, and of idling inside a transaction;
        0 is no limit.
    """
    limits = {
        "statement_timeout": statement_timeout_ms,
        "lock_timeout": lock_timeout_ms,
        "idle_in_transaction_session_timeout": idle_timeout_ms,
        "timezone": "UTC",
    }
    return sa.create_engine(
        normal_url(url),
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=5,
        pool_pre_ping=True,
        connect_args={
            "options": " ".join(f"-c {name}={value}" for name, value in limits.items()),
            "application_name": "onemap",
            "connect_timeout": 5,
        },
    )


def migrate(url: str) -> None:
    """Bring the schema to the newest version; safe to call again and by two programs at once.

    `url` is the migrator's; where nothing is to do, the program's own will do. Nothing is changed
    when a step fails: it is one transaction.

    Raises
    ------
    SetupError
        The role of `url` may not change the schema, or the server is not prepared.
    """
    engine = sa.create_engine(normal_url(url), poolclass=NullPool)
    try:
        with engine.begin() as connection:
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(Lock.MIGRATION)))
            command.upgrade(alembic_config(connection), "head")
    except (ProgrammingError, psycopg.ProgrammingError) as error:
        said = error.orig if isinstance(error, ProgrammingError) else error
        raise SetupError(
            f"the schema cannot be brought up to date: {said}. It takes the role that owns "
            "the database (onemap_migrator; ONEMAP_MIGRATOR_URL names it) on a server prepared as "
            "`onemap check` says"
        ) from error
    finally:
        engine.dispose()


def alembic_config(connection: sa.Connection | None = None) -> Config:
    """Return Alembic's configuration; the migrations are part of this package."""
    config = Config()
    config.set_main_option("script_location", "layers:migrations")
    config.attributes["connection"] = connection
    return config


def set_actor(session: Session, actor: str, *, incident: UUID | None = None) -> None:
    """Say who makes this transaction's changes, and for which incident; the journal records it."""
    set_config = sa.func.set_config
    said = str(incident) if incident else ""
    session.execute(
        sa.select(
            set_config("onemap.actor", actor, True), set_config("onemap.incident", said, True)
        )
    )


def set_bulk(session: Session, batch_id: UUID) -> None:
    """Journal this transaction's row changes as one row a statement, under a batch's id."""
    _set_local(session, "onemap.bulk", str(batch_id))


def let_idle(session: Session, *, seconds: int) -> None:
    """Let this transaction wait so long for what is computed between two statements of it."""
    _set_local(session, "idle_in_transaction_session_timeout", f"{seconds}s")


def _set_local(session: Session, name: str, value: str) -> None:
    session.execute(sa.select(sa.func.set_config(name, value, True)))
