"""Accidents of the past."""

from __future__ import annotations

import datetime as dt
import uuid

from sqlalchemy import BigInteger, DateTime, Float, ForeignKey, String, Uuid
from sqlalchemy.orm import Mapped

from layers.models.base import Base, Feature, field


class Accident(Feature, Base):
    """An accident or disaster of the past (历史事故), with what it cost and why it happened.

    `grade` is the accident grade of 国务院令第493号: 1 特别重大 to 4 一般.
    """

    __tablename__ = "accident"
    geometry_type = "GEOMETRY"

    occurred_at: Mapped[dt.datetime | None] = field(DateTime(timezone=True), index=True)
    kind: Mapped[str] = field(
        String,
        nullable=False,
        required=True,
        index=True,
        domain=("leak", "fire", "explosion", "poisoning", "collapse", "mine", "traffic", "tailings",
                "dust", "flood", "landslide", "earthquake", "other"),
    )  # fmt: skip
    enterprise_id: Mapped[uuid.UUID | None] = field(
        Uuid, ForeignKey("enterprise.id", ondelete="SET NULL"), index=True, rule="enterprise"
    )
    substance: Mapped[str | None] = field(String, rule="substance")
    cas: Mapped[str | None] = field(String, rule="cas", index=True)
    grade: Mapped[str | None] = field(String, domain=("1", "2", "3", "4"))
    dead: Mapped[int | None] = field(BigInteger, unit="1", minimum=0, maximum=10_000_000)
    serious: Mapped[int | None] = field(BigInteger, unit="1", minimum=0, maximum=10_000_000)
    evacuated: Mapped[int | None] = field(BigInteger, unit="1", minimum=0, maximum=10_000_000)
    loss_yuan: Mapped[float | None] = field(Float, unit="CNY", minimum=0, maximum=1e15)
    cause: Mapped[str | None] = field(String)
    description: Mapped[str | None] = field(String)
