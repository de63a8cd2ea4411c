"""onemap user."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import click
from sqlalchemy import select

from gis_server.commands.console import answer, json_option


@click.group()
def user() -> None:
    """Add users, grant and revoke roles, set passwords, shut users out."""


def end_of(_context: click.Context, _option: click.Parameter, text: str | None) -> Any:
    """Return when a right ends: a time of RFC 3339, or a date to its end on this machine."""
    if text is None:
        return None
    try:
        if len(text) == len("2026-01-31"):
            day = dt.date.fromisoformat(text) + dt.timedelta(days=1)
            return dt.datetime.combine(day, dt.time()).astimezone()
        until = dt.datetime.fromisoformat(text)
    except (ValueError, OverflowError) as error:
        raise click.BadParameter(f"{text!r} is no date and no time of RFC 3339") from error
    if until.tzinfo is None:
        raise click.BadParameter(f"{text!r} lacks its offset, such as +08:00 or Z")
    return until


_region_option = click.option(
    "--region", default="", help="A region's code; left out is the whole tree."
)


@user.command()
@click.argument("name")
@click.option("--title", help="The person's post.")
@click.option("--role", help="A first role over --region.")
@_region_option
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
@_region_option
@click.option("--until", callback=end_of,
              help="2026-12-31 (to the end of that day) or 2026-12-31T18:00:00+08:00; left out is "
                   "without end.")  # fmt: skip
def grant(name: str, role: str, region: str, until: dt.datetime | None) -> None:
    """Give a user a role over a region and everything below it; again to change its end."""
    from gis_server.site import grant as give

    with _work() as session:
        give(session, name=name, role=role, region=region, until=until)
    click.echo(_granted(role, region, until, before=f"{name} is "))


@user.command()
@click.argument("name")
@click.argument("role")
@_region_option
def revoke(name: str, role: str, region: str) -> None:
    """Take back a role that was granted over exactly this region."""
    from gis_server.site import revoke as take

    with _work() as session:
        take(session, name=name, role=role, region=region)
    click.echo(_granted(role, region, None, before=f"{name} is no longer "))


@user.command()
@click.argument("name")
def disable(name: str) -> None:
    """Shut a user out: every session ends, no password opens; what was granted is kept."""
    from gis_server.site import disable as shut

    with _work() as session:
        shut(session, name, disabled=True)
    click.echo(f"{name} is shut out")


@user.command()
@click.argument("name")
def enable(name: str) -> None:
    """Let a user who was shut out sign in again."""
    from gis_server.site import disable as shut

    with _work() as session:
        shut(session, name, disabled=False)
    click.echo(f"{name} may sign in")


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
        + ("shut out; " if entry["disabled"] else "")
        + ", ".join(_granted(g["role"], g["region"], g["until"]) for g in entry["grants"])
        for entry in users.values()
    )
    answer({"users": list(users.values())}, as_json=as_json, words=words)


def _granted(role: str, region: str, until: dt.datetime | None, *, before: str = "") -> str:
    end = f" until {until.astimezone().isoformat(timespec='minutes')}" if until else ""
    return f"{before}{role} of {region or 'the whole tree'}{end}"


@contextmanager
def _work() -> Iterator[Any]:
    from gis_server.config import Config
    from gis_server.site import opened

    with opened(Config()) as site, site.work("onemap user") as session:
        yield session
