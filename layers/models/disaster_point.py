"""Places where something happened or may happen."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import DateTime, String
from sqlalchemy.orm import Mapped

from layers.models.base import Base, Feature, field


class DisasterPoint(Feature, Base):
    """A disaster point (灾害点)."""

    __tablename__ = "disaster_point"
    geometry_type = "GEOMETRY"

    kind: Mapped[str] = field(
        String,
        nullable=False,
        required=True,
        domain=("landslide", "flood", "fire", "explosion", "leak", "collapse", "debris_flow",
                "earthquake", "other"),
    )  # fmt: skip
    occurred_at: Mapped[dt.datetime | None] = field(DateTime(timezone=True))
    description: Mapped[str | None] = field(String)
