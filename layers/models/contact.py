"""Whoever may be called, for any feature; masked by role at the HTTP door."""

from __future__ import annotations

import uuid

from sqlalchemy import BigInteger, Index, String, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from layers.models.base import Base, Identified, field


class Contact(Identified, Base):
    """A person to call (联系人): name, post, 24-hour phone; `rank` 1 is called first."""

    __tablename__ = "contact"
    __table_args__ = (Index("contact_layer_feature_idx", "layer", "feature_id"),)

    layer: Mapped[str] = mapped_column(String)
    feature_id: Mapped[uuid.UUID] = mapped_column(Uuid)
    name: Mapped[str | None] = field(String)
    post: Mapped[str | None] = field(String)
    phone: Mapped[str] = field(String, nullable=False, required=True)
    rank: Mapped[int] = field(BigInteger, nullable=False, server_default="1", minimum=1)
