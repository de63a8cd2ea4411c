"""Districts: the site's region tree. GB/T 2260 is one scheme of codes; others are allowed."""

from __future__ import annotations

from sqlalchemy import BigInteger, String
from sqlalchemy.orm import Mapped

from layers.models.base import Base, Feature, field


class Region(Feature, Base):
    """An administrative area (行政区划); layers.region_code says which are below a code."""

    __tablename__ = "region"
    geometry_type = "MULTIPOLYGON"
    counted = False

    code: Mapped[str] = field(String, nullable=False, unique=True, required=True)
    parent: Mapped[str | None] = field(String)
    level: Mapped[str | None] = field(
        String, domain=("country", "province", "city", "county", "town", "village", "park")
    )
    scheme: Mapped[str | None] = field(String)
    people: Mapped[int | None] = field(BigInteger, unit="1", minimum=0)
