"""Enterprises and their hazard sources."""

from __future__ import annotations

import uuid

from sqlalchemy import BigInteger, Boolean, Float, ForeignKey, String, Uuid
from sqlalchemy.orm import Mapped

from layers.models.base import Base, Feature, field

ENTERPRISE_CLASSES = (
    "chemical", "petrochemical", "gas", "mine", "tailings_pond", "fireworks", "dust_explosion",
    "metallurgy", "storage", "port", "industrial", "other",
)  # fmt: skip


class Enterprise(Feature, Base):
    """An enterprise (企业), with its unified social credit code where it has one."""

    __tablename__ = "enterprise"
    geometry_type = "GEOMETRY"

    name: Mapped[str] = field(String, nullable=False, required=True, sort_order=-18)
    credit_code: Mapped[str | None] = field(String, unique=True, rule="credit_code")
    own_code: Mapped[str | None] = field(String)
    class_: Mapped[str | None] = field(String, name="class", domain=ENTERPRISE_CLASSES)
    address: Mapped[str | None] = field(String)
    employees: Mapped[int | None] = field(BigInteger, unit="1", minimum=0, maximum=1_000_000)
    candidate: Mapped[bool] = field(Boolean, nullable=False, server_default="false")


class HazardSource(Feature, Base):
    """A major-hazard source (重大危险源). A quantity that is not known is NULL, never 0."""

    __tablename__ = "hazard_source"
    geometry_type = "GEOMETRY"

    enterprise_id: Mapped[uuid.UUID | None] = field(
        Uuid, ForeignKey("enterprise.id", ondelete="SET NULL"), index=True, rule="enterprise"
    )
    substance: Mapped[str | None] = field(String, rule="substance")
    cas: Mapped[str | None] = field(String, rule="cas", index=True)
    quantity_t: Mapped[float | None] = field(Float, unit="t", minimum=0, maximum=10_000_000)
    unit_kind: Mapped[str | None] = field(String, domain=("storage", "production"))
    container: Mapped[str | None] = field(
        String,
        domain=(
            "tank",
            "sphere",
            "warehouse",
            "process",
            "cylinder",
            "pipeline",
            "loading",
            "other",
        ),
    )
    pressure_pa: Mapped[float | None] = field(Float, unit="Pa", minimum=0, maximum=1e9)
    temperature_k: Mapped[float | None] = field(Float, unit="K", minimum=1, maximum=3000)
    grade: Mapped[str | None] = field(String, domain=("1", "2", "3", "4"))
    candidate: Mapped[bool] = field(Boolean, nullable=False, server_default="false")
