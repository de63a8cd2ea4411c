"""Enterprises and their hazard sources."""

from __future__ import annotations

import uuid

from sqlalchemy import BigInteger, Boolean, Float, ForeignKey, String, Uuid
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped

from layers.models.base import Base, Feature, field

ENTERPRISE_CLASSES = (
    "chemical", "petrochemical", "gas", "mine", "non_coal_mine", "tailings_pond", "fireworks",
    "dust_explosion", "metallurgy", "storage", "port", "industrial", "other",
)  # fmt: skip
CONTAINERS = (
    "tank", "sphere", "warehouse", "process", "cylinder", "pipeline", "loading", "other",
)  # fmt: skip
HAZARD_CLASSES = (
    "j1", "j2", "j3", "j4", "j5", "w1.1", "w1.2", "w1.3", "w2", "w3", "w4", "w5.1", "w5.2", "w5.3",
    "w5.4", "w6.1", "w6.2", "w7.1", "w7.2", "w8", "w9.1", "w9.2", "w10", "w11", "none",
)  # fmt: skip
"""The classes of GB 18218-2018, table 2, for a substance that its table 1 does not name; "none"
says that the standard does not count it."""
RISK_COLOURS = ("red", "orange", "yellow", "blue")


class Enterprise(Feature, Base):
    """An enterprise (企业), with its unified social credit code where it has one.

    `risk_level` is its colour on the four-colour map (四色图); `processes` are the key supervised
    chemical processes (重点监管危险化工工艺) that it runs.
    """

    __tablename__ = "enterprise"
    geometry_type = "GEOMETRY"

    name: Mapped[str] = field(String, nullable=False, required=True, sort_order=-18)
    credit_code: Mapped[str | None] = field(String, unique=True, rule="credit_code")
    own_code: Mapped[str | None] = field(String)
    class_: Mapped[str | None] = field(String, name="class", domain=ENTERPRISE_CLASSES)
    address: Mapped[str | None] = field(String)
    employees: Mapped[int | None] = field(BigInteger, unit="1", minimum=0, maximum=1_000_000)
    park_id: Mapped[uuid.UUID | None] = field(
        Uuid, ForeignKey("park.id", ondelete="SET NULL"), index=True, rule="park"
    )
    risk_level: Mapped[str | None] = field(String, domain=RISK_COLOURS)
    processes: Mapped[list[str] | None] = field(ARRAY(String))
    legal_person: Mapped[str | None] = field(String)
    licence_no: Mapped[str | None] = field(String)
    candidate: Mapped[bool] = field(Boolean, nullable=False, server_default="false")


class HazardSource(Feature, Base):
    """A major-hazard source (重大危险源): one storage or production unit.

    Its own substance and quantity may be given, its tanks, or both. A quantity that is not known
    is NULL, never 0. `grade` and `people_500m` are as filed (备案); what GB 18218 gives for the
    present data is computed beside them (`Grading`) and never written over them.
    """

    __tablename__ = "hazard_source"
    geometry_type = "GEOMETRY"

    enterprise_id: Mapped[uuid.UUID | None] = field(
        Uuid, ForeignKey("enterprise.id", ondelete="SET NULL"), index=True, rule="enterprise"
    )
    substance: Mapped[str | None] = field(String, rule="substance")
    cas: Mapped[str | None] = field(String, rule="cas", index=True)
    quantity_t: Mapped[float | None] = field(Float, unit="t", minimum=0, maximum=10_000_000)
    unit_kind: Mapped[str | None] = field(String, domain=("storage", "production"))
    container: Mapped[str | None] = field(String, domain=CONTAINERS)
    hazard_class: Mapped[str | None] = field(String, domain=HAZARD_CLASSES)
    pressure_pa: Mapped[float | None] = field(Float, unit="Pa", minimum=0, maximum=1e9)
    temperature_k: Mapped[float | None] = field(Float, unit="K", minimum=1, maximum=3000)
    grade: Mapped[str | None] = field(String, domain=("1", "2", "3", "4"))
    filing_no: Mapped[str | None] = field(String)
    people_500m: Mapped[int | None] = field(BigInteger, unit="1", minimum=0, maximum=10_000_000)
    candidate: Mapped[bool] = field(Boolean, nullable=False, server_default="false")
