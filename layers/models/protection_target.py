"""Who must be protected."""

from __future__ import annotations

from sqlalchemy import BigInteger, String
from sqlalchemy.orm import Mapped

from layers.models.base import Base, Feature, field


class ProtectionTarget(Feature, Base):
    """A protection target (防护目标) with its people by day and by night; unknown is NULL."""

    __tablename__ = "protection_target"
    geometry_type = "GEOMETRY"

    kind: Mapped[str] = field(
        String,
        nullable=False,
        required=True,
        index=True,
        domain=("school", "kindergarten", "university", "nursing_home", "hospital", "housing",
                "village", "market", "station", "office", "worship", "other"),
    )  # fmt: skip
    people_day: Mapped[int | None] = field(BigInteger, unit="1", minimum=0, maximum=10_000_000)
    people_night: Mapped[int | None] = field(BigInteger, unit="1", minimum=0, maximum=10_000_000)
    address: Mapped[str | None] = field(String)
