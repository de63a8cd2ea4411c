"""What changes of a task that stays in its state: what it says, its way, how much it takes."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from geoalchemy2 import WKBElement
from sqlalchemy import select
from sqlalchemy.orm import Session

from layers.errors import ConflictError, InvalidInputError, OutOfRangeError
from layers.models import Task, TaskRoute
from layers.query.scope import Scope
from layers.tasks.claim import DECIMALS, MOST
from layers.tasks.drawing import lock_incident, move
from layers.tasks.holding import check_version, items_of, lock, take_again
from layers.tasks.states import ENDED, HELD

LOADING = ("proposed", "ordered", "accepted")
"""States in which it may still be changed how much a task takes: it has not left."""


def change(
    session: Session,
    task: Task,
    values: Mapping[str, Any],
    *,
    version: int,
    scope: Scope,
    route: WKBElement | None = None,
    amounts: Mapping[uuid.UUID, float] | None = None,
) -> Task:
    """Change what is said of a task, its way or how much it takes, and return it.

    Parameters
    ----------
    values
        Columns of `Task`: title, note, vehicle, travel_time_s, expected_at, geom.
    amounts
        How much of an item it takes from now on, in the item's unit, until it departs.

    Raises
    ------
    ConflictError
        Another version; it has departed or ended (`"task_departed"`); `"short"`.
    InvalidInputError, OutOfRangeError
        An item that is not the task's, an amount that is none.
    """
    lock(session, task)
    check_version(task, version, wanted=task.state)
    if task.state in ENDED or (amounts and task.state not in LOADING):
        raise ConflictError(
            f"the task is {task.state}", code="task_departed", state=task.state, id=str(task.id)
        )
    before = task.version
    for name, value in values.items():
        setattr(task, name, value)
    session.flush()
    if amounts:
        _change_amounts(session, task, amounts, scope=scope)
    if route is not None:
        _set_route(session, task, route)
    session.refresh(task)
    if task.version == before and (amounts or route is not None):
        task.version += 1  # the table's trigger takes this for a touch
        session.flush()
        session.refresh(task)
    return task


def _change_amounts(
    session: Session, task: Task, amounts: Mapping[uuid.UUID, float], *, scope: Scope
) -> None:
    items = {item.id: item for item in items_of(session, task)}
    for id, amount in amounts.items():
        if id not in items or items[id].what == "team":
            raise InvalidInputError(
                f"no item {id} of this task has an amount", code="no_task_item", field="items",
                got=str(id),
            )  # fmt: skip
        if not 10**-DECIMALS <= amount <= MOST or (items[id].what != "stock" and amount % 1):
            raise OutOfRangeError(
                f"amount is {amount:g}", field="amount", got=f"{amount:g}",
                minimum=10**-DECIMALS, maximum=MOST,
            )  # fmt: skip
    wanted = {items[id]: round(amount, DECIMALS) for id, amount in amounts.items()}
    held = task.state in HELD
    if held:
        lock_incident(session, task.incident_id, scope=scope)
        take_again(session, task, wanted, scope=scope)
    # An item never has more drawn than its amount: raised before the draw, lowered after it.
    for item, amount in wanted.items():
        item.amount = max(item.amount, amount)
    session.flush()
    if held:
        stock = {item: amount for item, amount in wanted.items() if item.what == "stock"}
        move(session, stock, exercise=task.exercise)
    for item, amount in wanted.items():
        item.amount = amount
    session.flush()


def _set_route(session: Session, task: Task, route: WKBElement) -> None:
    stored = session.scalar(select(TaskRoute).where(TaskRoute.task_id == task.id))
    if stored is None:
        session.add(TaskRoute(task_id=task.id, geom=route))
    else:
        stored.geom = route
    session.flush()
