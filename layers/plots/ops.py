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
from layers.models import PlotOp
from layers.plots import conflicts, history, rows
from layers.plots.batch import Batch, Op
from layers.plots.doing import DOERS
from layers.plots.writing import Desk

KEPT_DAYS = 30
FORGOTTEN_AT_ONCE = 200


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
    batch = Batch(desk, present, history.removed(session, ids - set(present)))
    if fresh and desk.incident.status == "closed":
        raise ConflictError("the incident is closed", code="plot_incident_closed",
                            id=str(desk.incident.id))  # fmt: skip
    for op in fresh:
        try:
            _check_undo(desk, op)
            done[op.op_id] = DOERS[op.op](batch, op)
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
        _hold_ids(session, missing)
        present |= rows.held(session, missing)
    return present


def _hold_ids(session: Session, plots: set[uuid.UUID]) -> None:
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
             "digest": op.digest, "actor": desk.by.name, "result": done[op.op_id]}
            for op in fresh
        ],
    )  # fmt: skip
    if any(op.op == "put" and op.base is None for op in fresh):
        _forget(desk)


def _forget(desk: Desk) -> None:
    """Forget operations of long ago; done with new plots, which are rarer than edits."""
    old = (
        select(PlotOp.op_id)
        .where(PlotOp.at < desk.now - dt.timedelta(days=KEPT_DAYS))
        .order_by(PlotOp.at)
        .limit(FORGOTTEN_AT_ONCE)
        .with_for_update(skip_locked=True)
    )
    desk.session.execute(delete(PlotOp).where(PlotOp.op_id.in_(old)))


def _check_undo(desk: Desk, op: Op) -> None:
    """Refuse to undo what another has done."""
    if op.undoes is None:
        return
    undone = desk.session.get(PlotOp, op.undoes)
    if undone is None or undone.incident_id != desk.incident.id:
        raise NotFoundError(f"there is no operation {op.undoes}", code="no_plot_op",
                            id=str(op.undoes))  # fmt: skip
    if undone.actor != desk.by.name:
        raise Forbidden(f"operation {op.undoes} was another's", code="undo_of_another",
                        by=undone.actor)  # fmt: skip
