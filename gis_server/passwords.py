"""Passwords: argon2id with OWASP's small profile, at most two at a time.

The library's default costs 64 MiB and 0.2 s a try, so a flood of sign-ins is a denial of service;
t=2, 19 MiB, p=1 costs 40 ms. Source: OWASP Password Storage Cheat Sheet.
"""

from __future__ import annotations

import secrets
from functools import cache
from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from layers.errors import InvalidInputError

MIN_LENGTH = 10
MAX_LENGTH = 128
_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
_slots = BoundedSemaphore(2)


def hashed(password: str) -> str:
    """Return the hash to store.

    Raises
    ------
    InvalidInputError
        Shorter than 10 or longer than 128 characters.
    """
    if not MIN_LENGTH <= len(password) <= MAX_LENGTH:
        raise InvalidInputError(
            f"a password has {MIN_LENGTH} to {MAX_LENGTH} characters, got {len(password)}",
            code="password_length",
            got=len(password),
            minimum=MIN_LENGTH,
            maximum=MAX_LENGTH,
        )
    with _slots:
        return _hasher.hash(password)


def matches(stored: str | None, password: str) -> bool:
    """Say whether a password is the one stored; takes as long when there is none to compare."""
    if len(password) > MAX_LENGTH:
        return False
    with _slots:
        try:
            _hasher.verify(stored or _nobody(), password)
        except (VerificationError, InvalidHashError):
            return False
    return stored is not None


def random_password() -> str:
    """Return a password of 120 random bits that can be read out over the telephone."""
    letters = "abcdefghjkmnpqrstuvwxyz23456789"
    return "-".join("".join(secrets.choice(letters) for _ in range(6)) for _ in range(4))


@cache
def _nobody() -> str:
    return _hasher.hash(secrets.token_hex(16))
