"""Weather stations and what stations and people observe."""

from __future__ import annotations

import datetime as dt
import uuid

from geoalchemy2 import Geometry, WKBElement
from sqlalchemy import BigInteger, DateTime, Float, ForeignKey, Identity, Index, String, Uuid, func
from sqlalchemy.orm import Mapped, mapped_column

from layers.models.base import Base, Feature, field


class WeatherStation(Feature, Base):
    """A weather station (气象站)."""

    __tablename__ = "weather_station"

    own_code: Mapped[str | None] = field(String, unique=True)
    elevation_m: Mapped[float | None] = field(Float, unit="m", minimum=-500, maximum=9000)


class Observation(Base):
    """One measured or reported value. Telemetry: not a layer change, so not in the journal.

    `at` is when it was measured, `received_at` when the server took it. One that names an incident
    counts for that one alone; `cas` says which substance a reading is of, where it is known.
    `sent_as` is the sender's name for it.
    """

    __tablename__ = "observation"
    __table_args__ = (
        Index("observation_station_id_quantity_at_idx", "station_id", "quantity", "at"),
        Index("observation_kind_at_idx", "kind", "at"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    kind: Mapped[str] = mapped_column(String)
    station_id: Mapped[uuid.UUID | None] = mapped_column(
        Uuid, ForeignKey("weather_station.id", ondelete="CASCADE")
    )
    quantity: Mapped[str] = mapped_column(String)
    value: Mapped[float] = mapped_column(Float)
    unit: Mapped[str] = mapped_column(String)
    instrument: Mapped[str | None] = mapped_column(String)
    at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True))
    received_at: Mapped[dt.datetime] = mapped_column(
        DateTime(timezone=True), server_default=func.now()
    )
    geom: Mapped[WKBElement | None] = mapped_column(Geometry("POINT", srid=4326), nullable=True)
    incident_id: Mapped[uuid.UUID | None] = mapped_column(
        Uuid, ForeignKey("incident.id", ondelete="CASCADE"), index=True
    )
    cas: Mapped[str | None] = mapped_column(String)
    given_by: Mapped[str | None] = mapped_column(String)
    sent_as: Mapped[uuid.UUID | None] = mapped_column(Uuid, unique=True)
