"""Keys of walls: how a screen in a hall stays signed in for months while nobody sits at it.

The database knows the SHA-256 of a key only. A key reads with the rights of whoever made it, as
they are now, for one wall; it ends on a day, when it is taken back, or with its maker's account.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection
from typing import Any

from sqlalchemy import Select, func, or_, select, update
from sqlalchemy.orm import Session

from layers.errors import NotFoundError, TooLargeError
from layers.models import User, WallKey

MAX_KEYS = 20
"""Keys of one wall that are in force: more screens than a hall has."""

TOUCHED = dt.timedelta(seconds=60)


def keys(session: Session, wall: str) -> list[dict[str, Any]]:
    """Return the keys of a wall, those taken back or at their end too, the newest first."""
    rows = session.scalars(
        select(WallKey).where(WallKey.wall == wall).order_by(WallKey.created_at.desc()).limit(200)
    )
    return [key_shown(row) for row in rows]


def add_key(
    session: Session,
    wall: str,
    *,
    title: str,
    token_sha256: bytes,
    user_id: uuid.UUID | None,
    by: str,
    lasts: dt.timedelta,
) -> WallKey:
    """Keep a new key of a wall.

    Raises
    ------
    TooLargeError
        `MAX_KEYS` of this wall are in force.
    """
    in_force = select(func.count()).where(WallKey.wall == wall, *_IN_FORCE)
    if (session.scalar(in_force) or 0) >= MAX_KEYS:
        raise TooLargeError(
            f"wall {wall} has {MAX_KEYS} keys", code="too_many_wall_keys", limit=MAX_KEYS
        )
    now = session.scalars(select(func.clock_timestamp())).one()
    row = WallKey(
        wall=wall, title=title, token_sha256=token_sha256, user_id=user_id, created_by=by,
        expires_at=now + lasts,
    )  # fmt: skip
    session.add(row)
    session.flush()
    session.refresh(row)
    return row


def key_in_force(session: Session, token_sha256: bytes) -> WallKey | None:
    """Return the key with this hash, while it is in force and its maker may still sign in."""
    row = session.scalar(
        select(WallKey)
        .outerjoin(User, User.id == WallKey.user_id)
        .where(WallKey.token_sha256 == token_sha256, *_IN_FORCE)
        .where(or_(WallKey.user_id.is_(None), User.disabled.is_(False)))
    )
    if row is None:
        return None
    now = session.scalars(select(func.clock_timestamp())).one()
    if row.seen_at is None or row.seen_at + TOUCHED < now:
        session.execute(
            update(WallKey)
            .where(WallKey.id == row.id)
            .values(seen_at=now)
            .execution_options(synchronize_session=False)
        )
    return row


def keys_held(hashes: Collection[bytes]) -> Select[bytes]:
    """Return the query for those of these hashes that are of keys in force."""
    return select(WallKey.token_sha256).where(WallKey.token_sha256.in_(hashes), *_IN_FORCE)


def revoke_key(session: Session, wall: str, id: uuid.UUID, *, by: str) -> None:
    """Take a key back: its screen is out.

    Raises
    ------
    NotFoundError
        The wall has no such key in force.
    """
    taken = session.execute(
        update(WallKey)
        .where(WallKey.id == id, WallKey.wall == wall, *_IN_FORCE)
        .values(revoked_at=func.clock_timestamp(), revoked_by=by)
        .returning(WallKey.id)
    ).first()
    if taken is None:
        raise NotFoundError(f"wall {wall} has no key {id}", code="no_wall_key", id=str(id))


def revoke_keys_of(session: Session, user_id: uuid.UUID) -> None:
    """Take back every key that somebody made: who has their password may have their keys."""
    session.execute(
        update(WallKey)
        .where(WallKey.user_id == user_id, *_IN_FORCE)
        .values(revoked_at=func.clock_timestamp(), revoked_by=WallKey.created_by)
    )


def key_shown(row: WallKey) -> dict[str, Any]:
    """Return a key as the wire carries it: what it is for, never what opens."""

    def moment(at: dt.datetime | None) -> str | None:
        return None if at is None else at.isoformat()

    return {
        "id": str(row.id),
        "wall": row.wall,
        "title": row.title,
        "created_by": row.created_by,
        "created_at": moment(row.created_at),
        "expires_at": moment(row.expires_at),
        "seen_at": moment(row.seen_at),
        "revoked_at": moment(row.revoked_at),
        "revoked_by": row.revoked_by,
    }


_IN_FORCE = (WallKey.revoked_at.is_(None), WallKey.expires_at > func.clock_timestamp())
