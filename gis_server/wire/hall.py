"""Saved views and walls on the wire."""

from __future__ import annotations

import uuid
from typing import Annotated, Literal

from pydantic import Field

from gis_server.wire.base import Lat, Lon, Moment, Query, Wire, Word
from gis_server.wire.feature import LayerName
from layers.hall.walls import MAX_PLAYLIST, WALL_NAME

Zoom = Annotated[float, Field(ge=0, le=22)]
LayerNames = Annotated[list[LayerName], Field(max_length=200)]
Short = Annotated[str, Field(min_length=1, max_length=80)]


class Highlight(Wire):
    """A place that is brought out on the map, with a ring of a radius and a word where set."""

    lon: Lon
    lat: Lat
    radius_m: Annotated[float, Field(gt=0, le=100_000)] | None = None
    text: Short | None = None


class MapView(Wire):
    """A place of the map."""

    lon: Lon
    lat: Lat
    zoom: Zoom


class SavedViewPath(Wire):
    """Which view."""

    id: uuid.UUID


class SavedViewBody(Wire):
    """A view to keep; `id` is made by the client. `layers` are those shown, null for all."""

    id: uuid.UUID | None = None
    name: Word
    shared: bool = False
    lon: Lon
    lat: Lat
    zoom: Zoom
    layers: LayerNames | None = None
    incident: uuid.UUID | None = None
    at: Moment | None = None
    highlight: Highlight | None = None


class SavedViewChange(Wire):
    """A part of a view: what is left out stays."""

    name: Word | None = None
    shared: bool | None = None
    lon: Lon | None = None
    lat: Lat | None = None
    zoom: Zoom | None = None
    layers: LayerNames | None = None
    incident: uuid.UUID | None = None
    at: Moment | None = None
    highlight: Highlight | None = None


class WallPath(Wire):
    """Which wall."""

    name: Annotated[str, Field(pattern=WALL_NAME)]


class WallKeyBody(Wire):
    """A key for a screen without a person: what it is for, and how long it lasts."""

    title: Short
    days: Annotated[int, Field(ge=1, le=400)] = 365


class WallKeyPath(WallPath):
    """Which key of which wall."""

    id: uuid.UUID


class SecondMap(Wire):
    """What the second map shows: the surroundings, another incident, or a time before."""

    show: Literal["context", "incident", "time"]
    incident: uuid.UUID | None = None
    at: Moment | None = None


class WallBody(Wire):
    """What a wall is to show: what is left out stays, null takes away."""

    view: MapView | None = None
    layers: LayerNames | None = None
    incident: uuid.UUID | None = None
    at: Moment | None = None
    speed: Annotated[int, Field(ge=0, le=600)] = 0
    flight: bool = True
    highlight: Highlight | None = None
    second: SecondMap | None = None
    playlist: Annotated[list[uuid.UUID], Field(max_length=MAX_PLAYLIST)] = []
    seconds: Annotated[int, Field(ge=5, le=3600)] = 20


class LatelyQuery(Query):
    """Since when; since the beginning of the site's day where it is left out."""

    since: Moment | None = None


class AtRiskQuery(Query):
    """Of which incident."""

    incident: uuid.UUID
