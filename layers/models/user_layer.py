"""Layers of a user's own: one row defines one; its table is made by the database's functions."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import CheckConstraint, DateTime, String, func, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from layers.models.base import Base, Identified

GEOMETRY_TYPES = ("POINT", "LINESTRING", "MULTIPOLYGON", "GEOMETRY")
GROUPS = ("risk", "help", "target", "ground")
ACCESSES = ("open", "region", "restricted")


def _one_of(values: tuple[str, ...]) -> str:
    return "('" + "', '".join(values) + "')"


class UserLayer(Identified, Base):
    """The definition of a layer of a user's own (自建图层); `name` is also its table's.

    `fields` lists `{"name", "type", "title", ...}` (layers.definition reads it), `readers` names
    the `roles` and `users` of a restricted layer. A removed one keeps its table until it is purged.
    """

    __tablename__ = "user_layer"
    __table_args__ = (
        CheckConstraint("name ~ '^u_[a-z0-9_]{1,40}$'", name="name"),
        CheckConstraint(f"geometry_type IN {_one_of(GEOMETRY_TYPES)}", name="geometry_type"),
        CheckConstraint(f"group_name IN {_one_of(GROUPS)}", name="group_name"),
        CheckConstraint(f"access IN {_one_of(ACCESSES)}", name="access"),
    )

    name: Mapped[str] = mapped_column(String, unique=True)
    title: Mapped[str] = mapped_column(String)
    title_en: Mapped[str | None] = mapped_column(String)
    geometry_type: Mapped[str] = mapped_column(String)
    fields: Mapped[list[Any]] = mapped_column(JSONB, server_default=text("'[]'::jsonb"))
    group_name: Mapped[str] = mapped_column(String, server_default="target")
    access: Mapped[str] = mapped_column(String, server_default="region")
    readers: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=text("'{}'::jsonb"))
    style: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=text("'{}'::jsonb"))
    owner: Mapped[str | None] = mapped_column(String)
    source: Mapped[str | None] = mapped_column(String)
    created_at: Mapped[dt.datetime] = mapped_column(
        DateTime(timezone=True), server_default=func.now()
    )
    removed_at: Mapped[dt.datetime | None] = mapped_column(DateTime(timezone=True))
