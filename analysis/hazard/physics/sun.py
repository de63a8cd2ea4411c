"""Where the sun stands: elevation, day or night, insolation.

The hour angle is taken from UTC and the longitude itself (+4 min per degree east), so no zone
meridian enters. Open code that goes through the meridian with the sign turned around is an hour
and more wrong in western China.
"""

from __future__ import annotations

import datetime as dt
import math

SUNRISE_ELEVATION_DEG = -0.833  # upper limb at the horizon with standard refraction
SOURCE = "Astronomical Almanac, low-precision formulas of the Sun"
J2000 = dt.datetime(2000, 1, 1, 12, tzinfo=dt.UTC)


def solar_elevation_deg(lon: float, lat: float, at: dt.datetime) -> float:
    """Return the sun's elevation above the horizon, degrees, without refraction.

    Parameters
    ----------
    lon, lat
        EPSG:4326, degrees.
    at
        An aware moment.
    """
    days = (at - J2000).total_seconds() / 86400.0
    anomaly = math.radians(357.528 + 0.9856003 * days)
    longitude = math.radians(
        280.460 + 0.9856474 * days + 1.915 * math.sin(anomaly) + 0.020 * math.sin(2.0 * anomaly)
    )
    tilt = math.radians(23.439 - 4e-7 * days)
    declination = math.asin(math.sin(tilt) * math.sin(longitude))
    ascension = math.atan2(math.cos(tilt) * math.sin(longitude), math.cos(longitude))
    sidereal = math.radians(15.0 * (18.697374558 + 24.06570982441908 * days) + lon)
    phi = math.radians(lat)
    sine = math.sin(phi) * math.sin(declination) + math.cos(phi) * math.cos(declination) * math.cos(
        sidereal - ascension
    )
    return math.degrees(math.asin(max(-1.0, min(1.0, sine))))


def is_day(lon: float, lat: float, at: dt.datetime) -> bool:
    """Say whether it is between sunrise and sunset at the place."""
    return solar_elevation_deg(lon, lat, at) > SUNRISE_ELEVATION_DEG


def insolation_w_m2(elevation_deg: float, cloud_tenths: float) -> float:
    """Return solar radiation at the ground, W/m² (ALOHA): 1111 (1 − 0.0071 c²)(sin h − 0.1)."""
    clear = 1111.0 * (math.sin(math.radians(elevation_deg)) - 0.1)
    return max(0.0, (1.0 - 0.0071 * cloud_tenths**2) * clear)
