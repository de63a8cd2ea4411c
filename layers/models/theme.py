"""Theme maps that people put together."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import Boolean, DateTime, String, func, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from layers.models.base import Base, Identified


class ThemeMap(Identified, Base):
    """A theme map (专题图): chosen layers, each with filter and style, and the view of them.

    `layers` lists `{"layer", "filter", "style", "opacity", "visible"}` from the bottom up; `view`
    holds `center`, `zoom`, `bbox` and `at`, each where it is set. One that is not shared is its
    owner's alone.
    """

    __tablename__ = "theme_map"

    title: Mapped[str] = mapped_column(String)
    title_en: Mapped[str | None] = mapped_column(String)
    owner: Mapped[str | None] = mapped_column(String, index=True)
    shared: Mapped[bool] = mapped_column(Boolean, server_default="false")
    layers: Mapped[list[Any]] = mapped_column(JSONB, server_default=text("'[]'::jsonb"))
    view: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=text("'{}'::jsonb"))
    created_at: Mapped[dt.datetime] = mapped_column(
        DateTime(timezone=True), server_default=func.now()
    )
