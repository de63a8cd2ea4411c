"""Areas by how soon somebody is there, drawn of cells around pieces of road."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray
from rasterio.features import shapes
from scipy import ndimage
from shapely.geometry.base import BaseGeometry

from analysis.roads.coverage import Cover
from analysis.roads.footing import usable
from analysis.roads.pieces import vertices
from analysis.roads.places import Places
from analysis.roads.plane import from_plane, metres_per_unit, to_plane

CELL_M = 150.0
MOST_CELLS_A_SIDE = 800
"""A wider area is drawn of larger cells, so that no network costs more than this."""


class Band(NamedTuple):
    """Where the first station comes within `until_s` and not within `after_s`, and its roads.

    The last band's `until_s` is infinite: later than asked for, or never.
    """

    after_s: float
    until_s: float
    area: BaseGeometry
    road_length_m: float


def bands(cover: Cover, minutes: Sequence[float], *, within: BaseGeometry) -> tuple[Band, ...]:
    """Return the area of each band and of what lies beyond them all, EPSG:4326.

    A cell belongs to the soonest piece of road in it or in a cell beside it; cells farther from
    any road belong to no band. So no two bands overlap, and none bridges a river.

    Parameters
    ----------
    minutes
        The upper ends of the bands, ascending.
    within : geometry in EPSG:4326
        What is drawn: cells and roads whose middle lies in its box.
    """
    limits_s = 60.0 * np.array(minutes)
    west, south, east, north = to_plane(within).bounds
    metre = 1.0 / float(metres_per_unit(within.centroid.y))
    side = max(
        CELL_M * metre, (east - west) / MOST_CELLS_A_SIDE, (north - south) / MOST_CELLS_A_SIDE
    )
    points, time_s, length_m = _pieces(cover, side / 3.0, (west, south, east, north))
    band = np.searchsorted(limits_s, time_s)
    columns, rows = int((east - west) / side) + 3, int((north - south) / side) + 3
    column = ((points[:, 0] - west) / side).astype(np.int64) + 1
    row = ((points[:, 1] - south) / side).astype(np.int64) + 1
    grid = np.full((rows, columns), len(limits_s) + 1, np.uint8)
    np.minimum.at(grid, (row, column), band.astype(np.uint8))
    grid = ndimage.minimum_filter(grid, size=3, mode="nearest")
    lengths = np.bincount(band, weights=length_m, minlength=len(limits_s) + 1)
    edges_s = [0.0, *limits_s.tolist(), float("inf")]
    areas = [_on_earth(a, west, south, side) for a in _areas(grid, len(limits_s) + 1)]
    if cover.closed is not None:
        areas = [area.difference(cover.closed.area) for area in areas]
    return tuple(
        Band(edges_s[n], edges_s[n + 1], area, float(lengths[n])) for n, area in enumerate(areas)
    )


def _pieces(
    cover: Cover, longest: float, box: tuple[float, float, float, float]
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Return roads in short pieces (p): middle on the index plane, when one is there, length."""
    network = cover.network
    west, south, east, north = box
    edges = np.flatnonzero(network.crossing(shapely.box(*box)) & usable(network))
    metres = longest * float(metres_per_unit(from_plane(np.array([[west, south]]))[0, 1]))
    counts = np.maximum(1, np.ceil(network.edge_length_m[edges] / metres)).astype(np.int64)
    lines = vertices(network, edges)
    line = np.repeat(np.arange(len(edges)), counts)
    first = np.repeat(np.cumsum(counts) - counts, counts)
    share = (np.arange(len(line)) - first + 0.5) / counts[line]
    edge, points = edges[line], lines.at(line, share)
    # The border of a network lies on its box but for rounding; the grid has a cell to spare.
    slack = longest * 1e-3
    inside = (points >= np.array([west, south]) - slack).all(axis=1)
    inside &= (points <= np.array([east, north]) + slack).all(axis=1)
    if cover.closed is not None:
        # Where nobody may be there is no band.
        inside &= ~shapely.intersects_xy(cover.closed.plane, points[:, 0], points[:, 1])
    edge, share, points = edge[inside], share[inside], points[inside]
    places = Places(edge, share, points, np.zeros(len(edge)))
    time_s, _ = cover.at(places)
    return points, time_s, network.edge_length_m[edge] / counts[line][inside]


def _areas(grid: NDArray[np.uint8], count: int) -> list[BaseGeometry]:
    """Return one area a value of a grid of cells, in cells."""
    found: list[list[shapely.Polygon]] = [[] for _ in range(count)]
    for polygon, value in shapes(grid, mask=grid < count, connectivity=4):
        shell, *holes = polygon["coordinates"]
        found[int(value)].append(shapely.Polygon(shell, holes))
    return [shapely.MultiPolygon(parts) for parts in found]


def _on_earth(area: BaseGeometry, west: float, south: float, side: float) -> BaseGeometry:
    corner = np.array([west - side, south - side])
    return shapely.transform(area, lambda cells: from_plane(corner + cells * side))
