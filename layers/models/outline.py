"""Outlines of areas, simplified together with their neighbours (layers/outlines)."""

from __future__ import annotations

from geoalchemy2 import Geometry, WKBElement
from sqlalchemy import BigInteger, SmallInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from layers.models.base import Base


class Outline(Base):
    """How a row of a layer is drawn at the zooms of a band; NULL where nothing of it is left."""

    __tablename__ = "outline"

    layer: Mapped[str] = mapped_column(String, primary_key=True)
    band: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    fid: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    geom: Mapped[WKBElement | None] = mapped_column(
        Geometry("GEOMETRY", srid=3857, spatial_index=False), nullable=True
    )
