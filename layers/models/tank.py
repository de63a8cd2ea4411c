"""Tanks and other vessels of a hazard source."""

from __future__ import annotations

import uuid

from sqlalchemy import Float, ForeignKey, String, Uuid
from sqlalchemy.orm import Mapped

from layers.models.base import Base, Feature, field
from layers.models.enterprise import CONTAINERS, HAZARD_CLASSES


class Tank(Feature, Base):
    """One vessel (储罐) of a hazard source. `quantity_t` is the design maximum (设计最大量)."""

    __tablename__ = "tank"
    geometry_type = "GEOMETRY"

    hazard_source_id: Mapped[uuid.UUID | None] = field(
        Uuid, ForeignKey("hazard_source.id", ondelete="SET NULL"), index=True, rule="hazard_source"
    )
    tag: Mapped[str | None] = field(String)
    container: Mapped[str | None] = field(String, domain=CONTAINERS)
    substance: Mapped[str | None] = field(String, rule="substance")
    cas: Mapped[str | None] = field(String, rule="cas", index=True)
    hazard_class: Mapped[str | None] = field(String, domain=HAZARD_CLASSES)
    quantity_t: Mapped[float | None] = field(Float, unit="t", minimum=0, maximum=1_000_000)
    capacity_m3: Mapped[float | None] = field(Float, unit="m³", minimum=0, maximum=1_000_000)
    pressure_pa: Mapped[float | None] = field(Float, unit="Pa", minimum=0, maximum=1e9)
    temperature_k: Mapped[float | None] = field(Float, unit="K", minimum=1, maximum=3000)
