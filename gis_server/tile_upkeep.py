"""What tiles are made of, kept in shape behind the writers' backs: cells folded, outlines renewed.

Nothing waits for it and nothing is wrong without it: a cell is the sum of its rows, folded or not,
and an area without an outline is simplified when it is drawn.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine, func, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from gis_server.background import Background
from layers import catalog, cells, outlines
from layers.layer import Layer
from layers.locks import Lock

log = logging.getLogger(__name__)

LOOK_EVERY_S = 2.0
REST = 20
"""How many times as long as it took, outlines of a layer are left alone."""


class TileUpkeep(Background):
    """Folds cells and renews outlines, in one worker at a time of those that share a database."""

    name = "tile upkeep"
    every_s = LOOK_EVERY_S

    def __init__(self, engine: Engine) -> None:
        super().__init__()
        self._engine = engine
        self._looked: dict[str, int] = {}
        self._rests_until: dict[str, float] = {}
        self._behind: set[str] = set()

    def look(self) -> None:
        """Do what is to be done now; a transaction for each layer, so that none is held up."""
        with Session(self._engine) as session:
            self._behind.update(cells.unfolded(session))
        for name in sorted(self._behind):
            with _apart(name):
                self._fold(name)
                self._behind.discard(name)
        with Session(self._engine) as session:
            revisions = catalog.revisions(session)
            shown = {layer.name: layer for layer in catalog.layers(session)}
        for name, revision in revisions.items():
            if self._looked.get(name) != revision and name in shown:
                with _apart(name):
                    self._renew(shown[name], revision)

    def _fold(self, name: str) -> None:
        folded = cells.CELLS_AT_ONCE
        while folded >= cells.CELLS_AT_ONCE and not self._done.is_set():
            with Session(self._engine) as session, session.begin():
                folded = cells.fold(session, name) if _alone(session) else 0
        self._deepen(name)

    def _deepen(self, name: str) -> None:
        """Count deeper a few areas at a time: between them the layer's writers have their turn."""
        opened = cells.AREAS_AT_ONCE
        while opened >= cells.AREAS_AT_ONCE and not self._done.is_set():
            with Session(self._engine) as session, session.begin():
                opened = cells.deepen(session, name) if _alone(session) else 0

    def _renew(self, layer: Layer, revision: int) -> None:
        # Rows that came into an empty layer by one statement have left nothing to fold.
        self._deepen(layer.name)
        if not outlines.has_areas(layer):
            self._looked[layer.name] = revision
            return
        begun = time.monotonic()
        if begun < self._rests_until.get(layer.name, 0):
            return
        try:
            with Session(self._engine) as session, session.begin():
                if not _alone(session):
                    return
                if outlines.missing(session, layer):
                    outlines.renew(session, layer)
        finally:
            self._rests_until[layer.name] = time.monotonic() + REST * (time.monotonic() - begun)
        self._looked[layer.name] = revision


@contextmanager
def _apart(name: str) -> Iterator[None]:
    """Let nothing that befalls one layer hold up the others, or end the upkeep."""
    try:
        yield
    except SQLAlchemyError as error:
        log.warning("the upkeep of %s waits for the database: %s", name, error)
    except Exception:
        log.exception("the upkeep of %s failed and will be tried again", name)


def _alone(session: Session) -> bool:
    """Take the turn of this upkeep until the transaction ends; tell whether it is ours."""
    return bool(session.scalar(select(func.pg_try_advisory_xact_lock(Lock.TILE_UPKEEP))))
