"""Where the sun stands: elevation, day or night, insolation.

The true solar time is taken from UTC and the longitude itself (+4 min per degree east), so no
zone meridian enters. Open code that goes through the meridian with the sign turned around is an
hour and more wrong in western China.
"""

from __future__ import annotations

import datetime as dt
import math

SUNRISE_ELEVATION_DEG = -0.833  # upper limb at the horizon with standard refraction
SOURCE = "NOAA solar equations (Spencer 1971 series)"


def solar_elevation_deg(lon: float, lat: float, at: dt.datetime) -> float:
    """Return the sun's elevation above the horizon, degrees, without refraction.

    Parameters
    ----------
    lon, lat
        EPSG:4326, degrees.
    at
        An aware moment.
    """
    utc = at.astimezone(dt.UTC)
    hour = utc.hour + utc.minute / 60.0 + utc.second / 3600.0
    day = utc.timetuple().tm_yday
    g = 2.0 * math.pi / 365.0 * (day - 1 + (hour - 12.0) / 24.0)
    equation_of_time_min = 229.18 * (
        0.000075
        + 0.001868 * math.cos(g)
        - 0.032077 * math.sin(g)
        - 0.014615 * math.cos(2 * g)
        - 0.040849 * math.sin(2 * g)
    )
    declination = (
        0.006918
        - 0.399912 * math.cos(g)
        + 0.070257 * math.sin(g)
        - 0.006758 * math.cos(2 * g)
        + 0.000907 * math.sin(2 * g)
        - 0.002697 * math.cos(3 * g)
        + 0.00148 * math.sin(3 * g)
    )
    solar_min = hour * 60.0 + equation_of_time_min + 4.0 * lon
    hour_angle = math.radians(solar_min / 4.0 - 180.0)
    phi = math.radians(lat)
    sine = math.sin(phi) * math.sin(declination) + math.cos(phi) * math.cos(declination) * math.cos(
        hour_angle
    )
    return math.degrees(math.asin(max(-1.0, min(1.0, sine))))


def is_day(lon: float, lat: float, at: dt.datetime) -> bool:
    """Say whether it is between sunrise and sunset at the place."""
    return solar_elevation_deg(lon, lat, at) > SUNRISE_ELEVATION_DEG


def insolation_w_m2(elevation_deg: float, cloud_tenths: float) -> float:
    """Return solar radiation at the ground, W/m² (ALOHA): 1111 (1 − 0.0071 c²)(sin h − 0.1)."""
    clear = 1111.0 * (math.sin(math.radians(elevation_deg)) - 0.1)
    return max(0.0, (1.0 - 0.0071 * cloud_tenths**2) * clear)
