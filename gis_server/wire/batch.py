"""Addresses and bodies of imports."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, ConfigDict, Field

from gis_server.wire.base import Query, SentFile, Wire
from gis_server.wire.user_layer import Readers, Style, Title
from layers.layer import Access, Group

FILES_MAX = 20


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError("a time zone such as Asia/Shanghai") from None
    return name


LayerName = Annotated[str, Field(max_length=64)]
CrsText = Annotated[str, Field(max_length=2000)]
Encoding = Annotated[str, Field(max_length=40)]
SourceText = Annotated[str, Field(max_length=400)]
Inside = Annotated[str, Field(max_length=200)]
Cell = Annotated[str, Field(max_length=20_000)] | int | float | bool | None


class Upload(Wire):
    """A file, or the parts of one Shapefile, and how it is to be read; `map` is a mapping (TOML).

    With `layer` or `map` it is checked and staged at once, else it waits for a person.
    """

    model_config = ConfigDict(extra="forbid", arbitrary_types_allowed=True)

    file: Annotated[list[SentFile], Field(max_length=FILES_MAX)]
    layer: LayerName | None = None
    crs: CrsText | None = None
    encoding: Encoding | None = None
    map: Annotated[str, Field(max_length=200_000)] | None = None
    source_layer: Inside | None = None
    source: SourceText | None = None


class BatchPath(Wire):
    """Which import."""

    id: uuid.UUID


class BatchQuery(Query):
    """How many imports, newest first."""

    limit: Annotated[int, Field(ge=1, le=200)] = 50


class PreviewQuery(Query):
    """Which layer inside the file, and how it is read for the look; left out: as the batch says."""

    source_layer: Inside | None = None
    crs: CrsText | None = None
    encoding: Encoding | None = None


class CorrectionBody(Wire):
    """One cell mended by hand: the file's row, the field, its value; null empties it.

    The field `geometry` is the place: `lon, lat` or WKT, in the coordinate system of the file.
    """

    row: Annotated[int, Field(ge=1, le=100_000_000)]
    field: Annotated[str, Field(min_length=1, max_length=200)]
    value: Cell = None


class NewLayer(Wire):
    """A layer of the user's own for this file; its fields are told by the file's columns."""

    title: Title
    title_en: Title | None = None
    group: Group = "target"
    access: Access = "region"
    readers: Readers = Readers()
    style: Style = {}


class CheckBody(Wire):
    """How the file is to be read and where its rows go; what is left out stays as it was."""

    layer: LayerName | None = None
    new_layer: NewLayer | None = None
    crs: CrsText | None = None
    encoding: Encoding | None = None
    source_layer: Inside | None = None
    fields: Annotated[dict[str, str], Field(max_length=500)] | None = None
    constants: Annotated[dict[str, Cell], Field(max_length=100)] | None = None
    source: SourceText | None = None
    source_date: dt.date | None = None
    timezone: Annotated[str, Field(max_length=60), AfterValidator(_zone)] | None = None
    corrections: Annotated[list[CorrectionBody], Field(max_length=10_000)] | None = None

    def said(self) -> dict[str, Any]:
        """Return the options that were sent, as a batch keeps them; null takes one back."""
        sent = self.model_dump(mode="json", exclude_unset=True)
        empty: dict[str, Any] = {"constants": {}, "corrections": []}
        told = {name: empty.get(name) if value is None else value for name, value in sent.items()}
        return {name: value for name, value in told.items() if (name, value) != ("timezone", None)}


class FaultQuery(Query):
    """Which faults; `cursor` is `next_cursor` of the page before."""

    severity: Annotated[str, Field(pattern="^(error|warning)(,(error|warning))?$")] = (
        "error,warning"
    )
    limit: Annotated[int, Field(ge=1, le=1000)] = 200
    cursor: Annotated[int, Field(ge=0, le=10_000_000)] = 0


class ChangeQuery(Query):
    """Which changes, of which layer; `cursor` is `next_cursor` of the page before."""

    kind: Literal["new", "changed", "unchanged", "gone"] = "changed"
    layer: LayerName | None = None
    limit: Annotated[int, Field(ge=1, le=500)] = 100
    cursor: Annotated[str, Field(max_length=40)] | None = None


class Decision(Wire):
    """Publish everything, or the good rows alone; remove what the file no longer holds."""

    good_rows_only: bool = False
    remove_gone: bool = False


class TakeBack(Wire):
    """Take a published batch back; rows that were edited since may be left as they are."""

    keep_edited: bool = False


class SourcePath(Wire):
    """Which remembered source."""

    id: uuid.UUID


class NoBody(Wire):
    """Nothing to say."""
