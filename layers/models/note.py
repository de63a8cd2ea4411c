"""What people write into the log of an incident."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from geoalchemy2 import Geometry, WKBElement
from sqlalchemy import DateTime, ForeignKey, Index, String, Uuid, func
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from layers.models.base import Base, Identified, field

NOTE_KINDS = ("note", "phone", "photo", "file", "survey")


class Note(Identified, Base):
    """An entry of the log (值班记录), with its files; it is struck, never removed.

    `at` is the time that it speaks of, `created_at` when it was first written. `documents` are ids
    of documents of the incident.
    """

    __tablename__ = "note"
    __table_args__ = (Index("note_documents_idx", "documents", postgresql_using="gin"),)

    incident_id: Mapped[uuid.UUID] = mapped_column(
        Uuid, ForeignKey("incident.id", ondelete="RESTRICT"), index=True
    )
    region: Mapped[str | None] = mapped_column(String)
    kind: Mapped[str] = field(String, nullable=False, server_default="note", domain=NOTE_KINDS)
    text: Mapped[str] = mapped_column(String)
    at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True))
    documents: Mapped[list[Any]] = mapped_column(JSONB, server_default="[]")
    written_by: Mapped[str] = mapped_column(String)
    created_at: Mapped[dt.datetime] = mapped_column(
        DateTime(timezone=True), server_default=func.now()
    )
    struck_by: Mapped[str | None] = mapped_column(String)
    struck_at: Mapped[dt.datetime | None] = mapped_column(DateTime(timezone=True))
    struck_reason: Mapped[str | None] = mapped_column(String)
    geom: Mapped[WKBElement | None] = mapped_column(
        Geometry("POINT", srid=4326, spatial_index=False), nullable=True
    )
