"""Cameras."""

from __future__ import annotations

from sqlalchemy import Boolean, Float, String
from sqlalchemy.orm import Mapped

from layers.models.base import Base, Feature, field


class VideoPoint(Feature, Base):
    """A camera (视频点位): where it stands, where it looks, and its address.

    `url` is text for a person's player; the program itself never opens it.
    """

    __tablename__ = "video_point"

    own_code: Mapped[str | None] = field(String)
    kind: Mapped[str | None] = field(
        String, domain=("road", "plant", "tank_farm", "port", "forest", "water", "public", "other")
    )
    url: Mapped[str | None] = field(String, rule="stream_url")
    bearing_deg: Mapped[float | None] = field(Float, unit="°", minimum=0, maximum=360)
    view_deg: Mapped[float | None] = field(Float, unit="°", minimum=0, maximum=360)
    turns: Mapped[bool | None] = field(Boolean)
    owner: Mapped[str | None] = field(String)
