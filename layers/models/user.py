"""Who may: users, what they were granted, and their sessions."""

from __future__ import annotations

import datetime as dt
import uuid

from sqlalchemy import Boolean, CheckConstraint, DateTime, ForeignKey, LargeBinary, String, Uuid, func
from sqlalchemy.orm import Mapped, mapped_column

from layers.models.base import Base, Identified

ROLES = ("viewer", "field", "duty", "planner", "commander", "admin")


class User(Identified, Base):
    """A person or a screen that signs in."""

    __tablename__ = "user_account"

    name: Mapped[str] = mapped_column(String, unique=True)
    title: Mapped[str | None] = mapped_column(String)
    password_hash: Mapped[str | None] = mapped_column(String)
    disabled: Mapped[bool] = mapped_column(Boolean, server_default="false")


class Grant(Identified, Base):
    """A role over a region subtree, until a time; region '' is the whole tree."""

    __tablename__ = "role_grant"
    __table_args__ = (
        CheckConstraint("role IN ('" + "','".join(ROLES) + "')", name="role"),
        CheckConstraint("region ~ '^[0-9A-Za-z._-]{0,32}$'", name="region"),
    )

    user_id: Mapped[uuid.UUID] = mapped_column(
        Uuid, ForeignKey("user_account.id", ondelete="CASCADE"), index=True
    )
    role: Mapped[str] = mapped_column(String)
    region: Mapped[str] = mapped_column(String, server_default="")
    until: Mapped[dt.datetime | None] = mapped_column(DateTime(timezone=True))


class Session(Base):
    """A signed-in session, known by the SHA-256 of its token only."""

    __tablename__ = "session"

    token_sha256: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    user_id: Mapped[uuid.UUID] = mapped_column(
        Uuid, ForeignKey("user_account.id", ondelete="CASCADE"), index=True
    )
    created_at: Mapped[dt.datetime] = mapped_column(
        DateTime(timezone=True), server_default=func.now()
    )
    seen_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    expires_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True))
