"""A closed road as it is reported, and the questions for those in force."""

from __future__ import annotations

import uuid
from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from gis_server.wire.base import Moment, Query, Text, Wire, Word, numbers

Kind = Literal["barrier", "bridge", "flood", "works", "other"]


class ClosureQuery(Query):
    """Which closures: those in force now (or `at`) for everybody, and for an incident.

    `bbox` is west,south,east,north; `state=all` lists those that are over or yet to come too.
    """

    incident: uuid.UUID | None = None
    state: Literal["in_force", "all"] = "in_force"
    at: Moment | None = None
    bbox: Annotated[str, Field(max_length=200)] | None = None
    limit: Annotated[int, Field(ge=1, le=2000)] = 500

    def box(self) -> tuple[float, ...] | None:
        """Return the box as four numbers, or None."""
        return None if self.bbox is None else numbers(self.bbox, field="bbox", count=4)


class ClosurePath(Wire):
    """Which closure."""

    id: uuid.UUID


class NewClosure(Wire):
    """A closure: a point closes the road under it, a line what it crosses, an area all in it.

    Left without `incident` it holds for everybody. `since` left out is now.
    """

    id: uuid.UUID | None = None
    kind: Kind
    geometry: dict[str, Any]
    name: Word | None = None
    reason: Text | None = None
    source: Word | None = None
    incident: uuid.UUID | None = None
    since: Moment | None = None
    until: Moment | None = None

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.since is not None and self.until is not None and self.until <= self.since:
            raise ValueError("until later than since")
        return self


class ClosureChange(Wire):
    """What may change of a closure; where it lies and for whom stay. Needs `If-Match`."""

    kind: Kind | None = None
    name: Word | None = None
    reason: Text | None = None
    until: Moment | None = None

    @model_validator(mode="after")
    def _says_what(self) -> Self:
        if "kind" in self.model_fields_set and self.kind is None:
            raise ValueError("a kind of closure")
        return self
