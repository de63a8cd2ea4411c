"""Who holds what: named to whoever asks for it in vain, and to whoever would take it away."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, false, func, or_, select, true
from sqlalchemy.orm import Session

from layers.errors import ConflictError
from layers.models import Incident, Task, TaskItem
from layers.query.scope import EVERYTHING, Scope
from layers.tasks.available import counted
from layers.tasks.refusals import ShortError
from layers.tasks.states import HELD

_NAMED = 5
OURS = ("person", "vehicle", "team")


def holders(
    session: Session,
    row: uuid.UUID,
    *,
    scope: Scope = EVERYTHING,
    exercise: Collection[uuid.UUID] = (),
    without: uuid.UUID | None = None,
) -> list[dict[str, Any]]:
    """Return the tasks that hold a team, a place, or a row of stock or vehicles, newest first.

    Returns
    -------
    list of dict
        `task`, `incident`, `title` of the incident, `item`, `amount`, `unit`, `by` and `at` of the
        order; of a task out of the reader's regions only how much it holds. Five at most.
    """
    concerns = and_(
        or_(
            TaskItem.stock_id == row,
            TaskItem.vehicle_id == row,
            TaskItem.holder_id == row,
            Task.feature_id == row,
        ),
        counted(exercise),
    )
    others = Task.id != without if without else true()
    return [_named(found, scope) for found in session.execute(_query(and_(concerns, others)))]


def with_holders(
    session: Session,
    error: ShortError,
    *,
    scope: Scope,
    exercise: Collection[uuid.UUID],
    without: uuid.UUID,
) -> ShortError:
    """Return the same error with the names of the tasks that hold what is missing."""
    found = holders(session, error.row, scope=scope, exercise=exercise, without=without)
    said = {"holders": spoken(found), "measure": measure(error.details["unit"])}
    error.details |= {"tasks": found, **said}
    return error


def refuse_committed(session: Session, rows: Collection[uuid.UUID], *, what: str) -> None:
    """Refuse to remove teams, places, vehicles or stock that a real task holds.

    The database refuses it too (`onemap_keep_committed`); this says who holds it.

    Raises
    ------
    ConflictError
        `"committed"`: `holders` names the tasks.
    """
    if not rows:
        return
    concerns = and_(
        or_(
            TaskItem.stock_id.in_(rows),
            TaskItem.vehicle_id.in_(rows),
            Task.feature_id.in_(rows) if what in ("team", "resource") else false(),
        ),
        counted(()),
    )
    found = [_named(row, EVERYTHING) for row in session.execute(_query(concerns))]
    if found:
        raise ConflictError(
            f"a task holds this {what}", code="committed", what=what, tasks=found,
            holders=spoken(found),
        )  # fmt: skip


def spoken(found: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return holders as messages, whose words are in the catalogue of texts."""
    return [_message(held) for held in found]


def measure(unit: str | None) -> Any:
    """Return a unit for a sentence: ours as a message, that of a stock as it is written there."""
    return {"code": f"task.unit.{unit}", "params": {}} if unit in OURS else unit


def _message(held: dict[str, Any]) -> dict[str, Any]:
    if held["title"] is None:
        return {"code": "task.holder.elsewhere", "params": _much(held)}
    code = "task.holder" if held["amount"] else "task.holder.bare"
    by = held["by"] or "-"
    return {"code": code, "params": {"title": held["title"], "by": by, **_much(held)}}


def _much(held: dict[str, Any]) -> dict[str, Any]:
    return {"amount": held["amount"], "unit": measure(held["unit"])}


def open_of(incident: Any) -> ColumnElement[int]:
    """Return the SQL number of tasks of an incident that still hold something."""
    held = select(func.count(Task.id)).where(Task.incident_id == incident, Task.state.in_(HELD))
    return held.scalar_subquery()


def any_task(session: Session, incident: uuid.UUID) -> bool:
    """Tell whether an incident has a task, whatever became of it."""
    wanted = select(Task.id).where(Task.incident_id == incident).limit(1)
    return session.scalar(wanted) is not None


def _query(concerns: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    return (
        select(
            Task.id, Task.incident_id, Incident.title, Task.region, Task.ordered_by,
            Task.ordered_at, TaskItem.item, TaskItem.amount, TaskItem.unit,
        )
        .join(Incident, Incident.id == Task.incident_id)
        .outerjoin(TaskItem, TaskItem.task_id == Task.id)
        .where(concerns, Task.state.in_(HELD))
        .order_by(Task.ordered_at.desc(), Task.id.desc(), TaskItem.id)
        .limit(_NAMED)
    )  # fmt: skip


def _named(found: Any, scope: Scope) -> dict[str, Any]:
    seen = scope.holds(found.region)
    return {
        "task": str(found.id) if seen else None,
        "incident": str(found.incident_id) if seen else None,
        "title": found.title if seen else None,
        "by": found.ordered_by if seen else None,
        "at": found.ordered_at.isoformat() if seen and found.ordered_at else None,
        "item": found.item,
        "amount": found.amount,
        "unit": found.unit,
    }
