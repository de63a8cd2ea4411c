"""Import batches and their staged rows."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from geoalchemy2 import Geometry, WKBElement
from sqlalchemy import BigInteger, DateTime, ForeignKey, String, Uuid, func
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from layers.models.base import Base, Identified


class Batch(Identified, Base):
    """One file on its way in: reading -> checking -> staged -> published | rejected | failed."""

    __tablename__ = "import_batch"

    file_name: Mapped[str] = mapped_column(String)
    status: Mapped[str] = mapped_column(String, server_default="reading")
    progress: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default="{}")
    options: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default="{}")
    report: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default="{}")
    created_at: Mapped[dt.datetime] = mapped_column(
        DateTime(timezone=True), server_default=func.now()
    )
    created_by: Mapped[str | None] = mapped_column(String)


class StagedRow(Base):
    """One checked row of a batch: its record, its geometry, and every fault found in it."""

    __tablename__ = "staged_row"

    batch_id: Mapped[uuid.UUID] = mapped_column(
        Uuid, ForeignKey("import_batch.id", ondelete="CASCADE"), primary_key=True
    )
    layer: Mapped[str] = mapped_column(String, primary_key=True)
    row: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    record: Mapped[dict[str, Any]] = mapped_column(JSONB)
    geom: Mapped[WKBElement | None] = mapped_column(
        Geometry("GEOMETRY", srid=4326, spatial_index=False), nullable=True
    )
    faults: Mapped[list[Any]] = mapped_column(JSONB, server_default="[]")
