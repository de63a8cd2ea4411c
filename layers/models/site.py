"""What the site says of itself: one row."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, CheckConstraint, String
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from layers.models.base import Base


class Site(Base):
    """The site's name, whether its city is invented, and whom its data must credit."""

    __tablename__ = "site"
    __table_args__ = (CheckConstraint("id = 1", name="single"),)

    id: Mapped[int] = mapped_column(
        BigInteger, primary_key=True, autoincrement=False, server_default="1"
    )
    name: Mapped[str | None] = mapped_column(String)
    name_en: Mapped[str | None] = mapped_column(String)
    fictional: Mapped[bool] = mapped_column(Boolean, server_default="false")
    attributions: Mapped[list[str]] = mapped_column(ARRAY(String), server_default="{}")
