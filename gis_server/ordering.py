"""From assignments as they are sent to orders of tasks, one for each team or place."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from geoalchemy2 import WKBElement
from geoalchemy2.shape import from_shape
from shapely.geometry import LineString, Point

from analysis.roads.profile import PROFILES
from gis_server.wire.task import Assignment, Line, NewTasks
from layers.errors import InvalidInputError
from layers.tasks import Claim, Order

Key = tuple[Any, ...]


def orders(body: NewTasks) -> list[Order]:
    """Return the orders that a body asks for.

    Raises
    ------
    InvalidInputError
        Assignments of one task id that are not given to one team or place, or a vehicle that the
        roads do not know.
    """
    grouped: dict[Key, list[Assignment]] = {}
    for each in body.assignments:
        grouped.setdefault(_key(each), []).append(each)
    return [
        _order(parts, _id(body, parts[0], number)) for number, parts in enumerate(grouped.values())
    ]


def point(lon: float, lat: float) -> WKBElement:
    """Return a position as it is stored."""
    return from_shape(Point(lon, lat), srid=4326)


def line(given: Line | None) -> WKBElement | None:
    """Return a way as it is stored."""
    return None if given is None else from_shape(LineString(given.coordinates), srid=4326)


def check_vehicle(name: str | None) -> None:
    """Refuse a vehicle that the roads do not know.

    Raises
    ------
    InvalidInputError
        `"bad_value"`, with the names that there are.
    """
    if name is not None and name not in PROFILES:
        raise InvalidInputError(
            f"there is no vehicle {name}", code="bad_value", field="vehicle", got=name,
            wanted=", ".join(PROFILES),
        )  # fmt: skip


def _key(each: Assignment) -> Key:
    if each.task is not None:
        return (each.task,)
    return each.layer, each.id, _kind(each), each.title, each.lon, each.lat


def _kind(each: Assignment) -> str:
    return each.task_kind or ("bring" if each.what == "stock" else "go")


def _id(body: NewTasks, first: Assignment, number: int) -> uuid.UUID | None:
    """Return the id of a task: it follows from the body's, else it is the one that was sent."""
    if body.id is None:
        return first.task
    return uuid.uuid5(body.id, f"{number} {first.layer} {first.id}")


def _order(parts: Sequence[Assignment], id: uuid.UUID | None) -> Order:
    first = parts[0]
    for each in parts:
        check_vehicle(each.vehicle)
        if (each.layer, each.id) != (first.layer, first.id):
            raise InvalidInputError(
                f"task {first.task} is given to two", code="bad_value", field="task",
                got=str(first.task), wanted="one team or place",
            )  # fmt: skip
    times = [each.travel_time_s for each in parts if each.travel_time_s is not None]
    return Order(
        id=id,
        kind=_kind(first),
        layer=first.layer,
        feature_id=first.id,
        title=_said(parts, "title"),
        note=_said(parts, "note"),
        vehicle=_said(parts, "vehicle"),
        travel_time_s=max(times, default=None),
        destination=None if first.lon is None or first.lat is None else point(first.lon, first.lat),
        route=line(_said(parts, "route")),
        claims=tuple(_claim(each) for each in parts if each.what is not None),
    )


def _said(parts: Sequence[Assignment], name: str) -> Any:
    return next((value for each in parts if (value := getattr(each, name)) is not None), None)


def _claim(each: Assignment) -> Claim:
    return Claim(
        what=each.what or "",
        item=each.kind if each.what == "vehicle" else each.item,
        amount=each.amount,
        unit=each.unit,
        row=each.row,
    )
