"""Computed grades of hazard sources."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from sqlalchemy import BigInteger, DateTime, Float, ForeignKey, String, Uuid
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from layers.models.base import Base, Identified


class Grading(Identified, Base):
    """What GB 18218-2018 gives for one hazard source, beside the grade that was filed.

    `level` is "1" to "4", "none" (不构成重大危险源), or NULL where the inputs do not decide it.
    `r_high` NULL is unbounded. `inputs_sha256` tells whether anything that entered has changed.
    """

    __tablename__ = "grading"

    hazard_source_id: Mapped[uuid.UUID] = mapped_column(
        Uuid, ForeignKey("hazard_source.id", ondelete="CASCADE"), unique=True
    )
    region: Mapped[str | None] = mapped_column(String)
    level: Mapped[str | None] = mapped_column(String)
    s: Mapped[float] = mapped_column(Float)
    r_low: Mapped[float] = mapped_column(Float)
    r_high: Mapped[float | None] = mapped_column(Float)
    people_500m: Mapped[int | None] = mapped_column(BigInteger)
    working: Mapped[dict[str, Any]] = mapped_column(JSONB)
    inputs_sha256: Mapped[str] = mapped_column(String)
    computed_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True))


class Follower(Base):
    """How far a background work has followed the journal: the last seq that it has dealt with."""

    __tablename__ = "follower"

    name: Mapped[str] = mapped_column(String, primary_key=True)
    seq: Mapped[int] = mapped_column(BigInteger)
