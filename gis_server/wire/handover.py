"""Handing over the watch, and the digest of a period."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from gis_server.wire.base import Moment, Query, Text, Wire
from gis_server.wire.bulletin import Hash

LONGEST = dt.timedelta(days=7)
PERIOD = dt.timedelta(days=92)


class NewHandover(Wire):
    """A shift to hand over; `region` is whose desk it is, the writer's own where left out.

    Who has several regions names one.
    """

    id: uuid.UUID | None = None
    shift_from: Moment
    shift_to: Moment
    region: Annotated[str, Field(max_length=128)] | None = None
    notes: Text = ""

    @model_validator(mode="after")
    def _a_shift(self) -> Self:
        if not dt.timedelta(0) < self.shift_to - self.shift_from <= LONGEST:
            raise ValueError("a shift of at most 7 days")
        return self


class HandoverChange(Wire):
    """Other notes to the next officer."""

    notes: Text


class SignHandover(Wire):
    """Who signs, and the hash of what they have read."""

    role: Literal["giver", "taker"]
    body_hash: Hash


class HandoverPath(Wire):
    """Which handover."""

    handover: uuid.UUID


class HandoverQuery(Query):
    """How many handovers, newest first."""

    limit: Annotated[int, Field(ge=1, le=200)] = 50


class DigestQuery(Query):
    """Which period, at most 92 days."""

    from_: Annotated[Moment, Field(alias="from")]
    to: Moment

    @model_validator(mode="after")
    def _a_period(self) -> Self:
        if not dt.timedelta(0) < self.to - self.from_ <= PERIOD:
            raise ValueError("a period of at most 92 days")
        return self
