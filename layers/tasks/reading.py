"""Tasks as they are shown: with what they take, their way, and every step from the journal."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnElement, Select, case, func, select
from sqlalchemy.orm import Session

from layers.models import JournalRow, StockMovement, Task, TaskItem, TaskRoute
from layers.query.rows import to_json
from layers.tracking.following import expected

_SHOWN = (
    "id", "incident_id", "region", "exercise", "kind", "title", "note", "layer", "feature_id",
    "feature_name", "vehicle", "travel_time_s", "expected_at", "state", "state_at",
    "state_recorded_at", "state_by", "state_reason", "correction", "ordered_by", "ordered_at",
    "accepted_at", "departed_at", "arrived_at", "ended_at", "version", "updated_at",
)  # fmt: skip
_ITEM = ("id", "what", "item", "amount", "unit", "stock_id", "vehicle_id")
_SAID = (
    "state", "state_at", "state_reason", "correction", "note", "travel_time_s", "expected_at",
)  # fmt: skip


def shown(session: Session, *wanted: ColumnElement[bool], limit: int) -> list[dict[str, Any]]:
    """Return tasks as the wire carries them: what is under way first, newest first.

    `items` is what each takes (`drawn` is what the stock lacks because of it), `eta` when each
    vehicle that is followed arrives, by its position.
    """
    ended = case((Task.state.in_(("done", "cancelled", "refused")), 1), else_=0)
    rows = session.execute(
        select(Task, func.ST_X(Task.geom), func.ST_Y(Task.geom))
        .where(*wanted)
        .order_by(ended, Task.state_at.desc(), Task.id.desc())
        .limit(limit)
        .execution_options(populate_existing=True)
    ).all()
    ids = [task.id for task, *_ in rows]
    items = _by_task(
        session, select(TaskItem).where(TaskItem.task_id.in_(ids)).order_by(TaskItem.id)
    )
    live = expected(session, ids)
    return [
        {
            **{name: to_json(getattr(task, name)) for name in _SHOWN},
            "lon": lon,
            "lat": lat,
            "items": [_item(item) for item in items.get(task.id, ())],
            "eta": live.get(str(task.id), []),
        }
        for task, lon, lat in rows
    ]


def way(session: Session, id: uuid.UUID) -> dict[str, Any] | None:
    """Return the way that a task is to take as a GeoJSON line; None where none was given."""
    line = select(func.ST_AsGeoJSON(TaskRoute.geom, 7)).where(TaskRoute.task_id == id)
    text = session.scalar(line)
    return None if text is None else dict(json.loads(text))


def history(session: Session, id: uuid.UUID, *, limit: int = 200) -> list[dict[str, Any]]:
    """Return what was said of a task, from the sealed journal, in order.

    Returns
    -------
    list of dict
        `seq`, `version`, `recorded_at` and `actor` of the entry, then the state with its moment
        and reason, and what else the entry says: note, travel time, expected arrival.
    """
    rows = session.execute(
        select(
            JournalRow.seq, JournalRow.version, JournalRow.at, JournalRow.actor, JournalRow.after
        )
        .where(JournalRow.feature == id, JournalRow.layer == "task", JournalRow.seq.is_not(None))
        .order_by(JournalRow.entry)
        .limit(limit)
    )
    return [
        {
            "seq": seq,
            "version": version,
            "recorded_at": at.isoformat(),
            "actor": actor,
            **{name: (after or {}).get(name) for name in _SAID},
        }
        for seq, version, at, actor, after in rows
    ]


def movements(session: Session, stock: uuid.UUID, *, limit: int) -> list[dict[str, Any]]:
    """Return the ledger of a row of stock, newest first; `after` of the first is what is there."""
    rows = session.execute(
        select(StockMovement, Task.id, Task.incident_id, Task.region)
        .outerjoin(TaskItem, TaskItem.id == StockMovement.task_item_id)
        .outerjoin(Task, Task.id == TaskItem.task_id)
        .where(StockMovement.stock_id == stock)
        .order_by(StockMovement.id.desc())
        .limit(limit)
    )
    names = ("id", "item", "unit", "before", "after", "why", "at", "actor", "batch")
    return [
        {
            **_told(line, names),
            "task": to_json(task),
            "incident": to_json(incident),
            "region": region,
        }
        for line, task, incident, region in rows
    ]


def _by_task(session: Session, rows: Select[Any]) -> dict[uuid.UUID, list[Any]]:
    found: dict[uuid.UUID, list[Any]] = {}
    for each in session.scalars(rows.execution_options(populate_existing=True)):
        found.setdefault(each.task_id, []).append(each)
    return found


def _item(item: TaskItem) -> dict[str, Any]:
    drawn = item.drawn if item.what == "stock" else None
    return {**_told(item, _ITEM), "drawn": drawn}


def _told(row: Any, names: Iterable[str]) -> dict[str, Any]:
    return {name: to_json(getattr(row, name)) for name in names}
