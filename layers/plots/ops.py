"""Operations on plots: each done once, in one transaction a batch, merged field by field."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Uuid, delete, func, insert, literal, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session

from layers.errors import ConflictError, NotFoundError, OneMapError
from layers.errors import PermissionError_ as Forbidden
from layers.locks import PLOT
from layers.models import Incident, PlotOp
from layers.plots import conflicts, history, rows
from layers.plots.batch import Batch, Op
from layers.plots.doing import DOERS
from layers.plots.writing import Desk

KEPT_DAYS = 30
FORGOTTEN_AT_ONCE = 10_000


@dataclass(frozen=True)
class Applied:
    """What came of each operation, and the plots by id as they are now, with their conflicts."""

    results: list[dict[str, Any]]
    plots: dict[str, dict[str, Any]]


def apply(desk: Desk, ops: Sequence[Op]) -> Applied:
    """Do some operations, all or none, and return what came of each.

    `outcome` is `applied`, `merged` (others changed other fields since), `conflict` (others changed
    the same: theirs stands, `fields` says which are kept as conflicts) or `unchanged`. An operation
    that was done before is answered as it was then, `repeated`.

    Raises
    ------
    InvalidInputError, TooLargeError
        As `draw`; `details["op"]` is the operation's id.
    NotFoundError
        A plot, version or conflict that the incident never had.
    ConflictError
        `"plot_locked"`, `"incident_closed"`, `"op_reused"`, `"plot_exists"`, `"plot_deleted"`.
    PermissionError_
        `"undo_of_another"`; a roadblock outside the regions of who draws.
    """
    session = desk.session
    ids = {op.plot for op in ops}
    present = hold(session, ids)
    done = _done(desk, ops)
    fresh = [op for op in ops if op.op_id not in done]
    gone = history.removed(session, ids - set(present))
    batch = Batch(desk, present, gone, _undone(desk, fresh))
    if fresh and desk.incident.status == "closed":
        raise ConflictError("the incident is closed", code="plot_incident_closed",
                            id=str(desk.incident.id))  # fmt: skip
    for op in fresh:
        try:
            _check_undo(batch, op)
            done[op.op_id] = DOERS[op.op](batch, op)
            # Who was cut off sends a step and its undo together.
            batch.undone[op.op_id] = (op.op, desk.by.name)
        except OneMapError as error:
            error.details.setdefault("op", str(op.op_id))
            raise
    session.flush()
    _remember(desk, fresh, done)
    new = {op.op_id for op in fresh}
    results = [
        {"op_id": str(op.op_id), "plot": str(op.plot), **done[op.op_id],
         "repeated": op.op_id not in new}
        for op in ops
    ]  # fmt: skip
    return Applied(results, _current(batch, ids))


def _current(batch: Batch, ids: set[uuid.UUID]) -> dict[str, dict[str, Any]]:
    incident = batch.desk.incident.id
    met = conflicts.still_open(batch.desk.session, incident, of=ids)
    there = (row for row in batch.present.values() if row["incident_id"] == incident)
    return {str(row["id"]): rows.shown(row, met.get(str(row["id"]), ())) for row in there}


def hold(session: Session, plots: set[uuid.UUID]) -> dict[uuid.UUID, dict[str, Any]]:
    """Let one batch at a time work on each plot, there or not yet; return those that are there."""
    present = rows.held(session, plots)
    if missing := plots - set(present):
        # Nothing to hold but the id: whoever else draws it waits here, and sees what was drawn.
        hold_ids(session, missing)
        present |= rows.held(session, missing)
    return present


def hold_ids(session: Session, plots: set[uuid.UUID]) -> None:
    """Let one transaction at a time go on with each of some ids."""
    ids = literal(list(plots), ARRAY(Uuid))
    each = select(func.unnest(ids).label("id")).subquery()
    ordered = (
        select(func.uuid_hash(each.c.id).label("number")).distinct().order_by("number").subquery()
    )
    session.execute(select(func.pg_advisory_xact_lock(PLOT, ordered.c.number)))


def _done(desk: Desk, ops: Sequence[Op]) -> dict[uuid.UUID, dict[str, Any]]:
    """Return what was answered to the operations that were done before, in this incident."""
    asked = {op.op_id: op for op in ops}
    stored = desk.session.execute(
        select(PlotOp.op_id, PlotOp.incident_id, PlotOp.digest, PlotOp.result).where(
            PlotOp.op_id.in_(asked)
        )
    )
    found = {}
    for id, incident, digest, result in stored:
        if bytes(digest) != asked[id].digest or incident != desk.incident.id:
            raise ConflictError(f"operation {id} was another one", code="op_reused", op=str(id))
        found[id] = dict(result)
    return found


def _remember(desk: Desk, fresh: Sequence[Op], done: Mapping[uuid.UUID, Mapping[str, Any]]) -> None:
    if not fresh:
        return
    desk.session.execute(
        insert(PlotOp),
        [
            {"op_id": op.op_id, "incident_id": desk.incident.id, "plot_id": op.plot, "op": op.op,
             "undoes": op.undoes, "digest": op.digest, "actor": desk.by.name,
             "result": done[op.op_id]}
            for op in fresh
        ],
    )  # fmt: skip


def forget(session: Session, now: dt.datetime) -> int:
    """Forget operations of long ago in incidents that are closed; return how many."""
    closed = select(Incident.id).where(Incident.status == "closed")
    old = (
        select(PlotOp.op_id)
        .where(PlotOp.at < now - dt.timedelta(days=KEPT_DAYS), PlotOp.incident_id.in_(closed))
        .limit(FORGOTTEN_AT_ONCE)
    )
    gone = delete(PlotOp).where(PlotOp.op_id.in_(old)).returning(PlotOp.op_id)
    return len(session.execute(gone).all())


def _undone(desk: Desk, ops: Sequence[Op]) -> dict[uuid.UUID, tuple[str, str | None]]:
    """Return of the incident's operations that these take back, by id, which and whose it was."""
    named = {op.undoes for op in ops if op.undoes is not None}
    if not named:
        return {}
    stored = desk.session.execute(
        select(PlotOp.op_id, PlotOp.op, PlotOp.actor).where(
            PlotOp.op_id.in_(named), PlotOp.incident_id == desk.incident.id
        )
    )
    return {id: (op, actor) for id, op, actor in stored}


def _check_undo(batch: Batch, op: Op) -> None:
    """Refuse to undo what another has done."""
    if op.undoes is None:
        return
    if op.undoes not in batch.undone:
        raise NotFoundError(f"there is no operation {op.undoes}", code="no_plot_op",
                            id=str(op.undoes))  # fmt: skip
    _, actor = batch.undone[op.undoes]
    if actor != batch.desk.by.name:
        raise Forbidden(f"operation {op.undoes} was another's", code="undo_of_another",
                        by=actor)  # fmt: skip
