"""Grades of hazard sources kept up to date: who follows the journal and grades anew.

A change of a hazard source, a tank, an enterprise's boundary or a protection target's place or
people touches some units; these are read again and graded by `analysis.grading`. How far the
journal has been followed is a row of the database, written with the grades, so that nothing is
missed over a restart. What a change does not alter is not written (the inputs' digest).
"""

from __future__ import annotations

import datetime as dt
import logging
import uuid
from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Engine, Row, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from analysis import grading
from gis_server.background import Background
from layers import grading as store
from layers import journal
from layers.database import set_actor
from layers.grading import Unit
from layers.locks import Lock
from layers.models import Follower, HazardSource, JournalRow

log = logging.getLogger(__name__)

NAME = "grading"
LOOK_EVERY_S = 2.0
UNITS_AT_ONCE = 200
ROWS_AT_ONCE = 2000
FOLLOWED = ("hazard_source", "tank", "enterprise", "protection_target")


class Grader(Background):
    """Grades what the journal says has changed, in one worker of a site at a time."""

    name = NAME
    every_s = LOOK_EVERY_S

    def __init__(self, engine: Engine) -> None:
        super().__init__()
        self._engine = engine

    def look(self) -> None:
        """Grade what has changed."""
        with Session(self._engine) as session, session.begin():
            follow(session, now=dt.datetime.now(dt.UTC))


def follow(session: Session, *, now: dt.datetime) -> int:
    """Grade the units that changed since the last time; return how many grades are new.

    The first time, every unit. Where another worker is at it, nothing.
    """
    if not session.scalar(select(func.pg_try_advisory_xact_lock(Lock.GRADING))):
        return 0
    newest = journal.high_water(session)
    reached = session.scalar(select(Follower.seq).where(Follower.name == NAME))
    if reached is not None and newest <= reached:
        return 0
    if reached is None:
        ids, seq = store.unit_ids(session), newest
    else:
        ids, seq = _touched(session, reached, newest)
    set_actor(session, NAME)
    written = grade(session, ids, now=now)
    statement = insert(Follower).values(name=NAME, seq=seq)
    session.execute(statement.on_conflict_do_update(index_elements=["name"], set_={"seq": seq}))
    return written


def grade(session: Session, ids: Sequence[uuid.UUID], *, now: dt.datetime) -> int:
    """Grade these units and keep what is new; return how many that were."""
    written = 0
    for first in range(0, len(ids), UNITS_AT_ONCE):
        some = ids[first : first + UNITS_AT_ONCE]
        known = store.digests(session, some)
        graded = [
            _row(unit, digest, now)
            for unit in store.units(session, some)
            if known.get(uuid.UUID(unit.id)) != (digest := grading.inputs_sha256(unit))
        ]
        written += store.keep(session, graded)
    return written


def _row(unit: Unit, digest: str, now: dt.datetime) -> dict[str, Any]:
    found = grading.grade(unit)
    return {
        "hazard_source_id": uuid.UUID(unit.id),
        "region": unit.region,
        "level": found.level,
        "s": found.s,
        "r_low": found.r_low,
        "r_high": found.r_high,
        "people_500m": found.people.number,
        "working": found.to_json(),
        "inputs_sha256": digest,
        "computed_at": now,
    }


def _touched(session: Session, after: int, newest: int) -> tuple[list[uuid.UUID], int]:
    """Return the units that sealed changes after a seq may concern, and the seq looked up to."""
    row = JournalRow
    rows = session.execute(
        select(
            row.seq, row.layer, row.op, row.feature,
            row.before.op("->>")("hazard_source_id").label("unit_before"),
            row.after.op("->>")("hazard_source_id").label("unit_after"),
            row.before.op("->>")("geom").label("shape_before"),
            row.after.op("->>")("geom").label("shape_after"),
        )
        .where(row.seq > after, row.seq <= newest, row.layer.in_(FOLLOWED))
        .order_by(row.seq)
        .limit(ROWS_AT_ONCE)
    ).all()  # fmt: skip
    seq = rows[-1].seq if len(rows) == ROWS_AT_ONCE else newest
    if any(change.op == "load" for change in rows):
        return store.unit_ids(session), seq
    ids = set(_named(rows))
    enterprises = {change.feature for change in rows if change.layer == "enterprise"}
    if enterprises:
        owned = select(HazardSource.id).where(HazardSource.enterprise_id.in_(enterprises))
        ids.update(session.scalars(owned))
    shapes = {
        shape
        for change in rows
        if change.layer == "protection_target"
        for shape in (change.shape_before, change.shape_after)
        if shape is not None
    }
    if shapes:
        ids.update(store.near_targets(session, sorted(shapes)))
    return sorted(ids), seq


def _named(rows: Sequence[Row[tuple[object, ...]]]) -> Iterator[uuid.UUID]:
    """Return the units that changes name: their own rows, and the tanks' units."""
    for change in rows:
        if change.layer == "hazard_source":
            yield change.feature
        elif change.layer == "tank":
            yield from (uuid.UUID(u) for u in (change.unit_before, change.unit_after) if u)
