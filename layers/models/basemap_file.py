"""The register of base maps, and of map services of others."""

from __future__ import annotations

import datetime as dt
import uuid

from geoalchemy2 import Geometry, WKBElement
from sqlalchemy import BigInteger, Boolean, DateTime, Float, ForeignKey, String, Uuid, func, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from layers.models.base import Base, Identified


class BasemapFile(Identified, Base):
    """One region's base map (底图): an archive of tiles, a file named by its `sha256`.

    `source` is the name of the extract that it was made from, `source_sha256` its content,
    `osm_timestamp` as of when that says it is.
    """

    __tablename__ = "basemap_file"

    name: Mapped[str] = mapped_column(String, unique=True)
    sha256: Mapped[str] = mapped_column(String)
    bytes: Mapped[int] = mapped_column(BigInteger)
    tiles: Mapped[int] = mapped_column(BigInteger)
    min_zoom: Mapped[int] = mapped_column(BigInteger)
    max_zoom: Mapped[int] = mapped_column(BigInteger)
    extent: Mapped[WKBElement] = mapped_column(
        Geometry("POLYGON", srid=4326, spatial_index=True), nullable=False
    )
    layers: Mapped[list[str]] = mapped_column(ARRAY(String))
    source: Mapped[str] = mapped_column(String)
    source_sha256: Mapped[str] = mapped_column(String)
    attribution: Mapped[str] = mapped_column(String)
    osm_timestamp: Mapped[dt.datetime | None] = mapped_column(DateTime(timezone=True))
    made_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())


class ExternalSource(Identified, Base):
    """A map service of others (外部底图服务): where it is, how it is asked, what it is credited as.

    `host` is the only host that is asked; `{s}` in it stands for one of `subdomains`. `datum` is
    what its pixels lie in: services of Chinese web maps are shifted (`gcj02`, `bd09`). A host may
    have an address that is not public only where `intranet` says so, or where it was typed so.
    """

    __tablename__ = "external_source"

    name: Mapped[str] = mapped_column(String, unique=True)
    title: Mapped[str] = mapped_column(String)
    title_en: Mapped[str | None] = mapped_column(String)
    kind: Mapped[str] = mapped_column(String)
    address: Mapped[str] = mapped_column(String)
    host: Mapped[str] = mapped_column(String)
    subdomains: Mapped[list[str]] = mapped_column(
        ARRAY(String), server_default=text("'{}'::character varying[]")
    )
    layer: Mapped[str | None] = mapped_column(String)
    style: Mapped[str | None] = mapped_column(String)
    matrix_set: Mapped[str | None] = mapped_column(String)
    format: Mapped[str] = mapped_column(String, server_default=text("'image/png'"))
    datum: Mapped[str] = mapped_column(String, server_default=text("'wgs84'"))
    min_zoom: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    max_zoom: Mapped[int] = mapped_column(BigInteger, server_default=text("18"))
    attribution: Mapped[str] = mapped_column(String)
    opacity: Mapped[float] = mapped_column(Float, server_default=text("1"))
    has_key: Mapped[bool] = mapped_column(Boolean, server_default=text("false"))
    intranet: Mapped[bool] = mapped_column(Boolean, server_default=text("false"))


class ExternalKey(Base):
    """The key that a service of others asks for; in no answer, no journal and no event."""

    __tablename__ = "external_key"

    source_id: Mapped[uuid.UUID] = mapped_column(
        Uuid, ForeignKey("external_source.id", ondelete="CASCADE"), primary_key=True
    )
    key: Mapped[str] = mapped_column(String)
