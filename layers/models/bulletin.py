"""First reports, follow-ups and final reports of an incident (首报 续报 终报)."""

from __future__ import annotations

import datetime as dt
import uuid

from sqlalchemy import (
    BigInteger,
    Boolean,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    String,
    Uuid,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from layers.models.base import Base, Identified, field

BULLETINS = ("first", "follow", "final")


class Bulletin(Identified, Base):
    """One bulletin: a draft that people may still word, then signed (签发) and locked.

    `body` is its content as canonical JSON text and `body_hash` its SHA-256, which the table
    itself checks. `year` and `serial` number what was signed, exercises apart; `ordinal` counts the
    signed bulletins of its kind in its incident. `made_entry` is the journal entry up to which it
    was written. The database refuses to change or remove what is signed.
    """

    __tablename__ = "bulletin"
    __table_args__ = (
        Index(
            "bulletin_number_key", "exercise", "year", "serial", unique=True,
            postgresql_where=text("serial IS NOT NULL"),
        ),
        Index(
            "bulletin_first_key", "incident_id", unique=True,
            postgresql_where=text("kind = 'first' AND serial IS NOT NULL"),
        ),
    )  # fmt: skip

    incident_id: Mapped[uuid.UUID] = mapped_column(
        Uuid, ForeignKey("incident.id", ondelete="RESTRICT"), index=True
    )
    region: Mapped[str | None] = mapped_column(String)
    kind: Mapped[str] = field(String, nullable=False, required=True, domain=BULLETINS)
    exercise: Mapped[bool] = mapped_column(Boolean, server_default="false")
    made_at: Mapped[dt.datetime] = mapped_column(
        DateTime(timezone=True), server_default=text("clock_timestamp()")
    )
    made_by: Mapped[str | None] = mapped_column(String)
    made_entry: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    body: Mapped[str] = mapped_column(String, deferred=True)
    body_hash: Mapped[str] = mapped_column(String)
    year: Mapped[int | None] = mapped_column(Integer)
    serial: Mapped[int | None] = mapped_column(Integer)
    ordinal: Mapped[int | None] = mapped_column(Integer)
    signed_at: Mapped[dt.datetime | None] = mapped_column(DateTime(timezone=True))
    signed_by: Mapped[str | None] = mapped_column(String)
    signer: Mapped[str | None] = mapped_column(String)
