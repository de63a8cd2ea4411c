"""Deadlines watched: what was not reported in time is on record, in the log and on the screens."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from gis_server.background import Background
from layers.database import set_actor
from layers.incidents.deadlines import note_missed
from layers.locks import Lock

NAME = "deadlines"
LOOK_EVERY_S = 5.0


class Deadlines(Background):
    """Writes down each missed deadline once, in one worker at a time."""

    name = NAME
    every_s = LOOK_EVERY_S

    def __init__(self, engine: Engine, *, zone: dt.tzinfo) -> None:
        super().__init__()
        self._engine = engine
        self._zone = zone

    def look(self) -> None:
        """Write down what was missed since the last look."""
        with Session(self._engine) as session, session.begin():
            follow(session, now=dt.datetime.now(dt.UTC), zone=self._zone)


def follow(session: Session, *, now: dt.datetime, zone: dt.tzinfo) -> int:
    """Write down what was missed; return how many. Where another worker is at it, nothing."""
    if not session.scalar(select(func.pg_try_advisory_xact_lock(Lock.DEADLINES))):
        return 0
    set_actor(session, NAME)
    return note_missed(session, now=now, zone=zone)
