"""What the desk writes down of an incident while the caller speaks (接报)."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import Boolean, DateTime, Float, String
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from layers.models.base import field

CHANNELS = ("phone", "radio", "person", "system", "other")


class Intake:
    """Columns of `incident` that a report may fill; every one may be unknown.

    `caller` is `{name, phone, unit}` and `site_contact` (现场联系人) `{name, phone}`: shown whole
    to holders of `contacts.read` only, so no field of the layer. `important_place` and
    `serious_pollution` are what a person judged of 安监总局令第21号 第二十六条 (四) and (五).
    `change_reason` says why the last change was made; the journal keeps it with that change.
    """

    caller: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    channel: Mapped[str | None] = field(String, domain=CHANNELS)
    received_at: Mapped[dt.datetime | None] = field(DateTime(timezone=True))
    address: Mapped[str | None] = field(String)
    course: Mapped[str | None] = mapped_column(String)
    measures: Mapped[str | None] = mapped_column(String)
    requests: Mapped[str | None] = mapped_column(String)
    leaders: Mapped[str | None] = mapped_column(String)
    site_contact: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    direct_loss_yuan: Mapped[float | None] = field(Float, unit="CNY", minimum=0, maximum=1e13)
    important_place: Mapped[bool | None] = mapped_column(Boolean)
    serious_pollution: Mapped[bool | None] = mapped_column(Boolean)
    change_reason: Mapped[str | None] = mapped_column(String)
