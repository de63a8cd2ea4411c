"""A place and a time as models take them: longitude, latitude, year, day of the year, hour UTC."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from analysis.hazard.inputs import Input
from analysis.hazard.physics.air.sun import SUNRISE_ELEVATION_DEG, solar_elevation_deg
from layers.errors import InvalidInputError, OutOfRangeError

INPUTS = (
    Input(name="lon", unit="deg", symbol="λ", minimum=-180.0, maximum=180.0, required=False),
    Input(name="lat", unit="deg", symbol="φ", minimum=-90.0, maximum=90.0, required=False),
    Input(name="year", unit="year", minimum=1900.0, maximum=2100.0, default=2025.0),
    Input(name="day_of_year", unit="day", symbol="n", minimum=1.0, maximum=366.0, required=False),
    Input(name="utc_hour", unit="h", symbol="t", minimum=0.0, maximum=24.0, required=False),
)
NEEDED = ("lon", "lat", "day_of_year", "utc_hour")
HOUR = dt.timedelta(hours=1)


@dataclass(frozen=True, kw_only=True)
class Moment:
    """An aware moment at a place in EPSG:4326, degrees."""

    lon: float
    lat: float
    at: dt.datetime

    def elevation_deg(self, later: dt.timedelta = dt.timedelta(0)) -> float:
        """Return the sun's elevation, now or a while later, degrees."""
        return solar_elevation_deg(self.lon, self.lat, self.at + later)

    def is_night_by_turner(self) -> bool:
        """Say whether it is Turner's night: from 1 h before sunset to 1 h after sunrise."""
        near = (-HOUR, dt.timedelta(0), HOUR)
        return any(self.elevation_deg(later) <= SUNRISE_ELEVATION_DEG for later in near)


def read(inputs: Mapping[str, Any]) -> Moment:
    """Return the moment that a model's inputs name.

    Raises
    ------
    InvalidInputError
        One of the four is missing.
    OutOfRangeError
        The year has no such day.
    """
    for name in NEEDED:
        if inputs[name] is None:
            raise InvalidInputError(
                f"{name} is needed where the sun's elevation is not given",
                code="input_missing",
                field=name,
                wanted="elevation_deg, or lon, lat, day_of_year and utc_hour",
            )
    year = int(inputs["year"])
    start = dt.datetime(year, 1, 1, tzinfo=dt.UTC)
    days = (dt.datetime(year + 1, 1, 1, tzinfo=dt.UTC) - start).days
    if inputs["day_of_year"] >= days + 1:
        raise OutOfRangeError(
            f"day_of_year: got {inputs['day_of_year']:g}, wanted 1 .. {days}",
            field="day_of_year",
            got=float(inputs["day_of_year"]),
            wanted=f"1 .. {days}",
        )
    gone = dt.timedelta(days=int(inputs["day_of_year"]) - 1, hours=inputs["utc_hour"])
    return Moment(lon=inputs["lon"], lat=inputs["lat"], at=start + gone)
