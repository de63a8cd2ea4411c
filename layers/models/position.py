"""Where vehicles and people are: trackers, positions, watched areas, alerts, live arrivals."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from geoalchemy2 import Geometry, WKBElement
from sqlalchemy import (
    REAL,
    BigInteger,
    Boolean,
    CheckConstraint,
    DateTime,
    Float,
    ForeignKey,
    Identity,
    Index,
    SmallInteger,
    String,
    Uuid,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from layers.models.base import Base, Identified, field

TRACKER_KINDS = ("vehicle", "person")
ALERT_KINDS = (
    "off_route", "stopped", "silent", "overdue", "arrived", "no_way", "entered", "left",
)  # fmt: skip
_Time = DateTime(timezone=True)


class Tracker(Identified, Base):
    """A device that reports where something is, and what that is (车载终端、单兵终端).

    `device` is what it calls itself, `number` its short key in the positions. `reporter`, where
    set, is the only user who may report it. A tracker of an exercise exists in exercises only.
    """

    __tablename__ = "tracker"

    number: Mapped[int] = mapped_column(BigInteger, Identity(always=True), unique=True)
    device: Mapped[str] = field(String, nullable=False, required=True, unique=True)
    kind: Mapped[str] = field(
        String, nullable=False, server_default="vehicle", domain=TRACKER_KINDS
    )
    name: Mapped[str | None] = field(String)
    plate: Mapped[str | None] = field(String)
    team_id: Mapped[uuid.UUID | None] = field(
        Uuid, ForeignKey("team.id", ondelete="SET NULL"), index=True
    )
    vehicle_id: Mapped[uuid.UUID | None] = field(
        Uuid, ForeignKey("vehicle.id", ondelete="SET NULL"), index=True
    )
    profile: Mapped[str] = field(String, nullable=False, server_default="fire_engine")
    reporter: Mapped[str | None] = field(String)
    region: Mapped[str | None] = field(String, rule="region")
    exercise: Mapped[bool] = field(Boolean, nullable=False, server_default="false")
    active: Mapped[bool] = field(Boolean, nullable=False, server_default="true")


class TrackerSighting(Base):
    """A device that reported and is not registered: told, so that it can be; nothing is kept."""

    __tablename__ = "tracker_sighting"

    device: Mapped[str] = mapped_column(String, primary_key=True)
    reported_by: Mapped[str] = mapped_column(String)
    first_at: Mapped[dt.datetime] = mapped_column(_Time, server_default=func.now())
    last_at: Mapped[dt.datetime] = mapped_column(_Time, server_default=func.now())
    reports: Mapped[int] = mapped_column(BigInteger, server_default="1")


class Position(Base):
    """One position of the history, EPSG:4326; a partition a day (UTC) of `at`.

    `at` is the device's clock, `received_at` ours. `flags` are those of
    `layers.tracking.judgement.Flag`.
    """

    __tablename__ = "position"
    __table_args__ = (
        CheckConstraint("lon BETWEEN -180 AND 180 AND lat BETWEEN -90 AND 90", name="place"),
        {"postgresql_partition_by": "RANGE (at)"},
    )

    tracker: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    at: Mapped[dt.datetime] = mapped_column(_Time, primary_key=True)
    received_at: Mapped[dt.datetime] = mapped_column(_Time)
    lon: Mapped[float] = mapped_column(Float)
    lat: Mapped[float] = mapped_column(Float)
    speed_m_s: Mapped[float | None] = mapped_column(REAL)
    heading_deg: Mapped[float | None] = mapped_column(REAL)
    accuracy_m: Mapped[float | None] = mapped_column(REAL)
    flags: Mapped[int] = mapped_column(SmallInteger, server_default="0")


class PositionLatest(Base):
    """Where a tracker was last: the newest believed position; a row a tracker, from its start.

    `held_*` is a newer place too far away to be believed until a second one agrees with it.
    """

    __tablename__ = "position_latest"

    tracker: Mapped[int] = mapped_column(
        BigInteger,
        ForeignKey("tracker.number", ondelete="CASCADE"),
        primary_key=True,
        autoincrement=False,
    )
    at: Mapped[dt.datetime | None] = mapped_column(_Time)
    received_at: Mapped[dt.datetime | None] = mapped_column(_Time)
    lon: Mapped[float | None] = mapped_column(Float)
    lat: Mapped[float | None] = mapped_column(Float)
    speed_m_s: Mapped[float | None] = mapped_column(REAL)
    heading_deg: Mapped[float | None] = mapped_column(REAL)
    accuracy_m: Mapped[float | None] = mapped_column(REAL)
    flags: Mapped[int] = mapped_column(SmallInteger, server_default="0")
    held_at: Mapped[dt.datetime | None] = mapped_column(_Time)
    held_lon: Mapped[float | None] = mapped_column(Float)
    held_lat: Mapped[float | None] = mapped_column(Float)


class WatchArea(Identified, Base):
    """An area whose comers and goers are told (电子围栏); `kind` None is vehicles and people."""

    __tablename__ = "watch_area"

    name: Mapped[str] = mapped_column(String)
    incident_id: Mapped[uuid.UUID | None] = mapped_column(
        Uuid, ForeignKey("incident.id", ondelete="CASCADE")
    )
    region: Mapped[str | None] = mapped_column(String)
    kind: Mapped[str | None] = mapped_column(String)
    on_enter: Mapped[bool] = mapped_column(Boolean, server_default="true")
    on_leave: Mapped[bool] = mapped_column(Boolean, server_default="true")
    exercise: Mapped[bool] = mapped_column(Boolean, server_default="false")
    active: Mapped[bool] = mapped_column(Boolean, server_default="true")
    created_by: Mapped[str | None] = mapped_column(String)
    geom: Mapped[WKBElement] = mapped_column(Geometry("GEOMETRY", srid=4326, spatial_index=True))


class Presence(Base):
    """Who is in a watched area now, and since when by the device's clock."""

    __tablename__ = "presence"

    watch_area_id: Mapped[uuid.UUID] = mapped_column(
        Uuid, ForeignKey("watch_area.id", ondelete="CASCADE"), primary_key=True
    )
    tracker: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    since: Mapped[dt.datetime] = mapped_column(_Time)


class Alert(Identified, Base):
    """What a position, or none, raised (告警): opened by the program, acknowledged by a person."""

    __tablename__ = "alert"
    __table_args__ = (
        Index(
            "alert_open_key", "tracker_id", "kind", "task_id", "watch_area_id",
            unique=True,
            postgresql_nulls_not_distinct=True,
            postgresql_where=text("closed_at IS NULL"),
        ),
    )  # fmt: skip

    kind: Mapped[str] = field(String, nullable=False, domain=ALERT_KINDS)
    tracker_id: Mapped[uuid.UUID] = mapped_column(
        Uuid, ForeignKey("tracker.id", ondelete="CASCADE")
    )
    task_id: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    incident_id: Mapped[uuid.UUID | None] = mapped_column(Uuid, index=True)
    watch_area_id: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    region: Mapped[str | None] = mapped_column(String)
    exercise: Mapped[bool] = mapped_column(Boolean, server_default="false")
    opened_at: Mapped[dt.datetime] = mapped_column(_Time, index=True)
    lon: Mapped[float | None] = mapped_column(Float)
    lat: Mapped[float | None] = mapped_column(Float)
    details: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default="{}")
    acknowledged_at: Mapped[dt.datetime | None] = mapped_column(_Time)
    acknowledged_by: Mapped[str | None] = mapped_column(String)
    closed_at: Mapped[dt.datetime | None] = mapped_column(_Time)


class Eta(Base):
    """When a tracker on a task arrives, from where it is now; telemetry, beside the task's order.

    `state` is "on_route", "off_route", "stopped", "near", "silent", "no_way" or "unplaced";
    `memory` is what following remembers between two positions.
    """

    __tablename__ = "eta"

    task_id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True)
    tracker: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    at: Mapped[dt.datetime] = mapped_column(_Time)
    computed_at: Mapped[dt.datetime] = mapped_column(_Time)
    expected_at: Mapped[dt.datetime | None] = mapped_column(_Time)
    remaining_s: Mapped[float | None] = mapped_column(Float)
    distance_m: Mapped[float | None] = mapped_column(Float)
    off_route_m: Mapped[float | None] = mapped_column(Float)
    state: Mapped[str] = mapped_column(String)
    memory: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default="{}")
