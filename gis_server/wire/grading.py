"""Addresses of grades."""

from __future__ import annotations

import uuid
from typing import Annotated, Literal

from pydantic import Field

from gis_server.wire.base import Query, Wire


class HazardSourcePath(Wire):
    """Which hazard source."""

    id: uuid.UUID


class GradingQuery(Query):
    """Which grades: those that differ from what was filed, those of a level; page by page."""

    differs: bool | None = None
    level: Literal["1", "2", "3", "4", "none", "undecided"] | None = None
    limit: Annotated[int, Field(ge=1, le=1000)] = 100
    after: uuid.UUID | None = None
