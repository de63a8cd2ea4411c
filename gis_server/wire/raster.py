"""Addresses and bodies of rasters."""

from __future__ import annotations

import datetime as dt
import uuid
from pathlib import PurePath
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, ConfigDict, Field, model_validator

from gis_server.wire.base import Lat, Lon, Query, SentFile, Wire
from layers.errors import InvalidInputError
from layers.rasters.reader import ENDINGS
from layers.rasters.worldfile import ENDINGS as WORLD_ENDINGS
from tiles.grid import MAX_ZOOM

Kind = Literal["dem", "fuel", "population", "imagery", "grid"]
Said = Annotated[str, Field(min_length=1, max_length=500)]
MaybeSaid = Annotated[str, Field(max_length=500)]
Finite = Annotated[float, Field(ge=-1e12, le=1e12)]
Name = Annotated[str, Field(min_length=1, max_length=40)]
FILES_MAX = 3
_EARLIEST, _LATEST = 1900, 2200


def _written(value: Any) -> Any:
    if isinstance(value, int | float):
        raise ValueError("a date, or a time with offset")  # 2024 is no second of 1970
    return value


class RasterPath(Wire):
    """Which raster."""

    id: uuid.UUID


class UploadPath(Wire):
    """Which upload."""

    id: uuid.UUID


class RastersQuery(Query):
    """Which rasters: of a kind, over a place."""

    kind: Kind | None = None
    lon: Lon | None = None
    lat: Lat | None = None

    @model_validator(mode="after")
    def _both(self) -> Self:
        if (self.lon is None) != (self.lat is None):
            raise ValueError("lon and lat together")
        return self

    @property
    def place(self) -> tuple[float, float] | None:
        """Return the place asked about, or None."""
        return None if self.lon is None or self.lat is None else (self.lon, self.lat)


class PlaceQuery(Query):
    """At which place."""

    lon: Lon
    lat: Lat


class StyleQuery(Query):
    """How a raster is drawn; `low` and `high` are where a relative ramp begins and ends."""

    style: Name | None = None
    ramp: Name | None = None
    low: Finite | None = None
    high: Finite | None = None


class RasterTilePath(Wire):
    """Which tile of a raster; the revision is the one that its card names."""

    id: uuid.UUID
    revision: Annotated[str, Field(pattern=r"^[0-9a-f]{8}-[0-9]{1,9}$")]
    z: Annotated[int, Field(ge=0, le=MAX_ZOOM)]
    x: Annotated[int, Field(ge=0, lt=2**MAX_ZOOM)]
    y: Annotated[int, Field(ge=0, lt=2**MAX_ZOOM)]


class ProfileBody(Wire):
    """A line, corners as lon, lat, and at how many places of it the raster is asked."""

    line: Annotated[list[tuple[Lon, Lat]], Field(min_length=2, max_length=1000)]
    points: Annotated[int, Field(ge=2, le=2000)] = 200


class ZonalBody(Wire):
    """An area: a GeoJSON Polygon or MultiPolygon."""

    area: dict[str, Any]


class RasterForm(Wire):
    """A raster file, with its world file and .prj where it needs them, and what it is.

    `taken_at` is a date (its midnight in the site's time zone) or a time with offset.
    """

    model_config = ConfigDict(extra="forbid", arbitrary_types_allowed=True)

    file: Annotated[list[SentFile], Field(max_length=FILES_MAX)]
    kind: Kind
    source: Said
    # Plain texts that may be empty: of a text that may be missing the form reader makes a number.
    name: MaybeSaid = ""
    unit: Annotated[str, Field(max_length=40)] = ""
    source_date: Annotated[str, Field(max_length=10)] = ""
    licence: MaybeSaid = ""
    period: Literal["day", "night", ""] = ""
    taken_at: Annotated[dt.datetime | dt.date | None, BeforeValidator(_written)] = None
    region: Annotated[str, Field(max_length=200)] = ""
    crs: Annotated[str, Field(max_length=2000)] = ""
    band: Annotated[int, Field(ge=1, le=65_535)] | None = None

    @model_validator(mode="after")
    def _sane(self) -> Self:
        if self.taken_at is not None and not _EARLIEST <= self.taken_at.year <= _LATEST:
            raise ValueError(f"a time between {_EARLIEST} and {_LATEST}")
        return self


def sent_names(names: list[str]) -> dict[str, str]:
    """Return the ending of each sent file by the role it has: `raster`, `world`, `prj`.

    Raises
    ------
    InvalidInputError
        `code="raster_files"`: not one raster file with at most one of each beside it.
    """
    roles: dict[str, str] = {}
    for name in names:
        ending = PurePath(name.replace("\\", "/")).suffix.lower()
        role = _role(ending)
        if role is None or role in roles:
            raise _files(names)
        roles[role] = ending
    if "raster" not in roles:
        raise _files(names)
    return roles


def _role(ending: str) -> str | None:
    if ending in ENDINGS or ending == ".zip":
        return "raster"
    if ending in WORLD_ENDINGS:
        return "world"
    return "prj" if ending == ".prj" else None


def _files(names: list[str]) -> InvalidInputError:
    wanted = ", ".join(sorted({*ENDINGS, ".zip"}))
    return InvalidInputError(
        f"got {', '.join(names)[:200]}; wanted one of {wanted}, with a world file or .prj beside",
        code="raster_files", field="file", got=[name[:100] for name in names], wanted=wanted,
    )  # fmt: skip
