"""The roles, database and extensions that the product stands on, and whether a server has them.

`onemap_migrator` owns the database and its schema. `onemap_app` is what the program runs as: it
reads and writes rows, and is neither superuser nor owner of anything.
"""

from __future__ import annotations

import psycopg
from sqlalchemy.engine import make_url

from layers.errors import SetupError

DATABASE = "onemap"
APP = "onemap_app"
MIGRATOR = "onemap_migrator"
EXTENSIONS = ("postgis", "pg_trgm")
_SAFE = dict.fromkeys(("fsync", "full_page_writes", "synchronous_commit", "data_checksums"), "on")


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
    name = url.database or DATABASE
    server_url = url.set(database="postgres").render_as_string(hide_password=False)
    with psycopg.connect(conninfo(server_url), autocommit=True) as server:
        for statement in _missing_roles(server):
            server.execute(statement)
        if not server.execute("SELECT FROM pg_database WHERE datname = %s", [name]).fetchall():
            make_database(server, name)
    with psycopg.connect(conninfo(superuser_url), autocommit=True) as database:
        for statement in _missing_extensions(database):
            database.execute(statement)


def make_database(server: psycopg.Connection, name: str) -> None:
    """Make an empty database that the migrator owns and nobody but the program may enter."""
    for statement in _database_statements(name):
        server.execute(statement)


def _database_statements(name: str) -> list[bytes]:
    return [
        f"CREATE DATABASE \"{name}\" OWNER {MIGRATOR} TEMPLATE template0 ENCODING 'UTF8' "
        "LOCALE 'C.UTF-8'".encode(),
        f'REVOKE ALL ON DATABASE "{name}" FROM PUBLIC'.encode(),
        f'GRANT CONNECT, TEMPORARY ON DATABASE "{name}" TO {APP}'.encode(),
    ]


def _missing_roles(server: psycopg.Connection) -> list[bytes]:
    have = {name for (name,) in server.execute("SELECT rolname FROM pg_roles")}
    return [
        f"CREATE ROLE {role} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE".encode()
        for role in (MIGRATOR, APP)
        if role not in have
    ]


def _missing_extensions(database: psycopg.Connection) -> list[bytes]:
    rows = database.execute(
        "SELECT name, installed_version FROM pg_available_extensions WHERE name = ANY(%s)",
        [list(EXTENSIONS)],
    ).fetchall()
    installed = {str(name): version for name, version in rows}
    if "postgis" not in installed:
        raise SetupError(
            "PostGIS is not installed; install it: apt-get install postgresql-15-postgis-3"
        )
    return [
        f"CREATE EXTENSION {name}".encode() for name in EXTENSIONS if installed.get(name) is None
    ]


def check(app_url: str) -> list[str]:
    """Return the SQL that a foreign server's administrator must run first; empty when ready.

    Parameters
    ----------
    app_url
        The URL that the program will run with. Its role is `onemap_app` or a member of it.

    Raises
    ------
    SetupError
        The server cannot be reached; the message carries all of the SQL, as nothing is known.
    """
    try:
        with psycopg.connect(conninfo(app_url), connect_timeout=5) as connection:
            return [statement.decode() + ";" for statement in _missing(connection)]
    except psycopg.OperationalError as error:
        name = make_url(app_url).database or DATABASE
        everything = [
            *(f"CREATE ROLE {role} LOGIN PASSWORD '...';" for role in (MIGRATOR, APP)),
            *(statement.decode() + ";" for statement in _database_statements(name)),
            f'\\connect "{name}"',
            *(f"CREATE EXTENSION IF NOT EXISTS {extension};" for extension in EXTENSIONS),
        ]
        raise SetupError(
            f"the database server cannot be reached: {str(error).strip()}. "
            "If it is not prepared yet, its administrator runs:\n" + "\n".join(everything),
            sql=everything,
        ) from error


def _missing(database: psycopg.Connection) -> list[bytes]:
    missing = _missing_roles(database)
    if not missing:
        member, builder, user, name = database.execute(
            "SELECT pg_has_role(%s, 'USAGE'), has_schema_privilege(%s, 'public', 'CREATE'), "
            "current_user, current_database()",
            [APP, MIGRATOR],
        ).fetchall()[0]
        if not member:
            missing.append(f'GRANT {APP} TO "{user}"'.encode())
        if not builder:
            missing.append(f'ALTER DATABASE "{name}" OWNER TO {MIGRATOR}'.encode())
    return missing + _missing_extensions(database)


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
        wrong = [f"{name} is {value}" for name, value in rows if value != _SAFE[name]]
        (superuser,) = connection.execute(
            "SELECT rolsuper FROM pg_roles WHERE rolname = current_user"
        ).fetchall()[0]
    if superuser:
        wrong.append("the program's role is a superuser")
    if wrong:
        raise SetupError("the database server is not safe to run on: " + ", ".join(sorted(wrong)))
