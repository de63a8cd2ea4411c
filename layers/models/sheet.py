"""Calculation sheets of assessments, and who signed them."""

from __future__ import annotations

import datetime as dt
import uuid

from sqlalchemy import DateTime, ForeignKey, String, UniqueConstraint, Uuid, func
from sqlalchemy.orm import Mapped, mapped_column

from layers.models.base import Base, Identified, field

SIGNATURES = ("prepared", "checked", "reviewed", "approved")
"""编制 校核 审核 批准: the order in which a sheet is signed; with the last one it is locked."""


class CalculationSheet(Identified, Base):
    """The sheet of an assessment (计算书), frozen when it is made.

    `body` is its content as canonical JSON text, byte for byte as it was frozen, and `body_hash`
    its SHA-256, which the table itself checks. The database refuses to change a sheet, and to
    remove one that is approved.
    """

    __tablename__ = "calculation_sheet"

    assessment_id: Mapped[uuid.UUID] = mapped_column(
        Uuid, ForeignKey("assessment.id", ondelete="CASCADE"), unique=True
    )
    incident_id: Mapped[uuid.UUID] = mapped_column(
        Uuid, ForeignKey("incident.id", ondelete="CASCADE"), index=True
    )
    region: Mapped[str | None] = mapped_column(String)
    input_hash: Mapped[str] = mapped_column(String)
    result_hash: Mapped[str] = mapped_column(String)
    body_hash: Mapped[str] = mapped_column(String)
    body: Mapped[str] = mapped_column(String, deferred=True)
    created_at: Mapped[dt.datetime] = mapped_column(
        DateTime(timezone=True), server_default=func.now()
    )
    created_by: Mapped[str | None] = mapped_column(String)


class SheetSignature(Identified, Base):
    """One signature. The database keeps the order, takes the body's hash, and changes none."""

    __tablename__ = "sheet_signature"
    __table_args__ = (UniqueConstraint("sheet_id", "role"),)

    sheet_id: Mapped[uuid.UUID] = mapped_column(
        Uuid, ForeignKey("calculation_sheet.id", ondelete="CASCADE")
    )
    incident_id: Mapped[uuid.UUID] = mapped_column(Uuid, index=True)
    region: Mapped[str | None] = mapped_column(String)
    role: Mapped[str] = field(String, nullable=False, required=True, domain=SIGNATURES)
    signed_by: Mapped[str] = mapped_column(String)
    name: Mapped[str | None] = mapped_column(String)
    body_hash: Mapped[str] = mapped_column(String)
    signed_at: Mapped[dt.datetime] = mapped_column(
        DateTime(timezone=True), server_default=func.now()
    )
