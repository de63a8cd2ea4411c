"""Who may: users, what they were granted, and their sessions."""

from __future__ import annotations

import datetime as dt
import uuid

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    LargeBinary,
    String,
    Uuid,
    func,
    text,
)
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
        CheckConstraint("region ~ '^[0-9A-Za-z._-]{0,128}$'", name="region"),
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
    read_only: Mapped[bool] = mapped_column(Boolean, server_default="false")


class LoginFailure(Base):
    """One failed sign-in; the latest ones of a name or an address slow the next attempts down."""

    __tablename__ = "login_failure"
    __table_args__ = (
        Index("login_failure_name_at_idx", "name", "at"),
        Index("login_failure_address_at_idx", "address", "at"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    name: Mapped[str] = mapped_column(String)
    address: Mapped[str] = mapped_column(String)
    at: Mapped[dt.datetime] = mapped_column(
        DateTime(timezone=True), server_default=text("clock_timestamp()")
    )
