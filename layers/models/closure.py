"""Roads that are closed: by a barrier, a broken bridge, a flood, works."""

from __future__ import annotations

import datetime as dt
import uuid

from sqlalchemy import BigInteger, DateTime, ForeignKey, String, Uuid, func, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from layers.models.base import Base, Feature, field

CLOSURE_KINDS = ("barrier", "bridge", "flood", "works", "other")


class RoadClosure(Feature, Base):
    """A closure (交通管制点): in force from `since` until `until`, or until somebody lifts it.

    A point closes one road, a line what it crosses, an area what touches it. `ways` are the roads
    that a point means (the source's way ids), so that what runs below a closed bridge stays open.
    Without an incident it closes for everybody; an incident's own (an exercise's too) for it alone.
    """

    __tablename__ = "road_closure"
    geometry_type = "GEOMETRY"

    kind: Mapped[str] = field(String, nullable=False, required=True, domain=CLOSURE_KINDS)
    reason: Mapped[str | None] = field(String)
    incident_id: Mapped[uuid.UUID | None] = field(
        Uuid, ForeignKey("incident.id", ondelete="CASCADE"), index=True
    )
    since: Mapped[dt.datetime] = field(
        DateTime(timezone=True), nullable=False, server_default=func.now()
    )
    until: Mapped[dt.datetime | None] = field(DateTime(timezone=True))
    closed_by: Mapped[str | None] = field(String)
    lifted_at: Mapped[dt.datetime | None] = field(DateTime(timezone=True))
    lifted_by: Mapped[str | None] = field(String)
    ways: Mapped[list[int]] = mapped_column(
        ARRAY(BigInteger), server_default=text("'{}'::bigint[]")
    )
