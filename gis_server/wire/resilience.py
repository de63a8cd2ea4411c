"""Questions of coverage, of what one closed road cuts off, and of a cordon."""

from __future__ import annotations

import uuid
from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from gis_server.wire.base import Lat, Lon, Query, Wire, Word, numbers
from gis_server.wire.road import Conditions, Vehicle

Minutes = Annotated[float, Field(gt=0, le=240)]
Id = Annotated[str, Field(min_length=1, max_length=64)]
PlaceLayer = Literal["protection_target", "sensitive_place", "enterprise", "hazard_source"]
Box = Annotated[str, Field(max_length=200, description="west,south,east,north")]


class Looked(Conditions):
    """Which network (that of the place), which vehicle's, and by day or by night."""

    lon: Lon
    lat: Lat
    vehicle: Vehicle = "fire_engine"
    period: Literal["day", "night"] | None = None


class Served(Looked):
    """Whose stations: teams, or resources such as hospitals; `direction` "to" brings people there.

    `within_min` is what counts as access.
    """

    layer: Literal["team", "resource"] = "team"
    direction: Literal["from", "to"] = "from"
    within_min: Minutes = 15.0


class CoverageQuery(Served, Query):
    """Who is beyond so many minutes of the nearest station, by address.

    `bbox` is the area looked at (the network's extent, if left out); `exclude` takes stations out,
    by id, with commas between.
    """

    kind: Annotated[str, Field(max_length=200)] | None = None
    minutes: Annotated[str, Field(pattern=r"^\d{1,3}(\.\d+)?(,\d{1,3}(\.\d+)?){0,7}$")] = (
        "5,10,15,30"
    )
    bbox: Box | None = None
    exclude: Annotated[str, Field(max_length=4000)] | None = None

    def body(self) -> CoverageBody:
        """Return the same question as a body."""
        given = self.model_dump(exclude={"lang", "kind", "minutes", "bbox", "exclude"})
        return CoverageBody(
            **given,
            kinds=self.kind.split(",") if self.kind else None,
            minutes=[float(part) for part in self.minutes.split(",")],
            bbox=box_of(self.bbox),
            exclude=self.exclude.split(",") if self.exclude else [],
        )


class NewStation(Wire):
    """A station that might be built or a team that might be moved there."""

    lon: Lon
    lat: Lat
    name: Word | None = None


class CoverageBody(Served):
    """Who is beyond so many minutes, with areas to avoid, and stations more (`add`) or less.

    `geometry` is the area looked at, a GeoJSON polygon or several. With `add` or `exclude` the
    answer holds what they change.
    """

    kinds: Annotated[list[Word], Field(max_length=20)] | None = None
    minutes: Annotated[list[Minutes], Field(min_length=1, max_length=8)] = [5.0, 10.0, 15.0, 30.0]
    layers: Annotated[list[PlaceLayer], Field(min_length=1, max_length=4)] = ["protection_target"]
    bbox: Annotated[list[float], Field(min_length=4, max_length=4)] | None = None
    geometry: dict[str, Any] | None = None
    avoid: dict[str, Any] | None = None
    exclude: Annotated[list[Id], Field(max_length=1000)] = []
    add: Annotated[list[NewStation], Field(max_length=20)] = []

    @model_validator(mode="after")
    def _one_area(self) -> Self:
        if self.bbox is not None and self.geometry is not None:
            raise ValueError("a bbox or a geometry, not both")
        return self


class ResilienceQuery(Looked, Query):
    """What one closed road or junction cuts off, by address; `bbox` is whose places count."""

    k: Annotated[int, Field(ge=1, le=100)] = 20
    bbox: Box | None = None

    def body(self) -> ResilienceBody:
        """Return the same question as a body."""
        given = self.model_dump(exclude={"lang", "bbox"})
        return ResilienceBody(**given, bbox=box_of(self.bbox))


class ResilienceBody(Looked):
    """What one more closed road cuts off, with areas that are closed already."""

    k: Annotated[int, Field(ge=1, le=100)] = 20
    layers: Annotated[list[PlaceLayer], Field(min_length=1, max_length=4)] = [
        "protection_target", "sensitive_place", "enterprise", "hazard_source",
    ]  # fmt: skip
    bbox: Annotated[list[float], Field(min_length=4, max_length=4)] | None = None
    geometry: dict[str, Any] | None = None
    avoid: dict[str, Any] | None = None

    @model_validator(mode="after")
    def _one_area(self) -> Self:
        if self.bbox is not None and self.geometry is not None:
            raise ValueError("a bbox or a geometry, not both")
        return self


class CordonBody(Wire):
    """A cordon: a `geometry` (GeoJSON polygon or several), or an incident's closed zones.

    With a geometry, `lon` and `lat` say around what it turns if the wind shifts; without them its
    posts are not set back.
    """

    geometry: dict[str, Any] | None = None
    incident: uuid.UUID | None = None
    assessment: uuid.UUID | None = None
    lon: Lon | None = None
    lat: Lat | None = None

    @model_validator(mode="after")
    def _one_cordon(self) -> Self:
        given = [self.geometry, self.incident, self.assessment]
        if sum(each is not None for each in given) != 1:
            raise ValueError("one of geometry, incident and assessment")
        if (self.lon is None) != (self.lat is None):
            raise ValueError("both lon and lat, or neither")
        if self.geometry is None and self.lon is not None:
            raise ValueError("lon and lat with a geometry alone")
        return self


def box_of(text: str | None) -> list[float] | None:
    """Return the four numbers of a box in an address."""
    return None if text is None else list(numbers(text, field="bbox", count=4))
