"""The register of prints (制图输出): asked for, taken up one at a time, done or failed, gone."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from typing import Any

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from layers.errors import BusyError, ConflictError, NotFoundError, TooLargeError
from layers.models import PrintJob

OPEN = ("waiting", "running")
MAX_OPEN = 20
MAX_OPEN_EACH = 3
RETRIED_FOR = dt.timedelta(minutes=15)
KEPT = dt.timedelta(days=1)


def ask(session: Session, id: uuid.UUID, *, owner: str, asked: Mapping[str, Any]) -> PrintJob:
    """Put a print on the register; asked twice under one id it is there once.

    Raises
    ------
    ConflictError
        The id is another's.
    TooLargeError
        The owner waits for `MAX_OPEN_EACH` others (`print_waiting`).
    BusyError
        Everybody together waits for `MAX_OPEN` (`print_queue_full`).
    """
    held = session.get(PrintJob, id)
    if held is not None:
        if held.created_by != owner:
            raise ConflictError(f"there is a print {id}", code="already_exists", id=str(id))
        return held
    mine, everybody = _open(session, owner), _open(session, None)
    if mine >= MAX_OPEN_EACH:
        raise TooLargeError(
            f"{mine} prints of {owner} are being made; wait for them", code="print_waiting",
            got=mine, wanted=MAX_OPEN_EACH,
        )  # fmt: skip
    if everybody >= MAX_OPEN:
        raise BusyError(
            f"{everybody} prints wait already", code="print_queue_full", retry_after_s=30
        )
    job = PrintJob(id=id, created_by=owner, asked=dict(asked))
    session.add(job)
    session.flush()
    session.refresh(job)
    return job


def find(session: Session, id: uuid.UUID, *, owner: str) -> PrintJob:
    """Return a print; `NotFoundError` where there is none, or none of this owner's: the same."""
    job = session.get(PrintJob, id)
    if job is None or job.created_by != owner:
        raise NotFoundError(f"there is no print {id}", code="no_print", id=str(id))
    return job


def take(session: Session) -> PrintJob | None:
    """Take up the oldest print that waits; what is being made elsewhere is passed over."""
    job = session.scalar(
        select(PrintJob)
        .where(PrintJob.status == "waiting")
        .order_by(PrintJob.created_at, PrintJob.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    if job is not None:
        job.status, job.started_at = "running", _now(session)
        session.flush()
    return job


def put_back(session: Session, id: uuid.UUID) -> None:
    """Let a print wait again."""
    session.execute(
        update(PrintJob)
        .where(PrintJob.id == id, PrintJob.status == "running")
        .values(status="waiting", started_at=None)
    )


def finish(session: Session, id: uuid.UUID, *, error: Mapping[str, Any] | None = None) -> None:
    """Say what became of a print."""
    session.execute(
        update(PrintJob)
        .where(PrintJob.id == id, PrintJob.status == "running")
        .values(status="failed" if error else "done", finished_at=func.now(), error=error)
    )


def recover(session: Session, *, cut_short_after: dt.timedelta, error: Mapping[str, Any]) -> int:
    """Take back prints whose maker ended with its process; return how many there were.

    They wait again, so that a restart loses none; one that was asked for more than `RETRIED_FOR`
    ago has failed with `error`, so that none that ends its maker is tried for ever.
    """
    cut = (PrintJob.status == "running", PrintJob.started_at < func.now() - cut_short_after)
    late = PrintJob.created_at < func.now() - RETRIED_FOR
    failed = {"status": "failed", "finished_at": func.now(), "error": error}
    gone = update(PrintJob).where(*cut, late).values(**failed).returning(PrintJob.id)
    again = {"status": "waiting", "started_at": None}
    back = update(PrintJob).where(*cut).values(**again).returning(PrintJob.id)
    return sum(len(session.execute(each).all()) for each in (gone, back))


def drop(session: Session, id: uuid.UUID, *, owner: str) -> PrintJob:
    """Take a print of one's own off the register; who makes it stops. Raises as `find`."""
    job = find(session, id, owner=owner)
    session.delete(job)
    session.flush()
    return job


def is_wanted(session: Session, id: uuid.UUID) -> bool:
    """Tell whether a print that is being made is still on the register."""
    state = session.scalar(select(PrintJob.status).where(PrintJob.id == id))
    return state == "running"


def forget(session: Session) -> list[uuid.UUID]:
    """Take prints of yesterday off the register; return which."""
    gone = session.scalars(
        delete(PrintJob).where(PrintJob.created_at < func.now() - KEPT).returning(PrintJob.id)
    )
    return list(gone)


def known(session: Session) -> set[uuid.UUID]:
    """Return every print on the register."""
    return set(session.scalars(select(PrintJob.id)))


def _open(session: Session, owner: str | None) -> int:
    statement = select(func.count()).select_from(PrintJob).where(PrintJob.status.in_(OPEN))
    if owner is not None:
        statement = statement.where(PrintJob.created_by == owner)
    return session.scalar(statement) or 0


def _now(session: Session) -> dt.datetime:
    now: dt.datetime = session.execute(select(func.now())).scalar_one()
    return now
