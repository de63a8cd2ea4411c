"""GCJ-02 and BD-09, the shifted systems of Chinese web maps, with exact inverses.

The formulas are public knowledge without an official text (OpenStreetMap ids 57444085044 and
15301215871 reproduce them); the inverses have no closed form, they are iterated. Arrays are worked
in blocks that stay in the processor's cache: the same arithmetic takes half the time.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
Turn = Callable[[Floats, Floats], tuple[Floats, Floats]]

CHINA_BOX = (72.004, 0.8293, 137.8347, 55.8271)
_A_M = 6378245.0
_EE = 0.00669342162296594323
_BD_X_PI = np.pi * 3000.0 / 180.0
# After a step this short what is left is below 1e-9 degrees: the offset changes by at most 0.007
# (GCJ-02) and 0.022 (BD-09) of a move, so each step is as many times shorter than the one before.
_LAST_STEP_GCJ_DEG = 1e-7
_LAST_STEP_BD_DEG = 1e-8
_ROUNDS = 30
_BLOCK = 16_384


def gcj02_from_wgs84(lon: ArrayLike, lat: ArrayLike) -> tuple[Floats, Floats]:
    """Return GCJ-02 degrees of WGS 84 degrees; outside China's box they are the same."""
    return _in_blocks(_gcj02_from_wgs84, lon, lat)


def wgs84_from_gcj02(lon: ArrayLike, lat: ArrayLike) -> tuple[Floats, Floats]:
    """Return WGS 84 degrees of GCJ-02 degrees, exact to 1e-9 degrees (0.1 mm).

    Fixed-point iteration on the forward formula, the offset being nearly constant. A point
    outside the box stays as it is.
    """
    return _in_blocks(_wgs84_from_gcj02, lon, lat)


def bd09_from_gcj02(lon: ArrayLike, lat: ArrayLike) -> tuple[Floats, Floats]:
    """Return BD-09 degrees of GCJ-02 degrees."""
    return _in_blocks(_bd09_from_gcj02, lon, lat)


def gcj02_from_bd09(lon: ArrayLike, lat: ArrayLike) -> tuple[Floats, Floats]:
    """Return GCJ-02 degrees of BD-09 degrees, iterated: the common closed form is 0.1 m off."""
    return _in_blocks(_gcj02_from_bd09, lon, lat)


def bd09_from_wgs84(lon: ArrayLike, lat: ArrayLike) -> tuple[Floats, Floats]:
    """Return BD-09 degrees of WGS 84 degrees."""
    return bd09_from_gcj02(*gcj02_from_wgs84(lon, lat))


def wgs84_from_bd09(lon: ArrayLike, lat: ArrayLike) -> tuple[Floats, Floats]:
    """Return WGS 84 degrees of BD-09 degrees."""
    return wgs84_from_gcj02(*gcj02_from_bd09(lon, lat))


def _in_blocks(turn: Turn, lon: ArrayLike, lat: ArrayLike) -> tuple[Floats, Floats]:
    lons, lats = np.asarray(lon, dtype=np.float64), np.asarray(lat, dtype=np.float64)
    if lons.size <= _BLOCK or lons.ndim != 1 or lons.shape != lats.shape:
        return turn(lons, lats)
    turned = np.empty_like(lons), np.empty_like(lats)
    for start in range(0, len(lons), _BLOCK):
        part = slice(start, start + _BLOCK)
        turned[0][part], turned[1][part] = turn(lons[part], lats[part])
    return turned


def _offset(lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
    x, y = lon - 105.0, lat - 35.0
    pi, sin = np.pi, np.sin
    wave, third_x, third_y = sin(2.0 * pi * x), sin(pi * x / 3.0), sin(pi * y / 3.0)
    common = (20.0 * _tripled(wave) + 20.0 * wave) * 2.0 / 3.0
    root = np.sqrt(np.abs(x))
    d_lat = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root + common
    d_lat += (20.0 * _tripled(third_y) + 40.0 * third_y) * 2.0 / 3.0
    d_lat += (160.0 * sin(pi * y / 12.0) + 320.0 * sin(pi * y / 30.0)) * 2.0 / 3.0
    d_lon = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root + common
    d_lon += (20.0 * _tripled(third_x) + 40.0 * third_x) * 2.0 / 3.0
    d_lon += (150.0 * sin(pi * x / 12.0) + 300.0 * sin(pi * x / 30.0)) * 2.0 / 3.0
    sin_lat = sin(np.radians(lat))
    m = 1.0 - _EE * sin_lat**2
    d_lat = np.degrees(d_lat * m * np.sqrt(m) / (_A_M * (1.0 - _EE)))
    d_lon = np.degrees(d_lon * np.sqrt(m) / (_A_M * np.sqrt(1.0 - sin_lat**2)))
    return d_lon, d_lat


def _tripled(sine: Floats) -> Floats:
    """Return the sine of three times the angle: a third of all sines saved."""
    return sine * (3.0 - 4.0 * sine * sine)


def _inside(lon: Floats, lat: Floats) -> NDArray[np.bool_]:
    west, south, east, north = CHINA_BOX
    inside: NDArray[np.bool_] = (lon >= west) & (lon <= east) & (lat >= south) & (lat <= north)
    return inside


def _gcj02_from_wgs84(lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
    inside = _inside(lon, lat)
    d_lon, d_lat = _offset(np.where(inside, lon, 105.0), np.where(inside, lat, 35.0))
    return np.where(inside, lon + d_lon, lon), np.where(inside, lat + d_lat, lat)


def _wgs84_from_gcj02(lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
    inside = _inside(lon, lat)
    target_lon, target_lat = np.where(inside, lon, 105.0), np.where(inside, lat, 35.0)
    got_lon, got_lat = target_lon.copy(), target_lat.copy()
    for _ in range(_ROUNDS):
        d_lon, d_lat = _offset(got_lon, got_lat)
        step_lon, step_lat = target_lon - got_lon - d_lon, target_lat - got_lat - d_lat
        got_lon, got_lat = got_lon + step_lon, got_lat + step_lat
        if _longest(step_lon, step_lat) < _LAST_STEP_GCJ_DEG:
            break
    return np.where(inside, got_lon, lon), np.where(inside, got_lat, lat)


def _bd09_from_gcj02(lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
    z = np.hypot(lon, lat) + 2e-5 * np.sin(lat * _BD_X_PI)
    theta = np.arctan2(lat, lon) + 3e-6 * np.cos(lon * _BD_X_PI)
    return z * np.cos(theta) + 0.0065, z * np.sin(theta) + 0.006


def _gcj02_from_bd09(lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
    got_lon, got_lat = lon - 0.0065, lat - 0.006
    for _ in range(_ROUNDS):
        back_lon, back_lat = _bd09_from_gcj02(got_lon, got_lat)
        step_lon, step_lat = lon - back_lon, lat - back_lat
        got_lon, got_lat = got_lon + step_lon, got_lat + step_lat
        if _longest(step_lon, step_lat) < _LAST_STEP_BD_DEG:
            break
    return got_lon, got_lat


def _longest(step_lon: Floats, step_lat: Floats) -> float:
    """Return the longest step, in degrees; NaN has no place and never will."""
    longest = np.fmax(np.abs(step_lon), np.abs(step_lat))
    return float(np.fmax.reduce(longest, axis=None, initial=0.0))
