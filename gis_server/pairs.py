"""Features that may be one thing twice, looked for after every change: who follows the journal.

An import's rows are searched as one, edited features by themselves. How far the journal has been
followed is a row of the database, written with the pairs, so that nothing is missed over a
restart. A load of more rows than a background search should take is left to a person, who may
search the whole layer (`POST /api/v1/duplicates/search`).
"""

from __future__ import annotations

import logging
import uuid
from collections import defaultdict
from dataclasses import dataclass, field

from sqlalchemy import Engine, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from gis_server.background import Background
from layers import duplicates, journal
from layers.catalog import layers
from layers.intake.load import allow_long
from layers.locks import Lock
from layers.models import Follower, JournalRow

log = logging.getLogger(__name__)

NAME = "pairs"
LOOK_EVERY_S = 2.0
ROWS_AT_ONCE = 2000
LOADED_MOST = 200_000


@dataclass
class Touched:
    """What changed in one layer: whole imports, and single features."""

    batches: set[uuid.UUID] = field(default_factory=set)
    features: set[uuid.UUID] = field(default_factory=set)


class PairFinder(Background):
    """Looks for pairs among what the journal says has changed, in one worker at a time."""

    name = NAME
    every_s = LOOK_EVERY_S

    def __init__(self, engine: Engine) -> None:
        super().__init__()
        self._engine = engine

    def look(self) -> None:
        """Search among what has changed."""
        with Session(self._engine) as session, session.begin():
            follow(session)


def follow(session: Session) -> int:
    """Search what changed since the last time; return how many pairs are new.

    Where another worker is at it, nothing.
    """
    if not session.scalar(select(func.pg_try_advisory_xact_lock(Lock.PAIRS))):
        return 0
    newest = journal.high_water(session)
    reached = session.scalar(select(Follower.seq).where(Follower.name == NAME)) or 0
    if newest <= reached:
        return 0
    allow_long(session)
    touched, seq = _touched(session, reached, newest)
    new = 0
    for layer in layers(session):
        if layer.name not in touched or not duplicates.searched(layer):
            continue
        changed = touched[layer.name]
        for batch_id in sorted(changed.batches):
            new += duplicates.find(session, layer, batch_id=batch_id).new
        if changed.features:
            new += duplicates.find(session, layer, ids=changed.features).new
    statement = insert(Follower).values(name=NAME, seq=seq)
    session.execute(statement.on_conflict_do_update(index_elements=["name"], set_={"seq": seq}))
    return new


def _touched(session: Session, after: int, newest: int) -> tuple[dict[str, Touched], int]:
    """Return what sealed changes after a seq touched, by layer, and the seq looked up to."""
    row = JournalRow
    rows = session.execute(
        select(row.seq, row.layer, row.op, row.feature, row.batch, row.count.label("loaded"))
        .where(row.seq > after, row.seq <= newest)
        .order_by(row.seq)
        .limit(ROWS_AT_ONCE)
    ).all()
    found: dict[str, Touched] = defaultdict(Touched)
    for change in rows:
        if change.op == "load" and change.batch is not None:
            if (change.loaded or 0) <= LOADED_MOST:
                found[change.layer].batches.add(change.batch)
        elif change.feature is not None:
            found[change.layer].features.add(change.feature)
    return found, rows[-1].seq if len(rows) == ROWS_AT_ONCE else newest
