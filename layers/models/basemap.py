"""What lies under everything: water, land use, buildings, railways, places."""

from __future__ import annotations

from sqlalchemy import BigInteger, String
from sqlalchemy.orm import Mapped

from layers.models.base import Base, Feature, field


class Water(Feature, Base):
    """Water surface, river line or coast (水系)."""

    __tablename__ = "water"
    geometry_type = "GEOMETRY"
    counted = False
    kind: Mapped[str | None] = field(String)


class LandUse(Feature, Base):
    """Land use or land cover (用地)."""

    __tablename__ = "land_use"
    geometry_type = "GEOMETRY"
    counted = False
    kind: Mapped[str | None] = field(String)


class Building(Feature, Base):
    """A building's outline (建筑)."""

    __tablename__ = "building"
    geometry_type = "GEOMETRY"
    counted = False
    kind: Mapped[str | None] = field(String)
    levels: Mapped[int | None] = field(BigInteger, unit="1", minimum=0, maximum=300)


class Railway(Feature, Base):
    """A railway line (铁路)."""

    __tablename__ = "railway"
    geometry_type = "GEOMETRY"
    counted = False
    kind: Mapped[str | None] = field(String)


class Place(Feature, Base):
    """A named place (地名); `kind` is city, town, suburb, village and so on."""

    __tablename__ = "place"
    kind: Mapped[str | None] = field(String)
    people: Mapped[int | None] = field(BigInteger, unit="1", minimum=0)
