"""Handing over the watch (交接班)."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import DateTime, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from layers.models.base import Base, Identified


class Handover(Identified, Base):
    """What one shift leaves to the next, signed by who leaves and by who takes over.

    `body` is canonical JSON text, `body_hash` its SHA-256. The database refuses to change what the
    first has signed, and everything once both have.
    """

    __tablename__ = "handover"
    __table_args__ = (Index("handover_shift_to_idx", "shift_to"),)

    region: Mapped[str | None] = mapped_column(String)
    shift_from: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True))
    shift_to: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True))
    made_at: Mapped[dt.datetime] = mapped_column(
        DateTime(timezone=True), server_default=text("clock_timestamp()")
    )
    made_by: Mapped[str | None] = mapped_column(String)
    body: Mapped[str] = mapped_column(String, deferred=True)
    body_hash: Mapped[str] = mapped_column(String)
    given_by: Mapped[str | None] = mapped_column(String)
    giver: Mapped[str | None] = mapped_column(String)
    given_at: Mapped[dt.datetime | None] = mapped_column(DateTime(timezone=True))
    taken_by: Mapped[str | None] = mapped_column(String)
    taker: Mapped[str | None] = mapped_column(String)
    taken_at: Mapped[dt.datetime | None] = mapped_column(DateTime(timezone=True))
