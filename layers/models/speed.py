"""How fast roads really are: as a site says by the hour, and as its vehicles drove."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import BigInteger, Boolean, DateTime, Float, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from layers.models.base import Base, Identified, field

DAY_KINDS = ("workday", "weekend")


class RoadSpeed(Identified, Base):
    """The share of the free speed that a class of road has at an hour, and who says so.

    `hour` is that of the place's own clock, `network` the name that versions of one share.
    """

    __tablename__ = "road_speed"
    __table_args__ = (UniqueConstraint("network", "road_class", "day_kind", "hour"),)

    network: Mapped[str] = field(String, nullable=False, required=True)
    road_class: Mapped[str] = field(String, nullable=False, required=True)
    day_kind: Mapped[str] = field(String, nullable=False, required=True, domain=DAY_KINDS)
    hour: Mapped[int] = field(BigInteger, nullable=False, required=True, minimum=0, maximum=23)
    factor: Mapped[float] = field(Float, nullable=False, required=True, minimum=0.05, maximum=2)
    source: Mapped[str] = field(String, nullable=False, required=True)


class MeasuredSpeed(Base):
    """Passes of vehicles from node `u` to node `v` of a way, and the seconds that a metre took.

    `slowness_s_m` is a sum over the passes, so that passes / slowness_s_m is the harmonic mean
    speed in m/s.
    """

    __tablename__ = "measured_speed"

    network: Mapped[str] = mapped_column(String, primary_key=True)
    emergency: Mapped[bool] = mapped_column(Boolean, primary_key=True)
    day_kind: Mapped[str] = mapped_column(String, primary_key=True)
    hour: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    way: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    u: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    v: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    passes: Mapped[int] = mapped_column(BigInteger)
    slowness_s_m: Mapped[float] = mapped_column(Float)
    measured_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True))


class SpeedProgress(Base):
    """Until when the tracks have been measured; `revision` grows with every change of speeds."""

    __tablename__ = "speed_progress"

    network: Mapped[str] = mapped_column(String, primary_key=True)
    measured_until: Mapped[dt.datetime | None] = mapped_column(DateTime(timezone=True))
    revision: Mapped[int] = mapped_column(BigInteger, server_default="0")
