"""How long a tile may look through rows that nothing was counted of before."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from layers.errors import BusyError

LIMIT_MS = 1000
_CANCELLED = "57014"
_KEPT = ("statement_timeout", "plan_cache_mode")


@contextmanager
def of(session: Session, *, limited: bool) -> Iterator[None]:
    """Bound each statement of the block to a second where it is `limited`, and say so when it ends.

    A plan is then made for the very values asked for: which index helps depends on them.

    Raises
    ------
    BusyError
        A statement took too long (`tile_too_slow`): not even a blank tile is an answer.
    """
    before = _settings(session) if limited else {}
    try:
        if limited:
            _set(
                session,
                {"statement_timeout": str(LIMIT_MS), "plan_cache_mode": "force_custom_plan"},
            )
        yield
    except DBAPIError as error:
        if getattr(error.orig, "sqlstate", None) != _CANCELLED:
            raise
        raise BusyError(
            "the tile's rows could not be looked through in time; zoom in or ask for fewer",
            code="tile_too_slow", limit_ms=LIMIT_MS, retry_after_s=5,
        ) from error  # fmt: skip
    _set(session, before)


def _settings(session: Session) -> dict[str, str]:
    asked = (func.current_setting(name).label(name) for name in _KEPT)
    return dict(session.execute(select(*asked)).one()._mapping)


def _set(session: Session, values: dict[str, str]) -> None:
    if values:
        session.execute(select(*(func.set_config(k, v, True) for k, v in values.items())))
