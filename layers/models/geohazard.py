"""Places where the ground may give way."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Float, String
from sqlalchemy.orm import Mapped

from layers.models.base import Base, Feature, field


class Geohazard(Feature, Base):
    """A geological-hazard point (地质灾害隐患点) with those whom it threatens."""

    __tablename__ = "geohazard"
    geometry_type = "GEOMETRY"

    own_code: Mapped[str | None] = field(String)
    kind: Mapped[str] = field(
        String,
        nullable=False,
        required=True,
        index=True,
        domain=("landslide", "collapse", "debris_flow", "subsidence", "fissure", "unstable_slope",
                "other"),
    )  # fmt: skip
    scale: Mapped[str | None] = field(String, domain=("huge", "large", "medium", "small"))
    risk_level: Mapped[str | None] = field(String, domain=("red", "orange", "yellow", "blue"))
    volume_m3: Mapped[float | None] = field(Float, unit="m³", minimum=0, maximum=1e12)
    households: Mapped[int | None] = field(BigInteger, unit="1", minimum=0, maximum=1_000_000)
    people_threatened: Mapped[int | None] = field(
        BigInteger, unit="1", minimum=0, maximum=10_000_000
    )
    monitored: Mapped[bool | None] = field(Boolean)
    description: Mapped[str | None] = field(String)
