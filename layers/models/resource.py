"""What helps: resources with their stock, rescue teams, fire water."""

from __future__ import annotations

import uuid

from sqlalchemy import BigInteger, Float, ForeignKey, String, Uuid
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped

from layers.models.base import Base, Feature, Identified, field


class Resource(Feature, Base):
    """An emergency resource (应急资源): what heals, shelters, stores, carries or connects."""

    __tablename__ = "resource"
    geometry_type = "GEOMETRY"

    kind: Mapped[str] = field(
        String,
        nullable=False,
        required=True,
        index=True,
        domain=("hospital", "clinic", "shelter", "depot", "equipment", "communication",
                "transport", "other"),
    )  # fmt: skip
    beds: Mapped[int | None] = field(BigInteger, unit="1", minimum=0, maximum=100_000)
    specialties: Mapped[list[str] | None] = field(ARRAY(String))
    capacity_people: Mapped[int | None] = field(BigInteger, unit="1", minimum=0, maximum=10_000_000)
    owner: Mapped[str | None] = field(String)
    address: Mapped[str | None] = field(String)


class Stock(Identified, Base):
    """One item held at a resource (库存), and whose it is (产权单位)."""

    __tablename__ = "stock"

    resource_id: Mapped[uuid.UUID] = field(
        Uuid, ForeignKey("resource.id", ondelete="CASCADE"), nullable=False, index=True
    )
    item: Mapped[str] = field(String, nullable=False, required=True)
    quantity: Mapped[float] = field(Float, nullable=False, required=True, minimum=0)
    unit: Mapped[str] = field(String, nullable=False, required=True)
    owner: Mapped[str | None] = field(String)


class Team(Feature, Base):
    """A rescue team (救援队伍) at its base."""

    __tablename__ = "team"
    geometry_type = "GEOMETRY"

    kind: Mapped[str] = field(
        String,
        nullable=False,
        required=True,
        index=True,
        domain=("fire", "medical", "mine", "chemical", "flood", "forest", "earthquake", "police",
                "volunteer", "other"),
    )  # fmt: skip
    people: Mapped[int | None] = field(BigInteger, unit="1", minimum=0, maximum=1_000_000)
    vehicles: Mapped[int | None] = field(BigInteger, unit="1", minimum=0, maximum=100_000)
    base: Mapped[str | None] = field(String)
    skills: Mapped[list[str] | None] = field(ARRAY(String))


class Vehicle(Identified, Base):
    """Vehicles of one kind that a team has (车辆): how many, or the plate of a single one."""

    __tablename__ = "vehicle"

    team_id: Mapped[uuid.UUID] = field(
        Uuid, ForeignKey("team.id", ondelete="CASCADE"), nullable=False, index=True
    )
    kind: Mapped[str] = field(String, nullable=False, required=True)
    count: Mapped[int] = field(BigInteger, nullable=False, server_default="1", minimum=1)
    plate: Mapped[str | None] = field(String)


class FireWater(Feature, Base):
    """A source of water for fighting fires (消防水源)."""

    __tablename__ = "fire_water"

    kind: Mapped[str] = field(
        String, nullable=False, required=True, domain=("hydrant", "pond", "wharf", "tank", "other")
    )
    volume_m3: Mapped[float | None] = field(Float, unit="m³", minimum=0, maximum=1e9)
    flow_l_s: Mapped[float | None] = field(Float, unit="L/s", minimum=0, maximum=1e6)
