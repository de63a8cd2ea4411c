"""What the scene says against the plan in force."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from sqlalchemy import DateTime, ForeignKey, String, UniqueConstraint, Uuid, func
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from layers.models.base import Base, Identified, field

PROPOSAL_REASONS = ("reading_outside", "wind_turned")
PROPOSAL_STATES = ("open", "run", "dismissed", "superseded")


class Proposal(Identified, Base):
    """A new run that is proposed, since a reading or the wind breaks the plan `plan_id`.

    `cause` names what it is about: once an incident. `body` holds `values` (what was measured),
    `inputs` (what a run would change), `zones`, `exposes` and `basis` (how they were found).
    """

    __tablename__ = "proposal"
    __table_args__ = (UniqueConstraint("incident_id", "cause"),)

    incident_id: Mapped[uuid.UUID] = mapped_column(
        Uuid, ForeignKey("incident.id", ondelete="RESTRICT")
    )
    region: Mapped[str | None] = mapped_column(String)
    plan_id: Mapped[uuid.UUID] = mapped_column(
        Uuid, ForeignKey("assessment.id", ondelete="RESTRICT"), index=True
    )
    reason: Mapped[str] = field(String, nullable=False, domain=PROPOSAL_REASONS)
    cause: Mapped[str] = mapped_column(String)
    body: Mapped[dict[str, Any]] = mapped_column(JSONB)
    state: Mapped[str] = field(
        String, nullable=False, server_default="open", domain=PROPOSAL_STATES
    )
    made_at: Mapped[dt.datetime] = mapped_column(
        DateTime(timezone=True), server_default=func.clock_timestamp()
    )
    closed_by: Mapped[str | None] = mapped_column(String)
    closed_at: Mapped[dt.datetime | None] = mapped_column(DateTime(timezone=True))
    closed_why: Mapped[str | None] = mapped_column(String)
    assessment_id: Mapped[uuid.UUID | None] = mapped_column(
        Uuid, ForeignKey("assessment.id", ondelete="RESTRICT")
    )
