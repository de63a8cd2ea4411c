"""Documents of a feature, and plan images laid on the map."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from geoalchemy2 import Geometry, WKBElement
from sqlalchemy import BigInteger, DateTime, Float, ForeignKey, Index, String, Uuid, func
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from layers.models.base import Base, Identified, field

DOCUMENT_KINDS = (
    "site_plan", "licence", "contingency_plan", "safety_report", "safety_data_sheet", "drawing",
    "photo", "inspection", "other",
)  # fmt: skip


class Document(Identified, Base):
    """A file that belongs to a feature (档案文件); its content lies under its SHA-256.

    `taken_at`, `lon` and `lat` are what a photo said of itself before it was stripped.
    """

    __tablename__ = "document"
    __table_args__ = (
        Index("document_layer_feature_idx", "layer", "feature_id"),
        Index("document_sha256_idx", "sha256"),
    )

    layer: Mapped[str] = mapped_column(String)
    feature_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    kind: Mapped[str] = field(String, nullable=False, required=True, domain=DOCUMENT_KINDS)
    title: Mapped[str] = field(String, nullable=False, required=True)
    file_name: Mapped[str] = mapped_column(String)
    media_type: Mapped[str] = mapped_column(String)
    size_bytes: Mapped[int] = mapped_column(BigInteger)
    sha256: Mapped[str] = mapped_column(String)
    width_px: Mapped[int | None] = mapped_column(BigInteger)
    height_px: Mapped[int | None] = mapped_column(BigInteger)
    taken_at: Mapped[str | None] = mapped_column(String)
    lon: Mapped[float | None] = mapped_column(Float)
    lat: Mapped[float | None] = mapped_column(Float)
    region: Mapped[str | None] = mapped_column(String)
    created_at: Mapped[dt.datetime] = mapped_column(
        DateTime(timezone=True), server_default=func.now()
    )
    created_by: Mapped[str | None] = mapped_column(String)


class SitePlan(Identified, Base):
    """A plan image (企业总平面图) laid on the map by its four corners.

    `corners` are lon, lat of the image's top left, top right, bottom right and bottom left;
    `residual_m` is how far the control points miss it, where it was placed by more than needed.
    """

    __tablename__ = "site_plan"

    document_id: Mapped[uuid.UUID] = mapped_column(
        Uuid, ForeignKey("document.id", ondelete="CASCADE"), index=True
    )
    title: Mapped[str] = field(String, nullable=False, required=True)
    corners: Mapped[list[Any]] = mapped_column(JSONB)
    opacity: Mapped[float] = field(
        Float, nullable=False, server_default="0.7", minimum=0, maximum=1
    )
    residual_m: Mapped[float | None] = mapped_column(Float)
    region: Mapped[str | None] = mapped_column(String)
    geom: Mapped[WKBElement] = mapped_column(
        Geometry("POLYGON", srid=4326, spatial_index=True), nullable=False
    )
