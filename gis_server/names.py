"""The pinyin of names that came without it, filled in the background."""

from __future__ import annotations

import logging

from sqlalchemy import Engine, func, select, text
from sqlalchemy.orm import Session

from gis_server.background import Background
from layers.catalog import Layer, layers
from layers.edit.derived import fill_some
from layers.locks import Lock

log = logging.getLogger(__name__)

LOOK_EVERY_S = 3600.0


class NameReader(Background):
    """Reads names that have no pinyin yet: at the start and every hour, in one worker at a time.

    Edits and imports write it themselves; rows from before the column and those of other programs
    do not. Parts are committed one by one, so nobody waits for more than one of them.
    """

    name = "names"
    every_s = LOOK_EVERY_S
    at_once = True

    def __init__(self, engine: Engine) -> None:
        super().__init__()
        self._engine = engine

    def look(self) -> None:
        """Fill what is missing and say how much that was."""
        if filled := self.read_all():
            log.info("read the pinyin of %d names", filled)

    def read_all(self) -> int:
        """Fill what is missing in every layer; return how many rows were filled."""
        with Session(self._engine) as session:
            every = layers(session)
        return sum(self._read(layer) for layer in every)

    def _read(self, layer: Layer) -> int:
        filled, after = 0, -1
        while not self._done.is_set():
            with Session(self._engine) as session, session.begin():
                mine = select(func.pg_try_advisory_xact_lock(Lock.PINYIN))
                if not session.scalar(mine):
                    break
                # To find that nothing is missing, a large layer is read to its end.
                session.execute(text("SET LOCAL statement_timeout = 0"))
                some, found = fill_some(session, layer, after=after)
            filled += some
            if found is None:
                break
            after = found
        return filled
