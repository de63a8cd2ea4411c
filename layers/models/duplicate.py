"""Pairs of features that may be one thing twice; a person says whether they are."""

from __future__ import annotations

import datetime as dt
import uuid

from sqlalchemy import (
    CheckConstraint,
    DateTime,
    Float,
    Index,
    String,
    UniqueConstraint,
    Uuid,
    desc,
    func,
)
from sqlalchemy.orm import Mapped, mapped_column

from layers.models.base import Base, Identified

STATES = ("open", "different", "same")
REASONS = ("code", "name")


class Duplicate(Identified, Base):
    """Two features of a layer, `a < b`, that look like one (疑似重复).

    `reason` is `code` (one code) or `name` (near and alike); `score` runs from 0 to 1. What was
    decided stays, so that a pair is asked about once.
    """

    __tablename__ = "duplicate"
    __table_args__ = (
        UniqueConstraint("layer", "a", "b"),
        CheckConstraint("a < b", name="order"),
        CheckConstraint(f"state IN {STATES}", name="state"),
        CheckConstraint(f"reason IN {REASONS}", name="reason"),
        Index("duplicate_layer_state_idx", "layer", "state", desc("score"), "id"),
        Index("duplicate_b_idx", "layer", "b"),
    )

    layer: Mapped[str] = mapped_column(String)
    a: Mapped[uuid.UUID] = mapped_column(Uuid)
    b: Mapped[uuid.UUID] = mapped_column(Uuid)
    reason: Mapped[str] = mapped_column(String)
    score: Mapped[float] = mapped_column(Float)
    distance_m: Mapped[float | None] = mapped_column(Float)
    state: Mapped[str] = mapped_column(String, server_default="open")
    note: Mapped[str | None] = mapped_column(String)
    decided_by: Mapped[str | None] = mapped_column(String)
    decided_at: Mapped[dt.datetime | None] = mapped_column(DateTime(timezone=True))
    found_at: Mapped[dt.datetime] = mapped_column(
        DateTime(timezone=True), server_default=func.now()
    )
