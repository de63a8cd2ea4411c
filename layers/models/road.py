"""Road networks: their versions, and their roads as rows."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from geoalchemy2 import Geometry, WKBElement
from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    DateTime,
    Float,
    ForeignKey,
    Index,
    String,
    Uuid,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from layers.models.base import Base, Feature, Identified, field


class RoadNetwork(Identified, Base):
    """One version of a road network; a search takes the active one that holds the place.

    `told` is what was counted when it was read: what was left out, and why.
    """

    __tablename__ = "road_network"
    __table_args__ = (
        Index("road_network_active_key", "name", unique=True, postgresql_where=text("active")),
    )

    name: Mapped[str] = mapped_column(String)
    source: Mapped[str | None] = mapped_column(String)
    attribution: Mapped[str | None] = mapped_column(String)
    active: Mapped[bool] = mapped_column(Boolean, server_default="false")
    node_count: Mapped[int] = mapped_column(BigInteger)
    arc_count: Mapped[int] = mapped_column(BigInteger)
    created_at: Mapped[dt.datetime] = mapped_column(
        DateTime(timezone=True), server_default=func.now()
    )
    extent: Mapped[WKBElement] = mapped_column(Geometry("POLYGON", srid=4326))
    edge_count: Mapped[int] = mapped_column(BigInteger, server_default="0")
    ban_count: Mapped[int] = mapped_column(BigInteger, server_default="0")
    barrier_count: Mapped[int] = mapped_column(BigInteger, server_default="0")
    told: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=text("'{}'::jsonb"))


class Road(Feature, Base):
    """One road between two junctions (道路), drawn in the direction from node `u` to node `v`.

    `core`: in the network's largest strongly connected part. `level` orders what crosses above.
    """

    __tablename__ = "road"
    geometry_type = "LINESTRING"
    counted = False

    network_id: Mapped[uuid.UUID | None] = field(
        Uuid, ForeignKey("road_network.id", ondelete="CASCADE"), index=True
    )
    u: Mapped[int | None] = field(BigInteger)
    v: Mapped[int | None] = field(BigInteger)
    way: Mapped[int | None] = field(BigInteger)
    class_: Mapped[str] = field(String, name="class", nullable=False, required=True)
    ref: Mapped[str | None] = field(String)
    access: Mapped[str] = field(
        String,
        nullable=False,
        server_default="open",
        domain=("open", "private", "emergency", "foot"),
    )
    forward: Mapped[bool] = field(Boolean, nullable=False, server_default="true")
    backward: Mapped[bool] = field(Boolean, nullable=False, server_default="true")
    length_m: Mapped[float] = field(Float, nullable=False, unit="m", minimum=0)
    speed_kph: Mapped[float] = field(Float, nullable=False, unit="km/h", minimum=1, maximum=300)
    bridge: Mapped[bool] = field(Boolean, nullable=False, server_default="false")
    tunnel: Mapped[bool] = field(Boolean, nullable=False, server_default="false")
    level: Mapped[int] = field(BigInteger, nullable=False, server_default="0", unit="1")
    core: Mapped[bool] = field(Boolean, nullable=False, server_default="true")
    walk: Mapped[bool] = field(Boolean, nullable=False, server_default="true")
    hgv: Mapped[bool] = field(Boolean, nullable=False, server_default="true")
    hazmat: Mapped[bool] = field(Boolean, nullable=False, server_default="true")
    max_height_m: Mapped[float | None] = field(Float, unit="m", minimum=0, maximum=20)
    max_weight_t: Mapped[float | None] = field(Float, unit="t", minimum=0, maximum=1000)
    ferry: Mapped[bool] = field(Boolean, nullable=False, server_default="false")
    barrier: Mapped[str | None] = field(String)


class RoadTurn(Identified, Base):
    """A forbidden sequence of roads (禁止转向): ways, the junctions on it, whom it binds."""

    __tablename__ = "road_turn"

    network_id: Mapped[uuid.UUID] = mapped_column(
        Uuid, ForeignKey("road_network.id", ondelete="CASCADE"), index=True
    )
    ways: Mapped[list[int]] = mapped_column(ARRAY(BigInteger))
    nodes: Mapped[list[int]] = mapped_column(ARRAY(BigInteger))
    binds: Mapped[str] = mapped_column(String)
