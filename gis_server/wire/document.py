"""Addresses and bodies of documents and site plans."""

from __future__ import annotations

import uuid
from typing import Annotated, Literal

from pydantic import ConfigDict, Field, model_validator

from gis_server.wire.base import Lat, Lon, Query, SentFile, Wire, Word, numbers
from layers.documents.placing import Control

Kind = Literal[
    "site_plan", "licence", "contingency_plan", "safety_report", "safety_data_sheet", "drawing",
    "photo", "inspection", "other",
]  # fmt: skip
LayerName = Annotated[str, Field(min_length=1, max_length=64)]
Corners = Annotated[list[tuple[Lon, Lat]], Field(min_length=4, max_length=4)]
Opacity = Annotated[float, Field(ge=0, le=1)]


class DocumentForm(Wire):
    """A file and the feature that it belongs to."""

    model_config = ConfigDict(extra="forbid", arbitrary_types_allowed=True)

    file: SentFile
    layer: LayerName
    feature_id: uuid.UUID
    kind: Kind = "other"
    title: Word | None = None


class DocumentPath(Wire):
    """Which document."""

    id: uuid.UUID


class DocumentsQuery(Query):
    """Whose documents."""

    layer: LayerName
    feature_id: uuid.UUID


class DocumentChange(Wire):
    """What is left out stays."""

    title: Word | None = None
    kind: Kind | None = None


class ControlBody(Wire):
    """A point of the image, in pixels from its top left corner, and where it is."""

    x: Annotated[float, Field(ge=-1e6, le=1e6)]
    y: Annotated[float, Field(ge=-1e6, le=1e6)]
    lon: Lon
    lat: Lat

    def control(self) -> Control:
        """Return it as the placing takes it."""
        return Control(self.x, self.y, self.lon, self.lat)


class PlanBody(Wire):
    """A picture to lay on the map: by its corners, or by two and more control points.

    Corners are top left, top right, bottom right, bottom left.
    """

    document: uuid.UUID
    title: Word | None = None
    corners: Corners | None = None
    controls: Annotated[list[ControlBody], Field(max_length=50)] = []
    opacity: Opacity = 0.7

    @model_validator(mode="after")
    def _one_way(self) -> PlanBody:
        if (self.corners is None) == (not self.controls):
            raise ValueError("either corners or controls")
        return self


class PlanChange(Wire):
    """What is left out stays."""

    title: Word | None = None
    corners: Corners | None = None
    controls: Annotated[list[ControlBody], Field(max_length=50)] = []
    opacity: Opacity | None = None


class PlansQuery(Query):
    """Which plans: in a box (west,south,east,north), or of a feature."""

    bbox: Annotated[str, Field(max_length=200)] | None = None
    layer: LayerName | None = None
    feature_id: uuid.UUID | None = None

    def box(self) -> tuple[float, ...] | None:
        """Return the box as four numbers, or None."""
        return None if self.bbox is None else numbers(self.bbox, field="bbox", count=4)
