"""Packs of a region that were asked for, and what became of them."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import BigInteger, DateTime, Index, String, func, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from layers.models.base import Base, Identified


class Pack(Identified, Base):
    """One pack (离线数据包), from asked for to expired; its journal says who took what along.

    `by_command` is one that somebody makes on the command line: the server leaves it alone.
    `asked` is what was asked, with the layers by name; `regions` the regions that its maker could
    see (None: the whole tree); `report` the error of one that failed, the counts of one that was
    made. `size_bytes` and `sha256` are the file's.
    """

    __tablename__ = "pack"
    __table_args__ = (Index("pack_owner_idx", "owner", "created_at"),)

    name: Mapped[str] = mapped_column(String)
    owner: Mapped[str | None] = mapped_column(String)
    status: Mapped[str] = mapped_column(String, server_default="waiting")
    attempts: Mapped[int] = mapped_column(BigInteger, server_default="0")
    asked: Mapped[dict[str, Any]] = mapped_column(JSONB)
    regions: Mapped[list[str] | None] = mapped_column(JSONB)
    report: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=text("'{}'::jsonb"))
    revision: Mapped[int | None] = mapped_column(BigInteger)
    size_bytes: Mapped[int | None] = mapped_column(BigInteger)
    sha256: Mapped[str | None] = mapped_column(String)
    created_at: Mapped[dt.datetime] = mapped_column(
        DateTime(timezone=True), server_default=func.now()
    )
    made_at: Mapped[dt.datetime | None] = mapped_column(DateTime(timezone=True))
    expires_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True))
