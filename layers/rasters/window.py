"""A raster seen from a place: sampled on a square grid of metres, north up."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from pyproj import Transformer
from sqlalchemy.orm import Session

from layers.models import Raster
from layers.rasters.register import covering
from layers.rasters.tiles import MOST_PIXELS, at_pixels, block

Floats = NDArray[np.float64]
_MARGIN_DEG = 1e-7


@dataclass(frozen=True)
class Sampled:
    """Values at places, NaN where no raster has any, and the rasters that gave some."""

    values: Floats
    rasters: tuple[Raster, ...]


def sample(
    session: Session, kind: str, *, lon: Floats, lat: Floats, nearest: bool = False
) -> Sampled:
    """Return the values of a kind of raster at places (EPSG:4326).

    The finest raster counts; where it has no data the next one does, so that neighbouring sheets
    join. Values are bilinear between pixels, or the nearest pixel's.

    Parameters
    ----------
    lon, lat
        Arrays of one shape.
    """
    values = np.full(lon.shape, np.nan)
    used = []
    for raster in covering(session, kind, wkt=_box(lon, lat)):
        lacking = np.isnan(values)
        found = at_places(session, raster, lon=lon[lacking], lat=lat[lacking], nearest=nearest)
        if np.isfinite(found).any():
            values[lacking] = found
            used.append(raster)
        if not np.isnan(values).any():
            break
    return Sampled(values, tuple(used))


def at_places(
    session: Session, raster: Raster, *, lon: Floats, lat: Floats, nearest: bool = False
) -> Floats:
    """Return the values of one raster at places (EPSG:4326), NaN where it has none.

    Values are bilinear between pixels, or the nearest pixel's; next to no data the nearest's too.
    """
    into = Transformer.from_crs(4326, raster.crs, always_xy=True)
    x, y = into.transform(lon, lat)
    column = (np.asarray(x) - raster.west) / raster.pixel_width - 0.5
    row = (raster.north - np.asarray(y)) / raster.pixel_height - 0.5
    inside = (row >= -0.5) & (row <= raster.rows - 0.5)
    inside &= (column >= -0.5) & (column <= raster.columns - 0.5)
    values = np.full(lon.shape, np.nan)
    if not inside.any():
        return values
    # Half a pixel at the border has a neighbour on one side only: it is taken for both.
    row = np.clip(row[inside], 0.0, raster.rows - 1.0)
    column = np.clip(column[inside], 0.0, raster.columns - 1.0)
    rows = int(row.min()), int(row.max()) + 2
    columns = int(column.min()), int(column.max()) + 2
    if (rows[1] - rows[0]) * (columns[1] - columns[0]) > MOST_PIXELS:
        # Pixels are far finer than the places are apart: between two lie many.
        near = np.floor(row + 0.5).astype(np.intp), np.floor(column + 0.5).astype(np.intp)
        values[inside] = at_pixels(session, raster, *near)
        return values
    part = block(session, raster, rows=rows, columns=columns)
    at = row - part.first_row, column - part.first_column
    values[inside] = _near(part.pixels, *at) if nearest else _between(part.pixels, *at)
    return values


def _near(pixels: NDArray[np.float32], row: Floats, column: Floats) -> Floats:
    found: Floats = pixels[np.floor(row + 0.5).astype(int), np.floor(column + 0.5).astype(int)]
    return found.astype(float)


def _between(pixels: NDArray[np.float32], row: Floats, column: Floats) -> Floats:
    """Return bilinear values; next to no data the nearest pixel's."""
    top = np.minimum(np.floor(row).astype(int), max(0, pixels.shape[0] - 2))
    left = np.minimum(np.floor(column).astype(int), max(0, pixels.shape[1] - 2))
    bottom = np.minimum(top + 1, pixels.shape[0] - 1)
    right = np.minimum(left + 1, pixels.shape[1] - 1)
    corners = np.stack([
        np.stack([pixels[top, left], pixels[top, right]]),
        np.stack([pixels[bottom, left], pixels[bottom, right]]),
    ])  # fmt: skip
    return mixed(corners.astype(float), row - top, column - left)


def mixed(corners: Floats, down: Floats, along: Floats) -> Floats:
    """Return bilinear values between four pixels each; next to no data the nearest pixel's.

    Parameters
    ----------
    corners
        2 (upper, lower) x 2 (left, right) x places.
    down, along
        How far each place is from the upper left pixel's middle, in pixels, 0 to 1.
    """
    upper = corners[0, 0] * (1.0 - along) + corners[0, 1] * along
    lower = corners[1, 0] * (1.0 - along) + corners[1, 1] * along
    smooth: Floats = upper * (1.0 - down) + lower * down
    near = corners[
        (down >= 0.5).astype(np.intp), (along >= 0.5).astype(np.intp), np.arange(down.size)
    ]
    return np.where(np.isnan(smooth), near, smooth)


def _box(lon: Floats, lat: Floats) -> str:
    # An area, even where the places lie on a line.
    west, east = float(lon.min()) - _MARGIN_DEG, float(lon.max()) + _MARGIN_DEG
    south, north = float(lat.min()) - _MARGIN_DEG, float(lat.max()) + _MARGIN_DEG
    return (
        f"POLYGON(({west} {south}, {east} {south}, {east} {north}, {west} {north}, {west} {south}))"
    )
