"""What a client sends twice with one id is stored once, also when both come at the same moment."""

from __future__ import annotations

import datetime as dt
import uuid

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from layers.errors import BusyError
from layers.models import Call, Decision, Handover, Note

UNIQUE_VIOLATION = "23505"
HOUR = dt.timedelta(hours=1)
LATER_S = 300


def refuse_haste(
    session: Session,
    incident: uuid.UUID,
    model: type[Note | Decision],
    *,
    actor: str,
    most: int,
) -> None:
    """Refuse what nobody writes by hand: more than `most` of a writer in an hour, in an incident.

    Raises
    ------
    BusyError
        `"too_many_an_hour"`.
    """
    writer, at = (
        (model.written_by, model.created_at)
        if issubclass(model, Note)
        else (model.drafted_by, model.drafted_at)
    )
    wanted = (model.incident_id == incident, writer == actor, at > func.now() - HOUR)
    if (session.scalar(select(func.count(model.id)).where(*wanted)) or 0) >= most:
        raise BusyError(
            f"{actor} has written {most} within an hour", code="too_many_an_hour",
            wanted=most, retry_after_s=LATER_S,
        )  # fmt: skip


def stored(session: Session, row: Call | Decision | Handover | Note) -> bool:
    """Store a row; say no where one of its id was stored first."""
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError as error:
        if getattr(error.orig, "sqlstate", None) != UNIQUE_VIOLATION or row.id is None:
            raise
        return False
    session.refresh(row)
    return True
