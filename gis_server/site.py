"""A site that is open for work: its settings, its database, and its first steps."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from gis_server import passwords
from gis_server.config import Config
from gis_server.serve import database_of
from layers import database, journal
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


def grant(session: Session, *, name: str, role: str, region: str) -> None:
    """Give a role over a region's subtree; '' is the whole tree. A second time changes nothing."""
    if role not in ROLES:
        raise InvalidInputError(f"no role {role!r}; there are {', '.join(ROLES)}", code="role",
                                got=role, wanted=list(ROLES))  # fmt: skip
    user = find_user(session, name)
    held = select(Grant.id).where(
        Grant.user_id == user.id, Grant.role == role, Grant.region == region
    )
    if session.scalar(held) is None:
        session.add(Grant(user_id=user.id, role=role, region=region))
        session.flush()


def is_empty(session: Session) -> bool:
    """Say whether nobody has put anything into the site yet."""
    return not any(
        session.scalar(select(model.id).limit(1)) for model in (Region, Enterprise, RoadNetwork)
    )
