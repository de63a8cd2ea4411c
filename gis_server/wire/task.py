"""Tasks as they are ordered, reported and changed."""

from __future__ import annotations

import uuid
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from gis_server.wire.base import Lat, Lon, Moment, Placed, Query, Text, Wire, Word

TaskKind = Literal["go", "bring", "evacuate", "close_road", "monitor", "warn", "other"]
State = Literal[
    "proposed", "ordered", "accepted", "departed", "arrived", "done", "cancelled", "refused"
]
Told = Literal["proposed", "ordered", "accepted", "refused", "departed", "arrived", "done"]
Profile = Annotated[str, Field(pattern=r"^[a-z_]{1,40}$", description="a vehicle of the roads")]
Seconds = Annotated[float, Field(ge=0, le=864_000, strict=True, json_schema_extra={"unit": "s"})]
Amount = Annotated[float, Field(gt=0, le=1e9, strict=True)]
UnitName = Annotated[str, Field(min_length=1, max_length=32)]


class Line(Wire):
    """A GeoJSON LineString, lon lat in degrees."""

    type: Literal["LineString"]
    coordinates: Annotated[list[tuple[Lon, Lat]], Field(min_length=2, max_length=20_000)]


class Assignment(Placed):
    """One thing that one team or place is to do or to give.

    `what` is `team` (the whole of it), `skill` (a whole team that has the skill `item`), `people`
    (of a team, or places of a shelter), `vehicle` (of the kind `kind`) or `stock` (of the item
    `item`); left out, the task takes nothing. `row` names one row of stock or vehicles.
    Assignments with one `task` are one task, which has this id where the body has none; those
    without are one task for each team or place. Without `layer` and `id` the task is given to
    nobody on record. Without lon and lat it is to the place of the incident.
    """

    layer: Literal["team", "resource"] | None = None
    id: uuid.UUID | None = None
    task: uuid.UUID | None = None
    task_kind: TaskKind | None = None
    title: Word | None = None
    note: Text | None = None
    what: Literal["team", "skill", "people", "vehicle", "stock"] | None = None
    kind: Word | None = None
    item: Word | None = None
    row: uuid.UUID | None = None
    amount: Amount = 1
    unit: UnitName | None = None
    vehicle: Profile | None = None
    travel_time_s: Seconds | None = None
    route: Line | None = None

    @model_validator(mode="after")
    def _given_to_somebody(self) -> Self:
        if (self.layer is None) != (self.id is None):
            raise ValueError("both layer and id, or neither")
        if self.what is not None and self.layer is None:
            raise ValueError("layer and id with what")
        return self


class NewTasks(Wire):
    """Tasks of one incident, all of them or none.

    `id` is made by the sender: sent twice with one `id` they are stored once, and the ids of the
    tasks follow from it and the order of the assignments. Without any id, what
    says the same as a task under way is refused, unless `again` says that it is meant. `at` is
    when the order was given, where it is written down later.
    """

    id: uuid.UUID | None = None
    state: Literal["proposed", "ordered"] = "ordered"
    again: bool = False
    at: Moment | None = None
    assignments: Annotated[list[Assignment], Field(min_length=1, max_length=500)]


class ItemAmount(Wire):
    """An item of a task by its id, and an amount in the item's unit."""

    item: uuid.UUID
    amount: Annotated[float, Field(ge=0, le=1e9, strict=True)]


Returned = Annotated[list[ItemAmount], Field(max_length=200)]


class TaskChange(Placed):
    """How far a task has come, or what else changes of it.

    `at` is when it happened, for what is reported later. A step that passes over others takes a
    `reason`; a step back takes `correction` and a `reason`. `returned` is what of its stock comes
    back: with `refused` everything where nothing is said, with `done` nothing. `items` says how
    much it takes from now on, until it departs. `accepted`, `refused`, `departed`, `arrived`,
    `done` and `note` take the permission `tasks.report`, everything else `tasks.order`.
    """

    state: Told | None = None
    at: Moment | None = None
    reason: Word | None = None
    correction: bool = False
    returned: Returned = []
    title: Word | None = None
    note: Text | None = None
    vehicle: Profile | None = None
    travel_time_s: Seconds | None = None
    expected_at: Moment | None = None
    route: Line | None = None
    items: Returned = []


class TaskCancel(Wire):
    """Why a task is called off; `returned` where not everything comes back."""

    at: Moment | None = None
    reason: Word | None = None
    returned: Returned = []


class TaskPath(Wire):
    """Which task."""

    id: uuid.UUID


class StockPath(Wire):
    """Which row of stock."""

    stock: uuid.UUID


class TaskQuery(Query):
    """Which tasks: of a state (`open`: ordered and not ended), of a team or place."""

    state: State | Literal["open"] | None = None
    team: uuid.UUID | None = None
    resource: uuid.UUID | None = None
    limit: Annotated[int, Field(ge=1, le=500)] = 200


class MovementQuery(Query):
    """How many lines of a ledger, newest first."""

    limit: Annotated[int, Field(ge=1, le=500)] = 100


class AvailableQuery(Query):
    """What is left of which teams and places."""

    team: Annotated[list[uuid.UUID], Field(max_length=100)] = []
    resource: Annotated[list[uuid.UUID], Field(max_length=100)] = []
