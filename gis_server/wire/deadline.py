"""Deadlines of reporting: the table's rules, and what was reported without a bulletin."""

from __future__ import annotations

import uuid
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from gis_server.wire.base import Moment, Wire

What = Literal["first", "follow", "final", "written"]
Channel = Literal["phone", "written", "any"]
Addressee = Literal["next", "city", "province", "state"]
CLOCK = r"([01][0-9]|2[0-3]):[0-5][0-9]"
ClockTimes = Annotated[
    str,
    Field(
        pattern=rf"^{CLOCK}(,{CLOCK}){{0,7}}$", description="times of the site: 08:00,17:00",
    ),
]  # fmt: skip
Minutes = Annotated[int, Field(ge=1, le=525_600, strict=True, json_schema_extra={"unit": "min"})]
RuleSource = Annotated[str, Field(min_length=1, max_length=400)]


class NewRule(Wire):
    """One line of the table. Without region it holds everywhere, without grade for every one."""

    id: uuid.UUID | None = None
    region: Annotated[str, Field(max_length=128)] | None = None
    grade: Literal["1", "2", "3", "4"] | None = None
    channel: Channel
    what: What
    addressee: Addressee
    minutes: Minutes | None = None
    daily_at: ClockTimes | None = None
    source: RuleSource

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if (self.minutes is None) == (self.daily_at is None):
            raise ValueError("either minutes or daily_at")
        if self.daily_at is not None and self.what != "follow":
            raise ValueError("daily_at of a follow-up only")
        return self


class RuleChange(Wire):
    """When it is due from now on, and who says so."""

    minutes: Minutes | None = None
    daily_at: ClockTimes | None = None
    source: RuleSource | None = None

    @model_validator(mode="after")
    def _not_both(self) -> Self:
        if self.minutes is not None and self.daily_at is not None:
            raise ValueError("either minutes or daily_at")
        return self


class RulePath(Wire):
    """Which line of the table."""

    rule: uuid.UUID


class Reported(Wire):
    """That something was reported, by telephone or otherwise; `at` is now where left out."""

    what: What
    channel: Channel
    addressee: Addressee
    at: Moment | None = None
    note: Annotated[str, Field(max_length=1000)] | None = None
