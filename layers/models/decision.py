"""What is decided in an incident, drafted by one person and approved by another."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from geoalchemy2 import Geometry, WKBElement
from sqlalchemy import DateTime, ForeignKey, String, Uuid, func
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from layers.models.base import Base, Identified, field

DECISION_KINDS = ("start_response", "evacuate", "shelter", "warn", "widen", "end", "other")
DECISION_STATES = ("drafted", "approved", "rejected", "withdrawn")


class Decision(Identified, Base):
    """A decision (决策) with its text, basis and area, frozen as drafted.

    `level` is the response level that it starts or widens to, or the warning level that it gives.
    `basis` holds what it rests on: `assessment`, `zone` (its index there), `proposal`, `text`.
    """

    __tablename__ = "decision"

    incident_id: Mapped[uuid.UUID] = mapped_column(
        Uuid, ForeignKey("incident.id", ondelete="RESTRICT"), index=True
    )
    region: Mapped[str | None] = mapped_column(String)
    kind: Mapped[str] = field(String, nullable=False, domain=DECISION_KINDS)
    text: Mapped[str] = mapped_column(String)
    level: Mapped[str | None] = mapped_column(String)
    level_was: Mapped[str | None] = mapped_column(String)
    basis: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default="{}")
    state: Mapped[str] = field(
        String, nullable=False, server_default="drafted", domain=DECISION_STATES
    )
    drafted_by: Mapped[str] = mapped_column(String)
    drafted_at: Mapped[dt.datetime] = mapped_column(
        DateTime(timezone=True), server_default=func.clock_timestamp()
    )
    decided_by: Mapped[str | None] = mapped_column(String)
    decided_at: Mapped[dt.datetime | None] = mapped_column(DateTime(timezone=True))
    reason: Mapped[str | None] = mapped_column(String)
    geom: Mapped[WKBElement | None] = mapped_column(
        Geometry("GEOMETRY", srid=4326, spatial_index=False), nullable=True
    )
