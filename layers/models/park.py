"""Chemical parks."""

from __future__ import annotations

from sqlalchemy import BigInteger, Float, String
from sqlalchemy.orm import Mapped

from layers.models.base import Base, Feature, field


class Park(Feature, Base):
    """A chemical park (化工园区) with its boundary; `risk_level` as the authority declared it."""

    __tablename__ = "park"
    geometry_type = "GEOMETRY"

    name: Mapped[str] = field(String, nullable=False, required=True, sort_order=-18)
    code: Mapped[str | None] = field(String, unique=True)
    level: Mapped[str | None] = field(
        String, domain=("national", "provincial", "city", "county", "other")
    )
    risk_level: Mapped[str | None] = field(String, domain=("a", "b", "c", "d"))
    area_km2: Mapped[float | None] = field(Float, unit="km²", minimum=0, maximum=10_000)
    people: Mapped[int | None] = field(BigInteger, unit="1", minimum=0, maximum=10_000_000)
    owner: Mapped[str | None] = field(String)
    address: Mapped[str | None] = field(String)
