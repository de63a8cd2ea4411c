"""Places of a data set that lie far from all its others: lost signs, exchanged axes, zeros."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from layers.intake.table import Fault

Floats = NDArray[np.float64]

# Below so many places nothing is "the others".
_PLACES_MIN = 20
_QUARTILES_OUT = 3.0
# A set of one town is narrow: what lies within so many degrees of it is not far.
_NARROWEST_DEG = 2.0
# As many places this near to each other are a group of their own: islands, another province.
_GROUP = 5
_GROUP_DEG = 1.0


@dataclass(frozen=True)
class Far:
    """One such place: its index, and the (lon, lat) among the others that was likely meant."""

    index: int
    likely: tuple[float, float] | None


def zeros(lon: Floats, lat: Floats) -> NDArray[np.bool_]:
    """Return which places are exactly at 0, 0: how many programs write "no position"."""
    at_zero: NDArray[np.bool_] = (lon == 0) & (lat == 0)
    return at_zero


def far_away(lon: Floats, lat: Floats) -> list[Far]:
    """Return the places far from the bulk of the others that form no group of their own.

    The bulk lies within three quartile distances of the quartiles (Tukey's far-out fence), at
    least two degrees around them. A place in a group is far only where another sign of a
    coordinate, or lon and lat exchanged, would put it into the bulk.
    """
    known = np.flatnonzero(np.isfinite(lon) & np.isfinite(lat) & ~zeros(lon, lat))
    if len(known) < _PLACES_MIN:
        return []
    x, y = lon[known], lat[known]
    bulk = (*_fence(x), *_fence(y))
    outside = np.flatnonzero(~_in(x, y, bulk))
    if not len(outside):
        return []
    crowds = _crowds(x, y, outside)
    found = []
    for i, crowd in zip(outside.tolist(), crowds, strict=True):
        likely = _likely(float(x[i]), float(y[i]), bulk)
        if likely is not None or crowd < _GROUP:
            found.append(Far(int(known[i]), likely))
    return found


def _fence(values: Floats) -> tuple[float, float]:
    low, high = np.quantile(values, (0.25, 0.75))
    out = max(_QUARTILES_OUT * (high - low), _NARROWEST_DEG)
    return float(low - out), float(high + out)


def _in(x: Floats, y: Floats, bulk: tuple[float, ...]) -> NDArray[np.bool_]:
    west, east, south, north = bulk
    inside: NDArray[np.bool_] = (x >= west) & (x <= east) & (y >= south) & (y <= north)
    return inside


def _crowds(x: Floats, y: Floats, outside: NDArray[np.int64]) -> list[int]:
    """Return how many other places lie near each place that is outside."""
    tree = shapely.STRtree(np.asarray(shapely.points(x, y)))
    around = shapely.box(
        x[outside] - _GROUP_DEG, y[outside] - _GROUP_DEG,
        x[outside] + _GROUP_DEG, y[outside] + _GROUP_DEG,
    )  # fmt: skip
    which, _ = tree.query(around)
    crowds: list[int] = (np.bincount(which, minlength=len(outside)) - 1).tolist()
    return crowds


def _likely(x: float, y: float, bulk: tuple[float, ...]) -> tuple[float, float] | None:
    """Return the place in the bulk that a usual slip would have made this of, or None."""
    for lon, lat in ((-x, y), (x, -y), (y, x), (-x, -y), (-y, x), (y, -x)):
        if abs(lat) <= 90 and _in(np.array(lon), np.array(lat), bulk):
            return lon, lat
    return None


def suspects(geometries: NDArray[Any], rows: NDArray[np.int64]) -> list[Fault]:
    """Return a warning for each row whose place is at 0, 0 or far from all the others.

    Parameters
    ----------
    geometries
        Shapely geometries or None, in EPSG:4326.
    rows
        The file's row of each.
    """
    west, south, east, north = shapely.bounds(geometries).T
    lon, lat = (west + east) / 2, (south + north) / 2
    found = [
        Fault(int(rows[i]), "geometry", "zero_place", "0, 0", None, "warning")
        for i in np.flatnonzero(zeros(lon, lat)).tolist()
    ]
    for far in far_away(lon, lat):
        got = f"{lon[far.index]:.5f}, {lat[far.index]:.5f}"
        wanted = None if far.likely is None else _pair(far.likely)
        found.append(Fault(int(rows[far.index]), "geometry", "far_away", got, wanted, "warning"))
    return found


def _pair(place: Sequence[float]) -> str:
    return f"{place[0]:.5f}, {place[1]:.5f}"
