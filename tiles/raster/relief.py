"""Slope and shade of the ground, of heights on the grid of a Web Mercator tile."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

_A_M = 6_378_137.0
_E2 = 0.00669437999014
"""WGS 84: the equator's radius and the first eccentricity squared."""

MARGIN_PX = 1
"""Pixels that a place's slope needs beyond it on each side."""

LIGHT_FROM_DEG = 315.0
LIGHT_UP_DEG = 45.0


def latitudes(north_m: float, pixel_m: float, rows: int) -> Floats:
    """Return the latitude (degrees) of the middle of each row of a grid in EPSG:3857."""
    y = north_m - (np.arange(rows) + 0.5) * pixel_m
    found: Floats = np.degrees(np.arctan(np.sinh(y / _A_M)))
    return found


def ground_m(latitude_deg: Floats) -> tuple[Floats, Floats]:
    """Return how many metres on the ground a metre of EPSG:3857 is, eastward and northward.

    The projection takes the ellipsoid for a sphere, so the two differ by up to 0.7 %.
    """
    sine = np.sin(np.radians(latitude_deg))
    cosine = np.cos(np.radians(latitude_deg))
    bent = 1.0 - _E2 * sine**2
    return cosine / np.sqrt(bent), cosine * (1.0 - _E2) / bent**1.5


def gradient(heights_m: Floats, *, north_m: float, pixel_m: float) -> tuple[Floats, Floats]:
    """Return the rise per metre eastward and northward, by Horn's method.

    Parameters
    ----------
    heights_m
        Heights with `MARGIN_PX` more on every side; NaN is no data. A neighbour without data
        counts as high as the place itself.
    north_m
        Northing in EPSG:3857 of the upper edge of the first row without margin.

    Sources
    -------
    B. Horn, Hill shading and the reflectance map, Proc. IEEE 69(1), 1981.
    """
    middle = heights_m[1:-1, 1:-1]
    rows, columns = middle.shape

    def near(down: int, right: int) -> Floats:
        part = heights_m[1 + down : 1 + down + rows, 1 + right : 1 + right + columns]
        return np.where(np.isnan(part), middle, part)

    east = near(-1, 1) + 2.0 * near(0, 1) + near(1, 1)
    west = near(-1, -1) + 2.0 * near(0, -1) + near(1, -1)
    north = near(-1, -1) + 2.0 * near(-1, 0) + near(-1, 1)
    south = near(1, -1) + 2.0 * near(1, 0) + near(1, 1)
    along, up = ground_m(latitudes(north_m, pixel_m, rows))
    return (
        (east - west) / (8.0 * pixel_m * along[:, None]),
        (north - south) / (8.0 * pixel_m * up[:, None]),
    )


def slope_deg(eastward: Floats, northward: Floats) -> Floats:
    """Return the slope of a gradient, degrees."""
    steep: Floats = np.degrees(np.arctan(np.hypot(eastward, northward)))
    return steep


def shade(
    eastward: Floats,
    northward: Floats,
    *,
    light_from_deg: float = LIGHT_FROM_DEG,
    light_up_deg: float = LIGHT_UP_DEG,
    exaggeration: float = 1.0,
) -> Floats:
    """Return how bright the ground is under one light, 0 to 1 (Lambert); NaN stays NaN."""
    from_rad, up_rad = np.radians(light_from_deg), np.radians(light_up_deg)
    east, north = exaggeration * eastward, exaggeration * northward
    toward = -east * np.sin(from_rad) - north * np.cos(from_rad)
    bright = (np.sin(up_rad) + np.cos(up_rad) * toward) / np.sqrt(1.0 + east**2 + north**2)
    lit: Floats = np.clip(bright, 0.0, 1.0)
    return lit
