"""A key opens one wall until its end, until it is taken back, or while its maker may sign in."""

from __future__ import annotations

import datetime as dt
import hashlib
import uuid

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from layers import hall
from layers.errors import NotFoundError, TooLargeError
from layers.hall.keys import MAX_KEYS
from layers.models import User, WallKey

DAY = dt.timedelta(days=1)


def _hash(word: str) -> bytes:
    return hashlib.sha256(word.encode()).digest()


def _key(
    session: Session, word: str, *, wall: str = "east", user_id: uuid.UUID | None = None
) -> WallKey:
    return hall.add_key(
        session, wall, title="东厅", token_sha256=_hash(word), user_id=user_id, by="li", lasts=DAY
    )


def _change(session: Session, key: WallKey, **values: object) -> None:
    session.execute(update(WallKey).where(WallKey.id == key.id).values(**values))


def test_a_key_is_in_force_until_its_end_and_another_word_is_none(session: Session) -> None:
    key = _key(session, "a")
    found = hall.key_in_force(session, _hash("a"))
    assert found is not None and found.wall == "east"
    assert hall.key_in_force(session, _hash("b")) is None
    _change(session, key, expires_at=func.clock_timestamp())
    assert hall.key_in_force(session, _hash("a")) is None


def test_a_key_that_is_taken_back_opens_nothing_and_says_by_whom(session: Session) -> None:
    key = _key(session, "a")
    with pytest.raises(NotFoundError):
        hall.revoke_key(session, "west", key.id, by="wang")
    hall.revoke_key(session, "east", key.id, by="wang")
    assert hall.key_in_force(session, _hash("a")) is None
    session.expire_all()
    (shown,) = hall.keys(session, "east")
    assert (shown["revoked_by"], shown["revoked_at"] is not None) == ("wang", True)
    assert "token_sha256" not in shown
    with pytest.raises(NotFoundError):
        hall.revoke_key(session, "east", key.id, by="wang")


def test_a_key_ends_with_its_makers_account_and_with_their_password(session: Session) -> None:
    maker = User(name="li", password_hash="x")
    session.add(maker)
    session.flush()
    _key(session, "a", user_id=maker.id)
    _key(session, "b")
    maker.disabled = True
    session.flush()
    assert hall.key_in_force(session, _hash("a")) is None
    maker.disabled = False
    session.flush()
    assert hall.key_in_force(session, _hash("a")) is not None
    hall.revoke_keys_of(session, maker.id)
    assert hall.key_in_force(session, _hash("a")) is None
    assert hall.key_in_force(session, _hash("b")) is not None


def test_when_a_screen_was_seen_is_written_once_a_minute_at_most(session: Session) -> None:
    key = _key(session, "a")
    seen = select(WallKey.seen_at).where(WallKey.id == key.id)
    hall.key_in_force(session, _hash("a"))
    first = session.scalar(seen)
    session.expire_all()
    hall.key_in_force(session, _hash("a"))
    assert first is not None and session.scalar(seen) == first
    long_ago = first - dt.timedelta(minutes=2)
    _change(session, key, seen_at=long_ago)
    session.expire_all()
    hall.key_in_force(session, _hash("a"))
    assert (session.scalar(seen) or long_ago) >= first


def test_a_wall_has_only_so_many_keys_in_force(session: Session) -> None:
    made = [_key(session, str(n)) for n in range(MAX_KEYS)]
    with pytest.raises(TooLargeError):
        _key(session, "one more")
    _key(session, "elsewhere", wall="west")
    hall.revoke_key(session, "east", made[0].id, by="li")
    _key(session, "one more")
