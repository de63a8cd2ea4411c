"""Prints on the wire."""

from __future__ import annotations

import uuid
from typing import Annotated, Literal

from pydantic import Field, model_validator

from gis_server.wire.base import Lat, Lon, Wire
from gis_server.wire.feature import LayerName


class PrintPath(Wire):
    """Which print."""

    id: uuid.UUID


class PrintView(Wire):
    """What of the map is printed: the middle, and one of a zoom and a scale (1:`scale`)."""

    lon: Lon
    lat: Annotated[Lat, Field(ge=-85, le=85)]
    zoom: Annotated[float, Field(ge=3, le=19)] | None = None
    scale: Annotated[float, Field(ge=250, le=50_000_000)] | None = None

    @model_validator(mode="after")
    def _one_size(self) -> PrintView:
        if (self.zoom is None) == (self.scale is None):
            raise ValueError("exactly one of zoom and scale")
        return self


class NewPrint(Wire):
    """A print to make; `id` is made by the client, so that asking twice makes one.

    `layers` are those that are shown, left out they are all; `slice_s` is the moment of the cloud
    that is shown; `signatures` draws the box for who drew, checked and issued it.
    """

    id: uuid.UUID
    kind: Literal["map"] = "map"
    format: Literal["pdf", "png"] = "pdf"
    paper: Literal["A4", "A3"] = "A4"
    orientation: Literal["portrait", "landscape"] = "landscape"
    title: Annotated[str, Field(max_length=120)] = ""
    view: PrintView
    layers: Annotated[list[LayerName], Field(max_length=200)] | None = None
    look: Annotated[str, Field(max_length=64, pattern=r"^[\w:.-]*$")] = ""
    incident: uuid.UUID | None = None
    slice_s: Annotated[float, Field(ge=0, le=1e7)] | None = None
    grid: bool = True
    legend: bool = True
    signatures: bool = True
