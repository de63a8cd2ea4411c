"""A site that is open for work: its settings, its database, and its first steps."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import Engine, delete, func, select, update
from sqlalchemy.orm import Session

from gis_server import passwords, signin
from gis_server.config import Config
from gis_server.serve import database_of
from layers import database, journal, region_code
from layers.cluster import Urls
from layers.errors import ConflictError, InvalidInputError, NotFoundError
from layers.models import ROLES, Enterprise, Grant, Region, RoadNetwork, User

ADMIN = "admin"


@dataclass(frozen=True)
class Site:
    """An open site."""

    config: Config
    urls: Urls
    engine: Engine

    @contextmanager
    def work(self, actor: str) -> Iterator[Session]:
        """Give a session whose transaction is committed and sealed when the block ends well."""
        with Session(self.engine, expire_on_commit=False) as session:
            with session.begin():
                database.set_actor(session, actor)
                yield session
            while True:
                with session.begin():
                    if journal.seal(session) == 0:
                        break


@contextmanager
def opened(config: Config) -> Iterator[Site]:
    """Open a site for a command; the database runs for as long as the block lasts."""
    with database_of(config) as urls:
        engine = database.create_engine(urls.app, pool_size=4, statement_timeout_ms=600_000)
        try:
            yield Site(config, urls, engine)
        finally:
            engine.dispose()


def first_admin(session: Session) -> str | None:
    """Make the administrator where the site has no user; return the password, told only now."""
    if session.scalar(select(func.count()).select_from(User)):
        return None
    password = passwords.random_password()
    add_user(session, name=ADMIN, password=password, title=None)
    grant(session, name=ADMIN, role="admin", region="")
    return password


def add_user(session: Session, *, name: str, password: str, title: str | None) -> uuid.UUID:
    """Add a user without any right.

    Raises
    ------
    ConflictError
        There is one of that name.
    InvalidInputError
        The password is too short or too long.
    """
    folded = name.strip()
    if not folded or len(folded) > 200:
        raise InvalidInputError("a user's name has 1 to 200 characters", code="user_name")
    if session.scalar(select(User.id).where(func.lower(User.name) == folded.casefold())):
        raise ConflictError(
            f"there is a user {folded!r} already", code="already_exists", rule=folded
        )
    user = User(name=folded, title=title, password_hash=passwords.hashed(password))
    session.add(user)
    session.flush()
    return user.id


def find_user(session: Session, name: str) -> User:
    """Return a user by name; `NotFoundError` where there is none."""
    user = session.scalar(select(User).where(func.lower(User.name) == name.strip().casefold()))
    if user is None:
        raise NotFoundError(f"there is no user {name!r}", code="no_user", name=name)
    return user


def disable(session: Session, name: str, *, disabled: bool) -> None:
    """Shut a user out, whose sessions end at once, or let the user sign in again."""
    user = find_user(session, name)
    user.disabled = disabled
    if disabled:
        signin.sign_out_everywhere(session, user.id)
    session.flush()


def grant(
    session: Session, *, name: str, role: str, region: str, until: dt.datetime | None = None
) -> None:
    """Give a role over a region's subtree, '' being the whole tree; None has no end.

    Who holds it already, or held it until it ended, holds it until the new time.

    Raises
    ------
    InvalidInputError
        No such role or region, or an end that has passed.
    NotFoundError
        No such user.
    """
    if role not in ROLES:
        raise InvalidInputError(f"no role {role!r}; there are {', '.join(ROLES)}", code="role",
                                got=role, wanted=list(ROLES))  # fmt: skip
    _check_region(session, region)
    if until is not None and until <= dt.datetime.now(dt.UTC):
        raise InvalidInputError(
            f"a right that ends at {until.isoformat()} has ended already",
            code="bad_value", field="until", got=until.isoformat(), wanted="a time to come",
        )  # fmt: skip
    user = find_user(session, name)
    held = (Grant.user_id == user.id, Grant.role == role, Grant.region == region)
    if session.scalar(select(Grant.id).where(*held).limit(1)) is None:
        session.add(Grant(user_id=user.id, role=role, region=region, until=until))
        session.flush()
    else:
        session.execute(update(Grant).where(*held).values(until=until))


def revoke(session: Session, *, name: str, role: str, region: str) -> None:
    """Take back a role over exactly this region; what was granted over others stays.

    Raises
    ------
    NotFoundError
        No such user, or the user was not granted this; the message says what was.
    """
    user = find_user(session, name)
    taken = session.scalars(
        delete(Grant)
        .where(Grant.user_id == user.id, Grant.role == role, Grant.region == region)
        .returning(Grant.id)
    ).all()
    if not taken:
        granted = session.scalars(select(Grant).where(Grant.user_id == user.id))
        held = ", ".join(f"{g.role} of {g.region or 'the whole tree'}" for g in granted)
        raise NotFoundError(
            f"{user.name} is not {role} of {region or 'the whole tree'}; "
            f"the user is {held or 'nothing'}"
        )


def _check_region(session: Session, region: str) -> None:
    """Refuse what is no code, and a code that no district of the site has to do with.

    Before any district is on record every code is taken: the first users come before the map.
    """
    if region == "":
        return
    stored = session.execute(select(Region.code, Region.name)).all()
    if region_code.is_code(region) and (
        not stored
        or any(region_code.holds(region, c) or region_code.holds(c, region) for c, _ in stored)
    ):
        return
    near = [f"{code} {name}" for code, name in stored if name and region in name][:5]
    raise InvalidInputError(
        f"there is no region with the code {region!r}"
        + (f"; by name there are {', '.join(near)}" if near else ""),
        code="bad_value", field="region", got=region, wanted="a region's code",
    )  # fmt: skip


def is_empty(session: Session) -> bool:
    """Say whether nobody has put anything into the site yet."""
    return not any(
        session.scalar(select(model.id).limit(1)) for model in (Region, Enterprise, RoadNetwork)
    )
