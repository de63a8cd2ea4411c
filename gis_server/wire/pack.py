"""Addresses and bodies of packs."""

from __future__ import annotations

import uuid
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from gis_server.packing import DEFAULT_ZOOM, MAX_ZOOM, Asked
from gis_server.wire.base import Wire, Word
from gis_server.wire.feature import LayerName
from gis_server.wire.query import Code

PartWord = Literal["basemap", "layers", "features", "gpkg", "roads", "plans"]
Zoom = Annotated[int, Field(ge=0, le=MAX_ZOOM)]


class PackAsked(Wire):
    """What is to be in a pack.

    One of `area` (a GeoJSON polygon or several), `region` (a district's code) and `bbox` (west,
    south, east, north). `layers` left out is every layer but those of the base map, `parts` left
    out is every part.
    """

    area: dict[str, Any] | None = None
    region: Code | None = None
    bbox: Annotated[list[float], Field(min_length=4, max_length=4)] | None = None
    layers: Annotated[list[LayerName], Field(max_length=200)] | None = None
    minzoom: Zoom = 0
    maxzoom: Zoom = DEFAULT_ZOOM
    parts: Annotated[list[PartWord], Field(min_length=1, max_length=6)] | None = None

    @model_validator(mode="after")
    def _one_area(self) -> PackAsked:
        if sum(given is not None for given in (self.area, self.region, self.bbox)) != 1:
            raise ValueError("exactly one of area, region and bbox")
        if self.minzoom > self.maxzoom:
            raise ValueError("minzoom at most maxzoom")
        return self

    def asked(self, language: str, *, demo: bool) -> Asked:
        """Return it as the making of packs takes it."""
        return Asked(
            area=self.area,
            region=self.region,
            bbox=None if self.bbox is None else tuple(self.bbox),
            layers=None if self.layers is None else tuple(self.layers),
            minzoom=self.minzoom,
            maxzoom=self.maxzoom,
            language=language,
            demo=demo,
            **({} if self.parts is None else {"parts": tuple(dict.fromkeys(self.parts))}),
        )


class NewPack(PackAsked):
    """A pack to make: what is in it, what it is called, and for how many days it may be used."""

    name: Word
    expires_days: Annotated[int, Field(ge=1, le=366)] = 30


class PackPath(Wire):
    """Which pack."""

    id: uuid.UUID
