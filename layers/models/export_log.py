"""What was taken out of the system as files."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, String, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from layers.models.base import Base, Identified


class ExportLog(Identified, Base):
    """What left the house as a file (导出记录): one row an export, with what was asked.

    Who and when stand in its journal entry.
    """

    __tablename__ = "export_log"

    layer: Mapped[str] = mapped_column(String)
    format: Mapped[str] = mapped_column(String)
    crs: Mapped[str] = mapped_column(String)
    rows: Mapped[int] = mapped_column(BigInteger)
    asked: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=text("'{}'::jsonb"))
