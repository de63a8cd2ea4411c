"""How soon what has to be reported to whom, and what became of it."""

from __future__ import annotations

import datetime as dt
import uuid

from sqlalchemy import (
    DateTime,
    ForeignKey,
    Index,
    Integer,
    String,
    UniqueConstraint,
    Uuid,
    func,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from layers.models.base import Base, Identified, field

REPORTS = ("first", "follow", "final", "written")
REPORT_CHANNELS = ("phone", "written", "any")
ADDRESSEES = ("next", "city", "province", "state")
"""To whom: the next level up (上一级), or a level by name."""


class DeadlineRule(Identified, Base):
    """One line of the table of deadlines (报送时限).

    Without `region` it holds everywhere, without `grade` for every incident. Either `minutes`
    (since the report was received; of a follow-up, since the last report) or `daily_at`, clock
    times of the site with commas. It holds for incidents stored from `made_at` until `ended_at`,
    for as long as they last: a line is ended and another made, never rewritten.
    """

    __tablename__ = "deadline_rule"
    __table_args__ = (
        Index(
            "deadline_rule_key", text("coalesce(region, '')"), text("coalesce(grade, '')"),
            "channel", "what", "addressee", unique=True, postgresql_where=text("ended_at IS NULL"),
        ),
    )  # fmt: skip

    region: Mapped[str | None] = mapped_column(String)
    grade: Mapped[str | None] = field(String, domain=("1", "2", "3", "4"))
    channel: Mapped[str] = field(String, nullable=False, domain=REPORT_CHANNELS)
    what: Mapped[str] = field(String, nullable=False, domain=REPORTS)
    addressee: Mapped[str] = field(String, nullable=False, domain=ADDRESSEES)
    minutes: Mapped[int | None] = mapped_column(Integer)
    daily_at: Mapped[str | None] = mapped_column(String)
    source: Mapped[str] = mapped_column(String)
    made_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    ended_at: Mapped[dt.datetime | None] = mapped_column(DateTime(timezone=True))


class Deadline(Identified, Base):
    """What became of one deadline of an incident: missed, met by what was sent, or both."""

    __tablename__ = "deadline"
    __table_args__ = (
        UniqueConstraint(
            "incident_id", "what", "channel", "addressee", "due_at",
            name="deadline_incident_id_key",
        ),
    )  # fmt: skip

    incident_id: Mapped[uuid.UUID] = mapped_column(
        Uuid, ForeignKey("incident.id", ondelete="CASCADE")
    )
    region: Mapped[str | None] = mapped_column(String)
    what: Mapped[str] = field(String, nullable=False, domain=REPORTS)
    channel: Mapped[str] = field(String, nullable=False, domain=REPORT_CHANNELS)
    addressee: Mapped[str] = field(String, nullable=False, domain=ADDRESSEES)
    due_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True))
    source: Mapped[str] = mapped_column(String)
    missed_at: Mapped[dt.datetime | None] = mapped_column(DateTime(timezone=True))
    done_at: Mapped[dt.datetime | None] = mapped_column(DateTime(timezone=True))
    done_by: Mapped[str | None] = mapped_column(String)
    note: Mapped[str | None] = mapped_column(String)
