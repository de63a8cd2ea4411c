"""Walls of command halls."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    DateTime,
    ForeignKey,
    Integer,
    LargeBinary,
    String,
    Uuid,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from layers.models.base import Base, Identified


class Wall(Identified, Base):
    """What one wall (大屏) shows, as somebody at a desk said it.

    `view` is `{"lon", "lat", "zoom"}`; `second` is what the second map shows: `{"show", "incident",
    "at"}`. `at` is a moment of the past that is shown, `speed` how many of its seconds go by in one
    since `shown_at`. `playlist` holds ids of saved views, each shown for `seconds`. `shown_at` and
    `shown_by` are of the last time that somebody said what is shown. `region` is that of
    whoever made the wall, None for the whole tree: only who holds it drives the wall.
    """

    __tablename__ = "wall"
    __table_args__ = (
        CheckConstraint("name ~ '^[a-z0-9][a-z0-9_-]{0,31}$'", name="name"),
        CheckConstraint("speed BETWEEN 0 AND 600", name="speed"),
        CheckConstraint("seconds BETWEEN 5 AND 3600", name="seconds"),
    )

    name: Mapped[str] = mapped_column(String, unique=True)
    region: Mapped[str | None] = mapped_column(String)
    view: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    layers: Mapped[list[str] | None] = mapped_column(JSONB(none_as_null=True))
    incident: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    at: Mapped[dt.datetime | None] = mapped_column(DateTime(timezone=True))
    speed: Mapped[int] = mapped_column(Integer, server_default="0")
    flight: Mapped[bool] = mapped_column(Boolean, server_default="true")
    highlight: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    second: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    playlist: Mapped[list[str]] = mapped_column(JSONB, server_default=text("'[]'::jsonb"))
    seconds: Mapped[int] = mapped_column(Integer, server_default="20")
    shown_by: Mapped[str | None] = mapped_column(String)
    shown_at: Mapped[dt.datetime | None] = mapped_column(DateTime(timezone=True))


class WallKey(Base):
    """What a screen without a person signs in with: it only reads, for one wall.

    `user_id` is whose rights it reads with, so it opens nothing once they are disabled; null is the
    visitor of demo mode. A key that was taken back stays as a row that says by whom.
    """

    __tablename__ = "wall_key"
    __table_args__ = (CheckConstraint("wall ~ '^[a-z0-9][a-z0-9_-]{0,31}$'", name="wall"),)

    id: Mapped[uuid.UUID] = mapped_column(
        Uuid, primary_key=True, server_default=text("onemap_uuid_v7()")
    )
    wall: Mapped[str] = mapped_column(String, index=True)
    title: Mapped[str] = mapped_column(String)
    token_sha256: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    user_id: Mapped[uuid.UUID | None] = mapped_column(
        Uuid, ForeignKey("user_account.id", ondelete="CASCADE"), index=True
    )
    created_by: Mapped[str] = mapped_column(String)
    created_at: Mapped[dt.datetime] = mapped_column(
        DateTime(timezone=True), server_default=func.now()
    )
    expires_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True))
    seen_at: Mapped[dt.datetime | None] = mapped_column(DateTime(timezone=True))
    revoked_at: Mapped[dt.datetime | None] = mapped_column(DateTime(timezone=True))
    revoked_by: Mapped[str | None] = mapped_column(String)
