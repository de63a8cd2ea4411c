"""Places of a data set that lie far from all its others: lost signs, exchanged axes, zeros."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from layers.intake.points import middles
from layers.intake.table import Fault

Floats = NDArray[np.float64]

# Below so many places nothing is "the others".
_PLACES_MIN = 20
_QUARTILES_OUT = 3.0
# A set of one town is narrow: what lies within so many degrees of it is not far.
_NARROWEST_DEG = 2.0
# As many places beside each other are a group of their own: islands, another province.
_GROUP = 5
# A slip is rare: twenty times as many lie where it was meant, and it befell no more than a
# twentieth of all. Else the set just has two parts, north and south of the equator.
_RARE = 20


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
    coordinate, or lon and lat exchanged, would put it among many more of the bulk.
    """
    known = np.flatnonzero(np.isfinite(lon) & np.isfinite(lat) & ~zeros(lon, lat))
    if len(known) < _PLACES_MIN:
        return []
    x, y = lon[known], lat[known]
    bulk = (*_fence(x), *_fence(y))
    outside = np.flatnonzero(~_in(x, y, bulk))
    if not len(outside):
        return []
    far_x, far_y = x[outside], y[outside]
    likely = _likely(far_x, far_y, bulk)
    cells = _cells(x, y)
    here, there = _crowd(cells, far_x, far_y), _crowd(cells, likely[:, 0], likely[:, 1])
    possible = ~np.isnan(likely[:, 0])
    slipped = possible & (here * _RARE <= there)
    if slipped.sum() * _RARE > len(known):
        slipped[:] = False
    return [
        Far(int(known[outside[i]]), _pair(likely[i]) if possible[i] else None)
        for i in np.flatnonzero(slipped | (here <= _GROUP)).tolist()
    ]


def _fence(values: Floats) -> tuple[float, float]:
    low, high = np.quantile(values, (0.25, 0.75))
    out = max(_QUARTILES_OUT * (high - low), _NARROWEST_DEG)
    return float(low - out), float(high + out)


def _in(x: Floats, y: Floats, bulk: tuple[float, ...]) -> NDArray[np.bool_]:
    west, east, south, north = bulk
    inside: NDArray[np.bool_] = (x >= west) & (x <= east) & (y >= south) & (y <= north)
    return inside


def _cells(x: Floats, y: Floats) -> NDArray[np.int64]:
    """Return how many places lie in and beside each cell of one degree."""
    cells = np.zeros((182, 362), dtype=np.int64)
    np.add.at(cells, _cell(x, y), 1)
    steps = [(north, east) for north in (-1, 0, 1) for east in (-1, 0, 1)]
    around: NDArray[np.int64] = np.sum([np.roll(cells, step, (0, 1)) for step in steps], axis=0)
    return around


def _cell(x: Floats, y: Floats) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    column = np.clip(np.floor(np.nan_to_num(x)), -180, 179).astype(np.int64) + 181
    return np.clip(np.floor(np.nan_to_num(y)), -90, 89).astype(np.int64) + 91, column


def _crowd(cells: NDArray[np.int64], x: Floats, y: Floats) -> NDArray[np.int64]:
    crowd: NDArray[np.int64] = cells[_cell(x, y)]
    return crowd


def _likely(x: Floats, y: Floats, bulk: tuple[float, ...]) -> Floats:
    """Return the (lon, lat) in the bulk that a usual slip would have made this of, or NaN."""
    found = np.full((len(x), 2), np.nan)
    for lon, lat in ((y, -x), (-y, x), (-x, -y), (y, x), (x, -y), (-x, y)):
        fits = (np.abs(lat) <= 90) & _in(lon, lat, bulk)  # the commonest slip comes last and stays
        found[fits] = np.column_stack([lon[fits], lat[fits]])
    return found


def suspects(geometries: NDArray[Any], rows: NDArray[np.int64]) -> list[Fault]:
    """Return a warning for each row whose place is at 0, 0 or far from all the others.

    Parameters
    ----------
    geometries
        Shapely geometries or None, in EPSG:4326.
    rows
        The file's row of each.
    """
    lon, lat = middles(geometries)
    found = [
        Fault(int(rows[i]), "geometry", "zero_place", "0, 0", None, "warning")
        for i in np.flatnonzero(zeros(lon, lat)).tolist()
    ]
    for far in far_away(lon, lat):
        got = _shown(lon[far.index], lat[far.index])
        wanted = None if far.likely is None else _shown(*far.likely)
        found.append(Fault(int(rows[far.index]), "geometry", "far_away", got, wanted, "warning"))
    return found


def _pair(place: Floats) -> tuple[float, float]:
    return float(place[0]), float(place[1])


def _shown(lon: float, lat: float) -> str:
    return f"{lon:.5f}, {lat:.5f}"
