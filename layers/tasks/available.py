"""What is left of teams, vehicles, stock and shelter places, after the tasks that hold them.

A task holds what it takes from being ordered until it ends. Real stock is drawn down in its own
row, so `quantity` there is what is left. An exercise (演练) draws on paper only: to it is left what
is really there less what its own tasks hold, and it sees no other exercise.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select, true
from sqlalchemy.orm import Session

from layers.catalog import find
from layers.models import Incident, Resource, Stock, Task, TaskItem, Team, Vehicle
from layers.query.scope import Scope, visible
from layers.tasks.states import HELD


@dataclass(frozen=True, kw_only=True)
class TeamLeft:
    """What is left of a team: people and vehicles (None: how many it has is not known).

    `whole` says that no task holds any of it. `by_vehicle` is how many are left of each of its
    rows of vehicles.
    """

    people: int | None
    vehicles: int | None
    whole: bool
    by_vehicle: Mapping[uuid.UUID, int]


@dataclass(frozen=True, kw_only=True)
class StockLeft:
    """What is left of one row of stock, in the row's unit."""

    resource_id: uuid.UUID
    item: str
    quantity: float
    unit: str
    owner: str | None


@dataclass(frozen=True, kw_only=True)
class Available:
    """What is left by id: of teams, of rows of stock, and places of shelters by resource.

    Only shelters whose number of places is known are in `places`.
    """

    teams: Mapping[uuid.UUID, TeamLeft]
    stock: Mapping[uuid.UUID, StockLeft]
    places: Mapping[uuid.UUID, int]


def available(
    session: Session,
    *,
    scope: Scope,
    exercise: Collection[uuid.UUID] = (),
    teams: Collection[uuid.UUID] | None = None,
    resources: Collection[uuid.UUID] | None = None,
) -> Available:
    """Return what is left, of what a reader may see.

    Parameters
    ----------
    exercise
        The incidents of an exercise for whom it is asked; none for real ones.
    teams, resources
        Of which ones only; None is all of them.
    """
    return Available(
        teams=_teams(session, scope, frozenset(exercise), teams),
        stock=_stock(session, scope, frozenset(exercise), resources),
        places=_places(session, scope, frozenset(exercise), resources),
    )


def counted(exercise: Collection[uuid.UUID]) -> ColumnElement[bool]:
    """Return the SQL condition for the tasks that count for an exercise, or for real ones."""
    real = Task.exercise.is_(False)
    return or_(real, Task.incident_id.in_(exercise)) if exercise else real


def _among(column: Any, ids: Collection[uuid.UUID] | None) -> ColumnElement[bool]:
    return true() if ids is None else column.in_(ids)


def _teams(
    session: Session,
    scope: Scope,
    exercise: Collection[uuid.UUID],
    ids: Collection[uuid.UUID] | None,
) -> dict[uuid.UUID, TeamLeft]:
    layer = find("team")
    rows = session.execute(
        select(Team.id, Team.people, Team.vehicles).where(
            visible(layer, scope), _among(Team.id, ids)
        )
    ).all()
    known = {id for id, *_ in rows} if ids is not None or scope.regions is not None else None
    taken = _taken(session, exercise, known)
    fleets: dict[uuid.UUID, dict[uuid.UUID, int]] = {}
    for id, team_id, count in session.execute(
        select(Vehicle.id, Vehicle.team_id, Vehicle.count)
        .where(_among(Vehicle.team_id, known))
        .order_by(Vehicle.team_id, Vehicle.id)
    ):
        fleets.setdefault(team_id, {})[id] = count
    return {
        id: _team(people, vehicles, fleets.get(id, {}), taken.get(id, {}))
        for id, people, vehicles in rows
    }


def _taken(
    session: Session, exercise: Collection[uuid.UUID], ids: Collection[uuid.UUID] | None
) -> dict[uuid.UUID, dict[tuple[str, uuid.UUID | None], int]]:
    """Return what tasks hold of each team: by what it is and, of vehicles, by their row."""
    taken: dict[uuid.UUID, dict[tuple[str, uuid.UUID | None], int]] = {}
    statement = (
        select(TaskItem.holder_id, TaskItem.what, TaskItem.vehicle_id, func.sum(TaskItem.amount))
        .join(Task, Task.id == TaskItem.task_id)
        .where(
            Task.state.in_(HELD),
            Task.layer == "team",
            counted(exercise),
            _among(TaskItem.holder_id, ids),
        )
        .group_by(TaskItem.holder_id, TaskItem.what, TaskItem.vehicle_id)
    )
    for holder, what, vehicle, amount in session.execute(statement):
        taken.setdefault(holder, {})[what, vehicle] = int(amount)
    return taken


def _team(
    people: int | None,
    vehicles: int | None,
    fleet: Mapping[uuid.UUID, int],
    taken: Mapping[tuple[str, uuid.UUID | None], int],
) -> TeamLeft:
    """Return what is left of a team; where it has rows of vehicles these are all that it has."""
    has = sum(fleet.values()) if fleet else vehicles
    if any(what == "team" for what, _ in taken):
        return TeamLeft(
            people=people and 0, vehicles=has and 0, whole=False, by_vehicle=dict.fromkeys(fleet, 0)
        )
    out = sum(amount for (what, _), amount in taken.items() if what == "vehicle")
    # A hand that edited the team since may have left it fewer than are out: then none are left.
    return TeamLeft(
        people=None if people is None else max(0, people - taken.get(("people", None), 0)),
        vehicles=None if has is None else max(0, has - out),
        whole=not taken,
        by_vehicle={
            id: max(0, count - taken.get(("vehicle", id), 0)) for id, count in fleet.items()
        },
    )


def _stock(
    session: Session,
    scope: Scope,
    exercise: Collection[uuid.UUID],
    ids: Collection[uuid.UUID] | None,
) -> dict[uuid.UUID, StockLeft]:
    layer = find("resource")
    rows = session.execute(
        select(Stock.id, Stock.resource_id, Stock.item, Stock.quantity, Stock.unit, Stock.owner)
        .join(Resource, Resource.id == Stock.resource_id)
        .where(visible(layer, scope), _among(Stock.resource_id, ids))
        .order_by(Stock.resource_id, Stock.id)
    )
    drawn: dict[uuid.UUID | None, float] = {}
    if exercise:
        drawn = {
            id: amount
            for id, amount in session.execute(
                select(TaskItem.stock_id, func.sum(TaskItem.drawn))
                .join(Task, Task.id == TaskItem.task_id)
                .where(Task.exercise, Task.incident_id.in_(exercise), TaskItem.what == "stock")
                .group_by(TaskItem.stock_id)
            )
        }
    return {
        id: StockLeft(
            resource_id=resource_id,
            item=item,
            quantity=max(0.0, round(quantity - drawn[id], 6)) if id in drawn else quantity,
            unit=unit,
            owner=owner,
        )
        for id, resource_id, item, quantity, unit, owner in rows
    }


def _places(
    session: Session,
    scope: Scope,
    exercise: Collection[uuid.UUID],
    ids: Collection[uuid.UUID] | None,
) -> dict[uuid.UUID, int]:
    """Return the places left: who was brought to a shelter stays there until the incident ends."""
    layer = find("resource")
    taken = (
        select(TaskItem.holder_id, func.sum(TaskItem.amount).label("people"))
        .join(Task, Task.id == TaskItem.task_id)
        .join(Incident, Incident.id == Task.incident_id)
        .where(
            TaskItem.what == "places",
            Task.state.in_((*HELD, "done")),
            Incident.status != "closed",
            counted(exercise),
        )
        .group_by(TaskItem.holder_id)
        .subquery()
    )
    left = func.greatest(0, Resource.capacity_people - func.coalesce(taken.c.people, 0))
    rows = session.execute(
        select(Resource.id, left)
        .outerjoin(taken, taken.c.holder_id == Resource.id)
        .where(
            visible(layer, scope),
            Resource.kind == "shelter",
            Resource.capacity_people.is_not(None),
            _among(Resource.id, ids),
        )
    )
    return {id: int(places) for id, places in rows}
