"""What a task holds is taken and given back here: locks first, then the rows, in one order.

Everybody locks incident, task, place, stock, team in this order and each kind by id, so nobody
waits in a circle. A place whose stock is drawn gets a new version: whoever edits its list of stock
meanwhile is told, and does not write the old quantity back.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping

from sqlalchemy import ColumnElement, func, select, text, update
from sqlalchemy.orm import Session

from layers.errors import BusyError, ConflictError, NotFoundError
from layers.models import Incident, Resource, Stock, TaskItem, Team
from layers.query.scope import Scope


def lock_incident(session: Session, id: uuid.UUID, *, scope: Scope) -> Incident:
    """Return an incident that stays open, and real or an exercise, until the transaction ends.

    Orders of one exercise come one after the other here: they lock nothing that is real.

    Raises
    ------
    NotFoundError
        There is none, or none in these regions.
    ConflictError
        `"incident_closed"`.
    """
    mine = (Incident.id == id, scope.clause(Incident.region.expression))
    exercise = session.scalar(select(Incident.exercise).where(*mine))
    if exercise is None:
        raise NotFoundError(f"there is no incident {id}", code="no_incident", id=str(id))
    locked = select(Incident).where(*mine).execution_options(populate_existing=True)
    incident = session.scalars(locked.with_for_update(read=not exercise, key_share=exercise)).one()
    if incident.exercise != exercise:
        raise BusyError("the incident is being changed", retry_after_s=1)
    if incident.status == "closed":
        raise ConflictError("the incident is closed", code="incident_closed", id=str(id))
    return incident


def lock_holders(session: Session, holders: Iterable[tuple[str, uuid.UUID]]) -> None:
    """Keep others from ordering the same teams and places until the transaction ends.

    The tables come first: a load of the same layer takes them whole, and would wait for a row that
    is locked here while this waits for its table.
    """
    named = set(holders)
    resources = [id for layer, id in named if layer == "resource"]
    teams = [id for layer, id in named if layer == "team"]
    if resources:
        session.execute(text("LOCK TABLE resource, stock IN ROW EXCLUSIVE MODE"))
        _lock(session, Resource, Resource.id.in_(resources))
        _lock(session, Stock, Stock.resource_id.in_(resources))
    if teams:
        _lock(session, Team, Team.id.in_(teams))


def move(session: Session, drawn: Mapping[TaskItem, float], *, exercise: bool) -> None:
    """Bring what items have drawn to these amounts; real stock moves by the difference.

    Raises
    ------
    ConflictError
        `"stock_gone"`: the row of stock is no longer there.
    """
    changed = {item: amount for item, amount in drawn.items() if item.drawn != amount}
    if not exercise:
        _touch(session, {item.holder_id for item in changed})
        for item, amount in sorted(changed.items(), key=lambda pair: str(pair[0].stock_id)):
            _draw(session, item, amount - item.drawn)
    for item, amount in changed.items():
        item.drawn = amount
    session.flush()


def _draw(session: Session, item: TaskItem, amount: float) -> None:
    left = session.scalar(select(func.onemap_draw(item.id, item.stock_id, round(amount, 6))))
    if left is None:
        raise ConflictError(
            f"there is no stock {item.stock_id}", code="stock_gone", id=str(item.stock_id),
            item=item.item,
        )  # fmt: skip


def _touch(session: Session, resources: set[uuid.UUID]) -> None:
    if resources:
        table = Resource.__table__
        session.execute(
            update(Resource)
            .where(Resource.id.in_(resources))
            .values(version=table.c.version + 1)  # the table's trigger takes this for a touch
            .execution_options(synchronize_session=False)
        )


def _lock(
    session: Session,
    model: type[Resource] | type[Stock] | type[Team],
    wanted: ColumnElement[bool],
) -> None:
    rows = select(model.id).where(wanted).order_by(model.id)
    session.execute(rows.with_for_update(key_share=True)).all()
