"""Where and when something is said to be: checked before it is stored."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import func

from layers.errors import InvalidInputError

CLOCK_SKEW = dt.timedelta(minutes=5)
"""How far the clock of another machine may be ahead before a time counts as one to come."""


def point(lon: float | None, lat: float | None) -> Any:
    """Return a place as a geometry, EPSG:4326; None where there is none."""
    if lon is None or lat is None:
        return None
    return func.ST_SetSRID(func.ST_MakePoint(lon, lat), 4326)


def sane_time(at: dt.datetime, *, now: dt.datetime, field: str = "at") -> dt.datetime:
    """Return a time that has come.

    Raises
    ------
    InvalidInputError
        It has not: nobody can have seen what is still to come.
    """
    if at > now + CLOCK_SKEW:
        wanted = f"<= {now.isoformat(timespec='seconds')}"
        raise InvalidInputError(
            f"{field}: got {at.isoformat()}, wanted {wanted}", code="invalid_fields",
            field=field, got=at.isoformat(), wanted=wanted,
        )  # fmt: skip
    return at
