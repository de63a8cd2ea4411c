"""How far a task has come: its steps, and what each of them takes and gives back."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from layers.errors import InvalidInputError, NotFoundError, OutOfRangeError
from layers.models import Task, TaskItem
from layers.query.scope import Scope
from layers.tasks.drawing import lock_incident, move
from layers.tasks.holding import check_version, items_of, lock, take_again
from layers.tasks.states import HELD, check_moment, check_step


def find_task(session: Session, id: uuid.UUID, *, scope: Scope) -> Task:
    """Return a task of these regions.

    Raises
    ------
    NotFoundError
        `"no_task"`.
    """
    task = session.scalar(select(Task).where(Task.id == id, scope.clause(Task.region.expression)))
    if task is None:
        raise NotFoundError(f"there is no task {id}", code="no_task", id=str(id))
    return task


def step(
    session: Session,
    task: Task,
    state: str,
    *,
    version: int | None,
    scope: Scope,
    at: dt.datetime | None = None,
    reason: str | None = None,
    correction: bool = False,
    returned: Mapping[uuid.UUID, float] | None = None,
) -> Task:
    """Bring a task to a state, with what it takes or gives back; the same state again is nothing.

    Parameters
    ----------
    version
        The version that the writer saw; None where it does not matter which (a cancel).
    at
        When it happened, for what is reported later; now where it is not said.
    returned
        How much of an item of stock comes back, by item, in the item's unit. Of what is not named
        everything comes back when a task is cancelled or refused, nothing when it is done.

    Raises
    ------
    ConflictError
        Another version; a state that cannot follow (`"task_state"`); a correction that would take
        what is no longer there (`"short"`).
    InvalidInputError
        No reason where one is needed, a moment that cannot be, an item that is not the task's.
    """
    lock(session, task)
    if task.state == state and not correction:
        return task
    check_version(task, version, wanted=state)
    check_step(task.state, state, reason=reason, correction=correction)
    now: dt.datetime = session.execute(select(func.clock_timestamp())).scalar_one()
    check_moment(at, now=now, after=None if correction else task.state_at)
    items = items_of(session, task)
    drawn = _after(items, state, returned or {})
    wanted = _wanted(task, state, items, drawn)
    if wanted:
        lock_incident(session, task.incident_id, scope=scope)
        take_again(session, task, wanted, scope=scope)
    move(session, drawn, exercise=task.exercise)
    task.state, task.state_reason, task.correction = state, reason, correction
    # Not before the state that it follows, though our clock and another's differ.
    task.state_at = at or (now if correction else max(now, task.state_at))
    if task.travel_time_s is not None and state in ("ordered", "departed"):
        task.expected_at = task.state_at + dt.timedelta(seconds=task.travel_time_s)
    session.flush()
    session.refresh(task)
    return task


def _wanted(
    task: Task, state: str, items: Sequence[TaskItem], drawn: Mapping[TaskItem, float]
) -> dict[TaskItem, float]:
    """Return what a task comes to hold again that it does not hold now: by order or correction."""
    if state in HELD:
        return {} if task.state in HELD else {item: item.amount for item in items}
    if state != "done" or task.state in HELD:
        return {}
    places = {item: item.amount for item in items if item.what == "places"}
    return {**drawn, **places}


def _after(
    items: Sequence[TaskItem], state: str, returned: Mapping[uuid.UUID, float]
) -> dict[TaskItem, float]:
    """Return what each item of stock has drawn once the task is in a state."""
    stock = {item.id: item for item in items if item.what == "stock"}
    for id, amount in returned.items():
        if id not in stock or state in (*HELD, "proposed"):
            raise InvalidInputError(
                f"no stock {id} comes back from this task as {state}", code="no_returned",
                field="returned", got=str(id), state=state,
            )  # fmt: skip
        if not 0 <= amount <= stock[id].amount:
            raise OutOfRangeError(
                f"{amount:g} {stock[id].unit} come back of {stock[id].amount:g}",
                field="returned", got=f"{amount:g}", minimum=0, maximum=stock[id].amount,
            )  # fmt: skip
    if state in HELD:
        return {item: item.amount for item in stock.values()}
    if state == "done":
        return {item: _less(item.amount, returned.get(id, 0)) for id, item in stock.items()}
    if state == "proposed":
        return dict.fromkeys(stock.values(), 0.0)
    # Cancelled or refused: a task that never drew has nothing to give back.
    return {
        item: _less(item.amount, returned.get(id, item.amount)) if item.drawn else 0.0
        for id, item in stock.items()
    }


def _less(amount: float, returned: float) -> float:
    return round(amount - returned, 6)
