"""Ordering: several tasks of one incident, all of them or none."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from layers.catalog import find
from layers.errors import ConflictError, InvalidInputError
from layers.models import Task, TaskItem, TaskRoute
from layers.query.scope import Scope, visible
from layers.tasks.asked import Order, inserted, refuse_same, stored
from layers.tasks.available import available
from layers.tasks.commitments import with_holders
from layers.tasks.drawing import lock_holders, lock_incident, move
from layers.tasks.refusals import ShortError
from layers.tasks.store import Store, store

MOST_ORDERS = 500
MOST_TASKS = 5000
"""Of one order, and of one incident."""

Names = Mapping[tuple[str, uuid.UUID], str | None]


def order(
    session: Session,
    incident_id: uuid.UUID,
    orders: Sequence[Order],
    *,
    scope: Scope,
    proposed: bool = False,
    again: bool = False,
    at: dt.datetime | None = None,
) -> tuple[list[Task], bool]:
    """Store tasks and take what they need, all or nothing; return them, and whether just now.

    Asked again with the ids of stored tasks, it returns these and takes nothing.

    Parameters
    ----------
    scope
        Where the one who orders may order: the incident and every team and place lie there.
    proposed
        Whether they are proposals: what they need is found and named, and not yet taken.
    again
        Whether an order without an id may be the same as one that is still under way.
    at
        When the order was given; now where it is not said.

    Raises
    ------
    NotFoundError
        No such incident, or none in these regions.
    ConflictError
        `"short"`: less is left, `tasks` and `holders` name who holds it; `"already_ordered"`;
        `"incident_closed"`; `"already_exists"`: an id is another task's; `"tasks_full"`.
    InvalidInputError, OutOfRangeError
        No such team or place, or as `layers.tasks.store.Store.take`.
    """
    if not 0 < len(orders) <= MOST_ORDERS:
        raise InvalidInputError(
            f"{len(orders)} orders, wanted 1 to {MOST_ORDERS}", code="bad_value",
            field="assignments", got=str(len(orders)), wanted=f"1-{MOST_ORDERS}",
        )  # fmt: skip
    if _are_stored(session, incident_id, orders, scope=scope):
        return stored(session, incident_id, orders), False
    incident = lock_incident(session, incident_id, scope=scope)
    _check_room(session, incident.id, len(orders))
    names = _named(session, orders, scope)
    state = "proposed" if proposed else "ordered"
    tasks = inserted(session, incident, orders, names, state=state, at=at)
    if tasks is None:
        return stored(session, incident.id, orders), False
    if not (proposed or incident.exercise):
        lock_holders(session, names)
    exercise = (incident.id,) if incident.exercise else ()
    left = store(session, available(
        session,
        scope=scope,
        exercise=exercise,
        teams=[id for layer, id in names if layer == "team"],
        resources=[id for layer, id in names if layer == "resource"],
    ))  # fmt: skip
    for task, one in zip(tasks, orders, strict=True):
        _take(session, task, one, left, exercise, scope=scope)
    if not again:
        unnamed = [task for task, one in zip(tasks, orders, strict=True) if one.id is None]
        refuse_same(session, incident.id, unnamed, among=[task.id for task in tasks])
    if not proposed:
        items = session.scalars(select(TaskItem).where(
            TaskItem.task_id.in_([task.id for task in tasks]), TaskItem.what == "stock"
        ))  # fmt: skip
        move(session, {item: item.amount for item in items}, exercise=incident.exercise)
    return tasks, True


def _are_stored(
    session: Session, incident: uuid.UUID, orders: Sequence[Order], *, scope: Scope
) -> bool:
    """Tell whether all of these were stored before, be the incident closed since or not."""
    ids = {one.id for one in orders if one.id is not None}
    mine = (Task.incident_id == incident, scope.clause(Task.region.expression))
    there = session.scalar(select(func.count()).where(Task.id.in_(ids), *mine)) if ids else 0
    return there == len(orders)


def _check_room(session: Session, incident: uuid.UUID, more: int) -> None:
    """Bound what a program that orders in a circle can fill."""
    there = session.scalar(select(func.count()).where(Task.incident_id == incident)) or 0
    if there + more > MOST_TASKS:
        raise ConflictError(
            f"the incident has {there} tasks, at most {MOST_TASKS}", code="tasks_full",
            got=there + more, wanted=MOST_TASKS,
        )  # fmt: skip


def _named(session: Session, orders: Sequence[Order], scope: Scope) -> Names:
    """Return the holders by layer and id with their names; refuse one that is not to be seen."""
    names: dict[tuple[str, uuid.UUID], str | None] = {}
    for layer_name in ("resource", "team"):
        wanted = {o.feature_id for o in orders if o.layer == layer_name and o.feature_id}
        if not wanted:
            continue
        layer = find(layer_name)
        id, name = layer.column("id"), layer.column("name")
        rows = session.execute(select(id, name).where(id.in_(wanted), visible(layer, scope)))
        names |= {(layer_name, key): called for key, called in rows}
        for missing in sorted(str(key) for key in wanted if (layer_name, key) not in names):
            raise InvalidInputError(
                f"there is no {layer_name} {missing}", code="no_linked", field="id", id=missing,
                layer=layer_name,
            )  # fmt: skip
    return names


def _take(
    session: Session,
    task: Task,
    one: Order,
    left: Store,
    exercise: Collection[uuid.UUID],
    *,
    scope: Scope,
) -> None:
    """Store what one task takes, and its way."""
    if one.claims and (one.layer is None or one.feature_id is None):
        raise InvalidInputError(
            "what a task takes is a team's or a place's", code="bad_value", field="layer",
            got="-", wanted="team, resource",
        )  # fmt: skip
    for claim in one.claims:
        try:
            lines = left.take(one.layer or "", one.feature_id or task.id, claim)
        except ShortError as error:
            raise with_holders(
                session, error, scope=scope, exercise=exercise, without=task.id
            ) from None
        session.add_all(
            TaskItem(task_id=task.id, holder_id=one.feature_id, **asdict(line)) for line in lines
        )
    if one.route is not None:
        session.add(TaskRoute(task_id=task.id, geom=one.route))
    session.flush()
