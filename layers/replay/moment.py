"""A moment of the past: a seq of the journal and the time that belongs to it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from layers import journal
from layers.errors import InvalidInputError
from layers.models import JournalRow

LATE_COMMITS = 1_000
"""Rows are sealed nearly in the order of their times: the newest of so many is the newest."""


@dataclass(frozen=True, slots=True)
class Moment:
    """Right after `seq`, at the time `at` by the database's clock."""

    seq: int
    at: dt.datetime


def moment(session: Session, text: str) -> Moment:
    """Return the moment that a text names: a seq, or a time with its offset.

    A time is what had been sealed of the changes made by then.

    Raises
    ------
    InvalidInputError
        Neither a seq that has been given nor such a time.
    """
    last = journal.high_water(session)
    if text.isascii() and text.isdigit() and len(text) < 19 and int(text) <= last:
        return moment_of(session, int(text))
    try:
        at = dt.datetime.fromisoformat(text)
    except ValueError:
        at = None
    if at is None or at.tzinfo is None or not 1900 <= at.year <= 2200:
        raise InvalidInputError(
            f"at: got {text[:80]!r}, wanted a seq from 0 to {last}, or a time with its offset",
            code="invalid_fields", field="at", got=text[:80],
            wanted=f"a seq from 0 to {last}, or a time as 2026-01-31T14:05:00+08:00",
        )  # fmt: skip
    return Moment(_seq_at(session, at), at)


def moment_of(session: Session, seq: int) -> Moment:
    """Return the moment right after a seq; before the first one it is the epoch's beginning."""
    row = JournalRow
    newest = select(row.at).where(row.seq <= seq).order_by(row.seq.desc()).limit(1)
    at = session.scalar(newest) or session.scalar(select(func.min(row.at)))
    return Moment(seq, at or dt.datetime.fromtimestamp(0, dt.UTC))


def _seq_at(session: Session, at: dt.datetime) -> int:
    row = JournalRow
    recent = (
        select(row.seq)
        .where(row.at <= at, row.seq.is_not(None))
        .order_by(row.at.desc())
        .limit(LATE_COMMITS)
        .subquery()
    )
    return session.scalar(select(func.max(recent.c.seq))) or 0
