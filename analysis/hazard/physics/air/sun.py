"""Where the sun stands: elevation, day or night, insolation.

The hour angle is taken from UTC and the longitude itself (+4 min per degree east), so no zone
meridian enters. Open code that goes through the meridian with the sign turned around is an hour
and more wrong in western China.
"""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass

SUNRISE_ELEVATION_DEG = -0.833  # upper limb at the horizon with standard refraction
SOURCE = "Astronomical Almanac, low-precision formulas of the Sun"
BEIJING = dt.timezone(dt.timedelta(hours=8))
J2000 = dt.datetime(2000, 1, 1, 12, tzinfo=dt.UTC)


@dataclass(frozen=True, kw_only=True)
class Sun:
    """Where the sun stands: degrees; azimuth from north over east; equation of time in minutes."""

    elevation_deg: float
    azimuth_deg: float
    declination_deg: float
    equation_of_time_min: float


def sun_at(lon: float, lat: float, at: dt.datetime) -> Sun:
    """Return the sun's place in the sky by the almanac's low-precision formulas (0.01°).

    Parameters
    ----------
    lon, lat
        EPSG:4326, degrees.
    at
        An aware moment.
    """
    days = (at - J2000).total_seconds() / 86400.0
    anomaly = math.radians(357.528 + 0.9856003 * days)
    mean = 280.460 + 0.9856474 * days
    longitude = math.radians(mean + 1.915 * math.sin(anomaly) + 0.020 * math.sin(2.0 * anomaly))
    tilt = math.radians(23.439 - 4e-7 * days)
    declination = math.asin(math.sin(tilt) * math.sin(longitude))
    ascension = math.atan2(math.cos(tilt) * math.sin(longitude), math.cos(longitude))
    sidereal = math.radians(15.0 * (18.697374558 + 24.06570982441908 * days) + lon)
    elevation, azimuth = _in_the_sky(lat, declination, sidereal - ascension)
    ahead = (mean - math.degrees(ascension) + 180.0) % 360.0 - 180.0
    return Sun(
        elevation_deg=elevation,
        azimuth_deg=azimuth,
        declination_deg=math.degrees(declination),
        equation_of_time_min=4.0 * ahead,
    )


def spencer_sun_at(lon: float, lat: float, at: dt.datetime) -> Sun:
    """Return the sun's place by Spencer's series 1971 as NOAA takes it (0.5°)."""
    utc = at.astimezone(dt.UTC)
    hour = utc.hour + utc.minute / 60.0 + utc.second / 3600.0
    g = 2.0 * math.pi / 365.0 * (utc.timetuple().tm_yday - 1 + (hour - 12.0) / 24.0)
    minutes = 229.18 * (
        0.000075
        + 0.001868 * math.cos(g)
        - 0.032077 * math.sin(g)
        - 0.014615 * math.cos(2.0 * g)
        - 0.040849 * math.sin(2.0 * g)
    )
    declination = _fourier(g, 0.399912)
    solar_minutes = hour * 60.0 + minutes + 4.0 * lon
    elevation, azimuth = _in_the_sky(lat, declination, math.radians(solar_minutes / 4.0 - 180.0))
    return Sun(
        elevation_deg=elevation,
        azimuth_deg=azimuth,
        declination_deg=math.degrees(declination),
        equation_of_time_min=minutes,
    )


def gbt3840_sun_at(lon: float, lat: float, at: dt.datetime) -> Sun:
    """Return the sun's place by GB/T 3840-91: no equation of time (up to 4° off).

    h = asin(sin φ sin δ + cos φ cos δ cos(15 t + λ − 300)), t the hour of Beijing time; δ by the
    series with the first cosine printed as 0.39912.
    """
    beijing = at.astimezone(BEIJING)
    hour = beijing.hour + beijing.minute / 60.0 + beijing.second / 3600.0
    declination = _fourier(math.radians(360.0 * (beijing.timetuple().tm_yday - 1) / 365.0), 0.39912)
    elevation, azimuth = _in_the_sky(lat, declination, math.radians(15.0 * hour + lon - 300.0))
    return Sun(
        elevation_deg=elevation,
        azimuth_deg=azimuth,
        declination_deg=math.degrees(declination),
        equation_of_time_min=0.0,
    )


def gbt3840_elevation_deg(lon: float, lat: float, at: dt.datetime) -> float:
    """Return the sun's elevation by GB/T 3840-91, degrees."""
    return gbt3840_sun_at(lon, lat, at).elevation_deg


def solar_elevation_deg(lon: float, lat: float, at: dt.datetime) -> float:
    """Return the sun's elevation above the horizon, degrees, without refraction."""
    return sun_at(lon, lat, at).elevation_deg


def half_day_h(lat: float, declination_deg: float) -> float:
    """Return half the length of the day, hours: 0 in polar night, 12 in polar day."""
    phi, delta = math.radians(lat), math.radians(declination_deg)
    level = math.sin(math.radians(SUNRISE_ELEVATION_DEG)) - math.sin(phi) * math.sin(delta)
    across = math.cos(phi) * math.cos(delta)
    if abs(level) >= across:  # the sun crosses no horizon today
        return 0.0 if level > 0.0 else 12.0
    return math.degrees(math.acos(level / across)) / 15.0


def _fourier(g: float, first: float) -> float:
    """Return the declination, rad, by Spencer's series; `first` is its first cosine."""
    return (
        0.006918
        - first * math.cos(g)
        + 0.070257 * math.sin(g)
        - 0.006758 * math.cos(2.0 * g)
        + 0.000907 * math.sin(2.0 * g)
        - 0.002697 * math.cos(3.0 * g)
        + 0.001480 * math.sin(3.0 * g)
    )


def _in_the_sky(lat: float, declination: float, hour_angle: float) -> tuple[float, float]:
    """Return elevation and azimuth, degrees, of declination and hour angle in rad."""
    phi = math.radians(lat)
    sine = math.sin(phi) * math.sin(declination)
    sine += math.cos(phi) * math.cos(declination) * math.cos(hour_angle)
    east = -math.cos(declination) * math.sin(hour_angle)
    north = math.cos(phi) * math.sin(declination)
    north -= math.sin(phi) * math.cos(declination) * math.cos(hour_angle)
    elevation = math.degrees(math.asin(max(-1.0, min(1.0, sine))))
    return elevation, math.degrees(math.atan2(east, north)) % 360.0


def is_day(lon: float, lat: float, at: dt.datetime) -> bool:
    """Say whether it is between sunrise and sunset at the place."""
    return solar_elevation_deg(lon, lat, at) > SUNRISE_ELEVATION_DEG


def insolation_w_m2(elevation_deg: float, cloud_tenths: float) -> float:
    """Return solar radiation at the ground, W/m² (ALOHA): 1111 (1 − 0.0071 c²)(sin h − 0.1)."""
    clear = 1111.0 * (math.sin(math.radians(elevation_deg)) - 0.1)
    return max(0.0, (1.0 - 0.0071 * cloud_tenths**2) * clear)
