"""Moments of the past over HTTP."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Annotated

from pydantic import Field

from gis_server.wire.base import Moment, Query, Wire, Word

At = Annotated[
    str,
    Field(min_length=1, max_length=40, description="a seq of the journal, or a time with offset"),
]


class MarksQuery(Query):
    """Which changes, between which times; of an incident or, without one, of the whole site."""

    incident: uuid.UUID | None = None
    begin: Annotated[Moment | None, Field(alias="from")] = None
    end: Annotated[Moment | None, Field(alias="to")] = None
    layers: Annotated[str, Field(max_length=400)] | None = None
    limit: Annotated[int, Field(ge=1, le=5_000)] = 2_000

    @property
    def span(self) -> tuple[dt.datetime, dt.datetime]:
        """Return both times; what is left out has no bound."""
        first = dt.datetime(1900, 1, 1, tzinfo=dt.UTC)
        return self.begin or first, self.end or dt.datetime(2200, 1, 1, tzinfo=dt.UTC)


class StateQuery(Query):
    """Which moment; `incident` adds what was known of it, `positions` where everybody was."""

    at: At
    incident: uuid.UUID | None = None
    positions: bool = True


class BookmarksQuery(Query):
    """Of which incident; of all that the reader may see."""

    incident: uuid.UUID | None = None


class NewBookmark(Wire):
    """A moment to be marked with a word."""

    id: uuid.UUID | None = None
    incident: uuid.UUID | None = None
    title: Word
    at: At


class BookmarkPath(Wire):
    """Which bookmark."""

    id: uuid.UUID
