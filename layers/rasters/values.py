"""What a raster says at a place and along a line."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from pyproj import Geod, Transformer
from sqlalchemy.orm import Session

from layers.errors import InvalidInputError
from layers.models import Raster
from layers.rasters.kinds import KINDS
from layers.rasters.tiles import at_pixels
from layers.rasters.window import mixed

Floats = NDArray[np.float64]
_GEOD = Geod(ellps="WGS84")
MOST_POINTS = 2000
LONGEST_M = 2_000_000.0


@dataclass(frozen=True, kw_only=True)
class Value:
    """A raster's value at a place; None with the reason: `outside` or `no_data`."""

    value: float | None
    reason: str | None
    method: str


@dataclass(frozen=True, kw_only=True)
class Profile:
    """Values along a line at even distances; NaN is no data.

    `ascent`, `descent` add up the rises and falls between neighbours that both have a value.
    """

    length_m: float
    distance_m: Floats
    lon: Floats
    lat: Floats
    values: Floats

    @property
    def ascent(self) -> float:
        """Return the sum of all rises."""
        steps = np.diff(self.values)
        return float(steps[steps > 0.0].sum())

    @property
    def descent(self) -> float:
        """Return the sum of all falls, positive."""
        steps = np.diff(self.values)
        return float(-steps[steps < 0.0].sum())


def value_at(session: Session, raster: Raster, *, lon: float, lat: float) -> Value:
    """Return the value of a raster at a place (EPSG:4326): bilinear, of classes the nearest.

    Raises
    ------
    InvalidInputError
        `code="raster_is_image"`: an image has colours, no values.
    """
    refuse_image(raster)
    method = "nearest" if KINDS[raster.kind].classes else "bilinear"
    values, inside = _at(session, raster, np.array([lon]), np.array([lat]))
    known = math.isfinite(values[0])
    reason = None if known else ("no_data" if inside[0] else "outside")
    return Value(value=float(values[0]) if known else None, reason=reason, method=method)


def profile(
    session: Session, raster: Raster, line: list[tuple[float, float]], *, points: int
) -> Profile:
    """Return the values of a raster along a line, at `points` even geodesic distances.

    Parameters
    ----------
    line
        lon, lat of its corners; between two it is a geodesic.

    Raises
    ------
    InvalidInputError
        An image, a line without length or of more than 2,000 km, or more than `MOST_POINTS`.
    """
    refuse_image(raster)
    if not 2 <= points <= MOST_POINTS:
        raise InvalidInputError(
            f"points: got {points}, wanted 2 .. {MOST_POINTS}",
            field="points", got=points, wanted=f"2 .. {MOST_POINTS}",
        )  # fmt: skip
    corners = np.array(line, dtype=float)
    start, end = corners[:-1], corners[1:]
    bearing, _, lengths = _GEOD.inv(start[:, 0], start[:, 1], end[:, 0], end[:, 1])
    passed = np.concatenate([[0.0], np.cumsum(lengths)])
    whole = float(passed[-1])
    if not 0.0 < whole <= LONGEST_M:
        raise InvalidInputError(
            f"line: got a length of {whole:.0f} m, wanted up to {LONGEST_M:.0f} m",
            field="line", got=round(whole), wanted=f"0 .. {LONGEST_M:.0f} m",
        )  # fmt: skip
    distance = np.linspace(0.0, whole, points)
    part = np.clip(np.searchsorted(passed, distance, side="right") - 1, 0, len(lengths) - 1)
    lon, lat, _ = _GEOD.fwd(start[part, 0], start[part, 1], bearing[part], distance - passed[part])
    lon, lat = np.asarray(lon), np.asarray(lat)
    values, _ = _at(session, raster, lon, lat)
    return Profile(length_m=whole, distance_m=distance, lon=lon, lat=lat, values=values)


def refuse_image(raster: Raster) -> None:
    """Raise InvalidInputError where a raster has colours instead of values."""
    if KINDS[raster.kind].image:
        raise InvalidInputError(
            f"{raster.name} is an image: it has colours, no values", code="raster_is_image",
            name=raster.name,
        )  # fmt: skip


def _at(
    session: Session, raster: Raster, lon: Floats, lat: Floats
) -> tuple[Floats, NDArray[np.bool_]]:
    """Return values and whether places lie in the raster; reads only the tiles that are touched."""
    x, y = Transformer.from_crs(4326, raster.crs, always_xy=True).transform(lon, lat)
    column = (np.asarray(x) - raster.west) / raster.pixel_width - 0.5
    row = (raster.north - np.asarray(y)) / raster.pixel_height - 0.5
    inside = (row >= -0.5) & (row <= raster.rows - 0.5)
    inside &= (column >= -0.5) & (column <= raster.columns - 0.5)
    values = np.full(lon.shape, np.nan)
    if not inside.any():
        return values, inside
    row = np.clip(row[inside], 0.0, raster.rows - 1.0)
    column = np.clip(column[inside], 0.0, raster.columns - 1.0)
    if KINDS[raster.kind].classes:
        values[inside] = at_pixels(session, raster, *(_whole(each + 0.5) for each in (row, column)))
        return values, inside
    top = np.minimum(_whole(row), max(0, raster.rows - 2))
    left = np.minimum(_whole(column), max(0, raster.columns - 2))
    bottom = np.minimum(top + 1, raster.rows - 1)
    right = np.minimum(left + 1, raster.columns - 1)
    rows = np.concatenate([top, top, bottom, bottom])
    columns = np.concatenate([left, right, left, right])
    corners = at_pixels(session, raster, rows, columns).reshape(2, 2, -1)
    values[inside] = mixed(corners.astype(float), row - top, column - left)
    return values, inside


def _whole(value: Floats) -> NDArray[np.intp]:
    return np.floor(value).astype(np.intp)
