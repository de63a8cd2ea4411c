"""Rasters of a site: terrain, fuel, people."""

from __future__ import annotations

import datetime as dt
import uuid

from geoalchemy2 import Geometry, WKBElement
from sqlalchemy import BigInteger, DateTime, Float, ForeignKey, LargeBinary, String, Uuid, func
from sqlalchemy.orm import Mapped, mapped_column

from layers.models.base import Base, Identified


class Raster(Identified, Base):
    """One raster: what it says, where, of what grain, and who says so.

    `west` and `north` are the outer corner of the first pixel in the raster's own coordinate
    system (`crs`, WKT), in whose units pixels are `pixel_width` by `pixel_height`. `period` is
    "day" or "night" for people who are there only then. `sha256` is the file's that it came from.
    """

    __tablename__ = "raster"

    kind: Mapped[str] = mapped_column(String)
    name: Mapped[str] = mapped_column(String)
    period: Mapped[str | None] = mapped_column(String)
    unit: Mapped[str] = mapped_column(String)
    crs: Mapped[str] = mapped_column(String)
    west: Mapped[float] = mapped_column(Float)
    north: Mapped[float] = mapped_column(Float)
    pixel_width: Mapped[float] = mapped_column(Float)
    pixel_height: Mapped[float] = mapped_column(Float)
    columns: Mapped[int] = mapped_column(BigInteger)
    rows: Mapped[int] = mapped_column(BigInteger)
    resolution_m: Mapped[float] = mapped_column(Float)
    minimum: Mapped[float | None] = mapped_column(Float)
    maximum: Mapped[float | None] = mapped_column(Float)
    source: Mapped[str] = mapped_column(String)
    source_date: Mapped[str | None] = mapped_column(String)
    licence: Mapped[str | None] = mapped_column(String)
    file_name: Mapped[str] = mapped_column(String)
    sha256: Mapped[str] = mapped_column(String)
    region: Mapped[str | None] = mapped_column(String)
    created_at: Mapped[dt.datetime] = mapped_column(
        DateTime(timezone=True), server_default=func.now()
    )
    geom: Mapped[WKBElement] = mapped_column(
        Geometry("POLYGON", srid=4326, spatial_index=True), nullable=False
    )


class RasterTile(Base):
    """Pixels of one tile of a raster, packed (layers.rasters.tiles); without data there is none."""

    __tablename__ = "raster_tile"

    raster_id: Mapped[uuid.UUID] = mapped_column(
        Uuid, ForeignKey("raster.id", ondelete="CASCADE"), primary_key=True
    )
    tile_row: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    tile_column: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    content: Mapped[bytes] = mapped_column(LargeBinary)
