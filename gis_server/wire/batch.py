"""Addresses and bodies of imports."""

from __future__ import annotations

import uuid
from typing import Annotated

from flask_openapi import FileStorage
from pydantic import ConfigDict, Field

from gis_server.wire.base import Query, Wire


class Upload(Wire):
    """A file and how it is to be read; `map` is the text of a mapping (TOML)."""

    model_config = ConfigDict(extra="forbid", arbitrary_types_allowed=True)

    file: FileStorage
    layer: Annotated[str, Field(max_length=64)] | None = None
    crs: Annotated[str, Field(max_length=2000)] | None = None
    encoding: Annotated[str, Field(max_length=40)] | None = None
    map: Annotated[str, Field(max_length=200_000)] | None = None
    source_layer: Annotated[str, Field(max_length=200)] | None = None
    source: Annotated[str, Field(max_length=400)] | None = None


class BatchPath(Wire):
    """Which import."""

    id: uuid.UUID


class BatchQuery(Query):
    """How many imports, newest first."""

    limit: Annotated[int, Field(ge=1, le=200)] = 50


class FaultQuery(Query):
    """Which faults; `cursor` is `next_cursor` of the page before."""

    severity: Annotated[str, Field(pattern="^(error|warning)(,(error|warning))?$")] = (
        "error,warning"
    )
    limit: Annotated[int, Field(ge=1, le=1000)] = 200
    cursor: Annotated[int, Field(ge=0, le=10_000_000)] = 0


class Decision(Wire):
    """Publish everything, or the good rows alone."""

    good_rows_only: bool = False


class NoBody(Wire):
    """Nothing to say."""
