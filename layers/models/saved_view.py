"""Views of the map that people keep."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from sqlalchemy import Boolean, CheckConstraint, DateTime, Float, String, Uuid, func
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from layers.models.base import Base, Identified


class SavedView(Identified, Base):
    """A place of the map with what is shown there (视角收藏).

    `layers` lists the layers that are shown, None for all; `at` is a past moment, None for now.
    `highlight` is `{"lon", "lat", "radius_m", "text"}`, the last two where they are set. A view
    that is not shared is its owner's alone. It may outlive its incident, so that is no foreign key.
    """

    __tablename__ = "saved_view"
    __table_args__ = (
        CheckConstraint(
            "lon BETWEEN -180 AND 180 AND lat BETWEEN -90 AND 90 AND zoom BETWEEN 0 AND 22",
            name="place",
        ),
    )

    name: Mapped[str] = mapped_column(String)
    owner: Mapped[str | None] = mapped_column(String, index=True)
    shared: Mapped[bool] = mapped_column(Boolean, server_default="false")
    lon: Mapped[float] = mapped_column(Float)
    lat: Mapped[float] = mapped_column(Float)
    zoom: Mapped[float] = mapped_column(Float)
    layers: Mapped[list[str] | None] = mapped_column(JSONB(none_as_null=True))
    incident: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    at: Mapped[dt.datetime | None] = mapped_column(DateTime(timezone=True))
    highlight: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    created_at: Mapped[dt.datetime] = mapped_column(
        DateTime(timezone=True), server_default=func.now()
    )
