"""Incidents, their assessments and the calls made for them."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from sqlalchemy import BigInteger, Boolean, DateTime, ForeignKey, Index, String, Uuid, func
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, validates

from layers import pinyin
from layers.models.base import Base, Feature, Identified, field
from layers.models.intake import Intake

INCIDENT_KINDS = (
    "toxic_release", "pool_fire", "jet_fire", "flash_fire", "fireball", "explosion",
    "forest_fire", "flood", "earthquake", "landslide", "tailings", "mine", "dust", "other",
)  # fmt: skip


class Incident(Intake, Feature, Base):
    """An incident (突发事件) as reported.

    The four ladders are kept apart: accident grade (事故等级), warning level (预警级别) and
    response level (响应级别) here; risk (风险) and the major-hazard grade are not an incident's.
    """

    __tablename__ = "incident"

    kind: Mapped[str] = field(String, nullable=False, required=True, domain=INCIDENT_KINDS)
    title: Mapped[str] = field(String, nullable=False, required=True)
    occurred_at: Mapped[dt.datetime] = field(DateTime(timezone=True), nullable=False, required=True)
    reported_at: Mapped[dt.datetime] = mapped_column(
        DateTime(timezone=True), server_default=func.now()
    )
    substance: Mapped[str | None] = field(String)
    cas: Mapped[str | None] = field(String)
    enterprise_id: Mapped[uuid.UUID | None] = field(
        Uuid, ForeignKey("enterprise.id", ondelete="SET NULL")
    )
    hazard_source_id: Mapped[uuid.UUID | None] = field(
        Uuid, ForeignKey("hazard_source.id", ondelete="SET NULL")
    )
    release: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default="{}")
    weather: Mapped[Any] = mapped_column(JSONB, server_default="{}")
    casualties: Mapped[list[Any]] = mapped_column(JSONB, server_default="[]")
    status: Mapped[str] = field(
        String, nullable=False, server_default="open", domain=("open", "contained", "closed")
    )
    accident_grade: Mapped[str | None] = field(String, domain=("1", "2", "3", "4"))
    response_level: Mapped[str | None] = field(String, domain=("1", "2", "3", "4"))
    warning_level: Mapped[str | None] = field(String, domain=("1", "2", "3", "4"))
    exercise: Mapped[bool] = field(Boolean, nullable=False, server_default="false")
    # The two tables name each other: the key is added when both are there.
    plan_id: Mapped[uuid.UUID | None] = mapped_column(
        Uuid,
        ForeignKey(
            "assessment.id", ondelete="SET NULL", use_alter=True, name="incident_plan_id_fkey"
        ),
    )
    plan_by: Mapped[str | None] = mapped_column(String)
    plan_at: Mapped[dt.datetime | None] = mapped_column(DateTime(timezone=True))

    @validates("title")
    def _read_title(self, _: str, title: str) -> str:
        self.name_pinyin = pinyin.key(title)
        return title


class Assessment(Identified, Base):
    """One computed answer to an incident; `body` is the wire shape of design and docs.

    With `what_if` it answers a question beside the plans, by the name `label`; it is no plan until
    somebody accepts it as the plan of record (`Incident.plan_id`).
    """

    __tablename__ = "assessment"
    __table_args__ = (Index("assessment_incident_id_created_at_idx", "incident_id", "created_at"),)

    incident_id: Mapped[uuid.UUID] = mapped_column(
        Uuid, ForeignKey("incident.id", ondelete="CASCADE"), index=True
    )
    region: Mapped[str | None] = mapped_column(String)
    created_at: Mapped[dt.datetime] = mapped_column(
        DateTime(timezone=True), server_default=func.now()
    )
    created_by: Mapped[str | None] = mapped_column(String)
    body: Mapped[dict[str, Any]] = mapped_column(JSONB)
    what_if: Mapped[bool] = mapped_column(Boolean, server_default="false")
    label: Mapped[str | None] = mapped_column(String)


class Call(Identified, Base):
    """One line of the call sheet with its result (叫应); the least `rank` is called first."""

    __tablename__ = "call"

    incident_id: Mapped[uuid.UUID] = mapped_column(
        Uuid, ForeignKey("incident.id", ondelete="CASCADE"), index=True
    )
    region: Mapped[str | None] = mapped_column(String)
    rank: Mapped[int] = mapped_column(BigInteger, server_default="1000")
    layer: Mapped[str | None] = mapped_column(String)
    feature_id: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    feature_name: Mapped[str | None] = mapped_column(String)
    name: Mapped[str | None] = mapped_column(String)
    phone: Mapped[str | None] = mapped_column(String)
    purpose: Mapped[str] = field(String, nullable=False, required=True)
    result: Mapped[str] = field(
        String,
        nullable=False,
        server_default="waiting",
        domain=("waiting", "answered", "no_answer", "refused"),
    )
    note: Mapped[str | None] = mapped_column(String)
    called_at: Mapped[dt.datetime | None] = mapped_column(DateTime(timezone=True))
    called_by: Mapped[str | None] = mapped_column(String)
    created_at: Mapped[dt.datetime] = mapped_column(
        DateTime(timezone=True), server_default=func.now()
    )
