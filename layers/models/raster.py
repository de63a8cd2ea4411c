"""Rasters of a site: terrain, fuel, people, images, grids; files that wait to become one."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from geoalchemy2 import Geometry, WKBElement
from sqlalchemy import (
    BigInteger,
    DateTime,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Uuid,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from layers.models.base import Base, Identified


class Raster(Identified, Base):
    """One raster: what it says, where, of what grain, and who says so.

    `west` and `north` are the outer corner of the first pixel in the raster's own coordinate
    system (`crs`, WKT), in whose units pixels are `pixel_width` by `pixel_height`. `period` is
    "day" or "night" for people who are there only then. `sha256` is the file's that it came from.
    `taken_at` is when an image shows the ground, or for when a grid's values hold. `bands` is 1, or
    3 or 4 of an image (red, green, blue, and alpha where it has gaps).
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
    taken_at: Mapped[dt.datetime | None] = mapped_column(DateTime(timezone=True))
    bands: Mapped[int] = mapped_column(Integer, server_default=text("1"))


class RasterTile(Base):
    """Pixels of one tile of a raster, packed (layers.rasters.tiles); without data there is none."""

    __tablename__ = "raster_tile"

    raster_id: Mapped[uuid.UUID] = mapped_column(
        Uuid, ForeignKey("raster.id", ondelete="CASCADE"), primary_key=True
    )
    tile_row: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    tile_column: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    content: Mapped[bytes] = mapped_column(LargeBinary)


class RasterPiece(Base):
    """A piece of the file that an image is drawn from (layers.rasters.cog), by `number`."""

    __tablename__ = "raster_piece"

    raster_id: Mapped[uuid.UUID] = mapped_column(
        Uuid, ForeignKey("raster.id", ondelete="CASCADE"), primary_key=True
    )
    number: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    content: Mapped[bytes] = mapped_column(LargeBinary)


class RasterUpload(Base):
    """An uploaded file on its way: waiting -> reading -> done or failed.

    `told` is what was said of it, `error` why it was not taken (code, message, params).
    """

    __tablename__ = "raster_upload"
    __table_args__ = (
        Index(
            "raster_upload_open",
            "created_at",
            postgresql_where=text("status IN ('waiting', 'reading')"),
        ),
    )

    id: Mapped[uuid.UUID] = mapped_column(
        Uuid, primary_key=True, server_default=text("onemap_uuid_v7()")
    )
    file_name: Mapped[str] = mapped_column(String)
    told: Mapped[dict[str, Any]] = mapped_column(JSONB)
    status: Mapped[str] = mapped_column(String, server_default="waiting")
    attempts: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    error: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    raster_id: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    region: Mapped[str | None] = mapped_column(String)
    created_by: Mapped[str] = mapped_column(String)
    created_at: Mapped[dt.datetime] = mapped_column(
        DateTime(timezone=True), server_default=func.now()
    )
