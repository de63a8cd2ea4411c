"""The roles, database and extensions that the product stands on, and whether a server has them.

`onemap_migrator` owns the database and its schema. `onemap_app` is what the program runs as: it
reads and writes rows, and is neither superuser nor owner of anything.
"""

from __future__ import annotations

import psycopg
from psycopg import sql
from sqlalchemy.engine import make_url

from layers.errors import SetupError

DATABASE = "onemap"
APP = "onemap_app"
MIGRATOR = "onemap_migrator"
EXTENSIONS = ("postgis", "pg_trgm")
_SAFE = {"fsync": "on", "full_page_writes": "on", "synchronous_commit": "on",
         "data_checksums": "on"}  # fmt: skip


def conninfo(url: str) -> str:
    """Return the libpq form of a SQLAlchemy URL."""
    plain = make_url(url).set(drivername="postgresql")
    return plain.render_as_string(hide_password=False)


def provision(superuser_url: str) -> None:
    """Make what is missing of roles, database and extensions on a server of ours.

    Raises
    ------
    SetupError
        PostGIS is not installed on the machine.
    """
    url = make_url(superuser_url)
    with psycopg.connect(
        conninfo(url.set(database="postgres").render_as_string(hide_password=False)),
        autocommit=True,
    ) as server:
        for statement in _missing_on_server(server, url.database or DATABASE):
            server.execute(sql.SQL(statement))
    with psycopg.connect(conninfo(superuser_url), autocommit=True) as database:
        for name in _missing_extensions(database):
            database.execute(sql.SQL("CREATE EXTENSION {}").format(sql.Identifier(name)))


def _missing_on_server(server: psycopg.Connection[tuple[object, ...]], database: str) -> list[str]:
    have = {name for (name,) in server.execute("SELECT rolname FROM pg_roles")}
    statements = [
        f"CREATE ROLE {role} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE"
        for role in (MIGRATOR, APP)
        if role not in have
    ]
    known = server.execute("SELECT 1 FROM pg_database WHERE datname = %s", [database]).fetchone()
    if known is None:
        statements.append(
            f'CREATE DATABASE "{database}" OWNER {MIGRATOR} '
            "TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C.UTF-8'"
        )
        statements.append(f'REVOKE ALL ON DATABASE "{database}" FROM PUBLIC')
        statements.append(f'GRANT CONNECT, TEMPORARY ON DATABASE "{database}" TO {APP}')
    return statements


def _missing_extensions(database: psycopg.Connection[tuple[object, ...]]) -> list[str]:
    rows = database.execute(
        "SELECT name, installed_version FROM pg_available_extensions WHERE name = ANY(%s)",
        [list(EXTENSIONS)],
    ).fetchall()
    installed = {str(name): version for name, version in rows}
    if "postgis" not in installed:
        raise SetupError(
            "PostGIS is not installed; install it: apt-get install postgresql-15-postgis-3"
        )
    return [name for name in EXTENSIONS if installed.get(name) is None]


def refuse_unsafe(app_url: str) -> None:
    """Refuse a server that could lose acknowledged work, or a role that may do everything.

    Raises
    ------
    SetupError
        fsync, full_page_writes, synchronous_commit or data checksums are off, or the role that
        the program runs as is a superuser.
    """
    with psycopg.connect(conninfo(app_url)) as connection:
        rows = connection.execute(
            "SELECT name, setting FROM pg_settings WHERE name = ANY(%s)", [list(_SAFE)]
        ).fetchall()
        wrong = [f"{name} is {value}" for name, value in rows if value != _SAFE[str(name)]]
        (superuser,) = connection.execute(
            "SELECT rolsuper FROM pg_roles WHERE rolname = current_user"
        ).fetchone() or (True,)
    if superuser:
        wrong.append("the program's role is a superuser")
    if wrong:
        raise SetupError("The database server is not safe to run on: " + ", ".join(sorted(wrong)))
