"""Tasks of an incident, what each takes, the way of each, and the ledger of every stock."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from geoalchemy2 import Geometry, WKBElement
from sqlalchemy import BigInteger, DateTime, Float, ForeignKey, Identity, Index, String, Uuid, text
from sqlalchemy.orm import Mapped, mapped_column

from layers.models.base import Base, Identified, field

TASK_KINDS = ("go", "bring", "evacuate", "close_road", "monitor", "warn", "other")
TASK_STATES = (
    "proposed", "ordered", "accepted", "departed", "arrived", "done", "cancelled", "refused",
)  # fmt: skip
CLAIMS = ("team", "people", "vehicle", "stock", "places")


def _moment() -> Any:
    return mapped_column(DateTime(timezone=True))


class Task(Identified, Base):
    """One order to one team or place (任务), from proposed to done.

    The database keeps the steps in order (`onemap_step_task`) and fills `exercise`, `region`,
    `state_by` and `state_recorded_at`. `state_at` is when a state began by what was reported,
    `state_recorded_at` when the report came in. The moments of states that were skipped, and those
    of states that a correction took back, are empty; the journal holds every one that was said.
    `geom` is the destination.
    """

    __tablename__ = "task"
    __table_args__ = (
        Index("task_incident_id_idx", "incident_id"),
        Index(
            "task_open_idx", "layer", "feature_id",
            postgresql_where=text("state IN ('ordered', 'accepted', 'departed', 'arrived')"),
        ),
        Index("task_ordered_at_idx", "ordered_at"),
    )  # fmt: skip

    incident_id: Mapped[uuid.UUID] = mapped_column(
        Uuid, ForeignKey("incident.id", ondelete="RESTRICT")
    )
    region: Mapped[str | None] = mapped_column(String)
    exercise: Mapped[bool] = mapped_column(server_default="false")
    kind: Mapped[str] = field(String, nullable=False, required=True, domain=TASK_KINDS)
    title: Mapped[str | None] = mapped_column(String)
    note: Mapped[str | None] = mapped_column(String)
    layer: Mapped[str | None] = mapped_column(String)
    feature_id: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    feature_name: Mapped[str | None] = mapped_column(String)
    vehicle: Mapped[str | None] = mapped_column(String)
    travel_time_s: Mapped[float | None] = field(Float, unit="s", minimum=0, maximum=864_000)
    expected_at: Mapped[dt.datetime | None] = _moment()
    state: Mapped[str] = field(
        String, nullable=False, server_default="proposed", domain=TASK_STATES
    )
    state_at: Mapped[dt.datetime] = mapped_column(
        DateTime(timezone=True), server_default=text("clock_timestamp()")
    )
    state_recorded_at: Mapped[dt.datetime] = mapped_column(
        DateTime(timezone=True), server_default=text("clock_timestamp()")
    )
    state_by: Mapped[str | None] = mapped_column(String)
    state_reason: Mapped[str | None] = mapped_column(String)
    correction: Mapped[bool] = mapped_column(server_default="false")
    ordered_by: Mapped[str | None] = mapped_column(String)
    ordered_at: Mapped[dt.datetime | None] = _moment()
    accepted_at: Mapped[dt.datetime | None] = _moment()
    departed_at: Mapped[dt.datetime | None] = _moment()
    arrived_at: Mapped[dt.datetime | None] = _moment()
    ended_at: Mapped[dt.datetime | None] = _moment()
    geom: Mapped[WKBElement | None] = mapped_column(
        Geometry("POINT", srid=4326, spatial_index=False)
    )


class TaskItem(Identified, Base):
    """What a task takes: people, vehicles or the whole of a team, stock, places of a shelter.

    `amount` is in `unit`, which for stock is the unit of the stock's own row. `drawn` is what the
    stock now lacks because of it; the database holds it equal to what the ledger says, except in
    an exercise, which draws on paper only.
    """

    __tablename__ = "task_item"
    __table_args__ = (
        Index("task_item_task_id_idx", "task_id"),
        Index("task_item_stock_id_idx", "stock_id", postgresql_where=text("stock_id IS NOT NULL")),
        Index(
            "task_item_vehicle_id_idx", "vehicle_id",
            postgresql_where=text("vehicle_id IS NOT NULL"),
        ),
        Index("task_item_holder_id_idx", "holder_id"),
    )  # fmt: skip

    task_id: Mapped[uuid.UUID] = mapped_column(Uuid, ForeignKey("task.id", ondelete="RESTRICT"))
    incident_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    region: Mapped[str | None] = mapped_column(String)
    what: Mapped[str] = field(String, nullable=False, required=True, domain=CLAIMS)
    holder_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    stock_id: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    vehicle_id: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    item: Mapped[str | None] = mapped_column(String)
    amount: Mapped[float] = field(Float, nullable=False, required=True, minimum=0, maximum=1e9)
    unit: Mapped[str] = mapped_column(String)
    drawn: Mapped[float] = mapped_column(Float, server_default="0")


class TaskRoute(Identified, Base):
    """The way that a task is to take, apart from the task: a line is long, and rarely changes."""

    __tablename__ = "task_route"

    task_id: Mapped[uuid.UUID] = mapped_column(
        Uuid, ForeignKey("task.id", ondelete="RESTRICT"), unique=True
    )
    incident_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    region: Mapped[str | None] = mapped_column(String)
    geom: Mapped[WKBElement] = mapped_column(
        Geometry("LINESTRING", srid=4326, spatial_index=False), nullable=False
    )


class StockMovement(Base):
    """One change of a stock's quantity (出入库), whoever or whatever made it.

    Written by a trigger of `stock` and by nothing else; the program may not change a line. Each
    line's `before` is the `after` of the one before it, so the lines explain the quantity.
    """

    __tablename__ = "stock_movement"
    __table_args__ = (
        Index("stock_movement_stock_id_id_idx", "stock_id", "id"),
        Index(
            "stock_movement_task_item_id_idx", "task_item_id",
            postgresql_where=text("task_item_id IS NOT NULL"),
        ),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    stock_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    resource_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    item: Mapped[str] = mapped_column(String)
    unit: Mapped[str] = mapped_column(String)
    before: Mapped[float] = mapped_column(Float)
    after: Mapped[float] = mapped_column(Float)
    why: Mapped[str] = mapped_column(String)
    task_item_id: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    at: Mapped[dt.datetime] = mapped_column(
        DateTime(timezone=True), server_default=text("clock_timestamp()")
    )
    actor: Mapped[str | None] = mapped_column(String)
    batch: Mapped[uuid.UUID | None] = mapped_column(Uuid)
