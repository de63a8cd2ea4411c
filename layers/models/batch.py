"""Import batches, their staged rows, and how files of a source were read before."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from geoalchemy2 import Geometry, WKBElement
from sqlalchemy import (
    BigInteger,
    DateTime,
    ForeignKey,
    Index,
    String,
    UniqueConstraint,
    Uuid,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from layers.models.base import Base, Identified


class Batch(Identified, Base):
    """One file on its way in.

    reading -> analysed -> checking -> staged -> publishing -> published -> taken_back, or
    rejected or failed on the way. `analysis` is what a look into the file found, `options` how a
    person wants it read, `report` what the check and the load did.
    """

    __tablename__ = "import_batch"

    file_name: Mapped[str] = mapped_column(String)
    status: Mapped[str] = mapped_column(String, server_default="reading")
    progress: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default="{}")
    options: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default="{}")
    report: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default="{}")
    analysis: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default="{}")
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


class ImportSource(Base):
    """How files of one source with one set of columns were last read into one layer.

    `name` is who says what the files say, or a file's name without its numbers; `settings` holds
    what a person settled: fields, constants, coordinate system, encoding.
    """

    __tablename__ = "import_source"
    __table_args__ = (
        UniqueConstraint("name", "layer", "columns_key"),
        Index("import_source_columns_key_idx", "columns_key", "used_at"),
    )

    id: Mapped[uuid.UUID] = mapped_column(
        Uuid, primary_key=True, server_default=text("onemap_uuid_v7()")
    )
    name: Mapped[str] = mapped_column(String)
    layer: Mapped[str] = mapped_column(String)
    columns: Mapped[list[str]] = mapped_column(ARRAY(String))
    columns_key: Mapped[str] = mapped_column(String)
    settings: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default="{}")
    used_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    used_by: Mapped[str | None] = mapped_column(String)
