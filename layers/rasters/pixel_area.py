"""How much ground a pixel of a raster covers."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from pyproj import Transformer

from layers.models import Raster

Floats = NDArray[np.float64]
EQUAL_AREA = "EPSG:6933"
_CORNERS = ((-0.5, -0.5), (0.5, -0.5), (0.5, 0.5), (-0.5, 0.5))


def pixel_km2(raster: Raster, x: Floats | float, y: Floats) -> Floats:
    """Return the area on the ground of pixels about places in a raster's own system, km2.

    By the corners, on an equal-area grid of the ellipsoid. What a pixel measures on the map is no
    answer: at 34 degrees of latitude Web Mercator shows everything 1.45 times as large. Along a row
    pixels are nearly equal, so one `x` in the middle stands for all. NaN where the system ends.
    """
    right, down = np.array(_CORNERS).T[:, :, None]
    east = x + right * raster.pixel_width + np.zeros_like(y)
    north = y + down * raster.pixel_height
    lon, lat = Transformer.from_crs(raster.crs, 4326, always_xy=True).transform(east, north)
    flat_x, flat_y = Transformer.from_crs(4326, EQUAL_AREA, always_xy=True).transform(lon, lat)
    with np.errstate(invalid="ignore"):
        twice = (flat_x * np.roll(flat_y, -1, axis=0) - flat_y * np.roll(flat_x, -1, axis=0)).sum(
            axis=0
        )
    found: Floats = np.where(np.isfinite(twice), np.abs(twice), np.nan) / 2e6
    return found
