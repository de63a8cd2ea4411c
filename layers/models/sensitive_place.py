"""What of nature must be kept clean."""

from __future__ import annotations

from sqlalchemy import BigInteger, String
from sqlalchemy.orm import Mapped

from layers.models.base import Base, Feature, field


class SensitivePlace(Feature, Base):
    """An environmentally sensitive place (环境敏感点): point, line or area."""

    __tablename__ = "sensitive_place"
    geometry_type = "GEOMETRY"

    kind: Mapped[str] = field(
        String,
        nullable=False,
        required=True,
        index=True,
        domain=("river", "lake", "coast", "reserve", "water_source", "wetland", "scenic", "other"),
    )
    level: Mapped[str | None] = field(
        String, domain=("national", "provincial", "city", "county", "other")
    )
    water_quality: Mapped[str | None] = field(String, domain=("1", "2", "3", "4", "5"))
    people_served: Mapped[int | None] = field(BigInteger, unit="1", minimum=0, maximum=100_000_000)
    owner: Mapped[str | None] = field(String)
    description: Mapped[str | None] = field(String)
