"""Addresses and bodies of what the road network answers."""

from __future__ import annotations

import uuid
from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from gis_server.wire.base import Lat, Lon, Moment, Query, Wire

Vehicle = Literal["fire_engine", "ambulance", "heavy_truck", "hazmat_truck", "foot"]
MOST_PAIRS = 10_000
MINUTES = r"^\d{1,3}(\.\d+)?(,\d{1,3}(\.\d+)?){0,7}$"


class Conditions(Wire):
    """Under what is travelled: whose closures, when.

    The closures in force for everybody always apply; those of an incident, with the red and orange
    zones of its latest assessment, where it is named. `at` (now, if left out) chooses the closures
    in force and the speeds of that time of day.
    """

    incident: uuid.UUID | None = None
    assessment: uuid.UUID | None = None
    at: Moment | None = None


class Driven(Conditions):
    """The conditions, and who travels."""

    vehicle: Vehicle = "fire_engine"


class Avoid(Wire):
    """An area that no route may enter: GeoJSON polygons, as geometry, feature or collection."""

    avoid: dict[str, Any] | None = None


class _Nearest(Conditions):
    lon: Lon
    lat: Lat
    layer: Annotated[str, Field(min_length=1, max_length=64)] = "team"
    kind: Annotated[str, Field(max_length=200)] | None = None
    k: Annotated[int, Field(ge=1, le=200)] = 5
    by: Literal["road", "line"] = "road"
    vehicle: Vehicle | None = None
    direction: Literal["to", "from"] | None = None


class NearestQuery(_Nearest, Query):
    """Who is nearest to a place: by road with travel times, or by straight line.

    `vehicle` left out is each one's own: ambulances for medical teams, lorries for stores.
    `direction` left out is towards the place, but from it for hospitals and clinics: people are
    carried to them.
    """


class NearestBody(_Nearest, Avoid):
    """`NearestQuery` with an area to avoid."""


class _Route(Driven):
    from_lon: Lon
    from_lat: Lat
    to_lon: Lon
    to_lat: Lat
    alternatives: Annotated[int, Field(ge=0, le=3)] = 0
    steps: bool = True


class RouteQuery(_Route, Query):
    """From one place to another; `alternatives` asks for up to so many other ways."""


class RouteBody(_Route, Avoid):
    """`RouteQuery` with an area to avoid."""


class _Reach(Driven):
    lon: Lon
    lat: Lat
    direction: Literal["from", "to"] = "from"
    lines: bool = False


class ReachQuery(_Reach, Query):
    """How far one comes from a place (or to it) in so many minutes; `lines` gives the roads too."""

    minutes: Annotated[str, Field(pattern=MINUTES)] = "5,10,15,30"


class ReachBody(_Reach, Avoid):
    """`ReachQuery` with an area to avoid."""

    minutes: Annotated[list[float], Field(min_length=1, max_length=8)] = [5.0, 10.0, 15.0, 30.0]

    @model_validator(mode="after")
    def _in_range(self) -> Self:
        if not all(0 < minute <= 240 for minute in self.minutes):
            raise ValueError("minutes more than 0 and at most 240")
        return self


Point = Annotated[tuple[Lon, Lat], Field(description="lon, lat")]


class MatrixBody(Driven, Avoid):
    """Travel times from each of some places to each of others: lon, lat pairs.

    At most 200 and 50 (or 50 and 200): 10,000 pairs.
    """

    sources: Annotated[list[Point], Field(min_length=1, max_length=200)]
    targets: Annotated[list[Point], Field(min_length=1, max_length=200)]

    @model_validator(mode="after")
    def _bounded(self) -> Self:
        if len(self.sources) * len(self.targets) > MOST_PAIRS:
            raise ValueError(f"at most {MOST_PAIRS} pairs")
        return self
