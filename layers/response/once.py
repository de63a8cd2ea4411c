"""What a client sends twice with one id is stored once, also when both come at the same moment."""

from __future__ import annotations

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from layers.models import Decision, Note

UNIQUE_VIOLATION = "23505"


def stored(session: Session, row: Note | Decision) -> bool:
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
