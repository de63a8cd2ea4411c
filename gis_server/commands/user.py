"""onemap user."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import click
from sqlalchemy import select

from gis_server.commands.console import answer, json_option


@click.group()
def user() -> None:
    """Add users, grant roles, set passwords."""


@user.command()
@click.argument("name")
@click.option("--title", help="The person's post.")
@click.option("--role", help="A first role over --region.")
@click.option("--region", default="", help="A region's code; left out is the whole tree.")
@click.password_option(help="Asked for where it is left out.")
def add(name: str, title: str | None, role: str | None, region: str, password: str) -> None:
    """Add a user."""
    from gis_server.site import add_user
    from gis_server.site import grant as give

    with _work() as session:
        add_user(session, name=name, password=password, title=title)
        if role is not None:
            give(session, name=name, role=role, region=region)
    click.echo(f"user {name} added" + (f" as {role}" if role else ""))


@user.command()
@click.argument("name")
@click.argument("role")
@click.option("--region", default="", help="A region's code; left out is the whole tree.")
def grant(name: str, role: str, region: str) -> None:
    """Give a user a role over a region and everything below it."""
    from gis_server.site import grant as give

    with _work() as session:
        give(session, name=name, role=role, region=region)
    click.echo(f"{name} is {role} of {region or 'the whole tree'}")


@user.command()
@click.argument("name")
@click.password_option(help="Asked for where it is left out.")
def password(name: str, password: str) -> None:
    """Set a user's password; every session of the user ends."""
    from gis_server import passwords, signin
    from gis_server.site import find_user

    with _work() as session:
        found = find_user(session, name)
        found.password_hash = passwords.hashed(password)
        signin.sign_out_everywhere(session, found.id)
    click.echo(f"the password of {name} is set")


@user.command("list")
@json_option
def list_(as_json: bool) -> None:
    """List users and what they were granted."""
    from layers.models import Grant, User

    users: dict[str, dict[str, Any]] = {}
    with _work() as session:
        rows = session.execute(
            select(User.name, User.title, User.disabled, Grant.role, Grant.region, Grant.until)
            .outerjoin(Grant, Grant.user_id == User.id)
            .order_by(User.name, Grant.role, Grant.region)
        )
        for name, title, disabled, role, region, until in rows:
            entry = users.setdefault(
                name, {"name": name, "title": title, "disabled": disabled, "grants": []}
            )
            if role is not None:
                entry["grants"].append({"role": role, "region": region, "until": until})
    words = "\n".join(
        f"{entry['name']:20} "
        + ", ".join(f"{g['role']} of {g['region'] or 'all'}" for g in entry["grants"])
        for entry in users.values()
    )
    answer({"users": list(users.values())}, as_json=as_json, words=words)


@contextmanager
def _work() -> Iterator[Any]:
    from gis_server.config import Config
    from gis_server.site import opened

    with opened(Config()) as site, site.work("onemap user") as session:
        yield session
