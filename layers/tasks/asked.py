"""What is asked for, stored once: by the client's id, and by what it says where it has none."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from geoalchemy2 import WKBElement
from sqlalchemy import false, func, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from layers.errors import ConflictError, InvalidInputError
from layers.models import Incident, Task, TaskItem
from layers.tasks.claim import Claim
from layers.tasks.states import HELD, check_moment

Said = tuple[object, ...]


@dataclass(frozen=True, kw_only=True)
class Order:
    """One task as it is asked for; `id` is the client's, so that it is stored once.

    Without a destination it is the place of the incident. `layer` is None of a task that is given
    to nobody on record.
    """

    kind: str
    id: uuid.UUID | None = None
    layer: str | None = None
    feature_id: uuid.UUID | None = None
    title: str | None = None
    note: str | None = None
    vehicle: str | None = None
    travel_time_s: float | None = None
    destination: WKBElement | None = None
    route: WKBElement | None = None
    claims: tuple[Claim, ...] = ()


def inserted(
    session: Session,
    incident: Incident,
    orders: Sequence[Order],
    names: Mapping[tuple[str, uuid.UUID], str | None],
    *,
    state: str,
    at: dt.datetime | None,
) -> list[Task] | None:
    """Insert tasks; None where they are stored already.

    In the order of their ids, so that two that send the same ones at once wait for each other and
    the second finds them.

    Raises
    ------
    ConflictError
        `"already_exists"`: some of the ids are taken and others are not.
    InvalidInputError
        An id twice, or a moment to come.
    """
    _refuse_doubled([one.id for one in orders if one.id is not None])
    now: dt.datetime = session.execute(select(func.clock_timestamp())).scalar_one()
    check_moment(at, now=now)
    made: dict[int, Task] = {}
    by_id = sorted(enumerate(orders), key=lambda pair: str(pair[1].id or ""), reverse=True)
    for place, one in by_id:
        row = _row(one, incident, names, state=state, at=at or now)
        statement = insert(Task).values(row).on_conflict_do_nothing(index_elements=["id"])
        task = session.scalars(statement.returning(Task)).one_or_none()
        if task is None and made:
            raise _taken(one.id)
        if task is None:
            return None
        made[place] = task
    return [made[place] for place in range(len(orders))]


def stored(session: Session, incident: uuid.UUID, orders: Sequence[Order]) -> list[Task]:
    """Return the stored tasks of these ids, which must be of this incident and these holders.

    Raises
    ------
    ConflictError
        `"already_exists"`.
    """
    wanted = [one.id for one in orders if one.id is not None]
    found = {task.id: task for task in session.scalars(select(Task).where(Task.id.in_(wanted)))}
    for one in orders:
        task = found.get(one.id) if one.id else None
        if task is None or (task.incident_id, task.feature_id) != (incident, one.feature_id):
            raise _taken(one.id)
    return [found[id] for id in wanted]


def refuse_same(
    session: Session,
    incident: uuid.UUID,
    unnamed: Collection[Task],
    *,
    among: Collection[uuid.UUID],
) -> None:
    """Refuse new tasks that say what one under way says, where no id tells that they are others.

    Parameters
    ----------
    unnamed
        The new tasks that came without an id.
    among
        All that came with them: these may be alike.

    Raises
    ------
    ConflictError
        `"already_ordered"`, with the task's id.
    """
    if not unnamed:
        return
    holders = {task.feature_id for task in unnamed}
    rows = session.execute(
        select(Task.id, Task.layer, Task.feature_id, Task.kind, Task.title, Task.note).where(
            Task.incident_id == incident,
            Task.state.in_(("proposed", *HELD)),
            or_(
                Task.feature_id.in_(holders - {None}),
                Task.feature_id.is_(None) if None in holders else false(),
            ),
        )
    ).all()
    says: dict[uuid.UUID, list[Said]] = {row.id: [] for row in rows}
    for id, *line in session.execute(
        select(TaskItem.task_id, TaskItem.what, TaskItem.item, TaskItem.unit,
               func.sum(TaskItem.amount))
        .where(TaskItem.task_id.in_(says))
        .group_by(TaskItem.task_id, TaskItem.what, TaskItem.item, TaskItem.unit)
    ):  # fmt: skip
        says[id].append(tuple(line))
    whole = {row.id: (tuple(row)[1:], frozenset(says[row.id])) for row in rows}
    there = {said: id for id, said in whole.items() if id not in among}
    for task in unnamed:
        if (same := there.get(whole[task.id])) is not None:
            raise ConflictError(
                f"task {same} says the same and is under way", code="already_ordered", id=str(same)
            )


def _refuse_doubled(ids: Sequence[uuid.UUID]) -> None:
    for id, count in Counter(ids).items():
        if count > 1:
            raise InvalidInputError(
                f"task {id} is named twice", code="bad_value", field="task", got=str(id),
                wanted="each id once",
            )  # fmt: skip


def _row(
    one: Order,
    incident: Incident,
    names: Mapping[tuple[str, uuid.UUID], str | None],
    *,
    state: str,
    at: dt.datetime,
) -> dict[str, object]:
    expected = None
    if state == "ordered" and one.travel_time_s is not None:
        expected = at + dt.timedelta(seconds=one.travel_time_s)
    name = names[one.layer, one.feature_id] if one.layer and one.feature_id else None
    row: dict[str, object] = {
        "incident_id": incident.id, "kind": one.kind, "title": one.title, "note": one.note,
        "layer": one.layer, "feature_id": one.feature_id, "feature_name": name,
        "vehicle": one.vehicle, "travel_time_s": one.travel_time_s, "expected_at": expected,
        "state": state, "state_at": at,
        "geom": incident.geom if one.destination is None else one.destination,
    }  # fmt: skip
    return row if one.id is None else {"id": one.id, **row}


def _taken(id: uuid.UUID | None) -> ConflictError:
    return ConflictError(
        f"id {id} is another task's, or is stored without the others", code="already_exists",
        rule="task_pkey", id=str(id),
    )  # fmt: skip
