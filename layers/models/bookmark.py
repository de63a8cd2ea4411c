"""Moments of the past that somebody marked with a word."""

from __future__ import annotations

import datetime as dt
import uuid

from sqlalchemy import BigInteger, CheckConstraint, DateTime, ForeignKey, Index, String, Uuid, func
from sqlalchemy.orm import Mapped, mapped_column

from layers.models.base import Base, Identified


class Bookmark(Identified, Base):
    """A marked moment (书签) of an incident or, without one, of the whole site."""

    __tablename__ = "bookmark"
    __table_args__ = (
        CheckConstraint("length(title) BETWEEN 1 AND 200", name="title"),
        CheckConstraint("seq >= 0", name="seq"),
        Index("bookmark_incident_id_idx", "incident_id", "at"),
    )

    incident_id: Mapped[uuid.UUID | None] = mapped_column(
        Uuid, ForeignKey("incident.id", ondelete="CASCADE")
    )
    region: Mapped[str | None] = mapped_column(String)
    title: Mapped[str] = mapped_column(String)
    seq: Mapped[int] = mapped_column(BigInteger)
    at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True))
    created_by: Mapped[str] = mapped_column(String)
    created_at: Mapped[dt.datetime] = mapped_column(
        DateTime(timezone=True), server_default=func.now()
    )
