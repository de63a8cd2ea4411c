"""Counted cells of layers and what is counted: written by triggers only (sql/0005/10_cells.sql)."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Index,
    Integer,
    SmallInteger,
    String,
    Table,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from layers.models.base import Base

LEVELS = (4, 8, 12)
"""Levels of cells that are stored everywhere: 2**level of them along a side of the square map."""
DEEPER = ((16, 9), (20, 13))
"""Levels that are stored in dense areas only, and the level of these."""
STEPS_BITS = 31
"""Places are counted in 2**31 steps along a side, from the west and from the north."""


class CountedLayer(Base):
    """What is counted of a layer.

    `place` is the column of a row's one place, `worst` that of the grade and `summed` those that
    are added up. `judged_rows` is how many rows there were when dense areas were last looked for.
    """

    __tablename__ = "counted_layer"

    layer: Mapped[str] = mapped_column(String, primary_key=True)
    place: Mapped[str] = mapped_column(String)
    worst: Mapped[str | None] = mapped_column(String)
    summed: Mapped[list[str]] = mapped_column(ARRAY(String), server_default=text("'{}'"))
    judged_rows: Mapped[int] = mapped_column(BigInteger, server_default="0")


class DenseArea(Base):
    """A tile of level 9 or 13 in which a layer is counted at levels 16 and 20 too."""

    __tablename__ = "dense_area"
    __table_args__ = (CheckConstraint("level IN (9, 13)", name="level"),)

    layer: Mapped[str] = mapped_column(String, primary_key=True)
    level: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    cx: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    cy: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)


cell = Table(
    "cell",
    Base.metadata,
    Column("layer", String, nullable=False),
    Column("level", SmallInteger, nullable=False),
    Column("cx", Integer, nullable=False),
    Column("cy", Integer, nullable=False),
    Column("region", String),
    Column("grade", String),
    Column("n", BigInteger, nullable=False),
    Column("x", BigInteger, nullable=False),
    Column("y", BigInteger, nullable=False),
    Column("sums", ARRAY(BigInteger), nullable=False),
    Column("known", ARRAY(BigInteger), nullable=False),
    Column("fresh", Boolean, nullable=False),
    Index("cell_place_idx", "layer", "level", "cx", "cy"),
    Index("cell_fresh_idx", "layer", postgresql_where=text("fresh")),
)
"""Rows that add up: a cell's count `n`, sums of position and of fields are those of its rows.

A table and no class: nobody reads one row by itself, and there is no key. `fresh` rows are not
folded yet.
"""
