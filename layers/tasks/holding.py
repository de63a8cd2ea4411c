"""A stored task under its lock: what it takes, and whether its holder still has as much."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from layers.errors import ConflictError
from layers.models import Incident, Task, TaskItem
from layers.query.scope import EVERYTHING, Scope
from layers.tasks.available import available
from layers.tasks.claim import Claim
from layers.tasks.commitments import with_holders
from layers.tasks.drawing import lock_holders
from layers.tasks.refusals import ShortError
from layers.tasks.states import HELD
from layers.tasks.store import store


def lock(session: Session, task: Task) -> None:
    """Read a task anew and keep others from changing it until the transaction ends.

    Its incident first, as strongly as `drawing.lock_incident` may need it later: who moves an
    incident into another district holds it, and then waits for its tasks.
    """
    incident = select(Incident.id).where(Incident.id == task.incident_id)
    session.execute(incident.with_for_update(read=not task.exercise, key_share=task.exercise))
    session.refresh(task, with_for_update={"key_share": True})


def check_version(task: Task, version: int | None, *, wanted: str) -> None:
    """Refuse a change that was made on another version; None is on whichever it is.

    Raises
    ------
    ConflictError
        `mine` and `theirs` hold the state and the version of both.
    """
    if version is not None and task.version != version:
        raise ConflictError(
            f"the task is at version {task.version}, the change was made on {version}",
            mine={"state": wanted, "version": version},
            theirs={"state": task.state, "version": task.version, "by": task.state_by,
                    "at": task.state_at.isoformat()},
        )  # fmt: skip


def items_of(session: Session, task: Task) -> list[TaskItem]:
    """Return what a task takes, in one order."""
    wanted = select(TaskItem).where(TaskItem.task_id == task.id).order_by(TaskItem.id)
    return list(session.scalars(wanted))


def take_again(
    session: Session, task: Task, amounts: Mapping[TaskItem, float], *, scope: Scope
) -> None:
    """Lock a task's holder and check that it has these amounts; stock is moved by the caller.

    Parameters
    ----------
    amounts
        What each item is to take; of what it holds already only the difference is looked for.
    scope
        Whose tasks may be named to the one who asks.

    Raises
    ------
    ConflictError
        `"short"`, or `"holder_gone"`: the team or place is no longer there.
    """
    holder, layer = task.feature_id, task.layer
    if holder is None or layer is None:
        return
    if not task.exercise:
        lock_holders(session, [(layer, holder)])
    exercise = (task.incident_id,) if task.exercise else ()
    left = store(session, available(
        session, scope=EVERYTHING, exercise=exercise,
        teams=[holder] if layer == "team" else [],
        resources=[holder] if layer == "resource" else [],
    ))  # fmt: skip
    if layer == "team" and holder not in left.left.teams:
        raise ConflictError(
            f"there is no {layer} {holder}", code="holder_gone", layer=layer, id=str(holder)
        )
    for item, amount in amounts.items():
        more = round(amount - _has(task, item), 6)
        if more <= 0:
            continue
        try:
            left.take(layer, holder, _claim(item, more))
        except ShortError as error:
            raise with_holders(
                session, error, scope=scope, exercise=exercise, without=task.id
            ) from None


def _has(task: Task, item: TaskItem) -> float:
    """Return how much of an item counts as taken already."""
    if item.what == "stock":
        return item.drawn
    # Who was brought to a shelter stays there when the task is done.
    counted = (*HELD, "done") if item.what == "places" else HELD
    return item.amount if task.state in counted else 0


def _claim(item: TaskItem, amount: float) -> Claim:
    if item.what == "stock":
        return Claim(what="stock", amount=amount, unit=item.unit, row=item.stock_id)
    what = "people" if item.what == "places" else item.what
    return Claim(what=what, amount=amount, row=item.vehicle_id)
