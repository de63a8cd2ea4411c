"""Bodies of the speeds that a site says."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from gis_server.wire.base import Query, Wire, Word
from layers.speeds import ROWS_MOST


class SpeedsQuery(Query):
    """Which road network, by its name."""

    network: Word


class SpeedsBody(Wire):
    """What is said of a network's speeds, instead of all that was said; each row judged alike.

    A row is `{"road_class", "day_kind": "workday" | "weekend", "hour": 0-23, "factor": 0.05-2}`.
    """

    network: Word
    source: Word
    speeds: Annotated[list[dict[str, Any]], Field(max_length=ROWS_MOST)]
