"""What a grade is asked for: the figures of a call that is still being taken."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from gis_server.wire.base import Wire
from gis_server.wire.incident import Casualties


class GradeQuestion(Wire):
    """Casualties as counted last, and what else the rules look at; left out is unknown."""

    casualties: Casualties = Casualties()
    direct_loss_yuan: Annotated[float, Field(ge=0, le=1e13)] | None = None
    important_place: bool | None = None
    serious_pollution: bool | None = None
