"""Addresses and bodies of what the road network answers."""

from __future__ import annotations

import uuid
from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from gis_server.wire.base import Lat, Lon, Moment, Query, Wire, Word

Vehicle = Literal["fire_engine", "ambulance", "heavy_truck", "hazmat_truck", "foot"]


class Conditions(Wire):
    """Under what is travelled: whose closures, which vehicle, when.

    The closures in force for everybody always apply; those of an incident, with the red and orange
    zones of its latest assessment, where it is named. `at` (now, if left out) chooses the closures
    in force and the speeds of that time of day.
    """

    incident: uuid.UUID | None = None
    assessment: uuid.UUID | None = None
    at: Moment | None = None


class Closures(Conditions, Query):
    """The conditions of a question by address."""


class NearestQuery(Closures):
    """Who is nearest to a place: by road with travel times, or by straight line."""

    lon: Lon
    lat: Lat
    layer: Annotated[str, Field(min_length=1, max_length=64)] = "team"
    kind: Annotated[str, Field(max_length=200)] | None = None
    k: Annotated[int, Field(ge=1, le=200)] = 5
    by: Literal["road", "line"] = "road"


class RouteQuery(Closures):
    """From one place to another."""

    from_lon: Lon
    from_lat: Lat
    to_lon: Lon
    to_lat: Lat


class ReachQuery(Closures):
    """How far one comes from a place (or to it) in so many minutes."""

    lon: Lon
    lat: Lat
    minutes: Annotated[str, Field(pattern=r"^\d{1,3}(\.\d+)?(,\d{1,3}(\.\d+)?){0,7}$")] = "5,10,15"
    direction: Literal["from", "to"] = "from"


class Avoid(Conditions):
    """The conditions of a question by body, and an area that no route may enter.

    GeoJSON polygons, as geometry, feature or collection.
    """

    avoid: dict[str, Any] | None = None


class NearestBody(Avoid):
    """`NearestQuery` with an area to avoid."""

    lon: Lon
    lat: Lat
    layer: Annotated[str, Field(min_length=1, max_length=64)] = "team"
    kind: Word | None = None
    k: Annotated[int, Field(ge=1, le=200)] = 5
    by: Literal["road", "line"] = "road"


class RouteBody(Avoid):
    """`RouteQuery` with an area to avoid."""

    from_lon: Lon
    from_lat: Lat
    to_lon: Lon
    to_lat: Lat


class ReachBody(Avoid):
    """`ReachQuery` with an area to avoid."""

    lon: Lon
    lat: Lat
    minutes: Annotated[list[float], Field(min_length=1, max_length=8)] = [5.0, 10.0, 15.0]
    direction: Literal["from", "to"] = "from"

    @model_validator(mode="after")
    def _in_range(self) -> Self:
        if not all(0 < minute <= 240 for minute in self.minutes):
            raise ValueError("minutes more than 0 and at most 240")
        return self
