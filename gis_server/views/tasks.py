"""Tasks: order, read, report how far they are, call off; what is left, and a stock's ledger."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Response, jsonify
from sqlalchemy import ColumnElement, select

from gis_server import incident_face, ordering
from gis_server.auth import may, permission, scope, who
from gis_server.state import db
from gis_server.views.blueprint import api
from gis_server.views.features import wanted_version
from gis_server.wire.base import NoQuery
from gis_server.wire.incident import IncidentPath
from gis_server.wire.task import (
    AvailableQuery,
    MovementQuery,
    NewTasks,
    StockPath,
    TaskCancel,
    TaskChange,
    TaskPath,
    TaskQuery,
)
from layers import tasks
from layers.catalog import find
from layers.errors import NotFoundError, PermissionError_
from layers.models import Stock, StockMovement, Task
from layers.query.scope import visible
from layers.tasks import HELD

bp = api("tasks")
SAID = ("title", "note", "vehicle", "travel_time_s", "expected_at")
REPORTED = frozenset({"accepted", "refused", "departed", "arrived", "done"})
BY_REPORT = frozenset({"state", "at", "reason", "returned", "note"})


@bp.get("/incidents/<id>/tasks")
@permission("incidents.read")
def of_incident(path: IncidentPath, query: TaskQuery) -> dict[str, Any]:
    """List the tasks of an incident, those under way first; `open` counts them all."""
    incident = incident_face.find_incident(db(), path.id, scope=scope())
    wanted = [Task.incident_id == incident.id, *_wanted(query)]
    return {
        "tasks": tasks.shown(db(), *wanted, limit=query.limit),
        "open": db().scalar(select(tasks.open_of(incident.id))),
    }


@bp.post("/incidents/<id>/tasks")
@permission("tasks.order")
def order(path: IncidentPath, body: NewTasks) -> Response:
    """Order tasks, all or none; 201, or 200 where they were stored before.

    Stock is drawn down with the order; 409 names who holds what is missing.
    """
    made, fresh = tasks.order(
        db(), path.id, ordering.orders(body), scope=scope(),
        proposed=body.state == "proposed", again=body.again, at=body.at,
    )  # fmt: skip
    ids = [task.id for task in made]
    found = {task["id"]: task for task in tasks.shown(db(), Task.id.in_(ids), limit=len(ids))}
    response = jsonify(tasks=[found[str(id)] for id in ids])
    response.status_code = 201 if fresh else 200
    return response


@bp.get("/incidents/<id>/available")
@permission("tasks.order")
def available(path: IncidentPath, query: AvailableQuery) -> dict[str, Any]:
    """Tell what is left of some teams and places for an incident, or for it as an exercise."""
    incident = incident_face.find_incident(db(), path.id, scope=scope())
    left = tasks.available(
        db(), scope=scope(), exercise=(incident.id,) if incident.exercise else (),
        teams=query.team, resources=query.resource,
    )  # fmt: skip
    return {
        "teams": [
            {
                "id": str(id), "people": team.people, "vehicles": team.vehicles,
                "whole": team.whole,
                "by_vehicle": {str(row): count for row, count in team.by_vehicle.items()},
            }
            for id, team in left.teams.items()
        ],
        "stock": [
            {
                "id": str(id), "resource_id": str(row.resource_id), "item": row.item,
                "quantity": row.quantity, "unit": row.unit, "owner": row.owner,
            }
            for id, row in left.stock.items()
        ],
        "places": [{"id": str(id), "people": places} for id, places in left.places.items()],
    }  # fmt: skip


@bp.get("/tasks")
@permission("incidents.read")
def every(query: TaskQuery) -> dict[str, Any]:
    """List tasks of the reader's regions, those under way first."""
    mine = scope().clause(Task.region.expression)
    return {"tasks": tasks.shown(db(), mine, *_wanted(query), limit=query.limit)}


@bp.get("/tasks/<id>")
@permission("incidents.read")
def one(path: TaskPath, query: NoQuery) -> Response:
    """Read a task with its way and every step that was said of it; `ETag` is its version."""
    task = tasks.find_task(db(), path.id, scope=scope())
    return _answer(task.id)


@bp.patch("/tasks/<id>")
@permission("tasks.report")
def change(path: TaskPath, body: TaskChange) -> Response:
    """Report how far a task is, or change it; 409 with both states where somebody was faster."""
    task = tasks.find_task(db(), path.id, scope=scope())
    _check_may(task, body)
    ordering.check_vehicle(body.vehicle)
    version: int | None = wanted_version()
    values = {name: getattr(body, name) for name in SAID if name in body.model_fields_set}
    if body.lon is not None and body.lat is not None:
        values["geom"] = ordering.point(body.lon, body.lat)
    if values or body.route is not None or body.items:
        tasks.change(
            db(), task, values, version=version or 0, scope=scope(),
            route=ordering.line(body.route),
            amounts={each.item: each.amount for each in body.items},
        )  # fmt: skip
        version = None
    if body.state is not None:
        tasks.step(
            db(), task, body.state, version=version, scope=scope(), at=body.at,
            reason=body.reason, correction=body.correction,
            returned={each.item: each.amount for each in body.returned},
        )  # fmt: skip
    return _answer(task.id)


@bp.post("/tasks/<id>/cancel")
@permission("tasks.order")
def cancel(path: TaskPath, body: TaskCancel) -> Response:
    """Call a task off, whoever changed it last; its stock goes back, but what was used."""
    task = tasks.find_task(db(), path.id, scope=scope())
    tasks.step(
        db(), task, "cancelled", version=None, scope=scope(), at=body.at, reason=body.reason,
        returned={each.item: each.amount for each in body.returned},
    )  # fmt: skip
    return _answer(task.id)


@bp.get("/stock/<stock>/movements")
@permission("incidents.read")
def movements(path: StockPath, query: MovementQuery) -> dict[str, Any]:
    """List every change of a stock's quantity, newest first: ordered, returned, edited, loaded."""
    _check_seen(path.stock)
    found = tasks.movements(db(), path.stock, limit=query.limit)
    for line in found:
        region = line.pop("region")
        if line["task"] is not None and not scope().holds(region):
            line |= {"task": None, "incident": None, "actor": None}
    return {"movements": found}


def _wanted(query: TaskQuery) -> list[ColumnElement[bool]]:
    wanted: list[ColumnElement[bool]] = []
    if query.state == "open":
        wanted.append(Task.state.in_(HELD))
    elif query.state is not None:
        wanted.append(Task.state == query.state)
    for layer, id in (("team", query.team), ("resource", query.resource)):
        if id is not None:
            wanted += [Task.layer == layer, Task.feature_id == id]
    return wanted


def _check_may(task: Task, body: TaskChange) -> None:
    """Refuse what only who orders may do: everything but reports of how far it is, and notes."""
    reports_only = body.model_fields_set <= BY_REPORT and body.state in (None, *REPORTED)
    if not reports_only and not may("tasks.order", task.region):
        raise PermissionError_(
            f"{who().name} lacks tasks.order", permission="tasks.order", roles=list(who().roles)
        )


def _check_seen(stock: uuid.UUID) -> None:
    """Refuse a row of stock, there or gone, of a place that the reader may not see."""
    layer = find("resource")
    holder = db().scalar(select(Stock.resource_id).where(Stock.id == stock)) or db().scalar(
        select(StockMovement.resource_id)
        .where(StockMovement.stock_id == stock)
        .order_by(StockMovement.id.desc())
        .limit(1)
    )
    id = layer.column("id")
    if holder is None or not db().execute(
        select(id).where(id == holder, visible(layer, scope()))
    ).first():  # fmt: skip
        raise NotFoundError(f"there is no stock {stock}", code="no_stock_row", id=str(stock))


def _answer(id: uuid.UUID) -> Response:
    (task,) = tasks.shown(db(), Task.id == id, limit=1)
    task |= {"route": tasks.way(db(), id), "history": tasks.history(db(), id)}
    response = jsonify(task)
    response.headers["ETag"] = f'"{task["version"]}"'
    return response
