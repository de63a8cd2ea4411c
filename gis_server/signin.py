"""Sessions on the server: signing in, being recognised, signing out.

A token lives in an HttpOnly cookie; the database knows its SHA-256 only, so a signed-out or
disabled person is out at once and a stolen backup opens nothing. Failed attempts are rows: a
restart does not forget them, and several processes count together.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import Engine, delete, func, or_, select, update
from sqlalchemy.orm import Session

from gis_server import passwords
from gis_server.config import Config
from gis_server.errors import TooManyError
from gis_server.roles import OPENED
from layers.catalog import Reader
from layers.errors import NotSignedInError
from layers.hall import key_in_force, keys_held, revoke_keys_of
from layers.models import Grant, LoginFailure, User
from layers.models import Session as SessionRow
from layers.query import Scope

RECOGNITION = "onemap_recognition"
"""NOTIFY channel of sql/0005/20_recognition.sql: who may do what is no longer what it was."""
WINDOW = dt.timedelta(minutes=15)
FAILURES_PER_NAME = 20
FAILURES_PER_ADDRESS = 100
TOUCH = dt.timedelta(seconds=60)


@dataclass(frozen=True)
class Identity:
    """Who asks: the name written into the journal, and the grants in force now."""

    name: str
    title: str | None = None
    user_id: uuid.UUID | None = None
    grants: tuple[tuple[str, str], ...] = ()
    demo: bool = False
    read_only: bool = False
    """Whether the session may change nothing, whatever the roles open."""
    wall: str | None = None
    """The wall whose key this is, where a screen asks and not a person."""

    @property
    def roles(self) -> tuple[str, ...]:
        """Return the roles held anywhere, each once."""
        return tuple(dict.fromkeys(role for role, _ in self.grants))

    @property
    def permissions(self) -> frozenset[str]:
        """Return what these roles open, somewhere."""
        return frozenset().union(*(OPENED[role] for role in self.roles))

    @property
    def reader(self) -> Reader:
        """Return for whom the catalogue lists layers."""
        admin = ("admin", "") in self.grants
        return Reader(self.name, frozenset(self.roles), admin=admin)

    def scope(self, permission: str) -> Scope:
        """Return where a permission holds: the whole tree, or the subtrees granted with it."""
        regions = {region for role, region in self.grants if permission in OPENED[role]}
        return Scope(None) if "" in regions else Scope(tuple(sorted(regions)))


@dataclass(frozen=True)
class Known:
    """Who a token stands for, and for how long at least: until the session or a grant ends."""

    identity: Identity
    ends_in_s: float


DEMO = Identity(name="demo", title="demo", grants=(("commander", ""),), demo=True)


def sign_in(
    engine: Engine, config: Config, *, name: str, password: str, address: str
) -> tuple[str, Identity]:
    """Check a name and a password; return a new token and who it stands for.

    The attempt is written before the password is looked at, so that a flood of parallel attempts
    counts too; a success takes it back.

    Raises
    ------
    TooManyError
        20 failures of this name or 100 of this address in 15 minutes. Existing sessions live on.
    NotSignedInError
        Wrong name or password, in the same words and time; or disabled.
    """
    user_id = check(engine, name=name, password=password, address=address)
    with Session(engine, expire_on_commit=False) as session, session.begin():
        user = session.get_one(User, user_id)
        token = open_session(session, user.id, config)
        identity = _identity(user, _granted(session, user.id))
    return token, identity


def check(engine: Engine, *, name: str, password: str, address: str) -> uuid.UUID:
    """Return whose name and password these are; raises as `sign_in`, and opens no session."""
    folded = name.strip().casefold()[:200]
    with Session(engine) as session, session.begin():
        attempt = LoginFailure(name=folded, address=address[:64])
        session.add(attempt)
        session.flush()
        number = attempt.id
    with Session(engine, expire_on_commit=False) as session, session.begin():
        _refuse_flood(session, folded, address)
        user = session.scalar(select(User).where(func.lower(User.name) == folded))
        stored = user.password_hash if user else None
    if not passwords.matches(stored, password) or user is None or user.disabled:
        raise NotSignedInError("the name or the password is wrong", code="wrong_password")
    with Session(engine) as session, session.begin():
        session.execute(delete(LoginFailure).where(LoginFailure.id == number))
    return user.id


def known_user(session: Session, user_id: uuid.UUID) -> tuple[Identity, str | None] | None:
    """Return who a user is and the hash of the present password; None where disabled or gone."""
    user = session.get(User, user_id)
    if user is None or user.disabled:
        return None
    return _identity(user, _granted(session, user.id)), user.password_hash


def identify(session: Session, token: str, config: Config) -> Identity | None:
    """Return who a token stands for, or None where it is unknown, idle, expired or disabled."""
    known = recognise(session, token, config)
    return known.identity if known else None


def recognise(session: Session, token: str, config: Config) -> Known | None:
    """Return who a token stands for and how long that may be remembered; None as `identify`."""
    row = session.execute(
        select(SessionRow, User, func.clock_timestamp())
        .join(User, User.id == SessionRow.user_id)
        .where(SessionRow.token_sha256 == digest(token), User.disabled.is_(False))
    ).first()
    if row is None:
        return _wall(session, token, config, _now(session))
    held, user, now = row
    idle = dt.timedelta(seconds=config.session_idle_s)
    if held.expires_at <= now or held.seen_at + idle <= now:
        return None
    seen_at = held.seen_at
    if seen_at + TOUCH < now:
        seen_at = now
        session.execute(
            update(SessionRow)
            .where(SessionRow.token_sha256 == held.token_sha256)
            .values(seen_at=now)
            .execution_options(synchronize_session=False)
        )
    granted = _granted(session, user.id)
    ends = min(held.expires_at, seen_at + idle, *(until for *_, until in granted if until))
    identity = replace(_identity(user, granted), read_only=held.read_only)
    return Known(identity, (ends - now).total_seconds())


def _wall(session: Session, token: str, config: Config, now: dt.datetime) -> Known | None:
    """Return the screen that a wall's key stands for: it reads where its maker may drive walls."""
    key = key_in_force(session, digest(token))
    if key is None:
        return None
    ends = [key.expires_at]
    if key.user_id is not None:
        granted = _granted(session, key.user_id)
        maker = _identity(session.get_one(User, key.user_id), granted)
        ends += [until for *_, until in granted if until]
    elif config.demo:
        maker = DEMO
    else:
        return None
    regions = maker.scope("hall.control").regions
    grants = tuple(("wall", region) for region in (("",) if regions is None else regions))
    name = f"wall:{key.wall}"
    identity = Identity(name, title=key.title, grants=grants, read_only=True, wall=key.wall)
    return Known(identity, (min(ends) - now).total_seconds())


def reader_named(session: Session, name: str | None) -> Reader:
    """Return for whom the catalogue lists layers in work that a person left to the program."""
    if name == DEMO.name:
        return DEMO.reader
    identity = identity_named(session, name)
    return Reader(name) if identity is None else identity.reader


def identity_named(session: Session, name: str | None) -> Identity | None:
    """Return who somebody is for whom the program works, as their rights are now; None if gone."""
    user = session.scalar(select(User).where(User.name == name, User.disabled.is_(False)))
    return None if user is None else _identity(user, _granted(session, user.id))


def sign_out(session: Session, token: str) -> None:
    """Forget a token."""
    session.execute(delete(SessionRow).where(SessionRow.token_sha256 == digest(token)))


def signed_out(session: Session, held: Collection[bytes]) -> set[bytes]:
    """Return which of these digests of tokens are no session and no wall key any more."""
    kept = set(
        session.scalars(
            select(SessionRow.token_sha256).where(SessionRow.token_sha256.in_(held)).union(
                keys_held(held)
            )
        )
    )  # fmt: skip
    return set(held) - kept


def sign_out_everywhere(session: Session, user_id: uuid.UUID) -> None:
    """Forget every token and wall key of a user: after a new password, or when disabled."""
    revoke_keys_of(session, user_id)
    session.execute(delete(SessionRow).where(SessionRow.user_id == user_id))


def digest(token: str) -> bytes:
    """Return what the database knows of a token."""
    return hashlib.sha256(token.encode("utf-8", "replace")).digest()


def open_session(session: Session, user_id: uuid.UUID, config: Config) -> str:
    """Open a session for a user; return its token, which is stored nowhere."""
    token = secrets.token_urlsafe(32)
    now = _now(session)
    session.execute(delete(SessionRow).where(SessionRow.expires_at < now))
    session.add(
        SessionRow(
            token_sha256=digest(token),
            user_id=user_id,
            seen_at=now,
            expires_at=now + dt.timedelta(seconds=config.session_absolute_s),
        )
    )
    return token


def enter_wall(session: Session, key: str, config: Config) -> Identity:
    """Return the screen that a wall's key stands for.

    Raises
    ------
    NotSignedInError
        There is no such key in force.
    """
    known = _wall(session, key, config, _now(session))
    if known is None or known.ends_in_s <= 0:
        raise NotSignedInError("the key of the wall opens nothing", code="wrong_wall_key")
    return known.identity


def open_pass(session: Session, name: str, *, seconds: float) -> str:
    """Open a short session that only reads, for work that a person left to the program.

    Raises
    ------
    NotSignedInError
        There is no such user any more.
    """
    user_id = session.scalar(select(User.id).where(User.name == name, User.disabled.is_(False)))
    if user_id is None:
        raise NotSignedInError(f"{name} cannot sign in any more")
    token = secrets.token_urlsafe(32)
    now = _now(session)
    ends = now + dt.timedelta(seconds=seconds)
    session.add(
        SessionRow(
            token_sha256=digest(token), user_id=user_id, seen_at=now, expires_at=ends,
            read_only=True,
        )
    )  # fmt: skip
    return token


_Granted = Sequence[tuple[str, str, dt.datetime | None]]
"""Role, region, and until when."""


def _identity(user: User, granted: _Granted) -> Identity:
    grants = tuple((role, region) for role, region, _ in granted)
    return Identity(name=user.name, title=user.title, user_id=user.id, grants=grants)


def _granted(session: Session, user_id: uuid.UUID) -> _Granted:
    rows = session.execute(
        select(Grant.role, Grant.region, Grant.until)
        .where(Grant.user_id == user_id)
        .where(or_(Grant.until.is_(None), Grant.until > func.now()))
        .order_by(Grant.role, Grant.region)
    )
    return [(role, region, until) for role, region, until in rows]


def _refuse_flood(session: Session, name: str, address: str) -> None:
    since = _now(session) - WINDOW
    session.execute(delete(LoginFailure).where(LoginFailure.at < since))
    for column, value, limit in (
        (LoginFailure.name, name, FAILURES_PER_NAME),
        (LoginFailure.address, address[:64], FAILURES_PER_ADDRESS),
    ):
        count = session.scalar(
            select(func.count()).where(column == value, LoginFailure.at >= since)
        )
        if (count or 0) > limit:
            raise TooManyError(
                f"more than {limit} failed attempts in 15 minutes",
                code="too_many_attempts",
                retry_after_s=int(WINDOW.total_seconds()),
            )


def _now(session: Session) -> dt.datetime:
    """Return the database's clock: one clock for all processes."""
    now: dt.datetime = session.execute(select(func.clock_timestamp())).scalar_one()
    return now
