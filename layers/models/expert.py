"""Experts."""

from __future__ import annotations

from sqlalchemy import String
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped

from layers.models.base import Base, Feature, field


class Expert(Feature, Base):
    """An expert (专家) with the tags by which he is found; where he lives may be unknown.

    Telephone numbers are contacts, which are masked by role, never fields.
    """

    __tablename__ = "expert"
    geometry_required = False

    name: Mapped[str] = field(String, nullable=False, required=True, sort_order=-18)
    title: Mapped[str | None] = field(String)
    organisation: Mapped[str | None] = field(String)
    specialities: Mapped[list[str] | None] = field(ARRAY(String))
    tags: Mapped[list[str] | None] = field(ARRAY(String))
