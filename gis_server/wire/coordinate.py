"""Coordinates as people give them, and pairs of features that may be one."""

from __future__ import annotations

import uuid
from typing import Annotated, Literal

from pydantic import Field, model_validator

from gis_server.wire.base import Query, Wire
from gis_server.wire.feature import LayerName

SystemName = Annotated[str, Field(min_length=1, max_length=2000)]
Number = Annotated[float, Field(allow_inf_nan=False, strict=True)]


class CoordinatesBody(Wire):
    """Positions as text, one a line, or as pairs of numbers; `from` names their system."""

    text: Annotated[str, Field(max_length=100_000)] | None = None
    points: Annotated[list[tuple[Number, Number]], Field(max_length=1000)] | None = None
    from_: SystemName | None = Field(default=None, alias="from")
    to: Annotated[list[SystemName], Field(max_length=10)] | None = None

    @model_validator(mode="after")
    def _one_of_both(self) -> CoordinatesBody:
        if (self.text is None) == (self.points is None):
            raise ValueError("either text or points")
        return self


class DuplicateQuery(Query):
    """Which pairs; `cursor` is `next_cursor` of the page before, within one layer."""

    layer: LayerName | None = None
    state: Literal["open", "same", "different"] = "open"
    limit: Annotated[int, Field(ge=1, le=200)] = 50
    cursor: Annotated[int, Field(ge=0, le=1_000_000)] = 0


class PairPath(Wire):
    """Which pair."""

    id: uuid.UUID


class PairDecision(Wire):
    """What a person says of a pair; `version` is the one that was seen."""

    state: Literal["open", "same", "different"]
    note: Annotated[str, Field(max_length=1000)] | None = None
    version: Annotated[int, Field(ge=1)] | None = None


class DuplicateSearch(Wire):
    """In which layer to look again."""

    layer: LayerName


class QualityQuery(Query):
    """Of which layers, with commas; all that people keep where left out."""

    layers: Annotated[str, Field(max_length=2000)] | None = None
