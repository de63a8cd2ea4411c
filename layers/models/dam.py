"""What holds water or slurry back: reservoirs, tailings ponds, flood works."""

from __future__ import annotations

import uuid

from sqlalchemy import BigInteger, Float, ForeignKey, String, Uuid
from sqlalchemy.orm import Mapped

from layers.models.base import Base, Feature, field


class Reservoir(Feature, Base):
    """A reservoir (水库).

    `grade`: 大(1)型 large_1 >= 1e9 m³, 大(2)型 large_2 >= 1e8, 中型 medium >= 1e7,
    小(1)型 small_1 >= 1e6, 小(2)型 small_2 >= 1e5 (SL 252-2017, table 3.0.1) [mem 95%].
    """

    __tablename__ = "reservoir"
    geometry_type = "GEOMETRY"

    own_code: Mapped[str | None] = field(String)
    grade: Mapped[str | None] = field(
        String, domain=("large_1", "large_2", "medium", "small_1", "small_2")
    )
    capacity_m3: Mapped[float | None] = field(Float, unit="m³", minimum=0, maximum=1e12)
    dam_kind: Mapped[str | None] = field(
        String, domain=("earth", "rockfill", "gravity", "arch", "buttress", "other")
    )
    dam_height_m: Mapped[float | None] = field(Float, unit="m", minimum=0, maximum=1000)
    flood_limit_m: Mapped[float | None] = field(Float, unit="m", minimum=-500, maximum=9000)
    people_downstream: Mapped[int | None] = field(
        BigInteger, unit="1", minimum=0, maximum=100_000_000
    )
    owner: Mapped[str | None] = field(String)


class TailingsPond(Feature, Base):
    """A tailings pond (尾矿库); `grade` 1 to 5 by volume and dam height (GB 39496-2020)."""

    __tablename__ = "tailings_pond"
    geometry_type = "GEOMETRY"

    own_code: Mapped[str | None] = field(String)
    enterprise_id: Mapped[uuid.UUID | None] = field(
        Uuid, ForeignKey("enterprise.id", ondelete="SET NULL"), index=True, rule="enterprise"
    )
    grade: Mapped[str | None] = field(String, domain=("1", "2", "3", "4", "5"))
    volume_m3: Mapped[float | None] = field(Float, unit="m³", minimum=0, maximum=1e12)
    dam_height_m: Mapped[float | None] = field(Float, unit="m", minimum=0, maximum=1000)
    people_downstream: Mapped[int | None] = field(
        BigInteger, unit="1", minimum=0, maximum=100_000_000
    )
    status: Mapped[str | None] = field(
        String, domain=("building", "operating", "stopped", "closed", "abandoned")
    )


class FloodWork(Feature, Base):
    """A flood-control work (防洪工程): a dike is a line, a sluice a point, a basin an area."""

    __tablename__ = "flood_work"
    geometry_type = "GEOMETRY"

    own_code: Mapped[str | None] = field(String)
    kind: Mapped[str] = field(
        String,
        nullable=False,
        required=True,
        index=True,
        domain=("dike", "sluice", "pump_station", "revetment", "detention_basin", "danger_section",
                "spur", "culvert", "ship_lock", "diversion", "drainage", "gauge", "other"),
    )  # fmt: skip
    grade: Mapped[str | None] = field(String, domain=("1", "2", "3", "4", "5"))
    return_period_years: Mapped[float | None] = field(Float, unit="a", minimum=1, maximum=100_000)
    crest_m: Mapped[float | None] = field(Float, unit="m", minimum=-500, maximum=9000)
    flow_m3_s: Mapped[float | None] = field(Float, unit="m³/s", minimum=0, maximum=1e6)
    owner: Mapped[str | None] = field(String)
