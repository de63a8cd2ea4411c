"""Theme maps on the wire."""

from __future__ import annotations

import uuid
from typing import Annotated, Any

from pydantic import Field

from gis_server.wire.base import Lat, Lon, Moment, Wire, Word
from gis_server.wire.feature import LayerName
from gis_server.wire.query import Filter


class ThemePath(Wire):
    """Which theme."""

    id: uuid.UUID


class ThemeLayer(Wire):
    """One layer of a theme, from the bottom up; the filter is CQL2."""

    layer: LayerName
    filter: Filter | None = None
    style: dict[str, Any] = Field(default_factory=dict)
    opacity: Annotated[float, Field(ge=0, le=1)] = 1.0
    visible: bool = True


class ThemeView(Wire):
    """What of the map is shown: a centre and zoom, or a box, and the time that it is of."""

    center: tuple[Lon, Lat] | None = None
    zoom: Annotated[float, Field(ge=0, le=22)] | None = None
    bbox: tuple[Lon, Lat, Lon, Lat] | None = None
    at: Moment | None = None


class ThemeBody(Wire):
    """A theme map; `id` may be made by the client."""

    id: uuid.UUID | None = None
    title: Word
    title_en: Word | None = None
    shared: bool = False
    layers: Annotated[list[ThemeLayer], Field(max_length=60)] = Field(default_factory=list)
    view: ThemeView = ThemeView()


class ThemeChange(Wire):
    """A part of a theme: what is left out stays."""

    title: Word | None = None
    title_en: Word | None = None
    shared: bool | None = None
    layers: Annotated[list[ThemeLayer], Field(max_length=60)] | None = None
    view: ThemeView | None = None
